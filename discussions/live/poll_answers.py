"""Answering a quick poll. One press sends a whole answer, and a new answer replaces the old one as a whole.

Words of people's own are counted as votes are. They do not enter the opinion stream: without its question a word says
nothing that could be read for topics or tone, and the most said word of a poll would become the largest topic.
"""

import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import cases, events, holding, rules, wording
from discussions.errors import CivicError, InvalidText
from discussions.live import fairness
from discussions.models import Channel, Member, PollVote, PollWord, QuickPoll, Space, State

WORDS = 3  # that one person can say
WORD_LIMIT = 40
Kind = QuickPoll.Kind


@dataclass(frozen=True, slots=True)
class Answered:
    """A member's answer as it is kept, and how many people have answered. `held` of the words wait for a moderator."""

    total: int
    options: tuple[int, ...] = ()
    words: tuple[str, ...] = ()
    held: int = 0


def answer_poll(
    *,
    poll: QuickPoll,
    member: Member,
    options: Collection[int] = (),
    words: Iterable[str] = (),
    channel: str = Channel.WEB,
) -> Answered:
    """Answer an open poll, or change one's answer; appends poll.voted when it is news. The same again changes nothing.

    `options` are numbers of choices or of the step of a scale, from 0; `words` up to three of 40 characters each.
    Raises NotAllowed, InvalidText, CivicError for choices that the poll does not have.
    """
    words = list(words)
    ahead = holding.read_ahead(*words)
    with transaction.atomic():
        space = events.lock(poll.session.space_id)
        poll = QuickPoll.objects.select_related("session").get(pk=poll.pk)
        rules.require(rules.may_answer_poll(member, space, poll))
        if poll.kind == Kind.WORDS:
            is_news = _say(space, poll, member, _cleaned(words), ahead, channel)
        else:
            is_news = _choose(poll, member, _known(poll, options), channel)
        total = people(poll)
        if is_news:
            events.append(space, "poll.voted", {"id": poll.pk, "session": poll.session_id, "total": total})
        return _answered(poll, member, total)


def people(poll: QuickPoll) -> int:
    """How many people have answered."""
    if poll.kind == Kind.WORDS:
        return poll.own_words.values("author").distinct().count()
    return poll.votes.values("member").distinct().count()


def folded(words: str) -> str:
    """What words are counted by: width, letter case, spaces and signs around them make no difference."""
    plain = " ".join(unicodedata.normalize("NFKC", words).casefold().split())
    start, end = 0, len(plain)
    while start < end and not _counts(plain[start]):
        start += 1
    while end > start and not _counts(plain[end - 1]):
        end -= 1
    return plain[start:end]


def drop(doubles) -> None:
    """Take words away that their author has said as well under another account."""
    for word in doubles:
        _unsay(word)


def _counts(character: str) -> bool:
    return unicodedata.category(character)[0] in "LNM"


def _known(poll: QuickPoll, options: Collection[int]) -> frozenset[int]:
    """The choices, when the poll has them all and takes as many. Raises CivicError."""
    there = range(poll.steps) if poll.kind == Kind.SCALE else range(len(poll.options))
    chosen = frozenset(options)
    if not chosen:
        raise CivicError(_("Please choose an answer. Your earlier answer is safe."), code="nothing_chosen")
    if not all(option in there for option in chosen) or (poll.kind != Kind.MULTIPLE and len(chosen) > 1):
        words = _("This poll does not have that choice. Your earlier answer is safe.")
        raise CivicError(words, code="unknown_choice")
    return chosen


def _choose(poll: QuickPoll, member: Member, chosen: frozenset[int], channel: str) -> bool:
    """Write the choices in the place of the earlier ones. True when they are others."""
    mine = PollVote.objects.filter(poll=poll, member=member)
    before = frozenset(mine.values_list("option", flat=True))
    if before == chosen:
        return False
    mine.exclude(option__in=chosen).delete()
    PollVote.objects.bulk_create(
        PollVote(
            poll=poll,
            member=member,
            option=option,
            alone=poll.kind != Kind.MULTIPLE,
            level=member.level,
            channel=channel,
        )
        for option in sorted(chosen - before)
    )
    return True


def _cleaned(words: Iterable[str]) -> dict[str, str]:
    """Words as they are kept by what they are counted by. Raises InvalidText."""
    said = [wording.cleaned_line(word, limit=WORD_LIMIT, least=1) for word in words if word and word.strip()]
    if not said:
        raise InvalidText(_("There is nothing to read here yet. Please write a word or two."), code="empty")
    kept: dict[str, str] = {}
    for word in said:
        form = folded(word)
        if len(form) > WORD_LIMIT:
            raise InvalidText(_("One of these is too long. Please use fewer words."), code="too_long")
        kept.setdefault(form, word)
    if len(kept) > WORDS:
        told = ngettext("At most %(most)d fits.", "At most %(most)d fit. Please leave one out.", WORDS)
        raise InvalidText(told % {"most": WORDS}, code="too_many")
    return kept


def _say(
    space: Space, poll: QuickPoll, member: Member, wanted: dict[str, str], ahead: Mapping[str, bool], channel: str
) -> bool:
    """Write the words in the place of the earlier ones. True when they are others.

    What a moderator has hidden stays hidden, whoever says it again, and stays in the record when it is taken back.
    """
    mine = {word.folded: word for word in PollWord.objects.filter(poll=poll, author=member)}
    gone = [word for form, word in mine.items() if form not in wanted and word.state != State.HIDDEN]
    fresh = [form for form in wanted if form not in mine]
    for word in gone:
        _unsay(word)
    now = timezone.now()
    PollWord.objects.bulk_create(
        PollWord(
            poll=poll,
            author=member,
            text=wanted[form],
            folded=form,
            said_at=now,
            level=member.level,
            channel=channel,
            state=_state(space, poll, member, wanted[form], ahead),
        )
        for form in fresh
    )
    return bool(gone or fresh)


def _state(space: Space, poll: QuickPoll, member: Member, text: str, ahead: Mapping[str, bool]) -> State:
    """Words of somebody whose floor was taken wait for a moderator as well."""
    if fairness.silence_of(poll.session, member):
        return State.HELD
    return holding.state_for(space=space, author=member, text=text, ahead=ahead)


def _unsay(word: PollWord) -> None:
    cases.settle(word)
    word.delete()


def _answered(poll: QuickPoll, member: Member, total: int) -> Answered:
    if poll.kind != Kind.WORDS:
        chosen = PollVote.objects.filter(poll=poll, member=member).order_by("option")
        return Answered(total, options=tuple(chosen.values_list("option", flat=True)))
    said = PollWord.objects.filter(poll=poll, author=member).order_by("id").values_list("text", "state")
    return Answered(
        total,
        words=tuple(text for text, state in said if state != State.HIDDEN),
        held=sum(state == State.HELD for _text, state in said),
    )

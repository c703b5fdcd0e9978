"""Suggested wording: better words for one paragraph, the support of others, and what the agency made of them."""

from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, holding, pace, rules, texts, wording
from discussions.errors import CivicError, Conflict, InvalidText, NotFound
from discussions.models import (
    Channel,
    Member,
    Paragraph,
    Passage,
    Space,
    State,
    VersionCause,
    Wording,
    WordingSupport,
)
from nlp import stream
from nlp.tasks import enqueue_analysis

SOURCE = "wording"
TEXT_LIMIT = 5000
REASON_LIMIT = 2000


def suggest(
    *,
    paragraph: Paragraph,
    author: Member,
    text: str,
    client_id: str,
    reason: str = "",
    channel: str = Channel.WEB,
) -> Wording:
    """Suggest other words for a paragraph; appends wording.suggested, or wording.held when a moderator looks first.

    Sent again with the same `client_id`, the first one comes back. Raises InvalidText, NotAllowed (also when the
    paragraph was taken out meanwhile), TooSoon, Conflict.
    """
    ahead = holding.read_ahead(f"{text}\n\n{reason}")
    with transaction.atomic():
        space = pace.turn(paragraph.text.space_id, author)
        rules.require(rules.may_contribute(author, space, rules.Verb.SUGGEST))
        words = wording.cleaned(text, limit=TEXT_LIMIT, missing=_("Please write the words you suggest."))
        why = wording.cleaned(reason, limit=REASON_LIMIT) if reason.strip() else ""
        earlier = Wording.objects.filter(author=author, client_id=client_id).first()
        if earlier is not None:
            return _same_or_conflict(earlier, paragraph, words, why)
        rules.require(rules.may_suggest(author, space, is_in_text=texts.is_in_text(paragraph.pk)))
        present = texts.last_words(paragraph.pk)
        _require_change(present, words)
        now = timezone.now()
        pace.require(author, _latest_of(author), now)
        made = Wording.objects.create(
            space=space,
            paragraph=paragraph,
            version=present.version,
            author=author,
            text=words,
            reason=why,
            client_id=client_id,
            made_at=now,
            level=author.level,
            channel=channel,
            state=holding.state_for(space=space, author=author, text=f"{words}\n\n{why}", ahead=ahead),
        )
        became_dirty = stream.submit(
            corpus_id=space.corpus_id,
            source=SOURCE,
            key=made.pk,
            text=made.words,
            author=author.stream_author,
            posted_at=now,
            url=space.path(f"wording/{made.pk}/"),
            visible=made.state == State.VISIBLE,
        )
        told = "wording.suggested" if made.state == State.VISIBLE else "wording.held"
        events.append(space, told, {"id": made.pk, "paragraph": paragraph.pk})
        if became_dirty:
            enqueue_analysis(space.corpus_id)
    return made


def support(*, wording: Wording, member: Member, channel: str = Channel.WEB) -> WordingSupport:
    """Stand behind somebody's words; once. Raises NotAllowed."""
    with transaction.atomic():
        wording = _weighed(wording, member)
        given, _is_new = WordingSupport.objects.get_or_create(
            wording=wording,
            member=member,
            defaults={"made_at": timezone.now(), "level": member.level, "channel": channel},
        )
    return given


def take_back_support(*, wording: Wording, member: Member) -> None:
    """Undo one's support while support is taken."""
    with transaction.atomic():
        wording = _weighed(wording, member)
        WordingSupport.objects.filter(wording=wording, member=member).delete()


def withdraw(*, wording: Wording, author: Member) -> Wording:
    """Take one's own words back, in every phase: they are erased; appends wording.withdrawn."""
    with transaction.atomic():
        space, wording = _locked(wording)
        rules.require(rules.may_withdraw(author, wording))
        wording.state, wording.text, wording.reason = Wording.State.WITHDRAWN, "", ""
        wording.save(update_fields=["state", "text", "reason"])
        if stream.withdraw(SOURCE, wording.pk):
            enqueue_analysis(space.corpus_id)
        events.append(space, "wording.withdrawn", {"id": wording.pk})
    return wording


def judge(*, wording: Wording, editor: Member, outcome: str, reason: str) -> Wording:
    """Say what became of a suggestion, with the reason in writing; appends wording.judged.

    Raises NotAllowed, InvalidText (no reason), NotFound (an outcome that does not exist).
    """
    if outcome not in set(Wording.Outcome.values) - {Wording.Outcome.OPEN}:
        raise NotFound(rules.explained("withdrawn"), code="unknown_outcome")
    with transaction.atomic():
        space, wording_row = _locked(wording)
        texts.require_editor(editor, space)
        if wording_row.state != Wording.State.VISIBLE:
            raise CivicError(rules.explained("withdrawn"), code="withdrawn")
        if _judged(wording_row, editor, outcome, _cleaned_reason(reason)):
            events.append(space, "wording.judged", {"id": wording_row.pk, "paragraph": wording_row.paragraph_id})
    return wording_row


def note_taken(cause: VersionCause, editor: Member) -> None:
    """A version that names this suggestion as a cause is out: what nobody has judged yet is taken over, wholly when its
    words stand there, else in part; appends wording.taken. Called inside the transaction that publishes."""
    found, version = cause.wording, cause.version
    if found.outcome in (Wording.Outcome.OPEN, Wording.Outcome.DECLINED):
        passage = version.passages.filter(paragraph=cause.paragraph_id).first()
        is_whole = passage is not None and _bare(passage.words) == _bare(found.text)
        reason = _("It led to a change in version %(number)d.") % {"number": version.number}
        _judged(found, editor, Wording.Outcome.TAKEN if is_whole else Wording.Outcome.PARTLY, reason)
    told = {"id": found.pk, "paragraph": cause.paragraph_id, "text": version.text_id, "number": version.number}
    events.append(version.text.space, "wording.taken", told)


def with_support(rows):
    """These suggestions with `n_supports`: how many people stand behind each."""
    return rows.annotate(n_supports=Count("supports"))


def _judged(found: Wording, editor: Member, outcome: str, reason: str) -> bool:
    """Write the outcome down. False when it said so already."""
    if (found.outcome, found.outcome_reason) == (outcome, reason):
        return False
    found.outcome, found.outcome_reason = outcome, reason
    found.judged_by, found.judged_at = editor, timezone.now()
    found.save(update_fields=["outcome", "outcome_reason", "judged_by", "judged_at"])
    return True


def _cleaned_reason(reason: str) -> str:
    missing = _("Please say what comes of this suggestion and why; its author reads it.")
    return wording.cleaned(reason, limit=REASON_LIMIT, missing=missing)


def _weighed(found: Wording, member: Member) -> Wording:
    space, found = _locked(found)
    rules.require(rules.may_support(member, space, found, is_in_text=texts.is_in_text(found.paragraph_id)))
    return found


def _locked(found: Wording) -> tuple[Space, Wording]:
    space = events.lock(found.space_id)
    return space, Wording.objects.get(pk=found.pk)


def _same_or_conflict(earlier: Wording, paragraph: Paragraph, words: str, why: str) -> Wording:
    is_same = earlier.state == Wording.State.WITHDRAWN or (earlier.text, earlier.reason) == (words, why)
    if earlier.paragraph_id == paragraph.pk and is_same:
        return earlier
    raise Conflict


def _latest_of(author: Member):
    return author.wordings.order_by("-made_at").values_list("made_at", flat=True).first()


def _require_change(present: Passage, words: str) -> None:
    if _bare(present.words) == _bare(words):
        raise InvalidText(
            _("These are the words as they stand. Change what should be different; a vote says that it should stay."),
            code="same_words",
        )


def _bare(words: str) -> str:
    return "".join(words.split())

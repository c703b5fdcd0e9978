"""Statements and the votes on them.

A vote does not take the lock of its space: it appends no event, so it needs no place in a gap-free order, and two
hundred people may vote at once (`casting`).
"""

from hashlib import sha256

from django.db import transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import casting, events, holding, pace, rules, wording
from discussions.casting import COUNTERS, Casting
from discussions.errors import CivicError, Conflict, NotFound
from discussions.models import Channel, Member, Space, State, Statement, Vote
from nlp import stream
from nlp.tasks import enqueue_analysis

SOURCE = "statement"


def state(*, space: Space, author: Member, text: str, client_id: str, channel: str = Channel.WEB) -> Statement:
    """Put a statement to the vote; appends statement.made, or statement.held when a moderator looks first. A resend
    returns the first one.

    Raises InvalidText, NotAllowed, TooSoon, Conflict.
    """
    words = wording.cleaned_line(text, limit=wording.STATEMENT_LIMIT)
    ahead = holding.read_ahead(words)
    with transaction.atomic():
        space = pace.turn(space.pk, author)
        rules.require(rules.may_contribute(author, space, rules.Verb.STATE))
        earlier = _sent_before(space, author, client_id, words)
        if earlier is not None:
            return earlier
        now = timezone.now()
        latest = Statement.objects.filter(author=author).order_by("-made_at").values_list("made_at", flat=True).first()
        pace.require(author, latest, now)
        pace.require_few_links(author, words, now)
        statement = Statement.objects.create(
            space=space,
            author=author,
            text=words,
            client_id=_scoped(author, client_id),
            made_at=now,
            level=author.level,
            channel=channel,
            state=holding.state_for(space=space, author=author, text=words, ahead=ahead),
        )
        became_dirty = stream.submit(
            corpus_id=space.corpus_id,
            source=SOURCE,
            key=statement.pk,
            text=words,
            author=author.stream_author,
            posted_at=statement.made_at,
            url=space.path(f"statements/{statement.pk}/"),
            visible=statement.state == State.VISIBLE,
        )
        told = "statement.made" if statement.state == State.VISIBLE else "statement.held"
        events.append(space, told, {"id": statement.pk})
        if became_dirty:
            enqueue_analysis(space.corpus_id)
    return statement


def seed(*, space: Space, editor: Member, text: str, client_id: str) -> Statement:
    """Put a statement of the agency to the vote, marked as such; appends statement.made. A resend returns the first.

    The agency's words are no opinion of the public, so they do not enter the opinion stream.
    Raises InvalidText, NotAllowed, Conflict.
    """
    words = wording.cleaned_line(text, limit=wording.STATEMENT_LIMIT)
    with transaction.atomic():
        space = events.lock(space.pk)
        rules.require(rules.may_seed(editor, space))
        earlier = _sent_before(space, editor, client_id, words)
        if earlier is not None:
            return earlier
        statement = Statement.objects.create(
            space=space,
            author=editor,
            text=words,
            client_id=_scoped(editor, client_id),
            made_at=timezone.now(),
            level=editor.level,
            is_seed=True,
        )
        events.append(space, "statement.made", {"id": statement.pk})
    return statement


def close(*, statement: Statement, editor: Member) -> Statement:
    """Take no more votes on one statement; those cast stay counted. Appends statement.closed. Harmless to repeat."""
    return _set_closed(statement, editor, True)


def reopen(*, statement: Statement, editor: Member) -> Statement:
    """Take votes on it again; appends statement.reopened. Harmless to repeat."""
    return _set_closed(statement, editor, False)


def _set_closed(statement: Statement, editor: Member, is_closed: bool) -> Statement:
    with transaction.atomic():
        space = events.lock(statement.space_id)
        rules.require(rules.may_arrange(editor))
        statement = Statement.objects.select_for_update().get(pk=statement.pk)
        if (statement.closed_at is not None) != is_closed:
            statement.closed_at = timezone.now() if is_closed else None
            statement.save(update_fields=["closed_at"])
            events.append(space, "statement.closed" if is_closed else "statement.reopened", {"id": statement.pk})
    return statement


def cast(*, statement: Statement, member: Member, value: int, channel: str = Channel.WEB) -> Vote:
    """Vote on a statement, or change one's vote. Raises NotAllowed, NotFound, CivicError for an unknown value.

    However many times at once, there is one vote of one person and the counters agree with it.
    """
    return _cast(Casting(statement.pk, member, value, channel))


def cast_at(*, slug: str, pk: int, member: Member, value: int) -> Vote:
    """The same by the address of the statement. Raises NotFound also where the member cannot read it."""
    return _cast(Casting(pk, member, value, slug=slug))


def take_back(*, statement: Statement, member: Member) -> None:
    """Undo one's vote while voting is on. Without a vote nothing happens."""
    _carried_out(Casting(statement.pk, member, None))


def recount(statement_ids: list[int]) -> None:
    """Set the counters of statements to the votes that are there, after votes were moved or removed as rows."""
    for pk in sorted(set(statement_ids)):
        votes = Vote.objects.filter(statement=OuterRef("pk")).order_by().values("statement")
        counted = {
            name: Coalesce(Subquery(votes.filter(value=value).annotate(n=Count("pk")).values("n")), 0)
            for value, name in COUNTERS.items()
        }
        Statement.objects.filter(pk=pk).update(**counted)


def add_to_counts(statement_id: int, value: int, number: int) -> None:
    """Tell the counters of a statement that `number` more votes of this value are there (fewer, when negative)."""
    name = COUNTERS[value]
    Statement.objects.filter(pk=statement_id).update(**{name: F(name) + number})


def with_tallies(space: Space):
    """Published statements of a space; each knows how many agree, disagree and passed."""
    return Statement.objects.published().filter(space=space)


def progress(member, space: Space) -> tuple[int, int]:
    """How many statements this member has voted on, of how many."""
    total = Statement.objects.published().filter(space=space).count()
    if not getattr(member, "is_authenticated", False):
        return 0, total
    return Vote.objects.filter(member=member, statement__space=space, statement__state=State.VISIBLE).count(), total


def _cast(vote: Casting) -> Vote:
    if vote.value not in Vote.Value.values:
        raise CivicError(rules.explained("unknown_vote"), code="unknown_vote")
    return _carried_out(vote).vote


def _carried_out(vote: Casting) -> Casting:
    verdict = casting.write(vote)
    if verdict == casting.GONE:
        raise NotFound(_("This is not part of this discussion any more."))
    rules.require(verdict)
    return vote


def _scoped(author: Member, client_id: str) -> str:
    """What a form sent, as this author's own; of one length, so that it fits its column whatever was sent."""
    return sha256(f"{author.pk}:{client_id}".encode()).hexdigest()


def _sent_before(space: Space, author: Member, client_id: str, words: str) -> Statement | None:
    """What this form brought the first time. Raises Conflict when it had other words then."""
    earlier = Statement.objects.filter(space=space, client_id=_scoped(author, client_id)).first()
    if earlier is not None and earlier.text != words:
        raise Conflict
    return earlier

"""Statements and the votes on them.

A vote does not take the lock of its space: it appends no event, so it needs no place in a gap-free order, and two
hundred people may vote at once. A vote is judged first. Its transaction ends with the statement's counters, written
only where it still takes votes and its space is in the phase in which the vote was judged: at that moment it counts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from hashlib import sha256
from threading import Lock

from django.db import connection, transaction
from django.db.models import Count, F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from discussions import events, holding, pace, rules, wording
from discussions.errors import CivicError, Conflict
from discussions.models import Channel, Member, Space, State, Statement, Vote
from discussions.tasks import group_space
from nlp import stream
from nlp.tasks import enqueue_analysis

SOURCE = "statement"
_line = Lock()
COUNTERS = {1: "agree", -1: "disagree", 0: "passed"}
# These two are written out: many vote at once, and putting the statements together took longer than carrying them out.
INSERT = (
    f"INSERT INTO {Vote._meta.db_table} (statement_id, member_id, value, cast_at, level, channel) "
    "VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (statement_id, member_id) DO NOTHING RETURNING id"
)
COUNT = (
    f"UPDATE {Statement._meta.db_table} SET "
    + ", ".join(f"{name} = {name} + %s" for name in COUNTERS.values())
    + " WHERE id = %s AND state = %s AND closed_at IS NULL AND EXISTS (SELECT 1 FROM "
    f"{Space._meta.db_table} AS place WHERE place.id = {Statement._meta.db_table}.space_id AND place.phase = %s)"
)


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
    """Vote on a statement, or change one's vote. Raises NotAllowed, CivicError for an unknown value.

    However many times at once, there is one vote of one person and the counters agree with it.
    """
    if value not in Vote.Value.values:
        raise CivicError(rules.explained("unknown_vote"), code="unknown_vote")
    statement = _judged(statement, member)
    vote = Vote(
        statement=statement, member=member, value=value, cast_at=timezone.now(), level=member.level, channel=channel
    )
    with _turn(), transaction.atomic():
        _count(statement, member, replaced=_put(vote), value=value)
    return vote


def take_back(*, statement: Statement, member: Member) -> None:
    """Undo one's vote while voting is on. Without a vote nothing happens."""
    statement = _judged(statement, member)
    with _turn(), transaction.atomic():
        vote = Vote.objects.select_for_update().filter(statement=statement, member=member).first()
        if vote is not None:
            vote.delete()
            _count(statement, member, replaced=vote.value, value=None)


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


@contextmanager
def _turn() -> Iterator[None]:
    """SQLite has one writer at a time, and whoever finds it busy asks again later and later. Voters of one process
    stand in line instead: nobody is passed by until the patience of the database ends.
    """
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with _line:
        yield


def _scoped(author: Member, client_id: str) -> str:
    """What a form sent, as this author's own; of one length, so that it fits its column whatever was sent."""
    return sha256(f"{author.pk}:{client_id}".encode()).hexdigest()


def _sent_before(space: Space, author: Member, client_id: str, words: str) -> Statement | None:
    """What this form brought the first time. Raises Conflict when it had other words then."""
    earlier = Statement.objects.filter(space=space, client_id=_scoped(author, client_id)).first()
    if earlier is not None and earlier.text != words:
        raise Conflict
    return earlier


def _judged(statement: Statement, member: Member) -> Statement:
    """The statement, if this member may vote on it as it was read; otherwise as it is now. Raises NotAllowed."""
    if not rules.may_vote(member, statement.space, statement):
        statement = _fresh(statement, member)
    return statement


def _fresh(statement: Statement, member: Member) -> Statement:
    """The statement as it is now. Raises NotAllowed when this member may not vote on it."""
    statement = Statement.objects.select_related("space").get(pk=statement.pk)
    rules.require(rules.may_vote(member, statement.space, statement))
    return statement


def _put(vote: Vote) -> int | None:
    """Write the vote and return the value it replaced, None for a first vote. Only its own row is locked."""
    moment = connection.ops.adapt_datetimefield_value(vote.cast_at)
    row = [vote.statement_id, vote.member_id, vote.value, moment, vote.level, vote.channel]
    while True:
        with connection.cursor() as cursor:
            # Of two first votes at once, the second waits here until the first is stored, and then finds it.
            cursor.execute(INSERT, row)
            made = cursor.fetchone()
        if made is not None:
            vote.pk = made[0]
            return None
        earlier = Vote.objects.select_for_update().filter(statement=vote.statement_id, member=vote.member_id).first()
        if earlier is not None:  # otherwise it was taken back a moment ago
            vote.pk = earlier.pk
            vote.save(update_fields=["value", "cast_at", "level", "channel"])
            return earlier.value


def _count(statement: Statement, member: Member, *, replaced: int | None, value: int | None) -> None:
    """Write the counters, if the statement still takes votes; otherwise raise, and the vote is undone with it."""
    changes = dict.fromkeys(COUNTERS, 0)
    if replaced is not None:
        changes[replaced] -= 1
    if value is not None:
        changes[value] += 1
    while not _written(changes, statement):
        statement = _fresh(statement, member)  # raises, unless the space moved on to another phase that votes
    # The statement before the corpus, as moderators take them: whoever took them the other way might wait for ever.
    if stream.mark(statement.space.corpus_id, groups=True):
        transaction.on_commit(partial(group_space.enqueue, statement.space_id))


def _written(changes: dict[int, int], statement: Statement) -> bool:
    """Add to the counters of a statement that takes votes while its space is in the phase in which it was judged."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [*changes.values(), statement.pk, State.VISIBLE, statement.space.phase])
        return cursor.rowcount == 1

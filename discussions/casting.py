"""Votes on their way into the database, those of many people in one transaction.

Each is judged by its statement as it is now, put into its row, counted by its statement and marked for the analysis.
The counters come last and are written only where the statement still takes votes and its space is in the phase in which
the vote was judged: at that moment it counts.
"""

from dataclasses import dataclass, field
from functools import partial, reduce
from operator import or_

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from discussions import rules
from discussions.group_commit import GroupCommit
from discussions.models import Channel, Member, Space, State, Statement, Vote
from discussions.rules import Verdict
from discussions.tasks import group_space
from nlp import stream

COUNTERS = {1: "agree", -1: "disagree", 0: "passed"}
GONE = Verdict(False, "gone")
# These two are written out: the rows of a whole group in one statement each.
INSERT = (
    f"INSERT INTO {Vote._meta.db_table} (statement_id, member_id, value, cast_at, level, channel) VALUES {{rows}} "
    "ON CONFLICT (statement_id, member_id) DO NOTHING RETURNING statement_id, member_id, id"
)
COUNT = (
    f"WITH moved (id, phase, {', '.join(COUNTERS.values())}) AS (VALUES {{rows}}) "
    f"UPDATE {Statement._meta.db_table} SET "
    + ", ".join(f"{name} = {Statement._meta.db_table}.{name} + moved.{name}" for name in COUNTERS.values())
    + f" FROM moved, {Space._meta.db_table} AS place WHERE {Statement._meta.db_table}.id = moved.id "
    f"AND {Statement._meta.db_table}.state = %s AND {Statement._meta.db_table}.closed_at IS NULL "
    f"AND place.id = {Statement._meta.db_table}.space_id AND place.phase = moved.phase "
    f"RETURNING {Statement._meta.db_table}.id"
)


@dataclass(slots=True, eq=False)
class Casting:
    """One vote to be cast, or to be taken back when `value` is None. With `slug`, the statement must be one that this
    member can read in the space of that address. `verdict` tells afterwards whether it was done.
    """

    statement_id: int
    member: Member
    value: int | None
    channel: str = Channel.WEB
    slug: str = ""
    verdict: Verdict = GONE
    vote: Vote | None = None
    error: BaseException | None = None
    statement: Statement | None = field(default=None, repr=False)

    @property
    def key(self) -> tuple[int, int]:
        """What there is one vote of."""
        return self.statement_id, self.member.pk

    def judge(self, statement: Statement | None) -> bool:
        """May it be done, as the statement is now?"""
        self.statement = statement
        if statement is None or (self.slug and not self._can_read(statement)):
            self.verdict = GONE
        else:
            self.verdict = rules.may_vote(self.member, statement.space, statement)
        return bool(self.verdict)

    def _can_read(self, statement: Statement) -> bool:
        is_here = statement.state == State.VISIBLE and statement.space.slug == self.slug
        return is_here and bool(rules.may_see(self.member, statement.space))


def write(casting: Casting) -> Verdict:
    """Carry it out, and return when it is committed (inside a transaction of the caller: with that). The verdict is
    `GONE` for a statement that is not there.
    """
    _line.write(casting)
    return casting.verdict


def _carry_out(castings: list[Casting]) -> None:
    """All of them or, where anything is in the way, each on its own."""
    try:
        with transaction.atomic():
            _write(castings)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is raised to the one whose vote it was
        if len(castings) == 1:
            castings[0].error = error
        else:
            for casting in castings:
                _carry_out([casting])


_line = GroupCommit(_carry_out)


class _Moved(Exception):
    """A statement or its space changed between the first look and the count."""


def _write(castings: list[Casting]) -> None:
    statements = Statement.objects.select_related("space").in_bulk({casting.statement_id for casting in castings})
    allowed = [casting for casting in castings if casting.judge(statements.get(casting.statement_id))]
    changes = _put(allowed)
    while changes and not _count(changes):
        if len(castings) > 1:
            raise _Moved
        ((casting, _replaced),) = changes
        if not casting.judge(Statement.objects.select_related("space").filter(pk=casting.statement_id).first()):
            transaction.set_rollback(True)  # the vote is undone
            return
        # The space moved on to another phase that votes: counted once more.
    # The statement before the corpus, as moderators take them: whoever took them the other way might wait for ever.
    spaces = {casting.statement.space.corpus_id: casting.statement.space_id for casting, _replaced in changes}
    for corpus_id, space_id in sorted(spaces.items()):
        if stream.mark(corpus_id, groups=True):
            transaction.on_commit(partial(group_space.enqueue, space_id))


def _put(castings: list[Casting]) -> list[tuple[Casting, int | None]]:
    """Write the rows. Returns what was changed, each with the value it replaced: None for a first vote.

    Rows are locked in one order, so that two processes never wait for each other.
    """
    changes: list[tuple[Casting, int | None]] = []
    left, now = sorted(castings, key=lambda casting: casting.key), timezone.now()
    while left:
        made = _inserted([casting for casting in left if casting.value is not None], now)
        earlier = _locked([casting for casting in left if casting.key not in made])
        gone = []
        for casting in left:
            if casting.value is not None:
                casting.vote = _vote(casting, now)
            if casting.key in made:
                casting.vote.pk = made[casting.key]
                changes.append((casting, None))
            elif casting.key in earlier:
                changes.append((casting, _replace(earlier[casting.key], casting.vote)))
            elif casting.value is not None:
                gone.append(casting)  # taken back a moment ago
        left = gone
    return changes


def _vote(casting: Casting, now) -> Vote:
    return Vote(
        statement=casting.statement,
        member=casting.member,
        value=casting.value,
        cast_at=now,
        level=casting.member.level,
        channel=casting.channel,
    )


def _inserted(castings: list[Casting], now) -> dict[tuple[int, int], int]:
    """Write first votes; the ids of those that were."""
    if not castings:
        return {}
    moment = connection.ops.adapt_datetimefield_value(now)
    values: list = []
    for one in castings:
        values += [one.statement_id, one.member.pk, one.value, moment, one.member.level, one.channel]
    with connection.cursor() as cursor:
        # Of two first votes at once, the second waits here until the first is stored, and then is none.
        cursor.execute(INSERT.format(rows=_rows(len(castings), 6)), values)
        return {(statement_id, member_id): pk for statement_id, member_id, pk in cursor.fetchall()}


def _locked(castings: list[Casting]) -> dict[tuple[int, int], Vote]:
    """The votes that are there already."""
    if not castings:
        return {}
    wanted = reduce(or_, (Q(statement=casting.statement_id, member=casting.member.pk) for casting in castings))
    votes = Vote.objects.select_for_update().filter(wanted).order_by("statement", "member")
    return {(vote.statement_id, vote.member_id): vote for vote in votes}


def _replace(earlier: Vote, vote: Vote | None) -> int:
    """Put the vote in the place of the earlier one, or nothing. Returns the value that was there."""
    if vote is None:
        earlier.delete()
    else:
        vote.pk = earlier.pk
        vote.save(update_fields=["value", "cast_at", "level", "channel"])
    return earlier.value


def _count(changes: list[tuple[Casting, int | None]]) -> bool:
    """Add to the counters of the statements; False where one takes no votes any more or its space has moved on."""
    moved: dict[int, dict[int, int]] = {}
    phases: dict[int, str] = {}
    for casting, replaced in changes:
        counted = moved.setdefault(casting.statement_id, dict.fromkeys(COUNTERS, 0))
        phases[casting.statement_id] = casting.statement.space.phase
        if replaced is not None:
            counted[replaced] -= 1
        if casting.value is not None:
            counted[casting.value] += 1
    if len(moved) > 1 and connection.features.has_select_for_update:
        # In one order, as with the rows: an update takes them as it finds them.
        list(Statement.objects.select_for_update(no_key=True).filter(pk__in=moved).order_by("pk").values_list("pk"))
    values: list = []
    for pk, counted in moved.items():
        values += [pk, phases[pk], *counted.values()]
    with connection.cursor() as cursor:
        cursor.execute(COUNT.format(rows=_rows(len(moved), 2 + len(COUNTERS))), [*values, State.VISIBLE])
        return len(cursor.fetchall()) == len(moved)


def _rows(count: int, columns: int) -> str:
    """Places for the values of so many rows."""
    row = f"({', '.join(['%s'] * columns)})"
    return ", ".join([row] * count)

"""Reactions to comments: given and taken back in one press, one row for each member and kind.

Like a vote, a reaction does not take the lock of its space: it appends no event. Its transaction ends with the counter
of the comment, written only where the comment is still visible: that write is the moment at which it counts.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from discussions import rules
from discussions.errors import NotAllowed, NotFound
from discussions.models import Channel, Comment, Member, Reaction, Space, State

Kind = Reaction.Kind
COLUMNS = {kind.value: f"n_{kind.value}" for kind in Kind}
# Who presses one of these takes back the other.
OPPOSITE = {Kind.AGREE: Kind.DOUBT, Kind.DOUBT: Kind.AGREE}


@dataclass(frozen=True, slots=True)
class Standing:
    """How a comment stands: reactions by kind, and which of them are the reader's own."""

    counts: dict[str, int]
    mine: frozenset[str] = frozenset()


def give(*, comment: Comment, member: Member, kind: str, channel: str = Channel.WEB) -> Comment:
    """React to somebody's comment. Given twice, it counts once. Returns the comment with fresh counters.

    Raises NotAllowed, NotFound (no such reaction).
    """
    with transaction.atomic():
        comment = _required(comment, member, kind)
        made = {"made_at": timezone.now(), "level": member.level, "channel": channel}
        _row, is_new = Reaction.objects.get_or_create(comment=comment, member=member, kind=kind, defaults=made)
        if is_new:
            _count(comment, kind, 1)
            if kind in OPPOSITE:
                _remove(comment, member, OPPOSITE[kind])
    return _fresh(comment)


def take_back(*, comment: Comment, member: Member, kind: str) -> Comment:
    """Take a reaction back; there need not be one. Returns the comment with fresh counters. Raises as `give`."""
    with transaction.atomic():
        comment = _required(comment, member, kind)
        _remove(comment, member, kind)
    return _fresh(comment)


def standing(ids: Iterable[int], viewer=None) -> dict[int, Standing]:
    """How comments stand at this moment, as this reader sees them: one query."""
    found = Comment.objects.filter(pk__in=list(ids)).annotate(**_mine(viewer))
    rows = found.values("pk", *COLUMNS.values(), *_mine(viewer))
    return {row["pk"]: _standing(row) for row in rows}


def standing_and_waiting(space: Space, ids: Iterable[int], viewer) -> tuple[dict[int, Standing], list[Comment]]:
    """The same, and what the reader said in this space that a moderator has not looked at yet, latest first: one query
    for both.
    """
    if not viewer.is_authenticated:
        return standing(ids), []
    ids = set(ids)
    held = Q(space=space, author=viewer, state=State.HELD)
    rows = Comment.objects.filter(Q(pk__in=ids) | held).annotate(**_mine(viewer)).order_by("-id")
    found, waiting = {}, []
    for row in rows:
        if row.pk in ids:
            found[row.pk] = _standing(vars(row))
        else:
            row.author = viewer
            waiting.append(row)
    return found, waiting


def _mine(viewer) -> dict[str, Exists]:
    if viewer is None or not viewer.is_authenticated:
        return {}
    own = Reaction.objects.filter(comment=OuterRef("pk"), member=viewer)
    return {f"my_{kind}": Exists(own.filter(kind=kind)) for kind in COLUMNS}


def _standing(row: dict) -> Standing:
    return Standing(
        counts={kind: row[column] for kind, column in COLUMNS.items()},
        mine=frozenset(kind for kind in COLUMNS if row.get(f"my_{kind}")),
    )


def of(comment: Comment) -> Standing:
    """How a comment stands by the counters it was loaded with; nobody's own."""
    return Standing({kind: getattr(comment, column) for kind, column in COLUMNS.items()})


def recount(comment_ids: Iterable[int]) -> None:
    """Set the counters of these comments by their rows, where something else than an action has changed the rows."""
    rows = Reaction.objects.filter(comment=OuterRef("pk")).order_by().values("comment")
    counted = {
        column: Coalesce(
            Subquery(rows.annotate(n=Count("pk", filter=Q(kind=kind))).values("n"), output_field=IntegerField()),
            Value(0),
        )
        for kind, column in COLUMNS.items()
    }
    Comment.objects.filter(pk__in=list(comment_ids)).update(**counted)


def _required(comment: Comment, member: Member, kind: str) -> Comment:
    if kind not in COLUMNS:
        raise NotFound(rules.explained("not_here"), code="unknown_reaction")
    comment = Comment.objects.select_related("space").get(pk=comment.pk)
    rules.require(rules.may_react(member, comment.space, comment))
    return comment


def _remove(comment: Comment, member: Member, kind: str) -> None:
    gone, _by_model = Reaction.objects.filter(comment=comment, member=member, kind=kind).delete()
    if gone:
        _count(comment, kind, -1)


def _count(comment: Comment, kind: str, step: int) -> None:
    """Move a counter. Words that were hidden or withdrawn in the same moment take no reaction."""
    column = COLUMNS[kind]
    still_there = Comment.objects.filter(pk=comment.pk, state=Comment.State.VISIBLE)
    if not still_there.update(**{column: F(column) + step}):
        raise NotAllowed(rules.explained("withdrawn"), code="withdrawn")


def _fresh(comment: Comment) -> Comment:
    comment.refresh_from_db(fields=list(COLUMNS.values()))
    return comment

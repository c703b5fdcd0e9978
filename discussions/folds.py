"""Folding what many accounts said alike: one comment stands for all, and every one of them can still be read.

The watch finds the bursts and links their posts to them; reading a thread only follows the links.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from discussions import targets
from discussions.models import Burst, Case, Comment, Space, State, Target

SHOWN = 20
"""Comments shown inside a fold; the page of the burst has all of them."""
POSTS = 50


@dataclass(frozen=True, slots=True)
class Fold:
    """`posts` by `people` say what the comment says that stands for them; `others` are the first of those comments."""

    burst: int
    posts: int
    people: int
    others: list[Comment]


def among(members: Iterable[tuple[str, int]]) -> Q:
    """Cases of these contributions, given by kind and id."""
    by_kind: dict[str, list[int]] = {}
    for key, pk in members:
        by_kind.setdefault(key, []).append(pk)
    wanted = Q(pk__in=[])
    for key, pks in by_kind.items():
        wanted |= Q(target=key, target_id__in=pks)
    return wanted


def earliest(members: Iterable[tuple[str, int]]) -> Burst | None:
    """The burst to which some of these posts belong already: what goes on for days is one."""
    linked = Case.objects.filter(among(members), burst__isnull=False).values("burst")
    return Burst.objects.filter(pk__in=linked).order_by("pk").first()


def link(burst: Burst, members: Iterable[tuple[str, int]]) -> None:
    """These posts belong to the burst."""
    Case.objects.filter(among(members)).update(burst=burst)
    _choose(burst)


def unlink(members: Iterable[tuple[str, int]]) -> None:
    """The words of these posts have changed: each stands for itself until it is found in a burst again."""
    changed = Case.objects.filter(among(members), burst__isnull=False)
    left = set(changed.values_list("burst", flat=True))
    changed.update(burst=None)
    for burst in Burst.objects.filter(pk__in=left):
        _choose(burst)


def renew(space: Space) -> None:
    """Let another comment stand for a burst whose first one can no longer be read."""
    gone = Q(first=None) | ~Q(first__state=State.VISIBLE)
    for burst in Burst.objects.filter(gone, space=space, kind=Burst.Kind.TEXT):
        _choose(burst)


def without_repeats(roots: QuerySet[Comment], **conditions: object) -> QuerySet[Comment]:
    """Roots of a space's own discussion, without those for which another comment stands that can be read and meets
    `conditions`. Three look-ups by key for each row that is passed over.
    """
    stands = {"burst__first__state": State.VISIBLE} | {f"burst__first__{name}": is_ for name, is_ in conditions.items()}
    first = Case.objects.filter(target=Target.COMMENT, target_id=OuterRef("pk"), **stands).values("burst__first")
    return (
        roots.select_related("author", "burst")
        .alias(under=Coalesce(Subquery(first[:1]), F("pk"), output_field=BigIntegerField()))
        .filter(Q(under=F("pk")) | ~Q(state=State.VISIBLE))
    )


def under(roots: Sequence[Comment]) -> dict[int, Fold]:
    """What is folded under each of these comments (read by `without_repeats`): at most one query."""
    burst_of = {root.pk: root.burst for root in roots if _stands_for_others(root)}
    if not burst_of:
        return {}
    wanted = Q()
    for first, burst in burst_of.items():
        linked = Case.objects.filter(burst=burst, target=Target.COMMENT).exclude(target_id=first).order_by("id")
        wanted |= Q(pk__in=Subquery(linked.values("target_id")[:SHOWN]))
    first_of = {burst.pk: first for first, burst in burst_of.items()}
    case = Case.objects.filter(target=Target.COMMENT, target_id=OuterRef("pk")).values("burst")
    found = Comment.objects.published().filter(wanted).select_related("author").annotate(linked_to=Subquery(case[:1]))
    folds = {first: Fold(burst.pk, burst.posts, burst.people, []) for first, burst in burst_of.items()}
    for comment in found.order_by("pk"):
        folds[first_of[comment.linked_to]].others.append(comment)
    return folds


def posts(burst: Burst, *, after: int = 0) -> tuple[list[Any], int | None]:
    """POSTS of what a burst consists of, in the order in which it was found, and the cursor of further ones. What was
    hidden or taken back is among them, for the page to say so.
    """
    found = list(burst.cases.filter(pk__gt=after).order_by("pk")[: POSTS + 1])
    shown = found[:POSTS]
    rows = targets.read((case.target, case.target_id) for case in shown)
    listed = [row for case in shown if (row := rows.get((case.target, case.target_id))) is not None]
    return listed, shown[-1].pk if len(found) > POSTS else None


def _stands_for_others(root: Comment) -> bool:
    return root.state == State.VISIBLE and hasattr(root, "burst")


def _choose(burst: Burst) -> None:
    """The oldest comment of the discussion that can be read stands for all."""
    linked = burst.cases.filter(target=Target.COMMENT).values("target_id")
    first = (
        Comment.objects.published()
        .filter(space=burst.space_id, pk__in=linked, parent=None, proposal=None, paragraph=None)
        .order_by("pk")
        .first()
    )
    if first is not None:
        Burst.objects.filter(first=first).exclude(pk=burst.pk).update(first=None)
    Burst.objects.filter(pk=burst.pk).update(first=first)

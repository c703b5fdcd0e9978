"""Cases: why a moderator should look at a contribution. They follow from what is held, reported, marked or repeated.

Nothing that publishes words has to know of them: `catch_up` opens a case for whatever is held and has none.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from discussions import targets
from discussions.models import Case, Member, Report, Space, State
from nlp.core import abuse, duplicates

CLAIMED_FOR = timedelta(minutes=10)
BATCH = 500
COMPARED = 2000
"""Open cases of a space that are compared with each other; a longer queue is grouped among its newest."""


def open_for(rows: Iterable, **causes: bool) -> None:
    """Open or reopen a case for each of the rows, with these causes beside those it has."""
    now = timezone.now()
    for row in rows:
        kind = targets.of(row)
        # A new cause brings a settled case back into the queue; the causes it was settled for are past.
        Case.objects.filter(target=kind.key, target_id=row.pk, settled_at__isnull=False).update(
            settled_at=None, opened_at=now, is_held=False, is_reported=False, is_scored=False, is_burst=False
        )
        found = Case.objects.filter(target=kind.key, target_id=row.pk)
        if not found.update(**causes):
            Case.objects.bulk_create([_new(row, now, **causes)], ignore_conflicts=True)


def settle(row) -> bool:
    """Close the case and the reports about a contribution. True when something was open."""
    key, now = targets.of(row).key, timezone.now()
    reports = Report.objects.filter(target=key, target_id=row.pk, settled=False).update(settled=True)
    open_now = Case.objects.filter(target=key, target_id=row.pk, settled_at=None)
    return bool(open_now.update(settled_at=now, claimed_by=None, claimed_until=None) + reports)


def catch_up(space: Space | None = None) -> int:
    """Open cases for what is held and has none, and find again which cases say the same. Returns how many are new."""
    opened, spaces = 0, set()
    for kind in targets.KINDS.values():
        known = Case.objects.filter(target=kind.key, target_id=OuterRef("pk"), settled_at=None)
        held = kind.held() if _can_be_held(kind) else kind.rows().none()
        if space is not None:
            held = held.filter(**{kind.space: space})
        while rows := list(held.exclude(Exists(known)).order_by("pk")[:BATCH]):
            open_for(rows, is_held=True)
            opened += len(rows)
            spaces |= {row.space.pk for row in rows}
    _settle_gone()
    for space_id in spaces:
        regroup(space_id)
    return opened


def regroup(space_id: int) -> None:
    """Give the open cases of a space that say the same one group: the name of the oldest of them."""
    found = list(Case.objects.filter(space=space_id, settled_at=None).order_by("-id")[:COMPARED])[::-1]
    rows = targets.read((case.target, case.target_id) for case in found)
    words = [row.words if (row := rows.get((case.target, case.target_id))) else "" for case in found]
    first = duplicates.fold(words)
    changed = []
    for case, position in zip(found, first.tolist(), strict=True):
        group = str(found[position] if position >= 0 else case)
        if case.group != group:
            case.group = group
            changed.append(case)
    Case.objects.bulk_update(changed, ["group"], batch_size=BATCH)


def claim(*, group: str, moderator: Member) -> int:
    """Say that one looks at these cases now; others leave them alone for ten minutes. Returns how many are claimed."""
    now = timezone.now()
    free = Q(claimed_by=None) | Q(claimed_until__lt=now) | Q(claimed_by=moderator)
    waiting = Case.objects.filter(free, group=group, settled_at=None)
    return waiting.update(claimed_by=moderator, claimed_until=now + CLAIMED_FOR)


def give_back(*, group: str, moderator: Member) -> None:
    """Let others look at these cases again."""
    Case.objects.filter(group=group, claimed_by=moderator).update(claimed_by=None, claimed_until=None)


def is_claimed_by_another(case: Case, moderator: Member) -> bool:
    """Does somebody else look at it at this moment?"""
    return case.claimed_by_id != moderator.pk and _is_claimed(case)


def is_claimed_by(case: Case, moderator: Member) -> bool:
    """Did this moderator say that they look at it now?"""
    return case.claimed_by_id == moderator.pk and _is_claimed(case)


def _is_claimed(case: Case) -> bool:
    return case.claimed_by_id is not None and case.claimed_until is not None and case.claimed_until >= timezone.now()


def _new(row, now, **causes: bool) -> Case:
    kind = targets.of(row)
    judged = abuse.judge(row.words)
    return Case(
        space=row.space,
        target=kind.key,
        target_id=row.pk,
        author_id=row.author_id,
        group=f"{kind.key} {row.pk}",
        abuse=judged.abuse,
        spam=judged.spam,
        opened_at=targets.said_at(row) or now if causes.get("is_held") else now,
        **causes,
    )


def _can_be_held(kind: targets.Kind) -> bool:
    return State.HELD.value in dict(kind.model._meta.get_field("state").choices)


def _settle_gone() -> None:
    """Close the cases of words that their authors have taken back."""
    now = timezone.now()
    for kind in targets.KINDS.values():
        gone = kind.model._default_manager.filter(pk=OuterRef("target_id"), state=State.WITHDRAWN)
        Case.objects.filter(target=kind.key, settled_at=None).filter(Exists(gone)).update(settled_at=now)

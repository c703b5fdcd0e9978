"""The stages of a policy: how it goes from one to the next, by hand or by its dates.

What holds at a moment is `Space.phase_now`, a pure reading of the dates, and every rule judges by it. `advance` writes
that reading down, with the event and the answer clock that belong to it. How the stages are told to people is in
`timelines`.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from discussions import clocks, events, rules
from discussions.errors import CivicError, NotAllowed
from discussions.models import Member, Phase, Reply, Space
from discussions.models.spaces import BEGINS_AT, is_later

# In the order in which a policy meets them; each may be left out.
DATES = ("text_at", "opens_at", "voting_at", "review_at", "answer_due_at", "follow_up_at", "archive_at")


def move(*, space: Space, editor: Member, phase: str, seen: str = "") -> Space:
    """Take a space to a phase by hand, forwards or back; appends phase.changed. Later dates move it on from there.

    `seen` is the phase the editor saw when they decided: if the space has moved meanwhile, nothing is done.

    Raises NotAllowed (no such right; "answered" where nobody has answered) and CivicError (no such phase, moved
    meanwhile).
    """
    with transaction.atomic():
        rules.require(rules.may_arrange(editor))
        space = events.lock(space.pk)
        if seen and seen != space.phase_now:
            raise CivicError(rules.explained("moved_meanwhile"), code="moved_meanwhile")
        require_choice(space, phase)
        enter(space, phase, timezone.now())
    return space


def advance(*, space: Space, now: datetime) -> Space:
    """Bring a space to the phase its dates ask for at `now`: one step over however many were missed, never back.

    Appends phase.changed. Repeated, it does nothing.
    """
    with transaction.atomic():
        return settled(events.lock(space.pk), now)


def advance_due(now: datetime | None = None) -> int:
    """Advance every space whose date has come. Returns how many moved. Made for the clockwork."""
    now = now or timezone.now()
    keys = Space.objects.filter(_due(now)).order_by("pk").values_list("pk", flat=True)
    moved = 0
    for space in Space.objects.in_bulk(list(keys)).values():
        moved += advance(space=space, now=now).phase != space.phase
    return moved


def settled(space: Space, now: datetime) -> Space:
    """A locked space, with the phase written down that its dates ask for at `now`."""
    due = space.phase_at(now)
    if due != space.phase:
        enter(space, due, getattr(space, BEGINS_AT[due]))
    return space


def require_choice(space: Space, phase: str) -> None:
    """May an editor choose this phase here? Raises as `move` does."""
    if phase not in Phase.values:
        raise CivicError(rules.explained("no_phase"), code="no_phase")
    if phase == Phase.ANSWERED != space.phase and not _is_answered(space):
        raise NotAllowed(rules.explained("unanswered"), code="unanswered")


def _is_answered(space: Space) -> bool:
    """Has anything been answered, and since the review began whose answer is owed?"""
    answers = Reply.objects.filter(space=space)
    owed = space.clocks.filter(proposal=None, session=None, answered_at=None).first()
    return (answers if owed is None else answers.filter(answered_at__gte=owed.started_at)).exists()


def enter(space: Space, phase: str, at: datetime) -> bool:
    """Write down that a phase has begun at `at`; appends phase.changed, and starts the answer clock of a review.

    The caller holds the lock on the space (`events.lock`). True when the phase is another than before.
    """
    if phase == space.phase_at(at) == space.phase:
        return False
    space.phase, space.runs_since = phase, at
    space.save(update_fields=["phase", "runs_since"])
    events.append(space, "phase.changed", {"id": space.pk, "phase": str(phase)})
    if phase == Phase.REVIEW:
        clocks.start(space=space, now=at)
    return True


def out_of_order(dates: Mapping[str, datetime | None]) -> list[str]:
    """Which of the dates of a space lie before the one that should come first."""
    wrong, latest = [], None
    for name in DATES:
        date = dates.get(name)
        if date is None:
            continue
        if latest is not None and date < latest:
            wrong.append(name)
        latest = date if latest is None else max(latest, date)
    return wrong


def _due(now: datetime) -> Q:
    """Spaces whose dates have moved past the phase that is written down."""
    condition = Q()
    for phase, column in BEGINS_AT.items():
        before = [value for value in Phase.values if value != Phase.REVIEW and is_later(phase, value)]
        condition |= Q(**{f"{column}__lte": now, f"{column}__gt": F("runs_since"), "phase__in": before})
    return condition

"""The answer clock: start it, extend it with a reason, stop it with an answer."""

from datetime import datetime, timedelta

from discussions import events
from discussions.models import AnswerClock, Proposal, Space

ANSWER_DAYS = 60


def start(*, space: Space, now: datetime, proposal: Proposal | None = None) -> AnswerClock:
    """Start the clock of a space or of one proposal; appends clock.started. Started twice, it is one clock.

    The caller holds the lock on the space (`events.lock`) inside its transaction. An answer is due after ANSWER_DAYS,
    or at the date the space has announced for its review.
    """
    due_at = now + timedelta(days=ANSWER_DAYS)
    if proposal is None and space.answer_due_at is not None and space.answer_due_at > now:
        due_at = space.answer_due_at
    clock, is_new = AnswerClock.objects.get_or_create(
        space=space,
        proposal=proposal,
        defaults={"agency_id": space.agency_id, "started_at": now, "first_due_at": due_at, "due_at": due_at},
    )
    if is_new:
        events.append(space, "clock.started", {"id": clock.pk, "proposal": clock.proposal_id})
    return clock

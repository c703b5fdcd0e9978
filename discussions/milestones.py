"""What follows after a decision: steps an agency promises, and how each of them came out."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from discussions import answer_rules, events, rules
from discussions.errors import Conflict, InvalidText
from discussions.models import Member, Milestone, MilestoneChange, Space
from discussions.wording import cleaned, cleaned_line

WHAT_LIMIT = 200
REASON_LIMIT = 2000


def plan(
    *,
    space: Space,
    officer: Member,
    what: str,
    due_on: date,
    client_id: str,
    topic_number: int | None = None,
    is_done: bool = False,
    now: datetime | None = None,
) -> Milestone:
    """Promise a step with a date, or record one that was taken on that day already (`is_done`); appends
    milestone.changed. Sent again, the first one comes back.

    Raises InvalidText (also a promise for a day that is over, a record of one to come), NotAllowed (no role, another
    agency, before the review), Conflict.
    """
    words = cleaned_line(what, limit=WHAT_LIMIT, missing=_("Please say which step the agency will take."))
    with transaction.atomic():
        space = events.lock(space.pk)
        rules.require(answer_rules.may_follow_up(officer, space))
        earlier = Milestone.objects.filter(planned_by=officer, client_id=client_id).first()
        if earlier is not None:
            if (earlier.space_id, earlier.what) != (space.pk, words):
                raise Conflict
            return earlier
        now = now or timezone.now()
        (_require_past if is_done else _require_to_come)(due_on, timezone.localdate(now))
        milestone = Milestone.objects.create(
            space=space,
            agency_id=officer.agency_id,
            what=words,
            due_on=due_on,
            state=Milestone.State.DONE if is_done else Milestone.State.PLANNED,
            topic_number=topic_number,
            client_id=client_id,
            planned_by=officer,
            made_at=now,
            changed_at=now,
        )
        _log(space, milestone, officer)
    return milestone


def change(
    *, milestone: Milestone, officer: Member, state: str, due_on: date | None = None, reason: str = ""
) -> Milestone:
    """Say how a step stands, or move its date; appends milestone.changed. Without any change nothing is written.

    Dropping a step, taking "done" back and moving a date need a reason; no date is moved to a day that is over.
    Raises InvalidText, NotAllowed.
    """
    if state not in Milestone.State.values:
        raise InvalidText(rules.explained("no_such_state"), code="no_such_state")
    with transaction.atomic():
        space = events.lock(milestone.space_id)
        milestone = Milestone.objects.get(pk=milestone.pk)
        rules.require(answer_rules.may_follow_up(officer, space))
        rules.require(answer_rules.may_answer_for(officer, milestone.agency_id))
        due_on = due_on or milestone.due_on
        if (state, due_on) == (milestone.state, milestone.due_on):
            return milestone
        if due_on != milestone.due_on:
            _require_to_come(due_on, timezone.localdate())
        is_plain = state == Milestone.State.DONE and due_on == milestone.due_on
        milestone.reason = _reason(reason, state) if reason.strip() or not is_plain else ""
        milestone.state, milestone.due_on, milestone.changed_at = state, due_on, timezone.now()
        milestone.save(update_fields=["state", "due_on", "reason", "changed_at"])
        _log(space, milestone, officer)
    return milestone


def _reason(reason: str, state: str) -> str:
    missing = {
        Milestone.State.DROPPED: _("Please say why the step is dropped."),
        Milestone.State.DONE: _("Please say why the date is another one."),
        Milestone.State.PLANNED: _("Please say why the step is not done yet, or why its date is another one."),
    }
    return cleaned(reason, limit=REASON_LIMIT, missing=missing[Milestone.State(state)])


def _require_to_come(due_on: date, today: date) -> None:
    if due_on < today:
        raise InvalidText(
            _("%(day)s is over: a step can only be promised for today or later.")
            % {"day": date_format(due_on, "DATE_FORMAT")},
            code="day_is_over",
        )


def _require_past(done_on: date, today: date) -> None:
    if done_on > today:
        raise InvalidText(
            _("%(day)s is still to come: a step that was taken already has a day that is over, or today.")
            % {"day": date_format(done_on, "DATE_FORMAT")},
            code="day_to_come",
        )


def _log(space: Space, milestone: Milestone, officer: Member) -> None:
    MilestoneChange.objects.create(
        milestone=milestone,
        state=milestone.state,
        due_on=milestone.due_on,
        reason=milestone.reason,
        officer=officer,
        made_at=milestone.changed_at,
    )
    events.append(space, "milestone.changed", {"id": milestone.pk})

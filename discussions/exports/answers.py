"""Official answers, answer clocks and milestones as open data."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions import clockfaces
from discussions.exports.table import Row, Table
from discussions.models import (
    AnswerClock,
    ClockExtension,
    HandOverGroup,
    MilestoneChange,
    Reply,
    ReplyPoint,
    ReplyVersion,
    Space,
)


def _answers(space: Space) -> Iterator[Row]:
    found = Reply.objects.filter(space=space).select_related("agency").order_by("pk")
    for reply in found.iterator(chunk_size=500):
        target = reply.target
        key = (
            reply.topic_number
            if target == "topic"
            else getattr(reply, f"{'whole' if target == 'space' else target}_id")
        )
        yield (
            reply.pk,
            reply.agency.name,
            target,
            None if target == "space" else key,
            reply.topic_label,
            reply.text,
            reply.version,
            reply.answered_at,
            reply.corrected_at,
        )


def _points(space: Space) -> Iterator[Row]:
    rows = ReplyPoint.objects.filter(reply__space=space).order_by("reply_id", "position")
    columns = ("reply_id", "position", "topic_number", "label", "verdict", "text", "next_step")
    yield from rows.values_list(*columns).iterator(chunk_size=500)


def _versions(space: Space) -> Iterator[Row]:
    rows = ReplyVersion.objects.filter(reply__space=space).order_by("reply_id", "number")
    columns = ("reply_id", "number", "text", "valid_from", "corrected_at", "why")
    yield from rows.values_list(*columns).iterator(chunk_size=500)


def _clocks(space: Space) -> Iterator[Row]:
    now = timezone.now()
    for clock in AnswerClock.objects.filter(space=space).select_related("agency", "session").order_by("pk"):
        yield (
            clock.pk,
            clock.proposal_id,
            clock.agency.name if clock.agency else "",
            clock.started_at,
            clock.first_due_at,
            clock.due_at,
            clock.answered_at,
            clockfaces.standing(clock, now).value,
            clockfaces.days_late(clock, now),
            clock.session.code if clock.session else None,
        )


def _extensions(space: Space) -> Iterator[Row]:
    rows = ClockExtension.objects.filter(clock__space=space).order_by("pk")
    yield from rows.values_list("clock_id", "before", "until", "reason", "made_at")


def _steps(space: Space) -> Iterator[Row]:
    rows = MilestoneChange.objects.filter(milestone__space=space).order_by("milestone_id", "pk")
    columns = ("milestone_id", "milestone__what", "milestone__topic_number", "state", "due_on", "reason", "made_at")
    yield from rows.values_list(*columns)


def _handed_over(space: Space) -> Iterator[Row]:
    rows = HandOverGroup.objects.filter(handover__space=space).order_by("pk")
    yield from rows.values_list("handover__made_at", "topic_number", "label", "posts", "people")


_NUMBER = {"id": _("number of the answer")}
_ANSWER = {"answer": _("number of the answer")}
_CLOCK = {"clock": _("number of the clock")}

TABLES = (
    Table(
        name="answers",
        title=_("Official answers"),
        columns={
            **_NUMBER,
            "agency": _("the agency that signs"),
            "target": _("what is answered: space, topic, comment, question, proposal, statement or wording"),
            "target_id": _("its number; empty for the whole discussion"),
            "topic": _("the label of the topic when it was answered"),
            "text": _("the words"),
            "version": _("how often it was written, corrections included"),
            "answered_at": _("when it was published"),
            "corrected_at": _("when it was last corrected"),
        },
        rows=_answers,
    ),
    Table(
        name="answer_points",
        title=_("Points of answers"),
        columns={
            **_ANSWER,
            "position": _("place in the answer, from 0"),
            "topic": _("number of the topic"),
            "label": _("what people asked for"),
            "verdict": _("accepted, partly, declined or already"),
            "text": _("the reasons"),
            "next_step": _("what happens next"),
        },
        rows=_points,
    ),
    Table(
        name="answer_versions",
        title=_("Earlier versions of answers"),
        columns={
            **_ANSWER,
            "version": _("number of the version"),
            "text": _("the words"),
            "valid_from": _("from when it was valid"),
            "corrected_at": _("when it was corrected"),
            "why": _("why it was corrected"),
        },
        rows=_versions,
    ),
    Table(
        name="clocks",
        title=_("Answer clocks"),
        columns={
            "id": _("number of the clock"),
            "proposal": _("number of the proposal; empty for the whole discussion"),
            "agency": _("the agency that owes the answer"),
            "started_at": _("when it started"),
            "first_due_at": _("the date promised first"),
            "due_at": _("the date promised now"),
            "answered_at": _("when the answer came"),
            "standing": _("running, extended, overdue, on_time, after_extension or late"),
            "days_late": _("begun days after the promised date"),
            "session": _("room code of the live session whose open questions are owed an answer"),
        },
        rows=_clocks,
    ),
    Table(
        name="clock_extensions",
        title=_("Extensions of answer clocks"),
        columns={
            **_CLOCK,
            "before": _("the date promised before"),
            "until": _("the new date"),
            "reason": _("the reason"),
            "made_at": _("when it was decided"),
        },
        rows=_extensions,
    ),
    Table(
        name="milestones",
        title=_("Steps after the decision, with every change"),
        columns={
            "id": _("number of the step"),
            "what": _("the step"),
            "topic": _("number of the topic"),
            "state": _("planned, done or dropped"),
            "due_on": _("by when"),
            "reason": _("the reason"),
            "made_at": _("when it was said"),
        },
        rows=_steps,
    ),
    Table(
        name="handed_over",
        title=_("What was handed to the agency"),
        columns={
            "made_at": _("when the review began"),
            "topic": _("number of the topic; empty for none"),
            "label": _("its label on that day"),
            "posts": _("how many posts"),
            "people": _("of how many people"),
        },
        rows=_handed_over,
    ),
)

"""Live sessions as open data: the sessions, the questions with their answers, who raised them, who asked to speak."""

from collections.abc import Iterator

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from discussions.exports.table import LEVEL, Row, Table, person, voter
from discussions.models import Hand, LiveSession, Question, QuestionRaise, Space


def _sessions(space: Space) -> Iterator[Row]:
    found = LiveSession.objects.filter(space=space).order_by("id")
    yield from found.values_list(
        "code", "title", "state", "starts_at", "ends_at", "opened_at", "closed_at", "about"
    ).iterator(chunk_size=1000)


def _questions(space: Space) -> Iterator[Row]:
    found = Question.objects.published().filter(session__space=space).select_related("session")
    for question in found.annotate(raised=Count("raises")).order_by("id").iterator(chunk_size=1000):
        yield (
            question.pk,
            question.session.code,
            person(space, question.author_id),
            question.text,
            question.state,
            question.merged_into_id,
            question.raised,
            question.item_id,
            question.asked_at,
            question.put_at,
            question.answered_at,
            question.answer,
            question.get_level_display(),
            question.get_channel_display(),
        )


def published_raises(space: Space) -> QuerySet[QuestionRaise]:
    """What people raised themselves; the raises that came along with a joined question are not repeated."""
    given = QuestionRaise.objects.filter(question__session__space=space, via=None)
    return given.exclude(question__state__in=Question.GONE)


def _raises(space: Space) -> Iterator[Row]:
    rows = published_raises(space).order_by("id").values_list("question_id", "member_id")
    for question, member in rows.iterator(chunk_size=5000):
        yield question, voter(space, member)


def _hands(space: Space) -> Iterator[Row]:
    raised = Hand.objects.filter(session__space=space).order_by("id")
    rows = raised.values_list("session__code", "member_id", "state", "raised_at")
    for session, member, state, raised_at in rows.iterator(chunk_size=5000):
        yield session, voter(space, member), state, raised_at.date().isoformat()


_SESSION = _("room code of the session")
TABLES = (
    Table(
        name="live_sessions",
        title=_("Live sessions"),
        columns={
            "session": _SESSION,
            "title": _("title of the session"),
            "state": _("planned, open or closed"),
            "starts_at": _("when it was to begin"),
            "ends_at": _("when it was to end"),
            "opened_at": _("when it began"),
            "closed_at": _("when it ended"),
            "about": _("what it is about"),
        },
        rows=_sessions,
    ),
    Table(
        name="live_questions",
        title=_("Questions of the live sessions"),
        columns={
            "id": _("number of the question"),
            "session": _SESSION,
            "person": _("pseudonym of its author"),
            "text": _("the words"),
            "state": _("asked, shortlisted, current, answered, parked or merged"),
            "merged_into": _("number of the question it was joined with"),
            "raises": _("how many people raise it, those of questions joined with it included"),
            "item": _("number of the point of the agenda at which it was asked"),
            "asked_at": _("when it was sent"),
            "at_panel_at": _("when it went to the panel"),
            "answered_at": _("when it was answered"),
            "answer": _("the answer in short"),
            "level": LEVEL,
            "channel": _("the door it came in by"),
        },
        rows=_questions,
    ),
    Table(
        name="live_raises",
        title=_("Raised questions"),
        columns={
            "question": _("number of the question"),
            "person": _("pseudonym of who raised it"),
        },
        rows=_raises,
    ),
    Table(
        name="live_hands",
        title=_("Hands raised in the live sessions"),
        columns={
            "session": _SESSION,
            "person": _("pseudonym of who asked to speak"),
            "state": _("up, speaking, done or down"),
            "day": _("the day it was raised"),
        },
        rows=_hands,
    ),
)

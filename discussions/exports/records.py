"""What the record of a live session holds besides its questions and polls, as open data."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from discussions.exports.table import Row, Table
from discussions.models import AgendaItem, OwedQuestion, Question, Space, State, StatementShown, TranscriptLine


def _agenda(space: Space) -> Iterator[Row]:
    items = AgendaItem.objects.filter(session__space=space).order_by("session", "position", "id")
    columns = ("id", "session__code", "position", "title", "speakers", "minutes", "began_at", "ended_at")
    yield from items.values_list(*columns).iterator(chunk_size=1000)


def _lines(space: Space) -> Iterator[Row]:
    lines = TranscriptLine.objects.published().filter(session__space=space)
    columns = ("session__code", "number", "starts_ms", "ends_ms", "speaker", "text", "revised_at")
    yield from lines.order_by("session", "starts_ms", "id").values_list(*columns).iterator(chunk_size=2000)


def _statements(space: Space) -> Iterator[Row]:
    shown = StatementShown.objects.filter(session__space=space, statement__state=State.VISIBLE).order_by("id")
    yield from shown.values_list("session__code", "statement_id", "put_at", "revealed").iterator(chunk_size=1000)


def _owed(space: Space) -> Iterator[Row]:
    handed = OwedQuestion.objects.filter(clock__space=space).exclude(question__state__in=Question.GONE)
    columns = ("question_id", "clock__session__code", "clock_id", "handed_at")
    yield from handed.order_by("id").values_list(*columns).iterator(chunk_size=1000)


_SESSION = _("room code of the session")
TABLES = (
    Table(
        name="live_agenda",
        title=_("Agendas of the live sessions"),
        columns={
            "id": _("number of the point"),
            "session": _SESSION,
            "position": _("its place"),
            "title": _("what it is about"),
            "speakers": _("who speaks"),
            "minutes": _("minutes planned"),
            "began_at": _("when the room came to it"),
            "ended_at": _("when the room went on"),
        },
        rows=_agenda,
    ),
    Table(
        name="live_transcript",
        title=_("Transcripts of the live sessions"),
        columns={
            "session": _SESSION,
            "number": _("number of the line, by which it is cited"),
            "starts_ms": _("its moment, in milliseconds from the opening of the session"),
            "ends_ms": _("its end, where it is known"),
            "speaker": _("who speaks"),
            "text": _("the words"),
            "corrected_at": _("when it was corrected"),
        },
        rows=_lines,
    ),
    Table(
        name="live_statements",
        title=_("Statements put to the vote in the live sessions"),
        columns={
            "session": _SESSION,
            "statement": _("number of the statement"),
            "put_at": _("when it was put to the vote"),
            "revealed": _("whether its result was shown in the session"),
        },
        rows=_statements,
    ),
    Table(
        name="live_owed_questions",
        title=_("Live questions handed to the agency"),
        columns={
            "question": _("number of the question"),
            "session": _SESSION,
            "clock": _("number of the clock"),
            "handed_at": _("when it was handed over"),
        },
        rows=_owed,
    ),
)

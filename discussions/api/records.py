"""The transcript and the record of a live session through the interface for programs."""

from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from discussions import live, records
from discussions.api.access import TokenAccess
from discussions.api.live import session_of
from discussions.api.pages import LARGEST_ID, Stretch, stretch
from discussions.api.shapes import CLIENT_ID, Refusal
from discussions.models import AgendaItem, StatementShown, TranscriptLine

router = Router(tags=["live"])
REFUSED = {frozenset({401, 403, 404, 409, 422}): Refusal}


class LineOut(Schema):
    """A line of the transcript. `number` cites it and never changes; `starts_ms` counts from the opening of the
    session."""

    number: int
    speaker: str
    text: str
    starts_ms: int
    ends_ms: int | None
    corrected_at: datetime | None = Field(alias="revised_at")
    url: str = Field(alias="get_absolute_url")


class LineList(Schema):
    """A stretch of lines, those written last first."""

    items: list[LineOut]
    before: int | None


class LineIn(Schema):
    """What was just said. Sent again with the same `client_id`, the first line comes back."""

    text: str
    speaker: str = ""
    client_id: str = Field(pattern=CLIENT_ID)


class CorrectionIn(Schema):
    """A line put right. Without `speaker` it keeps its own."""

    text: str
    speaker: str | None = None


class MomentOut(Schema):
    """Something that happened, in milliseconds from the opening."""

    ms: int
    kind: str
    words: str


class ItemOut(Schema):
    """A point of the agenda as it really went."""

    id: int
    title: str
    speakers: str
    minutes: int | None
    began_at: datetime | None
    ended_at: datetime | None


class ShownOut(Schema):
    """A statement that was put to the vote; its numbers are those of the whole discussion, once they were shown."""

    statement: int = Field(alias="statement_id")
    text: str
    put_at: datetime
    agree: int | None
    disagree: int | None
    passed: int | None

    @staticmethod
    def resolve_text(one: StatementShown) -> str:
        return one.statement.text

    @staticmethod
    def resolve_agree(one: StatementShown) -> int | None:
        return one.statement.agree if one.revealed else None

    @staticmethod
    def resolve_disagree(one: StatementShown) -> int | None:
        return one.statement.disagree if one.revealed else None

    @staticmethod
    def resolve_passed(one: StatementShown) -> int | None:
        return one.statement.passed if one.revealed else None


class OwedOut(Schema):
    """What was handed to the agency, and by when it owes the answers."""

    clock: int
    due_at: datetime
    answered_at: datetime | None
    questions: int
    answered: int


class RecordOut(Schema):
    """What a session left behind besides its questions, polls and lines, which have addresses of their own."""

    session: str
    asked: int
    answered: int
    people: int
    lines: int
    agenda: list[ItemOut]
    moments: list[MomentOut]
    statements: list[ShownOut]
    owed: OwedOut | None


@router.get(
    "spaces/{slug}/sessions/{code}/record", response=RecordOut, summary=gettext_noop("The record of a live session")
)
def record(request, slug: str, code: str):
    """It grows while the session is on, and stays afterwards."""
    found = records.read(session_of(slug, code))
    numbers, owed = found.numbers, found.owed
    agenda: list[AgendaItem] = found.agenda.items
    return {
        "session": found.session.code,
        "asked": numbers.asked,
        "answered": numbers.answered,
        "people": numbers.people,
        "lines": numbers.lines,
        "agenda": agenda,
        "moments": [{"ms": one.ms, "kind": one.kind, "words": one.words} for one in found.moments],
        "statements": found.statements,
        "owed": owed
        and {
            "clock": owed.face.clock.pk,
            "due_at": owed.face.due,
            "answered_at": owed.face.clock.answered_at,
            "questions": owed.total,
            "answered": owed.answered,
        },
    }


@router.get(
    "spaces/{slug}/sessions/{code}/lines", response=LineList, summary=gettext_noop("The transcript of a live session")
)
def lines(request, slug: str, code: str, asked: Query[Stretch]):
    """What was written last comes first; `starts_ms` gives the order in which it was said."""
    rows = TranscriptLine.objects.published().filter(session=session_of(slug, code)).select_related("session")
    found, before = stretch(rows, asked)
    return {"items": found, "before": before}


@router.post(
    "spaces/{slug}/sessions/{code}/lines",
    response={201: LineOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Write a line of the transcript"),
)
def write(request, slug: str, code: str, sent: LineIn):
    """At this moment, in the name of a stenographer whose token is used."""
    line = live.write_line(session=session_of(slug, code), author=request.auth, **sent.dict())
    return Status(201, line)


@router.get(
    "spaces/{slug}/sessions/{code}/lines/{int:number}",
    response=LineOut,
    summary=gettext_noop("One line of a transcript"),
)
def one(request, slug: str, code: str, number: int):
    """By the number that cites it."""
    return _line(slug, code, number)


@router.put(
    "spaces/{slug}/sessions/{code}/lines/{int:number}",
    response={200: LineOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Correct a line of the transcript"),
)
def correct(request, slug: str, code: str, number: int, sent: CorrectionIn):
    """Its number and its moment stay."""
    return live.correct_line(line=_line(slug, code, number), author=request.auth, **sent.dict())


@router.delete(
    "spaces/{slug}/sessions/{code}/lines/{int:number}",
    response={204: None, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Take a line back that was typed in error"),
)
def withdraw(request, slug: str, code: str, number: int):
    """Its words are erased, its number is not given again."""
    live.withdraw_line(line=_line(slug, code, number), author=request.auth)
    return Status(204, None)


def _line(slug: str, code: str, number: int) -> TranscriptLine:
    """A line that everybody reads."""
    rows = TranscriptLine.objects.published().filter(session=session_of(slug, code), number=min(number, LARGEST_ID))
    found = rows.select_related("session").first()
    if found is None:
        raise Http404
    return found

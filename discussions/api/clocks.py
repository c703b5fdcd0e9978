"""Answer clocks and the record of agencies through the interface for programs."""

from datetime import datetime

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from discussions import agencies, clockfaces, clocks
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import LARGEST_ID, Stretch, stretch
from discussions.api.shapes import Refusal
from discussions.clockfaces import Standing
from discussions.models import Agency, AnswerClock

router = Router(tags=["clocks"])


class ExtensionOut(Schema):
    """A date that was moved, with the reason."""

    before: datetime
    until: datetime
    reason: str
    made_at: datetime


class ClockOut(Schema):
    """What an agency owes: `standing` tells how it has kept its word so far."""

    id: int
    space: str
    proposal: int | None = Field(alias="proposal_id")
    session: str | None
    agency: str | None
    started_at: datetime
    first_due_at: datetime
    due_at: datetime
    answered_at: datetime | None
    standing: Standing
    days_late: int
    extensions: list[ExtensionOut]

    @staticmethod
    def resolve_space(clock: AnswerClock) -> str:
        return clock.space.slug

    @staticmethod
    def resolve_session(clock: AnswerClock) -> str | None:
        return clock.session.code if clock.session else None

    @staticmethod
    def resolve_agency(clock: AnswerClock) -> str | None:
        return clock.agency.slug if clock.agency else None

    @staticmethod
    def resolve_standing(clock: AnswerClock) -> Standing:
        return clockfaces.standing(clock, timezone.now())

    @staticmethod
    def resolve_days_late(clock: AnswerClock) -> int:
        return clockfaces.days_late(clock, timezone.now())

    @staticmethod
    def resolve_extensions(clock: AnswerClock):
        return clock.extensions.all()


class ClockList(Schema):
    """A stretch of clocks, newest first."""

    items: list[ClockOut]
    before: int | None


class ExtensionIn(Schema):
    """A later date, with the reason."""

    until: datetime
    reason: str


class AgencyOut(Schema):
    """How one agency has kept its word. Counts are of clocks; topics are those of discussions it has answered."""

    slug: str
    name: str
    name_en: str
    on_time: int
    after_extension: int
    late: int
    overdue_now: int
    running: int
    running_extended: int
    ever_extended: int
    median_days: float | None
    topics: int
    topics_answered: int


class AgencyList(Schema):
    """Every agency that ever owed an answer."""

    items: list[AgencyOut]


@router.get("clocks", response=ClockList, summary=gettext_noop("Answer clocks of all discussions"))
def index(request, asked: Query[Stretch], agency: str = "", standing: Standing | None = None):
    """Newest first; those of one agency, or that stand in one way."""
    found = _readable()
    if agency:
        found = found.filter(agency__slug=agency)
    if standing is not None:
        found = found.filter(clockfaces.standing_is(standing, timezone.now()))
    rows, before = stretch(found, asked)
    return {"items": rows, "before": before}


@router.get("spaces/{slug}/clocks", response=ClockList, summary=gettext_noop("Answer clocks of a discussion"))
def of_space(request, slug: str, asked: Query[Stretch]):
    """That of the discussion itself, and those of proposals over their threshold."""
    rows, before = stretch(_readable().filter(space=space_or_404(slug)), asked)
    return {"items": rows, "before": before}


@router.post(
    "spaces/{slug}/clocks/{clock_id}/extensions",
    response={201: ExtensionOut, frozenset({401, 403, 404, 422}): Refusal},
    auth=TokenAccess(),
    summary=gettext_noop("Promise an answer for a later date"),
)
def extend(request, slug: str, clock_id: int, sent: ExtensionIn):
    """By an officer of the agency that owes it, before the date is over."""
    clock = get_object_or_404(_readable(), space=space_or_404(slug), pk=min(max(clock_id, 0), LARGEST_ID))
    until = sent.until if timezone.is_aware(sent.until) else timezone.make_aware(sent.until)
    return Status(201, clocks.extend(clock=clock, officer=request.auth, until=until, reason=sent.reason))


@router.get("agencies", response=AgencyList, summary=gettext_noop("How agencies keep their word"))
def records(request):
    """The public table."""
    return {"items": [_record(record) for record in agencies.records()]}


@router.get("agencies/{slug}", response=AgencyOut, summary=gettext_noop("How one agency keeps its word"))
def record(request, slug: str):
    """One row of the public table."""
    (found,) = agencies.records(agency=get_object_or_404(Agency, slug=slug))
    return _record(found)


def _readable():
    return clockfaces.public().select_related("space", "session", "agency").prefetch_related("extensions")


def _record(record: agencies.Record) -> dict:
    (row,) = agencies.rows([record])
    named = dict(zip(agencies.COLUMNS, row, strict=True))
    return {**named, "slug": record.agency.slug, "name": named["agency"], "name_en": named["agency_en"]}

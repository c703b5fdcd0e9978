"""Spaces through the interface for programs."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from discussions import timelines
from discussions.api.access import space_or_404
from discussions.api.pages import Stretch, stretch
from discussions.models import Phase, Space

router = Router(tags=["spaces"])


class StepOut(Schema):
    """One stage of the timeline. `state` is done, now or next; `until` when it ends by itself.

    `is_promise`: `at` is the latest day for it, not the day it happens.
    """

    key: str
    label: str
    state: str
    at: datetime | None
    until: datetime | None
    is_promise: bool


class SpaceOut(Schema):
    """A policy under discussion. Dates are null where none is set; `may_now` names what its phase and instruments
    allow at this moment.
    """

    slug: str
    title: str
    title_en: str
    question: str
    question_en: str
    agency: str | None
    phase: str
    may_now: list[str]
    instruments: list[str]
    text_at: datetime | None
    opens_at: datetime | None
    voting_at: datetime | None
    review_at: datetime | None
    answer_due_at: datetime | None
    follow_up_at: datetime | None
    archive_at: datetime | None
    timeline: list[StepOut]

    @staticmethod
    def resolve_phase(space: Space) -> str:
        return space.phase_now

    @staticmethod
    def resolve_may_now(space: Space) -> list[str]:
        return timelines.verbs(space, timezone.now())

    @staticmethod
    def resolve_timeline(space: Space) -> list[timelines.Step]:
        return timelines.of(space, timezone.now())

    @staticmethod
    def resolve_agency(space: Space) -> str | None:
        return space.agency.name if space.agency else None

    @staticmethod
    def resolve_instruments(space: Space) -> list[str]:
        return sorted(space.instruments)


class SpaceList(Schema):
    """A stretch of spaces, newest first."""

    items: list[SpaceOut]
    before: int | None


@router.get("spaces", response=SpaceList, summary=gettext_noop("Discussions the public may see"))
def index(request, asked: Query[Stretch]):
    """Newest first."""
    rows, before = stretch(Space.objects.exclude(phase=Phase.DRAFT).select_related("agency"), asked)
    return {"items": rows, "before": before}


@router.get("spaces/{slug}", response=SpaceOut, summary=gettext_noop("One discussion"))
def one(request, slug: str):
    """Its question, phase, dates and instruments."""
    return space_or_404(slug)

"""Spaces through the interface for programs."""

from datetime import datetime

from ninja import Query, Router, Schema

from discussions.api.access import space_or_404
from discussions.api.pages import Stretch, stretch
from discussions.models import Phase, Space

router = Router(tags=["spaces"])


class SpaceOut(Schema):
    """A policy under discussion. Dates are null where none is set."""

    slug: str
    title: str
    title_en: str
    question: str
    question_en: str
    agency: str | None
    phase: str
    instruments: list[str]
    opens_at: datetime | None
    voting_at: datetime | None
    review_at: datetime | None
    answer_due_at: datetime | None

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


@router.get("spaces", response=SpaceList, summary="Discussions the public may see")
def index(request, asked: Query[Stretch]):
    """Newest first."""
    rows, before = stretch(Space.objects.exclude(phase=Phase.DRAFT).select_related("agency"), asked)
    return {"items": rows, "before": before}


@router.get("spaces/{slug}", response=SpaceOut, summary="One discussion")
def one(request, slug: str):
    """Its question, phase, dates and instruments."""
    return space_or_404(slug)

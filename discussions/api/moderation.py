"""The public log of moderation through the interface for programs. Reading only: judging is for people."""

from datetime import date, datetime

from django.utils.translation import gettext_noop
from ninja import Query, Router, Schema

from discussions import modlog, reasons
from discussions.api.access import space_or_404
from discussions.api.pages import Stretch, stretch

router = Router(tags=["moderation"])


class DecisionOut(Schema):
    """A decision, without the words it was about. `moderator` is a number; `appeal` says what became of one, or ""."""

    id: int
    at: datetime
    space: str
    kind: str
    act: str
    reason: str
    reason_words: str
    moderator: int
    appeal: str


class DecisionList(Schema):
    """A stretch of decisions, newest first."""

    items: list[DecisionOut]
    before: int | None


class Count(Schema):
    """How often."""

    name: str
    times: int


class Week(Schema):
    """Decisions in the week that begins on this Monday."""

    monday: date
    times: int


class SummaryOut(Schema):
    """Counts of all decisions and appeals."""

    decisions: int
    acts: list[Count]
    reasons: list[Count]
    kinds: list[Count]
    weeks: list[Week]
    appeals: int
    overturned: int
    upheld: int


class ReasonOut(Schema):
    """A reason that moderators may choose, and what the author is told."""

    code: str
    label: str
    told: str


def _list(found, asked: Stretch) -> dict:
    rows, before = stretch(found, asked)
    return {"items": [_decision(act) for act in rows], "before": before}


def _decision(act) -> dict:
    entry = modlog.entry(act)
    return {
        "id": entry.id,
        "at": entry.at,
        "space": entry.space.slug,
        "kind": entry.kind,
        "act": entry.act,
        "reason": entry.reason,
        "reason_words": entry.reason_label,
        "moderator": entry.moderator,
        "appeal": entry.appeal,
    }


def _summary(space=None) -> dict:
    found = modlog.summary(space)
    named = {
        name: [{"name": label, "times": times} for label, times in getattr(found, name)]
        for name in ("acts", "reasons", "kinds")
    }
    weeks = [{"monday": monday, "times": times} for monday, times in found.weeks]
    counts = {name: getattr(found, name) for name in ("decisions", "appeals", "overturned", "upheld")}
    return {**named, **counts, "weeks": weeks}


@router.get("moderation", response=DecisionList, summary=gettext_noop("Decisions of moderators everywhere"))
def index(request, asked: Query[Stretch]):
    """Newest first, without words and names."""
    return _list(modlog.acts(), asked)


@router.get("moderation/summary", response=SummaryOut, summary=gettext_noop("Counts of all decisions"))
def summary(request):
    """By decision, reason, kind and week, with the appeals."""
    return _summary()


@router.get(
    "spaces/{slug}/moderation", response=DecisionList, summary=gettext_noop("Decisions of moderators in one discussion")
)
def of_space(request, slug: str, asked: Query[Stretch]):
    """Newest first, without words and names."""
    return _list(modlog.acts(space_or_404(slug)), asked)


@router.get(
    "spaces/{slug}/moderation/summary",
    response=SummaryOut,
    summary=gettext_noop("Counts of decisions in one discussion"),
)
def summary_of_space(request, slug: str):
    """By decision, reason, kind and week, with the appeals."""
    return _summary(space_or_404(slug))


@router.get("spaces/{slug}/moderation/reasons", response=list[ReasonOut], summary=gettext_noop("Reasons for hiding"))
def reasons_of_space(request, slug: str):
    """Those of the house, and those this discussion adds."""
    found = reasons.of(space_or_404(slug))
    return [{"code": one.code, "label": str(one.label), "told": str(one.told)} for one in found]

"""How answer clocks read: one line each for pages, lists, desks and the interface for programs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from discussions import dates
from discussions.models import AnswerClock, Phase, Space

SOON_DAYS = 7
_READ_ALONG = ("id", "started_at", "first_due_at", "due_at", "answered_at")


class Standing(StrEnum):
    """How an agency has kept its word so far. Every clock is in exactly one of these."""

    RUNNING = "running"
    EXTENDED = "extended"
    OVERDUE = "overdue"
    ON_TIME = "on_time"
    AFTER_EXTENSION = "after_extension"
    LATE = "late"


LABELS = {
    Standing.RUNNING: gettext_lazy("waiting for an answer"),
    Standing.EXTENDED: gettext_lazy("waiting, date extended"),
    Standing.OVERDUE: gettext_lazy("overdue now"),
    Standing.ON_TIME: gettext_lazy("answered on time"),
    Standing.AFTER_EXTENSION: gettext_lazy("answered within an extension"),
    Standing.LATE: gettext_lazy("answered late"),
}


@dataclass(frozen=True, slots=True)
class Face:
    """What a reader sees of one clock: inputs of components/clock.html, and how it stands."""

    standing: Standing
    state: str
    words: str
    due: datetime
    extended_words: str = ""
    agency: object = None
    clock: AnswerClock | None = None


def standing_is(standing: Standing, now: datetime) -> Q:
    """The clocks that stand like this at `now`, as a condition."""
    open_, answered = Q(answered_at=None), Q(answered_at__isnull=False)
    first = Q(due_at=F("first_due_at"))
    return {
        Standing.RUNNING: open_ & Q(due_at__gte=now) & first,
        Standing.EXTENDED: open_ & Q(due_at__gte=now) & ~first,
        Standing.OVERDUE: open_ & Q(due_at__lt=now),
        Standing.ON_TIME: answered & Q(answered_at__lte=F("first_due_at")),
        Standing.AFTER_EXTENSION: answered & Q(answered_at__gt=F("first_due_at"), answered_at__lte=F("due_at")),
        Standing.LATE: answered & Q(answered_at__gt=F("due_at")),
    }[standing]


def standing(clock: AnswerClock, now: datetime) -> Standing:
    """How one clock stands at `now`; the same as `standing_is` says of it."""
    if clock.answered_at is None:
        if clock.due_at < now:
            return Standing.OVERDUE
        return Standing.EXTENDED if clock.due_at > clock.first_due_at else Standing.RUNNING
    if clock.answered_at > clock.due_at:
        return Standing.LATE
    return Standing.AFTER_EXTENSION if clock.answered_at > clock.first_due_at else Standing.ON_TIME


def face(clock: AnswerClock, *, now: datetime | None = None) -> Face:
    """How a clock reads. No query, unless its agency is not loaded."""
    now = now or timezone.now()
    found = standing(clock, now)
    state, words = _state_and_words(clock, found, now)
    extended = ""
    if clock.due_at > clock.first_due_at:
        extended = _("The date was extended; first promised for %(date)s.") % {"date": dates.day(clock.first_due_at)}
    return Face(found, state, words, clock.due_at, extended, clock.agency, clock)


def _state_and_words(clock: AnswerClock, found: Standing, now: datetime) -> tuple[str, str]:
    if found == Standing.LATE:
        days = days_late(clock, now)
        return "done", ngettext("Answered %(days)d day late", "Answered %(days)d days late", days) % {"days": days}
    if found in (Standing.ON_TIME, Standing.AFTER_EXTENSION):
        return "done", _("Answered in time") if found == Standing.ON_TIME else _("Answered within the extension")
    if found == Standing.OVERDUE:
        days = days_late(clock, now)
        return "overdue", ngettext("Overdue by %(days)d day", "Overdue by %(days)d days", days) % {"days": days}
    days = (clock.due_at - now).days
    words = ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return "soon" if days < SOON_DAYS else "waiting", words


def days_late(clock: AnswerClock, now: datetime) -> int:
    """Begun days between the promised date and the answer, or `now` while there is none; 0 in time."""
    behind = (clock.answered_at or now) - clock.due_at
    return max(0, ceil(behind / timedelta(days=1)))


def of_spaces(space_ids: Iterable[int], *, now: datetime | None = None) -> dict[int, Face]:
    """The clocks of whole spaces, by space, each that of the latest review: one query."""
    whole = AnswerClock.objects.filter(space__in=list(space_ids), proposal=None, session=None)
    found = whole.select_related("agency").order_by("pk")
    return {clock.space_id: face(clock, now=now) for clock in found}


def announced(space: Space, *, now: datetime | None = None) -> Face | None:
    """What a space says of its answer before any clock runs: the date it has announced. None without one."""
    due = space.answer_due_at
    if due is None:
        return None
    if space.phase_now in (Phase.ANSWERED, Phase.FOLLOW_UP, Phase.ARCHIVED):
        return Face(Standing.ON_TIME, "done", _("Answered"), due, agency=space.agency)
    return face(AnswerClock(space=space, agency=space.agency, first_due_at=due, due_at=due), now=now)


def with_clock(spaces: QuerySet[Space]) -> QuerySet[Space]:
    """The same spaces, each with the clock of its latest review read along: `of_space` needs no query for them."""
    latest = AnswerClock.objects.filter(space=OuterRef("pk"), proposal=None, session=None).order_by("-pk")
    return spaces.annotate(**{f"clock_{name}": Subquery(latest.values(name)[:1]) for name in _READ_ALONG})


def of_space(space: Space, *, now: datetime | None = None) -> Face | None:
    """How much time the agency has left to answer this space, or how it answered; None where nothing is promised.

    One query, or none for a space that came from `with_clock`.
    """
    if not hasattr(space, "clock_due_at"):
        return of_spaces([space.pk], now=now).get(space.pk) or announced(space, now=now)
    if space.clock_due_at is None:
        return announced(space, now=now)
    columns = {name: getattr(space, f"clock_{name}") for name in _READ_ALONG}
    return face(AnswerClock(space=space, agency=space.agency, **columns), now=now)


def of_proposals(proposal_ids: Iterable[int], *, now: datetime | None = None) -> dict[int, Face]:
    """The clocks of proposals, by proposal: one query."""
    found = AnswerClock.objects.filter(proposal__in=list(proposal_ids)).select_related("agency")
    return {clock.proposal_id: face(clock, now=now) for clock in found}


def public() -> QuerySet[AnswerClock]:
    """The clocks everybody sees: those of spaces that are no longer a draft."""
    return AnswerClock.objects.exclude(space__phase="draft")

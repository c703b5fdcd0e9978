"""What the front pages say about spaces, each in a constant number of queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import clockfaces, cursors, participation, timelines
from discussions.clockfaces import Face
from discussions.models import Phase, Reply, Space

SOON = timedelta(days=3)
STRETCH = 24
DECIDABLE = (Phase.TEXT, Phase.OPEN, Phase.VOTING)


@dataclass(frozen=True, slots=True)
class SpaceCard:
    """A space in a list: what the card component asks for."""

    space: Space
    url: str
    phase: str
    phase_label: str
    deadline: datetime | None
    left: str
    soon: bool
    people: int
    posts: int
    answered: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """One stretch of a list of spaces; `older` is the cursor of the next one, "" at the end."""

    cards: list[SpaceCard]
    older: str


def open_spaces(*, limit: int) -> list[SpaceCard]:
    """Spaces that take contributions now, the nearest deadline first."""
    found = list(Space.objects.filter(phase__in=DECIDABLE).select_related("agency"))
    now = timezone.now()
    ends = {space.pk: deadline(space, now) for space in found}
    found.sort(key=lambda space: (ends[space.pk] is None, ends[space.pk] or space.created_at))
    return _cards(found[:limit])


def spaces(*, phase: str = "", before: str = "") -> Listing:
    """Every space the public may see, newest first, and in each stretch those that take contributions now above the
    others; `before` is the cursor a previous stretch gave.
    """
    found = Space.objects.exclude(phase=Phase.DRAFT).select_related("agency")
    if phase:
        found = found.filter(phase=phase)
    rows, older = cursors.stretch(found, cursors.number(before), STRETCH)
    now = timezone.now()
    shown = sorted(rows, key=lambda space: space.phase_at(now) not in DECIDABLE)
    return Listing(_cards(shown), str(older or ""))


def latest_answers(*, limit: int) -> list[Reply]:
    """The newest official answers in spaces the public may see."""
    return list(
        Reply.objects.exclude(space__phase=Phase.DRAFT)
        .select_related("agency", "space", "officer")
        .order_by("-answered_at", "-pk")[:limit]
    )


def deadline(space: Space, now: datetime) -> datetime | None:
    """When the present phase ends, or by when an answer is due; None without a date, or where nothing is to be done."""
    return None if space.phase_at(now) == Phase.ANSWERED else timelines.end(space, now)


def time_left(until, *, now) -> str:
    """How long something is still possible, in words; "" when the time is over."""
    seconds = (until - now).total_seconds()
    if seconds <= 0:
        return ""
    days, hours = int(seconds // 86400), int(seconds // 3600)
    if days:
        return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}
    if hours:
        return ngettext("%(count)d hour left", "%(count)d hours left", hours) % {"count": hours}
    return _("less than an hour left")


def _cards(rows: list[Space]) -> list[SpaceCard]:
    keys = [space.pk for space in rows]
    posts = participation.contributions_in(keys)
    people = participation.people_in(keys)
    now = timezone.now()
    faces = clockfaces.of_spaces(keys, now=now)
    return [
        _card(space, now, faces.get(space.pk), posts=posts.get(space.pk, 0), people=people.get(space.pk, 0))
        for space in rows
    ]


def _card(space: Space, now: datetime, face: Face | None, *, posts: int, people: int) -> SpaceCard:
    until, phase = deadline(space, now), Phase(space.phase_at(now))
    left, soon = time_left(until, now=now) if until else "", until is not None and until - now < SOON
    if face is not None and phase in (Phase.REVIEW, Phase.ANSWERED):
        # Here the clock counts: a date that was moved, one that is over, an answer that came late.
        until = None if face.state == "done" else face.due
        left, soon = face.words, face.state in ("soon", "overdue")
    return SpaceCard(
        space=space,
        url=space.get_absolute_url(),
        phase=phase.value,
        phase_label=str(phase.label),
        deadline=timelines.last_moment(until) if until else None,
        left=left,
        soon=soon,
        people=people,
        posts=posts,
        answered=phase == Phase.ANSWERED,
    )

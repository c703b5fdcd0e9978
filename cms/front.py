"""What the front pages say about spaces, each in a constant number of queries."""

from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import participation
from discussions.models import Phase, Reply, Space

SOON = timedelta(days=3)
STRETCH = 24
DECIDABLE = (Phase.OPEN, Phase.VOTING)


@dataclass(frozen=True, slots=True)
class SpaceCard:
    """A space in a list: what the card component asks for."""

    space: Space
    url: str
    deadline: object | None
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
    found.sort(key=lambda space: (deadline(space) is None, deadline(space) or space.created_at))
    return _cards(found[:limit])


def spaces(*, phase: str = "", before: str = "") -> Listing:
    """Every space the public may see, newest first; `before` is the cursor a previous stretch gave."""
    found = Space.objects.exclude(phase=Phase.DRAFT).select_related("agency").order_by("-pk")
    if phase:
        found = found.filter(phase=phase)
    if before.isascii() and before.isdigit() and len(before) < 19:
        found = found.filter(pk__lt=int(before))
    rows = list(found[: STRETCH + 1])
    return Listing(_cards(rows[:STRETCH]), str(rows[STRETCH - 1].pk) if len(rows) > STRETCH else "")


def latest_answers(*, limit: int) -> list[Reply]:
    """The newest official answers in spaces the public may see."""
    return list(
        Reply.objects.exclude(space__phase=Phase.DRAFT)
        .select_related("agency", "space", "officer")
        .order_by("-answered_at", "-pk")[:limit]
    )


def deadline(space: Space):
    """When the present phase ends, or None."""
    until = {
        Phase.OPEN: (space.voting_at, space.review_at),
        Phase.VOTING: (space.review_at,),
        Phase.REVIEW: (space.answer_due_at,),
    }
    return next((moment for moment in until.get(space.phase, ()) if moment), None)


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
    return [
        SpaceCard(
            space=space,
            url=space.get_absolute_url(),
            deadline=deadline(space),
            left=time_left(deadline(space), now=now) if deadline(space) else "",
            soon=bool(deadline(space)) and deadline(space) - now < SOON,
            people=people.get(space.pk, 0),
            posts=posts.get(space.pk, 0),
            answered=space.phase == Phase.ANSWERED,
        )
        for space in rows
    ]

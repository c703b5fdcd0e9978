"""Deadlines as iCalendar: when what opens and closes, and when which answer is due."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from discussions.models import AnswerClock, LiveSession, Phase, Proposal, Space
from discussions.phases import DATES

MOST = 500


def of_space(space: Space) -> bytes:
    """The calendar of one space."""
    return _written(space.local_title, [space])


def of_site() -> bytes:
    """The calendar of all spaces the public may see and that are not archived."""
    spaces = Space.objects.exclude(phase__in=(Phase.DRAFT, Phase.ARCHIVED)).select_related("agency")
    return _written(settings.SITE_NAME, list(spaces.order_by("-pk")[:MOST]))


def _written(title: str, spaces: list[Space]) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Minyi//Minyi//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for entry in (*_phases(spaces), *_clocks(spaces), *_windows(spaces), *_sessions(spaces)):
        calendar.add_component(entry)
    return calendar.to_ical()


def _entry(key: str, summary: str, at: datetime, url: str, *, lasts: timedelta = timedelta(0)) -> Event:
    entry = Event()
    entry.add("uid", f"{key}@{settings.SITE_URL.split('://')[-1]}")
    entry.add("summary", summary)
    entry.add("dtstamp", timezone.now())
    entry.add("dtstart", at)
    entry.add("dtend", at + lasts)
    entry.add("url", settings.SITE_URL + url)
    return entry


def _phases(spaces: list[Space]) -> Iterator[Event]:
    for space in spaces:
        for name in DATES:
            at = getattr(space, name)
            if at is not None:
                step = Space._meta.get_field(name).verbose_name
                words = _("%(title)s: %(step)s") % {"step": step, "title": space.local_title}
                yield _entry(f"{space.slug}-{name}", words, at, space.get_absolute_url())


def _clocks(spaces: list[Space]) -> Iterator[Event]:
    due = AnswerClock.objects.filter(space__in=spaces, answered_at=None).select_related("space", "proposal", "session")
    for clock in due[:MOST]:
        about = clock.proposal or clock.session or clock.space
        title = clock.proposal.public_title if clock.proposal else getattr(about, "local_title", str(about))
        words = _("Answer due: %(title)s") % {"title": title}
        yield _entry(f"clock-{clock.pk}", words, clock.due_at, about.get_absolute_url())


def _windows(spaces: list[Space]) -> Iterator[Event]:
    signed = Proposal.objects.published().filter(space__in=spaces, stage=Proposal.Stage.OPEN).select_related("space")
    for proposal in signed.order_by("closes_at", "pk")[:MOST]:
        words = _("Last moment to sign: %(title)s") % {"title": proposal.title}
        yield _entry(f"proposal-{proposal.pk}", words, proposal.closes_at, proposal.get_absolute_url())


def _sessions(spaces: list[Space]) -> Iterator[Event]:
    planned = LiveSession.objects.filter(space__in=spaces).exclude(state=LiveSession.State.CLOSED)
    for session in planned[:MOST]:
        words = _("Live: %(title)s") % {"title": session.title}
        url = session.get_absolute_url()
        yield _entry(f"live-{session.code}", words, session.starts_at, url, lasts=timedelta(hours=2))

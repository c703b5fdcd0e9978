"""Atom feeds: every step of a space, and those of all spaces. They hold what the public may read at that moment."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from discussions.models import Event, Notice, Phase, Space
from discussions.notices import words

MOST = 50
# What a feed tells: steps of the process. What concerns one person alone is not in it.
PUBLIC = (
    "phase.changed",
    "proposal.published",
    "proposal.reached",
    "proposal.closed",
    "clock.started",
    "clock.extended",
    "clock.overdue",
    "clock.answered",
    "reply.given",
    "reply.corrected",
    "handover.made",
    "milestone.changed",
    "text.version",
    "survey.opened",
    "survey.closed",
    "budget.opened",
    "budget.tallied",
    "budget.decided",
)


def of_space(space: Space, *, url: str) -> str:
    """The feed of one space, as XML."""
    found = Event.objects.filter(space=space, type__in=PUBLIC)
    return _written(space.local_title, space.local_question, url, space.get_absolute_url(), found)


def of_site(*, url: str) -> str:
    """The feed of all spaces the public may see, as XML."""
    found = Event.objects.filter(type__in=PUBLIC).exclude(space__phase=Phase.DRAFT)
    return _written(settings.SITE_NAME, _("What happens in all discussions"), url, "/", found)


def _written(title: str, subtitle: str, url: str, page: str, found) -> str:
    events = list(found.select_related("space__agency").order_by("-at", "-id")[:MOST])
    feed = _Feed(
        title=title,
        link=settings.SITE_URL + page,
        description=subtitle,
        language=get_language(),
        feed_url=url,
        subtitle=subtitle,
    )
    feed.moment = events[0].at if events else None
    for line in words.lines(_as_notices(events)):
        event = line.notice.event
        feed.add_item(
            title=f"{event.space.local_title}: {line.sentence}",
            link=settings.SITE_URL + line.url,
            description=line.sentence,
            unique_id=f"tag:{_host()},2026:{event.space.slug}:{event.seq}",
            pubdate=event.at,
            updateddate=event.at,
            author_name=str(event.space.agency or settings.SITE_NAME),
        )
    return feed.writeString("utf-8")


class _Feed(Atom1Feed):
    moment: datetime | None = None

    def latest_post_date(self):
        """The newest step, so that a feed without news does not change."""
        return self.moment or timezone.make_aware(datetime(2026, 1, 1))


def _as_notices(events: Iterable[Event]) -> list[Notice]:
    """Events as a reader without an account is told of them."""
    return [Notice(event=event, at=event.at) for event in events]


def _host() -> str:
    return settings.SITE_URL.split("://")[-1].split("/")[0].split(":")[0]

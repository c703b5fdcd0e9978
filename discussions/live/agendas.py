"""Reading the agenda of a live session: two queries, however long it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet

from discussions.live import videos
from discussions.models import AgendaItem, LiveSession


@dataclass(frozen=True, slots=True)
class Agenda:
    """What stands above the questions of a room.

    `items` carry `is_now` and `due_at` (the moment at which it should begin; None once the room is off its times or
    where minutes are not given).
    """

    session: LiveSession
    items: list[AgendaItem]
    video: videos.Video | None

    @property
    def current(self) -> AgendaItem | None:
        """The point the room is at."""
        return next((item for item in self.items if item.is_now), None)


def with_agenda(rows: QuerySet[LiveSession]) -> QuerySet[LiveSession]:
    """Sessions with everything `read` needs."""
    items = AgendaItem.objects.prefetch_related("documents")
    return rows.prefetch_related(Prefetch("agenda", queryset=items))


def read(session: LiveSession) -> Agenda:
    """The agenda of a session; read beforehand where it came by `with_agenda`."""
    is_read = "agenda" in getattr(session, "_prefetched_objects_cache", {})
    items = list(session.agenda.all() if is_read else session.agenda.prefetch_related("documents"))
    for item, due_at in zip(items, _times(session, items), strict=True):
        item.is_now, item.due_at = item.pk == session.current_item_id, due_at
    return Agenda(session, items, videos.shown(session.video_url))


def _times(session: LiveSession, items: list[AgendaItem]) -> list[datetime | None]:
    """When each point should begin: the minutes of those before it, counted from the announced beginning."""
    times: list[datetime | None] = []
    moment: datetime | None = session.starts_at
    for item in items:
        times.append(moment)
        moment = moment + timedelta(minutes=item.minutes) if moment is not None and item.minutes else None
    return times

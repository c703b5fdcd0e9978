"""From the event log to members: one row for each who is concerned, once per event, however often this runs."""

from functools import partial

from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django_tasks import task

from discussions import events
from discussions.models import Event, Member, Mute, Notice, NoticeCursor, Phase, Space
from discussions.notices import recipients
from nlp.tasks import is_queued

BATCH = 1000


@task()
def announce(space_id: int) -> int:
    """Tell the members concerned of everything that happened in a space since the last time. Returns how many rows.

    The cursor and the rows of a stretch of events are written together: a crash repeats a stretch and no row.
    """
    made = 0
    while True:
        with transaction.atomic():
            NoticeCursor.objects.get_or_create(space_id=space_id)
            cursor = NoticeCursor.objects.select_for_update().get(space_id=space_id)
            found = events.since(space_id, cursor.seq)
            if not found:
                return made
            if not Space.objects.filter(pk=space_id, phase=Phase.DRAFT).exists():
                made += sum(_tell(event) for event in found)
            cursor.seq = found[-1].seq
            cursor.save(update_fields=["seq"])


def enqueue_due() -> int:
    """Queue the spaces in which something happened that nobody was told of yet. Returns how many."""
    newest = Event.objects.filter(space=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    told = NoticeCursor.objects.filter(space=OuterRef("pk")).values("seq")
    spaces = Space.objects.annotate(newest=Subquery(newest), told=Subquery(told))
    behind = set(spaces.filter(newest__gt=F("told")).values_list("pk", flat=True))
    behind |= set(spaces.filter(told=None, newest__isnull=False).values_list("pk", flat=True))
    waiting = [pk for pk in sorted(behind) if not is_queued(announce, pk)]
    for pk in waiting:
        transaction.on_commit(partial(announce.enqueue, pk))
    return len(waiting)


def _tell(event: Event) -> int:
    heard = recipients.of(event)
    quiet = _muted(event.space_id, heard.topic)
    told = sorted(pk for pk in heard.everybody if pk in heard.direct or pk not in quiet)
    rows = (Notice(member_id=pk, event=event, is_direct=pk in heard.direct, at=event.at) for pk in told)
    made = Notice.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
    for start in range(0, len(told), BATCH):
        Member.objects.filter(pk__in=told[start : start + BATCH], has_news=False).update(has_news=True)
    return len(made)


def _muted(space_id: int, topic: int | None) -> set[int]:
    """Members who want no news of this space, or of this topic of it."""
    wanted = Q(topic_number=None) if topic is None else Q(topic_number=None) | Q(topic_number=topic)
    return set(Mute.objects.filter(wanted, space=space_id).values_list("member_id", flat=True))

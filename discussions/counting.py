"""How many replies a comment has and whether it was answered, counted from the event log.

Replies come, are hidden, restored, released and withdrawn by many hands; each appends its event. So the counters of
roots are brought up to date by what the log says has changed, in the clockwork, instead of by each of those hands and
in each of their transactions: posting costs no statement more, and the lag is a minute at most.
"""

from django.db import transaction
from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from discussions import events
from discussions.models import Comment, Event, Reply, ReplyCount, Space


def catch_up() -> int:
    """Count everything that changed since the last time, in all spaces. Returns how many events were read."""
    newest = Event.objects.filter(space=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    counted = ReplyCount.objects.filter(space=OuterRef("pk")).values("seq")
    behind = Space.objects.annotate(newest=Coalesce(Subquery(newest), 0), counted=Subquery(counted))
    behind = behind.filter(Q(counted=None) | Q(newest__gt=F("counted")))
    return sum(catch_up_space(space_id) for space_id in behind.values_list("pk", flat=True))


def catch_up_space(space_id: int) -> int:
    """The same for one space. May run twice or side by side: it counts rows, it does not add."""
    read = 0
    while True:
        with transaction.atomic():
            cursor = ReplyCount.objects.select_for_update().filter(space=space_id).first()
            if cursor is None:
                # Whatever was there before: all of it, once.
                ReplyCount.objects.create(space_id=space_id, seq=events.last_seq(space_id))
                recount(Comment.objects.filter(space=space_id, parent=None))
                return read + 1
            found = events.since(space_id, cursor.seq)
            if not found:
                return read
            recount(Comment.objects.filter(pk__in=_roots(found)))
            cursor.seq = found[-1].seq
            cursor.save(update_fields=["seq"])
            read += len(found)


def recount(roots) -> None:
    """Set the counters of these roots by their rows: published replies, and official answers to the root itself."""
    below = Comment.objects.published().filter(root=OuterRef("pk")).order_by().values("root")
    number = Subquery(below.annotate(n=Count("pk")).values("n"), output_field=IntegerField())
    answers = Reply.objects.filter(comment=OuterRef("pk"))
    roots.update(n_replies=Coalesce(number, Value(0)), is_answered=Exists(answers))


def _roots(found: list[Event]) -> set[int]:
    """The roots of the branches that these events speak of."""
    touched = {event.data.get("id") for event in found if event.type.startswith("comment.")}
    touched |= {event.data["comment"] for event in found if event.data.get("comment")}
    rows = Comment.objects.filter(pk__in=touched - {None}).values_list("pk", "root_id")
    return {root or pk for pk, root in rows}

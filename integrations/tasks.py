"""Background work of outside sources and search. Bodies may run twice; a crash is made good by the next tick."""

from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import task

from integrations import ingest
from integrations.models import Monitor, SearchDocument
from integrations.search.port import get_backend

LEASE = timedelta(minutes=10)  # a fetch that has not reported by then is taken for dead
DRAIN_BATCH = 1000


@task()
def fetch_monitor(monitor_id: int) -> dict:
    """Bring one monitor up to date. A monitor that is gone by now is no error."""
    monitor = Monitor.objects.filter(pk=monitor_id).first()
    if monitor is None:
        return {"state": "gone"}
    report = ingest.run(monitor)
    return {"state": report.state, "read": report.read, "accepted": report.accepted, "skipped": report.skipped}


@task()
def drain_search() -> int:
    """Send the search engine what it missed while it was away. Returns how many documents it took."""
    backend, taken = get_backend(), 0
    while sent := backend.drain(limit=DRAIN_BATCH):
        taken += sent
    return taken


def due_monitors(now: datetime | None = None) -> QuerySet[Monitor]:
    """Monitors of networks whose next try has come, the longest waiting first."""
    now = now or timezone.now()
    networks = Monitor.objects.filter(is_active=True).exclude(kind=Monitor.Kind.FILE)
    return networks.filter(Q(next_try_at=None) | Q(next_try_at__lte=now)).order_by("next_try_at", "pk")


def enqueue_fetch(monitor_id: int) -> None:
    """Queue a fetch once the present transaction is safe: for a person who does not want to wait for the clock."""
    transaction.on_commit(partial(fetch_monitor.enqueue, monitor_id))


def enqueue_due(now: datetime | None = None) -> int:
    """Queue a fetch for each due monitor, each once however many ticks run. Returns how many were queued."""
    now = now or timezone.now()
    queued = 0
    for monitor_id, planned in list(due_monitors(now).values_list("pk", "next_try_at")):
        with transaction.atomic():
            is_ours = Monitor.objects.filter(pk=monitor_id, next_try_at=planned).update(next_try_at=now + LEASE)
            if is_ours:
                enqueue_fetch(monitor_id)
                queued += 1
    return queued


def enqueue_drain() -> bool:
    """Queue `drain_search` when the engine in force still has to be told something."""
    is_waiting = get_backend().is_remote and SearchDocument.objects.filter(indexed_at=None).exists()
    if is_waiting:
        transaction.on_commit(drain_search.enqueue)
    return is_waiting

"""Leases: a task whose worker is gone does not stay RUNNING for ever.

Each worker signs a :class:`~civic.models.WorkerLease` every few seconds. The reaper looks at running tasks, asks
whether the last worker of each still lives, and gives a lost task back to the queue, or to the dead letters after
too many lives. Every change is one conditional UPDATE, so two reapers, or a reaper and a worker that finishes in
the same moment, cannot both win. Reasons and limits: docs/decisions/0005-leases-for-tasks.md.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django_tasks_db.compat import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from civic.models import WorkerLease
from civic.processes import Process, this_process

logger = logging.getLogger(__name__)

# A worker signs every BEAT_SECONDS. Elsewhere silence of LEASE_SECONDS counts as death; on its own machine the
# process table is the better witness, and only a process that lives and stays silent for HUNG_SECONDS is given up.
BEAT_SECONDS = 5
LEASE_SECONDS = 20
HUNG_SECONDS = 300
MAX_ATTEMPTS = 3
FORGET_LEASE_AFTER = timedelta(days=1)


class WorkerLost(Exception):
    """Named as the reason of a dead letter: the worker vanished under this task each time it was tried."""


WORKER_LOST = f"{WorkerLost.__module__}.{WorkerLost.__qualname__}"


@dataclass(frozen=True)
class Reaped:
    """What one round of the reaper did."""

    requeued: int = 0
    buried: int = 0

    def __str__(self) -> str:
        return f"{self.requeued} given back to the queue, {self.buried} given up"


def beat(worker_id: str, *, now: datetime | None = None) -> None:
    """Sign the lease of a worker of this process; the first signature opens it."""
    now = now or timezone.now()
    if WorkerLease.objects.filter(worker_id=worker_id).update(beat_at=now):
        return
    me = this_process()
    WorkerLease.objects.create(
        worker_id=worker_id, machine=me.machine, pid=me.pid, birth=me.birth, started_at=now, beat_at=now
    )


def close(worker_id: str) -> None:
    """End a lease in order: what the worker still held goes back to the queue, then the lease is gone."""
    release(worker_id)
    WorkerLease.objects.filter(worker_id=worker_id).delete()


def release(worker_id: str) -> Reaped:
    """Give back what this worker holds. Only the worker itself may call it, and only between two tasks."""
    held = [result for result in DBTaskResult.objects.running() if result.worker_ids[-1:] == [worker_id]]
    return _give_back(held, now=timezone.now())


def reap(*, now: datetime | None = None) -> Reaped:
    """Give back every running task whose worker is gone; after MAX_ATTEMPTS it becomes a dead letter."""
    now = now or timezone.now()
    # Tasks first, leases second: a worker opens its lease before it takes a task, so a task seen here
    # cannot miss a lease that exists.
    running = list(DBTaskResult.objects.running())
    if not running:
        return Reaped()
    leases = {lease.worker_id: lease for lease in WorkerLease.objects.all()}
    lost = [result for result in running if _is_lost(result, leases, now)]
    return _give_back(lost, now=now)


def forget_old(*, now: datetime | None = None) -> int:
    """Delete leases nobody has signed for a day; returns how many."""
    now = now or timezone.now()
    return WorkerLease.objects.filter(beat_at__lt=now - FORGET_LEASE_AFTER).delete()[0]


def dead_letters() -> QuerySet[DBTaskResult]:
    """Tasks that were given up because their worker vanished each time, newest first."""
    return DBTaskResult.objects.failed().filter(exception_class_path=WORKER_LOST).order_by("-finished_at")


def settle(result: DBTaskResult, *, update_fields: Iterable[str]) -> None:
    """Write how an attempt ended, unless the task was meanwhile given to somebody else.

    A worker that was thought dead (a laptop asleep, say) may come back and finish late. ``started_at`` is new with
    each claim and so serves as the fencing token: a late word about an older attempt changes nothing.
    """
    values = {field: getattr(result, field) for field in update_fields}
    if not _attempt(result).update(**values):
        logger.warning("Task %s was taken over while it ran; this attempt's outcome is dropped", result.pk)


def _attempt(result: DBTaskResult) -> QuerySet[DBTaskResult]:
    """The row, as long as it is still in the very attempt that was seen."""
    return DBTaskResult.objects.filter(pk=result.pk, status=TaskResultStatus.RUNNING, started_at=result.started_at)


def _is_lost(result: DBTaskResult, leases: dict[str, WorkerLease], now: datetime) -> bool:
    lease = leases.get(result.worker_ids[-1]) if result.worker_ids else None
    if lease is None:
        # Nobody vouches for it. Its own start is the only sign there is.
        return result.started_at is None or now - result.started_at > timedelta(seconds=LEASE_SECONDS)
    silence = now - lease.beat_at
    match Process(machine=lease.machine, pid=lease.pid, birth=lease.birth).is_alive():
        case False:
            return True
        case True:
            return silence > timedelta(seconds=HUNG_SECONDS)
        case _:
            return silence > timedelta(seconds=LEASE_SECONDS)


def _give_back(results: Iterable[DBTaskResult], *, now: datetime) -> Reaped:
    requeued = buried = 0
    for result in results:
        attempts = len(result.worker_ids)
        if attempts < MAX_ATTEMPTS:
            if _attempt(result).update(status=TaskResultStatus.READY, started_at=None):
                requeued += 1
                logger.warning(
                    "Task %s (%s) lost its worker; attempt %d of %d follows",
                    result.pk,
                    result.task_path,
                    attempts + 1,
                    MAX_ATTEMPTS,
                )
            continue
        if _attempt(result).update(
            status=TaskResultStatus.FAILED,
            finished_at=now,
            return_value=None,
            exception_class_path=WORKER_LOST,
            traceback=f"The worker vanished {attempts} times while it ran this task: {', '.join(result.worker_ids)}\n",
        ):
            buried += 1
            logger.error(
                "ALERT: task %s (%s) was given up, its worker vanished %d times; find out why before it runs again",
                result.pk,
                result.task_path,
                attempts,
            )
    return Reaped(requeued=requeued, buried=buried)

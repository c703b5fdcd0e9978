"""A task worker that can be lost: the loop of django-tasks-db, a heartbeat beside it, and the clockwork."""

import logging
import os
import socket
import threading
import time
from collections.abc import Callable
from functools import partial
from types import FrameType

from django.db import connections
from django.db.utils import DatabaseError, InterfaceError
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from civic import leases, ticks

logger = logging.getLogger(__name__)

TICK_SECONDS = 60
PAUSE_AFTER_TROUBLE = 1


def new_worker_id() -> str:
    """A name no other worker has, and one that tells a person where to look: host, process, chance."""
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{get_random_string(8)}"


class LeasedWorker(Worker):
    """The worker loop of django-tasks-db; what it adds is how to lose: a lease, a database, an argument."""

    def run(self) -> None:
        """Work until told to stop. A database that is away or locked makes the worker wait, not fall over."""
        while self.running:
            try:
                # After trouble a task may still carry our name although nobody runs it any more.
                leases.release(self.worker_id)
                super().run()
                return
            except (DatabaseError, InterfaceError):
                logger.exception("The database did not answer; the worker tries again")
                connections.close_all()
                time.sleep(PAUSE_AFTER_TROUBLE)

    def run_task(self, db_task_result: DBTaskResult) -> None:
        # The outcome is saved by the inherited code through ``save``; it must not overwrite a later attempt.
        db_task_result.save = partial(leases.settle, db_task_result)
        super().run_task(db_task_result)

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        """First signal: finish the task at hand. Second: leave at once, and let the reaper find the task.

        The inherited second signal raises inside the task, which would be written down as the task's own failure.
        """
        if not self.running:
            os._exit(1)
        super().shutdown(signum, frame)


class Rhythm(threading.Thread):
    """Call ``step`` every ``seconds`` on a thread, and so on a database connection, of its own, until stopped."""

    def __init__(self, *, name: str, seconds: float, step: Callable[[], object]) -> None:
        super().__init__(name=name, daemon=True)
        self._seconds = seconds
        self._step = step
        self._stopping = threading.Event()

    def run(self) -> None:
        try:
            while not self._stopping.wait(self._seconds):
                try:
                    self._step()
                except (DatabaseError, InterfaceError):
                    logger.exception("The %s missed a step", self.name)
                    connections.close_all()
        finally:
            connections.close_all()

    def stop(self, *, timeout: float) -> None:
        """Ask it to end and wait for it; a step that hangs does not hold up the process."""
        self._stopping.set()
        self.join(timeout)


def work(
    *, queues: list[str], interval: float, batch: bool = False, max_tasks: int | None = None, with_ticks: bool = True
) -> None:
    """Run a worker in this process until a signal ends it, or until the queue is empty when ``batch`` is asked.

    Called from the main thread: it takes over SIGINT, SIGTERM and SIGQUIT.
    """
    worker = LeasedWorker(
        queue_names=queues,
        interval=interval,
        batch=batch,
        backend_name="default",
        startup_delay=False,
        max_tasks=max_tasks,
        worker_id=new_worker_id(),
        excluded_queue_names=[],
    )

    def pulse() -> None:
        leases.beat(worker.worker_id)
        leases.reap()

    # The signature comes before the first task: a task taken by an unknown worker would look lost.
    pulse()
    rhythms = [Rhythm(name="heartbeat", seconds=leases.BEAT_SECONDS, step=pulse)]
    if with_ticks:
        rhythms.append(Rhythm(name="clockwork", seconds=TICK_SECONDS, step=ticks.run))
    worker.configure_signals()
    for rhythm in rhythms:
        rhythm.start()
    try:
        worker.run()
    finally:
        for rhythm in rhythms:
            rhythm.stop(timeout=leases.BEAT_SECONDS)
        try:
            leases.close(worker.worker_id)
        except (DatabaseError, InterfaceError):
            logger.exception("The lease stays open; the next reaper finds this process gone")
        connections.close_all()

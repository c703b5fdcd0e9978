"""The clockwork: small jobs that set right what a crash or a lost message left behind.

The worker runs them every minute, and ``manage.py tick`` runs them once (from cron, say, where several workers share
one database). Each job may run at any time, twice or side by side. One that fails stops no other.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.core.management import call_command
from django.utils.module_loading import import_string

from civic import leases

logger = logging.getLogger(__name__)

KEEP_DONE_DAYS = 14
KEEP_FAILED_DAYS = 90


@dataclass(frozen=True)
class Job:
    """A named piece of the clockwork; ``run`` takes nothing and may return a count or a word for the log."""

    name: str
    run: Callable[[], object]


@dataclass(frozen=True)
class Outcome:
    """How one job went: what it returned, or the error it raised."""

    name: str
    seconds: float
    result: object = None
    error: Exception | None = None

    def __str__(self) -> str:
        said = f"failed: {self.error}" if self.error else "done" if self.result is None else self.result
        return f"{self.name}: {said} ({self.seconds:.1f} s)"


def prune_results() -> None:
    """Delete task results that finished long ago; failures are kept longer than successes."""
    call_command(
        "prune_db_task_results",
        queue_name="*",
        min_age_days=KEEP_DONE_DAYS,
        failed_min_age_days=KEEP_FAILED_DAYS,
        verbosity=0,
    )


def _later(path: str) -> Callable[[], object]:
    """The function of that name, looked up when it is called: a package that cannot be imported stops its job alone."""
    return lambda: import_string(path)()


JOBS: tuple[Job, ...] = (
    Job("lost tasks", leases.reap),
    Job("phases due", _later("discussions.phases.advance_due")),
    Job("replies counted", _later("discussions.counting.catch_up")),
    Job("topics left over", _later("nlp.tasks.requeue_dirty")),
    Job("opinion groups left over", _later("discussions.tasks.requeue_dirty")),
    Job("open questions settled", _later("discussions.owed.settle")),
    Job("answers due", _later("discussions.clocks.remind")),
    Job("surveys due", _later("discussions.surveys.keep_time")),
    Job("budget choices due", _later("discussions.budgets.keep_time")),
    Job("budget ballots left over", _later("discussions.tallies.left_over")),
    Job("windows of proposals", _later("discussions.signatures.close_windows")),
    Job("merges left open", _later("discussions.merges.expire")),
    Job("monitors due", _later("integrations.tasks.enqueue_due")),
    Job("moderators' watch", _later("discussions.watch.run")),
    Job("search index", _later("cms.indexing.catch_up")),
    Job("search left over", _later("integrations.tasks.enqueue_drain")),
    Job("notices due", _later("discussions.notices.announcing.enqueue_due")),
    Job("mail due", _later("discussions.notices.mail.enqueue_due")),
    Job("messages to browsers due", _later("discussions.notices.push.enqueue_due")),
    Job("webhooks due", _later("cms.webhooks.sending.enqueue_due")),
    Job("old webhook deliveries", _later("cms.webhooks.sending.forget_old")),
    Job("old leases", leases.forget_old),
    Job("old task results", prune_results),
)


def run(jobs: Iterable[Job] | None = None) -> list[Outcome]:
    """Run each job of the clockwork in order; an error is logged, kept in its outcome, and stops no other job."""
    return [_run(job) for job in (JOBS if jobs is None else jobs)]


def _run(job: Job) -> Outcome:
    started = time.monotonic()
    try:
        result = job.run()
    except Exception as error:
        logger.exception("Clockwork job %r failed", job.name)
        return Outcome(name=job.name, seconds=time.monotonic() - started, error=error)
    return Outcome(name=job.name, seconds=time.monotonic() - started, result=result)

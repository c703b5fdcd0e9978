"""Real workers, really killed. Run as a process of its own: ``python -m tests.civic.lease_drill NAME SEED``.

Django is set up once, with the project's own database options and only the applications the workers need; each worker
is a fork. What happened is printed as one JSON object. MINYI_VAR names the folder of the drill's database.
"""

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable

import django
from django.conf import settings

# The settings the project runs with; only the list of applications is shorter, which saves most of the start.
from civic import settings as project

settings.configure(
    DATABASES=project.DATABASES,
    TASKS=project.TASKS,
    DEFAULT_AUTO_FIELD=project.DEFAULT_AUTO_FIELD,
    LOGGING=project.LOGGING,
    INSTALLED_APPS=["tests.civic.lease_app.LeaseDrillConfig", "django_tasks", "django_tasks_db"],
    USE_TZ=True,
)
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django_tasks_db.models import DBTaskResult  # noqa: E402

from civic import leases  # noqa: E402
from civic.management.commands import worker as worker_command  # noqa: E402
from civic.models import WorkerLease  # noqa: E402
from tests.civic import lease_tasks  # noqa: E402

DEADLINE_SECONDS = 150


def main(name: str, seed: int) -> None:
    """Prepare an empty database, run one drill, print what it found."""
    with connection.schema_editor() as editor:
        editor.create_model(DBTaskResult)
        editor.create_model(WorkerLease)
    lease_tasks.make_tables()
    sys.stdout.write(json.dumps(DRILLS[name](random.Random(seed))) + "\n")


def killed_at_random(chance: random.Random, *, tasks: int = 200, kills: int = 20) -> dict[str, object]:
    """Two workers share the tasks; at random moments one of them is killed and another takes its place."""
    for number in range(tasks):
        lease_tasks.book.enqueue(number)
    workers = [start_worker(), start_worker()]
    for after in sorted(chance.sample(range(1, tasks - 5), kills)):
        # Once so many tasks were begun, strike somewhere in the next few milliseconds.
        wait_until(lambda after=after: count("SELECT count(*) FROM tried") >= after)
        time.sleep(chance.random() * 0.03)
        victim = workers.pop(chance.randrange(len(workers)))
        kill(victim)
        workers.append(start_worker())
    restarted = time.monotonic()
    wait_until(lambda: not unfinished())
    settled = time.monotonic() - restarted
    stop(workers)
    return summary() | {"seconds_after_last_start": round(settled, 1), "kills": kills}


def always_fatal(chance: random.Random) -> dict[str, object]:
    """One task takes down each worker that tries it; another, behind it, must still be done."""
    lease_tasks.kill_the_worker.enqueue(1)
    lease_tasks.fail.enqueue(2)
    lease_tasks.book.enqueue(3)
    deaths = 0
    while unfinished() and deaths < 10:
        worker = start_worker()
        wait_until(lambda worker=worker: has_ended(worker) or not unfinished())
        if unfinished():
            deaths += 1
        else:
            stop([worker])
    return summary() | {
        "deaths": deaths,
        "dead_letters": [letter.args_kwargs["args"][0] for letter in leases.dead_letters()],
        "attempts": len(leases.dead_letters()[0].worker_ids),
    }


def reaped_by_two(chance: random.Random, *, tasks: int = 60) -> dict[str, object]:
    """Sixty tasks of one dead worker, four reapers at once: each task is given back once."""
    for number in range(tasks):
        lease_tasks.book.enqueue(number)
    holder = fork(claim_everything)
    os.waitpid(holder, 0)
    reader, writer = os.pipe()
    reapers = [fork(lambda: os.write(writer, f"{leases.reap().requeued}\n".encode())) for _ in range(4)]
    for reaper in reapers:
        os.waitpid(reaper, 0)
    os.close(writer)
    with os.fdopen(reader) as answers:
        requeued = [int(line) for line in answers]
    return {"requeued": requeued, "ready": DBTaskResult.objects.ready().count()}


def stopped_in_order(chance: random.Random) -> dict[str, object]:
    """A worker asked to stop leaves no lease and no running task behind."""
    for number in range(5):
        lease_tasks.book.enqueue(number)
    worker = start_worker()
    wait_until(lambda: not unfinished())
    signed = WorkerLease.objects.count()
    stop([worker])
    return summary() | {"leases_while_working": signed, "leases_left": WorkerLease.objects.count()}


DRILLS: dict[str, Callable[[random.Random], dict[str, object]]] = {
    drill.__name__: drill for drill in (killed_at_random, always_fatal, reaped_by_two, stopped_in_order)
}


def fork(body: Callable[[], object]) -> int:
    """Run ``body`` in a child that leaves without coming back here; database handles are never shared."""
    connections.close_all()
    if pid := os.fork():
        return pid
    code = 1
    try:
        body()
        code = 0
    except SystemExit as stop_request:
        code = stop_request.code or 0
    finally:
        connections.close_all()
        os._exit(code)


def start_worker() -> int:
    return fork(lambda: call_command(worker_command.Command(), interval=0.05, no_ticks=True))


def claim_everything() -> None:
    leases.beat("doomed")
    for result in DBTaskResult.objects.ready():
        result.claim("doomed")


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def stop(pids: list[int]) -> None:
    for pid in pids:
        os.kill(pid, signal.SIGTERM)
    for pid in pids:
        os.waitpid(pid, 0)


def has_ended(pid: int) -> bool:
    return os.waitpid(pid, os.WNOHANG)[0] == pid


def unfinished() -> int:
    return DBTaskResult.objects.exclude(pk__in=DBTaskResult.objects.finished()).count()


def count(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()[0]


def wait_until(condition: Callable[[], bool]) -> None:
    """Look every few milliseconds, and give up loudly."""
    limit = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        if time.monotonic() > limit:
            raise SystemExit(f"the drill waited {DEADLINE_SECONDS} s in vain")
        time.sleep(0.01)


def summary() -> dict[str, object]:
    """How the tasks ended and what they left in the tables."""
    results = list(DBTaskResult.objects.all())
    return {
        "successful": sum(result.status == "SUCCESSFUL" for result in results),
        "failed": sum(result.status == "FAILED" for result in results),
        "unfinished": unfinished(),
        "tried_again": sum(len(result.worker_ids) > 1 for result in results),
        "most_attempts": max(len(result.worker_ids) for result in results),
        "booked": count("SELECT count(*) FROM ledger"),
        "booked_numbers": count("SELECT count(DISTINCT number) FROM ledger"),
    }


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))

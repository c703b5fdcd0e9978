"""Tasks for the worker drill: what they do can be counted afterwards, in tables of their own."""

import os
import signal

from django.db import connection, transaction
from django_tasks import task


def make_tables() -> None:
    """``tried`` has a row for each attempt, ``effect`` one for each key, ``ledger`` one for each effect taken."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE tried (number INTEGER, pid INTEGER)")
        cursor.execute("CREATE TABLE effect (number INTEGER PRIMARY KEY)")
        # No unique key here: a side effect taken twice would be seen.
        cursor.execute("CREATE TABLE ledger (number INTEGER)")


@task()
def book(number: int) -> int:
    """Book one number. The attempt is noted first; the effect is keyed, so a second attempt finds it done."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO tried (number, pid) VALUES (%s, %s)", [number, os.getpid()])
    # Work that takes a while, so that a kill finds the task half done.
    sum(index * index for index in range(400_000))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO effect (number) VALUES (%s) ON CONFLICT DO NOTHING", [number])
        if cursor.rowcount == 1:
            cursor.execute("INSERT INTO ledger (number) VALUES (%s)", [number])
    return number


@task()
def kill_the_worker(number: int) -> None:
    """Take the worker down, each time."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO tried (number, pid) VALUES (%s, %s)", [number, os.getpid()])
    os.kill(os.getpid(), signal.SIGKILL)


@task()
def fail(number: int) -> None:
    """An ordinary error, which is an outcome and not a lost worker."""
    raise ValueError(f"number {number} is wrong")

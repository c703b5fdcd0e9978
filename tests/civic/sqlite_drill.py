"""Eight processes write to one SQLite file through Django. Run by test_sqlite.py: python -m tests.civic.sqlite_drill
tuned 60

Prints one line of JSON: transactions, errors, lost updates, slowest per cent in seconds.
"""

import json
import os
import random
import sys
import time

import django
from django.conf import settings

WRITERS = 8


def configure(path: str, options: dict) -> None:
    """Django with nothing but one database."""
    database = {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": options}
    settings.configure(DATABASES={"default": database}, USE_TZ=True)
    django.setup()


def write(deadline: float, pipe: int) -> None:
    """Read, think, write in one transaction until the deadline; send what happened through the pipe."""
    from django.db import OperationalError, connection, transaction

    done, errors, waits = 0, 0, []
    while time.monotonic() < deadline:
        begun = time.monotonic()
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT n FROM space WHERE id = 1")
                seen = cursor.fetchone()[0]
                cursor.execute("INSERT INTO comment (words) VALUES (%s)", ["一則意見"])
                cursor.execute("UPDATE space SET n = %s WHERE id = 1", [seen + 1])
            done += 1
        except OperationalError:
            errors += 1
        waits.append(time.monotonic() - begun)
        time.sleep(random.uniform(0.01, 0.03))  # people think between two posts
    os.write(pipe, json.dumps([done, errors, sorted(waits)[int(len(waits) * 0.99) - 1]]).encode() + b"\n")


def main(which: str, seconds: float, path: str) -> None:
    """Fork the writers, wait, count."""
    tuned = which == "tuned"
    configure(path, json.loads(os.environ["SQLITE_OPTIONS"]) if tuned else {})
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE space (id INTEGER PRIMARY KEY, n INTEGER)")
        cursor.execute("CREATE TABLE comment (id INTEGER PRIMARY KEY, words TEXT)")
        cursor.execute("INSERT INTO space VALUES (1, 0)")
    connection.close()
    deadline = time.monotonic() + seconds
    reader, writer = os.pipe()
    children = []
    for _ in range(WRITERS):
        if (child := os.fork()) == 0:
            write(deadline, writer)
            os._exit(0)
        children.append(child)
    os.close(writer)
    for child in children:
        os.waitpid(child, 0)
    with os.fdopen(reader) as lines:
        results = [json.loads(line) for line in lines]
    done = sum(result[0] for result in results)
    with connection.cursor() as cursor:
        cursor.execute("SELECT n FROM space")
        counted = cursor.fetchone()[0]
        cursor.execute("SELECT COUNT(*) FROM comment")
        rows = cursor.fetchone()[0]
    report = {
        "done": done,
        "errors": sum(result[1] for result in results),
        "lost": done - counted,
        "missing": done - rows,
        "p99": max(result[2] for result in results),
        "writers": len(results),
    }
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])

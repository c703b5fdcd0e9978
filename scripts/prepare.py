"""Bring the demo's database up to date, with progress. Runs in the environment, with Django.

A database without any table is migrated and then seeded; the wish to seed outlives an interruption. A database that
already holds somebody's data is migrated and otherwise left alone.
"""

import gc
import io
import os
import sys
from pathlib import Path

from scripts.terminal import ROOT, Progress, fail, say


class Applied(io.StringIO):
    """Stands for the terminal of ``migrate``, whose line for each migration becomes progress."""

    def __init__(self, step: Progress) -> None:
        super().__init__()
        self._step = step
        self._done = 0

    def write(self, text: str) -> int:
        if text.strip().startswith("Applying "):
            self._step.show(self._done, text.strip().removeprefix("Applying ").rstrip("."))
        elif text.strip() == "OK":
            self._done += 1
            self._step.show(self._done)
        return super().write(text)


def main(var: Path) -> None:
    """``var`` is where the wish to seed is kept."""
    seeding = var / "demo.seeding"
    with Progress("Starting Django"):
        import django

        django.setup()
    from django.core.management import CommandError, call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.utils import OperationalError

    try:
        executor = MigrationExecutor(connection)
    except OperationalError as error:
        fail(f"The database cannot be opened: {error}")
    applied = executor.loader.applied_migrations
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if not applied:
        var.mkdir(parents=True, exist_ok=True)
        seeding.touch()
        if connection.vendor == "sqlite":
            # Nothing is in it yet that a power cut could take; the next connection is careful again.
            connection.cursor().execute("PRAGMA synchronous=OFF")
    if plan:
        # Each migration builds its own set of model classes; looking for garbage among them all the time costs a
        # quarter of the whole.
        gc.freeze()
        gc.set_threshold(200_000, 20, 100)
        with Progress("Preparing the database", total=len(plan)) as step:
            call_command("migrate", interactive=False, verbosity=1, skip_checks=True, stdout=Applied(step))
    connection.close()
    if seeding.exists():
        say("Filling the demo with people, places and opinions.")
        try:
            call_command("seed_demo", skip_checks=True)
        except CommandError as error:
            fail(f"The demo could not be filled: {error}")
        seeding.unlink()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings")
    # What Wagtail notes about each page would bury the progress.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    sys.path.insert(0, str(ROOT))
    main(Path(sys.argv[1]))

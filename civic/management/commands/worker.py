"""manage.py worker: run background tasks."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from civic import workers


class Command(BaseCommand):
    help = (
        "Run background tasks until stopped, and give tasks of lost workers back to the queue. "
        "Use it instead of db_worker, whose tasks would look lost to the reaper."
    )
    # The web server and `make check` run the checks; a worker that starts at once is worth more here.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--queues", default="default,nlp", help="queues to serve, parted by commas (%(default)s)")
        parser.add_argument(
            "--interval", type=float, default=0.5, help="seconds between two looks at an empty queue (%(default)s)"
        )
        parser.add_argument("--batch", action="store_true", help="stop when the queue is empty")
        parser.add_argument("--max-tasks", type=int, help="stop after so many tasks")
        parser.add_argument("--no-ticks", action="store_true", help="leave the clockwork to `manage.py tick`")

    def handle(
        self, *, queues: str, interval: float, batch: bool, max_tasks: int | None, no_ticks: bool, **options: object
    ) -> None:
        workers.work(
            queues=[name.strip() for name in queues.split(",") if name.strip()],
            interval=interval,
            batch=batch,
            max_tasks=max_tasks,
            with_ticks=not no_ticks,
        )

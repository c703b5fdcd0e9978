"""manage.py tick: run the clockwork once."""

from django.core.management.base import BaseCommand, CommandError

from civic import ticks


class Command(BaseCommand):
    help = (
        "Run the clockwork once: give lost tasks back, queue what was left over, prune old results. "
        "The worker does the same every minute. Exit code 1 when a job failed; the others run all the same."
    )

    def handle(self, **options: object) -> None:
        outcomes = ticks.run()
        for outcome in outcomes:
            self.stdout.write(str(outcome))
        failed = [outcome.name for outcome in outcomes if outcome.error]
        if failed:
            raise CommandError(f"{len(failed)} of {len(outcomes)} jobs failed: {', '.join(failed)}")

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from integrations import ingest
from integrations.models import Monitor
from integrations.social.sources import SourceError
from nlp.models import Corpus

SHOWN = 20


class Command(BaseCommand):
    help = "Bring posts from a CSV or JSON Lines file into a corpus. Safe to repeat: known posts are not counted twice."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="columns: text (required), id, author, created_at, url, lang")
        parser.add_argument("--corpus", "--space", required=True, help="key of the corpus the posts belong to")
        parser.add_argument("--label", required=True, help="the name under which the posts are shown")

    def handle(self, *, file, corpus, label, **options):
        found = Corpus.objects.filter(key=corpus).first()
        if found is None:
            raise CommandError(f"There is no corpus with the key {corpus!r}.")
        try:
            with file.open("rb") as handle:
                monitor, _created = Monitor.objects.get_or_create(
                    corpus=found, kind=Monitor.Kind.FILE, label=label[:120]
                )
                report = ingest.import_file(monitor, handle, file.name)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except SourceError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{file.name}: {report.read} rows read, {report.accepted} new, {report.revised} changed, "
            f"{report.duplicates} already known, {report.skipped} left out."
        )
        for reason in report.reasons[:SHOWN]:
            self.stdout.write(f"  row {reason['row']}: {reason['reason']}")
        if report.skipped > SHOWN:
            self.stdout.write(f"  and {report.skipped - SHOWN} more, in the fetch log")

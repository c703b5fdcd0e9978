from django.core.management.base import BaseCommand

from integrations.search.port import get_backend


class Command(BaseCommand):
    help = "Make the search index anew from the documents on record. Searching goes on meanwhile."

    def handle(self, **options):
        self.stdout.write(f"{get_backend().rebuild()} documents can be found.")

"""manage.py rebuild_search: make the search index anew from its owners."""

from django.core.management.base import BaseCommand

from cms import indexing


class Command(BaseCommand):
    help = "Make the search index anew from spaces, contributions, pages and tables. Searching goes on meanwhile."

    def handle(self, *args, **options):
        def tell(name: str, count: int) -> None:
            if options["verbosity"]:
                self.stdout.write(f"{name}: {count}")

        total = indexing.rebuild(tell)
        if options["verbosity"]:
            self.stdout.write(self.style.SUCCESS(f"{total} documents can be found."))

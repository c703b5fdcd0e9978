"""manage.py setup_site: languages, first pages, the site's address and the roles."""

from django.core.management.base import BaseCommand

from cms import approvals, roles, sites


class Command(BaseCommand):
    help = (
        "Make the languages, the first pages in both of them, the site record for SITE_URL, the groups of the kinds "
        "of user and the approval of official answers. May be run again at any time: pages that exist are left alone."
    )

    def handle(self, *args, **options):
        home = sites.ensure()
        change = roles.sync()
        approvals.ensure()
        if options["verbosity"]:
            self.stdout.write(f"Home page: {home.full_url or home.url}")
            self.stdout.write(f"New groups: {', '.join(change.made) or 'none'}")
            for label in change.missing:
                self.stdout.write(self.style.WARNING(f"Permission not found: {label}"))

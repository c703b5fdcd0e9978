"""manage.py seed_demo: fill an empty house with sample content."""

import json
import os
import secrets
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from civic.demo import people, seeding
from discussions.progress import Progress
from nlp.core.encoders import EncoderUnavailable


class Command(BaseCommand):
    help = (
        "Make a believable demo: discussions, votes, a live session, open information, answers, and one account for "
        "each kind of user. Meant for machines people try Minyi on; it refuses to run on a site served over https."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--again", action="store_true", help="make what is missing and set the password anew")
        parser.add_argument("--no-analysis", action="store_true", help="leave topics and opinion groups to the worker")

    def handle(self, *, again: bool, no_analysis: bool, **options) -> None:
        if settings.SERVED_SECURELY and not settings.DEBUG:
            message = _("%(site)s is a real site (https): sample content is not put there. Nothing was changed.")
            raise CommandError(message % {"site": settings.SITE_URL})
        if accounts_file().exists() and seeding.is_done() and not again:
            self.stdout.write(_("The demo is here already; nothing was changed. --again makes what is missing."))
            return
        password = os.environ.get("DEMO_PASSWORD") or secrets.token_urlsafe(9)
        with Progress(self.stderr, labels=_stages()) as progress:
            seeding.build(password=password, progress=progress)
            if not no_analysis:
                self._analyse(progress)
            progress("search")
            seeding.index()
        write_accounts(password)
        self.stdout.write(_("The demo is ready. The accounts are in %(file)s") % {"file": accounts_file()})

    def _analyse(self, progress: Progress) -> None:
        try:
            seeding.analyse(progress)
        except EncoderUnavailable as error:
            progress.close()
            self.stderr.write(f"{error}\n{_('The demo goes on without topics; they come once the model is there.')}")


def accounts_file() -> Path:
    """Where the password of this installation's demo is written down."""
    return settings.VAR_DIR / "demo_accounts.json"


def write_accounts(password: str) -> None:
    """Write the accounts for those who show or test the demo, readable by the owner of the installation only."""
    accounts = [
        {
            "role": account.role.en,
            "role_zh": account.role.zh,
            "email": f"{account.key}@example.org",
            "what": account.what.en,
            "what_zh": account.what.zh,
        }
        for account in people.ACCOUNTS
    ]
    path = accounts_file()
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(
        json.dumps({"password": password, "accounts": accounts}, ensure_ascii=False, indent=2) + "\n", "utf-8"
    )


def _stages() -> dict[str, str]:
    return {
        "pages": _("First pages and roles"),
        "people": _("Accounts"),
        "discussions": _("Discussions and votes"),
        "information": _("Open information"),
        "analysis": _("Topics and opinion groups"),
        "search": _("Search index"),
    }

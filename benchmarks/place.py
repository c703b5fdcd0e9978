"""A database of its own for each benchmark, made in a temporary folder and gone afterwards; and what stands in it."""

import atexit
import os
import shutil
import statistics
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "X_BEARER_TOKEN", "EMAIL_URL", "DEBUG")


def prepare(*, site_url: str = "http://localhost:8000") -> Path:
    """Start Django on an empty SQLite database with all tables and return its folder. Call it first in a process.

    Under scripts.with_postgres it is that server's database instead. The tables are made straight from the models:
    migrations take minutes and would measure nothing.
    """
    for variable in SERVICES:
        os.environ.pop(variable, None)
    if "TEST_DATABASE_URL" in os.environ:
        os.environ["DATABASE_URL"] = os.environ["TEST_DATABASE_URL"]
    folder = Path(tempfile.mkdtemp(prefix="minyi-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ |= {"MINYI_VAR": str(folder), "SITE_URL": site_url, "DJANGO_SETTINGS_MODULE": "civic.settings"}
    # Converted model weights are large and never change: they are shared between runs.
    os.environ.setdefault("NLP_CACHE_DIR", str(Path(tempfile.gettempdir()) / "minyi-models"))
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    import django
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    settings.POSTING_INTERVALS = {"new": 0, "known": 0}
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    return folder


def space(slug: str = "bench"):
    """A space that is open for contributions."""
    from discussions.models import Phase, Space
    from nlp.models import Corpus

    corpus = Corpus.objects.create(key=slug, title=slug)
    return Space.objects.create(slug=slug, title=slug, question="?", phase=Phase.OPEN, corpus=corpus)


def members(count: int) -> list:
    """Members of long standing without a password."""
    from datetime import UTC, datetime

    from django.contrib.auth.hashers import make_password

    from discussions.models import Member

    joined = datetime(2020, 1, 1, tzinfo=UTC)
    people = [
        Member(email=None, display_name=f"m{number}", date_joined=joined, password=make_password(None))
        for number in range(count)
    ]
    return Member.objects.bulk_create(people)


def statements_in(queries) -> int:
    """SQL statements among captured queries; BEGIN and COMMIT are not counted, savepoints are."""
    return sum(query["sql"].split(None, 1)[0].rstrip(";") not in {"BEGIN", "COMMIT"} for query in queries)


def median_ms(seconds: list[float]) -> str:
    """A median as people read it."""
    return f"{1000 * statistics.median(seconds):.1f} ms"


def finish(failures: list[str]) -> None:
    """End with exit code 1 and the reasons when a bound was missed."""
    for failure in failures:
        print(f"MISSED: {failure}")
    raise SystemExit(1 if failures else 0)

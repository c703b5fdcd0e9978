"""A database of its own for each benchmark: made in a temporary folder, gone afterwards."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("DATABASE_URL", "REDIS_URL", "ELASTICSEARCH_URL", "SITE_URL", "X_BEARER_TOKEN", "EMAIL_URL", "DEBUG")


def prepare() -> Path:
    """Start Django on an empty SQLite database with all tables and return its folder. Call it first in a process.

    The tables are made straight from the models: migrations take minutes and would measure nothing.
    """
    for variable in SERVICES:
        os.environ.pop(variable, None)
    folder = Path(tempfile.mkdtemp(prefix="minyi-benchmark-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["MINYI_VAR"] = str(folder)
    os.environ.setdefault("NLP_CACHE_DIR", str(Path(tempfile.gettempdir()) / "minyi-models"))
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ["DJANGO_SETTINGS_MODULE"] = "civic.settings"
    import django
    from django.apps import apps
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    settings.POSTING_INTERVALS = {"new": 0, "known": 0}
    call_command("migrate", run_syncdb=True, verbosity=0, interactive=False)
    return folder

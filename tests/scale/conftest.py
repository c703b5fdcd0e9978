"""A site of its own for processes to share: one SQLite file with the pages and roles of a new installation."""

import pytest
from django.conf import settings
from django.core.management import call_command

from tests.browser.house import database_at


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/scale/" in item.path.as_posix():
            item.add_marker(pytest.mark.scale)


@pytest.fixture(scope="session")
def site_folder(django_db_setup, django_db_blocker):
    """MINYI_VAR of the processes. Content is not taken away between tests: each makes spaces and people of its own."""
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        pytest.skip("these processes share a SQLite file")
    folder = settings.VAR_DIR / "scale"
    folder.mkdir()
    with django_db_blocker.unblock(), database_at(folder / "minyi.sqlite3"):
        # `django_db_setup` has taken the migrations out of sight: tables are made straight from the models.
        call_command("migrate", run_syncdb=True, verbosity=0)
        call_command("setup_site", verbosity=0)
    return folder


@pytest.fixture
def shared(site_folder, django_db_blocker):
    """Meanwhile this process works on the shared database too; gives its folder."""
    with django_db_blocker.unblock(), database_at(site_folder / "minyi.sqlite3"):
        yield site_folder

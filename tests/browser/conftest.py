"""A browser, a server and a database for the tests in this folder.

Every test process keeps one server, one Chromium and one database file for all its browser tests. Content is not taken
away between tests: each makes spaces and people of its own.
"""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import call_command

from cms import roles as cms_roles
from scripts import find_chromium
from tests.browser.house import House, Server, Stage, database_at
from tests.browser.town import build
from tests.conftest import require_tool


def pytest_collection_modifyitems(items):
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)
            # Before `collectstatic` whitenoise reads each file on a thread, which Django finds worth saying each time.
            item.add_marker(pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume synchronous"))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    """A test that visits the house runs on the stage, where Chromium is."""
    house = pyfuncitem.funcargs.get("house")
    if house is None:
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    house.stage.run(_played, house, pyfuncitem, arguments)
    return True


def _played(house, item, arguments):
    try:
        item.obj(**arguments)
    except BaseException as error:
        for number, (_context, page) in enumerate(house.visits, start=1):
            error.add_note(f"window {number} shows {page.url}")
            if pictures := os.environ.get("BROWSER_PICTURES"):
                page.screenshot(path=f"{pictures}/{item.name[:80]}-{number}.png", full_page=True)
        for complaint in house.complaints:
            error.add_note(f"the page complained: {complaint}")
        raise


@pytest.fixture(scope="session")
def stage():
    """Chromium, started once for all tests of this process."""
    running = Stage(require_tool(find_chromium.find(), "chromium"))
    yield running
    running.close()


@pytest.fixture(scope="session")
def browser_database(stage, django_db_setup, django_db_blocker):
    """A database file with the pages and roles of a new installation; later tests of other folders never see it."""
    path = settings.VAR_DIR / "browser" / "minyi.sqlite3"
    path.parent.mkdir()
    if settings.DATABASES["default"]["ENGINE"] != "django.db.backends.sqlite3":
        pytest.skip("the browser tests run on SQLite; other databases are tested elsewhere")
    with django_db_blocker.unblock(), database_at(path):
        # `django_db_setup` has taken the migrations out of sight: tables are made straight from the models.
        call_command("migrate", run_syncdb=True, verbosity=0)
        call_command("setup_site", verbosity=0)
        cms_roles.sync()
    return path


@pytest.fixture(scope="session")
def server(browser_database):
    """The real application, HTTP and WebSocket."""
    running = Server()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def house(stage, server, browser_database, django_db_blocker):
    """The running site for one test. No page may complain: of a script, a policy, a missing part, another host."""
    with django_db_blocker.unblock(), database_at(browser_database):
        open_house = House(stage, server)
        yield open_house
        stage.run(open_house.leave)
        server.wait_for_quiet()
    assert not open_house.complaints, "\n".join(open_house.complaints)


@pytest.fixture
def worker(house, browser_database):
    """The worker process of the product, on the same database."""
    environment = os.environ | {"MINYI_VAR": str(browser_database.parent), "SECRET_KEY": settings.SECRET_KEY}
    command = [sys.executable, "manage.py", "worker", "--no-ticks", "--interval", "0.2"]
    with (browser_database.parent / "worker.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=log, stderr=log)
    yield process
    process.terminate()
    process.wait(30)


@pytest.fixture(scope="session")
def _built():
    return {}


@pytest.fixture
def town(house, _built):
    """A space with comments, votes, topics, groups, answers and a live session; tests read it and leave it as it is."""
    if "town" not in _built:
        _built["town"] = build(house)
    return _built["town"]

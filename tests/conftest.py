"""What all tests share: a small town of people, one space, and honest skips."""

import os
import shutil

import pytest
from django.conf import settings as django_settings
from django.utils import translation

from tests import factories


def pytest_configure(config):
    """Cheap passwords, no waiting between posts: the tests about those set them back."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.POSTING_INTERVALS = {"new": 0, "known": 0}
    django_settings.DATABASES["default"].setdefault("TEST", {})
    if django_settings.DATABASES["default"]["ENGINE"].endswith("sqlite3"):
        # A file, as in real life: threads and processes meet each other's locks.
        django_settings.DATABASES["default"]["TEST"]["NAME"] = str(django_settings.VAR_DIR / "test.sqlite3")


def require_tool(found, name: str):
    """Skip with a reason on a machine without `name`; on CI its absence is a failure."""
    if found:
        return found
    reason = f"{name} is not on this machine"
    if os.environ.get("CI"):
        pytest.fail(f"{reason}, and CI must not skip it")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def redis_server_path():
    """Where redis-server lies."""
    return require_tool(shutil.which("redis-server"), "redis-server")


@pytest.fixture(autouse=True)
def _clean_cache():
    from django.core.cache import cache

    cache.clear()


@pytest.fixture(autouse=True)
def _language_of_the_house():
    """A page in English that another test read in this process must not decide what this one sees."""
    translation.activate(django_settings.LANGUAGE_CODE)


@pytest.fixture
def site(db):
    """The pages, languages and roles that `manage.py setup_site` makes on a new installation."""
    from django.core.management import call_command

    call_command("setup_site", verbosity=0)


@pytest.fixture
def roles(db):
    """The groups of the five kinds of user."""
    from cms import roles as cms_roles

    cms_roles.sync()


@pytest.fixture
def agency(db):
    return factories.make_agency()


@pytest.fixture
def space(agency):
    return factories.make_space(agency=agency)


@pytest.fixture
def member(db):
    return factories.make_member(name="陳小明")


@pytest.fixture
def neighbour(db):
    return factories.make_member(name="林大同")


@pytest.fixture
def communicator(roles):
    return factories.make_member(role="Communicators")


@pytest.fixture
def planner(roles):
    return factories.make_member(role="Planners")


@pytest.fixture
def facilitator(roles):
    return factories.make_member(role="Facilitators")


@pytest.fixture
def moderator(roles):
    return factories.make_member(role="Moderators")


@pytest.fixture
def officer(roles, agency):
    return factories.make_member(role="Officers", agency=agency)

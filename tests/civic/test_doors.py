"""Figure A4: no form works from another site, cookies are locked in, leaving and closing end every session."""

import re
import runpy

import pytest
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.factories import PASSWORD, make_member

NAMED = re.compile(r"\(\?P<\w+>(?:\[[^]]*\]|[^()]|\([^)]*\))*\)")
CATCH_ALL = ".*/"
UNNAMED = {r"(\d+)": "1", r"(.*)": "abc", r"((?:[\w\-]+/)*)": "spaces/"}
SAMPLES = {"int": "1", "slug": "abc", "str": "abc", "uuid": "0" * 32, "path": "abc"}
# Routes that look at no cookie need no token against other sites; they ask for a key, or for a pass of ours.
KEY_ROUTES, PASS_ROUTES = "api/v1/", ("embed/", "notices/off/")


def routes(resolver=None, prefix=""):
    """Every address of the site as a sample path, with the name of its view."""
    for pattern in (resolver or get_resolver()).url_patterns:
        piece = str(pattern.pattern)
        for part, words in UNNAMED.items():
            piece = piece.replace(part, words)
        if "(?P<" in piece:
            piece = NAMED.sub("1", piece).removesuffix("\\Z").replace("\\", "")
        piece = piece.removeprefix("^").removesuffix("$")
        if piece == CATCH_ALL:
            continue
        piece = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1] or "str", "abc"), piece)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, prefix + piece)
        elif isinstance(pattern, URLPattern):
            yield prefix + piece.replace("\\", ""), pattern


@pytest.mark.django_db
def test_no_route_takes_a_form_without_our_token(site, roles):
    """Each address is posted to by somebody who is signed in, without the token: nothing but a refusal comes back."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(make_member(role="Moderators"))
    taken, seen = [], 0
    for path, pattern in routes():
        response = browser.post(f"/{path.lstrip('/')}", {})
        seen += 1
        if response.status_code not in allowed(path):
            taken.append((path, pattern.name, response.status_code))
    assert seen > 150
    assert not taken


def allowed(path) -> set[int]:
    if path.removeprefix("en/").startswith(PASS_ROUTES):
        return {403, 404, 405}
    return {401, 403, 404, 405, 422} if path.startswith(KEY_ROUTES) else {403}


def test_cookies_of_a_public_site_are_locked_in(monkeypatch):
    monkeypatch.setenv("SITE_URL", "https://minyi.example")
    monkeypatch.setenv("SECRET_KEY", "x" * 50)
    public = runpy.run_path(str(settings.BASE_DIR / "civic" / "settings.py"))
    for cookie in ("SESSION_COOKIE", "CSRF_COOKIE"):
        assert public[f"{cookie}_NAME"].startswith("__Host-")
        assert public[f"{cookie}_SECURE"] and public[f"{cookie}_HTTPONLY"]
        assert public[f"{cookie}_SAMESITE"] == "Lax"


def sign_in(member) -> Client:
    browser = Client()
    assert browser.login(email=member.email, password=PASSWORD)
    return browser


def is_in(browser) -> bool:
    return browser.get(reverse("discussions:me")).status_code == 200


@pytest.mark.django_db
def test_signing_out_ends_every_session(roles):
    member = make_member()
    phone, desk = sign_in(member), sign_in(member)
    assert is_in(phone) and is_in(desk)
    phone.post(reverse("account_logout"))
    assert not is_in(phone) and not is_in(desk)
    assert is_in(sign_in(member))


@pytest.mark.django_db
def test_closing_an_account_ends_every_session(roles):
    member = make_member()
    browser = sign_in(member)
    member.is_active = False
    member.save()
    assert not is_in(browser)


@pytest.mark.django_db
def test_changing_the_password_ends_the_other_sessions_and_not_this_one(roles):
    member = make_member()
    here, elsewhere = sign_in(member), sign_in(member)
    here.post(
        reverse("account_change_password"),
        {"oldpassword": PASSWORD, "password1": "another-long-secret", "password2": "another-long-secret"},
    )
    assert is_in(here) and not is_in(elsewhere)

"""Signing in and signing up: how often a password may be tried (figure A1), and what holds when no mail can be sent."""

import re
import runpy

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from discussions.models import Level, Member
from tests.factories import PASSWORD, make_member

pytestmark = pytest.mark.django_db
FAILS, FAILS_OF_ONE_PLACE = 5, 20


def tries(email, password, *, place="192.0.2.1"):
    return Client(REMOTE_ADDR=place).post(reverse("account_login"), {"login": email, "password": password})


def test_after_five_wrong_passwords_the_right_one_does_not_open_either(roles):
    member, neighbour = make_member(), make_member()
    for number in range(FAILS):
        assert tries(member.email, f"wrong-{number}", place=f"192.0.2.{number}").status_code == 200
    refused = tries(member.email, PASSWORD, place="192.0.2.99")
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 1800
    assert tries(neighbour.email, PASSWORD, place="192.0.2.99").status_code == 302


def test_one_place_tries_twenty_times_whatever_the_address(roles):
    member = make_member()
    for number in range(FAILS_OF_ONE_PLACE):
        assert tries(f"nobody{number}@example.org", "wrong").status_code == 200
    assert tries(member.email, PASSWORD).status_code == 429
    assert tries(member.email, PASSWORD, place="198.51.100.7").status_code == 302


def test_behind_a_proxy_visitors_are_told_apart_by_what_the_proxy_wrote(roles, monkeypatch, settings):
    monkeypatch.setenv("SITE_URL", "https://minyi.example")
    monkeypatch.setenv("SECRET_KEY", "x" * 50)
    monkeypatch.setenv("BEHIND_PROXY", "1")
    settings.MIDDLEWARE = runpy.run_path(str(settings.BASE_DIR / "civic" / "settings.py"))["MIDDLEWARE"]
    member, proxy = make_member(), Client(REMOTE_ADDR="172.18.0.1")

    def said(password, email, forwarded):
        return proxy.post(
            reverse("account_login"), {"login": email, "password": password}, headers={"X-Forwarded-For": forwarded}
        )

    for number in range(FAILS_OF_ONE_PLACE):
        said("wrong", f"nobody{number}@example.org", f"203.0.113.{number}, 192.0.2.1")
    assert said(PASSWORD, member.email, "203.0.113.99, 192.0.2.1").status_code == 429
    assert said(PASSWORD, member.email, "192.0.2.1, 198.51.100.7").status_code == 302


def test_right_passwords_use_up_no_tries(roles):
    member = make_member()
    for _turn in range(FAILS + 1):
        assert tries(member.email, PASSWORD).status_code == 302


@pytest.mark.parametrize("door", ["/admin/login/", "/en/_util/login/", "/_util/login/"])
def test_other_doors_lead_to_the_one_at_which_tries_are_counted(site, door):
    member = make_member(role="Communicators")
    visitor = Client()
    answer = visitor.post(f"{door}?next=/admin/", {"username": member.email, "password": PASSWORD})
    assert answer.status_code == 302 and answer.url.endswith("accounts/login/?next=/admin/")
    assert "_auth_user_id" not in visitor.session


def test_the_desk_sends_no_passwords_of_its_own(client, site):
    assert client.post("/admin/password_reset/", {"email": "x@example.org"}).url == reverse("account_reset_password")


def test_without_a_mail_server_people_have_their_account_and_are_told(client, site, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    sent = {"email": "anna@example.org", "display_name": "安娜", "password1": PASSWORD}
    with translation.override("en"):
        page = client.post(reverse("account_signup"), sent, follow=True)
    assert page.status_code == 200 and Member.objects.filter(email="anna@example.org").exists()
    words = page.content.decode()
    assert "could not be sent" in words and "Confirmation email sent" not in words
    assert client.get(reverse("discussions:me")).status_code == 200


def test_without_a_mail_server_a_new_password_is_promised_to_nobody(client, site, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    member = make_member()
    answer = client.post(reverse("account_reset_password"), {"email": member.email})
    assert answer.status_code == 503
    assert tries(member.email, PASSWORD).status_code == 302


# Mails about an account


@pytest.mark.parametrize(("language", "opening"), [("", "這個地址"), ("/en", "This address was given")])
def test_the_mail_that_confirms_an_address_speaks_as_the_house_does(
    client, roles, mailoutbox, settings, language, opening
):
    """In the reader's language, plainly, signed by the site, with one link that works."""
    signed_up = client.post(
        f"{language}/accounts/signup/",
        {"email": "new@example.org", "display_name": "新來的 & 舊的", "password1": PASSWORD},
    )
    (mail,) = mailoutbox
    assert signed_up.status_code == 302 and mail.body.startswith(opening)
    assert "新來的 & 舊的" in mail.body and mail.body.rstrip().endswith(f"{settings.SITE_NAME}\n{settings.SITE_URL}")
    assert not re.search("[!！]", mail.subject + mail.body)
    (link,) = [line for line in mail.body.splitlines() if "/confirm-email/" in line]
    client.post(link)
    assert Member.objects.get(email="new@example.org").level == Level.EMAIL


@pytest.mark.parametrize("address", ["known@example.org", "nobody@example.org"])
def test_every_mail_about_a_password_is_signed_by_the_site(client, roles, mailoutbox, settings, address):
    make_member(email="known@example.org")
    client.post(reverse("account_reset_password"), {"email": address})
    (mail,) = mailoutbox
    assert settings.SITE_NAME in mail.body and not re.search("[!！]", mail.subject + mail.body)

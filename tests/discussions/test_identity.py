"""How surely somebody is known: guests, confirmed addresses, telephones, electronic IDs."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.urls import reverse

from discussions import identity, instruments
from discussions.errors import CivicError, NotAllowed, TooSoon
from discussions.models import Level, Member, PhoneProof
from tests.factories import PASSWORD, make_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


class Gateway:
    """A gateway for telephone messages on this machine: keeps what it was sent, answers with `status`."""

    def __init__(self):
        self.sent, self.status = [], 200
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                gateway.sent.append((self.headers["Authorization"], json.loads(body)))
                self.send_response(gateway.status)
                self.end_headers()

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server.server_port}/send"

    @property
    def code(self):
        return re.search(r"\d{6}", self.sent[-1][1]["text"])[0]

    def close(self):
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def gateway(settings):
    running = Gateway()
    settings.SMS_URL, settings.SMS_TOKEN = running.url, "gateway-token"
    settings.SMS_BACKEND = "integrations.sms.HttpGateway"
    yield running
    running.close()


def test_a_number_is_confirmed_with_the_code_that_was_sent(gateway, member):
    identity.ask_for_code(member=member, number="0912-345-678")
    token, message = gateway.sent[0]
    assert token == "Bearer gateway-token" and message["to"] == "+886912345678"
    assert identity.confirm_code(member=member, code=gateway.code) == Level.PHONE
    member.refresh_from_db()
    assert member.level == Level.PHONE


def test_no_number_is_kept(gateway, member):
    identity.ask_for_code(member=member, number="0912345678")
    row = str(PhoneProof.objects.values().get())
    assert "912345678" not in row and gateway.code not in row


def test_a_wrong_code_proves_nothing_and_five_end_it(gateway, member):
    identity.ask_for_code(member=member, number="0912345678")
    wrong = "000000" if gateway.code != "000000" else "111111"
    for _try in range(5):
        with pytest.raises(CivicError) as refusal:
            identity.confirm_code(member=member, code=wrong)
        assert refusal.value.code == "code_wrong"
    with pytest.raises(CivicError) as refusal:
        identity.confirm_code(member=member, code=gateway.code)
    assert refusal.value.code == "code_old"
    member.refresh_from_db()
    assert member.level == Level.ACCOUNT


def test_a_code_is_old_after_ten_minutes(gateway, member):
    identity.ask_for_code(member=member, number="0912345678")
    proof = PhoneProof.objects.get()
    PhoneProof.objects.update(asked_at=proof.asked_at.replace(year=proof.asked_at.year - 1))
    with pytest.raises(CivicError):
        identity.confirm_code(member=member, code=gateway.code)


def test_one_number_is_one_account(gateway, member, neighbour):
    identity.ask_for_code(member=member, number="0912345678")
    identity.confirm_code(member=member, code=gateway.code)
    with pytest.raises(NotAllowed) as refusal:
        identity.ask_for_code(member=neighbour, number="+886 912 345 678")
    assert refusal.value.code == "number_taken"


def test_codes_are_not_sent_by_the_dozen(gateway, member):
    identity.ask_for_code(member=member, number="0912345678")
    with pytest.raises(TooSoon):
        identity.ask_for_code(member=member, number="0912345678")
    assert len(gateway.sent) == 1


def test_a_gateway_that_is_down_changes_nothing_and_says_so(gateway, member, client):
    gateway.status = 500
    client.force_login(member)
    response = client.post(reverse("discussions:ask_for_code"), {"number": "0912345678"})
    assert response.status_code == 503 and "0912345678" in response.content.decode()
    gateway.status = 200
    assert client.post(reverse("discussions:ask_for_code"), {"number": "0912345678"}).status_code == 302
    client.post(reverse("discussions:confirm_code"), {"code": gateway.code})
    member.refresh_from_db()
    assert member.level == Level.PHONE


@pytest.mark.parametrize("number", ["", "12", "call me", "+00", "0912-345-67８９０１２３４５６７"])
def test_what_is_no_number_is_not_called(gateway, member, number):
    with pytest.raises(CivicError):
        identity.ask_for_code(member=member, number=number)
    assert not gateway.sent


def test_without_a_gateway_nobody_is_asked_for_a_number(client, member):
    client.force_login(member)
    page = client.get(reverse("discussions:identity")).content.decode()
    assert "tel" not in re.findall(r'type="(\w+)"', page)


def test_following_the_link_in_the_mail_confirms_the_address(client, mailoutbox):
    client.post(
        reverse("account_signup"), {"email": "new@example.org", "display_name": "新來的", "password1": PASSWORD}
    )
    member = Member.objects.get(email="new@example.org")
    assert member.level == Level.ACCOUNT
    link = next(word for word in mailoutbox[0].body.split() if "/accounts/confirm-email/" in word)
    client.post("/" + link.split("/", 3)[3])
    member.refresh_from_db()
    assert member.level == Level.EMAIL
    assert EmailAddress.objects.get(user=member).verified


@pytest.mark.parametrize("needed", [Level.EMAIL, Level.PHONE, Level.EID])
def test_an_instrument_that_asks_for_more_certainty_refuses_and_says_what_to_do(client, space, member, needed):
    space.instruments = {"comments": {"level": int(needed)}}
    space.save()
    client.force_login(member)
    response = client.post(
        reverse("discussions:post_comment", args=[space.slug]), {"text": "我要說話", "client_id": "a" * 12}
    )
    assert response.status_code == 403 and "我要說話" in response.content.decode()
    assert instruments.level(space, "comments") == needed
    surer = make_member(level=needed)
    client.force_login(surer)
    response = client.post(
        reverse("discussions:post_comment", args=[space.slug]), {"text": "我要說話", "client_id": "a" * 12}
    )
    assert response.status_code == 302 and surer.comments.get().level == needed


def test_one_telephone_is_one_number_however_it_is_written(settings):
    settings.PHONE_COUNTRY = "886"
    spellings = ["0912 345 678", "+886912345678", "+886 0912-345-678", "00886912345678", "+886（0）912345678"]
    assert {identity.normalised(number) for number in spellings} == {"+886912345678"}
    for number in ("+8٨6912345678", "+88691234567八"):
        with pytest.raises(CivicError):
            identity.normalised(number)


def test_one_telephone_is_not_called_by_many_accounts(gateway):
    for _account in range(identity.CODES_PER_HOUR):
        identity.ask_for_code(member=make_member(), number="0912345678")
    with pytest.raises(TooSoon):
        identity.ask_for_code(member=make_member(), number="0912 345 678")
    identity.ask_for_code(member=make_member(), number="0987654321")
    assert len(gateway.sent) == identity.CODES_PER_HOUR + 1


def test_a_code_for_one_number_does_not_prove_another_that_was_asked_for_meanwhile(gateway, member, monkeypatch):
    identity.ask_for_code(member=member, number="0912345678")
    compare = identity.hmac.compare_digest

    def meanwhile(one, other):
        PhoneProof.objects.filter(member=member).update(number_digest="of another", code_digest="of another")
        return compare(one, other)

    monkeypatch.setattr(identity.hmac, "compare_digest", meanwhile)
    with pytest.raises(CivicError):
        identity.confirm_code(member=member, code=gateway.code)
    assert PhoneProof.objects.get(member=member).confirmed_at is None


@pytest.mark.django_db(transaction=True)
def test_many_tries_at_once_are_no_more_tries(gateway, member):
    identity.ask_for_code(member=member, number="0912345678")

    def attempt(_number):
        try:
            identity.confirm_code(member=member, code="no code")
        except CivicError:
            return
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(attempt, range(12)))
    assert PhoneProof.objects.get(member=member).tries == identity.CODE_TRIES

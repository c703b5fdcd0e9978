"""Messages to browsers: encrypted so that only the browser reads them, signed so that its service knows the sender."""

import base64
import json
import secrets

import http_ece
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from discussions.models import Notice, PushSubscription
from discussions.notices import announcing, push
from integrations.push import SubscriptionGone, WebPush, private_key, public_key
from tests.factories import make_member, say
from tests.integrations.canary import Canary


def text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Browser:
    """A browser with keys of its own that can read what it is sent."""

    def __init__(self, endpoint):
        self.private = ec.generate_private_key(ec.SECP256R1())
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.auth = secrets.token_bytes(16)
        self.given = {"endpoint": endpoint, "key": text(point), "secret": text(self.auth)}

    def read(self, body):
        clear = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        return json.loads(clear)


@pytest.fixture
def service(settings):
    """A push service on this machine; `status` is what it answers."""
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]

    def say_status(handler):
        handler.send_response(running.status)
        handler.end_headers()

    running = Canary(say_status)
    running.status = 201
    yield running
    running.close()


def test_only_the_browser_reads_the_message_and_the_service_knows_who_sends(service, settings):
    browser = Browser(service.url + "send/1")
    WebPush().send(**browser.given, content={"title": "公車改點", "body": "有人回覆您"})
    assert browser.read(service.bodies[0]) == {"title": "公車改點", "body": "有人回覆您"}
    assert "公車".encode() not in service.bodies[0]
    headers = service.seen[0][2]
    token = headers["Authorization"].split("t=")[1].split(",")[0]
    point = base64.urlsafe_b64decode(public_key() + "=")
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    claims = jwt.decode(token, key, algorithms=["ES256"], audience=service.url.rstrip("/"))
    assert claims["sub"] == settings.VAPID_CONTACT and headers["Content-Encoding"] == "aes128gcm"


def test_the_key_stays_the_same():
    assert private_key() == private_key() and public_key() == public_key()


@pytest.mark.parametrize(("status", "error"), [(410, SubscriptionGone), (404, SubscriptionGone), (503, OSError)])
def test_what_the_service_says_is_told_apart(service, status, error):
    service.status = status
    with pytest.raises(error):
        WebPush().send(**Browser(service.url).given, content={"title": "x"})


def test_keys_that_are_none_are_a_subscription_that_is_gone(service):
    with pytest.raises(SubscriptionGone):
        WebPush().send(endpoint=service.url, key="A" * 87, secret="s" * 22, content={"title": "x"})


def test_a_private_address_is_not_called(service, settings):
    settings.OUTBOUND_ALLOW = []
    with pytest.raises(OSError):
        WebPush().send(**Browser(service.url).given, content={"title": "x"})
    assert not service.seen


@pytest.fixture
def answered(db, space, member, neighbour):
    root = say(space, member, "末班車太早")
    say(space, neighbour, "同意", parent_id=root.pk)
    announcing.announce.func(space.pk)
    return member


def listen(member, service, language="zh-hant"):
    browser = Browser(service.url + secrets.token_hex(4))
    push.subscribe(member=member, **browser.given, language=language)
    return browser


def test_an_answer_rings_in_every_browser_in_its_own_language_and_once(service, answered, space):
    browsers = [listen(answered, service), listen(answered, service, "en")]
    assert push.send_push.func() == 2 and push.send_push.func() == 0
    read = [browser.read(body) for browser, body in zip(browsers, service.bodies, strict=True)]
    assert read[0]["body"] != read[1]["body"] and read[0]["url"].endswith("/") and "同意" not in str(read)


def test_what_does_not_name_or_answer_somebody_rings_nowhere(service, answered):
    listen(answered, service)
    Notice.objects.update(is_direct=False)
    assert push.send_push.func() == 0


def test_a_browser_that_took_its_subscription_back_is_forgotten(service, answered):
    listen(answered, service)
    service.status = 410
    assert push.send_push.func() == 0 and not PushSubscription.objects.exists()


def test_a_service_that_is_down_keeps_the_browser_until_it_has_failed_very_often(service, answered, monkeypatch):
    listen(answered, service)
    service.status = 503
    push.send_push.func()
    assert PushSubscription.objects.get().failures == 1
    monkeypatch.setattr(push, "MOST_FAILURES", 2)
    Notice.objects.update(pushed_at=None)
    push.send_push.func()
    assert not PushSubscription.objects.exists()


def test_a_browser_rings_for_whoever_subscribed_it_last(service, answered):
    browser = listen(answered, service)
    push.subscribe(member=make_member(), **browser.given, language="en")
    assert push.send_push.func() == 0


def test_the_eleventh_browser_takes_the_place_of_the_first(service, answered):
    for _ in range(push.MOST_BROWSERS + 1):
        listen(answered, service)
    assert PushSubscription.objects.filter(member=answered).count() == push.MOST_BROWSERS

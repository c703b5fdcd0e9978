"""Other people's programs hear what happens in a space: signed, in order, and again until they have it."""

import hmac
import json
from datetime import timedelta
from hashlib import sha256

import pytest
from django.urls import reverse
from django.utils import timezone

from cms.models import Webhook, WebhookTry
from cms.webhooks import sending
from discussions import events
from discussions.errors import CivicError, NotAllowed
from tests.factories import make_space, say
from tests.integrations.canary import Canary

pytestmark = pytest.mark.django_db


class Receiver(Canary):
    """Takes deliveries, or answers with `status`; `leads_to` makes it redirect."""

    def __init__(self):
        self.status, self.leads_to = 204, ""
        super().__init__(self._say)

    def _say(self, handler):
        handler.send_response(302 if self.leads_to else self.status)
        if self.leads_to:
            handler.send_header("Location", self.leads_to)
        handler.end_headers()

    @property
    def heard(self):
        return [event for body in self.bodies for event in json.loads(body)["events"]]


@pytest.fixture
def receiver(settings):
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    running = Receiver()
    yield running
    running.close()


@pytest.fixture
def webhook(receiver, space, communicator):
    return sending.subscribe(space=space, editor=communicator, url=receiver.url)


def deliver(webhook):
    return sending.deliver.func(webhook.pk)


def test_what_happens_is_told_in_order_signed_and_without_words(webhook, receiver, space, member):
    first, second = say(space, member, "末班車太早"), say(space, member, "票價太貴")
    assert deliver(webhook) == {"told": 2}
    assert [event["data"]["id"] for event in receiver.heard] == [first.pk, second.pk]
    assert [event["id"] for event in receiver.heard] == [f"{space.slug}:1", f"{space.slug}:2"]
    assert "末班車" not in receiver.bodies[0].decode()
    moment, digest = receiver.seen[0][2]["Minyi-Signature"].split(",")
    signed = f"{moment[2:]}.".encode() + receiver.bodies[0]
    assert digest == "v1=" + hmac.new(sending.secret_of(webhook).encode(), signed, sha256).hexdigest()
    assert deliver(webhook) == {"told": 0} and len(receiver.seen) == 1


def test_an_outage_of_a_day_loses_nothing(webhook, receiver, space, member):
    receiver.status, said = 500, []
    for hour in range(24):
        said.append(say(space, member, f"第 {hour} 小時的意見").pk)
        Webhook.objects.update(next_try_at=timezone.now() - timedelta(seconds=1))
        deliver(webhook)
    webhook.refresh_from_db()
    assert webhook.state == Webhook.State.ACTIVE and webhook.failures == 24 and webhook.cursor == 0
    assert webhook.next_try_at > timezone.now() + timedelta(hours=11)
    receiver.status = 200
    receiver.bodies.clear()
    Webhook.objects.update(next_try_at=timezone.now())
    assert deliver(webhook) == {"told": 24}
    assert [event["data"]["id"] for event in receiver.heard] == said
    webhook.refresh_from_db()
    assert webhook.failures == 0 and webhook.failing_since is None


def test_an_address_that_is_silent_for_days_is_left_alone_until_an_editor_says_go(
    webhook, receiver, space, member, communicator
):
    say(space, member, "有人嗎")
    receiver.status = 503
    Webhook.objects.update(failing_since=timezone.now() - timedelta(days=4))
    deliver(webhook)
    webhook.refresh_from_db()
    assert webhook.state == Webhook.State.GIVEN_UP
    assert deliver(webhook) == {"told": 0}
    receiver.status = 200
    sending.resume(webhook=webhook, editor=communicator)
    assert deliver(webhook) == {"told": 1}


def test_a_target_that_redirects_to_a_private_address_is_not_followed(webhook, receiver, space, member):
    secret = Canary()
    receiver.leads_to = f"http://127.0.0.2:{secret.port}/"
    say(space, member, "會轉走嗎")
    deliver(webhook)
    assert WebhookTry.objects.get().problem == "redirects" and not secret.seen
    secret.close()


def test_a_target_that_hangs_holds_nobody_up(webhook, space, member, monkeypatch):
    import socket

    monkeypatch.setattr("integrations.outbound.SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        Webhook.objects.update(url=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        say(space, member, "對方不說話")
        deliver(webhook)
    assert WebhookTry.objects.get().problem == "too_slow"


def test_a_hook_that_asked_for_some_kinds_hears_of_those_only(receiver, space, communicator, member):
    hook = sending.subscribe(space=space, editor=communicator, url=receiver.url, kinds=["proposal"])
    say(space, member, "這是意見")
    assert deliver(hook) == {"told": 0} and not receiver.seen
    hook.refresh_from_db()
    assert hook.cursor == events.last_seq(space.pk)


def test_what_waits_for_a_moderator_is_told_to_nobody(receiver, communicator, member, agency):
    held = make_space(agency=agency, holds_first_posts=True)
    hook = sending.subscribe(space=held, editor=communicator, url=receiver.url)
    say(held, member, "第一次發言")
    assert deliver(hook) == {"told": 0} and not receiver.seen


def test_two_workers_do_not_tell_it_twice(webhook, receiver, space, member):
    say(space, member, "只說一次")
    assert sending._claimed(webhook.pk) is not None
    assert deliver(webhook) == {"told": 0} and not receiver.seen


def test_the_clockwork_queues_only_hooks_with_something_to_hear(
    webhook, space, member, django_capture_on_commit_callbacks
):
    assert sending.enqueue_due() == 0
    say(space, member, "有新聞了")
    with django_capture_on_commit_callbacks(execute=True):
        assert sending.enqueue_due() == 1
    assert sending.enqueue_due() == 0


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "http://10.0.0.8/hook", "ftp://example.org/", "http://[::1]/"]
)
def test_a_private_address_is_refused_when_it_is_typed_in(space, communicator, url):
    with pytest.raises(CivicError):
        sending.subscribe(space=space, editor=communicator, url=url)
    assert not Webhook.objects.exists()


def test_citizens_and_moderators_do_not_set_up_webhooks(receiver, space, member, moderator):
    for somebody in (member, moderator):
        with pytest.raises(NotAllowed):
            sending.subscribe(space=space, editor=somebody, url=receiver.url)


def test_the_desk_adds_pauses_and_removes(client, receiver, space, communicator, moderator, member):
    address = reverse("space_webhooks", args=[space.slug])
    client.force_login(communicator)
    assert client.post(address, {"url": "http://10.0.0.8/hook"}).status_code == 422
    assert client.post(address, {"url": receiver.url, "kinds": ["comment"]}).status_code == 302
    page = client.get(address).content.decode()
    hook = Webhook.objects.get()
    assert receiver.url in page and sending.secret_of(hook) in page
    client.post(reverse("webhook_pause", args=[space.slug, hook.pk]))
    say(space, member, "暫停的時候")
    assert deliver(hook) == {"told": 0}
    client.post(reverse("webhook_resume", args=[space.slug, hook.pk]))
    assert deliver(hook) == {"told": 1}
    client.force_login(moderator)
    assert client.post(reverse("webhook_remove", args=[space.slug, hook.pk])).status_code in (302, 403)
    assert Webhook.objects.exists()
    client.force_login(communicator)
    client.post(reverse("webhook_remove", args=[space.slug, hook.pk]))
    assert not Webhook.objects.exists()

"""The frames of a space as Server-Sent Events: the same seat, the same words, without a WebSocket."""

import asyncio
import json

import pytest
from asgiref.testing import ApplicationCommunicator
from django.conf import settings
from django.test import Client

from civic.asgi import application
from discussions import events, hub, moderation, streams
from discussions.models import Phase
from tests import factories
from tests.discussions.browsers import DEADLINE, Browser, act, eventually

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "末班車可以延到十二點嗎"


class Stream:
    """An open stream, through the whole of civic.asgi."""

    def __init__(self, space, member=None, *, query="", headers=(), path="", method="GET"):
        self.client, self._member = Client(), member
        given = {b"host": b"testserver", b"sec-fetch-site": b"same-origin"} | dict(headers)
        self._headers = [(name, value) for name, value in given.items() if value is not None]
        self.scope = {
            "type": "http",
            "method": method,
            "path": path or f"/stream/p/{space.pk}/",
            "query_string": query.encode(),
        }
        self.heard: list[dict] = []
        self.text = ""
        self.is_over = False

    async def __aenter__(self):
        assert await self.open() == 200
        return self

    async def __aexit__(self, *_error):
        await self.leave()

    async def open(self) -> int:
        """Ask for it; the status of the answer."""
        headers = list(self._headers)
        if self._member is not None:
            await act(self.client.force_login)(self._member)
            cookie = self.client.cookies[settings.SESSION_COOKIE_NAME].value
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
        self.line = ApplicationCommunicator(application, {**self.scope, "headers": headers})
        await self.line.send_input({"type": "http.request", "body": b"", "more_body": False})
        answer = await self.line.receive_output(DEADLINE)
        self.headers = {name.decode(): value.decode() for name, value in answer["headers"]}
        return answer["status"]

    async def next(self) -> dict:
        """The next frame, as an EventSource reads it."""
        while "\n\n" not in self.text:
            body = await self.line.receive_output(DEADLINE)
            self.text += body["body"].decode()
            self.is_over = not body.get("more_body")
            assert not self.is_over, "the stream has ended"
        event, _end, self.text = self.text.partition("\n\n")
        fields = dict(line.split(": ", 1) for line in event.split("\n") if not line.startswith(":"))
        if "data" not in fields or fields.get("event") == "beat":
            return await self.next()
        frame = json.loads(fields["data"])
        assert fields.get("id") == (str(frame["seq"]) if frame.get("seq") else None)
        return frame

    async def until(self, **wanted) -> dict:
        async with asyncio.timeout(DEADLINE):
            while True:
                frame = await self.next()
                self.heard.append(frame)
                if all(frame.get(name) == value for name, value in wanted.items()):
                    return frame

    async def leave(self):
        await self.line.send_input({"type": "http.disconnect"})
        await self.line.wait(DEADLINE)


async def test_a_stream_hears_what_a_socket_hears_in_the_very_same_words(space, member):
    async with Browser(space) as browser, Stream(space) as stream:
        await browser.sit()
        await stream.until(type="synced")
        posted = await act(factories.say)(space, member, WORDS)
        over_socket = await browser.until(type="comment.posted", id=str(posted.pk))
        assert await stream.until(type="comment.posted", id=str(posted.pk)) == over_socket
        assert hub.current().halls[space.pk].people() == 2
    await eventually(lambda: not hub.current().halls)


async def test_no_proxy_keeps_or_holds_back_a_stream(space):
    async with Stream(space) as stream:
        assert stream.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert {"no-transform", "no-store"} <= set(stream.headers["cache-control"].split(", "))
        assert stream.headers["x-accel-buffering"] == "no"
        await stream.until(type="synced")


@pytest.mark.parametrize("where", ["query", "header", "both"])
async def test_whoever_comes_back_gets_what_was_missed_once_and_in_order(space, member, where):
    said = [await act(factories.say)(space, member, f"第{number}則意見") for number in range(3)]
    named = {
        "query": {"query": "after=1"},
        "header": {"headers": {b"last-event-id": b"1"}},
        # The browser comes back by itself: the address is still that of the beginning.
        "both": {"query": "after=0", "headers": {b"last-event-id": b"1"}},
    }[where]
    async with Stream(space, **named) as stream:
        await stream.until(type="synced", seq=3)
        assert [frame["id"] for frame in stream.heard[:-1]] == [str(comment.pk) for comment in said[1:]]


async def test_words_come_in_the_language_of_the_page(space, member):
    async with Stream(space, query="lang=en") as stream:
        await stream.until(type="synced")
        await act(factories.say)(space, member, WORDS)
        assert "/en/p/" in (await stream.until(type="comment.posted"))["html"]


async def test_hidden_words_leave_the_stream_too(space, member, moderator):
    posted = await act(factories.say)(space, member, WORDS)
    async with Stream(space, query="after=0") as stream:
        await stream.until(type="comment.posted")
        await act(moderation.hide)(target=posted, moderator=moderator, reason="insult")
        assert WORDS not in (await stream.until(type="comment.hidden"))["html"]


async def test_a_stream_beats_while_nothing_happens(space, monkeypatch):
    monkeypatch.setattr(streams, "HEARTBEAT", 0.05)
    async with Stream(space) as stream:
        await stream.until(type="presence")
        body = await stream.line.receive_output(DEADLINE)
        assert body["body"].decode() == streams.BEAT


@pytest.mark.parametrize(
    "headers",
    [
        {b"sec-fetch-site": b"cross-site"},
        {b"sec-fetch-site": b"same-site"},
        {b"sec-fetch-site": b"none"},
        {b"origin": b"https://evil.example"},
        {b"origin": b"null"},
        {b"host": b"evil.example"},
        {b"host": None},
    ],
)
async def test_other_pages_open_no_stream(space, headers):
    stream = Stream(space, headers=headers)
    assert await stream.open() == 403
    await stream.line.wait(DEADLINE)


async def test_what_is_not_there_or_not_to_be_seen_is_no_stream(space, moderator):
    assert await Stream(space, path="/stream/p/999999999/").open() == 404
    assert await Stream(space, method="POST").open() == 405
    space.phase = Phase.DRAFT
    await space.asave()
    assert await Stream(space).open() == 404
    async with Stream(space, moderator) as stream:
        await stream.until(type="synced")


async def test_whoever_is_signed_out_is_told_and_the_stream_ends(space, member):
    async with Stream(space, member) as stream:
        await stream.until(type="synced")
        await act(stream.client.logout)()
        started = asyncio.get_running_loop().time()
        await stream.until(type="signed_out")
        last = await stream.line.receive_output(DEADLINE)
        assert not last.get("more_body")
        assert asyncio.get_running_loop().time() - started <= 5


async def test_streams_and_sockets_of_an_address_are_counted_together_and_given_back(space, settings):
    settings.LINES_PER_ADDRESS = 3  # two of them for people who did not sign in
    async with Stream(space):
        async with Browser(space):
            refused = Stream(space)
            assert await refused.open() == 429
            assert refused.headers["retry-after"]
        async with Stream(space) as again:
            await again.until(type="synced")
    assert not hub.current().allowances._lines


async def test_without_an_asgi_server_what_was_missed_is_answered_at_once(space, member, client):
    posted = await act(factories.say)(space, member, WORDS)

    def ask(**headers):
        return client.get(f"/stream/p/{space.pk}/?after=0&lang=en", headers=headers)

    answer = await act(ask)()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/event-stream; charset=utf-8"
    body = answer.content.decode()
    assert WORDS in body and f'"id":"{posted.pk}"' in body and "/en/p/" in body
    assert body.endswith('id: 1\ndata: {"type":"synced","seq":1}\n\n') and "retry: 4000" in body
    assert WORDS not in (await act(ask)(last_event_id="1")).content.decode()
    assert (await act(client.get)("/stream/p/999999999/")).status_code == 404


async def test_too_much_missed_is_a_gap_on_a_stream_too(space, member, client, monkeypatch):
    monkeypatch.setattr(events, "PAGE", 2)
    for number in range(4):
        await act(factories.say)(space, member, f"第{number}則意見")
    async with Stream(space, query="after=0") as stream:
        await stream.until(type="gap", seq=4)
        await stream.until(type="synced", seq=4)
    assert '"gap"' in (await act(client.get)(f"/stream/p/{space.pk}/?after=0")).content.decode()

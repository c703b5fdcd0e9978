"""The frames of a space as Server-Sent Events, for pages whose network lets no WebSocket through.

The same seat in the same hall, and the same strings as over the socket. Only the hearing goes this way; what a page
sends goes by plain requests. This is an ASGI application beside Django, like the consumer: a view of Django's would
keep a thread for each stream. `answer_once` serves whatever has no ASGI server below it.
"""

import asyncio
import logging
import re
from urllib.parse import parse_qs

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.utils import translation
from django.views.decorators.http import require_GET

from discussions import events, frames, hub, origins, rules
from discussions.callers import caller_of
from discussions.halls import HEARTBEAT
from discussions.models import Space
from discussions.seats import Seat

logger = logging.getLogger(__name__)

PATH = re.compile(r"/stream/p/([0-9]{1,18})/")
COME_BACK = 4000  # ms after which a browser that lost the stream asks again
# Some proxies hold back what is short.
OPENING = f":{' ' * 2048}\nretry: {COME_BACK}\n\n"
BEAT = "event: beat\ndata: 1\n\n"
HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    # No proxy may keep it, change it or wait until it is complete.
    "Cache-Control": "no-cache, no-store, no-transform",
    "X-Accel-Buffering": "no",
    "X-Content-Type-Options": "nosniff",
}


def as_event(text: str, seq: int) -> str:
    """An encoded frame on the stream. A browser says the last `id` it heard when it comes back."""
    return f"id: {seq}\ndata: {text}\n\n" if seq else f"data: {text}\n\n"


class SpaceStream:
    """ASGI application for GET /stream/p/<space id>/?after=<seq>&lang=&watching=1, inside AuthMiddlewareStack."""

    async def __call__(self, scope, receive, send):
        if scope["method"] != "GET":
            return await _refuse(send, 405)
        if not _is_asked_by_us(scope["headers"]):
            return await _refuse(send, 403)
        caller, allowances = caller_of(scope), hub.current().allowances
        if not allowances.admit(caller):
            return await _refuse(send, 429)
        try:
            await self._serve(scope, receive, send, caller)
        finally:
            allowances.release(caller)

    async def _serve(self, scope, receive, send, caller) -> None:
        space_id = int(PATH.fullmatch(scope["path"])[1])
        query = parse_qs(scope["query_string"].decode("latin-1"))
        try:
            seq = await hub.current().opening(space_id, caller.member_id)
        except DatabaseError:
            logger.warning("A reader of space %s has to come back later.", space_id, exc_info=True)
            return await _refuse(send, 503)
        if seq is None:
            return await _refuse(send, 404)
        after = after_of(query.get("after", [""])[0], _header(scope["headers"], b"last-event-id"))
        ended = asyncio.Event()

        async def say(text: str, seq: int) -> None:
            event = as_event(text, seq) if text else BEAT
            await send({"type": "http.response.body", "body": event.encode(), "more_body": True})

        async def close(_code: int) -> None:
            ended.set()

        seat = Seat(caller, send=say, close=close, counted="watching" not in query)
        headers = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": OPENING.encode(), "more_body": True})
        listening = asyncio.ensure_future(_left(receive))
        closing = asyncio.ensure_future(ended.wait())
        try:
            await hub.current().enter(space_id, seat, seq if after is None else after)
            while not (await asyncio.wait({listening, closing}, timeout=HEARTBEAT, return_when="FIRST_COMPLETED"))[0]:
                seat.mention("", "beat")
        except DatabaseError:
            logger.warning("A reader of space %s has to come back later.", space_id, exc_info=True)
        finally:
            listening.cancel()
            closing.cancel()
            await hub.current().leave(space_id, seat)
        if not listening.done() or listening.cancelled():
            await send({"type": "http.response.body", "body": b""})


class Streams:
    """ASGI middleware round Django: takes the requests for a stream, passes on all others."""

    def __init__(self, stream, application):
        self.stream, self.application = stream, application

    async def __call__(self, scope, receive, send):
        chosen = self.stream if PATH.fullmatch(scope["path"]) else self.application
        return await chosen(scope, receive, send)


@require_GET
def answer_once(request, space_id: int) -> HttpResponse:
    """The same address without an ASGI server: what was missed, and the browser asks again a moment later."""
    space = Space.objects.filter(pk=space_id).first()
    if space is None or not rules.may_see(request.user, space):
        return HttpResponse(status=404)
    after = after_of(request.GET.get("after", ""), request.headers.get("Last-Event-ID", ""))
    after = events.last_seq(space.pk) if after is None else after
    batch = frames.load(space.pk, after)
    try:
        language = translation.get_supported_language_variant(request.GET.get("lang", "").lower())
    except (LookupError, ValueError):
        language = translation.get_language()
    told = [as_event(frame.texts[language], frame.seq) for frame in batch.frames]
    if not batch.complete:
        told = [as_event(frames.gap(batch.seq), batch.seq)]
    told.append(as_event(frames.encoded({"type": "synced", "seq": batch.seq}), batch.seq))
    return HttpResponse(OPENING + "".join(told), headers=HEADERS)


def after_of(asked: str, last_heard: str) -> int | None:
    """The number after which a reader wants to hear: the later of what the page asks for and what its browser heard
    last. None when neither is a number."""
    numbers = [int(given) for given in (asked, last_heard) if given.isascii() and given.isdecimal() and len(given) < 16]
    return max(numbers, default=None)


def _is_asked_by_us(headers) -> bool:
    """True for pages of this site. A browser says where a request comes from, and no other page may hold lines of ours
    open; one that says nothing is no page."""
    host = _header(headers, b"host").lower()
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return False
    if _header(headers, b"sec-fetch-site") not in {"", "same-origin"}:
        return False
    return not _header(headers, b"origin") or origins.is_ours(headers)


def _header(headers, name: bytes) -> str:
    return next((value.decode("latin-1") for given, value in headers if given == name), "")


async def _left(receive) -> None:
    """Returns when the reader has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _refuse(send, status: int) -> None:
    headers = [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")]
    if status in {429, 503}:
        headers.append((b"retry-after", b"10"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})

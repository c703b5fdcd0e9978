"""The socket of a space: a frame becomes a form becomes the same action as over HTTP, and the answer acknowledges it.

The consumer keeps no state of the discussion. What happens in the space comes from the hub; docs/protocol.md lists the
frames of both directions.
"""

import json
import logging
import re

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.security.websocket import WebsocketDenier
from django.db import DatabaseError
from django.utils import translation
from django.utils.translation import gettext as _

from discussions import hub
from discussions.callers import caller_of, member_of
from discussions.commands import COMMANDS, Malformed
from discussions.errors import CivicError, TooSoon
from discussions.frames import encoded
from discussions.models import Space
from discussions.seats import Seat

logger = logging.getLogger(__name__)

FRAME_LIMIT = 16 * 1024  # bytes

TOO_BIG, POLICY = 1009, 1008

_FRAME_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Throttled(CivicError):
    """More frames than a person sends."""

    status = 429
    code = "throttled"

    def __init__(self):
        super().__init__(_("That was very fast. Please wait a few seconds; nothing of what you wrote is lost."))


class SpaceConsumer(AsyncWebsocketConsumer):
    """One browser's line to one space."""

    # No channel of its own: the hub holds one subscription for all sockets of the process.
    channel_layer_alias = "none"

    async def __call__(self, scope, receive, send):
        self.caller, self.seat, self.space_id = caller_of(scope), None, scope["url_route"]["kwargs"]["space_id"]
        home = hub.current()
        if not home.allowances.admit(self.caller):
            return await WebsocketDenier()(scope, receive, send)
        try:
            return await super().__call__(scope, receive, send)
        finally:
            # However the line ended.
            home.allowances.release(self.caller)
            if self.seat is not None:
                await home.leave(self.space_id, self.seat)

    async def connect(self):
        seq = await hub.current().opening(self.space_id, self.caller.member_id)
        if seq is None:
            await self.close()
            return
        await self.accept()
        is_member = self.caller.member_id is not None
        await self.reply({"type": "hello", "space": self.space_id, "seq": seq, "signed_in": is_member})

    async def receive(self, text_data=None, bytes_data=None):
        if self.seat is not None and self.seat.dismissed:
            return
        if len(bytes_data or b"") > FRAME_LIMIT or len((text_data or "").encode("utf-8", "replace")) > FRAME_LIMIT:
            await self.close(TOO_BIG)
            return
        frame = None
        is_calm, may_stay = hub.current().allowances.frames(self.caller)
        with translation.override(self.caller.language):
            try:
                frame = parsed(text_data)
                if not is_calm:
                    raise Throttled
                await self.reply(await self._answer(frame))
            except CivicError as error:
                await self.reply(refusal(frame, error))
        if not may_stay:
            await self.close(POLICY)
        elif not is_calm and frame is not None and frame["type"] == "hello":
            # It would wait for nothing here; the page opens another line later.
            await self.close(hub.TRY_LATER)

    async def reply(self, content: dict | None) -> None:
        """Send something to this browser alone."""
        if content is not None:
            await self.send(text_data=encoded(content))

    async def _answer(self, frame: dict) -> dict | None:
        if frame["type"] == "ping":
            return {"type": "pong"}
        if frame["type"] == "hello":
            return await self._take_seat(frame)
        if frame["type"] not in COMMANDS:
            raise Malformed
        return await perform(self.space_id, self.caller.member_id, self.caller.language, frame)

    async def _take_seat(self, frame: dict) -> None:
        """From here on the hub writes to this socket. Said again, it catches up anew."""
        seq = frame.get("seq")
        if not isinstance(seq, int) or isinstance(seq, bool) or seq < 0:
            raise Malformed
        if self.seat is not None:
            await hub.current().leave(self.space_id, self.seat)
        self.seat = Seat(self.caller, send=self._send_text, close=self.close, counted=not frame.get("watching"))
        try:
            await hub.current().enter(self.space_id, self.seat, seq)
        except DatabaseError:
            logger.warning("A reader of space %s has to come back later.", self.space_id, exc_info=True)
            await self.close(hub.TRY_LATER)

    async def _send_text(self, text: str, seq: int) -> None:
        await self.send(text_data=text)


def parsed(text: str | None) -> dict:
    """A frame: an object of plain values with a `type`. Raises Malformed."""
    try:
        frame = json.loads(text or "")
    except (ValueError, RecursionError):
        raise Malformed from None
    if not isinstance(frame, dict) or not isinstance(frame.get("type"), str):
        raise Malformed
    if not all(value is None or isinstance(value, str | int | bool) for value in frame.values()):
        raise Malformed
    return frame


def refusal(frame: dict | None, error: CivicError) -> dict:
    """The one place where a refusal becomes a frame."""
    more = {"retry_after": error.retry_after} if isinstance(error, TooSoon) else {}
    return {"re": frame_id(frame), "error": error.code, "message": error.message, **more}


def frame_id(frame: dict | None) -> str | None:
    """The id under which a frame is acknowledged."""
    given = (frame or {}).get("id")
    return given if isinstance(given, str) and _FRAME_ID.fullmatch(given) else None


@database_sync_to_async
def perform(space_id: int, member_id: int | None, language: str, frame: dict) -> dict:
    """Do what a frame asks, as the member stands now, and acknowledge it."""
    with translation.override(language):
        try:
            space = Space.objects.get(pk=space_id)
            outcome = COMMANDS[frame["type"]](space, member_of(member_id), frame)
        except CivicError as error:
            return refusal(frame, error)
        except DatabaseError:
            logger.warning("A frame could not be saved; the page will send it again.", exc_info=True)
            words = _("This could not be saved just now. It is kept on this page and sent again by itself.")
            return {"re": frame_id(frame), "error": "unavailable", "message": words}
    return {"re": frame_id(frame), "ok": True, **outcome}

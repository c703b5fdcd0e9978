"""Browsers for tests of the live side: a socket through the whole of civic.asgi, cookies and origin included."""

import asyncio
import json
from urllib.parse import urlsplit

from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client

from civic.asgi import application

# channels.testing would bring daphne; the communicator below it is all that is needed.

ORIGIN = b"http://testserver"
DEADLINE = 8.0


class Browser:
    """One open page of a space. Use as `async with Browser(space, member) as browser`."""

    def __init__(self, space, member=None, *, origin=ORIGIN, headers=(), query="", path=""):
        self.client = Client()
        self._member = member
        self._given = [
            (b"host", b"testserver"),
            *((b"origin", value) for value in [origin] if value is not None),
            *headers,
        ]
        self._path = path or f"/ws/p/{space.pk}/{query}"
        self.hello: dict = {}
        self.heard: list[dict] = []

    async def __aenter__(self):
        assert await self.connect(), "the socket was refused"
        return self

    async def __aexit__(self, *_error):
        await self.leave()

    async def connect(self) -> bool:
        """Open the socket; True when it is accepted and has said hello."""
        headers = list(self._given)
        if self._member is not None:
            await database_sync_to_async(self.client.force_login)(self._member)
            cookie = self.client.cookies[settings.SESSION_COOKIE_NAME].value
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
        place = urlsplit(self._path)
        scope = {
            "type": "websocket",
            "path": place.path,
            "query_string": place.query.encode(),
            "headers": headers,
            "subprotocols": [],
        }
        self.socket = ApplicationCommunicator(application, scope)
        await self.socket.send_input({"type": "websocket.connect"})
        answer = await self.socket.receive_output(DEADLINE)
        if answer["type"] == "websocket.accept":
            self.hello = await self.next()
            return True
        assert answer["type"] == "websocket.close"
        await self.leave()
        return False

    async def leave(self):
        """Close the page."""
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1001})
        await self.socket.wait(DEADLINE)

    async def send_text(self, text: str):
        """Send a frame as it stands."""
        await self.socket.send_input({"type": "websocket.receive", "text": text})

    async def send(self, **frame):
        await self.send_text(json.dumps(frame, ensure_ascii=False))

    async def next(self) -> dict:
        output = await self.socket.receive_output(DEADLINE)
        assert output["type"] == "websocket.send", output
        return json.loads(output["text"])

    async def until(self, **wanted) -> dict:
        """The next frame with these values; those before it are kept in `heard`."""
        async with asyncio.timeout(DEADLINE):
            while True:
                frame = await self.next()
                self.heard.append(frame)
                if all(frame.get(name) == value for name, value in wanted.items()):
                    return frame

    async def sit(self, seq=None):
        """Say hello and catch up; the frames that were missed are returned."""
        await self.send(type="hello", seq=self.hello["seq"] if seq is None else seq)
        self.heard.clear()
        await self.until(type="synced")
        return [frame for frame in self.heard if frame["type"] not in {"synced", "presence"}]

    async def ask_for(self, **frame) -> dict:
        """Send a frame and wait for its answer."""
        await self.send(**frame)
        return await self.until(re=frame["id"])

    async def closed_with(self) -> int:
        """The code with which the server closes this socket."""
        async with asyncio.timeout(DEADLINE):
            while True:
                output = await self.socket.receive_output(DEADLINE)
                if output["type"] == "websocket.close":
                    return output["code"]
                self.heard.append(json.loads(output["text"]))


act = database_sync_to_async


async def eventually(check):
    """Wait until `check()` holds, at most DEADLINE seconds."""
    async with asyncio.timeout(DEADLINE):
        while not check():
            await asyncio.sleep(0.02)

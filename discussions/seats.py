"""One socket as the hub sees it: a bounded queue, and a writer that empties it at the reader's own pace."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from discussions import events, frames

QUEUE = events.PAGE + 56  # frames a seat may be behind: whoever catches up gets at most a page of them at once
GAPS = 3  # times a seat may fall behind without reading before it is closed


class Seat:
    """One socket. `send` and `close` belong to its consumer; everything else is the hub's."""

    def __init__(
        self,
        *,
        send: Callable[[str], Awaitable],
        close: Callable[[int], Awaitable],
        language: str,
        member_id: int | None = None,
        session_key: str = "",
        session_hash: str = "",
        counted: bool = True,
    ):
        self._send, self._close = send, close
        self.language, self.counted = language, counted
        self.member_id, self.session_key, self.session_hash = member_id, session_key, session_hash
        self.seq = 0
        self.gaps = 0
        self.dismissed = False
        self._queue: deque[str] = deque()
        self._awake = asyncio.Event()

    @property
    def who(self):
        """A member counts once, however many windows are open; a guest counts as a socket."""
        return self.member_id or self

    def offer(self, frame: frames.Frame) -> None:
        """Queue a frame unless the page knows it already."""
        if frame.seq > self.seq:
            self.push(frame.texts[self.language], frame.seq)

    def push(self, text: str, seq: int) -> None:
        """Queue an encoded frame; a full queue becomes one "gap" frame that stands for everything up to `seq`."""
        if len(self._queue) >= QUEUE:
            self._queue.clear()
            self.gaps += 1
            text = frames.gap(seq)
        self._queue.append(text)
        self._awake.set()

    def mention(self, text: str) -> None:
        """Queue something a slow reader may miss."""
        if len(self._queue) < QUEUE // 2:
            self._queue.append(text)
            self._awake.set()

    async def write(self) -> None:
        """Send what is queued, for ever. Ends when the socket is gone."""
        try:
            while True:
                await self._awake.wait()
                self._awake.clear()
                while self._queue:
                    await self._send(self._queue.popleft())
                self.gaps = 0
        except (OSError, RuntimeError):
            self._queue.clear()  # the other side has left; its consumer will say so

    async def dismiss(self, code: int, text: str = "") -> None:
        """Close the socket, with a last word."""
        self.dismissed = True
        try:
            if text:
                await self._send(text)
            await self._close(code)
        except (OSError, RuntimeError):
            pass  # gone already

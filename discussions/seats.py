"""One reader as the hub sees it: what is on its way to them, bounded, and a writer that sends it at their own pace.

A reader who is slower than the room does not get a longer and longer queue but a snapshot: of each thing only the
newest frame waits. The server's own buffer for a socket holds 64 KiB before `send` waits; with what waits here that
makes at most 256 KiB for a reader who stands still. Beyond that one "gap" frame stands for everything: fetch the page
anew.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable

from discussions import events, frames
from discussions.callers import Caller

QUEUE = events.PAGE + 56  # frames that may wait: whoever catches up gets at most a page of them at once
QUEUE_BYTES = 192 * 1024  # and how long they may be together
GAPS = 3  # times a seat may fall behind without reading before it is closed
LAST_WORD = 10.0  # seconds a reader has to take the last frame


class Seat:
    """One socket or stream. `send` and `close` belong to it; everything else is the hub's.

    `send` takes an encoded frame and the number of the event it speaks of (0: of none), and waits while the reader's
    line is full. It raises OSError or RuntimeError when the line is gone.
    """

    def __init__(
        self,
        caller: Caller,
        *,
        send: Callable[[str, int], Awaitable],
        close: Callable[[int], Awaitable],
        counted: bool = True,
    ):
        self._send, self._close = send, close
        self.caller, self.counted = caller, counted
        self.seq = 0
        self.gaps = 0
        self.dismissed = False
        self._waiting: dict[Hashable, tuple[str, int, int]] = {}  # frame, number of the event, bytes
        self._bytes = 0
        self._awake = asyncio.Event()

    def offer(self, frame: frames.Frame) -> None:
        """Queue a frame unless the page knows it already. It takes the place of an older one about the same thing."""
        if frame.seq > self.seq:
            self.push(frame.texts[self.caller.language], frame.seq, frame.key)

    def push(self, text: str, seq: int, key: Hashable) -> None:
        """Queue an encoded frame at the end, instead of what waits under the same key."""
        self._forget(key)
        size = len(text.encode())
        if len(self._waiting) >= QUEUE or self._bytes + size > QUEUE_BYTES:
            self._clear()
            self.gaps += 1
            text, key = frames.gap(seq), "gap"
            size = len(text)
        self._waiting[key] = text, seq, size
        self._bytes += size
        self._awake.set()

    def mention(self, text: str, key: Hashable) -> None:
        """Queue something a slow reader may miss."""
        if len(self._waiting) < QUEUE // 2 and self._bytes < QUEUE_BYTES // 2:
            self.push(text, 0, key)

    async def write(self) -> None:
        """Send what is queued, for ever. Ends when the socket is gone."""
        try:
            while True:
                await self._awake.wait()
                self._awake.clear()
                while self._waiting:
                    key = next(iter(self._waiting))
                    text, seq, size = self._waiting.pop(key)
                    self._bytes -= size
                    await self._send(text, seq)
                self.gaps = 0
        except (OSError, RuntimeError):
            self._clear()  # the other side has left; its consumer will say so

    async def dismiss(self, code: int, text: str = "") -> None:
        """Close the socket, with a last word."""
        self.dismissed = True
        try:
            async with asyncio.timeout(LAST_WORD):
                if text:
                    await self._send(text, 0)
                await self._close(code)
        except (OSError, RuntimeError):
            pass  # gone already, or it takes nothing any more (TimeoutError is an OSError)

    def _forget(self, key: Hashable) -> None:
        if key in self._waiting:
            self._bytes -= self._waiting.pop(key)[2]

    def _clear(self) -> None:
        self._waiting.clear()
        self._bytes = 0

"""A crowd for the benchmarks of live pages: thousands of sockets in one process, and the web server they sit in.

A reader costs a few microseconds for each frame, so that what is measured is the server and not the crowd. Sockets come
from several addresses of the loopback network: one address has no more than some 28,000 ports, and the server gives one
address only so many lines.
"""

import asyncio
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import place

HOST = "127.0.0.1"
PER_ADDRESS = 1500  # sockets of the crowd from one address
OPENING = 50  # sockets opened at a time
TICKS = os.sysconf("SC_CLK_TCK")
HEADER = 2  # of a frame, without the longer lengths
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Reader(asyncio.Protocol):
    """One open page. `hear(reader, frame, at)` gets every text frame as bytes."""

    def __init__(self, port: int, space_id: int, hear: Callable, *, cookie: str = "", speaks_minyi: bool = True):
        self.port, self.space_id, self.hear, self.cookie = port, space_id, hear, cookie
        self.speaks_minyi = speaks_minyi
        self.is_quiet = False  # says no hello: is answered, and hears nothing else
        self.seq: int | None = None
        self.heard = 0
        self.notes: list = []
        self.answers: dict[str, asyncio.Future] = {}
        self._buffer = bytearray()
        self._is_open = False

    def connection_made(self, transport):
        self.transport = transport
        self._buffer.clear()
        self._is_open = False
        self.ready = asyncio.get_running_loop().create_future()
        self.gone = asyncio.get_running_loop().create_future()
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        transport.write(
            f"GET /ws/p/{self.space_id}/?lang=zh-hant HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nConnection: Upgrade\r\n"
            f"Upgrade: websocket\r\nOrigin: http://{HOST}:{self.port}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n{cookie}\r\n".encode()
        )

    def data_received(self, data):
        at = time.perf_counter()
        self._buffer += data
        if not self._is_open and not self._opened():
            return
        while (frame := self._next()) is not None:
            code, payload = frame
            if code == TEXT:
                self._heard(payload, at)
            elif code == PING:
                self._write(PONG, payload)
            elif code == CLOSE:
                self.transport.close()

    def connection_lost(self, _error):
        for future in (self.ready, self.gone, *self.answers.values()):
            if not future.done():
                future.set_exception(ConnectionError("the line is gone"))
                future.exception()

    def say(self, **frame) -> None:
        """Send a frame."""
        self._write(TEXT, json.dumps(frame).encode())

    def ask_for(self, **frame) -> asyncio.Future:
        """Send a frame; the answer to it. Raises ConnectionError when the line is gone."""
        if self.transport.is_closing():
            raise ConnectionError("the line is gone")
        self.answers[frame["id"]] = asyncio.get_running_loop().create_future()
        self.say(**frame)
        return self.answers[frame["id"]]

    def _heard(self, payload: bytes, at: float) -> None:
        if payload.startswith(b'{"re":'):
            answer = json.loads(payload)
            if answer["re"] in self.answers:
                self.answers.pop(answer["re"]).set_result(answer)
        elif payload.startswith(b'{"type":"hello"'):
            if self.is_quiet:
                self._arrived()
            else:
                self.seq = json.loads(payload)["seq"] if self.seq is None else self.seq
                self.say(type="hello", seq=self.seq)
        elif payload.startswith(b'{"type":"synced"'):
            self._arrived()
        else:
            self.heard += 1
            self.hear(self, payload, at)

    def _arrived(self) -> None:
        if not self.ready.done():
            self.ready.set_result(time.perf_counter())

    def _opened(self) -> bool:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if b" 101 " not in self._buffer[: self._buffer.find(b"\r\n")]:
            self.transport.close()
            return False
        del self._buffer[: end + 4]
        self._is_open = True
        if not self.speaks_minyi:
            self._arrived()
        return True

    def _next(self) -> tuple[int, bytes] | None:
        """The next whole frame; servers neither mask nor, this one, divide them."""
        buffer = self._buffer
        if len(buffer) < HEADER:
            return None
        length, start = buffer[1] & 127, HEADER
        if length >= 126:
            start = HEADER + (2 if length == 126 else 8)
            if len(buffer) < start:
                return None
            length = int.from_bytes(buffer[HEADER:start], "big")
        if len(buffer) < start + length:
            return None
        code, payload = buffer[0] & 15, bytes(buffer[start : start + length])
        del buffer[: start + length]
        return code, payload

    def _write(self, code: int, payload: bytes) -> None:
        size = len(payload)
        length = bytes([128 | size]) if size < 126 else bytes([128 | 126]) + size.to_bytes(2, "big")
        # Masked with zeros: what a browser draws at random protects proxies, and there is none.
        self.transport.write(bytes([128 | code]) + length + bytes(4) + payload)


async def seat(reader: Reader, number: int) -> Reader:
    """Connect a reader from the address of its number, and wait until it is served. Raises OSError."""
    source = f"127.0.{1 + number // PER_ADDRESS}.1"
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(60):
        await loop.create_connection(lambda: reader, HOST, reader.port, local_addr=(source, 0))
        await reader.ready
    return reader


async def seat_all(readers: list[Reader], first: int = 0) -> list[Reader]:
    """Connect many, some at a time."""
    for start in range(0, len(readers), OPENING):
        some = readers[start : start + OPENING]
        await asyncio.gather(*(seat(reader, first + start + place) for place, reader in enumerate(some)))
    return readers


async def until(condition: Callable[[], bool], seconds: float) -> bool:
    """Wait until it holds, at most so long. True when it does."""
    ends = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < ends:
        await asyncio.sleep(0.1)
    return holds


class Server:
    """One web process, on a port that stays the same when it is killed and started again."""

    def __init__(self, application: str, **environment: str):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        self._command = [sys.executable, "-m", "uvicorn", application, "--host", HOST, "--port", str(self.port)]
        self._command += ["--lifespan", "off", "--log-level", "error", "--no-access-log", "--backlog", "4096"]
        self._command += ["--ws-per-message-deflate", "false"]
        self._environment = environment
        self.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    def start(self) -> None:
        """Start it, without waiting for anything it does."""
        self._process = subprocess.Popen(self._command, cwd=place.ROOT, env=os.environ | self._environment)

    async def ready(self) -> None:
        """Return when it takes connections. It must not be awaited in vain: TimeoutError after two minutes."""
        async with asyncio.timeout(120):
            while True:
                try:
                    _reader, writer = await asyncio.open_connection(HOST, self.port)
                    writer.close()
                    return
                except OSError:
                    await asyncio.sleep(0.05)

    def kill(self) -> None:
        """kill -9."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Ask it to end, and see that it does."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self.kill()

    def cpu(self) -> float:
        """Seconds of processor time so far."""
        return cpu(self.pid)

    def memory(self) -> float:
        """KiB of memory in use."""
        for line in Path(f"/proc/{self.pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmRSS"):
                return float(line.split()[1])
        raise ValueError("no memory figure for this process")


def cpu(pid: int) -> float:
    """Seconds of processor time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def open_many_files() -> int:
    """Raise the limit of open files as far as it goes, for this process and those it starts; the limit."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def cookie_of(member) -> str:
    """The cookie of a fresh session."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"

"""A page of a hearing that stays open whatever happens to the server, as socket.js keeps it: it comes back by itself
with the last number it heard, and sends what was not acknowledged again under the same id."""

import json
import random
import threading
import time

from django.conf import settings
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from discussions.models import Space
from tests.scale.processes import HOST
from tests.scale.visitors import SILENCE

LONGEST_WAIT = 10.0  # seconds between two attempts, drawn at random below it
LISTEN = 0.1  # seconds between two looks at what there is to send


class Attending:
    """An open page. `heard` are the frames of the room in order, over all connections."""

    def __init__(self, port: int, space: Space, *, session: str = "", seed: int = 0):
        self._address = f"ws://{HOST}:{port}/ws/p/{space.pk}/?lang=zh-hant"
        self._origin = f"http://{HOST}:{port}"
        self._headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} if session else None
        self._chance = random.Random(seed)
        self._is_over = threading.Event()
        self._kept: dict[str, dict] = {}
        self._unsent: set[str] = set()
        self.answers: dict[str, dict] = {}
        self.heard: list[dict] = []
        self.seq: int | None = None
        self.losses: list[float] = []  # when a line broke
        self.returns: list[float] = []  # when everything missed had come
        self._thread = threading.Thread(target=self._stay, daemon=True)
        self._thread.start()

    @property
    def is_synced(self) -> bool:
        """Whether the line is up and everything has come."""
        return len(self.returns) > len(self.losses)

    def send(self, **frame) -> None:
        """Send it until it is acknowledged."""
        self._kept[frame["id"]] = frame
        self._unsent.add(frame["id"])

    def close(self) -> None:
        """The page is closed."""
        self._is_over.set()
        self._thread.join(SILENCE)

    def _stay(self) -> None:
        failures = 0
        while not self._is_over.is_set():
            was = len(self.returns)
            try:
                self._attend()
            except (OSError, WebSocketException):
                if len(self.returns) > was:
                    failures = 0
                    self.losses.append(time.monotonic())
                failures += 1
                self._is_over.wait(self._chance.random() * min(LONGEST_WAIT, 2.0 ** (failures - 1)))

    def _attend(self) -> None:
        with connect(
            self._address, origin=self._origin, additional_headers=self._headers, open_timeout=SILENCE, proxy=None
        ) as line:
            is_synced = False
            while not self._is_over.is_set():
                while is_synced and self._unsent:
                    line.send(json.dumps(self._kept[self._unsent.pop()]))
                try:
                    frame = json.loads(line.recv(timeout=LISTEN))
                except TimeoutError:
                    continue
                if frame.get("type") == "hello":
                    self.seq = frame["seq"] if self.seq is None else self.seq
                    line.send(json.dumps({"type": "hello", "seq": self.seq}))
                elif frame.get("type") == "synced":
                    is_synced = True
                    self.returns.append(time.monotonic())
                    self._unsent |= set(self._kept)
                elif "re" in frame:
                    self._answered(frame)
                else:
                    self.seq = max(self.seq, frame.get("seq", 0))
                    self.heard.append(frame)

    def _answered(self, answer: dict) -> None:
        """What the server could not take just now is sent again; everything else is settled."""
        if answer.get("error") in {"unavailable", "throttled"}:
            self._unsent.add(answer["re"])
        elif self._kept.pop(answer["re"], None):
            self.answers[answer["re"]] = answer

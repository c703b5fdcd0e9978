"""People at the doors of a web process: a form that is sent, a socket that listens."""

import http.client
import json
import time
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.conf import settings
from django.test import Client
from websockets.sync.client import connect

from discussions.models import Member, Space
from tests.scale.processes import HOST

TOKEN = "t" * 32  # the page's token against forged forms, cookie and field alike
SILENCE = 15.0  # seconds without an answer after which a browser would give up


@dataclass(frozen=True)
class Answer:
    """What a form brought back, and after how many seconds."""

    status: int
    body: str
    seconds: float


def session_of(member: Member) -> str:
    """The cookie of a fresh session."""
    client = Client()
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def ask(port: int, path: str, *, session: str = "", form: dict[str, str] | None = None) -> Answer:
    """GET, or POST when there is a form, as htmx sends it. Raises OSError or HTTPException when the line breaks."""
    began = time.monotonic()
    line = http.client.HTTPConnection(HOST, port, timeout=SILENCE)
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"}
    try:
        if form is None:
            line.request("GET", path, headers=headers)
        else:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "HX-Request": "true"}
            line.request("POST", path, urlencode(form | {"csrfmiddlewaretoken": TOKEN}), headers)
        response = line.getresponse()
        return Answer(response.status, response.read().decode(), time.monotonic() - began)
    finally:
        line.close()


def post(port: int, space: Space, *, session: str, text: str, client_id: str) -> Answer:
    """Send an opinion."""
    form = {"text": text, "client_id": client_id}
    return ask(port, f"/p/{quote(space.slug)}/c/", session=session, form=form)


class Listening:
    """A page of a space that is open: what its socket hears."""

    def __init__(self, port: int, space: Space, *, session: str = ""):
        address = f"ws://{HOST}:{port}/ws/p/{space.pk}/?lang=zh-hant"
        cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session}"} if session else None
        self._window = ExitStack()
        self._socket = self._window.enter_context(
            connect(
                address, origin=f"http://{HOST}:{port}", additional_headers=cookie, open_timeout=SILENCE, proxy=None
            )
        )
        self.heard: list[dict] = []
        hello = self.hear(lambda frame: frame["type"] == "hello")
        self._socket.send(json.dumps({"type": "hello", "seq": hello["seq"]}))
        self.hear(lambda frame: frame["type"] == "synced")

    def hear(self, is_it, *, patience: float = SILENCE) -> dict:
        """The next frame that `is_it`. AssertionError when it does not come in `patience` seconds."""
        limit = time.monotonic() + patience
        while True:
            try:
                frame = json.loads(self._socket.recv(timeout=max(0.0, limit - time.monotonic())))
            except TimeoutError:
                raise AssertionError(f"not heard in {patience:.0f} s; the last was {self.heard[-1:]}") from None
            self.heard.append(frame)
            if is_it(frame):
                return frame

    def hear_words(self, words: str, *, patience: float = SILENCE) -> dict:
        """The frame that brings these words."""
        return self.hear(lambda frame: words in frame.get("html", ""), patience=patience)

    def happens_to_hear(self, words: str, *, patience: float) -> bool:
        """Whether the words come in time; what came instead is kept in `heard`."""
        try:
            self.hear_words(words, patience=patience)
        except AssertionError:
            return False
        return True

    def hear_people(self, number: int, *, patience: float) -> dict:
        """The frame that says so many people are here."""
        wanted = {"type": "presence", "people": number}
        if wanted in self.heard[-1:]:
            return wanted
        return self.hear(lambda frame: frame == wanted, patience=patience)

    def close(self) -> None:
        """The window is closed."""
        self._window.close()

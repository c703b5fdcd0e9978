"""From one browser's post to the other browser's screen, and on to topic and sentiment.

Starts the ASGI server and the worker on a database of their own, posts by HTTP and listens with a second, anonymous
client's WebSocket. Peer: a page that asks for itself every two seconds, measured against the same server.
"""

import contextlib
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid

from benchmarks import place

POSTS, ASKED, READ = 20, 12, 5  # posts pushed, posts the peer waits for, posts followed to their topic
PUSH_WANTED, READ_WANTED = 1.0, 15.0  # seconds, at the median
ASK_EVERY = 2.0
START_LIMIT, READ_LIMIT = 120.0, 120.0
WORDS = (
    "公車常常誤點，等了半小時還沒來", "接駁車班次太少，轉乘要等很久", "路線拉直我贊成，但是醫院站要留",
    "末班車太早，夜校學生回不了家", "司機不夠，班次排再密也沒用", "轉乘站沒有座位，老人家站不住",
)  # fmt: skip


def main() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    folder = place.prepare(site_url=site)
    from discussions import comments

    space, people = place.space(), place.members(POSTS + ASKED + READ + 60)
    for number, author in enumerate(people[-60:]):
        comments.post(
            space=space, author=author, text=f"{random.choice(WORDS)}（{number}）", client_id=f"seed-{number:04}"
        )
    with Servers(port) as servers, tempfile.TemporaryDirectory(dir=folder):
        servers.wait_until_healthy(site)
        _until(lambda: not _waiting(space), READ_LIMIT, "the first analysis")
        failures = _measure(site, port, space, iter(people))
    place.finish(failures)


def _measure(site: str, port: int, space, people) -> list[str]:
    browser = Poster(site, space)
    with Listener(port, space) as listener:
        pushed, answered = [], []
        for _turn in range(POSTS):
            token = uuid.uuid4().hex
            started = time.perf_counter()
            browser.post(next(people), f"{random.choice(WORDS)} {token}")
            answered.append(time.perf_counter() - started)
            pushed.append(listener.arrival_of(token) - started)
    asked = [_asked(browser, next(people)) for _turn in range(ASKED)]
    read, placed = [], 0
    for _turn in range(READ):
        started = time.perf_counter()
        comment = browser.post(next(people), f"{random.choice(WORDS)} {uuid.uuid4().hex[:6]}")
        found = _until(lambda key=comment: _read(key), READ_LIMIT, "topic and sentiment")
        read.append(time.perf_counter() - started)
        placed += found.topic_number is not None
    push, peer, analysed = (statistics.median(times) for times in (pushed, asked, read))
    print(f"pushed: the second browser has a comment after {1000 * push:.0f} ms, {1000 * max(pushed):.0f} ms at most")
    print(f"  (median of {POSTS}; the first browser has its answer after {place.median_ms(answered)})")
    print(
        f"asked: a page that asks every {ASK_EVERY:.0f} s has it after {1000 * peer:.0f} ms ({peer / push:.1f} times)"
    )
    print(
        f"read: topic and sentiment after {analysed:.1f} s, {max(read):.1f} s at most ({placed} of {READ} in a topic)"
    )
    failures = []
    if push > PUSH_WANTED:
        failures.append(f"pushed after {push:.2f} s, wanted {PUSH_WANTED}")
    if analysed > READ_WANTED:
        failures.append(f"read after {analysed:.1f} s, wanted {READ_WANTED}")
    return failures


class Servers:
    """The web server and the worker; ended together, by the numbers they were given."""

    def __init__(self, port: int):
        web = ["-m", "uvicorn", "civic.asgi:application", "--host", "127.0.0.1", "--port", str(port)]
        self.commands = [web + ["--lifespan", "on", "--log-level", "error"], ["manage.py", "worker"]]
        self.running: list[subprocess.Popen] = []

    def __enter__(self):
        for command in self.commands:
            self.running.append(
                subprocess.Popen([sys.executable, *command], cwd=place.ROOT, env=os.environ, stdout=subprocess.DEVNULL)
            )
        return self

    def __exit__(self, *error):
        for process in self.running:
            process.terminate()
        for process in self.running:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def wait_until_healthy(self, site: str) -> None:
        """Until the server answers. Ends the benchmark when one of the two falls."""
        import requests

        def answers():
            if any(process.poll() is not None for process in self.running):
                raise SystemExit("the server or the worker ended by itself")
            with contextlib.suppress(requests.ConnectionError):
                return requests.get(f"{site}/healthz", timeout=30).ok
            return False

        _until(answers, START_LIMIT, "the server")


class Poster:
    """Browsers of members who are signed in, as many as are needed."""

    def __init__(self, site: str, space):
        self.site, self.slug = site, space.slug

    def post(self, member, text: str) -> int:
        """Send the form as the page does; returns the key of the new comment."""
        import requests
        from django.conf import settings

        from discussions.models import Comment

        client_id = uuid.uuid4().hex
        secret = uuid.uuid4().hex
        answer = requests.post(
            f"{self.site}/p/{self.slug}/c/",
            data={"text": text, "client_id": client_id, "csrfmiddlewaretoken": secret},
            headers={"HX-Request": "true", "Origin": self.site},
            cookies={settings.SESSION_COOKIE_NAME: _session(member), settings.CSRF_COOKIE_NAME: secret},
            timeout=30,
        )
        if answer.status_code != 201:
            raise SystemExit(f"the post was answered with {answer.status_code}: {answer.text[:300]}")
        return Comment.objects.values_list("pk", flat=True).get(author=member, client_id=client_id)

    def page(self) -> str:
        """The discussion as a stranger sees it."""
        import requests

        return requests.get(f"{self.site}/p/{self.slug}/", timeout=30).text


class Listener:
    """A second browser: an anonymous WebSocket that notes when each frame came."""

    def __init__(self, port: int, space):
        from websockets.sync.client import connect

        self.address, self.origin = f"ws://127.0.0.1:{port}/ws/p/{space.pk}/", f"http://127.0.0.1:{port}"
        self.connect, self.open = connect, contextlib.ExitStack()
        self.frames, self.arrived = [], threading.Condition()

    def __enter__(self):
        self.socket = self.open.enter_context(self.connect(self.address, origin=self.origin))
        self.socket.recv(timeout=30)
        self.socket.send('{"type": "hello", "seq": 0}')
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.open.close()
        self.thread.join(10)

    def arrival_of(self, token: str) -> float:
        """When the frame that holds `token` came."""

        def moment():
            return next((at for at, frame in self.frames if token in frame), None)

        with self.arrived:
            if not self.arrived.wait_for(moment, timeout=30):
                raise SystemExit("a frame did not come within 30 s")
            return moment()

    def _listen(self) -> None:
        from websockets.exceptions import ConnectionClosed

        with contextlib.suppress(ConnectionClosed):
            for frame in self.socket:
                with self.arrived:
                    self.frames.append((time.perf_counter(), frame))
                    self.arrived.notify_all()


def _asked(browser: Poster, author) -> float:
    """Seconds until a page that asks every ASK_EVERY seconds, begun at a chance moment, shows a new comment."""
    token = uuid.uuid4().hex
    started = time.perf_counter()
    browser.post(author, f"{random.choice(WORDS)} {token}")
    time.sleep(random.uniform(0, ASK_EVERY))
    while token not in browser.page():
        time.sleep(ASK_EVERY)
    return time.perf_counter() - started


def _session(member) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    return session.session_key


def _waiting(space) -> bool:
    from nlp.models import Corpus, Opinion

    is_marked = Corpus.objects.get(pk=space.corpus_id).topics_dirty
    return is_marked or Opinion.objects.published().filter(corpus=space.corpus_id, encoder="").exists()


def _read(comment: int):
    """The opinion once it has a sentiment and a topic, or a whole analysis begun after it found none for it."""
    from nlp.models import Opinion, Run

    opinion = Opinion.objects.get(source="comment", source_key=str(comment))
    if opinion.sentiment and opinion.topic_number is not None:
        return opinion
    later = Run.objects.filter(corpus=opinion.corpus_id, kind=Run.Kind.TOPICS, started_at__gt=opinion.posted_at)
    return opinion if opinion.sentiment and later.exists() else None


def _until(found, limit: float, what: str):
    """What `found` gives once it gives something."""
    ends = time.monotonic() + limit
    while not (result := found()):
        if time.monotonic() > ends:
            raise SystemExit(f"{what} took more than {limit:.0f} s")
        time.sleep(0.1)
    return result


if __name__ == "__main__":
    main()

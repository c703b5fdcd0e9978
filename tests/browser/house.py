"""The house as a browser meets it: the real ASGI application on a port of its own, a database file, and visitors.

Two threads beside pytest's own share the work. The *stage* runs Chromium and the test itself: Playwright's synchronous
calls keep an event loop running in their thread, and no other test must find it there. The *server* runs uvicorn.
Whatever a test does to the database goes through `House.do`, on the server's event loop, just as a request would.
"""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import uvicorn
from asgiref.sync import SyncToAsync, sync_to_async
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connections
from django.test import Client
from django.utils import translation
from django_tasks_db.models import DBTaskResult
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from civic import workers
from discussions.models import Member

HOST = "127.0.0.1"
PATIENCE = 20.0  # seconds for one condition on a slow machine; every wait ends earlier when the condition holds
PHONE, TABLET, DESK = (390, 844), (820, 1180), (1440, 900)
ZH, EN = "zh-hant", "en"
# Nothing leaves this machine, whatever a page asks for.
FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-quic",
    "--no-first-run",
    f"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE {HOST}",
]
# The browser reports a refused answer to a page or a form as an error of its own; the tests look at the answer itself.
REFUSED_ANSWER = re.compile(r"^Failed to load resource: the server responded with a status of 4\d\d")
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""


def said(msgid: str, language: str = ZH) -> str:
    """Words of the interface as a page in that language shows them, so that no test depends on the catalogue."""
    with translation.override(language):
        return translation.gettext(msgid)


def until(condition: Callable[[], object], *, what: str, patience: float = PATIENCE):
    """The first true value of `condition`, for what no page announces. AssertionError after `patience` seconds."""
    limit = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < limit, f"in {patience:.0f} s it did not happen that {what}"
        threading.Event().wait(0.1)
    return found


@contextmanager
def database_at(path: Path):
    """Every connection opened meanwhile, in any thread, leads to this SQLite file."""

    def lead_to(name: str) -> None:
        connections.close_all()
        connections["default"].settings_dict["NAME"] = name
        # The thread in which consumers use the database outlives every test, and so would its connection.
        SyncToAsync.single_thread_executor.submit(connections.close_all).result()
        # Both remember rows of the other database.
        ContentType.objects.clear_cache()
        cache.clear()

    before = connections["default"].settings_dict["NAME"]
    lead_to(str(path))
    try:
        yield
    finally:
        lead_to(before)


class Stage:
    """Chromium, and the thread in which everything that touches it happens."""

    def __init__(self, executable: str):
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="stage")
        self.run(self._raise_curtain, executable)

    def run(self, act: Callable, *arguments, **named):
        """Do something on the stage and wait for it."""
        return self._thread.submit(act, *arguments, **named).result()

    def close(self) -> None:
        """End Chromium and its thread."""
        self.run(self._drop_curtain)
        self._thread.shutdown()

    def _raise_curtain(self, executable: str) -> None:
        expect.set_options(timeout=PATIENCE * 1000)
        self._playwright = sync_playwright().start()
        self.browser: Browser = self._playwright.chromium.launch(executable_path=executable, args=FLAGS)

    def _drop_curtain(self) -> None:
        self.browser.close()
        self._playwright.stop()


class Server:
    """uvicorn in a thread, on a port that stays the same when it is stopped and started again."""

    def __init__(self):
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]
        self.loop: asyncio.AbstractEventLoop | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Listen, and return once requests are taken."""
        from civic.asgi import application

        place = socket.create_server((HOST, self.port), backlog=128)
        config = uvicorn.Config(
            application,
            lifespan="off",
            log_level="warning",
            access_log=False,
            log_config=None,
            timeout_graceful_shutdown=1,
        )
        self._uvicorn = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._serve, args=(place,), name="server", daemon=True)
        self._thread.start()
        until(lambda: self._uvicorn.started, what="the server took requests")

    def stop(self) -> None:
        """Close every socket as a server that is restarted does."""
        self._uvicorn.should_exit = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the server did not stop"

    def wait_for_quiet(self) -> None:
        """Return when no request runs and no socket is open: nothing of this test reaches into the next."""
        state = self._uvicorn.server_state
        until(lambda: not state.tasks, what="the last request ended")

    def _serve(self, place: socket.socket) -> None:
        async def serve() -> None:
            self.loop = asyncio.get_running_loop()
            try:
                await self._uvicorn.serve(sockets=[place])
            finally:
                self.loop = None

        asyncio.run(serve())


class House:
    """One test's way to the site. Collects whatever a page complains of; `complaints` must be empty at the end."""

    def __init__(self, stage: Stage, server: Server):
        self.stage, self.server, self.url = stage, server, server.url
        self.complaints: list[str] = []
        self.visits: list[tuple[BrowserContext, Page]] = []
        self._allowed: list[re.Pattern] = []

    # What happens behind the counter

    def do(self, act: Callable, *arguments, **named):
        """Call something that uses the database, beside the requests of the server or, while it is away, without it."""

        def done():
            try:
                return act(*arguments, **named)
            finally:
                connections.close_all()

        if self.server.loop is None:
            with ThreadPoolExecutor(1) as alone:
                return alone.submit(done).result()
        work: Future = asyncio.run_coroutine_threadsafe(sync_to_async(done, thread_sensitive=False)(), self.server.loop)
        return work.result()

    def work(self) -> None:
        """Run the background tasks that wait, and those they queue, with the worker's own loop. A failure is raised."""

        def run() -> None:
            worker = workers.LeasedWorker(
                queue_names=["default", "nlp"],
                interval=0,
                batch=True,
                backend_name="default",
                startup_delay=False,
                max_tasks=None,
                worker_id=workers.new_worker_id(),
                excluded_queue_names=[],
            )
            worker.run()
            failed = list(DBTaskResult.objects.failed())
            DBTaskResult.objects.all().delete()
            assert not failed, "\n".join(result.traceback for result in failed)

        self.do(run)

    # Visitors

    def visit(
        self,
        member: Member | None = None,
        *,
        size: tuple[int, int] = DESK,
        language: str = ZH,
        scheme: str = "light",
        script: bool = True,
    ) -> Page:
        """A browser of its own with an empty page; signed in when `member` is given."""
        context = self.stage.browser.new_context(
            base_url=self.url,
            viewport={"width": size[0], "height": size[1]},
            locale="en-GB" if language == EN else "zh-TW",
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=script,
            service_workers="block",
        )
        context.set_default_timeout(PATIENCE * 1000)
        context.add_init_script(TELL_VIOLATIONS)
        if member is not None:
            context.add_cookies(
                [{"name": settings.SESSION_COOKIE_NAME, "value": self.session_of(member), "url": self.url}]
            )
        context.on("request", self._see_request)
        context.on("response", self._see_response)
        context.on("weberror", lambda error: self._complain(f"script error: {error.error}"))
        context.on("console", self._hear_console)
        page = context.new_page()
        self.visits.append((context, page))
        return page

    def session_of(self, member: Member) -> str:
        """The cookie of a fresh session; the sign-in form has tests of its own."""

        def signed_in() -> str:
            client = Client()
            client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
            return client.cookies[settings.SESSION_COOKIE_NAME].value

        return self.do(signed_in)

    def leave(self) -> None:
        """Close every browser window of this test."""
        for context, _page in self.visits:
            context.close()

    # What pages complain of

    def expect_complaint(self, pattern: str) -> None:
        """This test does something on purpose that makes a page say so."""
        self._allowed.append(re.compile(pattern))

    def _complain(self, words: str) -> None:
        if not any(pattern.search(words) for pattern in self._allowed):
            self.complaints.append(words)

    def _hear_console(self, message) -> None:
        if message.type == "error" and not REFUSED_ANSWER.match(message.text):
            page = message.page.url if message.page else "?"
            self._complain(f"{page}: {message.text}")

    def _see_request(self, request) -> None:
        if not request.url.startswith((self.url, f"ws://{HOST}:{self.server.port}", "data:", "blob:", "about:")):
            self._complain(f"asked another place: {request.url}")

    def _see_response(self, response) -> None:
        is_part = response.request.resource_type not in {"document", "fetch", "xhr"}
        if response.status >= 500 or (response.status >= 400 and is_part):
            self._complain(f"{response.status} {response.request.method} {response.url}")

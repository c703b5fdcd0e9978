"""Real processes for the tests of this folder: web servers, workers, Redis. Each can be killed, none is left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from django.conf import settings

from scripts.with_postgres import free_port

HOST = "127.0.0.1"
START_SECONDS = 90.0  # a web process that starts while everything else does so too


def until(condition: Callable[[], object], *, what: str, patience: float = START_SECONDS):
    """The first true value of `condition`. AssertionError after `patience` seconds."""
    limit = time.monotonic() + patience
    while not (found := condition()):
        assert time.monotonic() < limit, f"in {patience:.0f} s it did not happen that {what}"
        time.sleep(0.02)
    return found


def answers(port: int) -> bool:
    """Whether something listens there."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0


def environment(var: Path, **more: str) -> dict[str, str]:
    """What a process of the site is started with: its own place, our keys, nothing of this machine."""
    mine = {
        "MINYI_VAR": str(var),
        "SECRET_KEY": settings.SECRET_KEY,
        "NLP_CACHE_DIR": str(settings.NLP_CACHE_DIR),
        "PYTHONUNBUFFERED": "1",
    }
    return os.environ | mine | more


class Process:
    """A program in a session of its own. Its words go into a file, which tells why when a test fails."""

    def __init__(self, command: Sequence[str], *, log: Path, env: Mapping[str, str] | None = None):
        self.command, self.log, self.env = list(command), log, env
        self.process: subprocess.Popen | None = None

    @property
    def pid(self) -> int:
        assert self.process is not None, "not started yet"
        return self.process.pid

    def start(self) -> None:
        """Start it, without waiting for anything it does."""
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.command,
                cwd=settings.BASE_DIR,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def kill(self) -> None:
        """kill -9, and the process is gone from the table when this returns."""
        os.kill(self.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> None:
        """Whatever it started goes with it."""
        if self.process is None:
            return
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass  # nobody is left in it
        self.process.wait()

    def has_fallen(self) -> bool:
        """Whether it ended although nobody ended it."""
        return self.process is not None and self.process.poll() is not None

    def last_words(self) -> str:
        """The end of what it wrote."""
        return self.log.read_text(encoding="utf-8", errors="replace")[-3000:]


class Listener(Process):
    """A process that listens on a port of its own, the same one after each start."""

    def __init__(self, command: Callable[[int], Sequence[str]], **named):
        self.port = free_port()
        super().__init__(command(self.port), **named)

    def wait(self) -> None:
        """Return when connections are taken."""

        def listens() -> bool:
            assert not self.has_fallen(), self.last_words()
            return answers(self.port)

        until(listens, what=f"{self.command[0]} listened")


def web(application: str, *, var: Path, log: Path, **more: str) -> Listener:
    """A web process as `make demo` starts it."""

    def command(port: int) -> list[str]:
        return [
            *(sys.executable, "-m", "uvicorn", application, "--host", HOST, "--port", str(port)),
            *("--lifespan", "on", "--no-access-log", "--ws-per-message-deflate", "false"),
        ]

    return Listener(command, log=log, env=environment(var, **more))


def worker(*, var: Path, log: Path) -> Process:
    """A worker as it runs anywhere."""
    return Process([sys.executable, "manage.py", "worker", "--interval", "0.1"], log=log, env=environment(var))


def redis(binary: str, folder: Path) -> Listener:
    """A Redis that keeps nothing."""

    def command(port: int) -> list[str]:
        return [binary, "--bind", HOST, "--port", str(port), "--dir", str(folder), "--save", "", "--appendonly", "no"]

    return Listener(command, log=folder / "redis.log")

"""Processes that run beside each other and end together."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.terminal import ROOT

# A process that was asked to stop and still runs after this long is killed.
PATIENCE_SECONDS = 10.0


class Stopped(BaseException):
    """A signal asked the program to end. No ``Exception``: nothing on the way may mistake it for a failure."""


@dataclass
class Service:
    """A running process and the file it writes to."""

    name: str
    process: subprocess.Popen
    log: Path | None

    def last_lines(self, count: int = 15) -> str:
        """The end of its log, which tells why it fell."""
        if self.log is None:
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])


class Services:
    """Start processes, each in a session of its own and tethered to this one, and stop them all.

    Use it as a context: whatever ends the block ends the processes. Should this process be killed outright, each of
    them notices by the pipe they hold and ends by itself.
    """

    def __init__(self, *, python: Path, environment: Mapping[str, str]) -> None:
        self._python = python
        self._environment = dict(environment)
        self._services: list[Service] = []
        self._lifeline, self._held = os.pipe()

    def __enter__(self) -> "Services":
        for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(wish, _ask_to_stop)
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def start(self, name: str, arguments: Sequence[str], *, log: Path | None = None) -> Service:
        """Start ``arguments`` (a module or script and what it takes). Without a log it shares our terminal."""
        output = None
        if log is not None:
            log.parent.mkdir(parents=True, exist_ok=True)
            output = log.open("wb")
        process = subprocess.Popen(
            [self._python, "-m", "scripts.tether", str(self._lifeline), *arguments],
            cwd=ROOT,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[self._lifeline],
            start_new_session=True,
        )
        if output is not None:
            output.close()
        self._services.append(service := Service(name, process, log))
        return service

    def run(self, name: str, arguments: Sequence[str]) -> int:
        """Start a process on our terminal, wait for its end, and return its exit code."""
        service = self.start(name, arguments)
        code = service.process.wait()
        self._services.remove(service)
        return code

    def fallen(self) -> Service | None:
        """A process that has ended although nobody asked it to."""
        return next((service for service in self._services if service.process.poll() is not None), None)

    def stop(self) -> None:
        """Ask all to stop, wait, and stop those that do not. A second wish to stop ends the waiting."""
        hurry: list[int] = []
        for wish in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(wish, lambda number, frame: hurry.append(number))
        for service in self._services:
            _signal_group(service.process, signal.SIGTERM)
        limit = time.monotonic() + PATIENCE_SECONDS
        while any(service.process.poll() is None for service in self._services):
            if hurry or time.monotonic() > limit:
                break
            time.sleep(0.05)
        for service in self._services:
            # To the group, whether its first process still lives or not: nothing it started may stay behind.
            _signal_group(service.process, signal.SIGKILL)
            service.process.wait()
        self._services.clear()


def _ask_to_stop(number: int, frame: object) -> None:
    raise Stopped(number)


def _signal_group(process: subprocess.Popen, number: int) -> None:
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):
        pass  # nobody is left in it (macOS answers "not permitted" for a group of the dead)

"""Pip, watched: what it says becomes progress, and what goes wrong becomes one sentence."""

import os
import re
import subprocess
import tempfile
import threading
from collections import deque
from pathlib import Path

from scripts.terminal import Progress

DISK_FULL = "The disk is full: make room and run the same command again."


class Failed(Exception):
    """Pip did not succeed; the message is one line for a person."""


def install_locked(python: Path, lock: Path) -> None:
    """Install exactly what a lock file lists, each package checked against its hashes."""
    _install(python, ["--require-hashes", "--no-deps", "-r", str(lock)], lock=lock, total=len(pins(lock)))


def install_within(python: Path, wishes: Path, *, limits: Path) -> None:
    """Install what a file asks for and what that needs, without moving any package of the ``limits`` lock file."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as constraints:
        constraints.write("\n".join(pins(limits)))
        constraints.flush()
        _install(python, ["-r", str(wishes), "-c", constraints.name], lock=wishes, total=None)


def check(python: Path) -> None:
    """Ask pip whether all that is installed agrees with itself. Raises Failed."""
    answer = subprocess.run([python, "-m", "pip", "check"], capture_output=True, text=True, env=environment())
    if answer.returncode:
        raise Failed(f"The packages do not agree with each other: {' '.join(answer.stdout.split())}")


def pins(lock: Path) -> list[str]:
    """``name==version ; marker`` for each package of a lock file, without its hashes."""
    text = lock.read_text(encoding="utf-8")
    return [line.rstrip(" \\") for line in text.splitlines() if re.match(r"[A-Za-z0-9][^#]*==", line)]


def environment() -> dict[str, str]:
    """The environment, less what would send packages elsewhere."""
    away = {"PYTHONPATH", "PYTHONHOME", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"}
    kept = {name: value for name, value in os.environ.items() if name not in away}
    return kept | {"PIP_USER": "0", "PYTHONUNBUFFERED": "1"}


def explain(lines: list[str], *, what: str) -> str:
    """What went wrong, in one line, from the last words of a program."""
    text = "\n".join(lines)
    if "Errno 28" in text or "No space left" in text:
        return DISK_FULL
    if "DO NOT MATCH THE HASHES" in text:
        return "A package is not the one that was locked (its hash differs); it was not installed."
    if re.search(r"NewConnectionError|Temporary failure in name|ConnectTimeout|Network is unreachable", text):
        return "The package index cannot be reached: check the network and run the same command again."
    errors = [line for line in lines if line.startswith(("ERROR: ", "Error: "))] or lines or ["it said nothing"]
    return f"{what} failed: {errors[-1].split(': ', 1)[-1]}"


def _install(python: Path, arguments: list[str], *, lock: Path, total: int | None) -> None:
    command = [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    site = next(python.parent.parent.glob("lib/python*/site-packages"))
    with Progress(f"Getting the packages of {lock.name}", total=total) as step:
        process = subprocess.Popen(
            [*command, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            env=environment(),
        )
        talk = _Talk(step)
        reader = threading.Thread(target=talk.follow, args=(process.stdout,), daemon=True)
        reader.start()
        try:
            _wait(process, step, talk, site)
        except BaseException:
            process.terminate()
            process.wait()
            raise
        reader.join(10)
        if process.returncode:
            raise Failed(explain(list(talk.last), what="pip"))


class _Talk:
    """What pip has said so far."""

    def __init__(self, step: Progress) -> None:
        self.last: deque[str] = deque(maxlen=60)
        self.to_unpack = 0
        self._step = step

    def follow(self, output) -> None:
        seen = 0
        for line in map(str.strip, output):
            if line:
                self.last.append(line)
            if line.startswith(("Collecting ", "Requirement already satisfied: ", "Ignoring ")):
                seen += 1
                self._step.show(seen, re.split(r"^Collecting |satisfied: |^Ignoring | \(from|: markers| in ", line)[1])
            elif line.startswith(("Downloading ", "Building wheel")):
                self._step.show(seen, line.split("://")[0].removeprefix("Downloading "))
            elif line.startswith("Installing collected packages: "):
                self.to_unpack = line.count(",") + 1


def _wait(process: subprocess.Popen, step: Progress, talk: _Talk, site: Path) -> None:
    """Wait for pip. It may be silent while it unpacks, so the packages that have arrived are counted."""
    before = _arrived(site)
    while process.poll() is None:
        try:
            process.wait(0.3)
        except subprocess.TimeoutExpired:
            if talk.to_unpack:
                step.total = talk.to_unpack
                step.show(min(max(0, _arrived(site) - before), talk.to_unpack), "unpacked")
            else:
                step.tick()


def _arrived(site: Path) -> int:
    return sum(1 for _ in site.glob("*.dist-info/INSTALLER"))

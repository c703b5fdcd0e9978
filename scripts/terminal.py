"""Words on the terminal: plain lines, one clear line for an error, and progress that is never silent for long."""

import os
import shutil
import sys
import time
import unicodedata
from pathlib import Path
from types import TracebackType
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent

# Where nobody watches a moving line (a file, a build log), a new line this often is enough.
LINE_SECONDS = 5.0
REDRAW_SECONDS = 0.1


def say(text: str = "") -> None:
    """Print a line at once. A terminal that was closed, or a pipe nobody reads, is no reason to fall over."""
    _write(text + "\n")


def fail(text: str, *, code: int = 1) -> NoReturn:
    """One clear line on standard error, then the end."""
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        pass
    raise SystemExit(code)


def width(text: str) -> int:
    """Columns a text takes on a terminal: a Han character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def padded(text: str, columns: int) -> str:
    """The text, filled with spaces to so many columns."""
    return text + " " * max(0, columns - width(text))


class Progress:
    """One long step: ``with Progress("Installing packages", total=103) as step: step.show(12, "wagtail")``.

    On a terminal one line is drawn again and again; elsewhere a line is printed every few seconds. ``tick`` may be
    called as often as one likes: it keeps the clock moving while nothing else happens.
    """

    def __init__(self, label: str, *, total: int | None = None) -> None:
        self.label = label
        self.total = total
        self._done = 0
        self._detail = ""
        self._started = time.monotonic()
        self._moves = is_terminal()
        self._drawn = 0.0

    def __enter__(self) -> "Progress":
        self._draw()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._moves:
            _write("\r\x1b[K")
        if kind is None:
            say(f"{self.label}: done in {self.seconds:.0f} s")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def show(self, done: int, detail: str = "") -> None:
        """So much is done; ``detail`` names what is at hand."""
        self._done, self._detail = done, detail
        self.tick()

    def tick(self) -> None:
        """Keep the line alive."""
        if time.monotonic() - self._drawn >= (REDRAW_SECONDS if self._moves else LINE_SECONDS):
            self._draw()

    def _draw(self) -> None:
        self._drawn = time.monotonic()
        count = f" {self._done}/{self.total}" if self.total else ""
        waited = f" ({self.seconds:.0f} s)" if self.seconds >= 1 else ""
        line = f"{self.label}{count} {self._detail}".rstrip() + waited
        if not self._moves:
            say(line)
            return
        while width(line) >= shutil.get_terminal_size().columns:
            line = line[:-1]
        _write(f"\r\x1b[K{line}")


def is_terminal() -> bool:
    """Whether somebody watches. ``TERM=dumb`` and NO_PROGRESS ask for plain lines."""
    if os.environ.get("TERM") == "dumb" or os.environ.get("NO_PROGRESS"):
        return False
    try:
        return sys.stdout.isatty()
    except ValueError:
        return False


def _write(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except UnicodeEncodeError:
        # A terminal set to plain ASCII still gets the sense of it.
        sys.stdout.write(text.encode("ascii", "replace").decode("ascii"))
    except (OSError, ValueError):
        pass

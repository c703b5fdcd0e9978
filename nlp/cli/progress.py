"""How far a command is: a bar with the time left on a terminal, a line now and then elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import TextIO

WIDTH = 24
EVERY = 5.0
"""Seconds between two lines where there is no terminal."""
REDRAW = 0.1
NAMES = {
    "read": "Reading",
    "clean": "Cleaning",
    "duplicates": "Folding repeats",
    "encode": "Encoding",
    "sentiment": "Sentiment",
    "topics": "Topics",
    "labels": "Labels",
    "places": "Map",
    "groups": "Groups",
}


class Progress:
    """Called with (stage, done, total); writes to `stream` by the seconds of `clock`.

    `is_live` redraws one line in place. A total of 0 means that nobody knows it.
    """

    def __init__(self, stream: TextIO, clock: Callable[[], float], *, is_live: bool) -> None:
        self._stream = stream
        self._clock = clock
        self._is_live = is_live
        self._stage = ""
        self._began = self._shown = 0.0
        self._is_open = False

    def __call__(self, stage: str, done: int, total: int) -> None:
        now = self._clock()
        if stage != self._stage:
            self.close()
            self._stage, self._began, self._shown = stage, now, now - (EVERY if self._is_live else 0)
        is_end = 0 < total <= done
        if not is_end and now - self._shown < (REDRAW if self._is_live else EVERY):
            return
        self._shown = now
        line = self.line(done, total, now - self._began)
        self._stream.write(f"\r\033[K{line}" if self._is_live else f"{line}\n")
        self._is_open = self._is_live
        if is_end:
            self._stage = ""
            self.close()
        self._stream.flush()

    def line(self, done: int, total: int, seconds: float) -> str:
        """ "Encoding  [######------------------]  512/2,048  0:41 left"."""
        name = f"{NAMES.get(self._stage, self._stage):<16}"
        if not total:
            return f"{name} {done:,}"
        filled = WIDTH * min(done, total) // total
        bar = f"{name} [{'#' * filled}{'-' * (WIDTH - filled)}] {done:,}/{total:,}"
        if done >= total:
            return f"{bar}  {clock_time(seconds)}"
        if not done or seconds < 1:
            return bar
        return f"{bar}  {clock_time(seconds * (total - done) / done)} left"

    def close(self) -> None:
        """End the line that is being redrawn."""
        if self._is_open:
            self._stream.write("\n")
            self._stream.flush()
            self._is_open = False


def clock_time(seconds: float) -> str:
    """ "0:41", "12:05", "3:00:00"."""
    whole = round(seconds)
    minutes = f"{whole // 60 % 60:02d}:{whole % 60:02d}" if whole >= 3600 else f"{whole // 60}:{whole % 60:02d}"
    return f"{whole // 3600}:{minutes}" if whole >= 3600 else minutes


def choose(stream: TextIO, clock: Callable[[], float], *, asked: bool) -> Progress | None:
    """A bar on a terminal, lines where somebody asked for them, otherwise nothing."""
    if stream.isatty():
        return Progress(stream, clock, is_live=True)
    return Progress(stream, clock, is_live=False) if asked else None

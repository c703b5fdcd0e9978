"""How far a long piece of work has come, told on a terminal or in a log."""

import sys
import time
from collections.abc import Mapping
from typing import TextIO

WIDTH = 24
REDRAW_SECONDS = 0.1
STEP = 10  # per cent between two lines where lines cannot be redrawn


class Progress:
    """Call it with (stage, done, total). On a terminal the line is redrawn; elsewhere one line is written per 10 %.

    `labels` turns stages into words. A `total` of 0 means that nobody knows how long it takes: the stage is named once.
    """

    def __init__(self, stream: TextIO | None = None, *, labels: Mapping[str, str] | None = None):
        self.stream = stream or sys.stderr
        self.labels = labels or {}
        self.redraws = bool(getattr(self.stream, "isatty", lambda: False)())
        self._stage: str | None = None
        self._shown = -1
        self._drawn_at = 0.0
        self._width = 0

    def __call__(self, stage: str, done: int = 0, total: int = 0) -> None:
        if stage != self._stage:
            self.close()
            self._stage, self._shown, self._drawn_at = stage, -1, 0.0
        percent = min(100, 100 * done // total) if total else 0
        if self.redraws:
            self._redraw(stage, percent, done, total)
        elif self._shown < 0 or percent // STEP > self._shown // STEP:
            self.stream.write(f"{self._label(stage)} {percent} %\n" if total else f"{self._label(stage)}\n")
            self.stream.flush()
            self._shown = percent

    def close(self) -> None:
        """Leave the line. Safe to call twice."""
        if self.redraws and self._width:
            self.stream.write("\n")
            self.stream.flush()
        self._stage, self._width = None, 0

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def _redraw(self, stage: str, percent: int, done: int, total: int) -> None:
        now = time.monotonic()
        if percent == self._shown or (now - self._drawn_at < REDRAW_SECONDS and percent < 100 and self._shown >= 0):
            return
        filled = WIDTH * percent // 100
        bar = f" [{'#' * filled}{'.' * (WIDTH - filled)}] {percent:3d} %" if total else " ..."
        line = f"{self._label(stage)}{bar}"
        self.stream.write("\r" + line + " " * max(0, self._width - len(line)))
        self.stream.flush()
        self._shown, self._drawn_at, self._width = percent, now, len(line)

    def _label(self, stage: str) -> str:
        return str(self.labels.get(stage, stage))

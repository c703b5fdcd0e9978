"""Files that are there whole or not at all, and the same bytes for the same result."""

from __future__ import annotations

import csv
import errno
import json
import math
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, TextIO

DIGITS = 6


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """A CSV file in UTF-8 with a header; None and NaN are empty cells."""
    with replacing(path) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([plain(value) for value in row] for row in rows)


def write_json(path: Path, document: Any) -> None:
    """A JSON file in UTF-8, indented, with characters as they are."""
    with replacing(path) as stream:
        stream.write(as_json(document))


def as_json(document: Any) -> str:
    """Indented, with characters as they are, and the line ended."""
    return json.dumps(plain(document), ensure_ascii=False, indent=1) + "\n"


def show(text: str) -> None:
    """Print a text. A reader who wants no more of it, as in `| head`, or none at all, is no failure."""
    if sys.stdout is None:
        return
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still waiting to be printed is printed at exit: it has to go somewhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def counted(count: int, one: str, many: str = "") -> str:
    """ "1 opinion", "1,000 opinions", "2 people"."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def prepare(folder: Path) -> None:
    """Make a folder for results and make sure that files can be written there, before hours are spent on what goes
    into them. Raises OSError that names the folder.
    """
    if folder.exists() and not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder):
        pass


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """Write beside a file and put the new one in its place at the end; on failure the old one stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with unfinished.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            yield stream
        os.replace(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)


def plain(value: Any) -> Any:
    """What JSON can hold: records as objects, floats rounded to DIGITS digits, NaN and infinity as null."""
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float):
        return (round(value, DIGITS) + 0.0) if math.isfinite(value) else None
    return value

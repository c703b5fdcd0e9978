"""CSV files as people bring them: any of the usual encodings, any of the usual separators, some rows broken.

Rows are read one at a time, so the length of a file does not matter. A row that cannot be read is named, and reading
goes on with the next line.
"""

import codecs
import csv
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from discussions.errors import CivicError
from nlp.core.decoding import BIG5, UTF_16_MARKS, decodes

MAX_LINES_PER_ROW = 1000  # a quotation mark that is never closed must not swallow the rest of the file
CHUNK = 1 << 20


class TableError(CivicError):
    """Nothing in this file can be used. The message says why and what would help."""

    status = 422
    code = "table_unreadable"


class Table:
    """A CSV file with a heading row. Raises TableError when it is missing, empty or in no encoding we know.

    `names` are the headings in lower case with hyphens, `size` is in bytes, `position` how many bytes have been read.
    """

    def __init__(self, path: Path):
        self.path = path
        self.size = _size(path)
        self.encoding, self.is_damaged = encoding_of(path)
        self.position = 0
        with self._open() as file:
            heading = next((line for line in file if line.strip()), "")
        if not heading:
            raise TableError(_("%(file)s is empty.") % {"file": path.name})
        self.delimiter = max(",\t;", key=heading.count)
        _row, first = next(_records(iter([heading]), self.delimiter))
        self.names = [_plain(name) for name in first] if isinstance(first, list) else []

    def require(self, wanted: Iterable[str]) -> None:
        """Raise TableError naming what is missing and what is there."""
        wanted = list(wanted)
        missing = [name for name in wanted if name not in self.names]
        if missing:
            raise TableError(
                _("%(file)s lacks the columns: %(missing)s. Found: %(found)s. Wanted: %(wanted)s.")
                % {
                    "file": self.path.name,
                    "missing": ", ".join(missing),
                    "found": ", ".join(name[:40] for name in self.names[:20]) or "-",
                    "wanted": ", ".join(wanted),
                },
                code="columns_missing",
            )

    def rows(self) -> Iterator[tuple[int, list[str] | str]]:
        """(row number as a spreadsheet shows it, cells in the order of `names`), or (row number, why it is broken)."""
        with self._open() as file:
            records = _records(file, self.delimiter)
            for _row, cells in records:
                if not isinstance(cells, list) or any(cell.strip() for cell in cells):
                    break
            for row, cells in records:
                self.position = file.buffer.tell()
                if isinstance(cells, str):
                    yield row, cells
                elif not any(cell.strip() for cell in cells):
                    continue
                elif len(cells) != len(self.names):
                    message = _("it has %(cells)d cells where the heading has %(names)d")
                    yield row, message % {"cells": len(cells), "names": len(self.names)}
                elif self.is_damaged and any("\ufffd" in cell for cell in cells):
                    yield row, _("some characters could not be read")
                else:
                    yield row, cells
            self.position = self.size

    def _open(self):
        errors = "replace" if self.is_damaged else "strict"
        return self.path.open(encoding=self.encoding, errors=errors, newline="")


def pairs(path: Path) -> dict[str, str]:
    """A file of two columns without a heading, name and value. Raises TableError."""
    _size(path)
    encoding, is_damaged = encoding_of(path)
    with path.open(encoding=encoding, errors="replace" if is_damaged else "strict", newline="") as file:
        records = [cells for _row, cells in _records(file, ",") if isinstance(cells, list)]
    return {_plain(name): ",".join(value).strip() for name, *value in records if name.strip()}


def encoding_of(path: Path) -> tuple[str, bool]:
    """The encoding of a text file, and whether some bytes of it are damaged. Raises TableError rather than guess.

    UTF-8 first, then Big5 as Windows writes it, then with the Hong Kong characters. A UTF-8 file with a few broken
    lines must not be taken for Big5: most of its lines still are UTF-8.
    """
    foreign = readable = 0
    with path.open("rb") as file:
        if file.read(2) in UTF_16_MARKS:
            return "utf-16", False
        file.seek(0)
        for line in file:
            if not line.isascii():
                foreign += 1
                readable += decodes(line, "utf-8")
    if foreign == readable:
        return "utf-8-sig", False
    if readable * 2 > foreign:
        return "utf-8-sig", True
    for encoding in BIG5:
        if _file_decodes(path, encoding):
            return encoding, False
    raise TableError(
        _("%(file)s is neither UTF-8 nor Big5. Please save it as CSV (UTF-8) and try again.") % {"file": path.name},
        code="encoding_unknown",
    )


def _size(path: Path) -> int:
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except FileNotFoundError as error:
        raise TableError(_("There is no file %(file)s.") % {"file": path.name}, code="file_missing") from error
    except OSError as error:
        raise TableError(_("%(file)s cannot be opened.") % {"file": path.name}, code="file_unreadable") from error
    if not size:
        raise TableError(_("%(file)s is empty.") % {"file": path.name}, code="file_empty")
    return size


def _records(source: Iterable[str], delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Records with their numbers, from 1. After a broken one reading goes on with the very next line."""
    lines, ahead, row = iter(source), deque(), 0
    while True:
        if not ahead:
            line = next(lines, None)
            if line is None:
                return
            ahead.append(line)
        row += 1
        if '"' not in ahead[0]:
            yield row, ahead.popleft().rstrip("\r\n").split(delimiter)
            continue
        taken: list[str] = []
        reader = csv.reader(_lines(ahead, lines, taken), delimiter=delimiter, strict=True)
        try:
            cells = next(reader)
        except csv.Error:
            ahead.extendleft(reversed(taken[1:]))
            yield row, _("its quotation marks do not match")
        else:
            yield row, cells


def _lines(ahead: deque[str], lines: Iterator[str], taken: list[str]) -> Iterator[str]:
    while len(taken) < MAX_LINES_PER_ROW:
        line = ahead.popleft() if ahead else next(lines, None)
        if line is None:
            return
        taken.append(line)
        yield line


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().lower().replace("_", "-").replace(" ", "-")


def _file_decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True

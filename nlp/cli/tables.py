"""Tables in CSV files as people have them, read row by row: what cannot be read is told by row number and left out.

UTF-8 with or without its mark, UTF-16 or Big5; parted by commas, semicolons or tabs; any line ends; NUL characters are
dropped. Memory does not grow with the file.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.core import decoding

DELIMITERS = ",;\t"
LONGEST_CELL = 1 << 24
"""Characters. What is longer is no opinion but a sign that a quotation mark is missing."""
LONGEST_ROW = 1000
"""Lines that one row may take up."""
SHOWN = 1000
"""Problems kept one by one; beyond them they are only counted."""


class BadInput(ValueError):
    """The file cannot be read as what it should be."""


class _EndlessRow(ValueError):
    """A row takes up more lines than a row can."""


@dataclass(slots=True)
class Problems:
    """What was wrong with the rows of a file: the first SHOWN one by one, all of them counted."""

    shown: list[dict[str, Any]] = field(default_factory=list)
    count: int = 0

    def add(self, row: int, reason: str) -> None:
        self.count += 1
        if len(self.shown) < SHOWN:
            self.shown.append({"row": row, "reason": reason})

    def __str__(self) -> str:
        """The numbers of the first rows."""
        return ", ".join(str(problem["row"]) for problem in self.shown[:5]) + (", ..." if self.count > 5 else "")


class Table:
    """A CSV file with a header. Rows are numbered as in a spreadsheet, the header being row 1.

    `columns` are the names in the header, in lower case and without blanks around them. `problems` (rows that
    were left out) and `remarks` (rows that were kept, with something to say about them) grow while `rows` are read.
    Raises BadInput, OSError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems = Problems()
        self.remarks = Problems()
        csv.field_size_limit(LONGEST_CELL)
        try:
            with path.open("rb") as stream:
                self._encoding = decoding.detect(stream)
        except decoding.UnknownEncoding as error:
            raise BadInput(f"{path}: neither UTF-8 nor Big5") from error
        with self._opened() as text:
            header = next((line for line in text if line.strip("\0\r\n")), "")
        self._delimiter = max(DELIMITERS, key=header.count) if header else ","
        self.columns: tuple[str, ...] = ()
        self._header, names = next(((number, cells) for number, cells in self._read() if any(cells)), (0, []))
        self.columns = tuple(name.strip().lower() for name in names)
        if not any(self.columns):
            raise BadInput(f"{path}: the file is empty")

    @property
    def encoding(self) -> str:
        """How the file is written."""
        return self._encoding.name

    @property
    def is_damaged(self) -> bool:
        """Whether some characters could not be read and were replaced."""
        return self._encoding.is_damaged

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """(row number, cells), as many cells as there are columns; rows that do not fit go to `problems`."""
        width = len(self.columns)
        for number, cells in self._read():
            if number <= self._header or not any(cells):
                continue
            if len(cells) > width and any(cells[width:]):
                self.problems.add(number, f"{len(cells)} cells under {width} columns")
                continue
            yield number, (cells + [""] * (width - len(cells)))[:width]

    def _opened(self) -> Any:
        errors = "replace" if self._encoding.is_damaged else "strict"
        return self.path.open(encoding=self._encoding.name, errors=errors, newline="")

    def _read(self) -> Iterator[tuple[int, list[str]]]:
        number = 0
        try:
            with self._opened() as stream:
                lines = _Lines(stream)
                reader = self._reader(lines)
                while True:
                    number += 1
                    lines.begin_row()
                    try:
                        cells = next(reader)
                    except StopIteration:
                        return
                    except (csv.Error, _EndlessRow) as error:
                        cells = self._alone(lines.give_back(), number, error)
                        reader = self._reader(lines)
                    yield number, cells
        except UnicodeError as error:
            raise BadInput(f"{self.path}: cannot be read as {self._encoding.name} after row {number}") from error

    def _reader(self, lines: Iterator[str]) -> Any:
        return csv.reader(lines, delimiter=self._delimiter, strict=True)

    def _alone(self, line: str, number: int, error: Exception) -> list[str]:
        """The cells of a line whose quotation marks do not match, if it makes sense by itself; otherwise none."""
        try:
            cells = next(csv.reader([line.rstrip("\r\n")], delimiter=self._delimiter), [])
        except csv.Error:
            cells = []
        if self.columns and len(cells) == len(self.columns):
            return cells
        self.problems.add(number, f"quotation marks do not match ({error})")
        return []


class _Lines(Iterator[str]):
    """Lines without NUL characters, that can go back to the line after the one on which a row began."""

    def __init__(self, stream: Iterator[str]) -> None:
        self._stream = stream
        self._waiting: list[str] = []
        self._taken: list[str] = []

    def __next__(self) -> str:
        if len(self._taken) >= LONGEST_ROW:
            raise _EndlessRow(f"more than {LONGEST_ROW} lines")
        line = self._waiting.pop() if self._waiting else next(self._stream).replace("\0", "")
        self._taken.append(line)
        return line

    def begin_row(self) -> None:
        self._taken.clear()

    def give_back(self) -> str:
        """The first line of the row; the others will be read again."""
        first, *rest = self._taken
        self._waiting.extend(reversed(rest))
        return first


def require(table: Table, names: Sequence[str]) -> None:
    """Raise BadInput when the table lacks one of these columns."""
    missing = [name for name in names if name not in table.columns]
    if missing:
        word = "column" if len(missing) == 1 else "columns"
        verb = "is" if len(missing) == 1 else "are"
        raise BadInput(
            f"{table.path}: the {word} {', '.join(missing)} {verb} missing; found {', '.join(table.columns)[:300]}"
        )

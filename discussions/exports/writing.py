"""Rows as CSV and JSON that anybody may open: streamed, and harmless in a spreadsheet.

A spreadsheet runs a cell that begins with = + - @, and some of them with their full-width or small forms, a tab or a
line break. Such a cell gets an apostrophe in front, the sign by which spreadsheets themselves mark text (OWASP, "CSV
Injection"). Numbers are no formulas and stay numbers.
"""

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime

BOM = "\ufeff"
CHUNK = 64 * 1024
_UNSEEN = r"[\s\x00-\x1f\u200b-\u200f\u2028-\u202e\u2060\ufeff]*"
_SIGNS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b\u2212"
_FORMULA = re.compile(f"'*{_UNSEEN}[{_SIGNS}]")
_ESCAPED = re.compile(f"''*{_UNSEEN}[{_SIGNS}]")
_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,2}(,\d{3})+|[1-9]\d*)(\.\d+)?")


def harmless(cell: str) -> str:
    """`cell` as a spreadsheet may open it. `original` gives it back."""
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def original(cell: str) -> str:
    """What `harmless` was given."""
    return cell[1:] if _ESCAPED.match(cell) else cell


def csv_lines(rows: Iterable[Iterable[object]], *, is_plain: bool = False) -> Iterator[bytes]:
    """Rows of plain values as CSV in pieces of about CHUNK bytes, with the mark by which spreadsheets know UTF-8.

    `is_plain`: without the mark and without quotes where none are needed, as programs write it for programs.
    """
    page = io.StringIO(newline="")
    if not is_plain:
        page.write(BOM)
    writer = csv.writer(page, quoting=csv.QUOTE_MINIMAL if is_plain else csv.QUOTE_NONNUMERIC)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if page.tell() >= CHUNK:
            yield _emptied(page)
    yield _emptied(page)


def json_lines(heading: dict, names: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[bytes]:
    """`heading` and, under "rows", one object for each row, in pieces of about CHUNK bytes."""
    names, page = list(names), io.StringIO()
    page.write(json.dumps(heading, ensure_ascii=False)[:-1])
    page.write(', "rows": [' if heading else '"rows": [')
    separator = "\n"
    for row in rows:
        page.write(separator)
        page.write(json.dumps(dict(zip(names, map(_plain, row), strict=True)), ensure_ascii=False))
        separator = ",\n"
        if page.tell() >= CHUNK:
            yield _emptied(page)
    page.write("\n]}\n")
    yield _emptied(page)


def _emptied(page: io.StringIO) -> bytes:
    text = page.getvalue()
    page.seek(0)
    page.truncate()
    return text.encode("utf-8", errors="replace")


def _cell(value: object) -> object:
    """A cell of a CSV file: a number that stays one, or a string."""
    value = _plain(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else value


def _plain(value: object) -> object:
    """A value of JSON. Moments are given in UTC to the second."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)

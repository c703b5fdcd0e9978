"""Posts from a file: CSV with a heading row, or JSON Lines. Good rows go in; each broken one is named with its reason.

Columns: text (required), id, author, created_at, url, lang; common Chinese headings are understood.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePath
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from integrations import conf
from integrations.social.sources import Availability, Page, Post, Skipped, SourceError, cleaned, problem_with
from nlp.core.decoding import UnknownEncoding, decoded

MAX_BYTES = 20 * 1024 * 1024
MAX_LINES_PER_ROW = 1000  # a quotation mark that is never closed must not swallow the rest of the file
COLUMNS = {
    "text": ("text", "內容", "文字", "貼文", "留言", "content", "message"),
    "id": ("id", "編號", "post_id"),
    "author": ("author", "作者", "帳號", "author_id", "username"),
    "created_at": ("created_at", "時間", "日期", "發布時間", "發文時間", "date", "posted_at"),
    "url": ("url", "網址", "連結", "link"),
    "lang": ("lang", "語言", "language"),
}
OTHER_FORMATS = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf"}
DATE = re.compile(r"(?P<year>\d{2,4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?(?:[ T]+(?P<time>.+))?")
# What a spreadsheet makes of a long number: no longer an identity.
ROUNDED = re.compile(r"\d\.\d+E\+?\d+", re.IGNORECASE)
X_STATUS = re.compile(r"https?://(?:www\.|mobile\.)?(?:x|twitter)\.com/[^/]+(?:/web)?/status/(\d+)", re.IGNORECASE)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})?")


class UploadedFiles:
    """A monitor of kind "file": nothing to ask, people bring the files."""

    smallest_page = 1
    price = 0

    def __init__(self, *, query: str = ""):
        self.query = query

    def availability(self) -> Availability:
        return Availability(False, _("Files are brought in by hand."))

    def fetch(self, cursor: dict[str, Any], limit: int) -> Page:
        raise SourceError("refused", _("Files are brought in by hand."))


class PostFile:
    """One file as a source. `namespace` keeps the numbers of one file's posts apart from those of another.

    Raises SourceError when nothing in the file can be used: too large, another format, unreadable, no text column.
    """

    smallest_page = 1
    price = 0

    def __init__(self, file: BinaryIO, *, name: str, namespace: str = ""):
        data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise SourceError("refused", _("The file is larger than 20 MB. Please split it."))
        for mark, kind in OTHER_FORMATS.items():
            if data.startswith(mark):
                message = _("This is a file of kind %(kind)s. Please save it as CSV (UTF-8) and try again.")
                raise SourceError("refused", message % {"kind": kind})
        self.namespace = namespace
        try:
            text, self.encoding, self.is_damaged = decoded(data)
        except UnknownEncoding as error:
            raise _unreadable() from error
        if not text.strip():
            raise SourceError("refused", _("The file is empty."))
        is_lines = PurePath(name).suffix.lower() in {".jsonl", ".ndjson", ".json"} or text.lstrip().startswith("{")
        self.rows = [self._taken(row, cells) for row, cells in (_json_rows(text) if is_lines else _csv_rows(text))]

    def availability(self) -> Availability:
        return Availability(True)

    def fetch(self, cursor: dict[str, Any], limit: int) -> Page:
        """The next `limit` rows after cursor {"row": how many were taken before}."""
        start = cursor.get("row", 0)
        part = self.rows[start : start + limit]
        posts = tuple(row for row in part if isinstance(row, Post))
        skipped = tuple(row for row in part if isinstance(row, Skipped))
        end = start + len(part)
        return Page(posts, {"row": end}, end < len(self.rows), len(part), skipped)

    def _taken(self, row: int, cells: dict[str, str] | str) -> Post | Skipped:
        if isinstance(cells, str):
            return Skipped(str(row), cells)
        if self.is_damaged and any("\ufffd" in cell for cell in cells.values()):
            return Skipped(str(row), _("some characters could not be read"))
        text = cleaned(cells.get("text", ""))
        if problem := problem_with(text):
            return Skipped(str(row), problem)
        try:
            posted_at = moment(cells.get("created_at", ""))
        except ValueError:
            shown = cleaned(cells["created_at"])[:40]
            return Skipped(str(row), _("the date “%(date)s” cannot be read") % {"date": shown})
        author = cleaned(cells.get("author", ""))
        return Post(
            external_id=self._identity(cleaned(cells.get("id", "")), author, text, posted_at),
            text=text,
            author_id=author,
            url=_address(cells.get("url", ""), author),
            lang=language if LANGUAGE.fullmatch(language := cells.get("lang", "").strip()) else "",
            posted_at=posted_at,
        )

    def _identity(self, number: str, author: str, text: str, posted_at: datetime | None) -> str:
        if not number or ROUNDED.fullmatch(number):
            date = posted_at.isoformat() if posted_at else ""
            number = f"h{conf.fingerprint('row', author, date, text)}"
        elif len(number) > 60:
            number = f"n{conf.fingerprint('id', number)}"
        return f"{self.namespace}-{number}" if self.namespace else number


def moment(text: str) -> datetime | None:
    """A date and time as people in Taiwan write it: 2026-07-02T08:00Z, 2026/7/2 8:05, 115/07/02, 115年7月2日.

    Without a zone it is local time. None for "". Raises ValueError when it cannot be read for sure.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    if not text:
        return None
    found = DATE.fullmatch(text)
    if not found:
        raise ValueError(text)
    year = int(found["year"])
    year += 1911 if year < 200 else 0
    clock = (found["time"] or "00:00").strip()
    clock = clock if clock[1:2] != ":" else f"0{clock}"
    parsed = parse_datetime(f"{year:04d}-{int(found['month']):02d}-{int(found['day']):02d}T{clock}")
    if parsed is None or not 1990 <= year <= 2200:
        raise ValueError(text)
    return parsed if parsed.tzinfo else timezone.make_aware(parsed)


def _csv_rows(text: str) -> Iterator[tuple[int, dict[str, str] | str]]:
    lines = list(io.StringIO(text, newline=""))
    heading = next((line for line in lines if line.strip()), "")
    delimiter = max(",\t;", key=heading.count)
    names: list[str] = []
    wanted: dict[str, int] = {}
    for row, cells in _csv_records(lines, delimiter):
        if isinstance(cells, list) and not any(cell.strip() for cell in cells):
            continue
        if not names:
            names = cells if isinstance(cells, list) else [heading.strip()]
            wanted = _columns(names)
            continue
        if isinstance(cells, str):
            yield row, cells
        elif len(cells) != len(names):
            message = _("it has %(cells)d cells where the heading has %(names)d")
            yield row, message % {"cells": len(cells), "names": len(names)}
        else:
            yield row, {name: cells[position] for name, position in wanted.items()}


def _csv_records(lines: list[str], delimiter: str) -> Iterator[tuple[int, list[str] | str]]:
    """Records with their numbers. After a broken one reading goes on with the very next line."""
    at = row = 0
    while at < len(lines):
        row += 1
        ahead = (lines[i] for i in range(at, min(at + MAX_LINES_PER_ROW, len(lines))))
        reader = csv.reader(ahead, delimiter=delimiter, strict=True)
        try:
            cells = next(reader)
        except csv.Error:
            yield row, _("its quotation marks do not match")
            at += 1
        else:
            yield row, cells
            at += reader.line_num


def _json_rows(text: str) -> Iterator[tuple[int, dict[str, str] | str]]:
    rows = [(number, _json_row(line)) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    objects = [row for _number, row in rows if isinstance(row, dict)]
    if objects and not any("text" in _known(list(row)) for row in objects):
        _columns(sorted({name for row in objects[:100] for name in row}))
    for number, row in rows:
        if isinstance(row, str):
            yield number, row
            continue
        values = {column: list(row.values())[position] for column, position in _known(list(row)).items()}
        if any(isinstance(value, (dict, list, bool)) for value in values.values()):
            yield number, _("a value is neither text nor a number")
        else:
            yield number, {column: "" if value is None else str(value) for column, value in values.items()}


def _json_row(line: str) -> dict[str, Any] | str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return _("it is not valid JSON")
    return row if isinstance(row, dict) else _("it is not a JSON object")


def _known(names: list[str]) -> dict[str, int]:
    """Our name -> position, for the columns we know."""
    found = [_plain(name) for name in names]
    places = {
        column: next((found.index(spelling) for spelling in spellings if spelling in found), None)
        for column, spellings in COLUMNS.items()
    }
    return {column: place for column, place in places.items() if place is not None}


def _columns(names: list[str]) -> dict[str, int]:
    """As `_known`. Raises SourceError, naming what was found and what is wanted, when there is no text."""
    known = _known(names)
    if "text" not in known:
        shown = ", ".join(cleaned(name)[:40] for name in names[:20] if name.strip()) or "-"
        message = _("There is no text column. Found: %(found)s. Wanted: text; also id, author, created_at, url, lang.")
        raise SourceError("refused", message % {"found": shown})
    return known


def _plain(name: Any) -> str:
    return unicodedata.normalize("NFKC", str(name)).strip().lower().replace(" ", "_")


def _address(url: str, author: str) -> str:
    """A link to the post that does not name its author; "" when there is none."""
    url = cleaned(url)
    if status := X_STATUS.match(url):
        return f"https://x.com/i/web/status/{status[1]}"
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or not parts.hostname or len(url) > 500:
        return ""
    handle, plain = author.lstrip("@").casefold(), unquote(url).casefold()
    is_named = handle in plain if len(handle) > 2 else handle in plain.split("/") and handle
    return "" if is_named else url


def _unreadable() -> SourceError:
    return SourceError("refused", _("The file is neither UTF-8 nor Big5. Please save it as CSV (UTF-8) and try again."))

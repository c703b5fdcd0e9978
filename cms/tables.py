"""Tables that come in as files: every refused row with its reason, safe to open again in a spreadsheet."""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from discussions.exports.writing import harmless
from nlp.core.decoding import Decoded, UnknownEncoding, decoded

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 5000
MOST_COLUMNS = 40
LONGEST_CELL = 2000
MOST_REASONS = 100
MOST_LINES = 200  # of one row: a quotation mark that is never closed must not swallow the file

_NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,2}(,\d{3})+|[1-9]\d*)(\.\d+)?")
_DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")


class UnreadableTable(ValueError):
    """The file as a whole cannot be taken; the message says why in plain words."""


@dataclass(frozen=True, slots=True)
class Table:
    """`columns`: {"name", "kind"} with kind text, number or date. `rows`: lists of strings, one for each column.

    `refused`: {"row": line number in the file, "reason": words}, at most MOST_REASONS of the `skipped` rows.
    """

    columns: list[dict]
    rows: list[list[str]]
    encoding: str
    skipped: int = 0
    refused: list[dict] = field(default_factory=list)

    @property
    def report(self) -> dict:
        """What an editor is told after an import."""
        return {"taken": len(self.rows), "skipped": self.skipped, "refused": self.refused, "encoding": self.encoding}


def read_csv(content: bytes) -> Table:
    """A table from the bytes of a CSV file. Good rows go in, bad ones are listed. Raises UnreadableTable."""
    if len(content) > MOST_BYTES:
        raise UnreadableTable(_("The file is larger than 2 MB. Please split it."))
    text, encoding, _is_damaged = _words_of(content)
    lines = list(io.StringIO(text, newline=""))
    records = _records(lines, max(",\t;", key=lines[0].count) if lines else ",")
    _line, first, problem = next(records, (1, [], ""))
    header = _header(first, problem)
    rows: list[list[str]] = []
    refused: list[dict] = []
    skipped = 0
    for number, cells, problem in records:
        reason = problem or _refusal(cells, len(header), len(rows))
        if reason:
            skipped += 1
            if len(refused) < MOST_REASONS:
                refused.append({"row": number, "reason": reason})
        elif any(cells):
            rows.append(cells)
    if not rows:
        detail = refused[0]["reason"] if refused else _("There is nothing below the first line.")
        raise UnreadableTable(_("No row could be read. %(detail)s") % {"detail": detail})
    columns = [{"name": name, "kind": _kind(row[index] for row in rows)} for index, name in enumerate(header)]
    return Table(columns=columns, rows=rows, encoding=encoding, skipped=skipped, refused=refused)


def _words_of(content: bytes) -> Decoded:
    """The text of an uploaded file. Raises UnreadableTable."""
    if b"\x00" in content:
        raise UnreadableTable(_("This is not a CSV file. In a spreadsheet choose “save as CSV (UTF-8)”."))
    try:
        found = decoded(content)
    except UnknownEncoding as error:
        raise UnreadableTable(_not_readable()) from error
    if found.is_damaged:
        raise UnreadableTable(_not_readable())
    return found


def _not_readable() -> str:
    return _("The characters of this file cannot be read. Please save it as UTF-8 or Big5.")


def write_csv(columns: list[dict], rows: list[list[str]], *, notes: list[str] = ()) -> str:
    """A table as CSV with a byte order mark, `notes` as last lines. Cells a spreadsheet would run are made harmless."""
    file = io.StringIO(newline="")
    file.write("\ufeff")
    writer = csv.writer(file)
    writer.writerow([harmless(column["name"]) for column in columns])
    writer.writerows([[harmless(cell) for cell in row] for row in rows])
    if notes:
        writer.writerow([])
        writer.writerows([[harmless(note)] for note in notes])
    return file.getvalue()


def matching(rows: list[list[str]], words: str) -> list[tuple[int, list[str]]]:
    """The rows that hold all `words`, with their numbers from 1. Width, case and 台/臺 make no difference."""
    wanted = folded(words).split()
    numbered = enumerate(rows, start=1)
    if not wanted:
        return list(numbered)
    return [(number, row) for number, row in numbered if _holds(row, wanted)]


def folded(text: str) -> str:
    """`text` in the form in which it is compared."""
    return unicodedata.normalize("NFKC", text).casefold().replace("台", "臺")


def _holds(row: list[str], wanted: list[str]) -> bool:
    text = folded("\n".join(row))
    return all(word in text for word in wanted)


def _header(cells: list[str], problem: str) -> list[str]:
    header = list(cells)
    while header and not header[-1]:
        header.pop()
    if problem or not header:
        raise UnreadableTable(_("The first line has to hold the names of the columns."))
    if len(header) > MOST_COLUMNS:
        raise UnreadableTable(_("At most %(limit)d columns can be shown.") % {"limit": MOST_COLUMNS})
    if "" in header or len(set(header)) < len(header):
        raise UnreadableTable(_("Each column needs a name of its own in the first line."))
    return header


def _records(lines: list[str], delimiter: str):
    """(line number, cells, "") for each row, (line number, [], reason) for one that is broken.

    After a broken row reading goes on with the very next line, so that an open quotation mark costs one row.
    """
    place = 0
    while place < len(lines):
        number = place + 1
        if '"' not in lines[place]:
            place += 1
            yield number, [_tidy(cell) for cell in lines[place - 1].rstrip("\r\n").split(delimiter)], ""
            continue
        reader = csv.reader(lines[place : place + MOST_LINES], delimiter=delimiter, strict=True)
        try:
            cells = next(reader)
        except csv.Error:
            place += 1
            yield number, [], _("The quotation marks of this row do not match.")
        else:
            place += reader.line_num
            yield number, [_tidy(cell) for cell in cells], ""


def _refusal(cells: list[str], width: int, taken: int) -> str:
    if not any(cells):
        return ""
    if len(cells) != width:
        return _("This row has %(found)d cells; %(wanted)d are expected.") % {"found": len(cells), "wanted": width}
    if max(map(len, cells)) > LONGEST_CELL:
        return _("A cell of this row is longer than %(limit)d characters.") % {"limit": LONGEST_CELL}
    if taken >= MOST_ROWS:
        return _("Only the first %(limit)d rows are taken.") % {"limit": MOST_ROWS}
    return ""


def _tidy(cell: str) -> str:
    return unicodedata.normalize("NFC", cell.replace("\x00", "")).strip()


def _kind(cells) -> str:
    filled = [cell for cell in cells if cell]
    if filled and all(_NUMBER.fullmatch(cell) for cell in filled):
        return "number"
    if filled and all(_DATE.fullmatch(cell) for cell in filled):
        return "date"
    return "text"

"""How a page of open information shows its table: a stretch of rows, a search, a file to take away, and whose it is."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _

from cms import tables
from discussions.models import Licence

STRETCH = 50
LICENCE_URLS = {licence.value: licence.url for licence in Licence}


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is shown: its number in the table and (cell, is it a number) pairs."""

    number: int
    cells: list[tuple[str, bool]]


def reading(page, query) -> dict:
    """Template variables: the rows that match `q`, from row number `from` on, and the way to the neighbours."""
    words = " ".join(query.get("q", "").split())[:100]
    found = tables.matching(page.rows, words)
    first = _number(query.get("from", ""))
    start = next((place for place, (number, _cells) in enumerate(found) if number >= first), 0)
    shown = found[start : start + STRETCH]
    is_number = [column["kind"] == "number" for column in page.columns]
    return {
        "words": words,
        "total": len(page.rows),
        "matches": len(found),
        "table_rows": [Row(number, list(zip(row, is_number, strict=True))) for number, row in shown],
        "newer_url": _url(words, found[max(0, start - STRETCH)][0]) if start else "",
        "older_url": _url(words, found[start + STRETCH][0]) if start + STRETCH < len(found) else "",
    }


def download(page) -> HttpResponse:
    """The whole table as a CSV file with its attribution at the end."""
    notes = [line for line in (attribution(page)["words"], attribution(page)["url"], page.source_url) if line]
    response = HttpResponse(
        tables.write_csv(page.columns, page.rows, notes=notes), content_type="text/csv; charset=utf-8"
    )
    name = f"{page.slug}.csv"
    response["Content-Disposition"] = f"attachment; filename=\"table.csv\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def attribution(page) -> dict:
    """Whose data it is and on what terms: {"words", "url"}. Naming the source is a condition of most licences."""
    year = page.data_updated_on or page.first_published_at or page.latest_revision_created_at
    facts = {"source": page.source_name, "title": page.title, "year": f"{year:%Y}" if year else ""}
    facts["named"] = ", ".join(part for part in (facts["source"], facts["year"], facts["title"]) if part)
    words = {
        "ogdl-tw-1": _(
            "%(named)s. Released to the public under the Open Government Data License, version 1.0 (Taiwan): "
            "you may use it as long as you keep to its terms."
        ),
        "cc-by-4": _("%(named)s. Licensed under Creative Commons Attribution 4.0: name the source when you use it."),
        "cc0": _("%(named)s. Given to the public domain (CC0). Naming the source is welcome."),
    }.get(page.licence)
    said = words % facts if words else _("%(named)s. %(terms)s") % {**facts, "terms": page.licence_terms}
    return {"words": said, "url": LICENCE_URLS.get(page.licence, "")}


def record_url(page_url: str, number: int) -> str:
    """The address of one row."""
    return f"{page_url}?from={number}#row-{number}"


def missing_terms() -> ValidationError:
    """The refusal of a licence nobody has described."""
    return ValidationError({"licence_terms": _("Say in words on what terms the data may be used.")})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _url(words: str, number: int) -> str:
    return "?" + urlencode({"q": words, "from": number} if words else {"from": number})

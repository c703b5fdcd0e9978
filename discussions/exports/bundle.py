"""A whole discussion in one zip: every table as CSV and JSON, what the columns mean, and how to read it.

It is written to a file in constant memory, then given away from there. A file is kept for KEPT_SECONDS, unless
something happened since: the newest event of the space is part of its name, so that words hidden a moment ago are in
no export that is given away.
"""

import json
import os
import re
import tempfile
import time
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import slugify
from django.utils.translation import gettext as _

from discussions import events
from discussions.errors import TooSoon
from discussions.exports import TABLES, polis_form
from discussions.exports.table import Table
from discussions.exports.writing import csv_lines, json_lines
from discussions.models import Licence, Space

KEPT_SECONDS = 600
LONGEST_SECONDS = 300  # after which a broken-off writer no longer keeps others out
CHUNK = 64 * 1024
Members = Iterable[tuple[str, Iterator[bytes]]]


class BeingWritten(TooSoon):
    """Somebody else's request is writing the same file at this moment."""

    code = "being_written"

    def __init__(self):
        super().__init__(15)
        self.message = _("This file is being put together at this moment. Please try again in a few seconds.")


def licence_of(space: Space) -> Licence:
    """On what terms the data of a space may be used."""
    return Licence(space.agency.data_licence) if space.agency else Licence.CC_BY


def whole(space: Space) -> Path:
    """The file with everything. Raises BeingWritten."""
    return _kept(space, "all", lambda: _everything(space))


def in_polis_form(space: Space) -> Path:
    """The file with what Polis exports. Raises BeingWritten."""
    return _kept(space, "polis", lambda: polis_form.files(space, site=settings.SITE_URL.rstrip("/")))


def table_as_csv(table: Table, space: Space) -> Iterator[bytes]:
    """One table with its heading."""

    def rows():
        yield tuple(table.columns)
        yield from table.rows(space)

    return csv_lines(rows())


def table_as_json(table: Table, space: Space) -> Iterator[bytes]:
    """One table with the meaning of its columns."""
    heading = {
        "table": table.name,
        "title": str(table.title),
        "licence": licence_of(space).short,
        "columns": {name: str(words) for name, words in table.columns.items()},
    }
    return json_lines(heading, table.columns, table.rows(space))


def pieces(path: Path) -> Iterator[bytes]:
    """The content of a file, a little at a time."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _everything(space: Space) -> Members:
    yield "README.md", iter([_readme(space).encode()])
    yield "datapackage.json", iter([_package(space).encode()])
    yield "data-dictionary.csv", csv_lines(_dictionary())
    for table in TABLES:
        yield f"csv/{table.name}.csv", table_as_csv(table, space)
        with translation.override("en"):
            yield f"json/{table.name}.json", table_as_json(table, space)


def _kept(space: Space, kind: str, members) -> Path:
    folder = settings.VAR_DIR / "exports"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{space.pk}-{kind}-{events.last_seq(space.pk)}.zip"
    if _is_fresh(path):
        return path
    writing = f"export:{space.pk}:{kind}"
    if not cache.add(writing, True, LONGEST_SECONDS):
        raise BeingWritten
    try:
        with _snapshot():
            _write(path, members())
        for old in folder.glob(f"{space.pk}-{kind}-*.zip"):
            if old != path:
                old.unlink(missing_ok=True)
    finally:
        cache.delete(writing)
    return path


def _is_fresh(path: Path) -> bool:
    try:
        return time.time() - path.stat().st_mtime < KEPT_SECONDS
    except FileNotFoundError:
        return False


def _write(path: Path, members: Members) -> None:
    """All or nothing: readers find the old file until the new one is whole."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for member, content in members:
                with archive.open(member, "w", force_zip64=True) as place:
                    for piece in content:
                        place.write(piece)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def _snapshot() -> Iterator[None]:
    """On PostgreSQL all tables are read as they were at one moment; on SQLite each is, for a transaction would keep
    everybody from writing.
    """
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _dictionary() -> Iterator[tuple[object, ...]]:
    yield "table", "column", "type", "meaning_zh", "meaning_en"
    for table in TABLES:
        for name, words in table.columns.items():
            yield table.name, name, table.types.get(name, "any"), *_in_both(words)


def _in_both(words) -> tuple[str, str]:
    found = []
    for language in ("zh-hant", "en"):
        with translation.override(language):
            found.append(str(words))
    return found[0], found[1]


def _readme(space: Space) -> str:
    licence = licence_of(space)
    facts = {"space": space, "licence": licence, "tables": TABLES, "at": timezone.now(), "site": settings.SITE_URL}
    parts = []
    for language in ("zh-hant", "en"):
        with translation.override(language):
            parts.append(render_to_string("discussions/exports/readme.md", facts))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(parts)).strip() + "\n"


def _package(space: Space) -> str:
    """A Data Package (Frictionless Data): what programs need to read the tables."""
    licence = licence_of(space)
    with translation.override("en"):
        return json.dumps(
            {
                "profile": "data-package",
                "name": f"minyi-{slugify(space.slug) or space.pk}",
                "title": space.title,
                "description": space.question,
                "homepage": settings.SITE_URL.rstrip("/") + space.path(),
                "created": timezone.now().isoformat(timespec="seconds"),
                "licenses": [{"name": licence.short, "path": licence.url, "title": str(licence.label)}],
                "resources": [_resource(table) for table in TABLES],
            },
            ensure_ascii=False,
            indent=1,
        )


def _resource(table: Table) -> dict:
    return {
        "name": table.name,
        "title": str(table.title),
        "path": f"csv/{table.name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {
            "fields": [
                {"name": name, "type": table.types.get(name, "any"), "description": str(words)}
                for name, words in table.columns.items()
            ]
        },
    }

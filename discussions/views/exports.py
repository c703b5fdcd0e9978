"""Open data over HTTP: what there is, table by table, and everything in one file. Streamed in constant memory."""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from discussions import events, instruments, pace
from discussions.errors import TooSoon
from discussions.exports import TABLES, bundle
from discussions.instruments import Instrument
from discussions.models import Space
from discussions.views.frame import frame, space_or_404

PER_WINDOW, WINDOW = 60, 600  # downloads from one address in so many seconds
TYPES = {"csv": "text/csv; charset=utf-8", "json": "application/json", "zip": "application/zip"}


class TooManyDownloads(TooSoon):
    """One address takes more than a reader needs."""

    code = "too_many_downloads"

    def __init__(self):
        super().__init__(WINDOW)
        self.message = _("Many files were downloaded from here just now. Please try again in ten minutes.")


@require_GET
def index(request, slug: str):
    """What is in the open data, on what terms, and how people are kept apart from their names."""
    space = space_or_404(request, slug)
    context = frame(
        request,
        space,
        "data",
        tables=TABLES,
        licence=bundle.licence_of(space),
        votes=instruments.is_on(space, Instrument.STATEMENTS),
    )
    return render(request, "discussions/exports/index.html", context)


@require_GET
def table(request, slug: str, name: str, form: str):
    """One table as CSV or JSON."""
    space = space_or_404(request, slug)
    found = next((one for one in TABLES if one.name == name), None)
    write = {"csv": bundle.table_as_csv, "json": bundle.table_as_json}.get(form)
    if found is None or write is None:
        raise Http404
    _count(request)
    return _streamed(request, write(found, space), f"{space.slug}-{name}.{form}", tag=_tag(space))


@require_GET
def whole(request, slug: str):
    """Everything in one file."""
    space = space_or_404(request, slug)
    _count(request)
    return _file(request, space, bundle.whole(space), f"{space.slug}.zip")


@require_GET
def polis_form(request, slug: str):
    """Statements and votes as Polis exports them."""
    space = space_or_404(request, slug)
    _count(request)
    return _file(request, space, bundle.in_polis_form(space), f"{space.slug}-polis.zip")


def _file(request, space: Space, path: Path, name: str) -> StreamingHttpResponse:
    response = _streamed(request, bundle.pieces(path), name, tag=_tag(space))
    response["Content-Length"] = path.stat().st_size
    return response


def _tag(space: Space) -> str:
    """Which state of the discussion it is: the number of its newest event."""
    return f'W/"{space.pk}-{events.last_seq(space.pk)}"'


def _streamed(request, chunks: Iterator[bytes], name: str, *, tag: str) -> StreamingHttpResponse:
    content = _from_thread(chunks) if hasattr(request, "scope") else chunks
    form = name.rpartition(".")[2]
    response = StreamingHttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = f"attachment; filename=\"data.{form}\"; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-cache"
    response["ETag"] = tag
    return response


async def _from_thread(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces, each read in the thread of the request, so that the loop is never held up."""
    end = b""
    pull = sync_to_async(partial(next, chunks, end))
    try:
        while chunk := await pull():
            yield chunk
    finally:
        await sync_to_async(chunks.close)()


def _count(request) -> None:
    if not pace.is_within(f"exports:{pace.visitor(request)}", most=PER_WINDOW, seconds=WINDOW):
        raise TooManyDownloads

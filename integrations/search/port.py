"""The search port: what every engine promises, and the one place that chooses the engine.

The promises, held by one contract test against each engine: two-character Chinese words, single characters and Latin
words are found wherever they stand; 台 and 臺 are one; a longer word matches only as it is written; all words of a
query must occur; nothing in a query is syntax; what is deleted or hidden is gone when the call returns.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Protocol

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from integrations import conf
from integrations.search import han

LONGEST_PAGE = 100
DEEPEST = 1000  # results that can be paged through; nobody reads further, and no engine is asked to


@dataclass(frozen=True, slots=True)
class Document:
    """What can be found. `key` is unique over all kinds ("comment:12"); title and body are plain text, never HTML."""

    key: str
    kind: str
    title: str
    body: str
    url: str
    language: str = ""
    date: datetime | None = None
    visible: bool = True


@dataclass(frozen=True, slots=True)
class Hit:
    """One result. `title` and `snippet` are pieces of the original words: (text, whether the query matched it)."""

    key: str
    kind: str
    title: tuple[han.Piece, ...]
    snippet: tuple[han.Piece, ...]
    url: str
    language: str
    date: datetime | None
    score: float


@dataclass(frozen=True, slots=True)
class Results:
    """One page of results, best first. `cursor` asks for the next page ("" on the last); `notice` is for the reader."""

    hits: tuple[Hit, ...] = ()
    total: int = 0
    cursor: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """A query made safe: its phrases, its bounds, and what to tell the reader about them."""

    text: str
    phrases: tuple[han.Phrase, ...]
    kinds: tuple[str, ...] = ()
    language: str | None = None
    limit: int = 20
    offset: int = 0
    notice: str = field(default="")

    @classmethod
    def read(
        cls, query: str, *, kinds: Sequence[str] | None, language: str | None, limit: int, after: str | None
    ) -> "Request":
        """Cut what is too long, saying so; a cursor that is none begins at the start."""
        text = " ".join(query[: han.LONGEST_QUERY].split())
        is_cut = len(query.strip()) > han.LONGEST_QUERY
        notice = _("Only the first %(count)d characters were searched for.") % {"count": han.LONGEST_QUERY}
        offset = int(after) if after and after.isascii() and after.isdigit() and len(after) < 6 else 0
        return cls(
            text=text,
            phrases=han.phrases(text),
            kinds=tuple(kinds or ()),
            language=language or None,
            limit=max(1, min(limit, LONGEST_PAGE)),
            offset=min(offset, DEEPEST),
            notice=notice if is_cut else "",
        )

    def cursor(self, total: int) -> str:
        """Where the next page begins, "" when there is none."""
        end = self.offset + self.limit
        return str(end) if end < min(total, DEEPEST) else ""


class SearchBackend(Protocol):
    """An engine. Only `rebuild` raises when an outside engine is away; none for what a reader types."""

    is_remote: bool

    def index(self, documents: Iterable[Document]) -> None:
        """Add or replace documents; one that is not visible is deleted instead."""

    def delete(self, keys: Iterable[str]) -> None:
        """Make documents unfindable before returning."""

    def clear(self) -> None:
        """Forget everything."""

    def search(
        self,
        query: str,
        *,
        kinds: Sequence[str] | None = None,
        language: str | None = None,
        limit: int = 20,
        after: str | None = None,
    ) -> Results:
        """Documents that hold all words of the query. `language` also admits documents without one."""

    def drain(self, *, limit: int = 1000) -> int:
        """Send an outside engine up to `limit` changes it has missed; how many it took (0: none, or it is away)."""

    def rebuild(self) -> int:
        """Make the index anew from the store of record while searching goes on. How many documents it holds."""


def get_backend() -> SearchBackend:
    """The engine that SEARCH_BACKEND names."""
    chosen = conf.search_backend()
    return _build(chosen["BACKEND"], json.dumps(chosen.get("OPTIONS", {}), sort_keys=True))


@lru_cache(maxsize=8)
def _build(path: str, options: str) -> SearchBackend:
    return import_string(path)(**json.loads(options))

"""What every outside source looks like to the rest of the house, and the words a post is reduced to."""

import unicodedata
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from integrations import conf

MAX_TEXT = 25_000  # the longest post any of the networks allows


@dataclass(frozen=True, slots=True)
class Availability:
    """Whether a source can be asked at all, and if not, why, in words for a planner."""

    on: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """One post in the shape all sources share. `author_id` is raw: it is hashed before anything is stored.

    `external_id` names the post through all its edits; `version_id` names this text where the network tells them apart.
    """

    external_id: str
    text: str
    author_id: str = ""
    version_id: str = ""
    url: str = ""
    conversation_id: str = ""
    reply_to_id: str = ""
    lang: str = ""
    posted_at: datetime | None = None
    edited_at: datetime | None = None
    metrics: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something that was read and not taken: where it stood (row number or post number) and why."""

    row: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """One answer of a source. `read` counts what the source charges for; `cursor` is where the next page begins."""

    posts: tuple[Post, ...] = ()
    cursor: dict[str, Any] = field(default_factory=dict)
    more: bool = False
    read: int = 0
    errors: tuple[Skipped, ...] = ()


class Source(Protocol):
    """A network or a file. `fetch` raises SourceError and never sleeps, retries or writes."""

    smallest_page: int
    price: Any

    def availability(self) -> Availability: ...

    def fetch(self, cursor: dict[str, Any], limit: int) -> Page: ...


class SourceError(Exception):
    """A fetch that brought nothing. The message is for a planner: no address, no token, no stack.

    kind "busy":    the source or the way to it is troubled; try again later, later each time
    kind "limit":   the source told us to wait until `retry_at`
    kind "capped":  the allowance bought from the source is used up until `retry_at`
    kind "refused": a person must change something (token, permission, search words)
    """

    def __init__(self, kind: str, message: str, *, retry_at: datetime | None = None):
        super().__init__(message)
        self.kind = kind
        self.retry_at = retry_at


def build(monitor) -> Source:
    """The source that answers a monitor. The only place where a kind becomes a class."""
    chosen = conf.sources().get(monitor.kind)
    if chosen is None:
        raise SourceError("refused", _("This kind of source is not installed."))
    return import_string(chosen["BACKEND"])(query=monitor.query, **chosen.get("OPTIONS", {}))


def cleaned(text: str) -> str:
    """Text that every database can hold: no control characters, no halves of characters, no blank edges."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    kept = "".join(c for c in whole if c in "\n\t" or unicodedata.category(c) != "Cc")
    return kept.strip()


def problem_with(text: str) -> str:
    """Why these words cannot be taken in ("" when they can)."""
    if not any(unicodedata.category(c)[0] in "LNSP" for c in text):
        return _("there are no words in it")
    if len(text) > MAX_TEXT:
        return _("the text is longer than %(limit)d characters") % {"limit": MAX_TEXT}
    return ""

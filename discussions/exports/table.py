"""A table of open data: its columns, and how its rows are read. Writing it as CSV or JSON is done elsewhere."""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from django.conf import settings
from django.utils.functional import Promise

from discussions.models import Space

# Plain values only: str, int, float, bool, datetime or None.
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is the file's name without its ending; `columns` maps each column to a sentence that says what it holds.

    `rows(space)` yields one tuple per row in the order of the columns, in constant memory and a constant number of
    queries. It gives published words only, and people as pseudonyms (`person`).
    """

    name: str
    title: str | Promise
    columns: dict[str, str | Promise]
    rows: Callable[[Space], Iterator[Row]]
    types: dict[str, str] = field(default_factory=dict)


def person(space: Space, member_id: int | None) -> str:
    """A pseudonym: the same person in every table of one space, nobody's in another space. "" for nobody."""
    if member_id is None:
        return ""
    text = f"export:{space.pk}:{member_id}".encode()
    return hmac.new(settings.AUTHOR_KEY_SECRET.encode(), text, sha256).hexdigest()[:12]

"""A table of open data: its columns, and how its rows are read. Writing it as CSV or JSON is done elsewhere."""

import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from discussions.models import Space

# What a column of levels or of parts holds, said alike in every table.
LEVEL = _("how surely its author is known")
BY = _("what parts the votes: level or channel")
PART = _(
    "level: 0 guest, 10 account, 20 e-mail, 30 telephone, 40 identity shown; channel: the door it came in "
    "by; other: parts of fewer than five people, together"
)
OTHER = "other"

# Plain values only: str, int, float, bool, datetime or None.
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`name` is the file's name without its ending; `columns` maps each column to a sentence that says what it holds.

    `rows(space)` yields one tuple per row in the order of the columns, in constant memory and a constant number of
    queries. It gives published words only, and people as pseudonyms: `person` for authors, `voter` for those who were
    counted.
    """

    name: str
    title: str | Promise
    columns: dict[str, str | Promise]
    rows: Callable[[Space], Iterator[Row]]
    types: dict[str, str] = field(default_factory=dict)


def person(space: Space, member_id: int | None) -> str:
    """A pseudonym of somebody who wrote something: the same in every table of words of one space, nobody's in another
    space. "" for nobody.
    """
    return "" if member_id is None else _pseudonym(f"export:{space.pk}:{member_id}")


def voter(space: Space, member_id: int) -> str:
    """A pseudonym of somebody who voted, reacted or answered: the same in every table of such acts of one space.

    It is not their pseudonym as an author. Words stand on the pages under a name; with one pseudonym for both, every
    vote of whoever has written something could be read off under that name.
    """
    return _pseudonym(f"export:voter:{space.pk}:{member_id}")


def _pseudonym(text: str) -> str:
    return hmac.new(settings.AUTHOR_KEY_SECRET.encode(), text.encode(), sha256).hexdigest()[:12]

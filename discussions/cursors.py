"""Cursors of long lists: where a page ended, and the way on from there.

A list in another order than that of its ids has a signed cursor, which holds the numbers of the last row in that order;
one that is newest first has the id of its last row. Either way the next page is one index range, however deep.
"""

from datetime import UTC, datetime

from django.core import signing
from django.db.models import QuerySet
from django.utils import timezone

SEPARATOR = "."
MOST_DIGITS = 18  # what is longer is the number of no row


def made(order: str, *numbers: int) -> str:
    """The cursor behind a row of a list in this order."""
    return _signer(order).sign(SEPARATOR.join(map(str, numbers)))


def read(order: str, cursor: str | None, count: int) -> tuple[int, ...] | None:
    """The `count` numbers of a cursor of this order; None for one that is empty, bent or of another order."""
    try:
        numbers = tuple(int(number) for number in _signer(order).unsign(cursor or "").split(SEPARATOR))
    except (signing.BadSignature, ValueError):
        return None
    return numbers if len(numbers) == count else None


def number(text: str | None) -> int:
    """A row's number that comes back in an address or a form; 0, which no row has, for anything else written there."""
    text = text or ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0


def stretch(rows: QuerySet, before: int, size: int) -> tuple[list, int | None]:
    """`size` rows, newest first, behind the row `before` (0: from the newest), and the cursor of the next stretch."""
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def moment(text: str) -> datetime | None:
    """A moment that comes back in an address; None for anything else, and for one beyond the calendar."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if timezone.is_aware(found) else None
    except (ValueError, OverflowError):
        return None


def _signer(order: str) -> signing.Signer:
    return signing.Signer(salt=f"cursor:{order}", sep="~")

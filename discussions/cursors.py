"""Cursors of long lists: where a page ended, signed so that nobody makes one up.

A cursor holds the numbers of the last row in the order of the list, so the next page is one index range, however deep.
"""

from datetime import UTC, datetime

from django.core import signing
from django.utils import timezone

SEPARATOR = "."


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


def moment(text: str) -> datetime | None:
    """A moment that comes back in an address; None for anything else, and for one beyond the calendar."""
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if timezone.is_aware(found) else None
    except (ValueError, OverflowError):
        return None


def _signer(order: str) -> signing.Signer:
    return signing.Signer(salt=f"cursor:{order}", sep="~")

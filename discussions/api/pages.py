"""Long lists in stretches: newest first by id, with the id of the last as the cursor of the next stretch."""

from typing import Any

from django.db.models import QuerySet
from ninja import Query, Schema

from discussions import cursors

MOST = 100
LARGEST_ID = 2**63 - 1


class Stretch(Schema):
    """What to read: `before` is the cursor the previous stretch gave."""

    before: int | None = Query(None, ge=0, le=LARGEST_ID)
    limit: int = Query(50, ge=1, le=MOST)


def stretch(rows: QuerySet, asked: Stretch) -> tuple[list[Any], int | None]:
    """The rows of a stretch and the cursor of the next, or None at the end: one index range, however long the list."""
    return cursors.stretch(rows, asked.before or 0, asked.limit)

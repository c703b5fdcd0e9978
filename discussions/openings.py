"""Opening and closing at a stated moment, the same way for surveys and budget choices."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import Count, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions.errors import CivicError
from discussions.models.openings import Opening


def number_of(model: type[Model], by: str) -> Coalesce:
    """How many rows of `model` belong to each row that is read.

    A subquery, so that a list counts only those of the rows it shows, by the index of `by`.
    """
    rows = model._default_manager.filter(**{by: OuterRef("pk")}).order_by().values(by)
    return Coalesce(Subquery(rows.annotate(n=Count("*")).values("n")), 0)


def begin(row: Opening, now: datetime) -> bool:
    """Open a draft; False when it is open already. The caller holds the lock, saves nothing else and tells of it.

    Raises CivicError when its last moment is over or it was closed for good.
    """
    if row.state == Opening.State.OPEN:
        return False
    if row.state == Opening.State.CLOSED or (row.closes_at is not None and row.closes_at <= now):
        raise CivicError(
            _("Its closing date is over, so it cannot be opened. Choose a later date first; nothing was changed."),
            code="closed",
        )
    row.state, row.opened_at = Opening.State.OPEN, now
    row.save(update_fields=["state", "opened_at"])
    return True


def end(row: Opening, now: datetime) -> bool:
    """Close what is open; False when it was not open."""
    if row.state != Opening.State.OPEN:
        return False
    row.state, row.closed_at = Opening.State.CLOSED, now
    row.save(update_fields=["state", "closed_at"])
    return True


def check_dates(opens_at: datetime | None, closes_at: datetime | None) -> None:
    """Raises CivicError when the end does not come after the beginning."""
    if opens_at is not None and closes_at is not None and closes_at <= opens_at:
        raise CivicError(_("It has to close after it opens. Nothing was changed."), code="dates")


def keep_time(rows: QuerySet, *, begin_one: Callable, end_one: Callable) -> int:
    """Open and close what is due. Returns how many changed; one that cannot be opened waits for its editor."""
    now, changed = timezone.now(), 0
    due = Q(state=Opening.State.DRAFT, opens_at__lte=now) & (Q(closes_at=None) | Q(closes_at__gt=now))
    for pk in rows.filter(due).values_list("pk", flat=True):
        changed += bool(begin_one(pk))
    for pk in rows.filter(state=Opening.State.OPEN, closes_at__lte=now).values_list("pk", flat=True):
        changed += bool(end_one(pk))
    return changed

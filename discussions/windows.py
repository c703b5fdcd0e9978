"""The window in which signatures count: whole days, in local time."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone

from discussions.models import Proposal

MOST_SIGNATURES = 10_000_000
MOST_DAYS = 730


def last_day(published_at: datetime, days: int) -> date:
    """The last day on which signatures count. The day of publishing is not counted, as in the Civil Code."""
    return timezone.localtime(published_at).date() + timedelta(days=days)


def end(published_at: datetime, days: int) -> datetime:
    """The midnight after the last day."""
    return timezone.make_aware(datetime.combine(last_day(published_at, days) + timedelta(days=1), time.min))


def begin_anew(proposal: Proposal, now: datetime) -> None:
    """Give a proposal that was held its whole window, from when people can read it. Under the lock of its space."""
    days = (proposal.last_day - timezone.localtime(proposal.published_at).date()).days
    proposal.published_at, proposal.closes_at = now, end(now, days)
    proposal.save(update_fields=["published_at", "closes_at"])

"""How fast one person may write: an interval between two posts, longer for new accounts (figure A1)."""

from datetime import datetime, timedelta

from django.conf import settings

from discussions.errors import TooSoon
from discussions.models import Member


def require(author: Member, latest: datetime | None, now: datetime) -> None:
    """Raise TooSoon when the author's `latest` post is too close to `now`."""
    if latest is None:
        return
    is_new = author.date_joined > now - timedelta(hours=settings.NEW_ACCOUNT_HOURS)
    interval = settings.POSTING_INTERVALS["new" if is_new else "known"]
    remaining = interval - (now - latest).total_seconds()
    if remaining > 0:
        raise TooSoon(int(remaining) + 1)

"""How much one person may write, and how fast (figure A1). New accounts are held to more than known ones.

Limits hold exactly, however many processes a person writes to at once: what was posted so far is read after the
person's turn was taken (`turn`), and only one transaction has it.
"""

import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.db.models import Func, IntegerField, Value
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import wording
from discussions.errors import InvalidText, TooSoon
from discussions.models import Member, Space

DAY = timedelta(days=1)
SEARCHES = {"most": 40, "seconds": 60}  # for what means nearly the same, of one reader
TURNS = 1  # which of the database's numbered locks are turns of people


class _Turn(Func):
    """Waits until no other transaction has this person's turn. A database with one writer at a time gives it anyway."""

    output_field = IntegerField()
    template = "0"

    def __init__(self, member_id: int):
        super().__init__(Value(TURNS), Value(member_id % 2**31))

    def as_sql(self, compiler, connection, **extra):
        return "0", []

    def as_postgresql(self, compiler, connection):
        template = "CASE WHEN pg_advisory_xact_lock(%(expressions)s) IS NULL THEN 1 ELSE 0 END"
        return super().as_sql(compiler, connection, template=template)


def turn(space_id: int, author) -> Space:
    """The space, locked as by `events.lock`, and the author's turn, both until the transaction ends: one statement."""
    spaces = Space.objects.select_for_update()
    if author.pk is not None:
        spaces = spaces.annotate(turn=_Turn(author.pk))
    return spaces.get(pk=space_id)


def is_new(author: Member, now: datetime) -> bool:
    """Is this account too young to write as freely as others?"""
    return author.date_joined > now - timedelta(hours=settings.NEW_ACCOUNT_HOURS)


def looks_back(author: Member, now: datetime) -> datetime:
    """Since when an author's posts count for what they may write now."""
    if is_new(author, now):
        return now - DAY
    return now - timedelta(seconds=settings.POSTING_INTERVALS["known"])


def require(author: Member, latest: datetime | None, now: datetime) -> None:
    """Raise TooSoon when the author's `latest` post is too close to `now`."""
    if latest is None:
        return
    interval = settings.POSTING_INTERVALS["new" if is_new(author, now) else "known"]
    remaining = interval - (now - latest).total_seconds()
    if remaining > 0:
        raise TooSoon(_whole(remaining))


def require_daily(author: Member, posted: Iterable[datetime], now: datetime, *, kind: str) -> None:
    """Raise TooSoon when a new account has used up its day. `posted` are the moments of its posts of this kind."""
    most = settings.NEW_ACCOUNT_DAILY[kind]
    moments = sorted(moment for moment in posted if moment > now - DAY)
    if is_new(author, now) and len(moments) >= most:
        told = {
            "topics": ngettext(
                "A new account can begin %(most)d topic a day. Your words are kept in the form; you can still reply.",
                "A new account can begin %(most)d topics a day. Your words are kept in the form; you can still reply.",
                most,
            ),
            "replies": ngettext(
                "A new account can write %(most)d reply a day. Your words are kept in the form.",
                "A new account can write %(most)d replies a day. Your words are kept in the form.",
                most,
            ),
        }[kind]
        wait = (moments[-most] + DAY - now).total_seconds() if most else DAY.total_seconds()
        raise TooSoon(_whole(wait), told % {"most": most})


def require_few_links(author: Member, words: str, now: datetime) -> None:
    """Raise InvalidText when a new account sends more links than it may."""
    most = settings.NEW_ACCOUNT_LINKS
    if is_new(author, now) and wording.links(words) > most:
        raise InvalidText(
            ngettext(
                "A new account can send %(most)d link at a time. Please leave out the others; nothing was cut off.",
                "A new account can send %(most)d links at a time. Please leave out the others; nothing was cut off.",
                most,
            )
            % {"most": most},
            code="too_many_links",
        )


def require_calm_search(request) -> None:
    """One reader asks for what means nearly the same at a human pace, over every field that offers it together."""
    who = f"member:{request.user.pk}" if request.user.is_authenticated else visitor(request)
    require_calm(f"similar:{who}", **SEARCHES)


def require_calm(key: str, *, most: int, seconds: int) -> None:
    """Raise TooSoon when something that costs time was asked for more than `most` times in as many seconds."""
    if not is_within(key, most=most, seconds=seconds):
        raise TooSoon(seconds, _("You are asking faster than we can look things up. Please wait a moment."))


def is_within(key: str, *, most: int, seconds: int) -> bool:
    """Count one more, and say whether that is at most the `most`-th in as many seconds.

    Counted in the cache of this process or of all, as the cache is: it protects the machine, not a promise.
    """
    key = f"calm:{key}"
    cache.add(key, 0, seconds)
    try:
        counted = cache.incr(key)
    except ValueError:  # it ran out between the two calls
        counted = 1
    return counted <= most


def visitor(request) -> str:
    """A reader's address as a keyed digest: the address itself is stored nowhere, not even in the cache."""
    address = request.META.get("REMOTE_ADDR", "")
    return hmac.new(settings.SECRET_KEY.encode(), f"visitor:{address}".encode(), sha256).hexdigest()


def _whole(seconds: float) -> int:
    return int(seconds) + 1

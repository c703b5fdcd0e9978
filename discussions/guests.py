"""People who take part before they have an account, and what becomes of their words when they make one.

A guest is a member without address and password, known to one browser by its session. Signing up turns the same member
into an account; signing in to an account that exists moves what the guest gave over to it.
"""

import hmac
import secrets
from hashlib import sha256

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from discussions import instruments, rules
from discussions.errors import TooSoon
from discussions.models import Level, Member, Space

SESSION_DAYS = 180
PER_HOUR = 20  # new guests from one address
HOUR = 3600
BACKEND = "django.contrib.auth.backends.ModelBackend"

# The addresses at which a visitor without an account may take part, and the verb each stands for.
DOORS: dict[str, rules.Verb] = {
    "post_comment": rules.Verb.COMMENT,
    "vote": rules.Verb.VOTE,
    "undo_vote": rules.Verb.VOTE,
    "make_statement": rules.Verb.STATE,
}


def may_enter(space: Space, verb: rules.Verb) -> bool:
    """May somebody without an account do this here and now?"""
    instrument = rules.INSTRUMENT_OF[verb]
    return (
        instruments.is_on(space, instrument)
        and instruments.level(space, instrument) == Level.GUEST
        and verb in rules.PERMITTED[space.phase]
    )


def welcome(request: HttpRequest) -> Member:
    """Make a guest of this visitor and remember them in their session. Raises TooSoon when one address makes many.

    The session gets a new key; the CSRF token stays, so that forms that are open in the page go on working.
    """
    _count(request)
    guest = Member.objects.create_user(
        None, None, display_name=_("Guest %(number)s") % {"number": secrets.randbelow(10**4)}, level=Level.GUEST
    )
    request.session.cycle_key()
    request.session[SESSION_KEY] = str(guest.pk)
    request.session[BACKEND_SESSION_KEY] = BACKEND
    request.session[HASH_SESSION_KEY] = guest.get_session_auth_hash()
    request.session.set_expiry(SESSION_DAYS * 24 * HOUR)
    request.user = guest
    return guest


def _count(request: HttpRequest) -> None:
    """Addresses are kept as a keyed digest, for an hour, in the cache alone."""
    address = request.META.get("REMOTE_ADDR", "")
    digest = hmac.new(settings.SECRET_KEY.encode(), f"guest:{address}".encode(), sha256).hexdigest()
    key = f"guests:{digest}"
    cache.add(key, 0, HOUR)
    try:
        made = cache.incr(key)
    except ValueError:  # it ran out between the two calls
        made = 1
    if made > PER_HOUR:
        raise TooSoon(HOUR)


def keep(guest: Member) -> Member:
    """Make an account of a guest; everything they gave is theirs already."""
    guest.level = Level.ACCOUNT
    guest.save(update_fields=["level"])
    return guest

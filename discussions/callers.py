"""Who is at the other end of a line, read once when it opens; and whether there is something to hear for them."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.utils import translation

from discussions import events, rules
from discussions.models import Member, Phase, Space


@dataclass(frozen=True, slots=True, eq=False)
class Caller:
    """A line's other end. Two lines of one person are two callers."""

    language: str
    address: str  # kept in memory while the line is open, written nowhere
    member_id: int | None = None
    session_key: str = ""
    session_hash: str = ""

    @property
    def who(self):
        """A member is one person, however many windows are open; a guest is as many as lines."""
        return self.member_id or self


def caller_of(scope) -> Caller:
    """The caller of an ASGI scope that went through AuthMiddlewareStack."""
    user, session = scope["user"], scope["session"]
    found = {"language": language_of(scope), "address": address_of(scope)}
    if not user.is_authenticated:
        return Caller(**found)
    return Caller(
        **found,
        member_id=user.pk,
        session_key=session.session_key or "",
        session_hash=session.get(HASH_SESSION_KEY, ""),
    )


def language_of(scope) -> str:
    """The language of the page: ?lang=, else the language cookie, else the site's."""
    asked = parse_qs(scope["query_string"].decode("latin-1")).get("lang", [])
    for code in (*asked[:1], scope["cookies"].get(settings.LANGUAGE_COOKIE_NAME, "")):
        try:
            return translation.get_supported_language_variant(code.lower())
        except (LookupError, ValueError):
            continue
    return settings.LANGUAGE_CODE


def address_of(scope) -> str:
    """The visitor's address; the last one in X-Forwarded-For when a proxy in front wrote it. Of an IPv6 address the
    network, because a household has as many of them as it likes."""
    given = (scope.get("client") or ("",))[0] or ""
    if settings.BEHIND_PROXY:
        told = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        given = ",".join(told).rpartition(",")[2].strip() or given
    try:
        address = ip_address(given.partition("%")[0])
    except ValueError:
        return given
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return given


def member_of(member_id: int | None):
    """Read anew for each frame: an account that was closed a moment ago can do nothing more."""
    if member_id is None:
        return AnonymousUser()
    return Member.objects.filter(pk=member_id).first() or AnonymousUser()


@database_sync_to_async
def opening(space_id: int, member_id: int | None) -> tuple[int | None, bool]:
    """The number of the newest event, None when this person may not see the space or there is none; and whether
    everybody may see it."""
    space = Space.objects.filter(pk=space_id).first()
    if space is None or not rules.may_see(member_of(member_id), space):
        return None, False
    return events.last_seq(space_id), space.phase != Phase.DRAFT

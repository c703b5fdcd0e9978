"""Which videos a live session may show, and in which player. Nothing is asked of another site before somebody presses
"play"; then the page shows a frame from one of `frame_sources()`, and no other."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from discussions.errors import CivicError

ADDRESS_LIMIT = 200
_YOUTUBE = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be", "www.youtube-nocookie.com"})
_VIMEO = frozenset({"vimeo.com", "www.vimeo.com", "player.vimeo.com"})
# Players that set no cookie of their own, by the sites that people copy addresses from.
_PLAYERS = {**dict.fromkeys(_YOUTUBE, "www.youtube-nocookie.com"), **dict.fromkeys(_VIMEO, "player.vimeo.com")}
_YOUTUBE_ID = re.compile(r"[A-Za-z0-9_-]{11}")
_VIMEO_ID = re.compile(r"\d{5,12}")


@dataclass(frozen=True, slots=True)
class Video:
    """`page` is where people find it, `frame` what the player loads, `host` whom a browser asks for it."""

    page: str
    frame: str
    host: str


def read(address: str) -> Video:
    """The video behind an address that somebody copied. Raises CivicError when its site is not on the list, or when no
    single video can be found in it."""
    address = address.strip()
    parts = _parts(address)
    player = _PLAYERS.get(parts.hostname or "", parts.hostname or "")
    if parts.scheme != "https" or parts.username is not None or not _is_allowed(parts.hostname, player):
        words = _("Videos can come from these sites: %(sites)s. Please copy an address there that begins with https.")
        raise CivicError(words % {"sites": ", ".join(settings.LIVE_VIDEO_HOSTS) or _("none")}, code="video_site")
    if parts.hostname in _YOUTUBE:
        return Video(address, f"https://{player}/embed/{_youtube_id(parts)}", player)
    if parts.hostname in _VIMEO:
        number = next((part for part in parts.path.split("/") if _VIMEO_ID.fullmatch(part)), None)
        return Video(address, f"https://{player}/video/{_found(number)}?dnt=1", player)
    return Video(address, address, player)


def shown(address: str) -> Video | None:
    """The same for an address kept earlier: None when there is none, or when its site has left the list."""
    if not address:
        return None
    try:
        return read(address)
    except CivicError:
        return None


def frame_sources() -> list[str]:
    """What the pages of a session may frame: the origins of the players."""
    hosts = {_PLAYERS.get(host, host) for host in settings.LIVE_VIDEO_HOSTS}
    return [f"https://{host}" for host in sorted(hosts)]


def _parts(address: str):
    """Nothing at all for what is no address: it is refused like an address elsewhere."""
    try:
        parts = urlsplit(address)
        is_plain = parts.port in {None, 443} and len(address) <= ADDRESS_LIMIT
    except ValueError:
        is_plain = False
    return parts if is_plain else urlsplit("")


def _is_allowed(host: str | None, player: str) -> bool:
    """A site stands for its player as well, and for its own other names."""
    allowed = settings.LIVE_VIDEO_HOSTS
    return bool(host) and (host in allowed or player in {_PLAYERS.get(name, name) for name in allowed})


def _youtube_id(parts) -> str:
    named = parse_qs(parts.query).get("v", [])
    candidates = [*named, *reversed(parts.path.split("/"))]
    return _found(next((part for part in candidates if _YOUTUBE_ID.fullmatch(part)), None))


def _found(key: str | None) -> str:
    if key is None:
        words = _("No single video was found at this address. Please copy the address of one video.")
        raise CivicError(words, code="video")
    return key

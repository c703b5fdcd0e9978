"""Who may open a socket: pages of this site, and nobody else.

A browser sends our cookies along with any page's WebSocket handshake, so the Origin header is what stands for the CSRF
token. The rule is that of Django's CSRF check: the origin is the host and port that were asked, or is listed in
CSRF_TRUSTED_ORIGINS. A handshake without an Origin is refused too. Behind a proxy that ends TLS only the Origin knows
the scheme, so a page from https is taken; one from http is not where cookies are for https alone.
"""

from urllib.parse import SplitResult, urlsplit

from channels.security.websocket import WebsocketDenier
from django.conf import settings
from django.http.request import split_domain_port, validate_host

DEFAULT_PORTS = {"http": 80, "https": 443}


class SameOriginOnly:
    """ASGI middleware round the WebSocket routes."""

    def __init__(self, application):
        self.application = application

    async def __call__(self, scope, receive, send):
        if is_ours(scope["headers"]):
            return await self.application(scope, receive, send)
        return await WebsocketDenier()(scope, receive, send)


def is_ours(headers) -> bool:
    """True when the one Origin among these ASGI headers is this site's own."""
    origins = [value for name, value in headers if name == b"origin"]
    hosts = [value for name, value in headers if name == b"host"]
    if len(origins) != 1 or len(hosts) != 1:
        return False
    try:
        origin, host = _place(origins[0].decode("ascii")), hosts[0].decode("ascii").lower()
        if origin is None:
            return False
        return origin in {_place(place) for place in settings.CSRF_TRUSTED_ORIGINS} or origin == _asked(host, origin[0])
    except (UnicodeDecodeError, ValueError):
        return False


def _asked(host: str, scheme: str) -> tuple[str, str, int] | None:
    """The place that was asked, if it is one of ours. A site served over https takes no page served over http."""
    if scheme == "http" and settings.SESSION_COOKIE_SECURE:
        return None
    if not validate_host(split_domain_port(host)[0], settings.ALLOWED_HOSTS):
        return None
    return _place(f"{scheme}://{host}")


def _place(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of a well-formed origin; None for "null", paths, user names and other oddities."""
    if not origin.isprintable() or " " in origin:
        return None
    parts: SplitResult = urlsplit(origin.lower())
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or parts.path or parts.query or parts.fragment:
        return None
    if "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, parts.port or DEFAULT_PORTS[parts.scheme]

"""The settings of outside sources and search, read in one place. docs/settings.md describes each."""

import hashlib
import hmac
from datetime import timedelta
from decimal import Decimal

from django.conf import settings

# Which class reads which kind of monitor: a new network is a new line in SOCIAL_SOURCES, not an `if`.
SOURCES = {
    "x": {"BACKEND": "integrations.social.x.XSource", "OPTIONS": {}},
    "file": {"BACKEND": "integrations.social.files.UploadedFiles", "OPTIONS": {}},
}
SEARCH = {"BACKEND": "integrations.search.database.DatabaseBackend", "OPTIONS": {}}


def x_bearer_token() -> str:
    """The app-only token for X; "" keeps the connector off."""
    return getattr(settings, "X_BEARER_TOKEN", "").strip()


def x_api_base() -> str:
    """Where X's API answers: https, or http on this machine only (a replay server)."""
    return getattr(settings, "X_API_BASE", "https://api.x.com")


def x_post_price() -> Decimal:
    """US dollars X asks for one post read, for the estimate in the fetch log."""
    return Decimal(str(getattr(settings, "X_POST_PRICE_USD", "0.005")))


def sources() -> dict:
    """Kind of monitor -> {"BACKEND": dotted path, "OPTIONS": keyword arguments}."""
    return getattr(settings, "SOCIAL_SOURCES", SOURCES)


def fetch_interval() -> timedelta:
    """Rest between two successful fetches of one monitor."""
    return timedelta(seconds=getattr(settings, "SOCIAL_FETCH_SECONDS", 900))


def page_size() -> int:
    """Posts asked for in one request."""
    return getattr(settings, "SOCIAL_PAGE_SIZE", 100)


def pages_per_run() -> int:
    """Requests made in one run before other work gets its turn."""
    return getattr(settings, "SOCIAL_PAGES_PER_RUN", 5)


def search_backend() -> dict:
    """{"BACKEND": dotted path, "OPTIONS": keyword arguments} of the search engine in force."""
    return getattr(settings, "SEARCH_BACKEND", SEARCH)


def fingerprint(*parts: str) -> str:
    """A stable name for a row that has none. Keyed, so that it does not confirm a guess at who wrote the words."""
    return hmac.new(settings.AUTHOR_KEY_SECRET.encode(), "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()[:32]

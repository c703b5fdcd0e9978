"""X (Twitter) through tweepy: recent posts that match a query, newest first, each read once.

Only what analysis needs is asked for. `author_id` comes as a field of the post, so names, handles and profiles never
reach this process (and are not paid for). X has two spellings of its payloads, the documented one and the one of its
newest specification; both are read.
"""

import html
import logging
import re
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
import tweepy
from django.utils import timezone
from django.utils.translation import gettext as _
from requests.adapters import HTTPAdapter

from integrations import conf
from integrations.social.sources import Availability, Page, Post, Skipped, SourceError, cleaned, problem_with

TWEET_FIELDS = (
    "author_id,conversation_id,created_at,edit_controls,entities,in_reply_to_user_id,lang,note_tweet,"
    "possibly_sensitive,public_metrics,referenced_tweets"
)
LIBRARY_HOST = "https://api.twitter.com"  # the address tweepy writes; the adapter below sends it where we want
TIMEOUT = (5, 20)  # seconds to connect, seconds between two bytes
PATIENCE = 60  # seconds for a whole answer, however slowly it drips
MAX_BODY = 10 * 1024 * 1024
MAX_QUERY = 512
SEARCHABLE = timedelta(days=7)
SNOWFLAKE_EPOCH_MS = 1_288_834_974_657  # X numbers posts by time: (number >> 22) ms after this instant
REFUSED_WAIT = timedelta(minutes=15)
METRICS = {
    "like": ("like_count",),
    "reply": ("reply_count",),
    "repost": ("retweet_count", "repost_count"),
    "quote": ("quote_count",),
    "view": ("impression_count",),
}
POST_NUMBER = re.compile(r"[0-9]{1,19}\Z")
LANGUAGE = re.compile(r"[A-Za-z-]{2,12}")


class XSource:
    """Recent search. The cursor is {"since_id"} at rest and, in the middle of a sweep from the newest post back to
    it, also {"newest_id", "until_id", "next_token"}: tokens expire, post numbers do not.
    """

    smallest_page = 10
    largest_page = 100

    def __init__(self, *, query: str, timeout: tuple[float, float] = TIMEOUT, patience: float = PATIENCE):
        self.query = query.strip()
        self.token = conf.x_bearer_token()
        self.base = conf.x_api_base()
        self.timeout = timeout
        self.patience = patience
        self.price = conf.x_post_price()

    def availability(self) -> Availability:
        """Off, and why, until there is a token and a safe address."""
        if not self.token:
            return Availability(False, _("X is off: no access token (X_BEARER_TOKEN) has been set."))
        if not _is_safe(self.base):
            return Availability(False, _("X is off: the address in X_API_BASE must begin with https."))
        return Availability(True)

    def fetch(self, cursor: dict[str, Any], limit: int) -> Page:
        """One page of at most `limit` posts (X gives 10 to 100). Raises SourceError."""
        if not self.query:
            raise SourceError("refused", _("This monitor has no search words."))
        query = self.query if "is:retweet" in self.query else f"{self.query} -is:retweet"
        if len(query) > MAX_QUERY:
            raise SourceError(
                "refused",
                _("The search words are too long for X (%(limit)d characters at most).") % {"limit": MAX_QUERY},
            )
        cursor, gap = _reachable(cursor)
        limit = max(self.smallest_page, min(limit, self.largest_page))
        payload = self._answer(query, cursor, limit)
        return _page(payload, cursor, gap)

    def _answer(self, query: str, cursor: dict, limit: int) -> dict:
        since = {"since_id": cursor["since_id"]} if cursor.get("since_id") else {}
        ways = [since]
        if cursor.get("until_id"):
            ways.insert(0, {**since, "until_id": cursor["until_id"]})
        if cursor.get("next_token"):
            ways.insert(0, {**since, "next_token": cursor["next_token"]})
        while True:
            way = ways.pop(0)
            try:
                return self._ask(query, max_results=limit, tweet_fields=TWEET_FIELDS, **way)
            except tweepy.BadRequest as error:
                if not ways:
                    raise SourceError("refused", _("X did not understand the search words.")) from error

    def _ask(self, query: str, **parameters) -> dict:
        _keep_tokens_out_of_logs()
        client = tweepy.Client(self.token, return_type=dict, wait_on_rate_limit=False)
        # A redirect could carry the token to another host; X's API has none.
        client.session.max_redirects = 0
        client.session.mount(LIBRARY_HOST, _Road(self.base, self.timeout, self.patience))
        try:
            payload = client.search_recent_tweets(query, **parameters)
        except tweepy.BadRequest:
            raise
        except tweepy.TooManyRequests as error:
            raise _wait(error) from error
        except tweepy.Unauthorized as error:
            raise SourceError("refused", _("X does not accept the access token; it may have expired.")) from error
        except tweepy.Forbidden as error:
            raise SourceError("refused", _("X does not allow this search under our plan.")) from error
        except tweepy.NotFound as error:
            raise SourceError("refused", _("X has no such service at the address we were given.")) from error
        except tweepy.HTTPException as error:
            raise SourceError("busy", _("X is having trouble. We will try again.")) from error
        except requests.Timeout as error:
            raise SourceError("busy", _("X did not answer in time. We will try again.")) from error
        except requests.exceptions.JSONDecodeError as error:
            raise SourceError("busy", _("X sent an answer we could not read. We will try again.")) from error
        except requests.RequestException as error:
            raise SourceError("busy", _("X could not be reached. We will try again.")) from error
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            # tweepy takes the shape of error bodies and limit headers for granted.
            raise SourceError("busy", _("X sent an answer we could not read. We will try again.")) from error
        finally:
            client.session.close()
        if not isinstance(payload, dict) or not isinstance(payload.get("data") or [], list):
            raise SourceError("busy", _("X sent an answer we could not read. We will try again."))
        return payload


class _Road(HTTPAdapter):
    """The way to X: our address instead of the library's, a time limit on each read and on the whole, a size limit."""

    def __init__(self, base: str, timeout: tuple[float, float], patience: float):
        self.base = base.rstrip("/")
        self.limits = timeout
        self.patience = patience
        super().__init__(max_retries=0)

    def send(self, request, **kwargs):
        asked = urlsplit(request.url)
        request.url = self.base + asked.path + (f"?{asked.query}" if asked.query else "")
        kwargs.update(stream=True, timeout=self.limits)
        if urlsplit(self.base).scheme == "http":
            kwargs["proxies"] = {}
        deadline = time.monotonic() + self.patience
        response = super().send(request, **kwargs)
        body = bytearray()
        for chunk in response.iter_content(64 * 1024):
            body += chunk
            if len(body) > MAX_BODY:
                response.close()
                raise requests.exceptions.ContentDecodingError("answer too large", request=request)
            if time.monotonic() > deadline:
                response.close()
                raise requests.ReadTimeout("answer too slow", request=request)
        response._content = bytes(body)  # what Response.content would have stored had it read without limits
        return response


def _is_safe(base: str) -> bool:
    parts = urlsplit(base)
    if parts.scheme == "https":
        return bool(parts.hostname)
    if parts.scheme != "http" or not parts.hostname:
        return False
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return parts.hostname == "localhost"


def _keep_tokens_out_of_logs() -> None:
    # At DEBUG tweepy writes the Authorization header of each request.
    for name in ("tweepy", "tweepy.client"):
        logger = logging.getLogger(name)
        if logger.getEffectiveLevel() < logging.INFO:
            logger.setLevel(logging.INFO)


def _wait(error: tweepy.TooManyRequests) -> SourceError:
    now = timezone.now()
    try:
        body = error.response.json()
    except ValueError:
        body = {}
    if isinstance(body, dict) and str(body.get("type", "")).endswith("/usage-capped"):
        midnight = (now.astimezone(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        return SourceError("capped", _("The allowance of posts bought from X is used up."), retry_at=midnight)
    retry_at = now + REFUSED_WAIT
    if error.reset_time:
        # A clock that is wrong on either side must not make us hammer or sleep for a year.
        asked = datetime.fromtimestamp(min(max(error.reset_time, 0), 2**33), UTC)
        retry_at = min(max(asked, now), now + timedelta(hours=24))
    return SourceError("limit", _("X asks us to wait before the next search."), retry_at=retry_at)


def _reachable(cursor: dict) -> tuple[dict, tuple[Skipped, ...]]:
    """X answers only for the last seven days; an older place would be refused for ever, so it is left and said."""
    kept, oldest = dict(cursor), timezone.now() - SEARCHABLE + timedelta(minutes=5)

    def is_lost(number: str | None) -> bool:
        return bool(number) and (_time_of(number) or oldest) < oldest

    lost = is_lost(kept.get("until_id"))
    if lost:  # the sweep has fallen off the edge of what can be searched: it is finished
        kept = {"since_id": kept.get("newest_id")}
    if is_lost(kept.get("since_id")):
        lost = True
        del kept["since_id"]
    return kept, (_gap(),) if lost else ()


def _gap() -> Skipped:
    return Skipped("", _("Some posts are older than seven days; X no longer lets us search them."))


def _time_of(number: str) -> datetime | None:
    try:
        return datetime.fromtimestamp(((int(number) >> 22) + SNOWFLAKE_EPOCH_MS) / 1000, UTC)
    except (ValueError, OverflowError):
        return None


def _page(payload: dict, cursor: dict, gap: tuple[Skipped, ...]) -> Page:
    items = payload.get("data") or []
    meta = payload.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    posts, skipped = [], list(gap)
    for item in items:
        taken = _post(item)
        (posts if isinstance(taken, Post) else skipped).append(taken)
    problems = payload.get("errors")
    skipped += [_partial(problem) for problem in (problems if isinstance(problems, list) else [])]
    token = meta.get("next_token")
    return Page(tuple(posts), _moved(cursor, items, token), bool(token), len(items), tuple(skipped))


def _moved(cursor: dict, items: list, token: Any) -> dict:
    named = (str(item.get("id", "")) for item in items if isinstance(item, dict))
    numbers = [int(number) for number in named if POST_NUMBER.match(number)]
    seen = numbers + [int(cursor[name]) for name in ("newest_id", "since_id") if cursor.get(name)]
    newest = str(max(seen)) if seen else None
    if token:
        reached = str(min(numbers)) if numbers else cursor.get("until_id")
        moved = {"since_id": cursor.get("since_id"), "newest_id": newest, "until_id": reached, "next_token": token}
        return {name: value for name, value in moved.items() if value}
    return {"since_id": newest} if newest else {}


def _partial(problem: Any) -> Skipped:
    """A part X could not give. Its own text may name people, so only the kind of trouble is kept."""
    kind = str(problem.get("type", "")).rsplit("/", 1)[-1] if isinstance(problem, dict) else ""
    return Skipped("", _("X left out a part of its answer (%(kind)s).") % {"kind": cleaned(kind)[:60] or "?"})


def _post(item: Any) -> Post | Skipped:
    if not isinstance(item, dict) or not POST_NUMBER.match(str(item.get("id", ""))):
        return Skipped("", _("a post without a number"))
    number = str(item["id"])
    references = _references(item)
    if {"retweeted", "reposted"} & references.keys():
        return Skipped(number, _("a repost repeats somebody else's words"))
    history = [str(one) for one in _either(item, "edit_history_tweet_ids", "edit_history_post_ids") or []]
    versions = sorted({int(one) for one in history if POST_NUMBER.match(one)} | {int(number)})
    if versions[-1] != int(number):
        return Skipped(number, _("an older version of a post that was edited"))
    long_form = _either(item, "note_tweet", "note_post")
    text = long_form.get("text") if isinstance(long_form, dict) else None
    text = text or item.get("text")
    if not isinstance(text, str):
        return Skipped(number, _("there are no words in it"))
    text = cleaned(html.unescape(text))
    if problem := problem_with(text):
        return Skipped(number, problem)
    first = str(versions[0])
    written = _moment(item.get("created_at")) or _time_of(number)
    edited = len(versions) > 1
    return Post(
        external_id=first,
        version_id=number,
        text=text,
        author_id=_number(item.get("author_id")),
        url=f"https://x.com/i/web/status/{number}",
        conversation_id=_number(item.get("conversation_id")),
        reply_to_id=references.get("replied_to", ""),
        lang=lang if LANGUAGE.fullmatch(lang := str(item.get("lang") or "")) else "",
        posted_at=_time_of(first) if edited else written,
        edited_at=written if edited else None,
        metrics=_metrics(_either(item, "public_metrics", "metrics")),
    )


def _references(item: dict) -> dict[str, str]:
    found = _either(item, "referenced_tweets", "referenced_posts")
    pairs = found if isinstance(found, list) else []
    return {str(one.get("type")): _number(one.get("id")) for one in pairs if isinstance(one, dict)}


def _number(value: Any) -> str:
    return text if POST_NUMBER.match(text := str(value)) else ""


def _metrics(counts: Any) -> dict[str, int]:
    if not isinstance(counts, dict):
        return {}
    found = {name: next((counts[key] for key in keys if key in counts), None) for name, keys in METRICS.items()}
    return {name: value for name, value in found.items() if isinstance(value, int)}


def _moment(text: Any) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _either(item: dict, old: str, new: str) -> Any:
    """The value under X's documented name or under the one of its newest specification."""
    return item.get(old) if item.get(old) is not None else item.get(new)

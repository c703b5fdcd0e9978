"""From an outside source into the opinion stream: one page, one transaction, the cursor with its posts.

`run` asks a network, `import_file` reads a file, `tombstone` honours a deletion. All may be repeated at will.
"""

import logging
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from django.db import transaction
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from integrations import conf
from integrations.models import FetchLog, Monitor, SocialPost
from integrations.social import sources
from integrations.social.files import PostFile
from integrations.social.sources import Page, Post, Skipped, Source, SourceError, cleaned
from nlp import conf as nlp_conf
from nlp import stream, tasks

log = logging.getLogger(__name__)

REASONS_KEPT = 200
FILE_PAGE = 500
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)
REFUSED_WAIT = timedelta(hours=6)  # until a person has changed something


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to. `state` is a Monitor.State; counts are of posts; `reasons` as in FetchLog."""

    state: str
    read: int = 0
    accepted: int = 0
    revised: int = 0
    duplicates: int = 0
    skipped: int = 0
    reasons: tuple[dict, ...] = ()
    error: str = ""


class _Overtaken(Exception):
    """Another worker has moved this monitor's cursor since we asked: its page counts, ours is dropped."""


def run(monitor: Monitor) -> Report:
    """Ask the monitor's source for what is new, a few pages at most. Never raises for what the source does."""
    monitor.refresh_from_db()
    try:
        source = sources.build(monitor)
    except SourceError as error:
        return _rest(monitor, error)
    availability = source.availability()
    if not (monitor.is_active and availability.on):
        reason = availability.reason if monitor.is_active else _("This monitor is switched off.")
        return _settle(monitor, Monitor.State.OFF, reason, timezone.now() + conf.fetch_interval())
    if _allowance(monitor) < source.smallest_page:
        return _rest(monitor, _cap_reached())
    entry = FetchLog.objects.create(monitor=monitor, started_at=timezone.now())
    try:
        more = _fetch_pages(monitor, source, entry)
    except SourceError as error:
        return _rest(monitor, error, entry)
    except _Overtaken:
        return _close(entry, monitor.state, "")
    next_try = timezone.now() if more else timezone.now() + conf.fetch_interval()
    return _settle(monitor, Monitor.State.OK, "", next_try, entry)


def import_file(monitor: Monitor, file: BinaryIO, name: str) -> Report:
    """Read a CSV or JSON Lines file into the monitor's corpus. Raises SourceError when none of it can be used."""
    if monitor.kind != Monitor.Kind.FILE:
        raise ValueError("Only a monitor of kind file takes files.")
    source = PostFile(file, name=name, namespace=str(monitor.pk))
    entry = FetchLog.objects.create(monitor=monitor, name=cleaned(name)[:255], started_at=timezone.now())
    place, more = {}, True
    while more:
        page = source.fetch(place, FILE_PAGE)
        with transaction.atomic():
            _absorb(monitor, page, entry)
        place, more = page.cursor, page.more
    return _settle(monitor, Monitor.State.OK, "", None, entry)


def tombstone(source: str, external_ids: list[str]) -> int:
    """Honour deletions at the source: the words leave the stream and this database at once. How many posts went."""
    ids = [str(one) for one in external_ids]
    with transaction.atomic():
        posts = SocialPost.objects.filter(
            Q(external_id__in=ids) | Q(version_id__in=ids), source=source, deleted_at=None
        )
        gone = list(posts.only("corpus_id", "external_id"))
        for post in gone:
            stream.forget(source, _stream_key(post.corpus_id, post.external_id))
        SocialPost.objects.filter(pk__in=[post.pk for post in gone]).update(
            text="", author_hash="", url="", metrics={}, deleted_at=timezone.now()
        )
        for corpus_id in {post.corpus_id for post in gone}:
            _announce(corpus_id, stream.mark(corpus_id, topics=True))
    return len(gone)


def _fetch_pages(monitor: Monitor, source: Source, entry: FetchLog) -> bool:
    """True when the source has more for us than one run takes."""
    more = True
    for _turn in range(conf.pages_per_run()):
        allowance = _allowance(monitor)
        if allowance < source.smallest_page:
            raise _cap_reached()
        page = source.fetch(monitor.cursor, min(conf.page_size(), allowance))
        with transaction.atomic():
            held = Monitor.objects.select_for_update().get(pk=monitor.pk)
            if held.cursor != monitor.cursor:
                entry.read += page.read
                entry.cost_estimate += page.read * source.price
                raise _Overtaken
            _absorb(monitor, page, entry, cost=page.read * source.price)
            Monitor.objects.filter(pk=monitor.pk).update(cursor=page.cursor)
        monitor.cursor = page.cursor
        more = page.more
        if not more:
            break
    return more


def _absorb(monitor: Monitor, page: Page, entry: FetchLog, *, cost=0) -> None:
    """Write one page: posts, stream and log. Inside the caller's transaction."""
    now = timezone.now()
    newest = {post.external_id: post for post in sorted(page.posts, key=_version)}
    known = SocialPost.objects.filter(corpus_id=monitor.corpus_id, source=monitor.kind, external_id__in=list(newest))
    known = {row.external_id: row for row in known}
    fresh = [post for key, post in newest.items() if key not in known]
    SocialPost.objects.bulk_create([_row(monitor, post, now) for post in fresh], ignore_conflicts=True)
    arrived = stream.submit_many(
        corpus_id=monitor.corpus_id, source=monitor.kind, rows=[_words(monitor, post, now) for post in fresh]
    )
    revised = 0
    for row in known.values():
        changed, found_clean = _update(row, newest[row.external_id], now)
        revised += changed
        arrived |= found_clean
    _announce(monitor.corpus_id, arrived)
    entry.read += page.read
    entry.accepted += len(fresh)
    entry.revised += revised
    entry.duplicates += len(page.posts) - len(fresh) - revised
    entry.skipped += len(page.errors)
    entry.cost_estimate += cost
    room = REASONS_KEPT - len(entry.reasons)
    entry.reasons += [_reason(one) for one in page.errors[: max(room, 0)]]
    entry.save()


def _update(row: SocialPost, post: Post, now: datetime) -> tuple[bool, bool]:
    """Bring a known post up to date: (its words changed, the corpus was clean before)."""
    is_older = row.edited_at and (post.edited_at is None or post.edited_at < row.edited_at)
    if row.deleted_at or is_older:
        return False, False
    is_changed = row.text != post.text
    if is_changed or row.metrics != post.metrics:
        row.text, row.metrics, row.fetched_at = post.text, post.metrics, now
        row.version_id, row.url, row.edited_at = post.version_id, post.url, post.edited_at
        row.save(update_fields=["text", "metrics", "fetched_at", "version_id", "url", "edited_at"])
    if not is_changed:
        return False, False
    return True, stream.revise(row.source, _stream_key(row.corpus_id, row.external_id), text=post.text)


def _row(monitor: Monitor, post: Post, now: datetime) -> SocialPost:
    return SocialPost(
        corpus_id=monitor.corpus_id,
        monitor=monitor,
        source=monitor.kind,
        external_id=post.external_id,
        version_id=post.version_id,
        url=post.url,
        conversation_id=post.conversation_id,
        reply_to_id=post.reply_to_id,
        author_hash=nlp_conf.author_key(_author(monitor, post)),
        text=post.text,
        lang=post.lang,
        posted_at=_not_later(post.posted_at, now),
        edited_at=post.edited_at,
        metrics=post.metrics,
        fetched_at=now,
    )


def _words(monitor: Monitor, post: Post, now: datetime) -> stream.Words:
    return stream.Words(
        key=_stream_key(monitor.corpus_id, post.external_id),
        text=post.text,
        author=_author(monitor, post),
        posted_at=_not_later(post.posted_at, now) or now,
        url=post.url,
        lang=post.lang,
        channel=monitor.label,
    )


def _author(monitor: Monitor, post: Post) -> str | None:
    return f"{monitor.kind}:{post.author_id}" if post.author_id else None


def _stream_key(corpus_id: int, external_id: str) -> str:
    # The stream knows an utterance by (source, key) alone; one post may belong to several corpora.
    return f"{corpus_id}:{external_id}"


def _version(post: Post) -> tuple[bool, float]:
    return post.edited_at is not None, post.edited_at.timestamp() if post.edited_at else 0.0


def _not_later(moment: datetime | None, now: datetime) -> datetime | None:
    # Clocks outside are set by others: nothing was said in the future.
    return min(moment, now) if moment else None


def _reason(skipped: Skipped) -> dict:
    return {"row": skipped.row, "reason": skipped.reason}


def _announce(corpus_id: int, found_clean: bool) -> None:
    if found_clean:
        tasks.enqueue_analysis(corpus_id)


def _allowance(monitor: Monitor) -> int:
    """Posts this monitor may still read today (UTC, as networks count)."""
    today = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    spent = monitor.logs.filter(started_at__gte=today).aggregate(total=Sum("read"))["total"] or 0
    return max(monitor.daily_cap - spent, 0)


def _cap_reached() -> SourceError:
    midnight = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    message = _("The daily limit of posts has been reached. We go on tomorrow.")
    return SourceError("capped", message, retry_at=midnight)


def _rest(monitor: Monitor, error: SourceError, entry: FetchLog | None = None) -> Report:
    """Keep the cursor, say what is wrong, choose when to ask again: spread, so that not all come back at once."""
    now = timezone.now()
    log.warning("monitor %s: %s", monitor.pk, error.kind)
    if error.kind == "limit":
        spread = timedelta(seconds=random.uniform(1, 30))
        return _settle(monitor, Monitor.State.WAITING, str(error), error.retry_at + spread, entry)
    if error.kind == "capped":
        spread = timedelta(seconds=random.uniform(0, 900))
        return _settle(monitor, Monitor.State.CAPPED, str(error), error.retry_at + spread, entry)
    if error.kind == "refused":
        return _settle(monitor, Monitor.State.FAILED, str(error), now + REFUSED_WAIT, entry)
    longest = min(FIRST_WAIT * 2 ** min(monitor.failures, 10), LONGEST_WAIT)
    return _settle(
        monitor, Monitor.State.WAITING, str(error), now + random.uniform(0, 1) * longest, entry, is_failure=True
    )


def _settle(
    monitor: Monitor,
    state: str,
    message: str,
    next_try: datetime | None,
    entry: FetchLog | None = None,
    *,
    is_failure: bool = False,
) -> Report:
    changes = {"state": state, "last_error": message, "next_try_at": next_try}
    changes["failures"] = F("failures") + 1 if is_failure else 0
    if entry and state == Monitor.State.OK:
        changes["last_fetched_at"] = timezone.now()
    Monitor.objects.filter(pk=monitor.pk).update(**changes)
    monitor.refresh_from_db()
    return _close(entry, state, message) if entry else Report(state, error=message)


def _close(entry: FetchLog, state: str, message: str) -> Report:
    entry.finished_at, entry.error = timezone.now(), message
    entry.save()
    return Report(
        state=state,
        read=entry.read,
        accepted=entry.accepted,
        revised=entry.revised,
        duplicates=entry.duplicates,
        skipped=entry.skipped,
        reasons=tuple(entry.reasons),
        error=message,
    )

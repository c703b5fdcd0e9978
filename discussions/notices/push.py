"""Notices in the browser: only what names or answers somebody, and only where they asked for it."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django_tasks import task

from discussions.errors import CivicError
from discussions.models import Member, Notice, PushSubscription
from discussions.notices import words
from nlp.tasks import is_queued

logger = logging.getLogger(__name__)

BATCH = 100
MOST_BROWSERS = 10  # of one member
MOST_FAILURES = 20
STALE = timedelta(days=1)  # what is older is on the site and rings nowhere


def subscribe(*, member: Member, endpoint: str, key: str, secret: str, language: str) -> PushSubscription:
    """Let a browser show this member's notices. A browser belongs to the member who subscribed it last.

    Raises CivicError when the member has MOST_BROWSERS already.
    """
    with transaction.atomic():
        others = PushSubscription.objects.filter(member=member).exclude(endpoint=endpoint)
        if others.count() >= MOST_BROWSERS:
            others.order_by("pk").first().delete()
        made, _is_new = PushSubscription.objects.update_or_create(
            endpoint=endpoint,
            defaults={"member": member, "key": key, "secret": secret, "language": language, "failures": 0},
        )
    return made


def unsubscribe(*, member: Member, endpoint: str) -> None:
    """Let this browser show nothing any more."""
    PushSubscription.objects.filter(member=member, endpoint=endpoint).delete()


@task()
def send_push() -> int:
    """Send what is waiting. Returns how many messages push services took."""
    sent = 0
    while notices := list(_waiting()[:BATCH]):
        for notice, line in zip(notices, words_in_languages(notices), strict=True):
            sent += _send(notice, line)
        Notice.objects.filter(pk__in=[notice.pk for notice in notices]).update(pushed_at=timezone.now())
    return sent


def enqueue_due() -> int:
    """Queue the sending when something waits. Returns 1 or 0."""
    if is_queued(send_push) or not _waiting().exists():
        return 0
    transaction.on_commit(send_push.enqueue)
    return 1


def words_in_languages(notices: list[Notice]) -> list[dict[str, words.Line]]:
    """Each notice in every language, by its code."""
    spoken: list[dict[str, words.Line]] = [{} for _notice in notices]
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            for line, place in zip(words.lines(notices), spoken, strict=True):
                place[code] = line
    return spoken


def _waiting():
    """Direct notices nobody has read, of members with a browser that listens."""
    listening = PushSubscription.objects.filter(member=OuterRef("member"))
    fresh = Notice.objects.filter(is_direct=True, pushed_at=None, read_at=None, at__gt=timezone.now() - STALE)
    return fresh.filter(Exists(listening)).select_related("event__space__agency").order_by("id")


def _send(notice: Notice, lines: dict[str, words.Line]) -> int:
    backend, sent = import_string(settings.PUSH_BACKEND)(), 0
    for browser in PushSubscription.objects.filter(member=notice.member_id):
        line = lines[browser.language]
        with translation.override(browser.language):
            content = {
                "title": notice.event.space.local_title,
                "body": line.sentence,
                "url": settings.SITE_URL + line.url,
                "tag": f"notice-{notice.pk}",
            }
        try:
            backend.send(endpoint=browser.endpoint, key=browser.key, secret=browser.secret, content=content)
        except LookupError:
            browser.delete()
        except OSError as error:
            logger.warning("A push service failed: %s", type(error).__name__)
            _failed(browser)
        else:
            sent += 1
            if browser.failures:
                PushSubscription.objects.filter(pk=browser.pk).update(failures=0)
    return sent


def _failed(browser: PushSubscription) -> None:
    """A browser whose service fails again and again is let go; the notices stay on the site."""
    PushSubscription.objects.filter(pk=browser.pk).update(failures=F("failures") + 1)
    PushSubscription.objects.filter(pk=browser.pk, failures__gte=MOST_FAILURES).delete()


def public_key() -> str:
    """What a browser needs to subscribe. Raises CivicError when messages to browsers are off."""
    if not settings.PUSH_BACKEND:
        raise CivicError("", code="push_off")
    module, _dot, _name = settings.PUSH_BACKEND.rpartition(".")
    return import_string(f"{module}.public_key")()

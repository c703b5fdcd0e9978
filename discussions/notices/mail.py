"""Notices by mail: a digest a day, and at once what names or answers somebody. Never more than one mail at a time.

Only confirmed addresses get mail. A notice is marked when the mail server has taken it; while the server is down
nothing is lost and the next try comes later and later.
"""

import logging
import smtplib
from collections.abc import Iterator
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.cache import cache
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import ngettext
from django_tasks import task

from discussions.models import Member, Notice, NoticeSettings
from discussions.notices import inbox, passes, words
from nlp.tasks import is_queued

logger = logging.getLogger(__name__)

MOST_LINES = 40  # of a digest; what is more can be read on the site
BATCH = 200
REST, LONGEST_REST = 60, 3600  # seconds to leave a mail server alone after a failure, doubled each time
_REST_KEY = "notices:mail-server-rests"
Rhythm = NoticeSettings.Rhythm


@task()
def send_mail(now_text: str = "") -> int:
    """Send everything that is due. Returns how many mails went out."""
    now = datetime.fromisoformat(now_text) if now_text else timezone.now()
    if cache.get(_REST_KEY + ":until"):
        return 0
    sent = 0
    try:
        with get_connection() as server:
            for member in _due(now):
                sent += _send(member, now, server)
    except (OSError, smtplib.SMTPException) as error:
        _let_rest(error)
        return sent
    cache.delete(_REST_KEY)
    return sent


def enqueue_due() -> int:
    """Queue the sending when somebody has something to hear. Returns 1 or 0."""
    if cache.get(_REST_KEY + ":until") or is_queued(send_mail) or next(_due(timezone.now()), None) is None:
        return 0
    transaction.on_commit(send_mail.enqueue)
    return 1


def due_notices(member: Member, now: datetime) -> list[Notice]:
    """What a mail to this member would hold now: direct notices at any time, the others when the digest is due."""
    chosen = _settings(member)
    if chosen.rhythm == Rhythm.NEVER:
        return []
    rows = inbox.readable(member).filter(mailed_at=None, read_at=None).order_by("id")
    if not _digest_is_due(chosen, now):
        rows = rows.filter(is_direct=True)
    return list(rows)


def _due(now: datetime) -> Iterator[Member]:
    """Members with something unsent and a confirmed address, in small stretches."""
    unsent = Notice.objects.filter(member=OuterRef("pk"), mailed_at=None, read_at=None)
    direct = Exists(unsent.filter(is_direct=True))
    confirmed = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True, email__iexact=OuterRef("email"))
    wants = ~Q(notice_settings__rhythm=Rhythm.NEVER)
    members = Member.objects.filter(Exists(confirmed), wants, is_active=True).filter(direct | _digest_due(unsent, now))
    after = 0
    while stretch := list(members.filter(pk__gt=after).order_by("pk")[:BATCH]):
        yield from stretch
        after = stretch[-1].pk


def _digest_due(unsent, now: datetime) -> Q:
    hour = _digest_hour(now)
    if now < hour:
        hour -= timedelta(days=1)
    daily = Q(notice_settings=None) | Q(notice_settings__rhythm=Rhythm.DAILY)
    weekly = Q(notice_settings__rhythm=Rhythm.WEEKLY)
    older = Q(notice_settings__digest_at=None) | Q(notice_settings__digest_at__lt=hour)
    much_older = Q(notice_settings__digest_at=None) | Q(notice_settings__digest_at__lt=hour - timedelta(days=6))
    return Q(Exists(unsent)) & ((daily & older) | (weekly & much_older))


def _digest_is_due(chosen: NoticeSettings, now: datetime) -> bool:
    if chosen.rhythm == Rhythm.DIRECT:
        return False
    hour = _digest_hour(now)
    if now < hour:
        hour -= timedelta(days=1)
    if chosen.rhythm == Rhythm.WEEKLY:
        hour -= timedelta(days=6)
    return chosen.digest_at is None or chosen.digest_at < hour


def _digest_hour(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=settings.DIGEST_HOUR, minute=0, second=0, microsecond=0)


def _settings(member: Member) -> NoticeSettings:
    return NoticeSettings.objects.filter(member=member).first() or NoticeSettings(member=member)


def _send(member: Member, now: datetime, server) -> int:
    """One mail to one member, or none. The lock keeps two workers from sending the same."""
    with transaction.atomic():
        NoticeSettings.objects.get_or_create(member=member)
        chosen = NoticeSettings.objects.select_for_update().get(member=member)
        rows = due_notices(member, now)
        if not rows:
            return 0
        with translation.override(chosen.language):
            message = _message(member, rows, server)
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused:
            # This address is wrong or full; the others are not to wait for it.
            logger.warning("The mail server refuses the address of member %s", member.pk)
        Notice.objects.filter(pk__in=[row.pk for row in rows]).update(mailed_at=now)
        if not all(row.is_direct for row in rows) or _digest_is_due(chosen, now):
            chosen.digest_at = now
            chosen.save(update_fields=["digest_at"])
    return 1


def _message(member: Member, rows: list[Notice], server) -> EmailMultiAlternatives:
    direct = [row for row in rows if row.is_direct]
    shown = (direct + [row for row in rows if not row.is_direct])[:MOST_LINES]
    by_space: dict[object, list[words.Line]] = {}
    for line in words.lines(shown):
        by_space.setdefault(line.notice.event.space, []).append(line)
    given = passes.make(member)
    off = settings.SITE_URL + reverse("discussions:notices_off", args=[given])
    context = {
        "member": member,
        "parts": [{"space": space, "lines": lines} for space, lines in by_space.items()],
        "more": len(rows) - len(shown),
        "site_url": settings.SITE_URL,
        "site_name": settings.SITE_NAME,
        "settings_url": settings.SITE_URL + reverse("discussions:notice_settings"),
        "off_url": off,
    }
    if len(rows) == 1:
        subject = next(iter(by_space.values()))[0].sentence
    else:
        subject = ngettext("%(n)s piece of news", "%(n)s pieces of news", len(rows)) % {"n": len(rows)}
    message = EmailMultiAlternatives(
        subject=f"[{settings.SITE_NAME}] {' '.join(subject.split())}",
        body=render_to_string("discussions/notices/mail.txt", context),
        to=[member.email],
        connection=server,
        headers={
            "List-Unsubscribe": f"<{off}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "Precedence": "bulk",
        },
    )
    message.attach_alternative(render_to_string("discussions/notices/mail.html", context), "text/html")
    return message


def _let_rest(error: Exception) -> None:
    """Leave the server alone for a while; forgotten with the cache, which costs one more try."""
    rest = min(cache.get(_REST_KEY, REST // 2) * 2, LONGEST_REST)
    cache.set(_REST_KEY, rest, LONGEST_REST * 2)
    cache.set(_REST_KEY + ":until", True, rest)
    logger.warning("The mail server failed (%s); next try in %d s, nothing is lost.", type(error).__name__, rest)


def stop(member: Member) -> None:
    """No more mail of any kind about notices. They stay on the site."""
    NoticeSettings.objects.update_or_create(member=member, defaults={"rhythm": Rhythm.NEVER})

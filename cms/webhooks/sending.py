"""Telling a webhook what it has not heard yet.

Events leave in order, at most BATCH at a time, and the cursor moves only when the other side has answered with 2xx:
after an outage of any length nothing is missing. The other side may hear the same event twice and knows it by its `id`.
An event holds ids and counts, never words: those are read through the interface for programs, which gives published
ones only.
"""

import hmac
import json
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import task

from cms.webhooks.models import Webhook, WebhookTry
from discussions import events, rules
from discussions.errors import CivicError
from discussions.models import Event, Member, Space
from integrations import outbound
from nlp.tasks import is_queued

BATCH = 100
LEASE = timedelta(minutes=2)
# The rest after each failure in a row; the last is repeated.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))
PATIENCE = timedelta(days=3)
KEPT = timedelta(days=30)
# What is not public is told to nobody outside.
PRIVATE = ("held", "reported", "flagged", "appealed", "upheld", "claimed", "merge_asked", "merge_refused")


def subscribe(*, space: Space, editor: Member, url: str, kinds: Iterable[str] = ()) -> Webhook:
    """Tell `url` of what happens in a space from now on. `kinds` are nouns ("proposal"); none means all.

    Raises NotAllowed, CivicError (an address that may not be called, or is told already).
    """
    rules.require(rules.may_arrange(editor))
    try:
        outbound.check(url)
    except outbound.OutboundError as error:
        raise CivicError(str(error), code=error.code) from error
    with transaction.atomic():
        space = events.lock(space.pk)
        if Webhook.objects.filter(space=space, url=url).exists():
            raise CivicError(_("This address is told already."), code="known")
        return Webhook.objects.create(
            space=space,
            url=url,
            kinds=sorted(set(kinds)),
            nonce=secrets.token_hex(16),
            cursor=events.last_seq(space.pk),
            next_try_at=timezone.now(),
        )


def pause(*, webhook: Webhook, editor: Member) -> None:
    """Stop telling; what happens meanwhile is told when it goes on."""
    _switch(webhook, editor, Webhook.State.PAUSED)


def resume(*, webhook: Webhook, editor: Member) -> None:
    """Go on where it stopped, at once."""
    _switch(webhook, editor, Webhook.State.ACTIVE)


def remove(*, webhook: Webhook, editor: Member) -> None:
    """Tell this address nothing any more."""
    rules.require(rules.may_arrange(editor))
    webhook.delete()


def secret_of(webhook: Webhook) -> str:
    """The key that signs what this webhook gets. It is derived and stands in no table."""
    text = f"webhook:{webhook.pk}:{webhook.nonce}".encode()
    return "whsec_" + hmac.new(settings.AUTHOR_KEY_SECRET.encode(), text, sha256).hexdigest()


def signature(secret: str, moment: int, body: bytes) -> str:
    """`t=<seconds>,v1=<hex>`: HMAC-SHA256 over the seconds, a full stop and the body."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
    return f"t={moment},v1={digest}"


@task()
def deliver(webhook_id: int) -> dict:
    """Tell one webhook everything it has not heard; stops at the first failure. Running twice is harmless."""
    told = 0
    while True:
        webhook = _claimed(webhook_id)
        if webhook is None:
            return {"told": told}
        more, count = _tell_once(webhook)
        told += count
        if not more:
            return {"told": told}


def enqueue_due() -> int:
    """Queue the webhooks that have something to hear. Returns how many."""
    newest = Event.objects.filter(space=OuterRef("space")).order_by("-seq").values("seq")[:1]
    due = Webhook.objects.filter(state=Webhook.State.ACTIVE, next_try_at__lte=timezone.now())
    found = due.annotate(newest=Subquery(newest)).filter(newest__gt=F("cursor")).values_list("pk", flat=True)
    waiting = [pk for pk in found if not is_queued(deliver, pk)]
    for pk in waiting:
        transaction.on_commit(partial(deliver.enqueue, pk))
    return len(waiting)


def forget_old() -> int:
    """Drop the record of deliveries after a month."""
    return WebhookTry.objects.filter(at__lt=timezone.now() - KEPT).delete()[0]


def _switch(webhook: Webhook, editor: Member, state: str) -> None:
    rules.require(rules.may_arrange(editor))
    Webhook.objects.filter(pk=webhook.pk).update(
        state=state, failures=0, failing_since=None, next_try_at=timezone.now()
    )


def _claimed(webhook_id: int) -> Webhook | None:
    """The webhook, for this worker alone until LEASE is over; None when it is not due."""
    now = timezone.now()
    due = Webhook.objects.filter(pk=webhook_id, state=Webhook.State.ACTIVE, next_try_at__lte=now)
    if not due.update(next_try_at=now + LEASE):
        return None
    return Webhook.objects.select_related("space").get(pk=webhook_id)


def _tell_once(webhook: Webhook) -> tuple[bool, int]:
    """One delivery. Returns whether there may be more to tell, and how many events were told."""
    found = list(
        Event.objects.filter(space=webhook.space, seq__gt=webhook.cursor)
        .order_by("seq")
        .only("seq", "type", "data", "at")[:BATCH]
    )
    if not found:
        _moved(webhook, webhook.cursor)
        return False, 0
    wanted = [event for event in found if _is_for(webhook, event)]
    if not wanted:
        _moved(webhook, found[-1].seq)
        return len(found) == BATCH, 0
    problem, status = _post(webhook, wanted)
    now = timezone.now()
    WebhookTry.objects.create(
        webhook=webhook, at=now, first_seq=wanted[0].seq, last_seq=wanted[-1].seq, status=status, problem=problem
    )
    if problem:
        _failed(webhook, now)
        return False, 0
    _moved(webhook, found[-1].seq)
    return len(found) == BATCH, len(wanted)


def _is_for(webhook: Webhook, event: Event) -> bool:
    noun, _dot, verb = event.type.partition(".")
    return verb not in PRIVATE and (not webhook.kinds or noun in webhook.kinds)


def _post(webhook: Webhook, found: list[Event]) -> tuple[str, int | None]:
    """Send the events. Returns (problem, status); the problem is empty when they were taken."""
    content = {"space": webhook.space.slug, "events": [_told(webhook.space, event) for event in found]}
    body = json.dumps(content, ensure_ascii=False).encode()
    moment = int(timezone.now().timestamp())
    headers = {"Content-Type": "application/json", "Minyi-Signature": signature(secret_of(webhook), moment, body)}
    try:
        answer = outbound.request("POST", webhook.url, body=body, headers=headers)
    except outbound.OutboundError as error:
        return error.code, None
    if answer.is_success:
        return "", answer.status
    return ("redirects" if answer.status in outbound.REDIRECTS else "refuses"), answer.status


def _told(space: Space, event: Event) -> dict:
    return {
        "id": f"{space.slug}:{event.seq}",
        "seq": event.seq,
        "type": event.type,
        "at": event.at.isoformat(),
        "data": event.data,
    }


def _moved(webhook: Webhook, seq: int) -> None:
    Webhook.objects.filter(pk=webhook.pk).update(cursor=seq, failures=0, failing_since=None, next_try_at=timezone.now())


def _failed(webhook: Webhook, now: datetime) -> None:
    since = webhook.failing_since or now
    rest = BACK_OFF[min(webhook.failures, len(BACK_OFF) - 1)]
    changes = {"failures": webhook.failures + 1, "failing_since": since, "next_try_at": now + rest}
    if now - since > PATIENCE:
        changes["state"] = Webhook.State.GIVEN_UP
    Webhook.objects.filter(pk=webhook.pk, state=Webhook.State.ACTIVE).update(**changes)

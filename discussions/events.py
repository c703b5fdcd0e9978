"""Store the event, then ring the bell.

`append` writes one numbered Event inside the caller's transaction and arranges for the bell to ring after commit.
The bell carries no content: whoever hears it reads `since`. A lost ring costs a moment, never a message.
"""

import asyncio
import logging
from functools import partial

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, transaction
from django.utils import timezone

from discussions.models import Event, Space

logger = logging.getLogger(__name__)

PAGE = 200
RING_PATIENCE = 1.0  # seconds the channel layer may take before the writer is answered without it


def group_name(space_id: int) -> str:
    """The channel-layer group that hears about a space."""
    return f"space.{space_id}"


def append(space: Space, type: str, data: dict) -> int:
    """Write the next event of `space` and return its number.

    The caller holds the lock on the space row (see `lock`), so numbers have no gaps and no doubles.
    `data` holds ids and counts, never words.
    """
    # One statement: the number is found and written together.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO discussions_event (space_id, seq, type, data, at) "
            "SELECT %s, COALESCE(MAX(seq), 0) + 1, %s, %s, %s FROM discussions_event WHERE space_id = %s RETURNING seq",
            [space.pk, type, _adapted(data), _moment(), space.pk],
        )
        seq = cursor.fetchone()[0]
    transaction.on_commit(partial(ring, space.pk))
    return seq


def lock(space_id: int) -> Space:
    """The space, fresh and locked until the transaction ends: every write to a space passes here one at a time."""
    return Space.objects.select_for_update().get(pk=space_id)


def since(space_id: int, seq: int) -> list[Event]:
    """The events of a space after `seq`, oldest first, at most PAGE of them."""
    return list(Event.objects.filter(space_id=space_id, seq__gt=seq).order_by("seq")[:PAGE])


def last_seq(space_id: int) -> int:
    """The number of the newest event, 0 when nothing has happened yet."""
    return Event.objects.filter(space_id=space_id).order_by("-seq").values_list("seq", flat=True).first() or 0


def ring(space_id: int) -> None:
    """Tell every process that something happened. A broken channel layer must not break the action that was saved."""
    try:
        async_to_sync(_ring)(space_id)
    except Exception:  # noqa: BLE001 - whatever the layer throws, the event is stored and will be found
        logger.warning(
            "The channel layer did not take a ring for space %s; readers will find the event later.", space_id
        )


async def _ring(space_id: int) -> None:
    async with asyncio.timeout(RING_PATIENCE):
        await get_channel_layer().group_send(group_name(space_id), {"type": "event.ring"})


def _adapted(data: dict):
    return connection.ops.adapt_json_value(data, None)


def _moment():
    return connection.ops.adapt_datetimefield_value(timezone.now())

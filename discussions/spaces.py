"""Setting up a space: what it offers, and on what terms."""

from typing import Any

from django.db import transaction

from discussions import events, instruments, rules
from discussions.errors import CivicError
from discussions.instruments import Instrument
from discussions.models import Level, Member, Space


def offer(*, space: Space, editor: Member, instrument: str, **options: Any) -> Space:
    """Turn an instrument on, or change its terms; what is not named keeps its default. Appends space.changed.

    Raises NotAllowed, CivicError (an instrument, option or level that does not exist).
    """
    kind = instruments.KINDS.get(instrument)
    if kind is None or set(options) - set(kind.options) or options.get("level", 0) not in Level.values:
        raise CivicError(rules.explained("not_here"), code="unknown_instrument")
    return _written(space, editor, lambda offered: {**offered, kind.key.value: options})


def take_away(*, space: Space, editor: Member, instrument: Instrument | str) -> Space:
    """Turn an instrument off. What was contributed stays, is exported, and comes back with the instrument."""
    return _written(space, editor, lambda offered: {key: terms for key, terms in offered.items() if key != instrument})


def _written(space: Space, editor: Member, change) -> Space:
    with transaction.atomic():
        rules.require(rules.may_arrange(editor))
        space = events.lock(space.pk)
        offered = change(space.instruments)
        if offered != space.instruments:
            space.instruments = offered
            space.save(update_fields=["instruments"])
            events.append(space, "space.changed", {"id": space.pk})
    return space

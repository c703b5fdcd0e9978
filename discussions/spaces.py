"""Setting up a space: what it is about, when its stages begin, what it offers, and on what terms."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from discussions import events, instruments, phases, rules
from discussions.errors import CivicError
from discussions.instruments import Instrument
from discussions.models import Member, Phase, Space
from discussions.models.spaces import BEGINS_AT, is_later

# What an editor writes into a space.
FACTS = (
    *("title", "title_en", "question", "question_en", "plain", "plain_en"),
    *("agency", "holds_first_posts"),
    *phases.DATES,
)


def arrange(
    *,
    space: Space,
    editor: Member | None,
    facts: Mapping[str, Any] | None = None,
    offered: Mapping[str, Mapping[str, Any]] | None = None,
    phase: str = "",
    publish: bool = False,
) -> Space:
    """Change several things of a space in one step; appends space.changed, and phase.changed where it moves.

    `facts` are columns named in FACTS, `offered` the instruments with their terms (all of them), `phase` one chosen by
    hand. With `publish` the dates of a space begin to count. A date that is changed into the past, and was not
    overruled by a phase chosen by hand, takes effect at once. `editor` is None only where the house itself acts.

    Raises NotAllowed (also "answered" where nobody has answered), CivicError (dates out of order; a phase, an
    instrument, option or level that does not exist).
    """
    with transaction.atomic():
        if editor is not None:
            rules.require(rules.may_arrange(editor))
        now = timezone.now()
        space = phases.settled(events.lock(space.pk), now)
        changed = _changed(space, facts or {}, offered)
        if publish and space.runs_since is None:
            changed["runs_since"] = now
        for name, value in changed.items():
            setattr(space, name, value)
        if set(changed) & set(phases.DATES) and phases.out_of_order(
            {name: getattr(space, name) for name in phases.DATES}
        ):
            raise CivicError(rules.explained("dates"), code="dates")
        if changed:
            space.save(update_fields=list(changed))
            events.append(space, "space.changed", {"id": space.pk})
        if phase:
            if editor is not None:
                phases.require_choice(space, phase)
            phases.enter(space, phase, now)
        elif space.runs_since is not None:
            overdue = _overdue(space, set(BEGINS_AT.values()) if "runs_since" in changed else set(changed), now)
            if overdue:
                phases.enter(space, overdue, now)
    return space


def offer(*, space: Space, editor: Member, instrument: str, **options: Any) -> Space:
    """Turn an instrument on, or change its terms; what is not named keeps its default. Appends space.changed.

    Raises NotAllowed, CivicError (an instrument, option or level that does not exist).
    """
    return _offer(space, editor, lambda offered: {**offered, str(instrument): options})


def take_away(*, space: Space, editor: Member, instrument: Instrument | str) -> Space:
    """Turn an instrument off. What was contributed stays, is exported, and comes back with the instrument."""
    return _offer(space, editor, lambda offered: {key: terms for key, terms in offered.items() if key != instrument})


def _offer(space: Space, editor: Member, change) -> Space:
    with transaction.atomic():
        rules.require(rules.may_arrange(editor))
        locked = events.lock(space.pk)
        return arrange(space=locked, editor=editor, offered=change(locked.instruments))


def _changed(space: Space, facts: Mapping[str, Any], offered) -> dict[str, Any]:
    """The columns that will hold something else than now."""
    unknown = set(facts) - set(FACTS)
    if unknown:
        raise ValueError(f"Not a fact of a space: {sorted(unknown)}")
    wanted = dict(facts)
    if offered is not None:
        try:
            wanted["instruments"] = {key: instruments.checked(key, terms) for key, terms in offered.items()}
        except ValueError as error:
            raise CivicError(rules.explained("not_here"), code="unknown_instrument") from error
    return {name: value for name, value in wanted.items() if getattr(space, name) != value}


def _overdue(space: Space, columns: set[str], now: datetime) -> str:
    """The latest phase whose date was just set to a moment that has passed already; "" for none."""
    found = space.phase
    for phase, column in BEGINS_AT.items():
        begins = getattr(space, column)
        if found == Phase.REVIEW:
            break
        if column in columns and begins is not None and begins <= now and is_later(phase, found):
            found = phase
    return "" if found == space.phase else str(found)

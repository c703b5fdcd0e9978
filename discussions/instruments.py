"""What a space offers its people to do, and on what terms. One place reads and writes `Space.instruments`.

An instrument is on when it has an entry there; the entry holds only what differs from its defaults. `level` is how
surely somebody must be known to use it.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from discussions.models import Level, Space


class Instrument(StrEnum):
    """A way to take part."""

    COMMENTS = "comments"
    STATEMENTS = "statements"
    PROPOSALS = "proposals"
    TEXTS = "texts"
    SURVEYS = "surveys"
    BUDGETS = "budgets"
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Kind:
    """One instrument: its name on the tab, the address of its room, and its options with their defaults."""

    key: Instrument
    label: str | Promise
    url_name: str
    options: dict[str, Any] = field(default_factory=dict)


_LEVEL = {"level": int(Level.ACCOUNT)}

# In the order of the tabs.
KINDS: dict[Instrument, Kind] = {
    kind.key: kind
    for kind in (
        Kind(Instrument.COMMENTS, _("Discussion"), "discussions:space", {**_LEVEL}),
        Kind(Instrument.TEXTS, _("Draft text"), "discussions:texts", {**_LEVEL}),
        Kind(Instrument.STATEMENTS, _("Statements"), "discussions:statements", {**_LEVEL}),
        Kind(
            Instrument.PROPOSALS,
            _("Proposals"),
            "discussions:proposals",
            {**_LEVEL, "threshold": 5000, "days": 60},
        ),
        Kind(Instrument.SURVEYS, _("Surveys"), "discussions:surveys", {**_LEVEL}),
        Kind(Instrument.BUDGETS, _("Budget"), "discussions:budgets", {**_LEVEL}),
        Kind(Instrument.LIVE, _("Live"), "discussions:space_live", {**_LEVEL}),
    )
}


def is_on(space: Space, instrument: str) -> bool:
    """Does this space offer the instrument?"""
    return instrument in space.instruments


def options(space: Space, instrument: str) -> dict[str, Any]:
    """The terms of an instrument here: its defaults, and what the space sets otherwise."""
    return {**KINDS[Instrument(instrument)].options, **space.instruments.get(instrument, {})}


def level(space: Space, instrument: str) -> Level:
    """How surely somebody must be known to use the instrument here."""
    return Level(options(space, instrument)["level"])


def of(space: Space) -> list[Kind]:
    """The instruments of a space, in the order of the tabs."""
    return [kind for key, kind in KINDS.items() if is_on(space, key)]

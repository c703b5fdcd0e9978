"""What a space offers its people to do, and on what terms. One place reads and writes `Space.instruments`.

An instrument is on when it has an entry there; the entry holds only what differs from its defaults. `level` is how
surely somebody must be known to use it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    """One instrument: its name on the tab, what one does there, its room, and its options with their defaults."""

    key: Instrument
    label: str | Promise
    words: str | Promise
    url_name: str
    options: dict[str, Any] = field(default_factory=dict)


# What each option asks, in words for those who set up a space.
OPTION_WORDS: dict[str, str | Promise] = {
    "level": _("Who may use it"),
    "threshold": _("Signatures needed for an answer"),
    "days": _("Days to collect signatures"),
}
LARGEST = {"threshold": 10_000_000, "days": 730}

_LEVEL = {"level": int(Level.ACCOUNT)}

# In the order of the tabs.
KINDS: dict[Instrument, Kind] = {
    kind.key: kind
    for kind in (
        Kind(
            Instrument.COMMENTS,
            _("Discussion"),
            _("Say what you think, ask, and answer others."),
            "discussions:space",
            {**_LEVEL},
        ),
        Kind(
            Instrument.TEXTS,
            _("Draft text"),
            _("Read the draft paragraph by paragraph and suggest better wording."),
            "discussions:texts",
            {**_LEVEL},
        ),
        Kind(
            Instrument.STATEMENTS,
            _("Statements"),
            _("Agree or disagree with one sentence at a time, and see where you stand."),
            "discussions:statements",
            {**_LEVEL},
        ),
        Kind(
            Instrument.PROPOSALS,
            _("Proposals"),
            _("Propose something yourself, or co-sign what others propose."),
            "discussions:proposals",
            {**_LEVEL, "threshold": 5000, "days": 60},
        ),
        Kind(
            Instrument.SURVEYS,
            _("Surveys"),
            _("A few questions; the answers are counted and shown here."),
            "discussions:surveys",
            {**_LEVEL},
        ),
        Kind(
            Instrument.BUDGETS,
            _("Budget"),
            _("Choose which projects the money should go to."),
            "discussions:budgets",
            {**_LEVEL},
        ),
        Kind(
            Instrument.LIVE,
            pgettext_lazy("instrument", "Live"),
            _("Ask and vote while a hearing is going on, in the hall or at home."),
            "discussions:space_live",
            {**_LEVEL},
        ),
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


def checked(instrument: str, terms: Mapping[str, Any]) -> dict[str, Any]:
    """The terms as a space keeps them: only what differs from the defaults.

    Raises ValueError where the instrument, an option or a value does not exist.
    """
    kind = KINDS[Instrument(instrument)]
    for name, value in terms.items():
        default = kind.options.get(name)
        if type(value) is not type(default):
            raise ValueError(f"{instrument}.{name}")
        if name == "level":
            Level(value)
        elif isinstance(value, int) and not isinstance(value, bool) and not 1 <= value <= LARGEST.get(name, 10_000_000):
            raise ValueError(f"{instrument}.{name}")
    return {name: value for name, value in terms.items() if value != kind.options[name]}

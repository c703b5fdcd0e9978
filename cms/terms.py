"""Form fields for what a space offers and when: its dates, and each instrument on or off with its terms.

The form of the page and the desk of the space both use them.
"""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateTimeInput

from discussions.instruments import KINDS, LARGEST, OPTION_WORDS, Kind, is_on, options
from discussions.models import Level, Space
from discussions.phases import DATES

DATE_WORDS = {
    "text_at": _("Draft text is published"),
    "opens_at": _("Discussion opens"),
    "voting_at": _("Voting begins"),
    "review_at": _("Agency review begins"),
    "answer_due_at": _("Answer due"),
    "follow_up_at": _("Follow-up begins"),
    "archive_at": _("Archived on"),
}
MOST = 10_000_000


def switch(kind: Kind) -> str:
    """The name of the field that turns an instrument on."""
    return f"offers_{kind.key}"


def option_field(kind: Kind, option: str) -> str:
    """The name of the field that holds one of its terms."""
    return f"{kind.key}_{option}"


def fields() -> dict[str, forms.Field]:
    """New fields for every instrument, in the order of the tabs."""
    made: dict[str, forms.Field] = {}
    for kind in KINDS.values():
        made[switch(kind)] = forms.BooleanField(label=kind.label, required=False)
        for option, default in kind.options.items():
            made[option_field(kind, option)] = _field(option, default)
    return made


def initial(space: Space | None) -> dict[str, Any]:
    """What the fields hold for a space; for none, what a new one offers."""
    space = space or Space()
    values: dict[str, Any] = {}
    for kind in KINDS.values():
        values[switch(kind)] = is_on(space, kind.key)
        values |= {option_field(kind, name): value for name, value in options(space, kind.key).items()}
    return values


def read(cleaned: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What a filled form offers, as `spaces.arrange` takes it. An empty term is its default."""
    return {
        kind.key.value: {
            option: default if cleaned.get(option_field(kind, option)) is None else cleaned[option_field(kind, option)]
            for option, default in kind.options.items()
        }
        for kind in KINDS.values()
        if cleaned.get(switch(kind))
    }


def _field(option: str, default: Any) -> forms.Field:
    label = OPTION_WORDS[option]
    if option == "level":
        return forms.TypedChoiceField(label=label, choices=Level.choices, coerce=int, empty_value=None, required=False)
    if isinstance(default, bool):
        return forms.BooleanField(label=label, required=False)
    return forms.IntegerField(
        label=label,
        min_value=1,
        max_value=LARGEST.get(option, MOST),
        required=False,
        help_text=_("Left empty: %(default)s.") % {"default": default},
    )


def _date(name: str) -> forms.DateTimeField:
    return forms.DateTimeField(label=DATE_WORDS[name], required=False, widget=AdminDateTimeInput)


TermFields = type("TermFields", (forms.Form,), fields())
DateFields = type("DateFields", (forms.Form,), {name: _date(name) for name in DATES})

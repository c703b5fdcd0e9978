"""The forms of a space's desk: each changes one thing, by the action that belongs to it."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from cms import terms
from discussions.models import Phase, Space
from discussions.phases import DATES, out_of_order
from discussions.processes import PROCESSES


class MoveForm(forms.Form):
    """A phase chosen by hand. `seen` is the phase the editor saw."""

    phase = forms.ChoiceField(label=_("Move to"), choices=Phase.choices)
    seen = forms.ChoiceField(choices=Phase.choices, widget=forms.HiddenInput)


class DatesForm(terms.DateFields):
    """When each stage begins."""

    def clean(self):
        cleaned = super().clean()
        for name in out_of_order({name: cleaned.get(name) for name in DATES}):
            self.add_error(
                name, _("This lies before the step that comes first. Nothing was changed; correct the dates.")
            )
        return cleaned


class ProcessForm(forms.Form):
    """A usual process and the day it starts."""

    process = forms.ChoiceField(
        label=_("Process"), choices=[(process.key, process.label) for process in PROCESSES.values()]
    )
    starts_on = forms.DateField(label=_("First day of the process"), widget=AdminDateInput, initial=timezone.localdate)


class TermsForm(terms.TermFields):
    """What the space offers, and on what terms."""

    holds_first_posts = forms.BooleanField(
        label=_("The first contribution of a new account waits for a moderator"), required=False
    )


def dates_of(space: Space) -> dict:
    """What the dates form holds for a space."""
    return {name: getattr(space, name) for name in DATES}

"""Forms of the desk of answers."""

from datetime import datetime, time

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions import clocks, milestones
from discussions.forms import ClientIdForm
from discussions.models import Milestone
from discussions.models.clocks import LONGEST_DAYS


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class ExtendForm(forms.Form):
    """A later date, with the reason."""

    until = forms.DateField(label=_("New date"), widget=DayInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": clocks.REASON_LIMIT}),
        help_text=_("It is published at once and stays beside the clock for ever."),
    )

    def clean_until(self):
        """The end of the chosen day."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["until"], time(23, 59, 59)))


class StepForm(ClientIdForm):
    """A step the agency promises."""

    what = forms.CharField(label=_("Step"), required=False, max_length=milestones.WHAT_LIMIT)
    due_on = forms.DateField(label=_("Done by"), widget=DayInput)
    is_done = forms.BooleanField(
        label=_("It is done already"), required=False, help_text=_("Then the date is the day on which it was done.")
    )
    topic_number = forms.TypedChoiceField(
        label=_("Belongs to"), required=False, coerce=int, empty_value=None, choices=[("", _("everything"))]
    )

    def __init__(self, *args, topics=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["topic_number"].choices += [(row.number, row.label) for row in topics]


class StepChangeForm(forms.Form):
    """How a step stands now."""

    state = forms.ChoiceField(label=_("State"), choices=Milestone.State.choices)
    due_on = forms.DateField(label=_("Done by"), widget=DayInput)
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": milestones.REASON_LIMIT}),
    )


class TermsForm(forms.Form):
    """What a discussion promises about answers."""

    days = forms.IntegerField(label=_("Days to answer"), min_value=1, max_value=LONGEST_DAYS)
    extensions = forms.IntegerField(
        label=_("How often the date may be moved"), min_value=0, max_value=clocks.MOST_EXTENSIONS
    )
    extension_days = forms.IntegerField(label=_("Days one extension may add"), min_value=1, max_value=LONGEST_DAYS)
    needs_approval = forms.BooleanField(
        label=_("A second person of the agency approves every answer, also to a single comment"), required=False
    )

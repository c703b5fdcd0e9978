"""Forms of the live room and its desk. They check the shape; the actions decide."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions import live, wording
from discussions.forms import ClientIdForm
from discussions.reasons import HOUSE


class AskForm(ClientIdForm):
    """A question for the panel."""

    text = forms.CharField(
        label=_("Your question"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": wording.QUESTION_LIMIT}),
        help_text=_("One question in plain words. Others can raise it, so that it is answered sooner."),
    )


class RaiseForm(forms.Form):
    """Raise a question (1) or take the raise back (0). It names the wish, so sending it twice changes nothing."""

    raised = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1")


class PollAnswerForm(forms.Form):
    """The number of the choice, counted from 0."""

    option = forms.IntegerField(min_value=0, max_value=live.OPTIONS.stop)


class SessionForm(forms.Form):
    """A session to announce."""

    title = forms.CharField(label=_("Title of the session"), max_length=live.TITLE_LIMIT)
    starts_at = forms.DateTimeField(
        label=_("Begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        initial=timezone.now,
    )


class PollForm(forms.Form):
    """A poll to prepare."""

    question = forms.CharField(label=_("Question of the poll"), max_length=live.POLL_LIMIT)
    options = forms.CharField(
        label=_("Choices, one on each line"),
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Two to eight choices."),
    )

    def clean_options(self):
        return [line for line in self.cleaned_data["options"].splitlines() if line.strip()]


def _reasons():
    return [(code, reason.label) for code, reason in HOUSE.items()]


class HideForm(forms.Form):
    """Why a question leaves the screens."""

    reason = forms.ChoiceField(label=_("Reason"), choices=_reasons)

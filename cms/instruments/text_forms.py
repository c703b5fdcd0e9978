"""Forms of the desk of draft texts."""

from django import forms
from django.utils.translation import gettext_lazy as _

from discussions import texts, versions, wordings
from discussions.forms import ClientIdForm
from discussions.models import Wording


class TextForm(ClientIdForm):
    """A new text."""

    title = forms.CharField(label=_("Title of the text"), max_length=texts.TITLE_LIMIT)


class PasteForm(forms.Form):
    """The words of a version, as plain text."""

    source = forms.CharField(
        label=_("The whole text"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "maxlength": versions.SOURCE_LIMIT}),
        help_text=_(
            "Paste it as plain text. Chapters, articles and paragraphs are found by their numbers "
            "(第三條, Article 3, § 3)."
        ),
    )
    note = forms.CharField(
        label=_("What this version is about"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": versions.NOTE_LIMIT}),
        help_text=_("One or two sentences for readers. They stand above the text."),
    )
    replaces = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)


class JudgeForm(forms.Form):
    """What became of a suggestion, and why."""

    OUTCOMES = [choice for choice in Wording.Outcome.choices if choice[0] != Wording.Outcome.OPEN]

    outcome = forms.ChoiceField(choices=OUTCOMES)
    reason = forms.CharField(max_length=wordings.REASON_LIMIT)

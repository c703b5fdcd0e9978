"""Forms of the stenographer. They check the shape; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from discussions import live
from discussions.forms import ClientIdForm


def _speaker() -> forms.CharField:
    return forms.CharField(
        label=_("Who speaks"),
        required=False,
        max_length=live.SPEAKER_LIMIT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "speakers"}),
    )


class LineForm(ClientIdForm):
    """What was just said. Its length is judged by the action, so that every door says the same."""

    speaker = _speaker()
    text = forms.CharField(
        label=_("What is said"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "maxlength": live.LINE_LIMIT}),
    )


class CorrectionForm(forms.Form):
    """A line put right."""

    speaker = _speaker()
    text = forms.CharField(label=_("What is said"), required=False)


class PasteForm(ClientIdForm):
    """Many lines at once."""

    text = forms.CharField(
        label=_("Lines"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One line for each sentence. “Chair: …” at the head of a line says who speaks from there on."),
    )


class CaptionsForm(forms.Form):
    """A file of captions."""

    file = forms.FileField(
        label=_("WebVTT file"),
        help_text=_("At most 2 MiB and 20,000 cues; its times count from the opening of the session."),
        widget=forms.ClearableFileInput(attrs={"accept": ".vtt,text/vtt"}),
    )

"""Forms of the live room and its desk. They check the shape; the actions decide."""

import re
import unicodedata

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions import live, wording
from discussions.forms import ClientIdForm
from discussions.live import agenda, videos


def _moment():
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


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


class SessionForm(forms.Form):
    """A session to announce."""

    title = forms.CharField(label=_("Title of the session"), max_length=live.TITLE_LIMIT)
    starts_at = forms.DateTimeField(label=_("Begins"), widget=_moment(), initial=timezone.now)
    ends_at = forms.DateTimeField(label=_("Ends"), widget=_moment(), required=False)
    about = forms.CharField(
        label=_("What it is about"),
        required=False,
        max_length=live.ABOUT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who should come, what will be decided, and what happens with the questions afterwards."),
    )
    video_url = forms.CharField(
        label=_("Address of the video"),
        required=False,
        max_length=videos.ADDRESS_LIMIT,
        help_text=_(
            "Copied from the page of the video. People's browsers ask nothing of that site before they press play."
        ),
    )


class ItemForm(forms.Form):
    """A point of the agenda."""

    title = forms.CharField(label=_("Point of the agenda"), max_length=agenda.TITLE_LIMIT)
    speakers = forms.CharField(label=_("Who speaks"), required=False, max_length=agenda.SPEAKERS_LIMIT)
    minutes = forms.IntegerField(
        label=_("Minutes"), required=False, min_value=agenda.MINUTES.start, max_value=agenda.MINUTES.stop - 1
    )


class DocumentForm(forms.Form):
    """Something to read for a point."""

    title = forms.CharField(label=_("Title of the document"), max_length=agenda.TITLE_LIMIT)
    url = forms.CharField(label=_("Its address (https)"), max_length=agenda.ADDRESS_LIMIT)


class RoomCodeForm(forms.Form):
    """The code that is read out in the hall, however people type it."""

    code = forms.CharField(
        label=_("Room code"),
        max_length=30,
        help_text=_("Six letters and digits, shown on the screen in the hall."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def clean_code(self):
        return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", self.cleaned_data["code"])).lower()

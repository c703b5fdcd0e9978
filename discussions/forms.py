"""Forms check the shape of what was sent; the actions decide."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from discussions import naming, wording
from discussions.errors import CivicError
from discussions.models import Comment, NoticeSettings, Report


def new_client_id() -> str:
    """An id for a form that is being handed out: sending it twice is one contribution."""
    return uuid.uuid4().hex


class ClientIdForm(forms.Form):
    """Every form that writes carries the id the page was served with."""

    client_id = forms.RegexField(regex=r"^[A-Za-z0-9_-]{8,64}$", widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["client_id"].initial = new_client_id


class CommentForm(ClientIdForm):
    """A comment or a reply. Length and content are judged by `comments.post`, so that every door says the same."""

    text = forms.CharField(
        label=_("Your opinion"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": wording.COMMENT_LIMIT}),
        help_text=_("Others may think differently; say what matters to you and why."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Comment.Kind.choices, required=False)
    parent = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def clean_kind(self):
        return self.cleaned_data["kind"] or Comment.Kind.OPINION


class StatementForm(ClientIdForm):
    """A statement for others to agree or disagree with."""

    text = forms.CharField(
        label=_("Your statement"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": wording.STATEMENT_LIMIT}),
        help_text=_("One thought in one sentence, so that others can agree or disagree."),
    )
    anyway = forms.BooleanField(label=_("Mine says something else; put it to the vote too"), required=False)


class VoteForm(forms.Form):
    """agree, disagree or pass, as 1, -1, 0."""

    value = forms.TypedChoiceField(choices=[(1, "1"), (0, "0"), (-1, "-1")], coerce=int)


class ReportForm(forms.Form):
    """Why a moderator should look."""

    reason = forms.ChoiceField(label=_("What is wrong?"), choices=Report.Reason.choices)


class ReplyForm(ClientIdForm):
    """An official answer."""

    text = forms.CharField(
        label=_("Official answer"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "maxlength": wording.REPLY_LIMIT}),
        help_text=_("It is published at once under the name of your agency, and the people concerned are told."),
    )


class SignupForm(forms.Form):
    """What a new member tells us besides address and password: the name others will see."""

    display_name = forms.CharField(
        label=_("Name shown to others"), max_length=40, help_text=_("It does not have to be your real name.")
    )

    def clean_display_name(self):
        try:
            return naming.cleaned_name(self.cleaned_data["display_name"], member=getattr(self, "instance", None))
        except CivicError as error:
            raise forms.ValidationError(error.message) from error

    def signup(self, request, user):
        """Called by allauth once the account is made."""
        user.display_name = self.cleaned_data["display_name"]
        user.save(update_fields=["display_name"])


class PhoneForm(forms.Form):
    """A telephone number to confirm."""

    number = forms.CharField(
        label=_("Telephone number"),
        max_length=40,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        help_text=_("We send a code to it once. The number itself is not kept."),
    )


class CodeForm(forms.Form):
    """The code that was sent."""

    code = forms.CharField(
        label=_("Code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class KeyForm(forms.Form):
    """A key for a program."""

    name = forms.CharField(
        label=_("What is the key for?"), max_length=80, help_text=_("So that you know later which one to take back.")
    )


class NoticeSettingsForm(forms.ModelForm):
    """How a member wants to hear."""

    class Meta:
        model = NoticeSettings
        fields = ["rhythm", "language"]
        labels = {"rhythm": _("Mail"), "language": _("Language of mails")}
        widgets = {"rhythm": forms.RadioSelect}


class FollowForm(forms.Form):
    """What to follow or to mute. `back` is a path of this site."""

    DONE = {
        "follow": _("You follow this from now on."),
        "unfollow": _("You do not follow this any more."),
        "mute": _("You hear no more of this, unless you are named or answered."),
        "unmute": _("You hear of this again."),
    }
    verb = forms.ChoiceField(choices=[(verb, verb) for verb in DONE])
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in ("space", "proposal", "comment", "topic")])
    target = forms.IntegerField(required=False, min_value=0, max_value=2**63 - 1)
    back = forms.RegexField(regex=r"^/(?!/)[^\\\s]*$", required=False, max_length=500)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("kind") != "space" and cleaned.get("target") is None:
            raise forms.ValidationError(_("Something is missing."))
        if cleaned.get("kind") == "topic" and cleaned["target"] > 2**31 - 1:
            raise forms.ValidationError(_("There is no such topic."))
        return cleaned


class PushForm(forms.Form):
    """What a browser says of itself so that messages can reach it."""

    endpoint = forms.URLField(max_length=500, assume_scheme="https")
    key = forms.RegexField(regex=r"^[A-Za-z0-9_=-]{80,120}$", required=False)
    secret = forms.RegexField(regex=r"^[A-Za-z0-9_=-]{16,40}$", required=False)
    stop = forms.BooleanField(required=False)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("stop") and not (cleaned.get("key") and cleaned.get("secret")):
            raise forms.ValidationError(_("Something is missing."))
        return cleaned

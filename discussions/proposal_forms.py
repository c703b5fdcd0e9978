"""Forms of proposals. Length and content are judged by the actions, so that every door says the same."""

from django import forms
from django.utils.translation import gettext_lazy as _

from discussions import proposals
from discussions.forms import ClientIdForm
from discussions.merges import REASON_LIMIT
from discussions.models.proposals import TITLE_LIMIT


class ProposalForm(ClientIdForm):
    """A proposal to write or to change."""

    title = forms.CharField(
        label=_("What do you propose?"),
        strip=False,
        required=False,
        widget=forms.TextInput(attrs={"maxlength": TITLE_LIMIT}),
        help_text=_("One sentence that says what should happen."),
    )
    text = forms.CharField(
        label=_("Why, and how?"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "maxlength": proposals.TEXT_LIMIT}),
        help_text=_("What is the matter now, what should change, and who could do it?"),
    )


class AddendumForm(ClientIdForm):
    """What an author adds below words that others have signed."""

    text = forms.CharField(
        label=_("Your addendum"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": proposals.ADDENDUM_LIMIT}),
        help_text=_("It stands below your proposal with its date. What people have signed stays as it is."),
    )


class MergeForm(ClientIdForm):
    """Which proposal this one should become part of, and why."""

    into = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Why do they belong together?"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": REASON_LIMIT}),
        help_text=_("Only the two authors and the moderators read this."),
    )


class MergeAnswerForm(forms.Form):
    """Yes, or no with a reason."""

    answer = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")])
    words = forms.CharField(
        label=_("If not: why?"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": REASON_LIMIT}),
        help_text=_("The other author reads this. It is not published."),
    )


class SignForm(forms.Form):
    """One click. `seen` is the revision of the words on the page, `draft` the reader's own draft that led here."""

    seen = forms.IntegerField(min_value=0, required=False)
    draft = forms.IntegerField(min_value=1, required=False)

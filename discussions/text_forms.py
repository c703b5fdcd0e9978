"""Forms of the pages about draft texts. They check shapes; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from discussions import wordings
from discussions.forms import ClientIdForm
from discussions.models import ParagraphVote


class WordingForm(ClientIdForm):
    """Better words for a paragraph. The field starts with the words as they stand, to be changed in place."""

    text = forms.CharField(
        label=_("Your wording"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": wordings.TEXT_LIMIT}),
        help_text=_("Change the words below as you would like to read them. Others see what is different."),
    )
    reason = forms.CharField(
        label=_("Why is that better?"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": wordings.REASON_LIMIT}),
        help_text=_("One or two sentences help others to support it, and the agency to decide."),
    )


class ParagraphVoteForm(forms.Form):
    """Support, oppose, or take one's vote back (0)."""

    value = forms.TypedChoiceField(
        choices=[*((str(value), value) for value in ParagraphVote.Value.values), ("0", 0)], coerce=int
    )


class SupportForm(forms.Form):
    """Stand behind a suggested wording (1), or not any more (0)."""

    value = forms.TypedChoiceField(choices=[("1", 1), ("0", 0)], coerce=int)

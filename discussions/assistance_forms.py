"""Forms of the counter."""

from django import forms
from django.utils.translation import gettext_lazy as _

from discussions import assistance, rules, wording
from discussions.forms import ClientIdForm
from discussions.models import Channel, Sitting, Space, Vote
from discussions.rules import Verb

# What can be entered for somebody; and its answers in the order of the boxes on the sheet.
ENTERED = frozenset({Verb.COMMENT, Verb.VOTE, Verb.COSIGN, Verb.RESPOND})
VOTES = (Vote.Value.AGREE, Vote.Value.DISAGREE, Vote.Value.PASS)


def spaces_to_enter():
    """Discussions in a phase that takes something of what can be entered at the counter, newest first."""
    phases = [phase for phase, verbs in rules.PERMITTED.items() if verbs & ENTERED]
    return Space.objects.filter(phase__in=phases).order_by("-pk")


class BeginForm(forms.Form):
    """With whom, about what, how, and that they agree."""

    space = forms.ModelChoiceField(label=_("Discussion"), queryset=Space.objects.none())
    channel = forms.ChoiceField(
        label=_("How"),
        widget=forms.RadioSelect,
        initial=Channel.ASSISTED,
        choices=[
            (Channel.ASSISTED.value, _("They are here, or on the telephone")),
            (Channel.PAPER.value, _("On paper")),
        ],
    )
    form = forms.CharField(label=_("Code on the sheet"), max_length=12, required=False)
    document = forms.CharField(
        label=_("Number of the identity document they showed"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Only if they show it. The number is not kept; it makes sure that one person counts once at every counter."
        ),
    )
    receipt = forms.CharField(
        label=_("Code of a receipt from an earlier time"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    consent = forms.ChoiceField(label=_("They agree"), widget=forms.RadioSelect, choices=Sitting.Consent.choices)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["space"].queryset = spaces_to_enter()

    def clean_form(self):
        code = self.cleaned_data["form"]
        if not code:
            return None
        found = assistance.form_with(code)
        if found is None:
            raise forms.ValidationError(_("There is no sheet with this code. Please compare it with the paper."))
        return found

    def clean(self):
        cleaned = super().clean()
        form, space = cleaned.get("form"), cleaned.get("space")
        if form is not None and space is not None and form.space_id != space.pk:
            self.add_error("form", _("This sheet belongs to another discussion: %(title)s") % {"title": form.space})
        return cleaned


class EnterForm(ClientIdForm):
    """A comment, an answer to each statement, signatures. Fields of statements and proposals carry their numbers."""

    comment = forms.CharField(
        label=_("Their words"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5, "maxlength": wording.COMMENT_LIMIT}),
        help_text=_("As they say it, not as you would say it."),
    )

    def __init__(self, data, statements, proposals):
        super().__init__(data)
        self.statements, self.proposals = statements, proposals
        for place, statement in enumerate(statements, start=1):
            self.fields[f"vote-{statement.pk}"] = forms.TypedChoiceField(
                label=f"{place}. {statement.text}",
                required=False,
                coerce=int,
                empty_value=None,
                choices=[(str(value.value), value.label) for value in VOTES],
                widget=forms.RadioSelect,
            )
        for proposal in proposals:
            self.fields[f"sign-{proposal.pk}"] = forms.BooleanField(label=proposal.title, required=False)

    @property
    def votes(self) -> dict[int, int]:
        """Answers by the number of the statement."""
        found = {statement.pk: self.cleaned_data.get(f"vote-{statement.pk}") for statement in self.statements}
        return {pk: value for pk, value in found.items() if value is not None}

    @property
    def signed(self) -> list[int]:
        """Numbers of the proposals they sign."""
        return [proposal.pk for proposal in self.proposals if self.cleaned_data.get(f"sign-{proposal.pk}")]

    @property
    def vote_fields(self):
        return [self[f"vote-{statement.pk}"] for statement in self.statements]

    @property
    def sign_fields(self):
        return [self[f"sign-{proposal.pk}"] for proposal in self.proposals]


class ReceiptForm(forms.Form):
    """The code of a slip."""

    code = forms.CharField(
        label=_("Code on your receipt"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    keep = forms.BooleanField(label=_("Keep it under my account"), required=False)

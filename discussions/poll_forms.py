"""Forms of quick polls and of statements in the room. They check the shape; the actions decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from discussions import live, wording
from discussions.forms import ClientIdForm
from discussions.live import reactions
from discussions.live.statements import choices
from discussions.models import QuickPoll, Space

ANSWER_LIMIT = 1000  # characters of a whole answer that are looked at


class PollAnswerForm(forms.Form):
    """An answer as one press sends it: numbers of choices parted by spaces, or words on a line each."""

    options = forms.RegexField(r"^[0-9]{1,2}( [0-9]{1,2}){0,19}$", required=False)
    words = forms.CharField(max_length=ANSWER_LIMIT, required=False, strip=False)

    def clean_options(self):
        return [int(number) for number in self.cleaned_data["options"].split()]

    def clean_words(self):
        return [line for line in self.cleaned_data["words"].splitlines() if line.strip()]


class PollForm(forms.Form):
    """A poll to prepare, or to write anew."""

    question = forms.CharField(label=_("Question of the poll"), max_length=live.POLL_LIMIT)
    kind = forms.ChoiceField(
        label=_("How people answer"), choices=QuickPoll.Kind.choices, initial=QuickPoll.Kind.SINGLE, required=False
    )
    options = forms.CharField(
        label=_("Choices, one on each line"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        help_text=_(
            "Two to eight choices. For a scale: the names of its two ends. For words of people's own: nothing."
        ),
    )
    steps = forms.IntegerField(
        label=_("Steps of a scale"),
        min_value=live.STEPS.start,
        max_value=live.STEPS.stop - 1,
        initial=5,
        required=False,
        help_text=_("From 3 to 10. Only a scale has steps."),
    )

    def clean_kind(self):
        return self.cleaned_data["kind"] or QuickPoll.Kind.SINGLE

    def clean_options(self):
        return [line for line in self.cleaned_data["options"].splitlines() if line.strip()]

    def clean_steps(self):
        return self.cleaned_data["steps"] or 0

    @classmethod
    def of(cls, poll: QuickPoll) -> "PollForm":
        """The form with a prepared poll in it."""
        kept = {"question": poll.question, "kind": poll.kind, "options": "\n".join(poll.options)}
        return cls(initial=kept | ({"steps": poll.steps} if poll.steps else {}))


class LiveVoteForm(forms.Form):
    """Agree (1), disagree (-1) or pass (0), on the statement with this id."""

    statement = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    value = forms.TypedChoiceField(choices=[("1", "1"), ("-1", "-1"), ("0", "0")], coerce=int)


class ReactionForm(ClientIdForm):
    """A sign to the panel."""

    kind = forms.ChoiceField(choices=[(kind.value, kind.value) for kind in reactions.Kind])


class PutStatementForm(ClientIdForm):
    """A statement to put to the vote in the room: one of the space, or a new one."""

    statement = forms.TypedChoiceField(
        label=_("A statement of this discussion"), coerce=int, required=False, empty_value=None
    )
    text = forms.CharField(
        label=_("Or a new one"),
        strip=False,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": wording.STATEMENT_LIMIT}),
        help_text=_("One thought in one sentence, so that everybody can agree or not."),
    )

    def __init__(self, *args, space: Space, **kwargs):
        super().__init__(*args, **kwargs)
        shown = [(row.pk, row.text) for row in choices(space)]
        self.fields["statement"].choices = [("", _("none of them")), *shown]

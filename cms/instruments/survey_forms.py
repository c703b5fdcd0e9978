"""Forms of the survey desk: the survey, its questions one below the other, and a quick poll in two fields."""

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discussions.branching import Condition
from discussions.models import Survey, SurveyQuestion
from discussions.questionnaires import MOST_POINTS, MOST_QUESTIONS, Draft, Words
from discussions.surveys import INTRODUCTION_LIMIT, TITLE_LIMIT, Terms

Kind = SurveyQuestion.Kind
BLANK_QUESTIONS = 2
RANGE = re.compile(r"^\s*(\d{1,3})\s*[-–~]\s*(\d{1,3})\s*$")
# What cannot change once people have answered.
STRUCTURE = ("kind", "required", "least", "most", "points", "has_no_opinion", "after", "answers")


def moment_field(label, help_text="") -> forms.DateTimeField:
    """A date and time as browsers ask for it."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=widget, help_text=help_text)


def line_field(label, *, limit: int, required: bool = False, help_text="") -> forms.CharField:
    return forms.CharField(label=label, max_length=limit, required=required, help_text=help_text)


def text_field(label, *, limit: int, rows: int = 3, help_text="", required: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=limit, required=required, widget=widget, help_text=help_text)


class SurveyForm(forms.Form):
    """What a survey says of itself, and when it runs."""

    title = line_field(gettext_lazy("Title"), limit=TITLE_LIMIT, required=True)
    title_en = line_field(gettext_lazy("Title in English"), limit=TITLE_LIMIT)
    introduction = text_field(gettext_lazy("Introduction"), limit=INTRODUCTION_LIMIT)
    introduction_en = text_field(gettext_lazy("Introduction in English"), limit=INTRODUCTION_LIMIT)
    opens_at = moment_field(gettext_lazy("Opens"), gettext_lazy("Empty: you open it by hand."))
    closes_at = moment_field(gettext_lazy("Closes"), gettext_lazy("Empty: you close it by hand."))
    results = forms.ChoiceField(label=gettext_lazy("Results are shown"), choices=Survey.Results.choices)

    def terms(self) -> Terms:
        """What was filled in, for `surveys.create` and `surveys.edit`."""
        data = self.cleaned_data
        return Terms(
            title=Words(data["title"], data["title_en"]),
            introduction=Words(data["introduction"], data["introduction_en"]),
            opens_at=data["opens_at"],
            closes_at=data["closes_at"],
            results=data["results"],
        )


class QuestionForm(forms.Form):
    """One question. Choices stand one on each line, with English behind a bar."""

    text = line_field(gettext_lazy("Words of the question"), limit=300, required=True)
    text_en = line_field(gettext_lazy("Question in English"), limit=300)
    kind = forms.ChoiceField(label=gettext_lazy("Kind of question"), choices=Kind.choices, initial=Kind.SINGLE)
    required = forms.BooleanField(label=gettext_lazy("An answer is needed"), required=False)
    options = text_field(
        gettext_lazy("Choices, one on each line"),
        limit=10_000,
        rows=4,
        help_text=gettext_lazy("English may follow behind a bar: 每天 | Every day"),
    )
    help = line_field(gettext_lazy("Help below the question"), limit=300)
    help_en = line_field(gettext_lazy("Help in English"), limit=300)
    least = forms.IntegerField(label=gettext_lazy("Choose at least"), min_value=0, max_value=99, required=False)
    most = forms.IntegerField(
        label=gettext_lazy("Choose at most"),
        min_value=0,
        max_value=99,
        required=False,
        help_text=gettext_lazy("Empty: all. For a ranking: how many places are given."),
    )
    points = forms.IntegerField(
        label=gettext_lazy("Points of the scale"), min_value=2, max_value=MOST_POINTS, required=False
    )
    low = line_field(gettext_lazy("Words at 1"), limit=60, help_text=gettext_lazy("English behind a bar"))
    high = line_field(gettext_lazy("Words at the last point"), limit=60, help_text=gettext_lazy("English behind a bar"))
    has_no_opinion = forms.BooleanField(label=gettext_lazy("“No opinion” can be chosen"), required=False)
    after = forms.IntegerField(
        label=gettext_lazy("Ask only after question"),
        min_value=1,
        max_value=MOST_QUESTIONS,
        required=False,
        help_text=gettext_lazy("The number of an earlier question. Empty: everybody is asked."),
    )
    answers = forms.CharField(
        label=gettext_lazy("… if the answer is"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("Numbers of choices (1, 3), or points of a scale from-to (4-5)."),
    )

    def __init__(self, *args, is_fixed: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        for name in STRUCTURE if is_fixed else ():
            self.fields[name].disabled = True

    def clean_answers(self):
        text = self.cleaned_data["answers"].strip()
        if text and not RANGE.match(text) and not re.fullmatch(r"\d{1,3}([\s,，、]+\d{1,3})*", text):
            raise forms.ValidationError(_("Please write numbers like 1, 3 or a range like 4-5."))
        return text

    def draft(self, places: dict[int, int]) -> Draft:
        """The question as it was written; `places` maps the numbers on the page to the places they will have."""
        data = self.cleaned_data
        return Draft(
            kind=data["kind"],
            text=Words(data["text"], data["text_en"]),
            help=Words(data["help"], data["help_en"]),
            required=data["required"],
            options=tuple(both(line) for line in data["options"].splitlines() if line.strip()),
            least=data["least"] or 0,
            most=data["most"] or 0,
            points=data["points"] or 0,
            low=both(data["low"]),
            high=both(data["high"]),
            has_no_opinion=data["has_no_opinion"],
            condition=self._condition(places),
        )

    def _condition(self, places: dict[int, int]) -> Condition | None:
        after, answers = self.cleaned_data["after"], self.cleaned_data["answers"]
        if after is None:
            return None
        # A number that is not on the page stays what it is: `questionnaires` says that there is no such question.
        after = places.get(after, MOST_QUESTIONS + after)
        if found := RANGE.match(answers):
            return Condition(after, low=int(found[1]), high=int(found[2]))
        return Condition(after, frozenset(map(int, re.findall(r"\d+", answers))))


class PollForm(forms.Form):
    """A quick poll: one question, and what can be chosen."""

    question = line_field(
        gettext_lazy("Words of the question"),
        limit=TITLE_LIMIT,
        required=True,
        help_text=gettext_lazy("English behind a bar"),
    )
    options = text_field(
        gettext_lazy("Choices, one on each line"),
        limit=4000,
        rows=4,
        required=True,
        help_text=gettext_lazy("English may follow behind a bar: 每天 | Every day"),
    )


def both(line: str) -> Words:
    """「每天 | Every day」 as its two languages."""
    written, _bar, english = line.partition("|")
    return Words(written.strip(), english.strip())


def joined(words: Words) -> str:
    """The other way round."""
    return f"{words.written} | {words.english}" if words.english else words.written


def initial_of_survey(survey: Survey) -> dict:
    """A stored survey as the first content of its form."""
    return {name: getattr(survey, name) for name in SurveyForm.base_fields}


def initial_of_question(draft: Draft) -> dict:
    """A stored question as the first content of its form."""
    condition = draft.condition
    answers = ""
    if condition is not None:
        is_range = condition.low is not None
        answers = f"{condition.low}-{condition.high}" if is_range else ", ".join(map(str, sorted(condition.options)))
    return {
        "kind": draft.kind,
        "text": draft.text.written,
        "text_en": draft.text.english,
        "help": draft.help.written,
        "help_en": draft.help.english,
        "required": draft.required,
        "options": "\n".join(joined(words) for words in draft.options),
        "least": draft.least or None,
        "most": draft.most or None,
        "points": draft.points or None,
        "low": joined(draft.low),
        "high": joined(draft.high),
        "has_no_opinion": draft.has_no_opinion,
        "after": condition.after if condition else None,
        "answers": answers,
    }


def question_forms(*, is_fixed: bool):
    """The class of the list of questions; when they are fixed none can be added, moved or deleted."""
    return forms.formset_factory(
        QuestionForm,
        extra=0 if is_fixed else BLANK_QUESTIONS,
        can_order=not is_fixed,
        can_delete=not is_fixed,
        max_num=MOST_QUESTIONS,
        validate_max=True,
    )


def drafts(formset) -> tuple[list[Draft], list[forms.Form]]:
    """The questions in their new order, and the form each was written in. Call it on a valid list."""
    known = formset.initial_form_count()
    # A blank form that nobody touched is no question; a stored question that nobody touched still is one.
    written = [
        (number, form) for number, form in enumerate(formset.forms, start=1) if number <= known or form.has_changed()
    ]
    kept = [(number, form) for number, form in written if not form.cleaned_data.get("DELETE")]
    kept.sort(key=lambda pair: (pair[1].cleaned_data.get("ORDER") or pair[0], pair[0]))
    places = {number: place for place, (number, _form) in enumerate(kept, start=1)}
    return [form.draft(places) for _number, form in kept], [form for _number, form in kept]

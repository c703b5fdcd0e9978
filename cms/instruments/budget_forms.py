"""Forms of the budget desk: the choice, a project, a file of projects, and decisions with their reason."""

from django import forms
from django.utils.translation import gettext_lazy

from cms.instruments.survey_forms import line_field, moment_field, text_field
from discussions.budgets import (
    DESCRIPTION_LIMIT,
    INTRODUCTION_LIMIT,
    LABEL_LIMIT,
    MOST_MONEY,
    MOST_PROJECTS,
    PROJECT_LIMIT,
    REASON_LIMIT,
    TITLE_LIMIT,
    Sketch,
    Terms,
)
from discussions.models import Budget, BudgetProject, Rule
from discussions.questionnaires import Words


def money_field(label, help_text="") -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=MOST_MONEY, help_text=help_text)


class BudgetForm(forms.Form):
    """What a budget choice says of itself, how people vote and how winners are found."""

    title = line_field(gettext_lazy("Title"), limit=TITLE_LIMIT, required=True)
    title_en = line_field(gettext_lazy("Title in English"), limit=TITLE_LIMIT)
    introduction = text_field(gettext_lazy("Introduction"), limit=INTRODUCTION_LIMIT)
    introduction_en = text_field(gettext_lazy("Introduction in English"), limit=INTRODUCTION_LIMIT)
    total = money_field(gettext_lazy("Total in whole dollars"))
    kind = forms.ChoiceField(label=gettext_lazy("Ballot"), choices=Budget.Kind.choices)
    most = forms.IntegerField(
        label=gettext_lazy("Projects on a ballot at most"),
        min_value=1,
        max_value=MOST_PROJECTS,
        required=False,
        help_text=gettext_lazy("Empty: any number. Not used where people spend the total."),
    )
    rule = forms.ChoiceField(
        label=gettext_lazy("Rule for the winners"),
        choices=Rule.choices,
        help_text=gettext_lazy("Set before voting opens and shown to everybody; every change is on the record."),
    )
    opens_at = moment_field(gettext_lazy("Opens"), gettext_lazy("Empty: you open it by hand."))
    closes_at = moment_field(gettext_lazy("Closes"), gettext_lazy("Empty: you close it by hand."))

    def __init__(self, *args, is_fixed: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("total", "kind", "most", "rule", "opens_at") if is_fixed else ():
            self.fields[name].disabled = True

    def terms(self) -> Terms:
        """What was filled in, for `budgets.create` and `budgets.edit`."""
        data = self.cleaned_data
        return Terms(
            title=Words(data["title"], data["title_en"]),
            introduction=Words(data["introduction"], data["introduction_en"]),
            total=data["total"],
            kind=data["kind"],
            most=data["most"],
            rule=data["rule"],
            opens_at=data["opens_at"],
            closes_at=data["closes_at"],
        )


class ProjectForm(forms.Form):
    """Something the money could be spent on."""

    title = line_field(gettext_lazy("Title"), limit=PROJECT_LIMIT, required=True)
    title_en = line_field(gettext_lazy("Title in English"), limit=PROJECT_LIMIT)
    cost = money_field(gettext_lazy("Cost in whole dollars"))
    description = text_field(gettext_lazy("Description"), limit=DESCRIPTION_LIMIT)
    description_en = text_field(gettext_lazy("Description in English"), limit=DESCRIPTION_LIMIT)
    category = line_field(gettext_lazy("Category"), limit=LABEL_LIMIT)
    category_en = line_field(gettext_lazy("Category in English"), limit=LABEL_LIMIT)
    place = line_field(gettext_lazy("Place"), limit=LABEL_LIMIT)
    place_en = line_field(gettext_lazy("Place in English"), limit=LABEL_LIMIT)

    def __init__(self, *args, is_fixed: bool = False, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["cost"].disabled = is_fixed

    def sketch(self) -> Sketch:
        """What was filled in, for `budgets.add_project` and `budgets.edit_project`."""
        data = self.cleaned_data
        return Sketch(
            title=Words(data["title"], data["title_en"]),
            cost=data["cost"],
            description=Words(data["description"], data["description_en"]),
            category=Words(data["category"], data["category_en"]),
            place=Words(data["place"], data["place_en"]),
        )


class ProjectFileForm(forms.Form):
    """A file of projects."""

    file = forms.FileField(
        label=gettext_lazy("File of projects (CSV)"),
        help_text=gettext_lazy(
            "A heading row and the columns title and cost; title_en, description, description_en, category, "
            "category_en, place and place_en are welcome."
        ),
    )


class RuleForm(forms.Form):
    """Another rule after voting has opened."""

    rule = forms.ChoiceField(label=gettext_lazy("The rule that shall decide"), choices=Rule.choices)
    reason = text_field(
        gettext_lazy("Reason"),
        limit=REASON_LIMIT,
        required=True,
        help_text=gettext_lazy("Everybody reads it beside the result, for good."),
    )


class WinnerForm(forms.Form):
    """A project that shall win, or not, against the count."""

    project = forms.ModelChoiceField(label=gettext_lazy("Project"), queryset=BudgetProject.objects.none())
    wins = forms.TypedChoiceField(
        label=gettext_lazy("What shall hold"),
        choices=[("1", gettext_lazy("it wins")), ("0", gettext_lazy("it does not win"))],
        coerce=lambda value: value == "1",
    )
    reason = text_field(
        gettext_lazy("Reason"),
        limit=REASON_LIMIT,
        required=True,
        help_text=gettext_lazy("Everybody reads it beside the result, for good."),
    )

    def __init__(self, *args, budget: Budget, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = budget.projects.select_related("budget")


def initial_of(row: Budget | BudgetProject, form: type[forms.Form]) -> dict:
    """A stored row as the first content of its form."""
    return {name: getattr(row, name) for name in form.base_fields}

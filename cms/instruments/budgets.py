"""The desk of budget choices: projects by hand or from a file, the rule, opening and closing, decisions on record."""

import tempfile
from pathlib import Path

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.admin import messages

from cms.instruments import budget_forms
from cms.instruments.desk import Desk, space_at, tried
from discussions import budgets, openings, tallies
from discussions.errors import CivicError
from discussions.instruments import Instrument
from discussions.models import Budget, BudgetBallot, BudgetProject, Rule, Space
from discussions.models.openings import Opening

SHOWN = 100


@require_GET
def index(request, slug: str):
    """The budget choices of a space."""
    space = space_at(request, slug)
    found = space.budgets.annotate(
        n=openings.number_of(BudgetBallot, "budget"), n_projects=openings.number_of(BudgetProject, "budget")
    )
    context = {"space": space, "budgets": found.order_by("-pk")[:SHOWN], **_header(space, _("Budget choices"))}
    return render(request, "cms/instruments/budgets.html", context)


@require_http_methods(["GET", "POST"])
def create(request, slug: str):
    """Prepare a budget choice."""
    space = space_at(request, slug)
    form = budget_forms.BudgetForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        made = tried(form, lambda: budgets.create(space=space, editor=request.user, terms=form.terms()))
        if made is not None:
            messages.success(request, _("The budget choice is saved. Add its projects now."))
            return redirect("budget_edit", slug=slug, pk=made.pk)
    context = {"space": space, "form": form, **_header(space, _("New budget choice"), below=True)}
    status = 422 if request.method == "POST" else 200
    return render(request, "cms/instruments/budget_form.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit(request, slug: str, pk: int):
    """A budget choice with its projects; what can be changed depends on whether people vote."""
    budget = _budget(request, slug, pk)
    initial = budget_forms.initial_of(budget, budget_forms.BudgetForm)
    is_fixed = budget.state != Opening.State.DRAFT
    form = budget_forms.BudgetForm(
        request.POST if request.method == "POST" else None, initial=initial, is_fixed=is_fixed
    )
    if request.method == "POST" and form.is_valid():
        saved = tried(form, lambda: budgets.edit(budget=budget, editor=request.user, terms=form.terms()))
        if saved is not None:
            messages.success(request, _("The budget choice is saved."))
            return redirect("budget_edit", slug=slug, pk=pk)
    return _desk(request, budget, form=form, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def project(request, slug: str, pk: int, project: int | None = None):
    """Write a project: a new one, or one that stands there."""
    budget = _budget(request, slug, pk)
    row = get_object_or_404(budget.projects.select_related("budget"), pk=project) if project else None
    form = budget_forms.ProjectForm(
        request.POST if request.method == "POST" else None,
        initial=budget_forms.initial_of(row, budget_forms.ProjectForm) if row else None,
        is_fixed=budget.state != Opening.State.DRAFT,
    )
    if request.method == "POST" and form.is_valid():
        saved = tried(form, lambda: _written(request.user, budget, row, form.sketch()))
        if saved is not None:
            messages.success(request, _("The project is saved."))
            again = "more" in request.POST
            return redirect("budget_project_new" if again else "budget_edit", slug=slug, pk=pk)
    title = row.local_title if row else _("New project")
    context = {
        "space": budget.space,
        "budget": budget,
        "project": row,
        "form": form,
        **_header(budget.space, title, below=True, budget=budget),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "cms/instruments/budget_project.html", context, status=status)


@require_POST
def remove(request, slug: str, pk: int, project: int):
    """Take a project off the list while it is being prepared."""
    budget = _budget(request, slug, pk)
    row = get_object_or_404(budget.projects.select_related("budget"), pk=project)
    return _acted(
        request, budget, lambda: budgets.remove_project(project=row, editor=request.user), _("The project is removed.")
    )


@require_POST
def import_file(request, slug: str, pk: int):
    """Read projects from a file. Good rows go in; each broken one is named."""
    budget = _budget(request, slug, pk)
    form = budget_forms.ProjectFileForm(request.POST, request.FILES)
    report = None
    if form.is_valid():
        upload = form.cleaned_data["file"]
        with tempfile.TemporaryDirectory() as folder:
            kept = Path(folder) / "projects.csv"
            with kept.open("wb") as file:
                file.writelines(upload.chunks())
            report = tried(form, lambda: budgets.import_projects(budget=budget, editor=request.user, path=kept))
    if report is not None and not report.broken:
        words = ngettext("%(n)d project was added.", "%(n)d projects were added.", report.taken)
        messages.success(request, words % {"n": report.taken})
        return redirect("budget_edit", slug=slug, pk=pk)
    return _desk(request, budget, file_form=form, report=report, status=422)


@require_POST
def open_now(request, slug: str, pk: int):
    """Let people vote."""
    budget = _budget(request, slug, pk)
    words = _("Voting is open. Total, ballot, rule and projects are fixed now.")
    return _acted(request, budget, lambda: budgets.open_now(budget=budget, editor=request.user), words)


@require_POST
def close_now(request, slug: str, pk: int):
    """Close the box and count."""
    budget = _budget(request, slug, pk)
    words = _("Voting is closed. The ballots are counted; the result appears by itself.")
    return _acted(request, budget, lambda: budgets.close_now(budget=budget, editor=request.user), words)


@require_POST
def change_rule(request, slug: str, pk: int):
    """Let another rule decide, with a reason everybody reads."""
    budget = _budget(request, slug, pk)
    form = budget_forms.RuleForm(request.POST)
    if form.is_valid():
        done = tried(form, lambda: budgets.override_rule(budget=budget, editor=request.user, **form.cleaned_data))
        if done is not None:
            messages.success(request, _("The decision is on the record."))
            return redirect("budget_edit", slug=slug, pk=pk)
    return _desk(request, budget, rule_form=form, status=422)


@require_POST
def change_winner(request, slug: str, pk: int):
    """Add a project to the winners or take one away, with a reason everybody reads."""
    budget = _budget(request, slug, pk)
    form = budget_forms.WinnerForm(request.POST, budget=budget)
    if form.is_valid():
        data = form.cleaned_data

        def decide() -> bool:
            budgets.override_winner(
                project=data["project"], editor=request.user, wins=data["wins"], reason=data["reason"]
            )
            return True

        if tried(form, decide):
            messages.success(request, _("The decision is on the record."))
            return redirect("budget_edit", slug=slug, pk=pk)
    return _desk(request, budget, winner_form=form, status=422)


def _budget(request, slug: str, pk: int) -> Budget:
    space = space_at(request, slug)
    budget = get_object_or_404(Budget, pk=pk, space=space)
    budget.space = space
    return budget


def _written(editor, budget: Budget, row: BudgetProject | None, sketch) -> BudgetProject:
    if row is None:
        return budgets.add_project(budget=budget, editor=editor, sketch=sketch)
    return budgets.edit_project(project=row, editor=editor, sketch=sketch)


def _acted(request, budget: Budget, act, words: str):
    try:
        act()
    except CivicError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, words)
    return redirect("budget_edit", slug=budget.space.slug, pk=budget.pk)


def _desk(request, budget: Budget, *, form=None, status: int = 200, **more):
    is_fixed = budget.state != Opening.State.DRAFT
    initial = budget_forms.initial_of(budget, budget_forms.BudgetForm)
    context = {
        "space": budget.space,
        "budget": budget,
        "is_fixed": is_fixed,
        "projects": budget.projects.all(),
        "ballots": budget.ballots.count(),
        "outcome": tallies.outcome(budget),
        "decisions": budget.decisions.select_related("project", "editor"),
        "form": form or budget_forms.BudgetForm(initial=initial, is_fixed=is_fixed),
        "file_form": budget_forms.ProjectFileForm(),
        "rule_form": budget_forms.RuleForm(),
        "winner_form": budget_forms.WinnerForm(budget=budget),
        "rules": [(rule.label, tallies.EXPLAINED[rule]) for rule in Rule],
        **_header(budget.space, budget.local_title, below=True),
        **more,
    }
    return render(request, "cms/instruments/budget.html", context, status=status)


def _header(space: Space, title: str, *, below: bool = False, budget: Budget | None = None) -> dict:
    crumbs = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}, {"url": "", "label": space.local_title}]
    if below:
        crumbs.append({"url": reverse("budget_desk", args=[space.slug]), "label": _("Budget choices")})
    if budget is not None:
        crumbs.append({"url": reverse("budget_edit", args=[space.slug, budget.pk]), "label": budget.local_title})
    return {
        "header_title": title,
        "page_title": title,
        "header_icon": "list-ul",
        "breadcrumbs_items": [*crumbs, {"url": "", "label": title}],
    }


DESK = Desk(
    key=Instrument.BUDGETS,
    label=gettext_lazy("Budget"),
    url_name="budget_desk",
    urlpatterns=[
        path("spaces/<str:slug>/budgets/", index, name="budget_desk"),
        path("spaces/<str:slug>/budgets/new/", create, name="budget_create"),
        path("spaces/<str:slug>/budgets/<int:pk>/", edit, name="budget_edit"),
        path("spaces/<str:slug>/budgets/<int:pk>/projects/new/", project, name="budget_project_new"),
        path("spaces/<str:slug>/budgets/<int:pk>/projects/file/", import_file, name="budget_import"),
        path("spaces/<str:slug>/budgets/<int:pk>/projects/<int:project>/", project, name="budget_project"),
        path("spaces/<str:slug>/budgets/<int:pk>/projects/<int:project>/remove/", remove, name="budget_project_remove"),
        path("spaces/<str:slug>/budgets/<int:pk>/open/", open_now, name="budget_open"),
        path("spaces/<str:slug>/budgets/<int:pk>/close/", close_now, name="budget_close"),
        path("spaces/<str:slug>/budgets/<int:pk>/rule/", change_rule, name="budget_rule"),
        path("spaces/<str:slug>/budgets/<int:pk>/winner/", change_winner, name="budget_winner"),
    ],
)

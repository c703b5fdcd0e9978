"""Budget choices over HTTP: projects, one ballot, the sum, and how the winners were found."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from discussions import ballots, budgets, rules, tallies
from discussions.cursors import number
from discussions.errors import CivicError, SignInNeeded
from discussions.models import Budget, Rule, Space
from discussions.views import entrance
from discussions.views.frame import frame, space_or_404

MOST_SHOWN = 50


@require_GET
def index(request, slug: str):
    """The budget choices of a space, newest first."""
    space = space_or_404(request, slug)
    found = budgets.of_space(request.user, space).annotate(n=Count("projects")).order_by("-pk")[:MOST_SHOWN]
    context = frame(request, space, "budgets", budgets=found)
    return render(request, "discussions/budgets/index.html", context)


@require_GET
def detail(request, slug: str, pk: int):
    """The projects, and the ballot while it is open."""
    space = space_or_404(request, slug)
    budget = budget_or_404(request, space, pk)
    ballot = ballots.of(budget, request.user)
    chosen = ballots.chosen(ballot) if ballot is not None else set()
    return _page(request, space, budget, chosen, ballot=ballot)


@require_POST
def cast(request, slug: str, pk: int):
    """Keep the ballot, or only say what the chosen projects cost together (button "sum", without JavaScript)."""
    space = space_or_404(request, slug)
    budget = budget_or_404(request, space, pk)
    chosen = {number(value) for value in request.POST.getlist("project")} - {0}
    if "sum" in request.POST:
        return _page(request, space, budget, chosen)
    try:
        ballots.cast(budget=budget, member=request.user, projects=chosen)
    except CivicError as refusal:
        needs_sign_in = isinstance(refusal, SignInNeeded)
        error = refusal.message
        return _page(request, space, budget, chosen, error=error, needs_sign_in=needs_sign_in, status=refusal.status)
    messages.success(request, _("Your ballot is in the box. You can change it until voting closes."))
    return redirect("discussions:budget", slug=slug, pk=pk)


@require_GET
def result(request, slug: str, pk: int):
    """Who wins under the rule that decides, what the other rules would give, and every decision of the agency."""
    space = space_or_404(request, slug)
    budget = budget_or_404(request, space, pk)
    others = [
        {"label": rule.label, "words": tallies.EXPLAINED[rule], "outcome": tallies.outcome(budget, rule=rule)}
        for rule in Rule
        if rule != budget.rule
    ]
    context = frame(
        request,
        space,
        "budgets",
        budget=budget,
        outcome=tallies.outcome(budget),
        rule_words=tallies.EXPLAINED[budget.rule],
        ties=tallies.TIES,
        others=others,
        decisions=budget.decisions.select_related("project"),
    )
    return render(request, "discussions/budgets/result.html", context)


def budget_or_404(request, space: Space, pk: int) -> Budget:
    """A budget choice of this space that the reader may see."""
    budget = get_object_or_404(Budget, pk=pk, space=space)
    budget.space = space
    if not rules.may_read_opening(request.user, space, budget):
        raise Http404
    return budget


def _page(request, space, budget, chosen: set[int], *, ballot=None, error="", needs_sign_in=False, status: int = 200):
    projects = [(project, project.pk in chosen) for project in budget.projects.all()]
    spent = sum(project.cost for project, is_chosen in projects if is_chosen)
    now = timezone.now()
    verdict = rules.may_allocate(request.user, space, budget, now)
    may_vote = bool(verdict) or verdict.code == "sign_in"
    context = frame(
        request,
        space,
        "budgets",
        budget=budget,
        projects=projects,
        count=sum(is_chosen for _project, is_chosen in projects),
        spent=spent,
        left=budget.total - spent,
        over=max(0, spent - budget.total),
        is_knapsack=budget.kind == Budget.Kind.KNAPSACK,
        ballot=ballot,
        error=error,
        is_open=budget.takes_answers(now),
        may_vote=may_vote,
        refusal="" if may_vote else rules.explained(verdict.code),
        way_in=entrance.way_in(verdict.code, budget.get_absolute_url()),
        needs_sign_in=needs_sign_in or verdict.code == "sign_in",
        sign_in_url=f"{reverse('account_login')}?next={budget.get_absolute_url()}",
        rule_words=tallies.EXPLAINED[budget.rule],
        ties=tallies.TIES,
    )
    return render(request, "discussions/budgets/detail.html", context, status=status)

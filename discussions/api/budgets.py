"""Budget choices through the interface for programs."""

from datetime import datetime
from typing import Annotated

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from discussions import ballots, rules, tallies
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import LARGEST_ID, Stretch, stretch
from discussions.api.shapes import Refusal
from discussions.budgets import MOST_PROJECTS
from discussions.errors import NotFound
from discussions.models import Budget, BudgetDecision, Channel, Rule
from discussions.models.openings import Opening

router = Router(tags=["budgets"])
Id = Annotated[int, Field(ge=0, le=LARGEST_ID)]


class ProjectOut(Schema):
    """Something the money could be spent on; `cost` in whole dollars."""

    id: int
    number: int
    title: str
    title_en: str
    description: str
    description_en: str
    category: str
    category_en: str
    place: str
    place_en: str
    cost: int


class BudgetOut(Schema):
    """A budget choice. `kind` is approval or knapsack, `most` how many projects fit on a ballot (null: any number)."""

    id: int
    title: str
    title_en: str
    introduction: str
    introduction_en: str
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    total: int
    kind: str
    most: int | None
    rule: str


class BudgetDetail(BudgetOut):
    """A budget choice with its projects."""

    projects: list[ProjectOut]


class BudgetList(Schema):
    """A stretch of budget choices, newest first."""

    items: list[BudgetOut]
    before: int | None


class LineOut(Schema):
    """A project with its votes; `by_decision` when the agency changed the outcome with a reason."""

    project: int
    votes: int
    wins: bool
    by_decision: bool


class TallyOut(Schema):
    """What one rule makes of the ballots."""

    rule: str
    decides: bool
    ballots: int
    spent: int
    left: int
    library: str
    lines: list[LineOut]


class DecisionOut(Schema):
    """A decision of the agency on the record."""

    act: str
    rule: str
    project: int | None = Field(alias="project_id")
    reason: str
    at: datetime


class ResultOut(Schema):
    """Every rule, the one that decides first, and the record."""

    tallies: list[TallyOut]
    decisions: list[DecisionOut]


class BallotIn(Schema):
    """The ids of the chosen projects."""

    projects: Annotated[list[Id], Field(max_length=MOST_PROJECTS)]


class BallotOut(Schema):
    """That the ballot is kept."""

    budget: int = Field(alias="budget_id")
    cast_at: datetime


@router.get("spaces/{slug}/budgets", response=BudgetList, summary=gettext_noop("Budget choices of a discussion"))
def index(request, slug: str, asked: Query[Stretch]):
    """Newest first, without those that are still being prepared."""
    found = Budget.objects.filter(space=space_or_404(slug)).exclude(state=Opening.State.DRAFT)
    rows, before = stretch(found, asked)
    return {"items": rows, "before": before}


@router.get(
    "spaces/{slug}/budgets/{id}", response=BudgetDetail, summary=gettext_noop("One budget choice with its projects")
)
def one(request, slug: str, id: Id):
    """What can be chosen, and the rule that decides."""
    budget = _budget(slug, id)
    shown = {name: getattr(budget, name) for name in BudgetOut.model_fields}
    return {**shown, "projects": list(budget.projects.all())}


@router.get(
    "spaces/{slug}/budgets/{id}/result",
    response={200: ResultOut, 404: Refusal},
    summary=gettext_noop("Result of a budget choice"),
)
def result(request, slug: str, id: Id):
    """Once the ballots are counted."""
    budget = _budget(slug, id)
    deciding = tallies.outcome(budget)
    if deciding is None:
        raise NotFound(_("The ballots are not counted yet."), code="not_tallied")
    others = [tallies.outcome(budget, rule=rule) for rule in Rule.values if rule != budget.rule]
    return {
        "tallies": [_tally(outcome, outcome is deciding) for outcome in (deciding, *others) if outcome is not None],
        "decisions": list(BudgetDecision.objects.filter(budget=budget)),
    }


@router.put(
    "spaces/{slug}/budgets/{id}/ballot",
    response={200: BallotOut, frozenset({401, 403, 404, 422}): Refusal},
    auth=TokenAccess(),
    summary=gettext_noop("Cast a budget ballot"),
)
def cast(request, slug: str, id: Id, sent: BallotIn):
    """In the name of the member whose token is used; sent again, the new ballot replaces the old one."""
    budget = _budget(slug, id)
    return ballots.cast(budget=budget, member=request.auth, projects=sent.projects, channel=Channel.API)


def _budget(slug: str, pk: int) -> Budget:
    space = space_or_404(slug)
    budget = Budget.objects.filter(pk=pk, space=space).first()
    if budget is None or not rules.may_read_opening(None, space, budget):
        raise Http404
    return budget


def _tally(outcome: tallies.Outcome, decides: bool) -> dict:
    return {
        "rule": outcome.tally.rule,
        "decides": decides,
        "ballots": outcome.tally.ballots,
        "spent": outcome.spent,
        "left": outcome.left,
        "library": outcome.tally.library,
        "lines": [
            {
                "project": line.project.pk,
                "votes": line.votes,
                "wins": line.wins,
                "by_decision": line.by_decision,
            }
            for line in outcome.lines
        ],
    }

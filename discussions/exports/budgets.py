"""Budget choices as open data: projects with what each rule makes of them, ballots, and the agency's decisions."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from django.utils.translation import gettext_lazy as _

from discussions.exports.table import Row, Table, voter
from discussions.models import BallotChoice, BudgetBallot, BudgetDecision, BudgetProject, BudgetTally, Rule, Space
from discussions.models.openings import Opening


def _projects(space: Space) -> Iterator[Row]:
    tallies = {
        (tally.budget_id, tally.rule): tally
        for tally in BudgetTally.objects.filter(budget__space=space).order_by("budget_id")
    }
    found = BudgetProject.objects.filter(budget__space=space).exclude(budget__state=Opening.State.DRAFT)
    for project in found.select_related("budget").order_by("budget_id", "number"):
        counted = [tallies.get((project.budget_id, rule)) for rule in Rule.values]
        votes = counted[0].votes.get(str(project.pk), 0) if counted[0] else None
        yield (
            project.budget_id,
            project.budget.title,
            project.budget.total,
            project.number,
            project.title,
            project.title_en,
            project.category,
            project.place,
            project.cost,
            votes,
            project.budget.rule,
            *(None if tally is None else project.pk in tally.winners for tally in counted),
        )


def published_ballots(space: Space):
    """Ballots are data once their choice has closed, so that nobody can count along while others still vote."""
    return BudgetBallot.objects.filter(budget__space=space, budget__state=Opening.State.CLOSED)


def _ballots(space: Space) -> Iterator[Row]:
    chosen = BallotChoice.objects.filter(ballot__in=published_ballots(space))
    rows = chosen.order_by("ballot_id", "project__number").values_list(
        "ballot_id",
        "ballot__budget_id",
        "ballot__member_id",
        "ballot__cast_at",
        "project__number",
    )
    for _ballot, group in groupby(rows.iterator(chunk_size=5000), key=itemgetter(0)):
        stands = list(group)
        _pk, budget, member, cast_at, _number = stands[0]
        numbers = " ".join(str(row[-1]) for row in stands)
        yield budget, voter(space, member), cast_at.date().isoformat(), numbers


def _decisions(space: Space) -> Iterator[Row]:
    found = BudgetDecision.objects.filter(budget__space=space).exclude(budget__state=Opening.State.DRAFT)
    yield from found.order_by("id").values_list("budget_id", "act", "rule", "project__number", "reason", "at")


_BUDGET = _("number of the budget choice")
TABLES = (
    Table(
        name="budget_projects",
        title=_("Projects of the budget choices"),
        columns={
            "budget": _BUDGET,
            "budget_title": _("title of the budget choice"),
            "total": _("the total, in whole dollars"),
            "number": _("number of the project"),
            "title": _("title of the project"),
            "title_en": _("title of the project in English"),
            "category": _("category of the project"),
            "place": _("where it is"),
            "cost": _("what it costs, in whole dollars"),
            "votes": _("how many ballots hold it, once they are counted"),
            "rule": _("the rule that decides"),
            **{rule: _("does it win under this rule?") for rule in Rule.values},
        },
        rows=_projects,
    ),
    Table(
        name="budget_ballots",
        title=_("Budget ballots"),
        columns={
            "budget": _BUDGET,
            "person": _("pseudonym of the voter"),
            "day": _("the day it was cast"),
            "projects": _("numbers of the projects on it, parted by spaces"),
        },
        rows=_ballots,
    ),
    Table(
        name="budget_decisions",
        title=_("Decisions about the budget choices"),
        columns={
            "budget": _BUDGET,
            "act": _("rule set, rule changed, project added or taken away"),
            "rule": _("the rule that decides from then on"),
            "project": _("number of the project, where it is about one"),
            "reason": _("the reason the agency gave"),
            "at": _("when it was decided"),
        },
        rows=_decisions,
    ),
)

"""Finding the winners of a budget choice from its ballots. The counting is done by the library pabutools, exactly.

Ties are broken the same way everywhere: the cheaper project first, then the one with the lower number. A project nobody
voted for never wins. Every rule is computed and shown; the one the agency chose before voting opened decides.
"""

import logging
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django_tasks import task
from pabutools.election import (
    ApprovalMultiProfile,
    Cardinality_Sat,
    Cost_Sat,
    FrozenApprovalBallot,
    Instance,
    Project,
)
from pabutools.fractions import frac
from pabutools.rules import (
    BudgetAllocation,
    completion_by_rule_combination,
    exhaustion_by_budget_increase,
    greedy_utilitarian_welfare,
    method_of_equal_shares,
)
from pabutools.tiebreaking import TieBreakingRule

from discussions import events
from discussions.models import BallotChoice, Budget, BudgetBallot, BudgetDecision, BudgetProject, BudgetTally, Rule
from discussions.models.openings import Opening

logger = logging.getLogger(__name__)

AT_ONCE = 200  # ballots that are counted while somebody waits; more are counted by the worker
STEP, BOUND = (
    20,
    3,
)  # equal shares: each round adds a twentieth of the total to what is shared out, up to three times it

EXPLAINED: dict[str, str | Promise] = {
    Rule.MOST_VOTES: _(
        "Projects are taken in the order of their votes; one that no longer fits into what is left is passed over."
    ),
    Rule.VOTES_PER_COST: _(
        "Projects are taken in the order of their votes for each dollar they cost; one that no longer fits into what "
        "is left is passed over. Small projects have better chances than by votes alone."
    ),
    Rule.EQUAL_SHARES: _(
        "The total is shared out equally among all voters. A project wins when the people who voted for it can pay for "
        "it together from their shares, and each time the project that costs its supporters least wins. While money is "
        "left over, the shares are raised by a twentieth and counted anew, as long as the winners fit into the total; "
        "what is left then goes to the projects with most votes."
    ),
}
TIES = _("When two projects are equal, the cheaper one comes first, then the one with the lower number.")

_TIES = TieBreakingRule(lambda instance, profile, project: (project.cost, int(project.name)))


@dataclass(frozen=True, slots=True)
class Line:
    """One project in the result."""

    project: BudgetProject
    votes: int
    wins: bool
    by_decision: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a rule makes of the ballots; for the rule that decides, with the decisions of the agency worked in."""

    tally: BudgetTally
    winner_ids: tuple[int, ...]
    lines: tuple[Line, ...]
    spent: int
    left: int

    @property
    def winners(self) -> list[Line]:
        return [line for line in self.lines if line.wins]

    @property
    def others(self) -> list[Line]:
        return [line for line in self.lines if not line.wins]


def begin(budget_id: int) -> None:
    """Count at once where there are few ballots, otherwise leave it to the worker."""
    if BudgetBallot.objects.filter(budget=budget_id).count() <= AT_ONCE:
        tally(Budget.objects.get(pk=budget_id))
    else:
        count_ballots.enqueue(budget_id)


@task(queue_name="nlp")
def count_ballots(budget_id: int) -> int:
    """Count the ballots of a closed choice. Returns how many there are, for the task log."""
    return tally(Budget.objects.get(pk=budget_id))


def left_over() -> int:
    """Queue the counts that a crash has left out; run by the clockwork. Returns how many."""
    waiting = Budget.objects.filter(state=Opening.State.CLOSED, tallies=None).values_list("pk", flat=True)
    for budget_id in waiting:
        transaction.on_commit(partial(count_ballots.enqueue, budget_id))
    return len(waiting)


def tally(budget: Budget) -> int:
    """Find the winners of a closed choice under every rule and keep them; appends budget.tallied. Returns the ballots.

    Counted twice, the first result stays. 20,000 ballots over 60 projects take some 40 s and 110 MB.
    """
    if budget.state != Opening.State.CLOSED or budget.tallies.exists():
        return 0
    projects = {project.pk: project for project in budget.projects.all()}
    ballots = _ballots(budget)
    votes = _votes(ballots, projects)
    found = {rule: winners(rule, budget.total, projects, ballots, votes) for rule in Rule.values}
    cast = sum(ballots.values())
    now, library = timezone.now(), f"pabutools {version('pabutools')}"
    with transaction.atomic():
        space = events.lock(budget.space_id)
        if budget.tallies.exists():
            return cast
        for rule, ids in found.items():
            spent = sum(projects[pk].cost for pk in ids)
            BudgetTally.objects.create(
                budget=budget,
                rule=rule,
                ballots=cast,
                votes={str(pk): votes[pk] for pk in projects},
                winners=ids,
                spent=spent,
                left=budget.total - spent,
                library=library,
                made_at=now,
            )
        events.append(space, "budget.tallied", {"id": budget.pk})
    return cast


def winners(
    rule: str,
    total: int,
    projects: dict[int, BudgetProject],
    ballots: dict[frozenset[int], int],
    votes: dict[int, int],
) -> list[int]:
    """The ids of the projects that win under a rule, in the order in which they won.

    `ballots` maps sets of project ids to how many people chose exactly these.
    """
    known = {pk: Project(str(projects[pk].number), projects[pk].cost) for pk in projects if votes[pk]}
    if not known:
        return []
    instance = Instance(known.values(), budget_limit=total)
    profile = ApprovalMultiProfile(instance=instance)
    for chosen, count in ballots.items():
        profile[FrozenApprovalBallot(known[pk] for pk in chosen)] += count
    found = _RULES[rule](instance, profile)
    by_name = {project.name: pk for pk, project in known.items()}
    return [by_name[project.name] for project in found]


def outcome(budget: Budget, *, rule: str = "") -> Outcome | None:
    """The result under the rule that decides, with the agency's decisions; or what `rule` alone would give.

    None while nothing has been counted: three queries at most.
    """
    found = budget.tallies.filter(rule=rule or budget.rule).first()
    if found is None:
        return None
    projects = {project.pk: project for project in budget.projects.all()}
    ids, decided = list(found.winners), set()
    if not rule:
        acts = (BudgetDecision.Act.ADD, BudgetDecision.Act.REMOVE)
        for act, pk in budget.decisions.filter(act__in=acts).order_by("id").values_list("act", "project_id"):
            decided.add(pk)
            ids = [known for known in ids if known != pk] + ([pk] if act == BudgetDecision.Act.ADD else [])
    lines = [Line(project, found.votes.get(str(pk), 0), pk in ids, pk in decided) for pk, project in projects.items()]
    lines.sort(key=lambda line: (not line.wins, -line.votes, line.project.cost, line.project.number))
    spent = sum(projects[pk].cost for pk in ids)
    return Outcome(found, tuple(ids), tuple(lines), spent, budget.total - spent)


def _ballots(budget: Budget) -> dict[frozenset[int], int]:
    """How often each set of projects was chosen; read in one pass, so memory grows with the different ballots only."""
    counted: dict[frozenset[int], int] = {}
    rows = (
        BallotChoice.objects.filter(ballot__budget=budget).order_by("ballot_id").values_list("ballot_id", "project_id")
    )
    current, chosen = None, []
    for ballot, project in rows.iterator(chunk_size=5000):
        if ballot != current and chosen:
            counted[frozenset(chosen)] = counted.get(frozenset(chosen), 0) + 1
            chosen = []
        current = ballot
        chosen.append(project)
    if chosen:
        counted[frozenset(chosen)] = counted.get(frozenset(chosen), 0) + 1
    return counted


def _votes(ballots: dict[frozenset[int], int], projects: dict[int, BudgetProject]) -> dict[int, int]:
    votes = dict.fromkeys(projects, 0)
    for chosen, count in ballots.items():
        for pk in chosen:
            votes[pk] += count
    return votes


def _most_votes(instance: Instance, profile: ApprovalMultiProfile, **given) -> BudgetAllocation:
    # Satisfaction by cost, weighed against cost, is the number of votes.
    return _greedy(instance, profile, Cost_Sat, **given)


def _votes_per_cost(instance: Instance, profile: ApprovalMultiProfile) -> BudgetAllocation:
    return _greedy(instance, profile, Cardinality_Sat)


def _greedy(instance: Instance, profile: ApprovalMultiProfile, satisfaction: type, **given) -> BudgetAllocation:
    return greedy_utilitarian_welfare(
        instance, profile, sat_class=satisfaction, is_sat_additive=True, tie_breaking=_TIES, **given
    )


def _equal_shares(instance: Instance, profile: ApprovalMultiProfile) -> BudgetAllocation:
    """Satisfaction is what a project costs, so that money is shared equally and not the number of projects."""
    shared = {"sat_profile": profile.as_sat_profile(Cost_Sat), "tie_breaking": _TIES}
    raised = {
        "rule": method_of_equal_shares,
        "rule_params": shared,
        "budget_step": frac(instance.budget_limit, STEP),
        "budget_bound": instance.budget_limit * BOUND,
    }
    return completion_by_rule_combination(
        instance, profile, [exhaustion_by_budget_increase, _most_votes], rule_params=[raised, {}]
    )


_RULES = {
    Rule.MOST_VOTES: _most_votes,
    Rule.VOTES_PER_COST: _votes_per_cost,
    Rule.EQUAL_SHARES: _equal_shares,
}

"""Tallying 20,000 budget ballots over 60 projects by every rule, from the database to the stored result.

Peer: the library called with floating-point fractions and one rule, which is what most people write first; it shows
what exact money and all rules cost.
"""

import random
import resource
import sys
import time

from benchmarks import place

BALLOTS, PROJECTS = 20_000, 60
TOTAL = 30_000_000
SECONDS, MEGABYTES = 120, 600
BATCH = 5_000


def main() -> None:
    place.prepare()
    from django.utils import timezone

    from discussions import tallies
    from discussions.models import Budget, BudgetProject, Rule

    count = int(sys.argv[1]) if len(sys.argv) > 1 else BALLOTS
    chance, now = random.Random(1), timezone.now()
    budget = Budget.objects.create(
        space=place.space("budget"), title="bench", total=TOTAL, rule=Rule.EQUAL_SHARES, kind=Budget.Kind.KNAPSACK
    )
    projects = BudgetProject.objects.bulk_create(
        BudgetProject(budget=budget, number=number, title=str(number), cost=chance.randrange(2, 60) * 50_000)
        for number in range(1, PROJECTS + 1)
    )
    _fill(budget, projects, place.members(count), chance, now)
    Budget.objects.filter(pk=budget.pk).update(state="closed", opened_at=now, closed_at=now)
    budget.refresh_from_db()
    before = _memory()
    started = time.perf_counter()
    counted = tallies.tally(budget)
    took = time.perf_counter() - started
    print(
        f"{counted:,} ballots, {PROJECTS} projects, {len(Rule)} rules: {took:.1f} s, "
        f"{_memory():.0f} MB ({before:.0f} before)"
    )
    for tally in budget.tallies.all():
        print(f"  {tally.rule:<15} {len(tally.winners):>3} winners, {tally.spent:>12,} spent, {tally.left:>12,} left")
    one = _peer(budget, projects)
    print(
        f"peer, most votes first in floating point: {one:.1f} s; all rules exactly take {took / one:.0f} times as long"
    )
    failures = []
    if took > SECONDS:
        failures.append(f"{took:.0f} s, wanted at most {SECONDS}")
    if _memory() > MEGABYTES:
        failures.append(f"{_memory():.0f} MB, wanted at most {MEGABYTES}")
    place.finish(failures)


def _fill(budget, projects, people, chance, now) -> None:
    """Ballots that spend at most the total; some projects are liked by many, most by few."""
    from discussions.models import BallotChoice, BudgetBallot

    weights = [chance.random() ** 2 for _project in projects]
    for start in range(0, len(people), BATCH):
        ballots = BudgetBallot.objects.bulk_create(
            BudgetBallot(budget=budget, member=member, cast_at=now) for member in people[start : start + BATCH]
        )
        choices = []
        for ballot in ballots:
            left = budget.total
            for project in dict.fromkeys(chance.choices(projects, weights, k=chance.randint(1, 20))):
                if project.cost <= left:
                    left -= project.cost
                    choices.append(BallotChoice(ballot=ballot, project=project))
        BallotChoice.objects.bulk_create(choices, batch_size=BATCH)


def _peer(budget, projects) -> float:
    from pabutools import fractions
    from pabutools.election import ApprovalBallot, ApprovalProfile, Cost_Sat, Instance, Project
    from pabutools.rules import greedy_utilitarian_welfare

    started = time.perf_counter()
    before, fractions.FRACTION = fractions.FRACTION, fractions.FLOAT_FRAC
    known = {project.pk: Project(str(project.number), project.cost) for project in projects}
    profile = ApprovalProfile(
        ApprovalBallot(known[choice.project_id] for choice in ballot.choices.all())
        for ballot in budget.ballots.prefetch_related("choices")
    )
    greedy_utilitarian_welfare(Instance(known.values(), budget_limit=budget.total), profile, sat_class=Cost_Sat)
    fractions.FRACTION = before
    return time.perf_counter() - started


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()

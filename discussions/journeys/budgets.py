"""A member's budget ballots, and what became of the projects on them."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions.journeys.contribution import Cut, step
from discussions.journeys.surveys import Counted
from discussions.models import Budget, BudgetBallot, BudgetTally
from discussions.models.openings import Opening

SOURCE = "budget_ballot"


def of(member, cut: Cut, limit: int):
    """The newest `limit` of them behind the cut: three queries."""
    rows = BudgetBallot.objects.filter(member=member).select_related("budget__space").prefetch_related("choices")
    found = list(cut.of(rows, source=SOURCE, at="cast_at", space="budget__space")[:limit])
    tallies = {
        (tally.budget_id, tally.rule): tally
        for tally in BudgetTally.objects.filter(budget__in={ballot.budget_id for ballot in found})
    }
    for ballot in found:
        budget = ballot.budget
        yield Counted(
            source=SOURCE,
            key=ballot.pk,
            space=budget.space,
            words=budget.local_title,
            at=ballot.cast_at,
            url=budget.get_absolute_url(),
            more=[_fate(budget, ballot, tallies.get((budget.pk, budget.rule)))],
        )


def _fate(budget: Budget, ballot: BudgetBallot, tally: BudgetTally | None) -> dict:
    chosen = [choice.project_id for choice in ballot.choices.all()]
    if tally is not None:
        won = sum(project in tally.winners for project in chosen)
        words = ngettext("%(won)s of your %(n)s project won.", "%(won)s of your %(n)s projects won.", len(chosen)) % {
            "won": won,
            "n": len(chosen),
        }
        result = reverse("discussions:budget_result", args=[budget.space.slug, budget.pk])
        return step(_("Counted"), "done", at=tally.made_at, words=words, url=result)
    if budget.state == Opening.State.CLOSED:
        return step(_("Being counted"), "now")
    words = _("You can change your ballot until it closes.")
    return step(_("Counted when it closes"), "next", at=budget.closes_at, words=words)

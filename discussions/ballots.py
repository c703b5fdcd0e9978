"""Budget ballots: one for each person, changed until the choice closes."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import events, rules
from discussions.errors import CivicError
from discussions.models import BallotChoice, Budget, BudgetBallot, BudgetProject, Channel, Member

MONEY = "NT$"


class InvalidBallot(CivicError):
    """These projects cannot stand on one ballot."""

    status = 422
    code = "invalid_ballot"


def cast(*, budget: Budget, member: Member, projects: Iterable[int], channel: str = Channel.WEB) -> BudgetBallot:
    """Keep a member's choice of projects (their ids), or replace it; appends budget.ballot.

    Sent again unchanged, nothing happens. Raises NotAllowed, InvalidBallot (empty, unknown, too many, over the total).
    """
    wanted = set(projects)
    with transaction.atomic():
        space = events.lock(budget.space_id)
        budget = Budget.objects.get(pk=budget.pk)
        now = timezone.now()
        rules.require(rules.may_allocate(member, space, budget, now))
        found = list(budget.projects.filter(pk__in=wanted))
        check(budget, found, len(wanted))
        ballot = BudgetBallot.objects.filter(budget=budget, member=member).first()
        if ballot is not None and wanted == chosen(ballot):
            return ballot
        ballot = ballot or BudgetBallot(budget=budget, member=member)
        ballot.cast_at, ballot.level, ballot.channel = now, member.level, channel
        ballot.save()
        ballot.choices.all().delete()
        BallotChoice.objects.bulk_create(BallotChoice(ballot=ballot, project=project) for project in found)
        events.append(space, "budget.ballot", {"id": budget.pk})
    return ballot


def check(budget: Budget, found: list[BudgetProject], wanted: int) -> None:
    """Raises InvalidBallot when the projects cannot stand on one ballot of this choice."""
    if not wanted:
        raise InvalidBallot(_("Please choose at least one project."), code="empty")
    if len(found) < wanted:
        raise InvalidBallot(_("One of these projects is not on the list any more."), code="unknown_project")
    if budget.kind == Budget.Kind.KNAPSACK:
        cost = sum(project.cost for project in found)
        if cost > budget.total:
            words = _(
                "Your projects cost %(cost)s together, %(over)s more than the total of %(total)s. Please leave one "
                "out; your choice is kept below."
            )
            amounts = {"cost": amount(cost), "over": amount(cost - budget.total), "total": amount(budget.total)}
            raise InvalidBallot(words % amounts, code="over_total")
    elif budget.most is not None and wanted > budget.most:
        words = ngettext(
            "You chose %(count)s projects; %(most)s fits on a ballot.",
            "You chose %(count)s projects; %(most)s fit on a ballot.",
            budget.most,
        )
        raise InvalidBallot(words % {"count": wanted, "most": budget.most}, code="too_many")


def of(budget: Budget, member) -> BudgetBallot | None:
    """This member's ballot, if there is one."""
    if not getattr(member, "is_authenticated", False):
        return None
    return BudgetBallot.objects.filter(budget=budget, member=member).first()


def chosen(ballot: BudgetBallot) -> set[int]:
    """The ids of the projects on a ballot."""
    return set(ballot.choices.values_list("project_id", flat=True))


def amount(money: int) -> str:
    """A whole amount as people read it."""
    return f"{MONEY}{money:,}"

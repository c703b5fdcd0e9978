"""Budget choices: projects that compete for one total, people's ballots, and the record of how winners are found."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.models.openings import Opening, in_reader_language
from discussions.models.spaces import Space
from discussions.models.standing import Provenance


class Rule(models.TextChoices):
    """How winners are found from the ballots. `discussions.tallies` says in words what each does."""

    MOST_VOTES = "most_votes", _("most votes first")
    VOTES_PER_COST = "votes_per_cost", _("most votes for the money first")
    EQUAL_SHARES = "equal_shares", _("Method of Equal Shares")


class Budget(Opening):
    """One total and the projects that compete for it. Amounts are whole dollars."""

    class Kind(models.TextChoices):
        APPROVAL = "approval", _("choose projects")
        KNAPSACK = "knapsack", _("spend the total")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="budgets")
    total = models.PositiveBigIntegerField(_("total"))
    kind = models.CharField(_("ballot"), max_length=10, choices=Kind.choices, default=Kind.APPROVAL)
    most = models.PositiveSmallIntegerField(_("projects on a ballot at most"), null=True, blank=True)
    rule = models.CharField(_("rule for the winners"), max_length=20, choices=Rule.choices)

    class Meta(Opening.Meta):
        verbose_name = _("budget choice")
        verbose_name_plural = _("budget choices")
        ordering = ["-id"]
        constraints = [
            *Opening.Meta.constraints,
            models.CheckConstraint(condition=Q(total__gt=0), name="budget_has_money"),
            models.CheckConstraint(condition=Q(most=None) | Q(most__gt=0), name="budget_ballot_takes_a_project"),
        ]

    def get_absolute_url(self):
        return reverse("discussions:budget", args=[self.space.slug, self.pk])


class BudgetProject(models.Model):
    """Something the money could be spent on."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="projects")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("title in English"), max_length=160, blank=True)
    description = models.TextField(_("description"), max_length=2000, blank=True)
    description_en = models.TextField(_("description in English"), max_length=2000, blank=True)
    category = models.CharField(_("category"), max_length=60, blank=True)
    category_en = models.CharField(_("category in English"), max_length=80, blank=True)
    place = models.CharField(_("place"), max_length=80, blank=True)
    place_en = models.CharField(_("place in English"), max_length=100, blank=True)
    cost = models.PositiveBigIntegerField(_("cost"))

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["budget", "number"], name="budget_project_once_per_number"),
            models.CheckConstraint(condition=Q(cost__gt=0), name="budget_project_costs_something"),
        ]

    def __str__(self):
        return self.local_title

    @property
    def local_title(self) -> str:
        return in_reader_language(self.title, self.title_en)

    @property
    def local_description(self) -> str:
        return in_reader_language(self.description, self.description_en)

    @property
    def local_category(self) -> str:
        return in_reader_language(self.category, self.category_en)

    @property
    def local_place(self) -> str:
        return in_reader_language(self.place, self.place_en)


class BudgetBallot(Provenance):
    """A member's ballot; a new one replaces it until the choice closes."""

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="ballots")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="budget_ballots")
    cast_at = models.DateTimeField()

    class Meta:
        verbose_name = _("budget ballot")
        verbose_name_plural = _("budget ballots")
        constraints = [models.UniqueConstraint(fields=["budget", "member"], name="budget_ballot_once_per_member")]
        indexes = [models.Index(fields=["member", "cast_at"], name="budget_ballot_by_member")]

    def __str__(self):
        return f"{self.budget_id}"


class BallotChoice(models.Model):
    """One project on a ballot."""

    ballot = models.ForeignKey(BudgetBallot, on_delete=models.CASCADE, related_name="choices")
    project = models.ForeignKey(BudgetProject, on_delete=models.PROTECT, related_name="choices")

    class Meta:
        verbose_name = _("project on a ballot")
        verbose_name_plural = _("projects on ballots")
        constraints = [models.UniqueConstraint(fields=["ballot", "project"], name="ballot_choice_once")]

    def __str__(self):
        return f"{self.ballot_id}: {self.project_id}"


class BudgetTally(models.Model):
    """What one rule makes of the ballots. `votes` maps project ids to votes; `winners` lists ids in the order they won.

    Made by a library from the ballots of a closed choice and never changed afterwards.
    """

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="tallies")
    rule = models.CharField(_("rule"), max_length=20, choices=Rule.choices)
    ballots = models.PositiveIntegerField(_("ballots"))
    votes = models.JSONField()
    winners = models.JSONField()
    spent = models.PositiveBigIntegerField(_("spent"))
    left = models.PositiveBigIntegerField(_("left over"))
    library = models.CharField(_("library"), max_length=60)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        constraints = [models.UniqueConstraint(fields=["budget", "rule"], name="budget_tally_once_per_rule")]

    def __str__(self):
        return f"{self.budget_id}: {self.rule}"


class BudgetDecision(models.Model):
    """What the agency decided about the rule or the winners, and why. Rows are only ever added."""

    class Act(models.TextChoices):
        RULE = "rule", _("rule set before voting opened")
        OVERRIDE = "override", _("rule changed after voting opened")
        ADD = "add", _("project added to the winners")
        REMOVE = "remove", _("project taken from the winners")

    budget = models.ForeignKey(Budget, on_delete=models.PROTECT, related_name="decisions")
    act = models.CharField(max_length=10, choices=Act.choices)
    rule = models.CharField(max_length=20, choices=Rule.choices)
    project = models.ForeignKey(BudgetProject, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision about a budget choice")
        verbose_name_plural = _("decisions about budget choices")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(act="rule") | ~Q(reason=""), name="budget_decision_gives_a_reason"),
            models.CheckConstraint(
                condition=Q(act__in=["add", "remove"], project__isnull=False)
                | Q(act__in=["rule", "override"], project=None),
                name="budget_decision_names_its_project",
            ),
        ]

    def __str__(self):
        return f"{self.budget_id}: {self.act}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("A decision about a budget choice is never changed; make a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("A decision about a budget choice is never deleted.")

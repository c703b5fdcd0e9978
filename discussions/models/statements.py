"""Short statements to agree or disagree with, and the votes on them."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space
from discussions.models.standing import Moderated, Provenance, waiting_index


class Statement(Moderated, Provenance):
    """One sentence that can be agreed with or not.

    `agree`, `disagree` and `passed` always equal the votes that are there: `voting` writes both in one transaction.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="statements")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="statements")
    text = models.CharField(_("statement"), max_length=2000, blank=True)
    client_id = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    is_seed = models.BooleanField(_("written by the agency"), default=False, editable=False)
    closed_at = models.DateTimeField(_("closed for voting"), null=True, editable=False)
    agree = models.PositiveIntegerField(_("agree"), default=0, editable=False)
    disagree = models.PositiveIntegerField(_("disagree"), default=0, editable=False)
    passed = models.PositiveIntegerField(_("pass"), default=0, editable=False)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["space", "client_id"], name="statement_once_per_client_id"),
        ]
        indexes = [waiting_index("statement")]

    def __str__(self):
        return self.text

    @property
    def words(self) -> str:
        return self.text

    @property
    def total(self) -> int:
        """How many people have voted on it."""
        return self.agree + self.disagree + self.passed

    @property
    def agree_share(self) -> int:
        """Per cent of those who voted, whole."""
        return round(100 * self.agree / self.total) if self.total else 0

    def get_absolute_url(self):
        return reverse("discussions:statement", args=[self.space.slug, self.pk])


class Vote(Provenance):
    """One member's answer to one statement; a new answer replaces the old one."""

    class Value(models.IntegerChoices):
        DISAGREE = -1, _("Disagree")
        PASS = 0, _("Pass")
        AGREE = 1, _("Agree")

    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="votes")
    value = models.SmallIntegerField(_("vote"), choices=Value.choices)
    cast_at = models.DateTimeField()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        constraints = [
            models.UniqueConstraint(fields=["statement", "member"], name="vote_once_per_member"),
            models.CheckConstraint(condition=models.Q(value__in=[-1, 0, 1]), name="vote_value_known"),
        ]

    def __str__(self):
        return f"{self.statement_id}: {self.value}"

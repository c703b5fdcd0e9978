"""Short statements to agree or disagree with, and the votes on them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space
from discussions.models.standing import Moderated, Provenance


class Statement(Moderated, Provenance):
    """One sentence that can be agreed with or not."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="statements")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="statements")
    text = models.CharField(_("statement"), max_length=2000, blank=True)
    client_id = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["space", "client_id"], name="statement_once_per_client_id"),
        ]

    def __str__(self):
        return self.text

    @property
    def words(self) -> str:
        return self.text


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

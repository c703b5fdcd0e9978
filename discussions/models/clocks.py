"""The answer clock: what an agency owes the public, by when, and how it kept its word."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.models.members import Agency
from discussions.models.proposals import Proposal
from discussions.models.spaces import Space


class AnswerClock(models.Model):
    """An answer is owed: to one proposal over its threshold, or to a whole space whose review has begun.

    It is started once and never deleted. Whether it is overdue follows from `due_at`, so nobody can forget to say so.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="clocks")
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, null=True, related_name="clock")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="clocks")
    started_at = models.DateTimeField(_("started"))
    first_due_at = models.DateTimeField(_("first due"))
    due_at = models.DateTimeField(_("due"))
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("answer clock")
        verbose_name_plural = _("answer clocks")
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(fields=["space"], condition=Q(proposal=None), name="clock_once_per_space"),
        ]

    def __str__(self):
        return f"{self.space_id}: {self.due_at:%Y-%m-%d}"

    def delete(self, *args, **kwargs):
        raise ValueError("An answer clock is never deleted.")


class ClockExtension(models.Model):
    """A later date, with the reason in writing. Rows are only ever added."""

    clock = models.ForeignKey(AnswerClock, on_delete=models.PROTECT, related_name="extensions")
    until = models.DateTimeField(_("new date"))
    before = models.DateTimeField(_("earlier date"))
    reason = models.TextField(_("reason"))
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["made_at"]

    def __str__(self):
        return f"{self.clock_id}: {self.until:%Y-%m-%d}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("An extension is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("An extension is never deleted.")

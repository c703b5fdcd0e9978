"""What an agency does after its decision: steps with dates, and every change of them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.models.members import Agency
from discussions.models.spaces import Space


class Milestone(models.Model):
    """One promised step. A step that is dropped stays, with the reason."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        DONE = "done", _("done")
        DROPPED = "dropped", _("dropped")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="milestones")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="milestones")
    what = models.CharField(_("step"), max_length=200)
    due_on = models.DateField(_("by"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.PLANNED)
    reason = models.TextField(_("reason"), blank=True)
    topic_number = models.PositiveIntegerField(_("topic"), null=True)
    client_id = models.CharField(max_length=64)
    planned_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("announced"))
    changed_at = models.DateTimeField(_("last change"))

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(fields=["planned_by", "client_id"], name="milestone_once_per_client_id"),
            models.CheckConstraint(condition=~Q(state="dropped") | ~Q(reason=""), name="milestone_dropped_has_reason"),
        ]
        indexes = [models.Index(fields=["space", "due_on"], name="milestone_by_space")]

    def __str__(self):
        return self.what

    @property
    def is_record(self) -> bool:
        """Was it done already when it was first told? Then its date is the day on which it was done."""
        first = next(iter(self.changes.all()), None)
        return first is not None and first.state == self.State.DONE


class MilestoneChange(models.Model):
    """How a step stood after one change, who changed it and why. Rows are only ever added."""

    milestone = models.ForeignKey(Milestone, on_delete=models.PROTECT, related_name="changes")
    state = models.CharField(_("state"), max_length=8, choices=Milestone.State.choices)
    due_on = models.DateField(_("by"))
    reason = models.TextField(_("reason"), blank=True)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("change of a milestone")
        verbose_name_plural = _("changes of milestones")
        ordering = ["id"]

    def __str__(self):
        return f"{self.milestone_id}: {self.state}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("A logged change is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("A logged change is never deleted.")

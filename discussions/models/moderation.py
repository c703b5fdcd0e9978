"""The record of every decision to hide or restore. Rows are only ever added."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space


class ModerationAct(models.Model):
    """Who decided what about which contribution, and why. Holds ids and reasons, never the words."""

    class Act(models.TextChoices):
        HIDE = "hide", _("hidden")
        RESTORE = "restore", _("restored")

    class Target(models.TextChoices):
        COMMENT = "comment", _("comment")
        STATEMENT = "statement", _("statement")
        QUESTION = "question", _("question")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="moderation_acts")
    act = models.CharField(max_length=10, choices=Act.choices)
    target = models.CharField(max_length=10, choices=Target.choices)
    target_id = models.BigIntegerField()
    reason = models.CharField(_("reason"), max_length=20)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("moderation decision")
        verbose_name_plural = _("moderation decisions")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.act} {self.target} {self.target_id}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("A moderation decision is never changed; make a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("A moderation decision is never deleted.")

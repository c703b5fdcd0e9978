"""Who is told, how far they have been told, and how it went."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from discussions.models import Space


class Webhook(models.Model):
    """An address that hears of the events of a space. `cursor` is the number of the last event it has taken.

    Nothing is kept per event: what was not taken yet follows from the cursor, however long the other side was away.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused by an editor")
        GIVEN_UP = "given_up", _("paused: the address did not answer for days")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="webhooks")
    url = models.URLField(_("address"), max_length=500)
    kinds = models.JSONField(_("what it hears of"), default=list, blank=True)
    nonce = models.CharField(max_length=32, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)
    cursor = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(_("failing since"), null=True)
    next_try_at = models.DateTimeField(_("next try"))
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["space", "url"], name="webhook_once_per_address")]

    def __str__(self):
        return self.url


class WebhookTry(models.Model):
    """One delivery: which events, and what the other side said. Kept for a month."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField(_("when"))
    first_seq = models.PositiveIntegerField()
    last_seq = models.PositiveIntegerField()
    status = models.PositiveSmallIntegerField(_("answer"), null=True)
    problem = models.CharField(_("problem"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]

    def __str__(self):
        return f"{self.webhook_id}: {self.first_seq}-{self.last_seq}"

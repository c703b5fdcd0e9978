"""What citizens propose, and who signs for it."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space
from discussions.models.standing import Moderated, Provenance


class Proposal(Moderated, Provenance):
    """A citizen's proposal to the agency of a space. Others co-sign it within a window; the threshold starts the clock.

    `stage` says how far it has come, `state` who may read it.
    """

    class Stage(models.TextChoices):
        DRAFT = "draft", _("being written")
        OPEN = "open", _("collecting signatures")
        REACHED = "reached", _("over the threshold")
        CLOSED = "closed", _("window over")
        MERGED = "merged", _("merged into another")
        ANSWERED = "answered", _("answered")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="proposals")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    title = models.CharField(_("title"), max_length=120, blank=True)
    text = models.TextField(_("proposal"), blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    client_id = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("written"))
    published_at = models.DateTimeField(_("published"), null=True)
    closes_at = models.DateTimeField(_("signatures until"), null=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="proposal_once_per_client_id"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("discussions:proposal", args=[self.space.slug, self.pk])


class Signature(Provenance):
    """A member stands behind a proposal. Counted, never listed by name."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="signatures")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures")
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [models.UniqueConstraint(fields=["proposal", "member"], name="signature_once_per_member")]

    def __str__(self):
        return f"{self.proposal_id}"

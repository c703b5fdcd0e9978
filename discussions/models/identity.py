"""What proves who somebody is. The proofs themselves are kept elsewhere or only as digests."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PhoneProof(models.Model):
    """A member's telephone number, as a keyed digest: enough to know that it is used once, useless for calling.

    Before it is confirmed, `code_digest` is that of the code which was sent, valid for a few minutes and a few tries.
    """

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="phone_proof")
    number_digest = models.CharField(max_length=64)
    code_digest = models.CharField(max_length=64, blank=True)
    asked_at = models.DateTimeField(_("asked"))
    tries = models.PositiveSmallIntegerField(default=0)
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    class Meta:
        verbose_name = _("confirmed telephone")
        verbose_name_plural = _("confirmed telephones")
        constraints = [
            models.UniqueConstraint(
                fields=["number_digest"], condition=Q(confirmed_at__isnull=False), name="phone_confirmed_once"
            ),
        ]

    def __str__(self):
        return f"{self.member_id}"

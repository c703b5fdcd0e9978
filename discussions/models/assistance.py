"""People without a screen of their own: who helped whom, with what consent, and the forms of paper they filled in."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space
from discussions.models.standing import Channel


class PaperForm(models.Model):
    """A sheet of paper for one space: what it asks, in the order in which it was printed.

    `statements` and `proposals` are ids. The code stands on the sheet; with it the answers are keyed in.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="paper_forms")
    code = models.CharField(max_length=8, unique=True)
    statements = models.JSONField(default=list)
    proposals = models.JSONField(default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("paper form")
        verbose_name_plural = _("paper forms")
        ordering = ["-id"]

    def __str__(self):
        return self.code


class Sitting(models.Model):
    """An officer or volunteer enters what one person said to them, or wrote on paper. Kept for ever, as the audit.

    The person is a member of their own, with a pseudonym; the helper is named here and nowhere in public.
    """

    class Consent(models.TextChoices):
        SPOKEN = "spoken", _("It was read to them and they agreed.")
        SIGNED = "signed", _("They signed the form.")

    helper = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sittings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sat_for")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="sittings")
    channel = models.CharField(
        _("how"),
        max_length=10,
        choices=[(Channel.ASSISTED, Channel.ASSISTED.label), (Channel.PAPER, Channel.PAPER.label)],
    )
    form = models.ForeignKey(PaperForm, on_delete=models.PROTECT, null=True, related_name="sittings")
    consent = models.CharField(_("consent"), max_length=8, choices=Consent.choices)
    identity_seen = models.BooleanField(_("identity document seen"), default=False)
    began_at = models.DateTimeField(_("began"))

    class Meta:
        verbose_name = _("assisted participation")
        verbose_name_plural = _("assisted participations")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(helper=models.F("person")), name="sitting_helps_somebody_else"),
            models.CheckConstraint(condition=~Q(consent=""), name="sitting_has_consent"),
        ]

    def __str__(self):
        return f"{self.pk}"


class AssistedAct(models.Model):
    """One thing that was entered in a sitting. Rows are only ever added."""

    class Kind(models.TextChoices):
        COMMENT = "comment", _("comment")
        VOTE = "vote", _("vote")
        SIGNATURE = "signature", _("signature")
        SURVEY = "survey", _("survey")

    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, related_name="acts")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    target_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("assisted act")
        verbose_name_plural = _("assisted acts")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["sitting", "kind", "target_id"], name="assisted_act_once_per_sitting")
        ]

    def __str__(self):
        return f"{self.sitting_id}: {self.kind} {self.target_id}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("What was entered for somebody is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("What was entered for somebody is never deleted.")


class Receipt(models.Model):
    """The slip a person takes home: with its code they read what became of their words, and make them their own.

    Only a keyed digest of the code is kept.
    """

    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="receipt")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")

    def __str__(self):
        return f"{self.member_id}"

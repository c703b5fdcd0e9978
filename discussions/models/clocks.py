"""The answer clock: what an agency owes the public, by when, and how it kept its word."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from discussions.models.live import LiveSession
from discussions.models.members import Agency
from discussions.models.proposals import Proposal
from discussions.models.spaces import Space

LONGEST_DAYS = 3650


class KeptQuerySet(models.QuerySet):
    """Rows that nobody takes away."""

    def delete(self):
        raise ValueError("These rows are a public record and are never deleted.")


class AnswerTerms(models.Model):
    """What a space has promised about answers, where that differs from the settings of the site."""

    space = models.OneToOneField(Space, on_delete=models.PROTECT, related_name="answer_terms")
    days = models.PositiveSmallIntegerField(
        _("days to answer"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)]
    )
    extensions = models.PositiveSmallIntegerField(_("how often it may be extended"), validators=[MaxValueValidator(9)])
    extension_days = models.PositiveSmallIntegerField(
        _("days an extension may add"), validators=[MinValueValidator(1), MaxValueValidator(LONGEST_DAYS)]
    )
    needs_approval = models.BooleanField(
        _("every answer needs a second person's approval"),
        default=False,
    )

    class Meta:
        verbose_name = _("terms of answering")
        verbose_name_plural = _("terms of answering")
        constraints = [
            models.CheckConstraint(
                condition=Q(days__gte=1, extension_days__gte=1, days__lte=LONGEST_DAYS), name="answer_terms_in_days"
            ),
        ]

    def __str__(self):
        return f"{self.space_id}: {self.days}"


class AnswerClock(models.Model):
    """An answer is owed: to one proposal over its threshold, to the questions that a live session left open, or to a
    whole space whose review has begun.

    A proposal has one, a space one for each of its reviews, and never two that run at once. None is ever deleted.
    Whether it is overdue follows from `due_at`, so nobody can forget to say so. The extensions it allows are written
    down when it starts: later terms do not reach back.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="clocks")
    proposal = models.OneToOneField(Proposal, on_delete=models.PROTECT, null=True, related_name="clock")
    session = models.OneToOneField(LiveSession, on_delete=models.PROTECT, null=True, related_name="clock")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="clocks")
    started_at = models.DateTimeField(_("started"))
    first_due_at = models.DateTimeField(_("first due"))
    due_at = models.DateTimeField(_("due"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    extensions_allowed = models.PositiveSmallIntegerField(_("extensions allowed"), default=0)
    extension_days = models.PositiveSmallIntegerField(_("days an extension may add"), default=0)

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer clock")
        verbose_name_plural = _("answer clocks")
        ordering = ["due_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["space"],
                condition=Q(proposal=None, session=None, answered_at=None),
                name="clock_one_running_per_space",
            ),
            models.UniqueConstraint(
                fields=["space", "started_at"],
                condition=Q(proposal=None, session=None),
                name="clock_once_per_review",
            ),
            models.CheckConstraint(condition=Q(proposal=None) | Q(session=None), name="clock_for_one_thing"),
            models.CheckConstraint(
                condition=Q(first_due_at__gt=F("started_at"), due_at__gte=F("first_due_at")),
                name="clock_never_goes_backwards",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(answered_at__gte=F("started_at")), name="clock_answered_after_start"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "id"], name="clock_by_agency"),
            models.Index(fields=["due_at"], condition=Q(answered_at=None), name="clock_running"),
        ]

    def __str__(self):
        return f"{self.space_id}: {self.due_at:%Y-%m-%d}"

    def save(self, *args, **kwargs):
        """A clock that runs only ever gets a later date or its answer."""
        if not self._state.adding and set(kwargs.get("update_fields") or ()) not in ({"due_at"}, {"answered_at"}):
            raise ValueError("An answer clock only gets a later date or an answer.")
        super().save(*args, **kwargs)

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

    objects = KeptQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(condition=Q(until__gt=F("before")), name="extension_is_later"),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_reason"),
            models.UniqueConstraint(fields=["clock", "before"], name="extension_once_per_date"),
        ]

    def __str__(self):
        return f"{self.clock_id}: {self.until:%Y-%m-%d}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("An extension is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("An extension is never deleted.")


class ClockReminder(models.Model):
    """The officers were told that a date is near or over: once for each date and distance."""

    clock = models.ForeignKey(AnswerClock, on_delete=models.PROTECT, related_name="reminders")
    due_at = models.DateTimeField(_("due"))
    days = models.SmallIntegerField(_("days before"))
    made_at = models.DateTimeField(_("told"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["clock", "due_at", "days"], name="reminder_once")]

    def __str__(self):
        return f"{self.clock_id}: {self.days}"

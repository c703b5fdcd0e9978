"""What moderators decided, for which reasons, and what readers asked them to look at. Decisions are only ever added."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space


class Target(models.TextChoices):
    """What can be moderated: the source name in the opinion stream, too. In a session it is somebody's floor."""

    COMMENT = "comment", _("comment")
    STATEMENT = "statement", _("statement")
    QUESTION = "question", _("question")
    PROPOSAL = "proposal", _("proposal")
    ADDENDUM = "addendum", _("addendum to a proposal")
    WORDING = "wording", _("suggested wording")
    SURVEY = "survey", _("answer in a survey")
    POLL_WORD = "poll_word", _("words in a live poll")
    LINE = "line", _("line of a transcript")
    SESSION = "session", _("live session")


class AppendOnlyQuerySet(models.QuerySet):
    """Rows are added and read. Anything else would be a change of the record."""

    def update(self, **changes):
        raise ValueError("A moderation decision is never changed; make a new one.")

    def bulk_update(self, *args, **kwargs):
        raise ValueError("A moderation decision is never changed; make a new one.")

    def delete(self):
        raise ValueError("A moderation decision is never deleted.")


class ModerationAct(models.Model):
    """Who decided what about which contribution, and why. Holds ids and reasons, never the words that were judged.

    `note` is what the moderator tells the author beside the reason; the public log does not show it.
    """

    class Act(models.TextChoices):
        HIDE = "hide", _("hidden")
        RESTORE = "restore", _("restored")
        RELEASE = "release", _("released")
        REJECT = "reject", _("not published")
        KEEP = "keep", _("kept")
        UPHOLD = "uphold", _("decision upheld on appeal")
        SILENCE = "silence", _("floor taken from a person")
        LIFT = "lift", _("floor given back")

    Target = Target

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="moderation_acts")
    act = models.CharField(max_length=10, choices=Act.choices)
    target = models.CharField(max_length=10, choices=Target.choices)
    target_id = models.BigIntegerField()
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    note = models.CharField(_("note to the author"), max_length=500, blank=True)
    moderator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("moderation decision")
        verbose_name_plural = _("moderation decisions")
        ordering = ["-id"]
        base_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=~Q(act__in=["hide", "reject", "silence"]) | ~Q(reason=""), name="act_of_hiding_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["target", "target_id", "-id"], name="act_by_target"),
            models.Index(fields=["space", "-id"], name="act_by_space"),
        ]

    def __str__(self):
        return f"{self.act} {self.target} {self.target_id}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("A moderation decision is never changed; make a new one.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("A moderation decision is never deleted.")


class ModerationTally(models.Model):
    """How many decisions of a kind, for a reason, about a kind of contribution a space has seen. Appeals are counted
    beside them, as APPEALED and, those that brought the words back, as OVERTURNED.

    `modlog` adds to it with each decision: whoever reads the public log counts nothing.
    """

    APPEALED, OVERTURNED = "appealed", "overturned"

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+", db_index=False)
    act = models.CharField(max_length=10)
    reason = models.CharField(max_length=40, blank=True)
    target = models.CharField(max_length=10, choices=Target.choices)
    n = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("number of decisions")
        verbose_name_plural = _("numbers of decisions")
        constraints = [models.UniqueConstraint(fields=["space", "act", "reason", "target"], name="tally_once")]

    def __str__(self):
        return f"{self.act} {self.reason} {self.target}: {self.n}"


class ModerationWeek(models.Model):
    """How many decisions a space has seen in the week that begins on this Monday."""

    space = models.ForeignKey(Space, on_delete=models.CASCADE, related_name="+", db_index=False)
    week = models.DateField(db_index=True)
    n = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("decisions of a week")
        verbose_name_plural = _("decisions by week")
        constraints = [models.UniqueConstraint(fields=["space", "week"], name="moderation_week_once")]

    def __str__(self):
        return f"{self.week}: {self.n}"


class ModeratorNumber(models.Model):
    """The number under which the public log speaks of a moderator: the same for all their decisions, never a name."""

    number = models.BigAutoField(primary_key=True)
    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="moderator_number")

    class Meta:
        verbose_name = _("number of a moderator")
        verbose_name_plural = _("numbers of moderators")

    def __str__(self):
        return f"{self.number}"


class ModerationReason(models.Model):
    """A reason that one space adds to those of the house, in both languages.

    A reason that is no longer offered stays here: decisions made with it keep their words.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="moderation_reasons")
    label = models.CharField(_("reason in Chinese"), max_length=80)
    label_en = models.CharField(_("reason in English"), max_length=120)
    explanation = models.CharField(_("what the author is told, in Chinese"), max_length=300, blank=True)
    explanation_en = models.CharField(_("what the author is told, in English"), max_length=400, blank=True)
    is_offered = models.BooleanField(_("offered to moderators"), default=True)

    class Meta:
        verbose_name = _("reason for hiding")
        verbose_name_plural = _("reasons for hiding")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["space", "label"], name="reason_once_per_space")]

    def __str__(self):
        return self.words

    @property
    def code(self) -> str:
        """What decisions and contributions store."""
        return f"own-{self.pk}"

    @property
    def words(self) -> str:
        """The reason in the reader's language."""
        return self.label_en if (get_language() or "").startswith("en") else self.label

    @property
    def told(self) -> str:
        """What the author is told, in the reader's language."""
        return self.explanation_en if (get_language() or "").startswith("en") else self.explanation


class Report(models.Model):
    """A reader asks the moderators to look at a contribution."""

    class Reason(models.TextChoices):
        INSULT = "insult", _("Insult or threat")
        SPAM = "spam", _("Advertisement or spam")
        PERSONAL = "personal", _("Somebody's personal data")
        OFF_TOPIC = "off_topic", _("Not about this subject")
        OTHER = "other", _("Something else")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="reports")
    target = models.CharField(max_length=10, choices=Target.choices)
    target_id = models.BigIntegerField()
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices)
    made_at = models.DateTimeField(auto_now_add=True)
    settled = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(fields=["target", "target_id", "reporter"], name="report_once_per_reader")
        ]
        indexes = [models.Index(fields=["space"], condition=Q(settled=False), name="report_open_by_space")]

    def __str__(self):
        return f"{self.target} {self.target_id}: {self.reason}"


class Appeal(models.Model):
    """The author of hidden words asks for a second look, once per decision; another moderator takes it."""

    class Outcome(models.TextChoices):
        OPEN = "", _("waiting")
        UPHELD = "upheld", _("the decision stands")
        OVERTURNED = "overturned", _("the words are back")

    decision = models.OneToOneField(ModerationAct, on_delete=models.PROTECT, related_name="appeal")
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="appeals")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("why it should come back"), max_length=1000, blank=True)
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.OPEN, blank=True)
    answer = models.CharField(_("what the moderator tells the author"), max_length=500, blank=True)
    judge = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", judge=None, judged_at=None)
                | (~Q(outcome="") & Q(judge__isnull=False, judged_at__isnull=False)),
                name="appeal_judged_as_a_whole",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(outcome=""), name="appeal_open")]

    def __str__(self):
        return f"{self.decision_id}: {self.outcome or 'open'}"

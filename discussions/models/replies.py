"""Official answers."""

from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.models.clocks import AnswerClock
from discussions.models.comments import Comment
from discussions.models.members import Agency
from discussions.models.proposals import Proposal
from discussions.models.questions import Question
from discussions.models.spaces import Space
from discussions.models.statements import Statement
from discussions.models.texts import Wording

# What an answer may be addressed to: the name of the target, and the column that holds it.
TARGETS = {
    "comment": "comment",
    "question": "question",
    "topic": "topic_number",
    "proposal": "proposal",
    "statement": "statement",
    "wording": "wording",
    "space": "whole",
}


def _only(column: str) -> Q:
    """This column is set and all others of TARGETS are not."""
    return Q(**{f"{other}__isnull": other != column for other in TARGETS.values()})


class Reply(models.Model):
    """An agency answers exactly one thing: something people said, a topic, or the space as a whole.

    A topic is named by its lasting number; `topic_label` keeps the words it had when it was answered. The row always
    holds the words that are valid now; every earlier version stays readable as a ReplyVersion.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="official_replies")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="replies")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, null=True, related_name="official_replies")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, related_name="official_replies")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, related_name="official_replies")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, related_name="official_replies")
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, null=True, related_name="official_replies")
    # The space itself, when the answer is to the discussion as a whole.
    whole = models.ForeignKey(Space, on_delete=models.PROTECT, null=True, related_name="whole_answers")
    topic_number = models.PositiveIntegerField(null=True)
    topic_label = models.CharField(max_length=200, blank=True)
    text = models.TextField(_("answer"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    client_id = models.CharField(max_length=64)
    answered_at = models.DateTimeField(_("answered"))
    corrected_at = models.DateTimeField(_("corrected"), null=True)
    # The clock that this answer stopped.
    clock = models.OneToOneField(AnswerClock, on_delete=models.PROTECT, null=True, related_name="reply")

    class Meta:
        verbose_name = _("official answer")
        verbose_name_plural = _("official answers")
        ordering = ["answered_at"]
        constraints = [
            models.CheckConstraint(
                condition=reduce(or_, (_only(column) for column in TARGETS.values())), name="reply_has_one_target"
            ),
            models.CheckConstraint(condition=Q(whole=None) | Q(whole=models.F("space")), name="reply_to_its_own_space"),
            models.UniqueConstraint(fields=["officer", "client_id"], name="reply_once_per_client_id"),
            # An answer that stops a clock belongs to one review; there may be another review, with its own.
            models.UniqueConstraint(
                fields=["whole", "agency"],
                condition=Q(whole__isnull=False, clock=None),
                name="reply_once_per_space_without_clock",
            ),
            models.UniqueConstraint(
                fields=["proposal", "agency"], condition=Q(proposal__isnull=False), name="reply_once_per_proposal"
            ),
        ]
        indexes = [
            models.Index(fields=["space", "id"], name="reply_by_space"),
            models.Index(fields=["-answered_at", "-id"], name="reply_newest"),
        ]

    def __str__(self):
        return f"{self.agency}: {self.text[:40]}"

    def get_absolute_url(self):
        return reverse("discussions:answer", args=[self.space.slug, self.pk])

    @property
    def target(self) -> str:
        """The name of what is answered: a key of TARGETS."""
        columns = {name: f"{column}_id" if column != "topic_number" else column for name, column in TARGETS.items()}
        return next(name for name, column in columns.items() if getattr(self, column) is not None)


class ReplyPoint(models.Model):
    """One point of an answer to a whole space: what people asked for, and what comes of it."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        PARTLY = "partly", _("accepted in part")
        DECLINED = "declined", _("not accepted")
        ALREADY = "already", _("already so")

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="points")
    position = models.PositiveSmallIntegerField()
    topic_number = models.PositiveIntegerField(_("topic"), null=True)
    label = models.CharField(_("point"), max_length=200)
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    text = models.TextField(_("reasons"))
    next_step = models.TextField(_("what happens next"), blank=True)

    class Meta:
        verbose_name = _("point of an answer")
        verbose_name_plural = _("points of an answer")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["reply", "position"], name="point_position_once"),
            models.UniqueConstraint(fields=["reply", "topic_number"], name="point_once_per_topic"),
            models.CheckConstraint(condition=~Q(text=""), name="point_has_reasons"),
        ]

    def __str__(self):
        return self.label


class ReplyDocument(models.Model):
    """Something that belongs to an answer: minutes, a report, the text of a decision."""

    reply = models.ForeignKey(Reply, on_delete=models.CASCADE, related_name="documents")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("title"), max_length=200)
    url = models.CharField(_("address"), max_length=500)

    class Meta:
        verbose_name = _("document of an answer")
        verbose_name_plural = _("documents of an answer")
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["reply", "position"], name="document_position_once")]

    def __str__(self):
        return self.title


class ReplyVersion(models.Model):
    """What an answer said before it was corrected, and why it was. Rows are only ever added.

    `points` and `documents` hold what stood there: lists of dicts with the columns of ReplyPoint and ReplyDocument.
    """

    reply = models.ForeignKey(Reply, on_delete=models.PROTECT, related_name="earlier")
    number = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("answer"))
    points = models.JSONField(default=list)
    documents = models.JSONField(default=list)
    valid_from = models.DateTimeField(_("published"))
    corrected_at = models.DateTimeField(_("corrected"))
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    why = models.TextField(_("why it was corrected"))

    class Meta:
        verbose_name = _("earlier version of an answer")
        verbose_name_plural = _("earlier versions of answers")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["reply", "number"], name="reply_version_once"),
            models.CheckConstraint(condition=~Q(why=""), name="correction_has_reason"),
        ]

    def __str__(self):
        return f"{self.reply_id} ({self.number})"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("An earlier version is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("An earlier version is never deleted.")

"""What was handed to the agency when a review began, although it never crossed a threshold."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.models.clocks import AnswerClock
from discussions.models.comments import Comment
from discussions.models.members import Agency
from discussions.models.proposals import Proposal
from discussions.models.questions import Question
from discussions.models.spaces import Space


class _Snapshot(models.Model):
    """Rows that are written once."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("What was handed over is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("What was handed over is never deleted.")


class HandOver(_Snapshot):
    """One hand-over: the items without an answer, by topic, as they stood when a review began.

    Each review of a space has its own, of what had not been handed over before.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="handovers")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(_("handed over"))
    posts = models.PositiveIntegerField(_("posts"))
    people = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.UniqueConstraint(fields=["space", "made_at"], name="handover_once_per_review"),
        ]

    def __str__(self):
        return f"{self.space_id}: {self.made_at:%Y-%m-%d}"


class HandOverGroup(_Snapshot):
    """The items of one topic, or those in none. Label and counts are of that day."""

    handover = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="groups")
    topic_number = models.PositiveIntegerField(_("topic"), null=True)
    label = models.CharField(_("label"), max_length=200, blank=True)
    posts = models.PositiveIntegerField(_("posts"))
    people = models.PositiveIntegerField(_("people"))

    class Meta:
        verbose_name = _("topic handed over")
        verbose_name_plural = _("topics handed over")
        constraints = [
            models.UniqueConstraint(fields=["handover", "topic_number"], name="handover_group_once"),
            models.UniqueConstraint(fields=["handover"], condition=Q(topic_number=None), name="handover_rest_once"),
        ]

    def __str__(self):
        return self.label


class HandOverItem(_Snapshot):
    """One proposal under the threshold, or one question or suggestion without an answer."""

    group = models.ForeignKey(HandOverGroup, on_delete=models.PROTECT, related_name="items")
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, null=True, related_name="handed_over")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, related_name="handed_over")

    class Meta:
        verbose_name = _("item handed over")
        verbose_name_plural = _("items handed over")
        constraints = [
            models.CheckConstraint(
                condition=Q(comment__isnull=False, proposal=None) | Q(comment=None, proposal__isnull=False),
                name="handover_item_is_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["group", "id"], name="handover_items")]

    def __str__(self):
        return f"{self.group_id}"


class OwedQuestion(_Snapshot):
    """A question that a live session left without an answer. The clock stops once each of them has one."""

    clock = models.ForeignKey(AnswerClock, on_delete=models.PROTECT, related_name="questions")
    question = models.OneToOneField(Question, on_delete=models.PROTECT, related_name="owed")
    handed_at = models.DateTimeField(_("handed over"))

    class Meta:
        verbose_name = _("question handed over")
        verbose_name_plural = _("questions handed over")
        indexes = [models.Index(fields=["clock", "id"], name="owed_questions")]

    def __str__(self):
        return f"{self.clock_id}: {self.question_id}"

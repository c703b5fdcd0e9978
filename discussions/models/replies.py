"""Official answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.models.comments import Comment
from discussions.models.live import Question
from discussions.models.members import Agency
from discussions.models.spaces import Space


class Reply(models.Model):
    """An agency answers one comment, one live question or one topic of a space.

    A topic is named by its lasting number; `topic_label` keeps the words it had when it was answered.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="official_replies")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, null=True, related_name="official_replies")
    question = models.ForeignKey(Question, on_delete=models.PROTECT, null=True, related_name="official_replies")
    topic_number = models.PositiveIntegerField(null=True)
    topic_label = models.CharField(max_length=200, blank=True)
    text = models.TextField(_("answer"))
    client_id = models.CharField(max_length=64)
    answered_at = models.DateTimeField(_("answered"))

    class Meta:
        verbose_name = _("official answer")
        verbose_name_plural = _("official answers")
        ordering = ["answered_at"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(comment__isnull=False, question=None, topic_number=None)
                    | Q(comment=None, question__isnull=False, topic_number=None)
                    | Q(comment=None, question=None, topic_number__isnull=False)
                ),
                name="reply_has_one_target",
            ),
            models.UniqueConstraint(fields=["officer", "client_id"], name="reply_once_per_client_id"),
        ]

    def __str__(self):
        return f"{self.agency}: {self.text[:40]}"

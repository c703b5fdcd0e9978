"""What people ask the panel of a live session, and who wants to hear it too."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.models.live import AgendaItem, LiveSession
from discussions.models.spaces import Space
from discussions.models.standing import Provenance, waiting_index


class QuestionQuerySet(models.QuerySet):
    def published(self):
        """What the room, the screen and the record show."""
        return self.exclude(state__in=Question.GONE)


class Question(Provenance):
    """What somebody asks the panel; others raise it.

    A merged question lives on in another one (`merged_into`), which carries the raises of both. `put_at` is the moment
    at which it went to the panel, `answer` what was answered, in short. Nobody but its author and the moderators reads
    a held one; a withdrawn one has no words any more.
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        SHORTLISTED = "shortlisted", _("on the short list")
        CURRENT = "current", _("being answered")
        ANSWERED = "answered", _("answered")
        PARKED = "parked", _("put aside for a written answer")
        MERGED = "merged", _("joined with another")
        HELD = "held", _("waiting for a moderator")
        HIDDEN = "hidden", _("hidden")
        WITHDRAWN = "withdrawn", _("withdrawn")

    # Nobody but moderators reads these, and their authors what waits.
    GONE = frozenset({State.HELD, State.HIDDEN, State.WITHDRAWN})

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="questions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="questions")
    text = models.CharField(_("question"), max_length=280)
    state = models.CharField(max_length=12, choices=State.choices, default=State.ASKED)
    hidden_reason = models.CharField(_("reason"), max_length=40, blank=True, editable=False)
    item = models.ForeignKey(AgendaItem, on_delete=models.SET_NULL, null=True, related_name="questions")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="merged")
    answer = models.TextField(_("answer"), blank=True)
    client_id = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    put_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="question_once_per_client_id"),
            models.UniqueConstraint(fields=["session"], condition=Q(state="current"), name="question_one_at_a_time"),
            models.CheckConstraint(
                condition=Q(state="hidden")
                | Q(state="merged", merged_into__isnull=False)
                | (~Q(state="merged") & Q(merged_into__isnull=True)),
                name="question_merged_has_target",
            ),
        ]
        indexes = [waiting_index("question")]

    def __str__(self):
        return self.text

    @property
    def space(self) -> Space:
        return self.session.space

    @property
    def words(self) -> str:
        return self.text

    @property
    def carrier(self) -> "Question":
        """The question that stands for this one: another when they were joined."""
        return self if self.merged_into_id is None else self.merged_into


class QuestionRaise(Provenance):
    """A member wants this question answered too. `via` is the merged question with which the raise came along."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="raises")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    via = models.ForeignKey(Question, on_delete=models.CASCADE, null=True, related_name="+")

    class Meta:
        verbose_name = _("raise")
        verbose_name_plural = _("raises")
        constraints = [models.UniqueConstraint(fields=["question", "member"], name="raise_once_per_member")]

    def __str__(self):
        return f"{self.question_id}"

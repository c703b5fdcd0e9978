"""Live consultation: a session on a space, its questions and quick polls."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space


class LiveSession(models.Model):
    """A hearing held over the network. Everything said in it belongs to its space."""

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("Live now")
        CLOSED = "closed", _("Over")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="live_sessions")
    code = models.SlugField(_("room code"), max_length=12, unique=True)
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    starts_at = models.DateTimeField(_("starts"))
    floor_open = models.BooleanField(_("questions are taken"), default=True)

    class Meta:
        verbose_name = _("live session")
        verbose_name_plural = _("live sessions")
        ordering = ["-starts_at"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("discussions:live", args=[self.code])


class QuestionQuerySet(models.QuerySet):
    def published(self):
        """What the room, the screen and the record show."""
        return self.exclude(state=Question.State.HIDDEN)


class Question(models.Model):
    """What somebody asks the panel; others raise it."""

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        CURRENT = "current", _("being answered")
        ANSWERED = "answered", _("answered")
        HIDDEN = "hidden", _("hidden")

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="questions")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="questions")
    text = models.CharField(_("question"), max_length=280)
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    hidden_reason = models.CharField(_("reason"), max_length=40, blank=True, editable=False)
    client_id = models.CharField(max_length=64)
    asked_at = models.DateTimeField()

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="question_once_per_client_id"),
            models.UniqueConstraint(fields=["session"], condition=Q(state="current"), name="question_one_at_a_time"),
        ]

    def __str__(self):
        return self.text

    @property
    def space(self) -> Space:
        return self.session.space

    @property
    def words(self) -> str:
        return self.text


class QuestionRaise(models.Model):
    """A member wants this question answered too."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="raises")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("raise")
        verbose_name_plural = _("raises")
        constraints = [models.UniqueConstraint(fields=["question", "member"], name="raise_once_per_member")]

    def __str__(self):
        return f"{self.question_id}"


class QuickPoll(models.Model):
    """One question with a few choices, opened, closed and revealed on cue. `options` is a list of strings."""

    class State(models.TextChoices):
        READY = "ready", _("not yet open")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="polls")
    question = models.CharField(_("question"), max_length=200)
    options = models.JSONField(_("choices"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READY)
    revealed = models.BooleanField(_("result shown"), default=False)

    class Meta:
        verbose_name = _("quick poll")
        verbose_name_plural = _("quick polls")
        ordering = ["id"]

    def __str__(self):
        return self.question


class PollVote(models.Model):
    """A member's choice in a quick poll; a new choice replaces the old one."""

    poll = models.ForeignKey(QuickPoll, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    option = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("poll vote")
        verbose_name_plural = _("poll votes")
        constraints = [models.UniqueConstraint(fields=["poll", "member"], name="poll_vote_once_per_member")]

    def __str__(self):
        return f"{self.poll_id}: {self.option}"

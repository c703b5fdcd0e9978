"""Quick polls of a live session: one question, opened, closed and revealed on cue."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.models.live import LiveSession
from discussions.models.spaces import Space
from discussions.models.standing import Moderated, Provenance


class QuickPoll(models.Model):
    """One question to the room. `options` is a list of strings: the choices, or the names of both ends of a scale
    (`steps` says how many steps it has); none when people answer in words of their own."""

    class State(models.TextChoices):
        READY = "ready", _("not yet open")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    class Kind(models.TextChoices):
        SINGLE = "single", _("one choice")
        MULTIPLE = "multiple", _("several choices")
        SCALE = "scale", _("a scale")
        WORDS = "words", _("a few words of one's own")

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="polls")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.SINGLE)
    question = models.CharField(_("question"), max_length=200)
    options = models.JSONField(_("choices"), default=list, blank=True)
    steps = models.PositiveSmallIntegerField(_("steps of the scale"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.READY)
    revealed = models.BooleanField(_("result shown"), default=False)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("quick poll")
        verbose_name_plural = _("quick polls")
        ordering = ["id"]

    def __str__(self):
        return self.question


class PollVote(Provenance):
    """A member's choice in a quick poll: the number of a choice or of a step, from 0. `alone` is true where a member
    has one choice only, and a new one replaces the old one."""

    poll = models.ForeignKey(QuickPoll, on_delete=models.CASCADE, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    option = models.PositiveSmallIntegerField()
    alone = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("poll vote")
        verbose_name_plural = _("poll votes")
        constraints = [
            models.UniqueConstraint(
                fields=["poll", "member"], condition=Q(alone=True), name="poll_vote_once_per_member"
            ),
            models.UniqueConstraint(fields=["poll", "member", "option"], name="poll_vote_once_per_choice"),
        ]

    def __str__(self):
        return f"{self.poll_id}: {self.option}"


class PollWord(Moderated, Provenance):
    """A few words with which a member answered. Words with the same `folded` form are counted together."""

    poll = models.ForeignKey(QuickPoll, on_delete=models.CASCADE, related_name="own_words")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("words"), max_length=40)
    folded = models.CharField(max_length=40)
    said_at = models.DateTimeField()

    class Meta:
        verbose_name = _("words in a poll")
        verbose_name_plural = _("words in polls")
        constraints = [models.UniqueConstraint(fields=["poll", "author", "folded"], name="poll_word_once_per_member")]
        indexes = [models.Index(fields=["poll", "folded"], name="poll_words_by_form")]

    def __str__(self):
        return self.text

    @property
    def space(self) -> Space:
        return self.poll.session.space

    @property
    def words(self) -> str:
        return self.text

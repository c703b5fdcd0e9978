"""Live consultation: a session on a space, its agenda, what is shown at the moment, and who waits to speak."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space
from discussions.models.standing import Provenance
from discussions.models.statements import Statement


class LiveSession(models.Model):
    """A hearing held over the network. Everything said in it belongs to its space.

    The clock of the session starts at `opened_at`: transcript and record count milliseconds from there.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        OPEN = "open", _("Live now")
        CLOSED = "closed", _("Over")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="live_sessions")
    code = models.SlugField(_("room code"), max_length=12, unique=True)
    title = models.CharField(_("title"), max_length=200)
    about = models.TextField(_("what it is about"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PLANNED)
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    video_url = models.URLField(_("video"), blank=True)
    floor_open = models.BooleanField(_("questions are taken"), default=True)
    hands_open = models.BooleanField(_("people may ask to speak"), default=False)
    slow_seconds = models.PositiveSmallIntegerField(_("seconds between two questions of one person"), default=0)
    current_item = models.ForeignKey("AgendaItem", on_delete=models.SET_NULL, null=True, related_name="+")
    statement = models.ForeignKey(Statement, on_delete=models.SET_NULL, null=True, related_name="+")
    statement_revealed = models.BooleanField(_("result of the statement shown"), default=False)

    class Meta:
        verbose_name = _("live session")
        verbose_name_plural = _("live sessions")
        ordering = ["-starts_at"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("discussions:live", args=[self.code])

    def at_ms(self, ms: int) -> datetime:
        """The moment so many milliseconds after the opening."""
        return (self.opened_at or self.starts_at) + timedelta(milliseconds=ms)

    def ms_of(self, moment: datetime) -> int:
        """A moment on the clock of the session, in milliseconds; 0 before it was opened."""
        if self.opened_at is None:
            return 0
        return max(0, (moment - self.opened_at) // timedelta(milliseconds=1))


class AgendaItem(models.Model):
    """A point of the agenda. `began_at` and `ended_at` say when the room really was at it."""

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveSmallIntegerField(_("place"))
    title = models.CharField(_("title"), max_length=200)
    speakers = models.CharField(_("who speaks"), max_length=200, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), null=True, blank=True)
    began_at = models.DateTimeField(null=True, editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ["position", "id"]

    def __str__(self):
        return self.title


class AgendaDocument(models.Model):
    """Something to read for a point of the agenda."""

    item = models.ForeignKey(AgendaItem, on_delete=models.CASCADE, related_name="documents")
    title = models.CharField(_("title"), max_length=200)
    url = models.URLField(_("address"), max_length=500)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["id"]

    def __str__(self):
        return self.title


class StatementShown(models.Model):
    """A statement was put to the vote in a session; `revealed` once its result was shown there."""

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="statements_shown")
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")
    put_at = models.DateTimeField()
    revealed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("statement shown")
        verbose_name_plural = _("statements shown")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["session", "statement"], name="statement_shown_once")]

    def __str__(self):
        return f"{self.session_id}: {self.statement_id}"


class Hand(Provenance):
    """Somebody asks to speak. One hand of a person is up at a time; those that were up stay in the record."""

    class State(models.TextChoices):
        UP = "up", _("waiting to speak")
        SPEAKING = "speaking", _("speaking")
        DONE = "done", _("has spoken")
        DOWN = "down", _("taken down")

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="hands")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.UP)
    raised_at = models.DateTimeField()
    called_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("raised hand")
        verbose_name_plural = _("raised hands")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["session", "member"], condition=Q(state__in=["up", "speaking"]), name="hand_once_per_member"
            ),
            models.UniqueConstraint(fields=["session"], condition=Q(state="speaking"), name="hand_one_at_a_time"),
        ]

    def __str__(self):
        return f"{self.session_id}: {self.member_id}"


class Silence(models.Model):
    """A facilitator took the floor from somebody for this session, with a reason, until it is lifted."""

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="silences")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=40)
    at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("silence")
        verbose_name_plural = _("silences")
        constraints = [
            models.UniqueConstraint(
                fields=["session", "member"], condition=Q(lifted_at=None), name="silence_once_per_member"
            )
        ]

    def __str__(self):
        return f"{self.session_id}: {self.member_id}"

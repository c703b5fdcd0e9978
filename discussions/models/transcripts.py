"""What was said in a live session, line by line."""

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.models.live import LiveSession
from discussions.models.spaces import Space
from discussions.models.standing import Moderated


class TranscriptLine(Moderated):
    """A line of the transcript. `number` counts from 1 in its session and never changes: it is what people cite.

    `starts_ms` and `ends_ms` count from the opening of the session. `author` typed it; `speaker` said it.
    """

    session = models.ForeignKey(LiveSession, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveIntegerField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    speaker = models.CharField(_("who speaks"), max_length=80, blank=True)
    text = models.CharField(_("what was said"), max_length=500)
    starts_ms = models.PositiveIntegerField()
    ends_ms = models.PositiveIntegerField(null=True)
    client_id = models.CharField(max_length=64)
    typed_at = models.DateTimeField()
    revised_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("transcript line")
        verbose_name_plural = _("transcript lines")
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="line_number_once_per_session"),
            models.UniqueConstraint(fields=["author", "client_id"], name="line_once_per_client_id"),
        ]
        indexes = [models.Index(fields=["session", "starts_ms", "id"], name="lines_by_time")]

    def __str__(self):
        return self.text

    def get_absolute_url(self):
        """Where it can be cited: the stretch of the transcript in which it stands."""
        return reverse("discussions:live_lines", args=[self.session.code]) + f"?at={self.number}#t{self.number}"

    @property
    def space(self) -> Space:
        return self.session.space

    @property
    def words(self) -> str:
        return self.text

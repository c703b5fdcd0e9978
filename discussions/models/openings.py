"""What opens and closes at a stated moment: surveys and budget choices."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import _reads_english


class Opening(models.Model):
    """Columns of something people may answer between two moments. Without dates it is opened and closed by hand."""

    class State(models.TextChoices):
        DRAFT = "draft", _("being prepared")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    introduction = models.TextField(_("introduction"), max_length=2000, blank=True)
    introduction_en = models.TextField(_("introduction in English"), max_length=2000, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    opens_at = models.DateTimeField(_("opens"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes"), null=True, blank=True)
    # When it really happened, by hand or by the clock.
    opened_at = models.DateTimeField(null=True, editable=False)
    closed_at = models.DateTimeField(null=True, editable=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
                name="%(class)s_closes_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(state="draft", opened_at=None, closed_at=None)
                | Q(state="open", opened_at__isnull=False, closed_at=None)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="%(class)s_state_has_its_moments",
            ),
        ]

    def __str__(self):
        return self.local_title

    @property
    def local_title(self) -> str:
        """The title in the reader's language, or as it was written."""
        return in_reader_language(self.title, self.title_en)

    @property
    def local_introduction(self) -> str:
        """The introduction in the reader's language, or as it was written."""
        return in_reader_language(self.introduction, self.introduction_en)

    def takes_answers(self, now) -> bool:
        """Open, and its last moment not yet over: the clock decides, also when nobody has closed it yet."""
        return self.state == self.State.OPEN and (self.closes_at is None or now < self.closes_at)


def in_reader_language(written: str, english: str) -> str:
    """`english` for somebody who reads English where there is any, otherwise the words as they were written."""
    return english if english and _reads_english() else written

"""A policy under discussion: one space, one thread, several phases."""

from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from discussions.models.members import Agency
from nlp.models import Corpus


class Phase(models.TextChoices):
    """Where a policy stands. `rules.PERMITTED` says what each phase allows."""

    DRAFT = "draft", _("Being prepared")
    TEXT = "text", _("Draft text")
    OPEN = "open", _("Open discussion")
    VOTING = "voting", _("Voting")
    REVIEW = "review", _("Agency review")
    ANSWERED = "answered", _("Answered")
    FOLLOW_UP = "follow_up", _("Follow-up")
    ARCHIVED = "archived", _("Archived")


# The date at which each phase begins by itself. An answer begins with the answer: its date is only announced.
BEGINS_AT: dict[str, str] = {
    Phase.TEXT: "text_at",
    Phase.OPEN: "opens_at",
    Phase.VOTING: "voting_at",
    Phase.REVIEW: "review_at",
    Phase.FOLLOW_UP: "follow_up_at",
    Phase.ARCHIVED: "archive_at",
}


def first_instruments() -> dict:
    """What a new space offers until somebody chooses."""
    return {"comments": {}, "statements": {}, "live": {}}


class Space(models.Model):
    """Not a page: pages come, go and are translated; the words and votes given here stay."""

    slug = models.SlugField(_("address"), max_length=120, unique=True, allow_unicode=True)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    question = models.CharField(_("the question in one sentence"), max_length=300, blank=True)
    question_en = models.CharField(_("the question in English"), max_length=400, blank=True)
    plain = models.TextField(_("in plain words"), max_length=2000, blank=True)
    plain_en = models.TextField(_("in plain words, in English"), max_length=2000, blank=True)
    agency = models.ForeignKey(Agency, verbose_name=_("agency"), on_delete=models.PROTECT, null=True, blank=True)
    phase = models.CharField(_("phase"), max_length=10, choices=Phase.choices, default=Phase.DRAFT)
    text_at = models.DateTimeField(_("draft text is published"), null=True, blank=True)
    opens_at = models.DateTimeField(_("discussion opens"), null=True, blank=True)
    voting_at = models.DateTimeField(_("voting begins"), null=True, blank=True)
    review_at = models.DateTimeField(_("agency review begins"), null=True, blank=True)
    answer_due_at = models.DateTimeField(_("answer due"), null=True, blank=True)
    follow_up_at = models.DateTimeField(_("follow-up begins"), null=True, blank=True)
    archive_at = models.DateTimeField(_("archived on"), null=True, blank=True)
    runs_since = models.DateTimeField(
        _("dates count from"),
        null=True,
        blank=True,
        default=timezone.now,
        help_text=_("Dates after this moment move the phase. Empty until a communicator has published the discussion."),
    )
    # What may be done here and how: see `discussions.instruments`, which alone reads and writes it.
    instruments = models.JSONField(_("instruments"), default=first_instruments, blank=True)
    holds_first_posts = models.BooleanField(
        _("the first contribution of a new account waits for a moderator"), default=False
    )
    corpus = models.OneToOneField(Corpus, on_delete=models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("space")
        verbose_name_plural = _("spaces")
        ordering = ["-created_at"]
        permissions = [
            ("arrange", _("Can set up discussions and their instruments")),
            ("assist", _("Can enter contributions on somebody's behalf")),
            ("moderate", _("Can hide and restore contributions")),
            ("facilitate", _("Can run live sessions")),
            ("transcribe", _("Can write the transcript of live sessions")),
            ("answer", _("Can answer for an agency")),
            ("read_opinion", _("Can read the opinion desk")),
        ]

    def __str__(self):
        return self.local_title

    @property
    def local_title(self) -> str:
        """The title in the reader's language, or as it was written."""
        return self.title_en if _reads_english() and self.title_en else self.title

    @property
    def local_question(self) -> str:
        """The question in the reader's language, or as it was asked."""
        return self.question_en if _reads_english() and self.question_en else self.question

    @property
    def phase_now(self) -> str:
        """The phase that holds at this moment, whether or not the clockwork has written it down already."""
        return self.phase_at(timezone.now())

    def phase_at(self, now: datetime) -> str:
        """The phase by its dates: each begins at its very moment, none is left for an earlier one.

        Only dates after `runs_since` count. No date leads past a review: what is owed is an answer, not the passing
        of time (docs/decisions/0014).
        """
        reached = self.phase
        if self.runs_since is None:
            return reached
        for phase, column in BEGINS_AT.items():
            begins = getattr(self, column)
            if reached == Phase.REVIEW:
                break
            if begins is not None and self.runs_since < begins <= now and is_later(phase, reached):
                reached = phase
        return str(reached)

    @property
    def local_plain(self) -> str:
        """What it is about in plain words, in the reader's language, or as it was written."""
        return self.plain_en if _reads_english() and self.plain_en else self.plain

    def get_absolute_url(self):
        return reverse("discussions:space", args=[self.slug])

    def path(self, rest: str = "") -> str:
        """A path below this space that holds in every language: what the opinion stream stores as an address."""
        return f"/p/{self.slug}/{rest}"


def is_later(phase: str, than: str) -> bool:
    """Does a phase come after another on the way of a policy?"""
    return Phase.values.index(phase) > Phase.values.index(than)


def _reads_english() -> bool:
    return (get_language() or "").startswith("en")

"""Draft texts: a regulation in articles and paragraphs, open to comments, votes and better wording."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space
from discussions.models.standing import Moderated, Provenance, waiting_index


class DraftText(models.Model):
    """A text under discussion, such as a draft regulation. It lives on through its versions."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="texts")
    title = models.CharField(_("title"), max_length=200)
    client_id = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("begun"))

    class Meta:
        verbose_name = _("draft text")
        verbose_name_plural = _("draft texts")
        constraints = [models.UniqueConstraint(fields=["space", "client_id"], name="text_once_per_client_id")]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("discussions:text", args=[self.space.slug, self.pk])


class Paragraph(models.Model):
    """A place in a draft text that keeps its identity from version to version; its words belong to the versions.

    Comments, votes and suggested wording hang on it, and stay with it when it is renumbered or taken out.
    """

    text = models.ForeignKey(DraftText, on_delete=models.PROTECT, related_name="paragraphs")

    class Meta:
        verbose_name = _("paragraph")
        verbose_name_plural = _("paragraphs")

    def __str__(self):
        return f"{self.text_id}#{self.pk}"

    def get_absolute_url(self):
        return reverse("discussions:paragraph", args=[self.text.space.slug, self.text_id, self.pk])


class TextVersion(models.Model):
    """The text as it stood at one time. Without `published_at` it is being prepared and nobody but its editors sees it.

    `source` is what was pasted, character by character. A published version is never changed.
    """

    text = models.ForeignKey(DraftText, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number of the version"))
    source = models.TextField(_("the whole text"))
    note = models.TextField(_("what this version is about"), blank=True)
    is_parsed = models.BooleanField(_("articles were found"), default=True)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(_("prepared"))
    published_at = models.DateTimeField(_("published"), null=True)

    class Meta:
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="text_version_number_once"),
            models.UniqueConstraint(
                fields=["text"], condition=Q(published_at=None), name="text_version_one_in_preparation"
            ),
            models.CheckConstraint(condition=Q(number__gte=1), name="text_version_counts_from_one"),
        ]

    def __str__(self):
        return f"{self.text_id} v{self.number}"

    def get_absolute_url(self):
        return reverse("discussions:text_version", args=[self.text.space.slug, self.text_id, self.number])


class Passage(models.Model):
    """The words, number and place of one paragraph in one version."""

    class Kind(models.TextChoices):
        CHAPTER = "chapter", _("chapter heading")
        HEADING = "heading", _("heading of an article")
        PARAGRAPH = "paragraph", _("paragraph")

    version = models.ForeignKey(TextVersion, on_delete=models.CASCADE, related_name="passages")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="passages")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.PARAGRAPH)
    depth = models.PositiveSmallIntegerField(default=0)
    article = models.CharField(_("article"), max_length=40, blank=True)
    label = models.CharField(_("how it is cited"), max_length=80, blank=True)
    words = models.TextField(_("words"), blank=True)
    # The number of the version that gave it these words.
    changed_in = models.PositiveIntegerField(_("changed in version"))
    # Where it came from, if it was not there before: a piece of this earlier paragraph.
    split_from = models.ForeignKey(Paragraph, on_delete=models.PROTECT, null=True, related_name="pieces")
    # Paragraphs of the version before that were joined into this one.
    merged = models.ManyToManyField(Paragraph, related_name="merged_into")

    class Meta:
        verbose_name = _("passage")
        verbose_name_plural = _("passages")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "paragraph"], name="passage_once_per_version"),
            models.UniqueConstraint(fields=["version", "position"], name="passage_one_per_position"),
        ]

    def __str__(self):
        return f"{self.version_id} {self.label}"

    @property
    def name(self) -> str:
        """How people call this place: its number, or the first words of a heading without one."""
        return self.label or self.words[:20]


class ParagraphVote(Provenance):
    """One member for or against a paragraph as it stands; a new vote replaces the old one."""

    class Value(models.IntegerChoices):
        OPPOSE = -1, _("Oppose")
        SUPPORT = 1, _("Support")

    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="votes")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="paragraph_votes")
    value = models.SmallIntegerField(_("vote"), choices=Value.choices)
    # What the voter had before them: the number of the version. Votes on earlier words are counted apart.
    version = models.PositiveIntegerField(_("version"))
    cast_at = models.DateTimeField()

    class Meta:
        verbose_name = _("vote on a paragraph")
        verbose_name_plural = _("votes on paragraphs")
        constraints = [
            models.UniqueConstraint(fields=["paragraph", "member"], name="paragraph_vote_once_per_member"),
            models.CheckConstraint(condition=Q(value__in=[-1, 1]), name="paragraph_vote_value_known"),
        ]

    def __str__(self):
        return f"{self.paragraph_id}: {self.value}"


class Wording(Moderated, Provenance):
    """Better words for one paragraph, suggested by a member with a reason; others support it, the agency judges it."""

    class Outcome(models.TextChoices):
        OPEN = "open", _("not decided yet")
        TAKEN = "taken", _("taken over")
        PARTLY = "partly", _("taken over in part")
        DECLINED = "declined", _("not taken over")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="wordings")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="wordings")
    # The words it would change: those of the version its author read.
    version = models.ForeignKey(TextVersion, on_delete=models.PROTECT, related_name="wordings")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="wordings")
    text = models.TextField(_("suggested words"), blank=True)
    reason = models.TextField(_("why"), blank=True)
    client_id = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("suggested"))
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome.choices, default=Outcome.OPEN)
    outcome_reason = models.TextField(_("reason of the outcome"), blank=True)
    judged_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("suggested wording")
        verbose_name_plural = _("suggested wordings")
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="wording_once_per_client_id"),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(text="", reason=""), name="wording_withdrawn_keeps_no_words"
            ),
            models.CheckConstraint(
                condition=~Q(state="hidden") | ~Q(hidden_reason=""), name="wording_hidden_has_reason"
            ),
            models.CheckConstraint(
                condition=Q(outcome="open", judged_at=None)
                | Q(judged_at__isnull=False) & ~Q(outcome="open") & ~Q(outcome_reason=""),
                name="wording_judged_with_reason",
            ),
        ]
        indexes = [models.Index(fields=["author", "made_at"], name="wording_by_author"), waiting_index("wording")]

    def __str__(self):
        return f"{self.pk}"

    @property
    def words(self) -> str:
        """What the opinion stream holds: the suggestion and why."""
        return f"{self.text}\n\n{self.reason}".strip()

    def get_absolute_url(self):
        return reverse("discussions:wording", args=[self.space.slug, self.pk])


class WordingSupport(Provenance):
    """A member wants these words."""

    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, related_name="supports")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="wording_supports")
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("support of a wording")
        verbose_name_plural = _("support of wordings")
        constraints = [models.UniqueConstraint(fields=["wording", "member"], name="wording_support_once_per_member")]

    def __str__(self):
        return f"{self.wording_id}"


class VersionCause(models.Model):
    """What people said that made a paragraph change in a version: one suggested wording or one comment."""

    version = models.ForeignKey(TextVersion, on_delete=models.CASCADE, related_name="causes")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, related_name="+")
    wording = models.ForeignKey(Wording, on_delete=models.PROTECT, null=True, related_name="effects")
    # By name: comments hang on paragraphs, so their model is built after this one.
    comment = models.ForeignKey("discussions.Comment", on_delete=models.PROTECT, null=True, related_name="effects")

    class Meta:
        verbose_name = _("cause of a change")
        verbose_name_plural = _("causes of changes")
        constraints = [
            models.CheckConstraint(
                condition=Q(wording__isnull=False, comment=None) | Q(wording=None, comment__isnull=False),
                name="cause_is_one_contribution",
            ),
            models.UniqueConstraint(
                fields=["version", "paragraph", "wording"],
                condition=Q(wording__isnull=False),
                name="cause_wording_once",
            ),
            models.UniqueConstraint(
                fields=["version", "paragraph", "comment"],
                condition=Q(comment__isnull=False),
                name="cause_comment_once",
            ),
        ]

    def __str__(self):
        return f"{self.version_id}: {self.wording_id or self.comment_id}"

"""What we watch outside, what came in, and the store of record of the search engine."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Monitor(models.Model):
    """One standing question to one outside source: its posts enter `corpus` under `label`.

    `cursor` belongs to the source that wrote it and moves only together with the posts it stands for.
    """

    class Kind(models.TextChoices):
        X = "x", _("X (Twitter)")
        FILE = "file", _("file")

    class State(models.TextChoices):
        NEW = "new", _("not fetched yet")
        OK = "ok", _("in order")
        WAITING = "waiting", _("waiting to try again")
        CAPPED = "capped", _("daily limit reached")
        OFF = "off", _("off")
        FAILED = "failed", _("needs attention")

    corpus = models.ForeignKey("nlp.Corpus", on_delete=models.PROTECT, related_name="monitors")
    kind = models.CharField(_("source"), max_length=16, choices=Kind.choices)
    label = models.CharField(_("label"), max_length=120, help_text=_("The name under which its posts are shown."))
    query = models.CharField(_("search words"), max_length=500, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    daily_cap = models.PositiveIntegerField(
        _("posts per day at most"), default=500, help_text=_("The network asks a price for each post read.")
    )
    created_by = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    cursor = models.JSONField(default=dict, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.NEW, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    last_fetched_at = models.DateTimeField(_("last fetched"), null=True, blank=True, editable=False)
    last_error = models.TextField(_("last problem"), blank=True, editable=False)
    next_try_at = models.DateTimeField(_("next try"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("monitor")
        verbose_name_plural = _("monitors")
        constraints = [models.UniqueConstraint(fields=["corpus", "kind", "label"], name="monitor_label_once")]
        indexes = [models.Index(fields=["is_active", "next_try_at"], name="monitor_due")]

    def __str__(self):
        return f"{self.label} ({self.get_kind_display()})"

    def clean(self):
        if self.kind != self.Kind.FILE and not self.query.strip():
            raise ValidationError({"query": _("Say what to search for.")})


class FetchLog(models.Model):
    """One fetch or one file: what was read, what went in, what was left out and why.

    `reasons` holds up to 200 {"row": where, "reason": why}; `skipped` counts them all.
    """

    monitor = models.ForeignKey(Monitor, on_delete=models.CASCADE, related_name="logs")
    name = models.CharField(_("file"), max_length=255, blank=True)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    read = models.PositiveIntegerField(_("posts read"), default=0)
    accepted = models.PositiveIntegerField(_("new posts"), default=0)
    revised = models.PositiveIntegerField(_("changed posts"), default=0)
    duplicates = models.PositiveIntegerField(_("already known"), default=0)
    skipped = models.PositiveIntegerField(_("left out"), default=0)
    cost_estimate = models.DecimalField(_("estimated cost (US dollars)"), max_digits=10, decimal_places=4, default=0)
    error = models.TextField(_("problem"), blank=True)
    reasons = models.JSONField(_("why posts were left out"), default=list)

    class Meta:
        verbose_name = _("fetch")
        verbose_name_plural = _("fetches")
        ordering = ["-id"]
        indexes = [models.Index(fields=["monitor", "started_at"], name="fetchlog_by_day")]

    def __str__(self):
        return f"{self.monitor_id} {self.started_at:%Y-%m-%d %H:%M}"


class SocialPost(models.Model):
    """A post as an outside source gave it, without the name or number of its author.

    The same post may matter to two corpora, hence the corpus in its identity. `version_id` is the number of the
    newest text where a network gives each edit its own. A deleted post keeps its identity and nothing else.
    """

    corpus = models.ForeignKey("nlp.Corpus", on_delete=models.PROTECT, related_name="+")
    monitor = models.ForeignKey(Monitor, on_delete=models.PROTECT, related_name="posts")
    source = models.CharField(_("source"), max_length=16)
    external_id = models.CharField(max_length=100)
    version_id = models.CharField(max_length=100, blank=True)
    url = models.CharField(max_length=500, blank=True)
    conversation_id = models.CharField(max_length=100, blank=True)
    reply_to_id = models.CharField(max_length=100, blank=True)
    author_hash = models.CharField(max_length=32, blank=True)
    text = models.TextField(_("text"))
    lang = models.CharField(_("language"), max_length=12, blank=True)
    posted_at = models.DateTimeField(_("posted"), null=True)
    edited_at = models.DateTimeField(_("edited"), null=True)
    metrics = models.JSONField(_("reactions"), default=dict)
    fetched_at = models.DateTimeField(_("fetched"))
    deleted_at = models.DateTimeField(_("deleted at the source"), null=True)

    class Meta:
        verbose_name = _("social media post")
        verbose_name_plural = _("social media posts")
        constraints = [
            models.UniqueConstraint(fields=["corpus", "source", "external_id"], name="social_post_once"),
            models.CheckConstraint(
                condition=models.Q(deleted_at=None) | models.Q(text="", author_hash="", url=""),
                name="social_post_deleted_keeps_no_words",
            ),
        ]
        indexes = [
            models.Index(fields=["source", "external_id"], name="social_post_by_id"),
            models.Index(fields=["source", "version_id"], name="social_post_by_version"),
        ]

    def __str__(self):
        return f"{self.source}:{self.external_id}"


class SearchDocument(models.Model):
    """The store of record of search: what may be found, and the last word on what may not.

    `indexed_at` is when an outside search engine last took this version; null means it still has to.
    A row that is not visible holds no words: it only reminds us to remove the document outside.
    """

    key = models.CharField(max_length=120, unique=True)
    kind = models.CharField(_("kind"), max_length=32)
    title = models.TextField(_("title"), blank=True)
    body = models.TextField(_("text"), blank=True)
    url = models.CharField(max_length=500, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    date = models.DateTimeField(_("date"), null=True)
    visible = models.BooleanField(default=True)
    version = models.PositiveBigIntegerField()
    indexed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(visible=True) | models.Q(title="", body="", url=""),
                name="search_document_hidden_keeps_no_words",
            )
        ]
        indexes = [
            models.Index(fields=["indexed_at", "id"], name="search_document_waiting"),
            models.Index(fields=["kind", "language"], name="search_document_by_kind"),
        ]

    def __str__(self):
        return self.key

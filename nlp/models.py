"""The opinion stream and the immutable results of its analysis."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Corpus(models.Model):
    """All opinions on one subject, whatever door they came in by.

    `topics_dirty` and `groups_dirty` are the tickets of the two analyses: whoever turns one from False to True
    queues the work, and the work turns it back before it reads (a change that comes later makes a new ticket).
    """

    key = models.SlugField(_("key"), max_length=120, unique=True, allow_unicode=True)
    title = models.CharField(_("title"), max_length=255)
    topics_dirty = models.BooleanField(_("opinions wait for analysis"), default=False)
    groups_dirty = models.BooleanField(_("votes wait for analysis"), default=False)
    dirty_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    next_topic_number = models.PositiveIntegerField(default=1)
    changes_since_run = models.PositiveIntegerField(default=0)
    readings = models.PositiveBigIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("corpus")
        verbose_name_plural = _("corpora")

    def __str__(self):
        return self.title


class OpinionQuerySet(models.QuerySet):
    def published(self):
        """What may be analysed, counted, quoted, searched and exported."""
        return self.filter(state=Opinion.State.VISIBLE)


class Opinion(models.Model):
    """One utterance: a projection of its owner (comment, statement, question, post), never the original.

    `author_key` is an HMAC: it counts people and cannot name them. `vector` is float16, unit length, written by
    the model `encoder` in the corpus's reading number `read_no`: what has a higher one was committed later.
    """

    class State(models.TextChoices):
        VISIBLE = "visible", _("visible")
        WITHDRAWN = "withdrawn", _("withdrawn")

    class Sentiment(models.TextChoices):
        NEGATIVE = "negative", _("negative")
        NEUTRAL = "neutral", _("neutral")
        POSITIVE = "positive", _("positive")
        MIXED = "mixed", _("mixed")

    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="opinions")
    source = models.CharField(_("source"), max_length=32)
    source_key = models.CharField(max_length=120)
    channel = models.CharField(_("channel"), max_length=120, blank=True)
    url = models.CharField(max_length=500, blank=True)
    text = models.TextField(_("text"))
    lang = models.CharField(_("language"), max_length=12, blank=True)
    author_key = models.CharField(max_length=32, blank=True)
    posted_at = models.DateTimeField(_("posted"))
    state = models.CharField(max_length=12, choices=State.choices, default=State.VISIBLE)
    vector = models.BinaryField(null=True, editable=False)
    encoder = models.CharField(max_length=80, blank=True)
    read_no = models.PositiveBigIntegerField(null=True, editable=False)
    sentiment = models.CharField(_("sentiment"), max_length=8, choices=Sentiment.choices, blank=True)
    p_negative = models.FloatField(null=True)
    p_neutral = models.FloatField(null=True)
    p_positive = models.FloatField(null=True)
    topic_number = models.PositiveIntegerField(_("topic"), null=True)
    subtopic_number = models.PositiveIntegerField(_("part of the topic"), null=True)
    duplicate_of = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="+")

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        constraints = [
            models.UniqueConstraint(fields=["source", "source_key"], name="opinion_once_per_source"),
            models.CheckConstraint(
                condition=Q(state="visible") | Q(text="", vector=None), name="opinion_withdrawn_keeps_no_words"
            ),
        ]
        indexes = [
            models.Index(fields=["corpus", "state", "topic_number", "posted_at"], name="opinion_by_topic"),
            models.Index(fields=["author_key"], name="opinion_by_author"),
            models.Index(fields=["corpus", "source", "read_no"], name="opinion_by_reading"),
        ]

    def __str__(self):
        return f"{self.source}:{self.source_key}"


class Run(models.Model):
    """One finished analysis. Never changed afterwards: a new state of the world is a new Run.

    kind "topics": Topic rows, `result` holds overall quality and counts.
    kind "groups": `result` holds the opinion groups, their statements and the map, as `reports` describes.
    """

    class Kind(models.TextChoices):
        TOPICS = "topics", _("topics and sentiment")
        GROUPS = "groups", _("opinion groups")

    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="runs")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"))
    seed = models.IntegerField(_("seed"))
    model = models.CharField(_("model"), max_length=80, blank=True)
    model_fingerprint = models.CharField(max_length=64, blank=True)
    code_version = models.CharField(_("code version"), max_length=40)
    config = models.JSONField(_("configuration"), default=dict)
    counts = models.JSONField(_("counts"), default=dict)
    quality = models.JSONField(_("quality"), default=dict)
    timings = models.JSONField(_("seconds per stage"), default=dict)
    result = models.JSONField(_("result"), default=dict)

    class Meta:
        verbose_name = _("analysis")
        verbose_name_plural = _("analyses")
        get_latest_by = "id"
        indexes = [models.Index(fields=["corpus", "kind", "-id"], name="run_latest")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.finished_at:%Y-%m-%d %H:%M}"

    def save(self, *args, **kwargs):
        if self.pk and not self._state.adding:
            raise ValueError("A Run is never changed; make a new one.")
        super().save(*args, **kwargs)


class Topic(models.Model):
    """What people talk about, as one Run found it. `number` is the identity that lasts from Run to Run.

    A row with a `parent_number` is a part of the topic that has this number in the same Run.
    """

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="topics")
    number = models.PositiveIntegerField()
    parent_number = models.PositiveIntegerField(null=True)
    rank = models.PositiveIntegerField()
    label = models.CharField(_("label"), max_length=200)
    keywords = models.JSONField(_("keywords"), default=list)
    size_posts = models.PositiveIntegerField(_("posts"))
    size_people = models.PositiveIntegerField(_("people"))
    share = models.FloatField(_("share of posts"))
    sentiment = models.JSONField(_("sentiment"), default=dict)
    quotes = models.JSONField(_("representative opinions"), default=list)
    dissenting = models.JSONField(_("dissenting opinions"), default=list)
    quality = models.JSONField(_("quality"), default=dict)
    centroid = models.BinaryField(editable=False)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["rank"]
        constraints = [models.UniqueConstraint(fields=["run", "number"], name="topic_once_per_run")]

    def __str__(self):
        return self.label


class TopicEditQuerySet(models.QuerySet):
    def in_force(self, corpus):
        """The edits of a corpus that count, in the order they were made."""
        return self.filter(corpus=corpus, undone_at=None).order_by("id")


class TopicEdit(models.Model):
    """What a planner has said about the topics of a corpus; every later Run replays it, in the order of ids.

    Append-only: taking an edit back is a date on it. `number` is the topic spoken of; `topics` (merge) are the numbers
    of the topics that became part of it; `members` are the opinions that the edit moves, or by which its topics are
    known again. `made_by` and `undone_by` are stream names ("member:12"): pages turn them into names.
    """

    class Kind(models.TextChoices):
        RENAME = "rename", _("renamed")
        MERGE = "merge", _("merged")
        SPLIT = "split", _("split")
        MOVE = "move", _("moved")
        PIN = "pin", _("kept")

    corpus = models.ForeignKey(Corpus, on_delete=models.PROTECT, related_name="topic_edits")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    number = models.PositiveIntegerField(_("topic"))
    label = models.CharField(_("label"), max_length=200, blank=True)
    topics = models.JSONField(default=list)
    members = models.JSONField(default=list)
    made_by = models.CharField(max_length=120)
    made_at = models.DateTimeField(_("made"))
    undone_by = models.CharField(max_length=120, blank=True)
    undone_at = models.DateTimeField(_("taken back"), null=True)

    objects = TopicEditQuerySet.as_manager()

    class Meta:
        verbose_name = _("edit of a topic")
        verbose_name_plural = _("edits of topics")
        indexes = [models.Index(fields=["corpus", "id"], name="topic_edit_order")]

    def __str__(self):
        return f"{self.kind} {self.number}"

"""Comments in a thread, and reports about them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.ids import new_id
from discussions.models.proposals import Proposal
from discussions.models.spaces import Space
from discussions.models.standing import Moderated, Provenance
from discussions.models.texts import Paragraph

MAX_DEPTH = 8


class Comment(Moderated, Provenance):
    """What a member said. `path` is the parent's path and the own id, written once: reading a thread is one range scan.

    A comment belongs to the discussion of its space, or to that under one proposal or one paragraph of a draft text.
    A withdrawn comment keeps its place in the thread.
    """

    class Kind(models.TextChoices):
        OPINION = "opinion", _("Opinion")
        QUESTION = "question", _("Question")
        CONCERN = "concern", _("Concern")
        SUPPORT = "support", _("Support")
        SUGGESTION = "suggestion", _("Suggestion")

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="comments")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replies")
    root = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    path = models.CharField(max_length=12 * MAX_DEPTH, editable=False)
    depth = models.PositiveSmallIntegerField(default=0)
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, related_name="comments")
    paragraph = models.ForeignKey(Paragraph, on_delete=models.PROTECT, null=True, related_name="comments")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.OPINION)
    text = models.TextField(_("words"), blank=True)
    client_id = models.CharField(max_length=64)
    posted_at = models.DateTimeField(_("posted"))
    edited_at = models.DateTimeField(_("edited"), null=True)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="comment_once_per_client_id"),
            models.CheckConstraint(condition=Q(depth__lt=MAX_DEPTH), name="comment_depth_bounded"),
            models.CheckConstraint(
                condition=Q(parent=None, root=None, depth=0) | Q(parent__isnull=False, root__isnull=False, depth__gt=0),
                name="comment_root_and_parent_agree",
            ),
            models.CheckConstraint(
                condition=Q(proposal=None) | Q(paragraph=None), name="comment_belongs_to_one_discussion"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(text=""), name="comment_withdrawn_keeps_no_words"
            ),
            models.CheckConstraint(
                condition=~Q(state="hidden") | ~Q(hidden_reason=""), name="comment_hidden_has_reason"
            ),
        ]
        indexes = [
            models.Index(
                F("space"),
                F("id").desc(),
                condition=Q(parent=None, proposal=None, paragraph=None),
                name="comment_roots",
            ),
            models.Index(
                F("proposal"),
                F("id").desc(),
                condition=Q(parent=None, proposal__isnull=False),
                name="comment_roots_of_proposal",
            ),
            models.Index(
                F("paragraph"),
                F("id").desc(),
                condition=Q(parent=None, paragraph__isnull=False),
                name="comment_roots_of_paragraph",
            ),
            models.Index(fields=["root", "path"], name="comment_subtree"),
            models.Index(fields=["author", "posted_at"], name="comment_by_author"),
        ]

    def __str__(self):
        return f"{self.pk}"

    @property
    def words(self) -> str:
        return self.text

    def get_absolute_url(self):
        return reverse("discussions:comment", args=[self.space.slug, self.pk])

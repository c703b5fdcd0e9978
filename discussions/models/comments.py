"""Comments in a thread, and reports about them."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from discussions.ids import new_id
from discussions.models.proposals import Proposal
from discussions.models.spaces import Space
from discussions.models.standing import Moderated, Provenance, waiting_index
from discussions.models.texts import Paragraph

MAX_DEPTH = 8


def sorted_by(column: str, name: str, *, kinds_only: bool = False, **condition) -> list[models.Index]:
    """Indexes on the roots of a space's own discussion, in the order a reader may ask for: of all kinds, and of one.

    A page in this order is one index range, at any depth of the thread.
    """
    order = [F("id").desc()] if column == "id" else [F(column).desc(), F("id").desc()]
    roots = Q(parent=None, proposal=None, paragraph=None, **condition)
    of_kind = models.Index(F("space"), F("kind"), *order, condition=roots, name=f"comment_{name}_of_kind")
    if kinds_only:
        return [of_kind]
    return [models.Index(F("space"), *order, condition=roots, name=f"comment_{name}"), of_kind]


class Comment(Moderated, Provenance):
    """What a member said. `path` is the parent's path and the own id, written once: reading a thread is one range scan.

    A comment belongs to the discussion of its space, or to that under one proposal or one paragraph of a draft text.
    A withdrawn comment keeps its place in the thread. Counters are for sorting and showing; rows decide.
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
    # Of every comment, written with the reaction itself.
    n_agree = models.PositiveIntegerField(_("agree"), default=0, editable=False)
    n_thanks = models.PositiveIntegerField(_("thanks"), default=0, editable=False)
    n_doubt = models.PositiveIntegerField(_("not convinced"), default=0, editable=False)
    # Of roots alone, brought up to date from the event log: see `discussions.counting`.
    n_replies = models.PositiveIntegerField(_("replies"), default=0, editable=False)
    is_answered = models.BooleanField(_("answered"), default=False, editable=False)

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
            *sorted_by("id", "roots", kinds_only=True),
            *sorted_by("n_agree", "agreed", state="visible"),
            *sorted_by("n_replies", "discussed", state="visible"),
            *sorted_by("id", "unanswered", state="visible", n_replies=0, is_answered=False),
            models.Index(fields=["space", "author"], condition=Q(state="held"), name="comment_held"),
            waiting_index("comment"),
            models.Index(fields=["space", "-id"], name="comment_newest"),
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


class CommentEdit(models.Model):
    """The words a comment had before one edit, and until when. Gone with the words when its author withdraws them."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="edits")
    text = models.TextField(_("earlier words"))
    until = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("edit of a comment")
        verbose_name_plural = _("edits of comments")
        indexes = [models.Index(fields=["comment", "-id"], name="comment_edit_order")]

    def __str__(self):
        return f"{self.comment_id}"


class Reaction(Provenance):
    """What a reader makes of a comment, in one press. Counted; who reacted is shown to nobody."""

    class Kind(models.TextChoices):
        AGREE = "agree", _("Agree")
        THANKS = "thanks", _("Thanks")
        DOUBT = "doubt", _("Not convinced")

    comment = models.ForeignKey(Comment, on_delete=models.PROTECT, related_name="reactions")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reactions")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    made_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = [
            models.UniqueConstraint(fields=["comment", "member", "kind"], name="reaction_once_per_member"),
            models.CheckConstraint(condition=Q(kind__in=["agree", "thanks", "doubt"]), name="reaction_of_a_known_kind"),
        ]

    def __str__(self):
        return f"{self.comment_id}: {self.kind}"


class ReplyCount(models.Model):
    """Up to which event the replies of a space have been counted."""

    space = models.OneToOneField(Space, on_delete=models.CASCADE, primary_key=True, related_name="+")
    seq = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = _("count of replies")
        verbose_name_plural = _("counts of replies")

    def __str__(self):
        return f"{self.space_id}: {self.seq}"

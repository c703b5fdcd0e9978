"""What citizens propose, who signs for it, and how two proposals become one."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions.models.spaces import Space
from discussions.models.standing import Moderated, Provenance, State, waiting_index

TITLE_LIMIT = 120
SECOND_THOUGHTS = timedelta(days=14)
"""How long a signature that a merge carried over can be taken back at least."""


class Proposal(Moderated, Provenance):
    """A citizen's proposal to the agency of a space. Others co-sign it within a window; the threshold starts the clock.

    `stage` says how far it has come, `state` who may read it. Threshold and window are fixed at publishing, so nobody
    can move the goalposts afterwards. `closes_at` is the midnight after the last day. `revision` counts the author's
    changes: a signature belongs to the words its signer saw. `author_left_at` is set when an author steps back from a
    proposal that is no longer theirs alone.
    """

    class Stage(models.TextChoices):
        DRAFT = "draft", _("being written")
        OPEN = "open", _("collecting signatures")
        REACHED = "reached", _("over the threshold")
        CLOSED = "closed", _("window over")
        MERGED = "merged", _("merged into another")
        ANSWERED = "answered", _("answered")
        WITHDRAWN = "withdrawn", _("withdrawn")

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="proposals")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    title = models.CharField(_("title"), max_length=TITLE_LIMIT, blank=True)
    text = models.TextField(_("proposal"), blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    client_id = models.CharField(max_length=64)
    revision = models.PositiveIntegerField(default=0)
    threshold = models.PositiveIntegerField(_("signatures needed"), default=0)
    n_signatures = models.PositiveIntegerField(_("signatures"), default=0)
    made_at = models.DateTimeField(_("written"))
    published_at = models.DateTimeField(_("published"), null=True)
    edited_at = models.DateTimeField(_("edited"), null=True)
    closes_at = models.DateTimeField(_("signatures until"), null=True)
    reached_at = models.DateTimeField(_("threshold reached"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    author_left_at = models.DateTimeField(_("author stepped back"), null=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="absorbed")
    merged_at = models.DateTimeField(_("merged"), null=True)

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="proposal_once_per_client_id"),
            models.CheckConstraint(
                condition=Q(stage="draft", published_at=None, closes_at=None, n_signatures=0)
                | (~Q(stage="draft") & Q(published_at__isnull=False, closes_at__isnull=False, threshold__gt=0)),
                name="proposal_published_with_its_terms",
            ),
            models.CheckConstraint(
                condition=Q(stage="merged", merged_into__isnull=False, merged_at__isnull=False)
                | (~Q(stage="merged") & Q(merged_into=None, merged_at=None)),
                name="proposal_merged_into_one",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="proposal_not_merged_into_itself"),
            models.CheckConstraint(
                condition=Q(stage="withdrawn", state="withdrawn", withdrawn_at__isnull=False, text="")
                | (~Q(stage="withdrawn") & ~Q(state="withdrawn") & Q(withdrawn_at=None)),
                name="proposal_withdrawn_keeps_no_text",
            ),
            models.CheckConstraint(
                condition=~Q(stage="reached") | Q(reached_at__isnull=False), name="proposal_reached_at_a_moment"
            ),
            models.CheckConstraint(
                condition=~Q(state="hidden") | ~Q(hidden_reason=""), name="proposal_hidden_has_reason"
            ),
        ]
        indexes = [
            models.Index(
                F("space"),
                F("published_at").desc(),
                F("id").desc(),
                condition=~Q(stage="draft"),
                name="proposal_newest",
            ),
            models.Index(
                F("space"),
                F("n_signatures").desc(),
                F("id").desc(),
                condition=~Q(stage="draft"),
                name="proposal_most_signed",
            ),
            models.Index(fields=["closes_at", "id"], condition=Q(stage="open"), name="proposal_closing"),
            waiting_index("proposal"),
            models.Index(fields=["space", "closes_at", "id"], condition=Q(stage="open"), name="proposal_closing_here"),
            models.Index(fields=["author", "made_at"], name="proposal_by_author"),
        ]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("discussions:proposal", args=[self.space.slug, self.pk])

    @property
    def words(self) -> str:
        return f"{self.title}\n\n{self.text}".strip()

    @property
    def public_title(self) -> str:
        """What it is called where something else speaks of it: no title that a moderator holds or has hidden."""
        is_public = self.state in (State.VISIBLE, State.WITHDRAWN) and self.stage != self.Stage.DRAFT
        return self.title if is_public else str(_("not public any more"))

    @property
    def signed_by(self) -> str:
        """The name of its author for the public: "" after they have stepped back."""
        return "" if self.author_left_at else self.author.display_name

    @property
    def last_day(self):
        """The last day on which signatures count, in local time."""
        return timezone.localtime(self.closes_at - timedelta(microseconds=1)).date()

    def takes_signatures(self, at: datetime) -> bool:
        """Does a signature that arrived at this moment count?"""
        return (
            self.stage in (self.Stage.OPEN, self.Stage.REACHED)
            and self.state == self.State.VISIBLE
            and at < self.closes_at
        )


class Signature(Provenance):
    """A member stands behind a proposal. Counted, never listed by name.

    One that a merge carried over keeps the moment it was given at and remembers the proposal it was given to.
    """

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="signatures")
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signatures")
    signed_at = models.DateTimeField(_("signed"))
    carried_from = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, related_name="+")
    carried_at = models.DateTimeField(_("carried over"), null=True)

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        constraints = [
            models.UniqueConstraint(fields=["proposal", "member"], name="signature_once_per_member"),
            models.CheckConstraint(
                condition=Q(carried_from=None, carried_at=None)
                | (Q(carried_from__isnull=False, carried_at__isnull=False) & ~Q(carried_from=F("proposal"))),
                name="signature_carried_from_elsewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["proposal", "level"], name="signature_by_level"),
            models.Index(fields=["member", "signed_at"], name="signature_by_member"),
        ]

    def __str__(self):
        return f"{self.proposal_id}"

    def may_be_taken_back(self, at: datetime) -> bool:
        """While its proposal collects signatures, and for a while after a merge carried it over."""
        late = self.carried_at is not None and at < self.carried_at + SECOND_THOUGHTS
        return self.proposal.takes_signatures(at) or (late and self.proposal.state == State.VISIBLE)


class Addendum(Moderated, Provenance):
    """What an author adds once others have signed: dated, shown apart, below words that stay as they were signed."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+")
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="addenda")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("addendum"), blank=True)
    client_id = models.CharField(max_length=64)
    made_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("addendum")
        verbose_name_plural = _("addenda")
        ordering = ["made_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="addendum_once_per_client_id"),
            models.CheckConstraint(
                condition=~Q(state="hidden") | ~Q(hidden_reason=""), name="addendum_hidden_has_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="withdrawn") | Q(text=""), name="addendum_withdrawn_keeps_no_words"
            ),
        ]
        indexes = [waiting_index("addendum")]

    def __str__(self):
        return f"{self.proposal_id}+{self.pk}"

    def get_absolute_url(self):
        return f"{self.proposal.get_absolute_url()}#addendum-{self.pk}"

    @property
    def words(self) -> str:
        return self.text


class Merge(models.Model):
    """Somebody asks that one proposal become part of another. Never changed: what happened to it are its steps."""

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="merges")
    source = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="merges_away")
    target = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="merges_here")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("why they belong together"))
    client_id = models.CharField(max_length=64)
    asked_at = models.DateTimeField(_("asked"))
    expires_at = models.DateTimeField(_("open until"))

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.UniqueConstraint(fields=["asked_by", "client_id"], name="merge_once_per_client_id"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="merge_of_two"),
        ]

    def __str__(self):
        return f"{self.source_id} > {self.target_id}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("A request to merge is never changed; add a step to it.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("A request to merge is never deleted.")


class MergeStep(models.Model):
    """What became of a request to merge. Rows are only ever added; one that ends it comes last and only once."""

    class Kind(models.TextChoices):
        ACCEPTED = "accepted", _("agreed")
        REFUSED = "refused", _("refused")
        MERGED = "merged", _("merged")
        EXPIRED = "expired", _("expired without an answer")

    ENDS = (Kind.REFUSED, Kind.MERGED, Kind.EXPIRED)

    merge = models.ForeignKey(Merge, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.TextField(_("words"), blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("step of a merge")
        verbose_name_plural = _("steps of merges")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["merge", "member"], condition=Q(kind="accepted"), name="merge_accepted_once_per_author"
            ),
            models.UniqueConstraint(
                fields=["merge"], condition=Q(kind__in=["refused", "merged", "expired"]), name="merge_ends_once"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["accepted", "refused"]) | Q(member__isnull=False), name="merge_step_has_a_person"
            ),
        ]

    def __str__(self):
        return f"{self.merge_id}: {self.kind}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValueError("A step of a merge is never changed.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValueError("A step of a merge is never deleted.")

"""Official answers before they are public: written in the admin, approved there, and published by the civic action."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.forms.models import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.documents import get_document_model
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, LockableMixin, PreviewableMixin, RevisionMixin, WorkflowMixin

from discussions import answer_rules, replies, rules
from discussions.errors import CivicError, NotFound
from discussions.models import (
    Agency,
    Comment,
    Proposal,
    Question,
    Reply,
    ReplyPoint,
    Space,
    Statement,
    Wording,
)
from discussions.replies import Document, Point
from discussions.rules import Verdict

WHOLE = "space"
REVISIONS = 100  # looked at to find who stands behind the words
MODELS = {
    "comment": Comment,
    "question": Question,
    "proposal": Proposal,
    "statement": Statement,
    "wording": Wording,
}
TARGET_WORDS = {
    WHOLE: _("the whole discussion"),
    "topic": _("a topic"),
    "comment": _("a comment"),
    "question": _("a live question"),
    "proposal": _("a proposal"),
    "statement": _("a statement"),
    "wording": _("a suggested wording"),
}
# What stays as it is, whatever an older revision says.
FIXED = ("space_id", "agency_id", "officer_id", "target", "target_key", "target_label", "reply_id")


class PointBlock(blocks.StructBlock):
    """One point: what people asked for, the decision, the reasons, what happens next."""

    label = blocks.CharBlock(label=_("Point"), max_length=replies.LABEL_LIMIT)
    topic_number = blocks.IntegerBlock(
        label=_("Number of the topic"),
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text=_("It tells everybody who spoke of this topic that this point answers them. Empty: no topic."),
    )
    verdict = blocks.ChoiceBlock(label=_("Decision"), choices=ReplyPoint.Verdict.choices)
    text = blocks.TextBlock(label=_("Reasons"), rows=4)
    next_step = blocks.TextBlock(label=_("What happens next"), required=False, rows=2)

    class Meta:
        icon = "list-ul"
        label = _("Point")


class AnswerDraftForm(WagtailAdminModelForm):
    """Checks the words as the action will, so that a refusal stands beside the form and not behind it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        # Only the whole discussion is answered point by point; points of an older draft can still be taken away.
        if self.instance.target != WHOLE and not self.instance.points:
            self.fields.pop("points", None)

    def clean(self):
        cleaned = super().clean()
        draft = self.instance
        words = said_in(cleaned.get)
        publishes = self._has("publish") or self._has("workflow-action") and self._approves
        try:
            if draft.reply_id and publishes and not (cleaned.get("why") or "").strip():
                self.add_error("why", _("This answer is public. Please say why it is corrected."))
            if publishes:
                is_approved = draft.require_second_person(self.for_user, words)
                replies.require_approval_of(draft.space, is_approved=is_approved)
            if (publishes or self._has("submit")) and words.text:
                whole = draft.target == WHOLE
                replies.check(text=words.text, whole=whole, points=words.points, documents=words.documents)
        except CivicError as error:
            self.add_error("text", error.message)
        return cleaned

    def _has(self, action: str) -> bool:
        return f"action-{action}" in self.data

    @property
    def _approves(self) -> bool:
        return self.data.get("workflow-action-name") == "approve"


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer says, however it is stored: two revisions with the same words are equal."""

    text: str
    points: tuple[Point, ...]
    documents: tuple[Document, ...]
    why: str


def said_in(value: Callable[[str], Any]) -> Said:
    """What the fields that `value` gives by their names say."""
    return Said(
        _plain(value("text")),
        tuple(points_in(value("points") or ())),
        tuple(documents_in(value("documents") or ())),
        _plain(value("why")),
    )


def _plain(text: str | None) -> str:
    return "\n".join((text or "").strip().splitlines())


class AnswerDraft(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, models.Model):
    """An answer on its way. `target` and `target_key` say what it answers; publishing it gives or corrects the Reply.

    `officer` signs. Once published, the words the public reads are those of the Reply; the draft is where the next
    correction is written.
    """

    space = models.ForeignKey(Space, on_delete=models.PROTECT, related_name="+", editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", editable=False)
    officer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    target = models.CharField(_("answers"), max_length=10, choices=TARGET_WORDS.items(), editable=False)
    target_key = models.BigIntegerField(default=0, editable=False)
    target_label = models.CharField(max_length=200, blank=True, editable=False)
    text = models.TextField(_("answer"), max_length=10000)
    points = StreamField([("point", PointBlock())], blank=True, verbose_name=_("point by point"))
    documents = StreamField([("document", DocumentChooserBlock())], blank=True, verbose_name=_("documents"))
    why = models.TextField(
        _("why it is corrected"),
        blank=True,
        max_length=2000,
        help_text=_("Needed when the answer is public already. It stands beside the earlier version."),
    )
    reply = models.OneToOneField(
        Reply, on_delete=models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("published answer")
    )

    base_form_class = AnswerDraftForm
    panels = [
        HelpPanel(template="cms/panels/answer_target.html"),
        FieldPanel("text"),
        FieldPanel("points"),
        FieldPanel("documents"),
        FieldPanel("why"),
    ]

    class Meta:
        verbose_name = _("draft of an answer")
        verbose_name_plural = _("drafts of answers")
        constraints = [
            models.UniqueConstraint(
                fields=["space", "agency", "target", "target_key"], name="answer_draft_once_per_target"
            ),
        ]

    def __str__(self):
        name = self.target_label or self.get_target_display()
        return f"{self.space}: {name}"

    def with_content_json(self, content):
        """A revision brings words back, never another target, signer or published answer."""
        draft = super().with_content_json(content)
        for column in FIXED:
            setattr(draft, column, getattr(self, column))
        return draft

    def may_judge(self, member) -> bool:
        """May this member approve it or send it back: somebody of the same agency who does not sign?"""
        may = bool(answer_rules.may_answer_for(member, self.agency_id))
        return may and member.pk != self.officer_id

    def is_approved_by(self, member, words: Said | None = None, *, upto: int | None = None) -> bool:
        """Would these words, by default the newest, have two people behind them if this member published them?

        Not when nobody else has saved exactly these: whoever changes an answer needs somebody who agrees. `upto` is the
        last revision to look at.
        """
        may = bool(answer_rules.may_answer_for(member, self.agency_id))
        return may and bool(self._writers(words, upto) - {member.pk})

    def require_second_person(self, member, words: Said, *, upto: int | None = None) -> bool:
        """As `is_approved_by`. Raises NotAllowed when words that this member alone has saved would be published under
        the name of another.
        """
        is_approved = self.is_approved_by(member, words, upto=upto)
        if member.pk != self.officer_id and not is_approved:
            rules.require(Verdict(False, "own_changes"))
        return is_approved

    def _writers(self, words: Said | None, upto: int | None) -> set[int]:
        """Who has saved these words since they stand in the newest revisions."""
        found: set[int] = set()
        revisions = self.revisions.order_by("-pk")
        for revision in (revisions.filter(pk__lte=upto) if upto is not None else revisions)[:REVISIONS]:
            draft = revision.as_object()
            said = said_in(partial(getattr, draft))
            words = words or said
            if said != words:
                break
            found.add(revision.user_id)
        return found - {None}

    def publish(self, revision, user=None, **kwargs):
        """Publish a revision, and with it the answer. Done twice, it is one answer; with other words a correction.

        Raises CivicError when the action refuses; then nothing is published.
        """
        with transaction.atomic():
            rules.require(answer_rules.may_answer_for(user or self.officer, self.agency_id))
            # Whoever publishes at the same moment waits here, and then corrects instead of answering.
            self.reply_id = AnswerDraft.objects.select_for_update().get(pk=self.pk).reply_id
            super().publish(revision, user=user, **kwargs)
            draft = AnswerDraft.objects.select_related("space", "officer", "reply").get(pk=self.pk)
            if draft.live:
                words = said_in(partial(getattr, draft))
                draft._give(is_approved=user is not None and draft.require_second_person(user, words, upto=revision.pk))

    def _give(self, *, is_approved: bool) -> None:
        said = {
            "text": self.text,
            "points": points_in(self.points),
            "documents": documents_in(self.documents),
            "is_approved": is_approved,
        }
        if self.reply is not None:
            # Links that were given without the library cannot be chosen here, so they stay.
            said["documents"] += [
                Document(row.title, row.url) for row in self.reply.documents.all() if in_library(row.url) is None
            ]
            replies.correct(reply=self.reply, officer=self.officer, why=self.why, **said)
            return
        reply = replies.answer(
            space=self.space, officer=self.officer, client_id=f"draft-{self.pk}", **self._target(), **said
        )
        AnswerDraft.objects.filter(pk=self.pk).update(reply=reply)

    def _target(self) -> dict:
        if self.target == WHOLE:
            return {"whole": True}
        if self.target == "topic":
            return {"topic_number": self.target_key, "topic_label": self.target_label}
        found = MODELS[self.target].objects.filter(pk=self.target_key).first()
        if found is None:
            raise NotFound(rules.explained("withdrawn"), code="target_gone")
        return {self.target: found}

    @property
    def preview_modes(self):
        return [("", _("Answer"))]

    def serve_preview(self, request, mode_name):
        """The answer as its readers will see it."""
        points = [
            {
                "position": position,
                "label": point.label,
                "verdict": point.verdict,
                "get_verdict_display": ReplyPoint.Verdict(point.verdict).label if point.verdict else "",
                "text": point.text,
                "next_step": point.next_step,
            }
            for position, point in enumerate(points_in(self.points))
        ]
        context = {
            "draft": self,
            "now": timezone.now(),
            "points": points,
            "documents": documents_in(self.documents),
            "space": self.space,
        }
        return TemplateResponse(request, "cms/answer_draft_preview.html", context)


def points_in(stream) -> list[Point]:
    """The points of the editor's field, as the action takes them."""
    return [
        Point(
            label=block.value.get("label") or "",
            verdict=block.value.get("verdict") or "",
            text=block.value.get("text") or "",
            next_step=block.value.get("next_step") or "",
            topic_number=block.value.get("topic_number"),
        )
        for block in stream
    ]


def documents_in(stream) -> list[Document]:
    """The chosen documents by title and address; one that was deleted since is left out."""
    return [Document(block.value.title, block.value.url) for block in stream if block.value]


def in_library(url: str):
    """The document of the library at this address, if there is one."""
    try:
        found = resolve(url)
    except Resolver404:
        return None
    if found.url_name != "wagtaildocs_serve":
        return None
    return get_document_model().objects.filter(pk=found.kwargs["document_id"]).first()


@transaction.atomic
def begin(*, space: Space, officer, target: str, key: int = 0, label: str = "", points=()) -> AnswerDraft:
    """The draft of an agency for one target: the one that is there, or a new one signed by this officer.

    The whole of a discussion has one for each review: once the clock of another review runs, the draft whose answer
    is public stays with that answer.

    Raises NotAllowed (no role, another agency owes the answer).
    """
    owed_by = space.agency_id if target in (WHOLE, "proposal") else None
    rules.require(answer_rules.may_answer_for(officer, owed_by))
    if target == WHOLE:
        key = _key_of_whole(space, officer.agency_id)
    draft, is_new = AnswerDraft.objects.get_or_create(
        space=space,
        agency_id=officer.agency_id,
        target=target,
        target_key=key,
        defaults={
            "officer": officer,
            "target_label": label[:200],
            "live": False,
            "points": [("point", {"label": one.label, "topic_number": one.topic_number}) for one in points],
        },
    )
    if is_new:
        draft.save_revision(user=officer, clean=False)
    return draft


def _key_of_whole(space: Space, agency_id: int) -> int:
    """The `target_key` of the draft for the present review: 0 for the first one, then the clock that asks for it."""
    drafts = AnswerDraft.objects.filter(space=space, agency=agency_id, target=WHOLE).order_by("-pk")
    latest = drafts.filter(reply=None).first() or drafts.first()
    if latest is None:
        return 0
    owed = space.clocks.filter(proposal=None, session=None, answered_at=None).first()
    return latest.target_key if owed is None or latest.reply_id is None else owed.pk

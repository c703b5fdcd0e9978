"""Official answers and milestones through the interface for programs."""

from datetime import date, datetime

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from discussions import replies
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import LARGEST_ID, Stretch, stretch
from discussions.api.shapes import CLIENT_ID, Refusal
from discussions.errors import NotFound
from discussions.models import Comment, Milestone, Proposal, Question, Reply, ReplyPoint, Statement, Wording
from discussions.rules import explained

router = Router(tags=["answers"])
LARGEST_TOPIC = 2**31 - 1
KINDS = {
    "comment": Comment,
    "question": Question,
    "proposal": Proposal,
    "statement": Statement,
    "wording": Wording,
}


class PointOut(Schema):
    """One point of an answer to a whole discussion."""

    topic: int | None = Field(alias="topic_number")
    label: str
    verdict: str
    text: str
    next_step: str


class DocumentOut(Schema):
    """Something that belongs to an answer."""

    title: str
    url: str


class AnswerOut(Schema):
    """An official answer as it is valid now. `target` names what it answers, `target_id` is its number or topic."""

    id: int
    agency: str
    signed_by: str
    target: str
    target_id: int
    text: str
    points: list[PointOut]
    documents: list[DocumentOut]
    version: int
    answered_at: datetime
    corrected_at: datetime | None
    url: str

    @staticmethod
    def resolve_agency(reply: Reply) -> str:
        return reply.agency.name

    @staticmethod
    def resolve_signed_by(reply: Reply) -> str:
        return reply.officer.display_name

    @staticmethod
    def resolve_target_id(reply: Reply) -> int:
        return target_id(reply)

    @staticmethod
    def resolve_points(reply: Reply):
        return reply.points.all()

    @staticmethod
    def resolve_documents(reply: Reply):
        return reply.documents.all()

    @staticmethod
    def resolve_url(reply: Reply) -> str:
        return reply.get_absolute_url()


class AnswerList(Schema):
    """A stretch of answers, newest first."""

    items: list[AnswerOut]
    before: int | None


class PointIn(Schema):
    """One point to publish."""

    label: str
    verdict: ReplyPoint.Verdict
    text: str
    next_step: str = ""
    topic: int | None = Field(None, ge=1, le=LARGEST_TOPIC)


class DocumentIn(Schema):
    """A document by its address."""

    title: str
    url: str


class AnswerIn(Schema):
    """An official answer to publish. `target` is "space" (with points), "topic", or a kind of contribution."""

    target: str = Field(pattern="^(space|topic|comment|question|proposal|statement|wording)$")
    target_id: int | None = Field(None, ge=0, le=LARGEST_ID)
    topic_label: str = Field("", max_length=200)
    text: str
    points: list[PointIn] = []
    documents: list[DocumentIn] = []
    client_id: str = Field(pattern=CLIENT_ID)


class MilestoneOut(Schema):
    """A step an agency announced, as it stands now."""

    id: int
    agency: str
    what: str
    due_on: date
    state: str
    reason: str
    topic: int | None = Field(alias="topic_number")
    changed_at: datetime

    @staticmethod
    def resolve_agency(milestone: Milestone) -> str:
        return milestone.agency.name


class MilestoneList(Schema):
    """A stretch of milestones, the newest first."""

    items: list[MilestoneOut]
    before: int | None


def target_id(reply: Reply) -> int:
    """The number of what is answered; for a topic its lasting number."""
    return reply.topic_number if reply.target == "topic" else getattr(reply, f"{_column(reply.target)}_id")


def _column(target: str) -> str:
    return "whole" if target == "space" else target


@router.get("spaces/{slug}/answers", response=AnswerList, summary=gettext_noop("Official answers of a discussion"))
def index(request, slug: str, asked: Query[Stretch]):
    """Newest first, each in the version that is valid now."""
    found = Reply.objects.filter(space=space_or_404(slug)).select_related("agency", "officer", "space")
    rows, before = stretch(found.prefetch_related("points", "documents"), asked)
    return {"items": rows, "before": before}


@router.post(
    "spaces/{slug}/answers",
    response={201: AnswerOut, frozenset({400, 401, 403, 404, 409, 422}): Refusal},
    auth=TokenAccess(),
    summary=gettext_noop("Publish an official answer"),
)
def give(request, slug: str, sent: AnswerIn):
    """In the name of the officer whose token is used, signed by their agency."""
    space = space_or_404(slug)
    reply = replies.answer(
        space=space,
        officer=request.auth,
        text=sent.text,
        client_id=sent.client_id,
        points=[
            replies.Point(point.label, point.verdict, point.text, point.next_step, point.topic) for point in sent.points
        ],
        documents=[replies.Document(document.title, document.url) for document in sent.documents],
        **_target(sent),
    )
    return Status(201, reply)


def _target(sent: AnswerIn) -> dict:
    if sent.target == "space":
        return {"whole": True}
    if sent.target == "topic":
        if sent.target_id is None or not 1 <= sent.target_id <= LARGEST_TOPIC:
            raise NotFound(explained("withdrawn"), code="target_gone")
        return {"topic_number": sent.target_id, "topic_label": sent.topic_label}
    found = KINDS[sent.target].objects.filter(pk=sent.target_id).first()
    if found is None:
        raise NotFound(explained("withdrawn"), code="target_gone")
    return {sent.target: found}


@router.get("spaces/{slug}/answers/{answer_id}", response=AnswerOut, summary=gettext_noop("One official answer"))
def one(request, slug: str, answer_id: int):
    """In the version that is valid now."""
    found = Reply.objects.filter(space=space_or_404(slug)).select_related("agency", "officer", "space")
    return get_object_or_404(found, pk=min(max(answer_id, 0), LARGEST_ID))


@router.get("spaces/{slug}/milestones", response=MilestoneList, summary=gettext_noop("What follows after the decision"))
def milestones(request, slug: str, asked: Query[Stretch]):
    """Steps the agency has announced."""
    rows, before = stretch(Milestone.objects.filter(space=space_or_404(slug)).select_related("agency"), asked)
    return {"items": rows, "before": before}

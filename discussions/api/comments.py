"""Comments through the interface for programs."""

from datetime import datetime
from typing import Self

from django.http import Http404
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status
from pydantic import model_validator

from discussions import comments, petitions, reactions, texts
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import LARGEST_ID, Stretch, stretch
from discussions.api.shapes import CLIENT_ID, Refusal
from discussions.models import Channel, Comment, CommentEdit, Paragraph, Proposal, Reaction, Space

router = Router(tags=["comments"])
REFUSED = {frozenset({401, 403, 404, 409, 422, 429}): Refusal}


class CommentOut(Schema):
    """A published comment. `author` is the name its author chose."""

    id: int
    parent: int | None = Field(alias="parent_id")
    proposal: int | None = Field(alias="proposal_id")
    paragraph: int | None = Field(alias="paragraph_id")
    author: str
    kind: str
    text: str
    state: str
    posted_at: datetime
    edited_at: datetime | None
    agree: int = Field(alias="n_agree")
    thanks: int = Field(alias="n_thanks")
    doubt: int = Field(alias="n_doubt")
    url: str

    @staticmethod
    def resolve_author(comment: Comment) -> str:
        return comment.author.display_name

    @staticmethod
    def resolve_url(comment: Comment) -> str:
        return comment.get_absolute_url()


class CommentList(Schema):
    """A stretch of comments, newest first."""

    items: list[CommentOut]
    before: int | None


class CommentIn(Schema):
    """A comment to publish. Sent again with the same `client_id`, the first one comes back.

    `proposal` or `paragraph` names what it stands below; without them it stands in the discussion of the space. A
    reply stands where its `parent` does.
    """

    text: str
    client_id: str = Field(pattern=CLIENT_ID)
    kind: Comment.Kind = Comment.Kind.OPINION
    parent: int | None = Field(None, ge=0, le=LARGEST_ID)
    proposal: int | None = Field(None, ge=0, le=LARGEST_ID)
    paragraph: int | None = Field(None, ge=0, le=LARGEST_ID)

    @model_validator(mode="after")
    def _stands_in_one_place(self) -> Self:
        if self.proposal is not None and self.paragraph is not None:
            raise ValueError("A comment stands below a proposal or below a paragraph, not below both.")
        return self


class WordsIn(Schema):
    """New words for one's own comment."""

    text: str


class EditOut(Schema):
    """The words before one edit, and until when they stood."""

    id: int
    text: str
    until: datetime


class EditList(Schema):
    """The edits of a comment, latest first."""

    items: list[EditOut]
    before: int | None


@router.get("spaces/{slug}/comments", response=CommentList, summary=gettext_noop("Comments of a discussion"))
def index(request, slug: str, asked: Query[Stretch]):
    """Published ones, newest first."""
    space = space_or_404(slug)
    rows, before = stretch(Comment.objects.published().filter(space=space).select_related("author", "space"), asked)
    return {"items": rows, "before": before}


@router.post(
    "spaces/{slug}/comments",
    response={201: CommentOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Publish a comment"),
)
def post(request, slug: str, sent: CommentIn):
    """In the name of the member whose token is used. `state` is "held" when a moderator looks first.

    Also below a proposal or a paragraph: there the level of that instrument is asked for.
    """
    space = space_or_404(slug)
    comment = comments.post(
        space=space,
        proposal=None if sent.proposal is None else _proposal(space, sent.proposal),
        paragraph=None if sent.paragraph is None else _paragraph(space, sent.paragraph),
        author=request.auth,
        text=sent.text,
        kind=sent.kind,
        client_id=sent.client_id,
        parent_id=sent.parent,
        channel=Channel.API,
    )
    return Status(201, comment)


@router.get("spaces/{slug}/comments/{int:pk}", response=CommentOut, summary=gettext_noop("One comment"))
def one(request, slug: str, pk: int):
    """A published one, with its reactions."""
    return _found(space_or_404(slug), pk)


@router.get(
    "spaces/{slug}/comments/{int:pk}/replies", response=CommentList, summary=gettext_noop("Replies to a comment")
)
def replies(request, slug: str, pk: int, asked: Query[Stretch]):
    """Published ones that answer this comment itself, newest first."""
    parent = _found(space_or_404(slug), pk)
    rows, before = stretch(parent.replies.published().select_related("author", "space"), asked)
    return {"items": rows, "before": before}


@router.get(
    "spaces/{slug}/comments/{int:pk}/history", response=EditList, summary=gettext_noop("Earlier words of a comment")
)
def history(request, slug: str, pk: int, asked: Query[Stretch]):
    """The words before each edit. Hidden and withdrawn comments have none."""
    comment = _found(space_or_404(slug), pk)
    rows, before = stretch(CommentEdit.objects.filter(comment=comment), asked)
    return {"items": rows, "before": before}


@router.patch(
    "spaces/{slug}/comments/{int:pk}",
    response={200: CommentOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Change one's own words"),
)
def edit(request, slug: str, pk: int, sent: WordsIn):
    """The earlier words stay in the history."""
    return comments.edit(comment=_found(space_or_404(slug), pk), author=request.auth, text=sent.text)


@router.delete(
    "spaces/{slug}/comments/{int:pk}",
    response={200: CommentOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Withdraw one's own words"),
)
def withdraw(request, slug: str, pk: int):
    """They and their history are erased; replies keep their place. Also while a moderator has not looked yet."""
    comment = Comment.objects.filter(space=space_or_404(slug), pk=pk).select_related("author", "space").first()
    if comment is None or (comment.state == Comment.State.HELD and comment.author_id != request.auth.pk):
        raise Http404
    return comments.withdraw(comment=comment, author=request.auth)


@router.put(
    "spaces/{slug}/comments/{int:pk}/reactions/{kind}",
    response={200: CommentOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("React to a comment"),
)
def react(request, slug: str, pk: int, kind: Reaction.Kind):
    """agree and doubt take each other's place. Sent twice, it counts once."""
    comment = _found(space_or_404(slug), pk)
    return reactions.give(comment=comment, member=request.auth, kind=kind, channel=Channel.API)


@router.delete(
    "spaces/{slug}/comments/{int:pk}/reactions/{kind}",
    response={200: CommentOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Take a reaction back"),
)
def take_back(request, slug: str, pk: int, kind: Reaction.Kind):
    """Harmless without one."""
    return reactions.take_back(comment=_found(space_or_404(slug), pk), member=request.auth, kind=kind)


def _proposal(space: Space, pk: int) -> Proposal:
    found = petitions.readable(space).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _paragraph(space: Space, pk: int) -> Paragraph:
    found = texts.last_words(pk)
    if found is None or found.version.text.space_id != space.pk:
        raise Http404
    return found.paragraph


def _found(space: Space, pk: int) -> Comment:
    """A published comment of this space."""
    found = Comment.objects.published().filter(space=space, pk=pk).select_related("author", "space").first()
    if found is None:
        raise Http404
    return found

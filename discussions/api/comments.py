"""Comments through the interface for programs."""

from datetime import datetime

from ninja import Field, Query, Router, Schema

from discussions import comments
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import LARGEST_ID, Stretch, stretch
from discussions.api.shapes import Refusal
from discussions.models import Channel, Comment

router = Router(tags=["comments"])
CLIENT_ID = r"^[A-Za-z0-9_-]{8,64}$"


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
    """A comment to publish. Sent again with the same `client_id`, the first one comes back."""

    text: str
    client_id: str = Field(pattern=CLIENT_ID)
    kind: Comment.Kind = Comment.Kind.OPINION
    parent: int | None = Field(None, ge=0, le=LARGEST_ID)


@router.get("spaces/{slug}/comments", response=CommentList, summary="Comments of a discussion")
def index(request, slug: str, asked: Query[Stretch]):
    """Published ones, newest first."""
    space = space_or_404(slug)
    rows, before = stretch(Comment.objects.published().filter(space=space).select_related("author", "space"), asked)
    return {"items": rows, "before": before}


@router.post(
    "spaces/{slug}/comments",
    response={201: CommentOut, frozenset({401, 403, 404, 409, 422, 429}): Refusal},
    auth=TokenAccess(),
    summary="Publish a comment",
)
def post(request, slug: str, sent: CommentIn):
    """In the name of the member whose token is used. `state` is "held" when a moderator looks first."""
    comment = comments.post(
        space=space_or_404(slug),
        author=request.auth,
        text=sent.text,
        kind=sent.kind,
        client_id=sent.client_id,
        parent_id=sent.parent,
        channel=Channel.API,
    )
    return 201, comment

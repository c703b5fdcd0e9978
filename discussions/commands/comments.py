"""Comment on the space."""

from discussions import comments
from discussions.commands.shape import valid
from discussions.forms import CommentForm
from discussions.models import Space


def comment(space: Space, member, frame: dict) -> dict:
    """Post a comment or a reply."""
    given = {"client_id": frame.get("id"), **{name: frame.get(name) for name in ("text", "kind", "parent")}}
    shape = valid(CommentForm(given))
    posted = comments.post(
        space=space,
        author=member,
        text=shape["text"],
        kind=shape["kind"],
        client_id=shape["client_id"],
        parent_id=shape["parent"],
    )
    return {"comment": str(posted.pk), "root": str(posted.root_id or posted.pk)}

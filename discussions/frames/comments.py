"""Frames about comments and the official answers to them."""

from dataclasses import dataclass

from django.template.loader import render_to_string

from discussions import threads
from discussions.frames.wire import Made
from discussions.models import Comment, State
from discussions.views.comments import comment_context

TEMPLATE = "discussions/components/comment.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """A comment with the official answers to it."""

    comment: Comment
    answers: list


def rows(space_id: int, pks: list[int]) -> dict[int, Shown]:
    """The comments of a space by id."""
    found = Comment.objects.filter(pk__in=pks, space=space_id).select_related("author", "space")
    by_id = {comment.pk: comment for comment in found}
    answers = threads.answers_to(list(by_id)) if by_id else {}
    return {pk: Shown(comment, answers.get(pk)) for pk, comment in by_id.items()}


def comment(shown: Shown) -> Made:
    """A comment as it stands. One that waits for a moderator is told to nobody; it arrives with comment.released."""
    row = shown.comment
    if row.state == State.HELD:
        return None
    facts = {
        "root": str(row.root_id or row.pk),
        "parent": str(row.parent_id) if row.parent_id else None,
        "state": row.state,
    }
    return facts, lambda: render_to_string(TEMPLATE, comment_context(row, answers=shown.answers))

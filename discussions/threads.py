"""Reading a thread: a fixed number of queries and a fixed amount of work, however long the thread is.

Pages are found by key, never by counting rows off: a cursor is the id of the last root shown.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from discussions.ids import PATH_STEP
from discussions.models import Comment, Paragraph, Proposal, Reply, Space

ROOTS = 15
FIRST_REPLIES = 3
REPLIES = 50
LAST_STEP = "z" * PATH_STEP  # above every step of a path


@dataclass(frozen=True, slots=True)
class Branch:
    """A root comment with the first replies; `more` when there are others."""

    root: Comment
    replies: list[Comment]
    more: bool


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Some branches, newest root first. `older` is the cursor of the next page or None. `answers` by comment id."""

    branches: list[Branch]
    older: int | None
    answers: dict[int, list[Reply]]


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """Some replies below one comment, in reading order. `after` is the cursor of the next page or None."""

    replies: list[Comment]
    after: str | None
    answers: dict[int, list[Reply]]


def page(
    space: Space,
    *,
    before: int | None = None,
    proposal: Proposal | None = None,
    paragraph: Paragraph | None = None,
) -> ThreadPage:
    """ROOTS branches of a space, or of the discussion under a proposal or paragraph, those before the root `before` if
    given: three queries."""
    below = Comment.objects.filter(root=OuterRef("pk")).order_by("path").values("path")
    roots = (
        Comment.objects.filter(space=space, parent=None, proposal=proposal, paragraph=paragraph)
        .select_related("author")
        .annotate(
            last_shown=Subquery(below[FIRST_REPLIES - 1 : FIRST_REPLIES]),
            next_hidden=Subquery(below[FIRST_REPLIES : FIRST_REPLIES + 1]),
            any_reply=Subquery(below[:1]),
        )
        .order_by("-id")
    )
    if before is not None:
        roots = roots.filter(id__lt=before)
    found = list(roots[: ROOTS + 1])
    shown, older = found[:ROOTS], found[ROOTS - 1].pk if len(found) > ROOTS else None
    replies = _first_replies(shown)
    ids = [root.pk for root in shown] + [reply.pk for branch in replies.values() for reply in branch]
    branches = [Branch(root, replies[root.pk], root.next_hidden is not None) for root in shown]
    return ThreadPage(branches, older, answers_to(ids))


def around(comment: Comment, *, after: str = "") -> tuple[list[Comment], ReplyPage]:
    """A comment in its place: its ancestors from the root down, and REPLIES of what stands below it.

    `after` is the cursor a previous page gave. Each query is one index range, however long the thread is.
    """
    # A path is made of the ids of those above.
    above = [int(comment.path[PATH_STEP * level : PATH_STEP * (level + 1)], 36) for level in range(comment.depth)]
    ancestors = list(Comment.objects.filter(pk__in=above).select_related("author").order_by("depth"))
    found = list(
        Comment.objects.filter(
            root=comment.root_id or comment.pk,
            path__gt=max(after, comment.path),
            path__lt=comment.path + LAST_STEP,
        )
        .select_related("author")
        .order_by("path")[: REPLIES + 1]
    )
    shown = found[:REPLIES]
    answers = answers_to([one.pk for one in (*ancestors, comment, *shown)])
    return ancestors, ReplyPage(shown, shown[-1].path if len(found) > REPLIES else None, answers)


def answers_to(ids: list[int]) -> dict[int, list[Reply]]:
    """Official answers by the comment they answer: one query."""
    answers: dict[int, list[Reply]] = defaultdict(list)
    for reply in Reply.objects.filter(comment__in=ids).select_related("agency", "officer"):
        answers[reply.comment_id].append(reply)
    return dict(answers)


def _first_replies(roots: list[Comment]) -> dict[int, list[Comment]]:
    """The first replies of each root in one query: one index range per root that has any."""
    wanted = Q()
    for root in roots:
        if root.any_reply is not None:
            reach = {"path__lte": root.last_shown} if root.last_shown is not None else {}
            wanted |= Q(root=root, **reach)
    replies: dict[int, list[Comment]] = defaultdict(list)
    if wanted:
        for reply in Comment.objects.filter(wanted).select_related("author").order_by("path"):
            replies[reply.root_id].append(reply)
    return replies

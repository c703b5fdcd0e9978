"""Reading a thread: a fixed number of queries and a fixed amount of work, however long the thread is.

Pages are found by key, never by counting rows off: a signed cursor holds where the last page ended in its order.
"""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import BooleanField, F, Func, OuterRef, Q, Subquery, TextChoices, Value
from django.utils.translation import gettext_lazy as _

from discussions import cursors, folds
from discussions.ids import PATH_STEP
from discussions.models import Comment, Paragraph, Proposal, Reply, Space, State

ROOTS = 20
FIRST_REPLIES = 3  # of one branch
SHOWN_REPLIES = 20  # of all branches of a page together: lively pages take no longer than quiet ones
REPLIES = 50
# The paths of the first replies, and of the one behind them, as a root is read with them.
REPLY_PATHS = tuple(f"reply_{place}" for place in range(FIRST_REPLIES + 1))
LAST_STEP = "z" * PATH_STEP  # above every step of a path
# What waits for a moderator has no place in a thread yet; what was there before an edit keeps its own.
PLACED = ~Q(state=State.HELD, edited_at=None)


class Sort(TextChoices):
    """The orders a reader may choose from."""

    NEW = "new", _("Newest")
    AGREED = "agreed", _("Most agreed")
    DISCUSSED = "discussed", _("Most discussed")
    UNANSWERED = "unanswered", _("Unanswered")


COLUMNS = {Sort.NEW: "id", Sort.AGREED: "n_agree", Sort.DISCUSSED: "n_replies", Sort.UNANSWERED: "id"}
ONLY = {
    Sort.NEW: PLACED,
    Sort.AGREED: Q(state=State.VISIBLE),
    Sort.DISCUSSED: Q(state=State.VISIBLE),
    Sort.UNANSWERED: Q(state=State.VISIBLE, n_replies=0, is_answered=False),
}
# What a comment must be for others to be folded into it: on pages of this order itself, so that nothing is lost.
FOLDS_INTO = {Sort.UNANSWERED: {"n_replies": 0, "is_answered": False}}


@dataclass(frozen=True, slots=True)
class Branch:
    """A root comment with the first replies; `more` when its own page shows others; `fold` when many said
    the same.
    """

    root: Comment
    replies: list[Comment]
    more: bool
    fold: folds.Fold | None = None


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """Some branches in the order asked for. `older` is the cursor of the next page or None. `answers` by comment id."""

    branches: list[Branch]
    older: str | None
    answers: dict[int, list[Reply]]

    @property
    def ids(self) -> list[int]:
        """All comments on the page."""
        return [one.pk for branch in self.branches for one in (branch.root, *branch.replies)]


@dataclass(frozen=True, slots=True)
class ReplyPage:
    """Some replies below one comment, in reading order. `after` is the cursor of the next page or None."""

    replies: list[Comment]
    after: str | None
    answers: dict[int, list[Reply]]


class _Below(Func):
    """(column, id) < (value, number) as one comparison: what lets the database begin at the right place of an index."""

    output_field = BooleanField()
    template = "(%s, %s) < (%s, %s)"

    def as_sql(self, compiler, connection, **extra):
        parts = [compiler.compile(part) for part in self.source_expressions]
        return self.template % tuple(sql for sql, _values in parts), [
            value for _sql, values in parts for value in values
        ]


def page(
    space: Space,
    *,
    before: str | None = "",
    sort: str = Sort.NEW,
    kind: str = "",
    proposal: Proposal | None = None,
    paragraph: Paragraph | None = None,
    folded: bool = False,
) -> ThreadPage:
    """ROOTS branches of a space, or of the discussion under a proposal or paragraph, and SHOWN_REPLIES replies at most,
    however lively it is: three queries.

    `before` is the cursor that the previous page gave as `older`; one of another order begins anew. The orders and the
    kinds of comment are for the space's own discussion; those under proposals and paragraphs are read newest first.
    `folded`: of what many accounts said alike in the space's own discussion one comment stands for all (one query more
    on a page that has such).
    """
    if proposal is not None or paragraph is not None:
        sort, kind = Sort.NEW, ""
    sort = Sort(sort)
    column = COLUMNS[sort]
    below = Comment.objects.filter(PLACED, root=OuterRef("pk")).order_by("path").values("path")
    roots = (
        Comment.objects.filter(ONLY[sort], space=space, parent=None, proposal=proposal, paragraph=paragraph)
        .select_related("author")
        .annotate(**{name: Subquery(below[place : place + 1]) for place, name in enumerate(REPLY_PATHS)})
        .order_by(*dict.fromkeys((f"-{column}", "-id")))
    )
    if kind:
        roots = roots.filter(kind=kind)
    if folded:
        roots = folds.without_repeats(roots, **FOLDS_INTO.get(sort, {}), **({"kind": kind} if kind else {}))
    order = f"{sort.value}:{kind}"
    if edge := cursors.read(order, before, 2):
        roots = roots.filter(_behind(column, *edge))
    found = list(roots[: ROOTS + 1])
    shown = found[:ROOTS]
    older = cursors.made(order, getattr(shown[-1], column), shown[-1].pk) if len(found) > ROOTS else None
    paths = {root.pk: [path for name in REPLY_PATHS if (path := getattr(root, name))] for root in shown}
    shares = _shares(paths)
    replies = _first_replies(paths, shares)
    ids = [root.pk for root in shown] + [reply.pk for branch in replies.values() for reply in branch]
    fold_of = folds.under(shown) if folded else {}
    branches = [
        Branch(root, replies[root.pk], len(paths[root.pk]) > shares[root.pk], fold_of.get(root.pk)) for root in shown
    ]
    return ThreadPage(branches, older, answers_to(ids))


def _behind(column: str, value: int, number: int) -> Q | _Below:
    if column == "id":
        return Q(id__lt=number)
    return _Below(F(column), F("id"), Value(value), Value(number))


def around(comment: Comment, *, after: str = "", viewer=None) -> tuple[list[Comment], ReplyPage]:
    """A comment in its place: its ancestors from the root down, and REPLIES of what stands below it.

    `after` is the cursor a previous page gave. The viewer also sees their own replies that wait for a moderator. Each
    query is one index range, however long the thread is.
    """
    ancestors = list(Comment.objects.filter(pk__in=_ids(comment.path)[:-1]).select_related("author").order_by("depth"))
    readable = PLACED | Q(author=viewer) if viewer is not None and viewer.is_authenticated else PLACED
    found = list(
        Comment.objects.filter(
            readable,
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


def _shares(paths: dict[int, list[str]]) -> dict[int, int]:
    """How many replies each branch shows: one of each branch, then a second one from the top down, and so on until a
    branch has FIRST_REPLIES or the page SHOWN_REPLIES.
    """
    shares, left = dict.fromkeys(paths, 0), SHOWN_REPLIES
    for turn in range(FIRST_REPLIES):
        for root, below in paths.items():
            if left and len(below) > turn:
                shares[root] += 1
                left -= 1
    return shares


def _first_replies(paths: dict[int, list[str]], shares: dict[int, int]) -> dict[int, list[Comment]]:
    """The replies that the branches show, in one query by their ids."""
    wanted = [_ids(path)[-1] for root, share in shares.items() for path in paths[root][:share]]
    replies: dict[int, list[Comment]] = defaultdict(list)
    if wanted:
        for reply in Comment.objects.filter(PLACED, pk__in=wanted).select_related("author").order_by("path"):
            replies[reply.root_id].append(reply)
    return replies


def _ids(path: str) -> list[int]:
    """What a path is made of: the ids of those above, from the root down, and its own."""
    return [int(path[start : start + PATH_STEP], 36) for start in range(0, len(path), PATH_STEP)]

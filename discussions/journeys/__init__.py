"""Where did my words go: every contribution of a member with the steps it has taken so far.

Each module beside this one knows one kind of contribution and has one function, `of(member, cut, limit)`.
"""

from dataclasses import dataclass

from discussions import cursors
from discussions.journeys import (
    budgets,
    comments,
    decisions,
    fates,
    polls,
    proposals,
    questions,
    signatures,
    statements,
    surveys,
    wordings,
)
from discussions.journeys.contribution import Contribution, Cut
from discussions.models import Member

PAGE = 30
KINDS = (comments, statements, questions, polls, surveys, budgets, wordings, proposals, signatures)


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """Contributions, newest first; `older` is the cursor of the next page or empty."""

    items: list[Contribution]
    older: str


def of(member: Member, *, before: str = "", space_id: int | None = None) -> JourneyPage:
    """The contributions of a member, or those in one space, behind the cursor of an earlier page.

    A constant number of queries, however many there are. A cursor bent by hand shows the first page.
    """
    cut = _cut(before, space_id)
    items = sorted((item for kind in KINDS for item in kind.of(member, cut, PAGE + 1)), key=_place)
    shown = items[:PAGE]
    fates.find(shown)
    decisions.find(shown)
    wordings.find_changes(shown)
    return JourneyPage(shown, _cursor(shown[-1]) if len(items) > PAGE else "")


def _place(item: Contribution) -> tuple:
    """The order of all contributions; `Cut` holds to the same."""
    return -item.at.timestamp(), item.source, -item.key


def _cursor(item: Contribution) -> str:
    return f"{item.at.isoformat()},{item.source},{item.key}"


def _cut(cursor: str, space_id: int | None) -> Cut:
    moment, _comma, rest = cursor.partition(",")
    source, _comma, key = rest.partition(",")
    edge = cursors.moment(moment)
    is_whole = edge is not None and cursors.number(key)
    return Cut(edge, source, int(key), space_id) if is_whole else Cut(space_id=space_id)

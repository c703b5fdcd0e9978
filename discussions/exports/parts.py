"""How reactions, signatures, answers and ballots part by level and channel.

Their own tables tell neither: there a rare level or channel would stand beside a pseudonym, and so point at somebody.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from discussions import splits
from discussions.exports.budgets import published_ballots
from discussions.exports.comments import published_reactions
from discussions.exports.live import published_raises
from discussions.exports.polls import published_poll_votes
from discussions.exports.proposals import published_signatures
from discussions.exports.surveys import published_responses
from discussions.exports.table import BY, OTHER, PART, Row, Table
from discussions.exports.texts import paragraph_votes, published_supports
from discussions.models import Space


@dataclass(frozen=True, slots=True)
class _Given:
    """Rows of a table that hang on `unit`; `said` is what they say, `several` whether a person may say several."""

    table: str
    rows: Callable[[Space], QuerySet]
    unit: str
    said: str = ""
    several: bool = False


_ALL = (
    _Given("reactions", published_reactions, "comment_id", said="kind", several=True),
    _Given("signatures", published_signatures, "proposal_id"),
    _Given("survey_responses", published_responses, "survey_id"),
    _Given("budget_ballots", published_ballots, "budget_id"),
    _Given("paragraph_votes", paragraph_votes, "paragraph_id", said="value"),
    _Given("live_raises", published_raises, "question_id"),
    _Given("live_poll_votes", published_poll_votes, "poll_id", said="option", several=True),
    _Given("wording_supports", published_supports, "wording_id"),
)


def _parts(space: Space) -> Iterator[Row]:
    for given in _ALL:
        found = splits.of_each(given.rows(space), given.unit, said=given.said, several=given.several)
        for unit, dimension, part, said, count in found:
            yield given.table, unit, dimension, part or OTHER, said, count


TABLES = (
    Table(
        name="counts-by-part",
        title=_("Reactions, signatures, answers and ballots by level and channel"),
        columns={
            "table": _("the table whose rows are counted"),
            "number": _(
                "number of the comment, proposal, survey, budget choice, paragraph, suggestion, question or poll"
            ),
            "by": BY,
            "part": PART,
            "said": _(
                "kind of the reaction, value of the vote on a paragraph, choice in a poll; empty in the other tables"
            ),
            "rows": _("how many rows of that table"),
        },
        rows=_parts,
        types={"number": "integer", "rows": "integer"},
    ),
)

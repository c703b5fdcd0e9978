"""Statements and votes as open data."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from django.utils.translation import gettext_lazy as _

from discussions import splits
from discussions.exports.table import BY, OTHER, PART, Row, Table, person, voter
from discussions.models import Space, State, Vote
from discussions.voting import with_tallies

READ_AT_ONCE = 5000


def _statements(space: Space) -> Iterator[Row]:
    for statement in with_tallies(space).order_by("id").iterator(chunk_size=1000):
        yield (
            statement.pk,
            "" if statement.is_seed else person(space, statement.author_id),
            statement.is_seed,
            statement.text,
            statement.made_at,
            statement.closed_at is not None,
            statement.agree,
            statement.disagree,
            statement.passed,
        )


def published_votes(space: Space):
    """Votes on published statements, those of one statement together."""
    return Vote.objects.filter(statement__space=space, statement__state=State.VISIBLE).order_by("statement_id")


def _votes(space: Space) -> Iterator[Row]:
    """The votes of one statement in the order of pseudonyms: the order in which they came would tell people apart."""
    rows = published_votes(space).values_list("statement_id", "member_id", "value", "cast_at")
    for _statement, votes in groupby(rows.iterator(chunk_size=READ_AT_ONCE), key=itemgetter(0)):
        named = [(statement, voter(space, member), value, at.date()) for statement, member, value, at in votes]
        yield from sorted(named, key=itemgetter(1))


def _split(space: Space) -> Iterator[Row]:
    """How the votes on each statement part by level and by channel; small parts are folded together."""
    for dimension in splits.DIMENSIONS:
        counted = published_votes(space).values_list("statement_id", dimension).annotate(**splits.SUMS)
        for statement, rows in groupby(counted.iterator(chunk_size=READ_AT_ONCE), key=itemgetter(0)):
            for part in splits.parts((str(row[1]), *row[2:]) for row in rows):
                yield statement, dimension, part.key or OTHER, part.agree, part.disagree, part.passed


TABLES = (
    Table(
        name="statements",
        title=_("Statements"),
        columns={
            "id": _("number of the statement"),
            "person": _("pseudonym of its author"),
            "by_agency": _("whether the agency wrote it"),
            "text": _("the words"),
            "made_at": _("when it was made"),
            "closed": _("whether voting on it is closed"),
            "agree": _("how many agree"),
            "disagree": _("how many disagree"),
            "passed": _("how many passed"),
        },
        rows=_statements,
        types={
            "by_agency": "boolean",
            "made_at": "datetime",
            "closed": "boolean",
            **dict.fromkeys(("id", "agree", "disagree", "passed"), "integer"),
        },
    ),
    Table(
        name="votes",
        title=_("Votes on statements"),
        columns={
            "statement": _("number of the statement"),
            "person": _("pseudonym of the voter"),
            "value": _("1 agree, 0 pass, -1 disagree"),
            "day": _("the day it was cast"),
        },
        rows=_votes,
        types={"statement": "integer", "value": "integer", "day": "date"},
    ),
    Table(
        name="votes-by-part",
        title=_("Votes by level and channel"),
        columns={
            "statement": _("number of the statement"),
            "by": BY,
            "part": PART,
            "agree": _("how many agree"),
            "disagree": _("how many disagree"),
            "passed": _("how many passed"),
        },
        rows=_split,
        types=dict.fromkeys(("statement", "agree", "disagree", "passed"), "integer"),
    ),
)

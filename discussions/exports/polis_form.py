"""A discussion in the files that Polis exports, for the tools that read those; `discussions.polis` reads them back.

comments.csv, votes.csv, participants-votes.csv and summary.csv with the columns of Polis. Statements are numbered from
0 in the order in which they were made; 0 is the agency. People count from 1 in the order of their pseudonyms, first
those who voted, then those who made statements: who did both has two numbers, for words may stand on the pages under a
name, and no vote may lead there. Votes carry the day they were cast, not the second. Memory grows with statements and
people, not with votes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter

from django.db.models import Count
from django.urls import reverse
from django.utils import translation

from discussions.exports.statements import READ_AT_ONCE, published_votes
from discussions.exports.table import person, voter
from discussions.exports.writing import csv_lines
from discussions.models import Space, Statement, Vote
from discussions.splits import LEAST
from discussions.voting import with_tallies
from nlp import conf, reports
from nlp.models import Run
from nlp.runs import latest_run

AGENCY = 0
PEOPLE_AT_ONCE = 500
Rows = Iterable[tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class _Numbers:
    """Statements and people by the numbers they have in the export."""

    statements: dict[int, int]
    voters: dict[int, int]
    authors: dict[int, int]


def files(space: Space, *, site: str) -> Iterator[tuple[str, Iterator[bytes]]]:
    """(name, content) of each file. `site` is the address of this site, without a slash at its end."""
    numbers = _numbered(space)
    for name, rows in (
        ("summary.csv", _summary(space, numbers, site)),
        ("comments.csv", _comments(space, numbers)),
        ("votes.csv", _votes(space, numbers)),
        ("participants-votes.csv", _participants(space, numbers)),
    ):
        yield name, csv_lines(rows, is_plain=True)


def _numbered(space: Space) -> _Numbers:
    statements = with_tallies(space).order_by("pk")
    made = statements.filter(is_seed=False, author__isnull=False).order_by().values_list("author_id", flat=True)
    cast = published_votes(space).order_by().values_list("member_id", flat=True)
    voters = sorted(cast.distinct(), key=lambda member: voter(space, member))
    authors = sorted(made.distinct(), key=lambda member: person(space, member))
    return _Numbers(
        {pk: number for number, pk in enumerate(statements.values_list("pk", flat=True))},
        {member: number for number, member in enumerate(voters, start=1)},
        {member: number for number, member in enumerate(authors, start=len(voters) + 1)},
    )


def _summary(space: Space, numbers: _Numbers, site: str) -> Rows:
    with translation.override(None):
        address = site + reverse("discussions:space", args=[space.slug])
    run = latest_run(space.corpus_id, Run.Kind.GROUPS)
    voters = published_votes(space).order_by().values("member_id").distinct().count()
    return [
        ("topic", space.title),
        ("url", address.rstrip("/")),
        ("voters", voters),
        ("voters-in-conv", voters),
        ("commenters", with_tallies(space).filter(author__isnull=False).values("author").order_by().distinct().count()),
        ("comments", len(numbers.statements)),
        ("groups", run.result["k"] if run else 0),
        ("conversation-description", space.question),
    ]


def _comments(space: Space, numbers: _Numbers) -> Rows:
    yield (
        "timestamp",
        "datetime",
        "comment-id",
        "author-id",
        "agrees",
        "disagrees",
        "moderated",
        "comment-body",
    )
    for statement in with_tallies(space).filter(pk__in=numbers.statements).order_by("pk").iterator(chunk_size=1000):
        yield (
            *_moment(statement.made_at),
            numbers.statements[statement.pk],
            _author(statement, numbers),
            statement.agree,
            statement.disagree,
            1,
            statement.text,
        )


def _author(statement: Statement, numbers: _Numbers) -> int | None:
    return AGENCY if statement.is_seed else numbers.authors.get(statement.author_id)


def _votes(space: Space, numbers: _Numbers) -> Rows:
    yield "timestamp", "datetime", "comment-id", "voter-id", "vote"
    rows = published_votes(space).values_list("statement_id", "member_id", "value", "cast_at")
    for statement, votes in groupby(rows.iterator(chunk_size=READ_AT_ONCE), key=itemgetter(0)):
        known = [
            (numbers.voters[member], value, at)
            for _statement, member, value, at in votes
            if member in numbers.voters and statement in numbers.statements
        ]
        for number, value, at in sorted(known, key=itemgetter(0)):
            day = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            yield (*_moment(day), numbers.statements[statement], number, value)


def _participants(space: Space, numbers: _Numbers) -> Rows:
    """One line for each number: of voters their group, how much they voted and how on each statement; of authors how
    much they said.
    """
    columns = list(numbers.statements)
    yield (
        "participant",
        "group-id",
        "n-comments",
        "n-votes",
        "n-agree",
        "n-disagree",
        *numbers.statements.values(),
    )
    groups = _groups(space)
    voters = list(numbers.voters.items())
    for start in range(0, len(voters), PEOPLE_AT_ONCE):
        part = dict(voters[start : start + PEOPLE_AT_ONCE])
        cast: dict[int, dict[int, int]] = {member: {} for member in part}
        votes = Vote.objects.filter(statement__in=columns, member__in=list(part)) if columns else Vote.objects.none()
        for member, statement, value in votes.values_list("member_id", "statement_id", "value"):
            cast[member][statement] = value
        for member, number in part.items():
            own = cast[member]
            values = list(own.values())
            group = groups.get(conf.author_key(f"member:{member}"))
            tally = (len(values), values.count(1), values.count(-1))
            yield number, group, 0, *tally, *(own.get(statement) for statement in columns)
    made = with_tallies(space).filter(author__in=list(numbers.authors), is_seed=False).order_by().values("author_id")
    said = dict(made.annotate(n=Count("pk")).values_list("author_id", "n"))
    for member, number in numbers.authors.items():
        yield number, None, said.get(member, 0), 0, 0, 0, *(None for _statement in columns)


def _groups(space: Space) -> dict[str, int]:
    """Pseudonym of the stream -> opinion group, for groups in which nobody can be read off."""
    run = latest_run(space.corpus_id, Run.Kind.GROUPS)
    if run is None or run.result["k"] < 2:
        return {}
    large = {group["number"] for group in run.result["groups"] if group["size"] >= max(LEAST, reports.SMALL_CELL)}
    return {key: place[0] for key, place in run.result["members"].items() if place[0] in large}


def _moment(at: datetime) -> tuple[int, str]:
    """Milliseconds since 1970, and the same in words as Polis writes it."""
    at = at.astimezone(UTC)
    return int(at.timestamp() * 1000), at.strftime("%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)")

"""Counts by how surely people are known and by which door they came, with nothing in them that points at somebody."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from discussions.models import Channel, Level, Space, State, Statement, Vote

LEAST = 5  # people that a part must have to be told apart
KEPT_SECONDS = 20
READ_AT_ONCE = 2000
DIMENSIONS = ("level", "channel")
COUNTED = ("agree", "disagree", "passed")
SUMS = {name: Count("pk", filter=Q(value=value)) for name, value in zip(COUNTED, (1, -1, 0), strict=True)}


@dataclass(frozen=True, slots=True)
class Part:
    """The votes of one level or channel. `key` is "" for parts that are too small to be told apart."""

    key: str
    agree: int
    disagree: int
    passed: int

    @property
    def total(self) -> int:
        return self.agree + self.disagree + self.passed


def folded(counts: Mapping[Hashable, int], *, least: int = LEAST) -> frozenset:
    """The keys that may not be told apart: those with fewer than `least` people.

    As many more of the smallest join them as it takes for the rest to be either nobody or at least `least`; otherwise
    the total would give the small one away.
    """
    smallest_first = sorted((count, str(key), key) for key, count in counts.items() if count)
    hidden, people = [], 0
    for count, _name, key in smallest_first:
        if count >= least and (not hidden or people >= least):
            break
        hidden.append(key)
        people += count
    return frozenset(hidden)


def parts(rows: Iterable[tuple[str, int, int, int]], people: Mapping[str, int] | None = None) -> list[Part]:
    """(key, agree, disagree, passed) as parts, the largest first, the small ones folded into one at the end.

    `people` counts the people behind each key; without it every vote is somebody else's.
    """
    found = [Part(*row) for row in rows]
    hidden = folded(people or {part.key: part.total for part in found})
    shown = sorted((part for part in found if part.key not in hidden and part.total), key=lambda part: -part.total)
    small = [part for part in found if part.key in hidden]
    if small:
        shown.append(Part("", *(sum(getattr(part, name) for part in small) for name in COUNTED)))
    return shown


def by(statement: Statement, dimension: str) -> list[Part]:
    """The votes on one statement by "level" or by "channel": one query."""
    return parts(_counted(statement.votes.all(), dimension))


def of_space(space: Space) -> dict[str, list[Part]]:
    """All votes on the statements of a space by "level" and by "channel"; KEPT_SECONDS old at most."""
    votes = Vote.objects.filter(statement__space=space, statement__state=State.VISIBLE)
    return cache.get_or_set(
        f"splits:{space.pk}",
        lambda: {dimension: _of_people(votes, dimension) for dimension in DIMENSIONS},
        KEPT_SECONDS,
    )


def of_each(
    given: QuerySet, unit: str, *, said: str = "", several: bool = False
) -> Iterator[tuple[int, str, str, str, int]]:
    """(unit, dimension, part, what was said, count) for rows that hang on many units: two queries, constant memory.

    `unit` and `said` are columns of `given`. One person has one row on a unit, or with `several` one for each thing
    said. The part is "" for those that are too small to be told apart.
    """
    for dimension in DIMENSIONS:
        columns = [unit, dimension, *([said] if said else [])]
        counted = given.order_by(unit).values_list(*columns).annotate(Count("pk"))
        for number, rows in groupby(counted.iterator(chunk_size=READ_AT_ONCE), key=itemgetter(0)):
            counts: dict[str, Counter[str]] = defaultdict(Counter)
            for row in rows:
                counts[str(row[1])][str(row[2]) if said else ""] += row[-1]
            # At least so many people; that some of them said two things is not known here.
            people = {part: max(by.values()) if several else by.total() for part, by in counts.items()}
            for part in folded(people):
                counts[""].update(counts.pop(part))
            for part, by in sorted(counts.items()):
                for what, count in sorted(by.items()):
                    yield number, dimension, part, what, count


def label(dimension: str, key: str) -> str:
    """A part in words."""
    if key == "":
        return _("others")
    return str(Level(int(key)).label if dimension == "level" else Channel(key).label)


def _counted(votes, dimension: str) -> list[tuple[str, int, int, int]]:
    rows = votes.order_by().values_list(dimension).annotate(**SUMS)
    return [(str(key), agree, disagree, passed) for key, agree, disagree, passed in rows]


def _of_people(votes, dimension: str) -> list[Part]:
    people = votes.order_by().values_list(dimension).annotate(Count("member", distinct=True))
    return parts(_counted(votes, dimension), {str(key): count for key, count in people})

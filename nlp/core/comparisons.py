"""Two moments or two groups beside each other: what differs, by how much, and how sure one may be.

People are the unit, not posts. Shares are compared by Newcombe's interval made of two Wilson intervals (Newcombe 1998,
"Interval estimation for the difference between independent proportions", method 10), means by Welch's t. Cells of
fewer than `least` people are not told. Many comparisons at once are corrected by Benjamini and Hochberg (1995).
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nlp.core.records import Interval

LEAST = 3
"""A cell of fewer people could be recognised."""
Z = 1.959964
"""The 97.5 % point of the normal distribution."""


@dataclass(frozen=True, slots=True)
class Share:
    """`count` of `people` people, and the 95 % Wilson interval of that share."""

    count: int
    people: int
    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between A and B, as A minus B.

    `subject` is what was compared (a topic's number, a sentiment). For shares `a` and `b` are between 0 and 1, for
    means in the unit of the values. `p` is two-sided, `q` the same corrected for how many were compared. `told` is
    False where a cell is smaller than `least`: all figures are then NaN.
    """

    subject: Any
    a: float
    b: float
    difference: float
    interval: Interval
    p: float
    q: float
    people_a: int
    people_b: int
    told: bool = True

    @property
    def is_clear(self) -> bool:
        """Whether the difference holds after correction for how many were compared (q < 0.05)."""
        return self.told and self.q < 0.05


def wilson(count: int, people: int) -> Share:
    """The share with its Wilson interval (Wilson 1927); 0 to 1 where nobody was asked. Raises ValueError for counts
    that cannot be.
    """
    if not 0 <= count <= people:
        raise ValueError(f"{count} of {people} people cannot be")
    if people == 0:
        return Share(0, 0, float("nan"), Interval(0.0, 1.0))
    share = count / people
    middle = (share + Z**2 / (2 * people)) / (1 + Z**2 / people)
    half = Z / (1 + Z**2 / people) * (share * (1 - share) / people + Z**2 / (4 * people**2)) ** 0.5
    low = 0.0 if count == 0 else max(0.0, middle - half)
    high = 1.0 if count == people else min(1.0, middle + half)
    return Share(count, people, share, Interval(low, high))


def shares(subject: Any, count_a: int, people_a: int, count_b: int, people_b: int, *, least: int = LEAST) -> Difference:
    """`count_a` of `people_a` people against `count_b` of `people_b`.

    Not told where a group has fewer than `least` people, or where in either group those who did, or those who did not,
    are some but fewer than `least`.
    """
    a, b = wilson(count_a, people_a), wilson(count_b, people_b)
    if any(_is_small(one.count, one.people, least) for one in (a, b)):
        return _untold(subject, people_a, people_b)
    gap = a.value - b.value
    low = gap - ((a.value - a.interval.low) ** 2 + (b.interval.high - b.value) ** 2) ** 0.5
    high = gap + ((a.interval.high - a.value) ** 2 + (b.value - b.interval.low) ** 2) ** 0.5
    pooled = (count_a + count_b) / (people_a + people_b)
    error = (pooled * (1 - pooled) * (1 / people_a + 1 / people_b)) ** 0.5
    p = _two_sided(gap / error) if error > 0 else 1.0
    return Difference(subject, a.value, b.value, gap, Interval(low, high), p, p, people_a, people_b)


def means(
    subject: Any, values_a: Sequence[float] | np.ndarray, values_b: Sequence[float] | np.ndarray, *, least: int = LEAST
) -> Difference:
    """One value per person in A and B (see `by_person`): the difference of means, Welch's interval and test. NaN values
    are people who said nothing and are left out.
    """
    from scipy.stats import t

    a, b = (np.asarray(values, dtype=np.float64) for values in (values_a, values_b))
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    if min(len(a), len(b)) < max(least, 2):
        return _untold(subject, len(a), len(b))
    gap = float(a.mean() - b.mean())
    error_a, error_b = float(a.var(ddof=1)) / len(a), float(b.var(ddof=1)) / len(b)
    error = (error_a + error_b) ** 0.5
    if error == 0:
        p = 1.0 if gap == 0 else 0.0
        return Difference(subject, float(a.mean()), float(b.mean()), gap, Interval(gap, gap), p, p, len(a), len(b))
    freedom = (error_a + error_b) ** 2 / (error_a**2 / (len(a) - 1) + error_b**2 / (len(b) - 1))
    half = float(t.ppf(0.975, freedom)) * error
    p = float(2 * t.sf(abs(gap) / error, freedom))
    return Difference(
        subject, float(a.mean()), float(b.mean()), gap, Interval(gap - half, gap + half), p, p, len(a), len(b)
    )


def by_person(values: np.ndarray, people: Sequence[Hashable], rows: np.ndarray) -> np.ndarray:
    """float array, one mean per person over those of `rows` (positions) whose value is not NaN; people in the order
    of their first row.
    """
    found: dict[Hashable, list[float]] = {}
    for row in rows.tolist():
        if not np.isnan(values[row]):
            found.setdefault(people[row], []).append(float(values[row]))
    return np.array([float(np.mean(some)) for some in found.values()])


def topics(
    labels: np.ndarray,
    people: Sequence[Hashable],
    in_a: np.ndarray,
    in_b: np.ndarray,
    *,
    least: int = LEAST,
    numbers: Sequence[int] = (),
) -> tuple[Difference, ...]:
    """Per topic: the share of people in A who spoke of it against the share in B, corrected for the number of topics.

    `labels` (n,) are topic numbers or LEFT_OVER, `in_a` and `in_b` (n,) bool which opinions belong to which side: two
    periods, two sources, two groups. Somebody on both sides counts on both, which makes the intervals of a before and
    after with the same people too wide, never too narrow, as long as people keep to their subjects. `numbers` orders
    the answer; without it topics come by number.
    """
    labels = np.asarray(labels)
    wanted = list(numbers) or sorted(set(labels[labels >= 0].tolist()))
    crowds = [_crowd(people, np.flatnonzero(side)) for side in (in_a, in_b)]
    found = []
    for number in wanted:
        counts = [len(_crowd(people, np.flatnonzero(side & (labels == number)))) for side in (in_a, in_b)]
        found.append(shares(number, counts[0], len(crowds[0]), counts[1], len(crowds[1]), least=least))
    return corrected(found)


def sentiments(
    sides: Sequence[str],
    people: Sequence[Hashable],
    in_a: np.ndarray,
    in_b: np.ndarray,
    *,
    least: int = LEAST,
) -> tuple[Difference, ...]:
    """Per sentiment: the share of people in A with at least one post of it against the share in B. `sides` (n,) are
    labels as `sentiment.labels` gives them; "" is a post without one.
    """
    kinds = [kind for kind in ("negative", "mixed", "neutral", "positive") if kind in set(sides)]
    named = np.array([kinds.index(side) if side in kinds else -1 for side in sides], dtype=np.int64)
    told = named >= 0
    renamed = topics(named, people, in_a & told, in_b & told, least=least, numbers=range(len(kinds)))
    return tuple(replace(one, subject=kinds[one.subject]) for one in renamed)


def table(
    labels: np.ndarray, people: Sequence[Hashable], groups: Mapping[Any, np.ndarray], *, least: int = LEAST
) -> dict[tuple[int, Any], Share | None]:
    """Topic by group: {(topic, group): share of the group's people who spoke of the topic}. None where the cell is not
    told (the rule is that of `shares`). `groups` maps a name to the bool array (n,) of its opinions.
    """
    labels = np.asarray(labels)
    cells: dict[tuple[int, Any], Share | None] = {}
    for name, inside in groups.items():
        crowd = len(_crowd(people, np.flatnonzero(inside)))
        for number in sorted(set(labels[labels >= 0].tolist())):
            count = len(_crowd(people, np.flatnonzero(inside & (labels == number))))
            cells[number, name] = None if _is_small(count, crowd, least) else wilson(count, crowd)
    return cells


def corrected(differences: Sequence[Difference]) -> tuple[Difference, ...]:
    """The same differences with `q`: the false discovery rate at which each would be called clear."""
    told = [place for place, one in enumerate(differences) if one.told]
    order = sorted(told, key=lambda place: (differences[place].p, place))
    result = list(differences)
    q = 1.0
    for rank in range(len(order), 0, -1):
        place = order[rank - 1]
        q = min(q, differences[place].p * len(order) / rank)
        result[place] = replace(differences[place], q=q)
    return tuple(result)


def _crowd(people: Sequence[Hashable], rows: np.ndarray) -> set[Hashable]:
    return {people[row] for row in rows.tolist()}


def _is_small(count: int, people: int, least: int) -> bool:
    """Whether somebody could be recognised: too few people, or too few who did or did not."""
    return people < max(least, 1) or 0 < count < least or 0 < people - count < least


def _untold(subject: Any, people_a: int, people_b: int) -> Difference:
    nan = float("nan")
    return Difference(subject, nan, nan, nan, Interval(nan, nan), nan, nan, people_a, people_b, told=False)


def _two_sided(z: float) -> float:
    from scipy.stats import norm

    return float(2 * norm.sf(abs(z)))

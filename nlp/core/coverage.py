"""Whom a handful of quotes, or a summary, speaks for, and whom it leaves out.

An opinion is represented when a chosen quote is near enough to it in meaning; a person when one of their opinions is;
a topic or an opinion group when a chosen quote comes from it. Every share stands beside what as many opinions picked
blindly reach, because summaries written with care have been found to cover less than chance does
(the idea is that of arXiv 2604.20711).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.core.records import LEFT_OVER, Interval

DRAWS = 200
PAIRS = 20_000
NEAR = 0.95
"""Quantile of the cosines within topics from which on two opinions count as near: they speak of the same point, not
always to the same end. At 0.9 pairs read like any two of one topic, at 0.98 only rewordings are left."""
SAME = 0.9995
"""Cosine from which on two rows are one opinion repeated, which says nothing about nearness."""
BLOCK = 1024
AUDIENCE = 8_000
"""Random picks are tried on the opinions of so many people that these have about this many opinions."""
POOL = 2_000
"""Random picks are drawn from at most this many opinions."""
CANDIDATES = 1_000
LEAST = 3
"""Topics and groups of fewer people are not listed as left out: they could be recognised."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share (0 to 1) and what random picks of the same length reach.

    `random` is their mean, `interval` their middle 95 %, `percentile` (0 to 100) how many of them the chosen ones beat
    (a tie counts half).
    """

    value: float
    random: float
    interval: Interval
    percentile: float


@dataclass(frozen=True, slots=True)
class Part:
    """How far a topic or an opinion group is represented: `people` of it, `represented` of these; `spoken` when a
    chosen quote comes from it. `typical` are positions of its most typical opinions that nothing chosen is near to.
    """

    number: int
    people: int
    represented: int
    spoken: bool
    typical: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The audit of m chosen quotes or sentences.

    threshold: the cosine from which on an opinion counts as represented.
    people, opinions, topics: shares represented; `groups` likewise, or None where no groups are known.
    closeness: mean over opinions of the cosine to the nearest chosen one (not below 0): it moves without a threshold.
    represented: bool array (n,).
    unfounded: how many of the chosen sentences are near to no opinion at all.
    by_topic, by_group: most people left out first; without those of fewer than `least` people.
    """

    chosen: tuple[int, ...]
    threshold: float
    people: Figure
    opinions: Figure
    topics: Figure
    groups: Figure | None
    closeness: Figure
    represented: np.ndarray
    unfounded: int
    by_topic: tuple[Part, ...]
    by_group: tuple[Part, ...]


def near_enough(vectors: np.ndarray, topics: np.ndarray, *, seed: int = 0) -> float:
    """The cosine from which on two opinions of this corpus count as near in meaning: they are nearer than nineteen
    in twenty pairs of different opinions of one topic (of all opinions, where there are no topics). 1.0 below two
    opinions.
    """
    known = np.flatnonzero(vectors.any(axis=1))
    inside = known[topics[known] != LEFT_OVER]
    pool = inside if len(inside) > 1 else known
    if len(pool) < 2:
        return 1.0
    labels = topics[pool]
    pool = pool[np.argsort(labels, kind="stable")]
    labels = np.sort(labels)
    first = np.searchsorted(labels, labels, side="left")
    size = np.searchsorted(labels, labels, side="right") - first
    generator = np.random.default_rng(seed)
    left = generator.integers(0, len(pool), PAIRS)
    step = (generator.random(PAIRS) * np.maximum(size[left] - 1, 1)).astype(np.int64) + 1
    right = first[left] + (left - first[left] + step) % size[left]
    cosines = np.einsum("ij,ij->i", vectors[pool[left]], vectors[pool[right]])
    cosines = cosines[(left != right) & (cosines < SAME)]
    return float(np.round(np.quantile(cosines, NEAR), 6)) if len(cosines) else float(SAME)


def match(sentences: np.ndarray, vectors: np.ndarray, threshold: float) -> np.ndarray:
    """int array (m,): the position of the opinion nearest to each sentence of a summary, or -1 where none is near
    enough: such a sentence says what nobody said.
    """
    positions = np.full(len(sentences), -1, dtype=np.int64)
    best = np.full(len(sentences), -np.inf)
    for start in range(0, len(vectors), BLOCK):
        cosines = np.round(vectors[start : start + BLOCK] @ sentences.T, 6)
        nearest = cosines.argmax(axis=0)
        found = cosines[nearest, np.arange(len(sentences))]
        better = found > best
        positions[better], best[better] = start + nearest[better], found[better]
    positions[best < threshold] = -1
    return positions


def audit(
    vectors: np.ndarray,
    chosen: Sequence[int] | np.ndarray,
    *,
    topics: np.ndarray,
    people: Sequence[str],
    groups: np.ndarray | None = None,
    sentences: np.ndarray | None = None,
    threshold: float | None = None,
    draws: int = DRAWS,
    seed: int = 0,
    least: int = LEAST,
    typical: int = 3,
) -> Coverage:
    """Whom the opinions at positions `chosen` speak for, among n opinions with unit rows `vectors` (zero rows: unread,
    not counted), `topics` and `groups` (n,) with LEFT_OVER, `people` (n,) keys of authors.

    For a written summary give `sentences` (m, dim), the embedding of each sentence, and as `chosen` what `match` finds.
    `threshold` None takes `near_enough`. Everything is exact but the random picks of large corpora, which are tried on
    a seeded sample of people. Raises ValueError for positions that do not exist.
    """
    vectors = np.asarray(vectors, dtype=np.float32)
    positions = np.asarray(chosen, dtype=np.int64)
    if len(positions) and not (positions.min() >= -1 and positions.max() < len(vectors)):
        raise ValueError("a chosen quote is not among the opinions")
    if sentences is None and (positions < 0).any():
        raise ValueError("a chosen quote is not among the opinions")
    threshold = near_enough(vectors, topics, seed=seed) if threshold is None else threshold
    known = np.flatnonzero(vectors.any(axis=1))
    whose = _codes(people)
    spoken = vectors[positions] if sentences is None else np.asarray(sentences, dtype=np.float32)
    best = np.full(len(vectors), -1.0)
    for rows, cosines in _blocks(vectors, known, spoken):
        best[rows] = cosines.max(axis=1, initial=-1.0)
    represented = best >= threshold - 1e-6
    sources = positions[positions >= 0]
    random = _Random.of(vectors, known, whose, topics, groups, len(positions), threshold, draws, seed)
    return Coverage(
        chosen=tuple(positions.tolist()),
        threshold=float(threshold),
        people=_figure(_people_share(represented[known], whose[known]), random.people),
        opinions=_figure(float(represented[known].mean()) if len(known) else 0.0, random.opinions),
        topics=_figure(_parts_share(topics[known], topics[sources]), random.topics),
        groups=None if groups is None else _figure(_parts_share(groups[known], groups[sources]), random.groups),
        closeness=_figure(float(np.maximum(best[known], 0).mean()) if len(known) else 0.0, random.closeness),
        represented=represented,
        unfounded=int((positions < 0).sum()),
        by_topic=_parts(vectors, known, topics, whose, represented, sources, least, typical),
        by_group=() if groups is None else _parts(vectors, known, groups, whose, represented, sources, least, typical),
    )


def best(
    vectors: np.ndarray,
    count: int,
    *,
    people: Sequence[str],
    threshold: float,
    already: Sequence[int] = (),
    candidates: Sequence[int] | None = None,
    seed: int = 0,
) -> list[int]:
    """Up to `count` positions that, beside those `already` chosen, speak for as many people as possible.

    Greedy facility location (Nemhauser, Wolsey & Fisher 1978: at least 63 % of what is possible): an opinion counts by
    its cosine to the nearest chosen one, in full from `threshold` on; the opinions of one person count one together. No
    two are by one person. `candidates` limits what may be chosen (to short and clear ones, say); of more than
    CANDIDATES a seeded sample is tried.
    """
    vectors = np.asarray(vectors, dtype=np.float32)
    known = np.flatnonzero(vectors.any(axis=1))
    whose = _codes(people)
    generator = np.random.default_rng(seed)
    allowed = known if candidates is None else np.intersect1d(np.asarray(candidates, dtype=np.int64), known)
    allowed = np.setdiff1d(allowed, np.asarray(already, dtype=np.int64))
    if len(allowed) > CANDIDATES:
        allowed = np.sort(generator.permutation(allowed)[:CANDIDATES])
    audience = known if len(known) <= AUDIENCE else np.sort(generator.permutation(known)[:AUDIENCE])
    weight = 1.0 / np.bincount(whose[audience], minlength=whose.max(initial=0) + 1)[whose[audience]]
    floor = max(threshold, 1e-6)
    worth = np.clip(vectors[audience] @ vectors[allowed].T / floor, 0, 1)
    reached = np.zeros(len(audience), dtype=np.float32)
    for position in already:
        reached = np.maximum(reached, np.clip(vectors[audience] @ vectors[position] / floor, 0, 1))
    free = ~np.isin(whose[allowed], whose[np.asarray(already, dtype=np.int64)])
    picked: list[int] = []
    while len(picked) < count and free.any():
        gains = np.round(weight @ np.maximum(worth - reached[:, None], 0), 6)
        gains[~free] = -1.0
        place = int(gains.argmax())
        picked.append(int(allowed[place]))
        reached = np.maximum(reached, worth[:, place])
        free &= whose[allowed] != whose[allowed[place]]
    return picked


@dataclass(frozen=True, slots=True)
class _Random:
    """What each of `draws` random picks reaches: float arrays (draws,)."""

    people: np.ndarray
    opinions: np.ndarray
    topics: np.ndarray
    groups: np.ndarray
    closeness: np.ndarray

    @classmethod
    def of(
        cls,
        vectors: np.ndarray,
        known: np.ndarray,
        whose: np.ndarray,
        topics: np.ndarray,
        groups: np.ndarray | None,
        length: int,
        threshold: float,
        draws: int,
        seed: int,
    ) -> _Random:
        generator = np.random.default_rng(seed)
        pool = known if len(known) <= POOL else np.sort(generator.permutation(known)[:POOL])
        length = min(length, len(pool))
        picks = np.array([generator.permutation(len(pool))[:length] for _ in range(draws)], dtype=np.int64)
        audience = _audience(known, whose, generator)
        near = np.zeros((len(audience), draws), dtype=bool)
        closeness = np.zeros(draws)
        done = 0
        for rows, cosines in _blocks(vectors, audience, vectors[pool]):
            for draw in range(draws):
                nearest = cosines[:, picks[draw]].max(axis=1, initial=-1.0)
                near[done : done + len(rows), draw] = nearest >= threshold - 1e-6
                closeness[draw] += np.maximum(nearest, 0).sum()
            done += len(rows)
        shares = [_people_share(near[:, draw], whose[audience]) for draw in range(draws)]
        sources = [pool[picks[draw]] for draw in range(draws)]
        return cls(
            people=np.array(shares),
            opinions=near.mean(axis=0) if len(audience) else np.zeros(draws),
            topics=np.array([_parts_share(topics[known], topics[one]) for one in sources]),
            groups=np.array(
                [_parts_share(groups[known], groups[one]) for one in sources] if groups is not None else []
            ),
            closeness=closeness / max(len(audience), 1),
        )


def _audience(known: np.ndarray, whose: np.ndarray, generator: np.random.Generator) -> np.ndarray:
    """All opinions of so many people, drawn by the seed, that there are about AUDIENCE; one person at least."""
    if len(known) <= AUDIENCE:
        return known
    persons, sizes = np.unique(whose[known], return_counts=True)
    order = generator.permutation(len(persons))
    enough = max(1, int(np.searchsorted(np.cumsum(sizes[order]), AUDIENCE)))
    return known[np.isin(whose[known], persons[order[:enough]])]


def _blocks(vectors: np.ndarray, rows: np.ndarray, against: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    for start in range(0, len(rows), BLOCK):
        some = rows[start : start + BLOCK]
        yield some, vectors[some] @ against.T


def _codes(people: Sequence[str]) -> np.ndarray:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(one, len(numbers)) for one in people], dtype=np.int64)


def _people_share(represented: np.ndarray, whose: np.ndarray) -> float:
    return len(np.unique(whose[represented])) / max(len(np.unique(whose)), 1)


def _parts_share(labels: np.ndarray, chosen: np.ndarray) -> float:
    """The share of the parts that occur in `labels` which occur in `chosen` too."""
    there = np.unique(labels[labels != LEFT_OVER])
    return float(np.isin(there, chosen).mean()) if len(there) else 0.0


def _figure(value: float, random: np.ndarray) -> Figure:
    if not len(random):
        return Figure(value, float("nan"), Interval(float("nan"), float("nan")), float("nan"))
    low, high = np.quantile(random, [0.025, 0.975])
    level = np.abs(random - value) < 1e-9
    beaten = ((random < value) & ~level).mean() + level.mean() / 2
    return Figure(value, float(random.mean()), Interval(float(low), float(high)), float(100 * beaten))


def _parts(
    vectors: np.ndarray,
    known: np.ndarray,
    labels: np.ndarray,
    whose: np.ndarray,
    represented: np.ndarray,
    sources: np.ndarray,
    least: int,
    typical: int,
) -> tuple[Part, ...]:
    found = []
    for number in np.unique(labels[known][labels[known] != LEFT_OVER]).tolist():
        members = known[labels[known] == number]
        crowd = len(np.unique(whose[members]))
        if crowd < least:
            continue
        reached = len(np.unique(whose[members[represented[members]]]))
        missed = members[~represented[members]]
        centre = vectors[members].sum(axis=0)
        order = missed[np.lexsort((missed, -np.round(vectors[missed] @ centre, 5)))]
        shown: list[int] = []
        for position in order.tolist():
            if len(shown) == typical:
                break
            if whose[position] not in whose[shown]:
                shown.append(position)
        found.append(Part(number, crowd, reached, bool(np.isin(number, labels[sources])), tuple(shown)))
    return tuple(sorted(found, key=lambda part: (part.represented - part.people, part.number)))

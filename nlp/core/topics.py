"""Topics: a nearest-neighbour graph of the opinions, parted by Leiden, at the resolution the data speaks for.

    find_topics(vectors, ...) -> Partition          topics, and parts of topics
    place(vectors, centroids, threshold)            new opinions into existing topics
    match(previous, current) -> numbers             topics of a new run recognised

How the resolution is chosen: the dimensions of the vectors are cut at random into two halves. Each half
tells of every opinion, but what is chance in one half is not in the other. A grid of resolutions is swept; each is
scored by modularity times the fourth root of how well the whole's topics are found again in the halves (adjusted Rand
index), and the finest within 1 % of the best is taken. Where two halves do not agree with each other, there are no
topics to tell and all opinions stay together. See docs/decisions/0012.

Rows are sorted before anything is drawn and equal rows count once, so neither the order in which opinions came nor how
often one was repeated plays a part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nlp.core import graph, quality
from nlp.core.records import LEFT_OVER
from nlp.core.vectors import unit_rows

RESOLUTIONS = (0.4, 0.6, 0.85, 1.2, 1.7, 2.4)
PART_RESOLUTIONS = (0.5, 0.8, 1.2, 1.8)
CUT_TWICE = 150
"""Up to this many opinions the dimensions are cut in two twice; the chance in one cut is no matter for more of them."""
FEW = 8
"""Below this many different opinions there is one topic: nothing else would be honest."""
FOUND_AGAIN = 0.25
"""Weight of the agreement with halves beside modularity: a fourth root. More would prefer two or three topics."""
REAL = 0.12
"""Least agreement (adjusted Rand index) between two halves of the vectors for a division to be told."""
REAL_SMALL = 0.4
"""The same for SMALL opinions and fewer, where pairs soon look like topics; up to AMPLE in proportion."""
SMALL = 50
AMPLE = 150
REAL_PARTS = 0.2
"""The same for parts of a topic, of which every one more has to be read."""
SAMPLE = 1000
"""The resolution is chosen on at most this many opinions."""
PART_SAMPLE = 300
GRAPH = 6000
"""Topics are found among at most this many opinions; all others join the nearest."""
MOST = 25
"""More topics than this are no overview."""
MOST_PARTS = 8
LEAST_WITH_PARTS = 40
"""A topic with fewer opinions is read as a whole."""
RUNS = 16
"""Runs of Leiden that have to agree; half as many above SAMPLE opinions, where each takes long."""
PART_RUNS = 8
STARTS = 2
SLACK = 0.01
"""Among resolutions as good as the best but for this share the finest is taken."""
UNUSUAL = 0.05
"""Share of its members that a topic would not take in as new opinions."""
NO_GRAPH = graph.Graph(0, *(np.zeros(0, dtype=kind) for kind in (np.int64, np.int64, np.float64)))
FIXED = 20261
"""Halves and samples for the choice of a resolution come from a seed of their own: a choice is no matter of luck."""


@dataclass(frozen=True, slots=True)
class Partition:
    """labels: int array (n,), 0.. largest first, LEFT_OVER for what fits nowhere; centroids: float32 (k, dim), unit
    rows.

    `stability` is the agreement (adjusted Rand index) of the topics with those found from half of each vector, `seeds`
    that with every single run of Leiden, each with a seed of its own; NaN where they were not measured. `threshold` is
    the cosine below which a new opinion fits no topic. `resolution` is 0 where the opinions were not parted.
    `sublabels` int (n,) counts the parts of topics through all topics (LEFT_OVER: no topic, or one without parts);
    `subcentroids` float32 (m, dim) and `parents` int (m,) belong to them.
    """

    labels: np.ndarray
    centroids: np.ndarray
    resolution: float
    stability: float
    threshold: float
    sublabels: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    subcentroids: np.ndarray = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))
    parents: np.ndarray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    seeds: float = float("nan")


@dataclass(frozen=True, slots=True)
class _Choice:
    """A resolution, how well its division is found again in halves of the vectors, how well those agree, and the graph
    of the opinions it was chosen on.
    """

    resolution: float
    stability: float
    halves: float
    whole: graph.Graph


def find_topics(
    vectors: np.ndarray,
    *,
    seed: int = 0,
    k: int | None = None,
    min_topic: int | None = None,
    neighbours: int | None = None,
    resolution: float | None = None,
    languages: Sequence[str] | None = None,
    levels: int = 2,
    progress: Callable[[int, int], None] | None = None,
) -> Partition:
    """Part n unit rows into topics.

    `min_topic` is the least number of different opinions in a topic (default 2.5 % of n, between 3 and 10): members of
    smaller ones join the nearest topic when they are close enough to it and are left over otherwise. `neighbours`
    defaults to the square root of n between 5 and 15. `resolution` skips the choice; so does `k`, for people who
    insist on a number of topics (nothing is left over then). The graph is built after the mean opinion is removed, or
    the mean of each language when `languages` (n,) is given (for encoders that part languages before subjects);
    centroids stay in the encoder's own space. `levels` 1 leaves out the parts of topics. `progress(done, total)` is
    called while resolutions are tried. Raises ValueError for a `k` below 1.
    """
    if k is not None and k < 1:
        raise ValueError(f"the number of topics is at least 1, not {k}")
    distinct, speaker = _distinct(np.asarray(vectors, dtype=np.float32))
    rows = np.asarray(vectors, dtype=np.float32)[distinct]
    names = _some(languages, distinct)
    if k is not None:
        found = _exactly(rows, names, min(k, len(rows)), neighbours, seed)
    elif len(rows) < FEW:
        found = _together(rows)
    else:
        found = _parted(rows, names, seed, min_topic, neighbours, resolution, progress)
    sublabels, subcentroids, parents = _parts(rows, names, found, seed, neighbours, levels)
    return replace(
        found, labels=found.labels[speaker], sublabels=sublabels[speaker], subcentroids=subcentroids, parents=parents
    )


def place(vectors: np.ndarray, centroids: np.ndarray, threshold: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
    """Put new opinions into existing topics at once: (row of the nearest centroid or LEFT_OVER, its cosine) for each
    of n unit rows.

    The cost does not depend on the size of the corpus. `threshold` is `result.quality["place_threshold"]` of the
    run the centroids come from.
    """
    if len(centroids) == 0 or len(vectors) == 0:
        return np.full(len(vectors), LEFT_OVER, dtype=np.int64), np.zeros(len(vectors), dtype=np.float32)
    cosines = np.asarray(vectors, dtype=np.float32) @ np.asarray(centroids, dtype=np.float32).T
    nearest = cosines.argmax(axis=1)
    best = cosines[np.arange(len(vectors)), nearest]
    empty = ~np.asarray(vectors).any(axis=1)
    return np.where((best < threshold) | empty, LEFT_OVER, nearest), best


def match(
    previous: Mapping[int, Collection[Hashable]], current: Sequence[Collection[Hashable]], *, least: float = 0.25
) -> list[int]:
    """The number of each current topic: a previous number where they share members, a new one elsewhere.

    Overlap is |both| / |either| counted over opinions known to both runs, assigned one to one for the largest sum
    (Hungarian method); pairs below `least` are not matched. New numbers start above every previous one, so name
    retired topics with an empty collection to keep theirs unused.
    """
    from scipy.optimize import linear_sum_assignment

    numbers = sorted(previous)
    after = max([0, *numbers]) + 1
    old = [frozenset(previous[number]) for number in numbers]
    new = [frozenset(members) for members in current]
    known = frozenset().union(*old) & frozenset().union(*new) if old and new else frozenset()
    overlap = np.zeros((len(new), len(old)))
    for i, members in enumerate(new):
        for j, others in enumerate(old):
            either = len((members | others) & known)
            overlap[i, j] = len(members & others) / either if either else 0.0
    matched = {i: numbers[j] for i, j in zip(*linear_sum_assignment(-overlap), strict=True) if overlap[i, j] >= least}
    result = []
    for i in range(len(new)):
        if i in matched:
            result.append(matched[i])
        else:
            result.append(after)
            after += 1
    return result


def _distinct(vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Positions of the different rows, in an order that depends on what they hold and not on where they stand; and for
    each of the n rows which of those it equals.
    """
    if not vectors.size:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    first = vectors[:, :8]
    keys = np.round(first.astype(np.float64) * 1e4).astype(np.int64)
    order = np.lexsort([*first.T, *keys.T])
    new = np.ones(len(vectors), dtype=bool)
    new[1:] = (first[order[1:]] != first[order[:-1]]).any(axis=1)
    alike = np.flatnonzero(~new)
    new[alike] = (vectors[order[alike]] != vectors[order[alike - 1]]).any(axis=1)
    speaker = np.empty(len(vectors), dtype=np.int64)
    speaker[order] = np.cumsum(new) - 1
    return order[new], speaker


def _together(rows: np.ndarray) -> Partition:
    if len(rows) == 0:
        return Partition(np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.float32), 0.0, float("nan"), 0.0)
    centroid = unit_rows(rows.mean(axis=0, keepdims=True))
    return Partition(np.zeros(len(rows), dtype=np.int64), centroid, 0.0, float("nan"), 0.0)


def _neighbours(count: int, asked: int | None) -> int:
    return asked if asked is not None else int(np.clip(round(count**0.5), 5, 15))


def _drawn(count: int, size: int, seed: int) -> np.ndarray:
    """At most `size` of `count` rows, in order."""
    if count <= size:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).permutation(count)[:size])


def _some(names: Sequence[str] | None, rows: np.ndarray) -> list[str] | None:
    return [names[i] for i in rows] if names is not None else None


def _parted(
    rows: np.ndarray,
    names: Sequence[str] | None,
    seed: int,
    min_topic: int | None,
    neighbours: int | None,
    resolution: float | None,
    progress: Callable[[int, int], None] | None,
) -> Partition:
    """Topics of canonical rows."""
    count = len(rows)
    if resolution is not None:
        return _divided(rows, names, seed, min_topic, neighbours, _Choice(resolution, float("nan"), 1.0, NO_GRAPH))
    drawn = _drawn(count, SAMPLE, FIXED)
    choice = _choose(rows[drawn], _some(names, drawn), RESOLUTIONS, neighbours, progress)
    if choice.halves < _least_real(count):
        return _together(rows)
    return _divided(rows, names, seed, min_topic, neighbours, choice)


def _divided(
    rows: np.ndarray,
    names: Sequence[str] | None,
    seed: int,
    min_topic: int | None,
    neighbours: int | None,
    choice: _Choice,
    most: int = MOST,
    among_most: int = GRAPH,
    runs: int = RUNS,
) -> Partition:
    """Topics at the resolution chosen: at most about `most`, found among at most `among_most` rows by `runs` of Leiden.
    The graph of the choice is used again where it holds all rows.
    """
    count = len(rows)
    if choice.whole.size == count:
        labels, seeds = _agreed(choice.whole, choice.resolution, seed, most, runs)
    else:
        space = graph.comparable(rows, names)
        drawn = _drawn(count, among_most, seed)
        among = graph.build(space[drawn], _neighbours(len(drawn), neighbours))
        labels, seeds = _agreed(among, choice.resolution, seed, most, runs if among.size <= SAMPLE else runs // 2)
        if len(drawn) < count:
            labels = place(space, quality.centroids(space[drawn], labels, int(labels.max()) + 1), -1.0)[0]
    least = min_topic if min_topic is not None else int(np.clip(round(0.025 * count), 3, 10))
    labels, centroids, threshold = _settle(rows, labels, least)
    if len(centroids) < 2:
        return _together(rows)
    return Partition(labels, centroids, choice.resolution, choice.stability, threshold, seeds=seeds)


def _agreed(among: graph.Graph, resolution: float, seed: int, most: int, runs: int) -> tuple[np.ndarray, float]:
    """What several runs of Leiden agree on, and how well they agree with that (mean adjusted Rand index).

    Coarser where there are more than `most` parts of at least three.
    """
    drawn = graph.as_igraph(among)
    while True:
        single: list[np.ndarray] = []
        for run in range(runs):
            single.append(graph.communities(drawn, resolution, seed * 1000 + run))
            parts = _telling(single[-1])
            if parts > most and resolution > 0.01:
                break
        else:
            labels = graph.consensus(among, single, resolution, [seed * 1000 + start for start in range(STARTS)])
            parts = _telling(labels)
            if parts <= most or resolution <= 0.01:
                return labels, float(np.mean([quality.agreement(labels, one) for one in single]))
        resolution *= min(max(most / parts, 0.5), 0.85)


def _telling(labels: np.ndarray) -> int:
    """How many parts have at least three opinions."""
    return int((np.bincount(labels) >= 3).sum())


def _halves(rows: np.ndarray, splits: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Pairs of arrays (n, dim / 2): the dimensions, well mixed where they are few, cut in two at random."""
    generator = np.random.default_rng(FIXED)
    width = rows.shape[1]
    pairs = []
    for _split in range(splits):
        turned = rows
        if width < 64:
            turned = rows @ np.linalg.qr(generator.normal(size=(width, width)))[0].astype(np.float32)
        mixed = generator.permutation(width)
        pairs.append((turned[:, mixed[: width // 2]], turned[:, mixed[width // 2 :]]))
    return pairs


def _choose(
    rows: np.ndarray,
    names: Sequence[str] | None,
    resolutions: Sequence[float],
    neighbours: int | None,
    progress: Callable[[int, int], None] | None,
) -> _Choice:
    """The finest resolution within SLACK of the best score, the modularity (at resolution 1) times a power of the
    agreement with halves; each figure is smoothed over the grid's neighbours.
    """
    near = _neighbours(len(rows), neighbours)
    whole = graph.build(graph.comparable(rows, names), near)
    drawn = graph.as_igraph(whole)
    if not len(whole.heads) or rows.shape[1] < 4:
        return _Choice(1.0, float("nan"), 0.0 if not len(whole.heads) else 1.0, whole)
    views = [
        tuple(_view(half, names, near) for half in pair) for pair in _halves(rows, 2 if len(rows) <= CUT_TWICE else 1)
    ]
    scores: list[float] = []
    stability: list[float] = []
    between: list[float] = []
    for step, resolution in enumerate(resolutions):
        labels = graph.communities(drawn, resolution, FIXED)
        seen = [
            (graph.communities(one, resolution, 0), graph.communities(other, resolution, 0)) for one, other in views
        ]
        stability.append(float(np.mean([_alike(labels, half) for pair in seen for half in pair])))
        between.append(float(np.mean([_alike(*pair) for pair in seen])))
        scores.append(graph.modularity(whole, labels) * stability[-1] ** FOUND_AGAIN)
        if progress is not None:
            progress(step + 1, len(resolutions))
    smooth = np.round(_smooth(scores), 6)
    best = int(np.flatnonzero(smooth >= (1 - SLACK) * smooth.max()).max())
    return _Choice(resolutions[best], float(_smooth(stability)[best]), float(_smooth(between)[best]), whole)


def _least_real(count: int) -> float:
    return float(np.interp(count, (SMALL, AMPLE), (REAL_SMALL, REAL)))


def _view(half: np.ndarray, names: Sequence[str] | None, near: int) -> Any:
    return graph.as_igraph(graph.build(graph.comparable(half, names), near))


def _alike(left: np.ndarray, right: np.ndarray) -> float:
    """Agreement of two divisions, 0 where one of them does not divide and where it is below chance."""
    return max(quality.agreement(left, right), 0.0) if min(left.max(), right.max()) > 0 else 0.0


def _smooth(values: Sequence[float]) -> np.ndarray:
    padded = np.pad(np.asarray(values, dtype=np.float64), 1, mode="edge")
    return (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4


def _settle(rows: np.ndarray, labels: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Dissolve topics smaller than `least`, number the rest by size, and find the cosine below which nothing
    belongs.
    """
    sizes = np.bincount(labels)
    order = sorted(np.flatnonzero(sizes >= least), key=lambda label: (-sizes[label], int(np.argmax(labels == label))))
    if not order:
        return np.full(len(labels), LEFT_OVER), np.zeros((0, rows.shape[1]), dtype=np.float32), 0.0
    settled = np.full(len(labels), LEFT_OVER, dtype=np.int64)
    for number, label in enumerate(order):
        settled[labels == label] = number
    centroids = quality.centroids(rows, settled, len(order))
    threshold = _threshold(rows, settled)
    loose = np.flatnonzero(settled == LEFT_OVER)
    if len(loose):
        settled[loose] = place(rows[loose], centroids, threshold)[0]
    return _ranked(rows, settled, len(order)) + (threshold,)


def _ranked(rows: np.ndarray, labels: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """The same topics numbered from the largest, the first opinion deciding between equals, and their centroids."""
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    order = sorted(range(count), key=lambda label: (-sizes[label], int(np.argmax(labels == label))))
    ranks = np.empty(count + 1, dtype=np.int64)
    ranks[order] = np.arange(count)
    ranks[count] = LEFT_OVER
    labels = ranks[labels]
    return labels, quality.centroids(rows, labels, count)


def _exactly(rows: np.ndarray, names: Sequence[str] | None, k: int, neighbours: int | None, seed: int) -> Partition:
    """k topics: the resolution at which Leiden makes k parts is searched for.

    Where none makes exactly k, the parts of the next finer one are dissolved that their members miss least: what a
    member misses is its cosine to its own centroid minus that to the next one.
    """
    if k < 2:
        return _together(rows)
    drawn = _drawn(len(rows), GRAPH, seed)
    space = graph.comparable(rows, names)
    among = graph.as_igraph(graph.build(space[drawn], _neighbours(len(drawn), neighbours)))
    low, high = 0.01, 100.0
    labels = np.arange(len(drawn))
    for step in range(24):
        middle = (low * high) ** 0.5
        tried = graph.communities(among, middle, seed * 1000 + step, rounds=-1)
        parts = int(tried.max()) + 1
        low, high = (middle, high) if parts < k else (low, middle)
        if k <= parts <= labels.max():
            labels = tried
        if parts == k:
            break
    chosen = space[drawn]
    while labels.max() + 1 > k:
        count = int(labels.max()) + 1
        cosines = chosen @ quality.centroids(chosen, labels, count).T
        own = cosines[np.arange(len(chosen)), labels].copy()
        cosines[np.arange(len(chosen)), labels] = -2.0
        missed = np.bincount(labels, own - cosines.max(axis=1), count)
        weakest = int(np.argmin(np.round(missed, 6)))
        labels = np.where(labels == weakest, cosines.argmax(axis=1), labels)
        labels = np.where(labels > weakest, labels - 1, labels)
    if len(drawn) < len(rows):
        labels = place(space, quality.centroids(chosen, labels, int(labels.max()) + 1), -1.0)[0]
    labels, centroids = _ranked(rows, labels, int(labels.max()) + 1)
    return Partition(labels, centroids, middle, float("nan"), _threshold(rows, labels))


def _threshold(rows: np.ndarray, labels: np.ndarray) -> float:
    """The cosine to the other members that all but UNUSUAL of the members reach."""
    return float(np.quantile(quality.others_cosine(rows, labels)[labels != LEFT_OVER], UNUSUAL))


def _parts(
    rows: np.ndarray, names: Sequence[str] | None, found: Partition, seed: int, neighbours: int | None, levels: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sub-labels, sub-centroids and parents: a topic is parted again where it has enough members and its parts are
    found again in halves of the vectors.
    """
    sublabels = np.full(len(rows), LEFT_OVER, dtype=np.int64)
    centroids: list[np.ndarray] = []
    parents: list[int] = []
    for topic in range(len(found.centroids) if levels > 1 and len(found.centroids) > 1 else 0):
        members = np.flatnonzero(found.labels == topic)
        if len(members) < LEAST_WITH_PARTS:
            continue
        drawn = members[_drawn(len(members), PART_SAMPLE, FIXED)]
        choice = _choose(rows[drawn], _some(names, drawn), PART_RESOLUTIONS, neighbours, None)
        if choice.halves < max(REAL_PARTS, _least_real(len(members))):
            continue
        inner = _divided(
            rows[members],
            _some(names, members),
            seed,
            None,
            neighbours,
            choice,
            most=MOST_PARTS,
            among_most=SAMPLE,
            runs=PART_RUNS,
        )
        if len(inner.centroids) < 2:
            continue
        sublabels[members] = np.where(inner.labels == LEFT_OVER, LEFT_OVER, inner.labels + len(parents))
        centroids.extend(inner.centroids)
        parents.extend([topic] * len(inner.centroids))
    stacked = np.array(centroids, dtype=np.float32) if centroids else np.zeros((0, rows.shape[1]), dtype=np.float32)
    return sublabels, stacked, np.array(parents, dtype=np.int64)

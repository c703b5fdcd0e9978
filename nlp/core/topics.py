"""Topics: a nearest-neighbour graph of the opinions, parted by Leiden, at the finest resolution the data supports.

How the resolution is chosen: a grid is swept; a partition is eligible when its modularity (at resolution 1) is
within 5 % of the best one found; among the eligible ones the finest is taken whose stability (agreement with
partitions of 80 % subsamples) is within 0.07, or two standard errors, of the best.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.core import quality
from nlp.core.encoders import unit_rows
from nlp.core.records import LEFT_OVER

RESOLUTIONS = (0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 2.5, 3.0)
FEW = 8
"""Below this many different opinions there is one topic: nothing else would be honest."""
SMALL = 50
STEADY = 0.4
"""A small corpus is parted only when subsamples of it are parted alike (adjusted Rand index)."""
SAMPLE = 1500
"""The resolution is chosen on at most this many opinions."""
SUBSAMPLES = 10
STARTS = 4
MODULARITY_SLACK = 0.95
STABILITY_SLACK = 0.07
WORTH_PARTING = 0.08
"""Least silhouette of a division into topics; below it all opinions stay together."""

_igraph_random = threading.Lock()


@dataclass(frozen=True, slots=True)
class Partition:
    """labels: int array (n,), 0.. largest first, LEFT_OVER for what fits nowhere; centroids: float32 (k, dim), unit
    rows.

    `stability` is NaN where it was not measured; `threshold` is the cosine below which a new opinion fits no
    topic.
    """

    labels: np.ndarray
    centroids: np.ndarray
    resolution: float
    stability: float
    threshold: float


def find_topics(
    vectors: np.ndarray,
    *,
    seed: int = 0,
    min_topic: int | None = None,
    neighbours: int | None = None,
    resolution: float | None = None,
    languages: Sequence[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Partition:
    """Part n unit rows into topics.

    `min_topic` is the least number of opinions in a topic (default 2.5 % of n, between 3 and 10): members of
    smaller ones join the nearest topic when they are close enough to it and are left over otherwise. `neighbours`
    defaults to the square root of n between 5 and 15. `resolution` skips the choice. The graph is built after the
    mean opinion is removed, or the mean of each language when `languages` (n,) is given (for encoders that part
    languages before subjects); centroids stay in the encoder's own space. `progress(done, total)` is called while
    resolutions are tried.
    """
    count = len(vectors)
    if count < FEW:
        return _together(vectors)
    least = min_topic if min_topic is not None else int(np.clip(round(0.025 * count), 3, 10))
    centred = _centred(vectors, languages)
    stability = float("nan")
    if resolution is None:
        resolution, stability = _choose_resolution(centred, neighbours, seed, progress)
        if count < SMALL and stability < STEADY:
            return _together(vectors)
    labels = _best_leiden(_graph(centred, neighbours), resolution, seed)
    labels, centroids, threshold = _settle(vectors, labels, least)
    if len(centroids) < 2 or quality.silhouette(vectors, labels, centroids) < WORTH_PARTING:
        return _together(vectors)
    return Partition(labels, centroids, resolution, stability, threshold)


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


def _together(vectors: np.ndarray) -> Partition:
    if len(vectors) == 0:
        return Partition(np.zeros(0, dtype=np.int64), np.zeros((0, 0), dtype=np.float32), 0.0, float("nan"), 0.0)
    centroid = unit_rows(vectors.mean(axis=0, keepdims=True))
    return Partition(np.zeros(len(vectors), dtype=np.int64), centroid, 0.0, float("nan"), 0.0)


def _centred(vectors: np.ndarray, languages: Sequence[str] | None) -> np.ndarray:
    """Unit rows without what all opinions have in common; a language with fewer than 20 opinions shares the mean of
    all.
    """
    means = np.repeat(vectors.mean(axis=0, keepdims=True), len(vectors), axis=0)
    names = np.asarray(languages if languages is not None else [], dtype=object)
    for language in sorted(set(names)):
        rows = names == language
        if rows.sum() >= 20:
            means[rows] = vectors[rows].mean(axis=0)
    return unit_rows(vectors - means)


def _neighbours(vectors: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the k nearest others by cosine, and those cosines: two arrays (n, k). Exact, in blocks."""
    count = len(vectors)
    nearest = np.empty((count, k), dtype=np.int64)
    cosines = np.empty((count, k), dtype=np.float32)
    for start in range(0, count, 1024):
        block = vectors[start : start + 1024] @ vectors.T
        rows = np.arange(len(block))
        block[rows, start + rows] = -2.0
        found = np.argpartition(-block, k - 1, axis=1)[:, :k]
        nearest[start : start + len(block)] = found
        cosines[start : start + len(block)] = np.take_along_axis(block, found, axis=1)
    return nearest, cosines


def _graph(vectors: np.ndarray, neighbours: int | None) -> Any:
    """Undirected graph: an edge wherever one is among the other's k nearest, weighted by the cosine (not below 0)."""
    import igraph

    count = len(vectors)
    k = min(neighbours if neighbours is not None else int(np.clip(round(count**0.5), 5, 15)), count - 1)
    nearest, cosines = _neighbours(vectors, k)
    here = np.repeat(np.arange(count), k)
    there = nearest.ravel()
    pairs = np.minimum(here, there) * count + np.maximum(here, there)
    pairs, first = np.unique(pairs, return_index=True)
    graph = igraph.Graph(n=count, edges=np.column_stack([pairs // count, pairs % count]).tolist())
    graph.es["weight"] = np.maximum(cosines.ravel()[first], 0).astype(np.float64).tolist()
    return graph


class _Draws:
    """What igraph asks of a random number generator, drawn from numpy's PCG64 with a seed of our own."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)
        self._raw = self._generator.bit_generator.random_raw

    def getrandbits(self, bits: int) -> int:
        return int(self._raw()) >> (64 - bits)

    def random(self) -> float:
        return float(self._generator.random())

    def randint(self, low: int, high: int) -> int:
        return int(self._generator.integers(low, high, endpoint=True))

    def gauss(self, mean: float, deviation: float) -> float:
        return float(self._generator.normal(mean, deviation))


@contextmanager
def _seeded(seed: int) -> Iterator[None]:
    """igraph draws from one process-wide generator: lend it ours, then let it go back to its own."""
    import igraph

    with _igraph_random:
        igraph.set_random_number_generator(_Draws(seed))
        try:
            yield
        finally:
            igraph.set_random_number_generator(None)


def _leiden(graph: Any, resolution: float, seed: int) -> np.ndarray:
    with _seeded(seed):
        found = graph.community_leiden(
            objective_function="modularity", weights="weight", resolution=resolution, n_iterations=-1
        )
    return np.array(found.membership, dtype=np.int64)


def _best_leiden(graph: Any, resolution: float, seed: int, starts: int = STARTS) -> np.ndarray:
    """The start with the highest modularity at this resolution."""
    tries = [_leiden(graph, resolution, seed * 1000 + start) for start in range(starts)]
    scores = [graph.modularity(labels.tolist(), weights="weight", resolution=resolution) for labels in tries]
    return tries[int(np.argmax(np.round(scores, 9)))]


def _choose_resolution(
    vectors: np.ndarray, neighbours: int | None, seed: int, progress: Callable[[int, int], None] | None
) -> tuple[float, float]:
    generator = np.random.default_rng(seed)
    if len(vectors) > SAMPLE:
        vectors = vectors[np.sort(generator.permutation(len(vectors))[:SAMPLE])]
    count = len(vectors)
    graph = _graph(vectors, neighbours)
    parts = [np.sort(generator.permutation(count)[: max(2, int(0.8 * count))]) for _ in range(SUBSAMPLES)]
    subgraphs = [_graph(vectors[part], neighbours) for part in parts]
    modularity, stability, doubt = [], [], []
    for step, resolution in enumerate(RESOLUTIONS):
        labels = _best_leiden(graph, resolution, seed)
        modularity.append(graph.modularity(labels.tolist(), weights="weight"))
        agreement = [
            quality.agreement(labels[part], _best_leiden(subgraph, resolution, seed, starts=2))
            for part, subgraph in zip(parts, subgraphs, strict=True)
        ]
        stability.append(float(np.mean(agreement)))
        doubt.append(float(np.std(agreement, ddof=1)) / len(agreement) ** 0.5)
        if progress is not None:
            progress(step + 1, len(RESOLUTIONS))
    eligible = [i for i, value in enumerate(modularity) if value >= MODULARITY_SLACK * max(modularity)]
    steadiest = max(eligible, key=lambda i: stability[i])
    slack = max(STABILITY_SLACK, 2 * doubt[steadiest])
    chosen = max(i for i in eligible if stability[i] >= stability[steadiest] - slack)
    return RESOLUTIONS[chosen], stability[chosen]


def _settle(vectors: np.ndarray, labels: np.ndarray, least: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Dissolve topics smaller than `least`, number the rest by size, and find the cosine below which nothing
    belongs.
    """
    sizes = np.bincount(labels)
    order = sorted(np.flatnonzero(sizes >= least), key=lambda label: (-sizes[label], int(np.argmax(labels == label))))
    if not order:
        return np.full(len(labels), LEFT_OVER), np.zeros((0, vectors.shape[1]), dtype=np.float32), 0.0
    settled = np.full(len(labels), LEFT_OVER, dtype=np.int64)
    for number, label in enumerate(order):
        settled[labels == label] = number
    centroids = quality.centroids(vectors, settled, len(order))
    threshold = float(np.quantile(quality.others_cosine(vectors, settled)[settled != LEFT_OVER], 0.02))
    loose = np.flatnonzero(settled == LEFT_OVER)
    if len(loose):
        settled[loose] = place(vectors[loose], centroids, threshold)[0]
        centroids = quality.centroids(vectors, settled, len(order))
    return settled, centroids, threshold

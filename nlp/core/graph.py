"""The graph of nearest opinions: vectors made comparable, neighbours found, communities parted by Leiden.

Everything here is deterministic for a given order of rows; `topics` sorts the rows before it builds a graph, so that
the order in which opinions came plays no part.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from nlp.core.vectors import unit_rows

DIMENSIONS = 64
"""Principal components kept of more than ROWS_WHOLE rows; fewer rows are compared faster as they are."""
ROWS_WHOLE = 2000
BLOCK = 1024
LANGUAGE_SHARE = 20
"""A language with fewer opinions than this is centred with all the others."""

_igraph_random = threading.Lock()


@dataclass(frozen=True, slots=True)
class Graph:
    """Undirected weighted graph of n opinions: edge e joins `heads[e]` < `tails[e]` with `weights[e]` > 0."""

    size: int
    heads: np.ndarray
    tails: np.ndarray
    weights: np.ndarray


def comparable(vectors: np.ndarray, languages: Sequence[str] | None = None) -> np.ndarray:
    """float32 (n, d) unit rows without what all opinions have in common, d at most DIMENSIONS.

    The mean opinion is taken off, or the mean of each language when `languages` (n,) is given and it has at least
    LANGUAGE_SHARE opinions; then the strongest principal components are kept.
    """
    centred = vectors - vectors.mean(axis=0)
    names = np.asarray(languages if languages is not None else [], dtype=object)
    for language in sorted(set(names)):
        rows = names == language
        if rows.sum() >= LANGUAGE_SHARE:
            centred[rows] = vectors[rows] - vectors[rows].mean(axis=0)
    centred = unit_rows(centred)
    if centred.shape[1] <= DIMENSIONS or len(centred) <= ROWS_WHOLE:
        return centred
    from scipy.linalg import eigh

    sample = centred[:: max(1, len(centred) // 4096)]
    width = centred.shape[1]
    _values, directions = eigh(sample.T @ sample, subset_by_index=[width - DIMENSIONS, width - 1])
    return unit_rows(centred @ directions)


def nearest(vectors: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the `count` nearest others of each of n unit rows by cosine, in no order, and those cosines: two arrays
    (n, count).

    Every pair is compared, a block of rows at a time.
    """
    size = len(vectors)
    count = min(count, size - 1)
    found = np.empty((size, count), dtype=np.int64)
    cosines = np.empty((size, count), dtype=np.float32)
    for start in range(0, size, BLOCK):
        block = vectors[start : start + BLOCK] @ vectors.T
        rows = np.arange(len(block))
        block[rows, start + rows] = -2.0
        # The least cosine that belongs and a comparison are twice as fast as argpartition, which has to settle ties.
        least = np.partition(block, size - count, axis=1)[:, size - count, None]
        belong = np.flatnonzero(block >= least) % size
        if len(belong) == count * len(block):
            order = belong.reshape(len(block), count)
        else:
            order = np.argpartition(-block, count - 1, axis=1)[:, :count]
        found[start : start + BLOCK] = order
        cosines[start : start + BLOCK] = np.take_along_axis(block, order, axis=1)
    return found, cosines


def build(vectors: np.ndarray, neighbours: int) -> Graph:
    """Join each of n unit rows to its nearest others; the weight of an edge is the cosine, pairs at or below 0 are not
    joined.
    """
    size = len(vectors)
    if size < 2:
        return Graph(size, *(np.zeros(0, dtype=kind) for kind in (np.int64, np.int64, np.float64)))
    found, cosines = nearest(vectors, neighbours)
    here = np.repeat(np.arange(size), found.shape[1])
    there = found.ravel()
    pairs, first = np.unique(np.minimum(here, there) * size + np.maximum(here, there), return_index=True)
    weights = np.round(cosines.ravel()[first].astype(np.float64), 5)
    joined = weights > 0
    return Graph(size, pairs[joined] // size, pairs[joined] % size, weights[joined])


class _Draws:
    """What igraph asks of a random number generator, drawn from numpy's PCG64 with a seed of our own.

    It asks several hundred thousand times and for 32 bits or a float: both answers come from `next` alone, without a
    frame of Python (its second argument, what igraph asks for, is only returned when there is no next one).
    """

    def __init__(self, seed: int) -> None:
        self._generator = np.random.default_rng(seed)
        self._words = chain.from_iterable(self._blocks())
        self.getrandbits = partial(next, self._words)
        self.random = partial(next, map((2.0**-32).__mul__, self._words))

    def _blocks(self) -> Iterator[list[int]]:
        while True:
            yield self._generator.integers(0, 2**32, size=2048, dtype=np.uint64).tolist()

    def randint(self, low: int, high: int) -> int:
        return low + next(self._words) * (high - low + 1) // 2**32

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


def as_igraph(graph: Graph) -> Any:
    """The same graph for igraph, weights as the edge attribute "weight"."""
    import igraph

    drawn = igraph.Graph(n=graph.size, edges=np.column_stack([graph.heads, graph.tails]))
    drawn.es["weight"] = graph.weights.tolist()
    return drawn


def communities(drawn: Any, resolution: float, seed: int, *, rounds: int = 2, masses: str | None = None) -> np.ndarray:
    """Parts of the graph that `as_igraph` made: int array (n,), 0.., by Leiden (Traag, Waltman & van Eck 2019) for
    modularity at this resolution. `masses` names a vertex attribute where strengths are not the sums of the edges.
    """
    import igraph

    # The method of the base class gives the bare numbers; that of Graph wraps them in objects we do not need.
    with _seeded(seed):
        membership, _quality = igraph.GraphBase.community_leiden(
            drawn,
            edge_weights="weight",
            node_weights=masses,
            resolution=resolution,
            normalize_resolution=True,
            beta=0.01,
            n_iterations=rounds,
        )
    return np.array(membership, dtype=np.int64)


def consensus(graph: Graph, single: Sequence[np.ndarray], resolution: float, seeds: Sequence[int]) -> np.ndarray:
    """What several divisions of a graph agree on, int array (n,): edges are weighted by how often their ends stood
    together and the graph is parted once more (consensus clustering, Lancichinetti & Fortunato 2012), with each of
    `seeds`; the best by modularity is taken.

    Opinions whom no run parted are moved as one, which takes a tenth of the time.
    """
    together = np.mean([labels[graph.heads] == labels[graph.tails] for labels in single], axis=0)
    weights = np.maximum(graph.weights * together, 1e-6)
    one = single[0]
    for labels in single[1:]:
        one = np.unique(one * (int(labels.max()) + 1) + labels, return_inverse=True)[1]
    size = int(one.max()) + 1
    heads, tails = np.minimum(one[graph.heads], one[graph.tails]), np.maximum(one[graph.heads], one[graph.tails])
    apart = heads != tails
    pairs, which = np.unique(heads[apart] * size + tails[apart], return_inverse=True)
    drawn = as_igraph(Graph(size, pairs // size, pairs % size, np.bincount(which, weights[apart], len(pairs))))
    agreed = Graph(graph.size, graph.heads, graph.tails, weights)
    drawn.vs["weight"] = np.bincount(one, _strength(agreed), size).tolist()
    tries = [communities(drawn, resolution, seed, masses="weight")[one] for seed in seeds]
    return max(tries, key=lambda labels: round(modularity(agreed, labels, resolution), 9))


def modularity(graph: Graph, labels: np.ndarray, resolution: float = 1.0) -> float:
    """Newman and Girvan's modularity of a division with a resolution parameter; 0 for a graph without edges."""
    total = graph.weights.sum()
    if not total:
        return 0.0
    inside = graph.weights[labels[graph.heads] == labels[graph.tails]].sum() / total
    shares = np.bincount(labels, _strength(graph)) / (2 * total)
    return float(inside - resolution * (shares**2).sum())


def _strength(graph: Graph) -> np.ndarray:
    """float (n,): the sum of the weights of each opinion's edges."""
    return np.bincount(graph.heads, graph.weights, graph.size) + np.bincount(graph.tails, graph.weights, graph.size)

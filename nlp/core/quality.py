"""How good a division into topics is: figures between -1 and 1 that a planner's page can explain in one sentence
each.
"""

from __future__ import annotations

import numpy as np

from nlp.core.records import LEFT_OVER


def centroids(vectors: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    """float32 (count, dim): the mean direction of each topic's members, unit rows."""
    sums = _sums(vectors, labels, count)
    norms = np.linalg.norm(sums, axis=1, keepdims=True)
    return (sums / np.where(norms > 0, norms, 1)).astype(np.float32)


def _sums(vectors: np.ndarray, labels: np.ndarray, count: int) -> np.ndarray:
    """float64 (count, dim): sums of each topic's members, topic by topic: `np.add.at` takes twenty times as long."""
    sums = np.zeros((count, vectors.shape[1]))
    for label in range(count):
        sums[label] = vectors[labels == label].sum(axis=0, dtype=np.float64)
    return sums


def others_cosine(vectors: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Cosine of each row to the centroid of the *other* members of its topic, float32 (n,); 0 where there are none.

    What a new opinion's cosine is to be compared with: its own centroid flatters a member of a small topic.
    """
    cosines = np.zeros(len(vectors), dtype=np.float32)
    for label in np.unique(labels[labels >= 0]):
        members = np.flatnonzero(labels == label)
        rest = vectors[members].sum(axis=0) - vectors[members]
        norms = np.linalg.norm(rest, axis=1)
        cosines[members] = (vectors[members] * rest).sum(axis=1) / np.where(norms > 0, norms, 1)
    return cosines


def own_cosine(vectors: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """float array (n,): cosine of each opinion to its own topic's centroid, 0 for what is left over."""
    cosines = np.zeros(len(labels), dtype=np.float64)
    inside = labels != LEFT_OVER
    if inside.any():
        cosines[inside] = np.einsum("ij,ij->i", vectors[inside], centres[labels[inside]])
    return cosines


def silhouettes(vectors: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Simplified silhouette per opinion, (b - a) / max(a, b): a is the cosine distance to the own centroid made without
    this opinion (its own weight would make small topics look good), b to the nearest other one. 0 for the only member
    of a topic, NaN for what is left over.
    """
    values = np.full(len(labels), np.nan)
    inside = np.flatnonzero(labels != LEFT_OVER)
    if len(centres) < 2 or not len(inside):
        return values
    rows, own = vectors[inside].astype(np.float64), labels[inside]
    rest = _sums(rows, own, len(centres))[own] - rows
    lengths = np.linalg.norm(rest, axis=1)
    near = 1.0 - np.einsum("ij,ij->i", rows, rest) / np.maximum(lengths, 1e-12)
    distances = 1.0 - rows @ centres.T.astype(np.float64)
    distances[np.arange(len(inside)), own] = np.inf
    other = distances.min(axis=1)
    shape = (other - near) / np.maximum(np.maximum(near, other), 1e-9)
    values[inside] = np.where(np.bincount(own, minlength=len(centres))[own] > 1, shape, 0.0)
    return values


def silhouette(vectors: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> float:
    """Mean simplified silhouette, 0 where there are fewer than two topics."""
    values = silhouettes(vectors, labels, centres)
    return float(np.nanmean(values)) if np.isfinite(values).any() else 0.0


def topic_figures(vectors: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> list[dict[str, float]]:
    """Per topic: "coherence", "separation" and "silhouette" as `records.Topic` explains them; separation is 1 - 0
    where there is one topic only.
    """
    own = own_cosine(vectors, labels, centres)
    single = silhouettes(vectors, labels, centres)
    figures = []
    for number in range(len(centres)):
        members = labels == number
        coherence = float(own[members].mean()) if members.any() else 0.0
        others = np.delete(centres, number, axis=0)
        nearest = float((vectors[members] @ others.T).mean(axis=0).max()) if len(others) and members.any() else 0.0
        shape = float(np.nanmean(single[members])) if len(centres) > 1 and members.any() else 0.0
        figures.append({"coherence": coherence, "separation": coherence - nearest, "silhouette": shape})
    return figures


def low_confidence(vectors: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> float:
    """Share of opinions (0 to 1) that are left over or no nearer to the rest of their topic than to another one."""
    if not len(labels):
        return 0.0
    unsure = labels == LEFT_OVER
    if len(centres) > 1:
        unsure = unsure | ~(silhouettes(vectors, labels, centres) > 0)
    return float(unsure.mean())


def agreement(left: np.ndarray, right: np.ndarray) -> float:
    """Adjusted Rand index (Hubert & Arabie 1985) of two divisions of the same things: 1 the same, about 0 chance."""
    _names, rows = np.unique(left, return_inverse=True)
    _names, columns = np.unique(right, return_inverse=True)
    if len(rows) < 2:
        return 1.0
    width = int(columns.max()) + 1
    together = _pairs(np.unique(rows * width + columns, return_counts=True)[1])
    on_left, on_right = _pairs(np.bincount(rows)), _pairs(np.bincount(columns))
    chance = on_left * on_right / _pairs(np.array([len(rows)]))
    most = (on_left + on_right) / 2
    return 1.0 if most == chance else float((together - chance) / (most - chance))


def _pairs(sizes: np.ndarray) -> float:
    """How many pairs of things stand together in parts of these sizes."""
    counts = sizes.astype(np.float64)
    return float((counts * (counts - 1) / 2).sum())


def mean_interval(values: np.ndarray, *, low: float = -1.0, high: float = 1.0) -> tuple[float, float, float]:
    """Mean and its 95 % interval (Student's t), clipped to what the figure can be; the whole range where n < 2."""
    from scipy.stats import t

    values = np.asarray(values, dtype=np.float64)
    mean = float(values.mean()) if len(values) else 0.0
    if len(values) < 2:
        return mean, low, high
    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    return mean, max(low, mean - half), min(high, mean + half)

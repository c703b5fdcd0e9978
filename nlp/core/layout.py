"""Where each opinion stands on the map: topics as discs, like topics near each other, members in their topic's disc.

The map is for looking, the topics are for counting: a place says "among these, towards those", no more. A disc's
area is proportional to the opinions in it. Topics are placed by stress majorization (Gansner, Koren & North 2005,
"Graph drawing by stress majorization") of their centroids' cosine distances with room for the discs; within a disc
the most typical opinion stands in the middle, and the direction is that of the topic's two main axes, turned so
that opinions lean towards the topics they resemble. No neighbour embedding: the cost is linear in the opinions.
"""

from __future__ import annotations

import numpy as np

from nlp.core.records import LEFT_OVER

STEPS = 200
"""Rounds of stress majorization and of pushing discs apart; both settle well before."""
GAP = 1.4
"""Room between the discs of the two most unlike topics, in the unit in which all discs together have area pi."""
SHARPNESS = 12.0
"""How strongly an opinion without a topic is drawn to the nearest of them."""
AXES, ROUNDS = 4, 4
"""Subspace iteration: columns carried and rounds (Halko, Martinsson & Tropp 2011, algorithm 4.4)."""


def place(vectors: np.ndarray, labels: np.ndarray, centroids: np.ndarray, seed: int = 0) -> np.ndarray:
    """float32 (n, 2), within -1..1: the places of n unit rows, whose topics are `labels` (rows of `centroids`, or
    LEFT_OVER).

    Rows that are equal and of one topic share a place; what is left over stands between the topics it resembles; zero
    rows (opinions that could not be read) get NaN. The order of the rows does not matter. Deterministic for a seed.
    """
    vectors = np.asarray(vectors, dtype=np.float32)
    labels = np.asarray(labels)
    places = np.full((len(vectors), 2), np.nan)
    known = np.asarray(vectors.any(axis=1), dtype=bool)
    if not known.any():
        return places.astype(np.float32)
    if not len(centroids):
        labels = np.where(known, 0, LEFT_OVER)
        mean = vectors[known].sum(axis=0, dtype=np.float64)
        centroids = (mean / max(float(np.linalg.norm(mean)), 1e-12))[None].astype(np.float32)
    inside = known & (labels != LEFT_OVER)
    sizes = np.bincount(labels[inside], minlength=len(centroids)).astype(np.float64)
    radii = np.sqrt(sizes / max(sizes.sum(), 1.0))
    centres = _centres(centroids.astype(np.float64), radii)
    for topic in np.flatnonzero(sizes):
        members = np.flatnonzero(inside & (labels == topic))
        lean = _within(vectors[members], centroids, int(topic), centres, seed)
        places[members] = centres[topic] + radii[topic] * lean
    loose = np.flatnonzero(known & ~inside)
    if len(loose):
        pull = np.exp(SHARPNESS * np.minimum(vectors[loose] @ centroids.T, 1.0).astype(np.float64))
        places[loose] = pull / pull.sum(axis=1, keepdims=True) @ centres
    return _fitted(places, known)


def _centres(centroids: np.ndarray, radii: np.ndarray) -> np.ndarray:
    """float64 (k, 2): the middles of the topics' discs, which do not overlap."""
    count = len(centroids)
    if count == 1:
        return np.zeros((1, 2))
    distances = np.sqrt(np.maximum(2.0 - 2.0 * np.clip(centroids @ centroids.T, -1, 1), 0.0))
    np.fill_diagonal(distances, 0.0)
    touching = radii[:, None] + radii[None]
    apart = distances / max(float(distances.max()), 1e-12)
    wanted = touching + apart * GAP
    np.fill_diagonal(wanted, 0.0)
    centres = _scaled(centroids)
    centres = _pushed(_majorized(centres, wanted), touching * 1.06)
    # The longest direction lies across the page; the first topic (the largest) is above and left.
    centred = centres - np.average(centres, axis=0, weights=radii**2 + 1e-9)
    axes = np.linalg.svd(centred, full_matrices=False)[2]
    turned = centred @ axes.T
    return turned * np.where(turned[0] > 0, -1.0, 1.0)


def _scaled(centroids: np.ndarray) -> np.ndarray:
    """Principal coordinates of the centroids, the start; a little is added so that equal ones can part."""
    centred = centroids - centroids.mean(axis=0)
    left, values, _ = np.linalg.svd(centred, full_matrices=False)
    left = left[:, :2] * np.where(left[np.abs(left[:, :2]).argmax(axis=0), [0, 1]] < 0, -1.0, 1.0)
    turn = 2.399963 * np.arange(len(centroids))  # the golden angle: no two directions are the same
    return left * values[:2] + 1e-3 * np.column_stack([np.cos(turn), np.sin(turn)])


def _majorized(centres: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Less stress sum w (|x_i - x_j| - d_ij)^2 with w = d^-2, by the Guttman transform."""
    off = ~np.eye(len(wanted), dtype=bool)
    weights = np.where(off, 1.0 / np.maximum(wanted, 1e-6) ** 2, 0.0)
    laplacian = np.diag(weights.sum(axis=1)) - weights
    inverse = np.linalg.pinv(laplacian, hermitian=True)
    for _ in range(STEPS):
        gaps = np.linalg.norm(centres[:, None] - centres[None], axis=2)
        ratio = np.where(off, weights * wanted / np.maximum(gaps, 1e-9), 0.0)
        centres = inverse @ ((np.diag(ratio.sum(axis=1)) - ratio) @ centres)
    return centres


def _pushed(centres: np.ndarray, least: np.ndarray) -> np.ndarray:
    """The same centres with every two at least `least` apart."""
    off = ~np.eye(len(least), dtype=bool)
    for _ in range(STEPS):
        steps = centres[:, None] - centres[None]
        gaps = np.linalg.norm(steps, axis=2)
        short = np.where(off, np.maximum(least - gaps, 0.0), 0.0)
        if not (short > 1e-6).any():
            break
        centres = centres + 0.5 * (steps * (short / np.maximum(gaps, 1e-9))[:, :, None]).sum(axis=1)
    return centres


def _within(rows: np.ndarray, centroids: np.ndarray, topic: int, centres: np.ndarray, seed: int) -> np.ndarray:
    """float64 (m, 2) in the unit disc: the place of each member within its topic."""
    from scipy.stats import rankdata

    own = centroids[topic].astype(np.float32)
    nearness = rows @ own
    rest = rows - nearness[:, None] * own
    if len(rows) < 2 or not (np.linalg.norm(rest, axis=1) > 1e-4).any():
        return np.zeros((len(rows), 2))
    axes = _main_axes(rest, seed)
    flat = (rest @ axes).astype(np.float64)
    others = np.delete(np.arange(len(centroids)), topic)
    if len(others):
        seen = (centroids[others] - (centroids[others] @ own)[:, None] * own) @ axes
        left, _, right = np.linalg.svd(seen.T.astype(np.float64) @ (centres[others] - centres[topic]))
        flat = flat @ (left @ right)
    angle = np.arctan2(np.round(flat[:, 1], 6), np.round(flat[:, 0], 6))
    even = 2 * np.pi * (rankdata(np.round(angle, 6)) - 0.5) / len(rows) - np.pi
    angle = (angle + even) / 2
    radius = np.sqrt((rankdata(np.round(-nearness, 6)) - 0.5) / len(rows))
    return np.column_stack([np.cos(angle), np.sin(angle)]) * radius[:, None]


def _main_axes(rows: np.ndarray, seed: int) -> np.ndarray:
    """float32 (dim, 2): the two directions in which the rows differ most."""
    centred = rows - rows.mean(axis=0)
    start = np.random.default_rng(seed).standard_normal((rows.shape[1], min(AXES, rows.shape[1])))
    basis = np.linalg.qr(start)[0].astype(np.float32)
    for _ in range(ROUNDS):
        basis = np.linalg.qr(centred.T @ (centred @ basis))[0]
    turned = np.linalg.svd(centred @ basis, full_matrices=False)[2][:2].T
    axes = basis @ turned
    if axes.shape[1] < 2:
        axes = np.column_stack([axes, np.zeros(len(axes), dtype=axes.dtype)])
    signs = np.where(axes[np.abs(axes).argmax(axis=0), np.arange(2)] < 0, -1.0, 1.0)
    return np.asarray(axes * signs, dtype=np.float32)


def _fitted(places: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Moved and scaled alike in both directions into -1..1, four digits (more would only carry noise)."""
    low, high = places[known].min(axis=0), places[known].max(axis=0)
    half = max(float((high - low).max()) / 2, 1e-12)
    fitted = (places - (low + high) / 2) / half
    return np.round(fitted, 4).astype(np.float32)

"""Opinion groups: people who vote alike, what unites them and what sets them apart.

The method is the one Polis made known (Small et al., "Polis: Scaling Deliberation by Mapping High Dimensional
Opinion Spaces", 2021): unseen votes are filled with the statement's mean, people are projected on two principal
axes and moved outwards by the square root of statements / votes (few votes pull to the middle), at most 100 base
clusters are made of them, and weighted k-means parts those. The number of groups is the one with the best
silhouette; a larger number must beat a smaller one clearly.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable
from dataclasses import dataclass

import numpy as np

from nlp.core import consensus
from nlp.core.records import LEFT_OVER, Group, GroupResult
from nlp.core.votes import VoteTable

BASE_CLUSTERS = 100
AT_LEAST = 15
"""When fewer people than this have enough votes, the ones who voted most are taken up to this number, as Polis does."""
EARNS_ITS_PLACE = 0.05
"""How much higher the silhouette of a larger number of groups has to be."""
STARTS = 10
RESAMPLES = 5
PART = 0.8
LOW_STABILITY = 0.5


@dataclass(frozen=True, slots=True)
class _Placement:
    """positions: float64 (participants, 2), NaN rows for people without a vote; variance: share explained by each
    axis.
    """

    positions: np.ndarray
    variance: tuple[float, float]


def find_groups(
    votes: VoteTable,
    *,
    moderated_out: Collection[Hashable] = (),
    max_groups: int = 5,
    min_votes: int = 7,
    seed: int = 0,
) -> GroupResult:
    """Group the participants of one conversation; the same votes and seed give the same result.

    Statements in `moderated_out` keep their column but pull nobody (zeroed) and are not reported. People with
    fewer than `min_votes` votes (or than there are statements) get a place on the map but no group, and are
    listed as thin. Any table is accepted: without a division worth telling the result has k 0 (nobody to place)
    or 1. Raises ValueError where max_groups < 2 or min_votes < 1.
    """
    if max_groups < 2 or min_votes < 1:
        raise ValueError("max_groups must be at least 2 and min_votes at least 1")
    matrix = votes.matrix()
    shown = np.array([statement not in set(moderated_out) for statement in votes.statements], dtype=bool)
    counts = (~np.isnan(matrix)).sum(axis=1)
    placement = _place(matrix, shown)
    active = _active(counts, min(min_votes, matrix.shape[1]) if matrix.shape[1] else min_votes)
    labels, silhouettes = _part(placement.positions[active], max_groups, seed)
    stability = _stability(matrix, shown, active, labels, seed)
    assignment = np.full(len(votes.participants), LEFT_OVER, dtype=np.int64)
    assignment[active] = labels
    k = int(labels.max()) + 1 if len(labels) else 0
    statements = consensus.summarise(matrix, assignment, k, votes.statements, shown)
    return GroupResult(
        k=k,
        silhouettes=silhouettes,
        stability=stability,
        participants=votes.participants,
        placements=placement.positions,
        assignment=assignment,
        groups=tuple(
            Group(
                number=number,
                size=int((assignment == number).sum()),
                members=tuple(votes.participants[i] for i in np.flatnonzero(assignment == number)),
                centre=tuple(float(x) for x in placement.positions[assignment == number].mean(axis=0)),  # type: ignore[arg-type]
                representative=consensus.representative(matrix, assignment, number, votes.statements, shown)
                if k > 1
                else (),
            )
            for number in range(k)
        ),
        common_ground=consensus.common_ground(statements),
        divisive=consensus.divisive(statements) if k > 1 else (),
        statements=statements,
        thin=tuple(votes.participants[i] for i in np.flatnonzero(assignment == LEFT_OVER)),
        variance=placement.variance,
        notes=_notes(k, stability, len(active)),
    )


def _place(matrix: np.ndarray, shown: np.ndarray) -> _Placement:
    """Principal axes of the mean-filled votes, then each person's place times sqrt(statements / own votes)."""
    people, statements = matrix.shape
    seen = ~np.isnan(matrix)
    positions = np.full((people, 2), np.nan)
    voted = seen.any(axis=1)
    if not voted.any():
        return _Placement(positions, (0.0, 0.0))
    values = np.where(seen, matrix, 0.0).astype(np.float64)
    cast = seen.sum(axis=0)
    mean = values.sum(axis=0) / np.maximum(cast, 1)
    centred = np.where(seen, values - mean, 0.0)
    centred[:, ~shown] = 0.0
    axes, variance = _axes(centred)
    known = (seen | ~shown).sum(
        axis=1
    )  # a zeroed column counts as voted on, as in Polis: without it the map is stretched differently
    stretch = np.sqrt(statements / np.maximum(known, 1))
    positions[voted] = ((centred @ axes) * stretch[:, None])[voted]
    return _Placement(positions, variance)


def _axes(centred: np.ndarray) -> tuple[np.ndarray, tuple[float, float]]:
    """The two leading principal axes (statements, 2), largest entry positive, by the smaller of the two Gram
    matrices.
    """
    people, statements = centred.shape
    axes = np.zeros((statements, 2))
    total = float((centred**2).sum())
    if total <= 1e-12:
        return axes, (0.0, 0.0)
    small = statements <= people
    values, vectors = np.linalg.eigh(centred.T @ centred if small else centred @ centred.T)
    shares = [0.0, 0.0]
    for axis in range(min(2, len(values))):
        if values[-1 - axis] <= 1e-9 * total:
            break
        direction = vectors[:, -1 - axis] if small else centred.T @ vectors[:, -1 - axis]
        direction = direction / np.linalg.norm(direction)
        axes[:, axis] = direction * np.sign(direction[np.abs(direction.round(9)).argmax()])
        shares[axis] = float(values[-1 - axis] / total)
    return axes, (shares[0], shares[1])


def _active(counts: np.ndarray, min_votes: int) -> np.ndarray:
    """Positions of the people who are grouped, in order."""
    enough = counts >= max(min_votes, 1)
    if enough.sum() < AT_LEAST:
        most = np.argsort(-counts, kind="stable")[:AT_LEAST]
        enough[most[counts[most] > 0]] = True
    return np.flatnonzero(enough)


def _part(positions: np.ndarray, max_groups: int, seed: int) -> tuple[np.ndarray, dict[int, float]]:
    """Group numbers (largest first) and {k: silhouette over the base clusters}; one group where nothing can be told
    apart.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_score

    count = len(positions)
    together = np.zeros(count, dtype=np.int64)
    places, base = np.unique(positions.round(9), axis=0, return_inverse=True)
    base = base.ravel()
    if len(places) < 3:
        return (_by_size(base), {}) if len(places) == 2 and count >= 4 else (together, {})
    if len(places) > BASE_CLUSTERS:
        base = KMeans(BASE_CLUSTERS, n_init=1, random_state=seed).fit_predict(positions)
        base = np.unique(base, return_inverse=True)[1].ravel()
    weights = np.bincount(base).astype(float)
    centres = np.column_stack([np.bincount(base, positions[:, axis]) / weights for axis in (0, 1)])
    most = max(2, min(max_groups, 2 + len(centres) // 12, len(centres) - 1))
    silhouettes: dict[int, float] = {}
    best, chosen = -np.inf, np.zeros(len(centres), dtype=np.int64)
    for k in range(2, most + 1):
        labels = KMeans(k, n_init=STARTS, random_state=seed).fit_predict(centres, sample_weight=weights)
        if not 1 < len(set(labels.tolist())) < len(centres):
            continue
        silhouettes[k] = float(silhouette_score(centres, labels))
        if silhouettes[k] > best + (EARNS_ITS_PLACE if best > -np.inf else 0.0):
            best, chosen = silhouettes[k], labels
    return _by_size(chosen[base]), silhouettes


def _by_size(labels: np.ndarray) -> np.ndarray:
    """Renumber 0.. from the largest group to the smallest; the earlier participant first on a tie."""
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = sorted(range(len(names)), key=lambda j: (-sizes[j], first[j]))
    rank = {names[j]: number for number, j in enumerate(order)}
    return np.array([rank[label] for label in labels], dtype=np.int64)


def _stability(matrix: np.ndarray, shown: np.ndarray, active: np.ndarray, labels: np.ndarray, seed: int) -> float:
    """Mean ARI between this grouping and groupings of random 80 % of the same people into as many groups, each from
    its own axes.
    """
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score

    k = int(labels.max()) + 1 if len(labels) else 0
    if k < 2 or len(active) < 10:
        return float("nan")
    generator = np.random.default_rng(seed)
    scores = []
    for _ in range(RESAMPLES):
        part = np.sort(generator.permutation(len(active))[: int(PART * len(active))])
        positions = _place(matrix[active[part]], shown).positions
        if len(np.unique(positions.round(9), axis=0)) < k:
            continue
        again = KMeans(k, n_init=3, random_state=seed).fit_predict(positions)
        scores.append(float(adjusted_rand_score(labels[part], again)))
    return float(np.mean(scores)) if scores else float("nan")


def _notes(k: int, stability: float, active: int) -> tuple[str, ...]:
    notes = []
    if active < AT_LEAST:
        notes.append("too_few")
    if k < 2:
        notes.append("no_division")
    if stability < LOW_STABILITY:
        notes.append("low_stability")
    return tuple(notes)

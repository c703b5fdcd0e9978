"""Into how many groups people's places part, and who belongs to which.

As in Polis, at most 100 base clusters are made of the places and weighted k-means parts those. Three things differ. A
person weighs n / (n + few), because a place made of few votes says less about where a group stands. Several sets of
base clusters are made and the majority decides, because one set is a draw of luck. And the number of groups is settled
by two tests instead of the best silhouette alone: whether the votes hang together at all (`hang_together`), and whether
a larger number beats a smaller one by more than half samples differ among themselves (`part`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.core import placement
from nlp.core.records import GroupCount, Interval

BASE_CLUSTERS = 100
BASES = 5
FITTED_ON = 1500
"""Base clusters are found among this many people at most; the others join the nearest."""
STARTS = 6
SPLITS = 10
"""Each split parts the people into two halves, so that the noise is known from twice as many half samples."""
CHANCE = 0.05
Z_95 = 1.645
"""One-sided 95 %."""
LLOYD_STEPS = 50
RESAMPLES = 4
"""Splits in which each half gets axes of its own, which costs more."""
ROUGH = 1e-3
"""Precision of those axes: halves differ by far more."""


@dataclass(frozen=True, slots=True)
class Division:
    """labels: int array (n,), 0.., of the chosen number of groups; counts: what speaks for each number tried, by k;
    bases: base cluster of each person, one int array (n,) per set.
    """

    labels: np.ndarray
    counts: tuple[GroupCount, ...]
    bases: tuple[np.ndarray, ...] = ()


@dataclass(frozen=True, slots=True)
class Half:
    """Half of the people: who: int array, positions in order; axes: float64 (statements, 2), their principal axes."""

    who: np.ndarray
    axes: np.ndarray


@dataclass(frozen=True, slots=True)
class _Samples:
    """Base clusters of everybody (the first len(bases)) and of half samples (the rest), padded to equal length.

    bases: base cluster of each person, one int array (n,) per set; centres: (samples, clusters, 2); weights:
    (samples, clusters), 0 for a cluster without anybody in the sample; distances: (samples, clusters, clusters).
    """

    bases: tuple[np.ndarray, ...]
    centres: np.ndarray
    weights: np.ndarray
    distances: np.ndarray


def part(
    positions: np.ndarray, weights: np.ndarray, *, divided: bool, p: float, max_groups: int, seed: int
) -> Division:
    """Part `positions` (n, 2) of people who weigh `weights` (n,).

    Of two numbers of groups the larger is taken when its mean silhouette over base clusters is higher by more than
    1.645 standard deviations of that difference over half samples (one-sided 95 %). The variance of a statistic over
    random halves estimates its sampling variance (half-sampling: McCarthy 1969; Politis, Romano and Wolf 1999).
    `divided` and `p` are the outcome of `hang_together`: without it there is one group, whatever the silhouettes say.
    """
    count = len(positions)
    together = np.zeros(count, dtype=np.int64)
    places, at = np.unique(positions.round(9), axis=0, return_inverse=True)
    if len(places) < 3:
        return Division(at.reshape(-1) if divided and len(places) == 2 else together, ())
    generator = np.random.default_rng(seed)
    samples = _samples(positions, weights, generator, seed)
    full = len(samples.bases)
    clusters = samples.centres.shape[1]
    most = max(2, min(max_groups, 2 + clusters // 12, len(places) - 1))
    chosen, found, scores, counts = 2, {}, {}, []
    for k in range(2, most + 1):
        labels, centres = cluster(samples.centres, samples.weights, k, generator, STARTS)
        scores[k] = _silhouettes(samples.distances, labels, samples.weights > 0, k)
        found[k] = [labels[i][base] for i, base in enumerate(samples.bases)]
        gain = scores[k] - scores[chosen]
        mean, noise = float(gain[:full].mean()), Z_95 * float(gain[full:].std(ddof=1))
        accepted = divided and (k == 2 or mean > noise)
        counts.append(
            GroupCount(
                k=k,
                silhouette=float(scores[k][:full].mean()),
                compared_with=1 if k == 2 else chosen,
                gain=float("nan") if k == 2 else mean,
                interval=Interval(float("nan"), float("nan")) if k == 2 else Interval(mean - noise, mean + noise),
                p=p if k == 2 else float("nan"),
                accepted=accepted,
                stability=_agreement([positions] * (2 * SPLITS), centres[full:]),
            )
        )
        if accepted and k > 2:
            chosen = k
    return Division(_majority(found[chosen], chosen) if divided else together, tuple(counts), samples.bases)


def split(centred: Any, seed: int) -> list[Half]:
    """Random halves of the people in `centred` (CSR, see `placement.centre`), each with axes of its own; two follow
    each other that make up everybody.
    """
    generator = np.random.default_rng(seed)
    halves = []
    for _ in range(RESAMPLES):
        mixed = generator.permutation(centred.shape[0])
        for who in (mixed[: len(mixed) // 2], mixed[len(mixed) // 2 :]):
            halves.append(Half(np.sort(who), placement.principal_axes(centred[np.sort(who)], ROUGH)[0]))
    return halves


def hang_together(centred: Any, halves: Sequence[Half]) -> tuple[bool, float]:
    """Whether votes on different statements hang together, with the one-sided p value.

    The first axis of one half of the people is held against the other half: does each of these lean to the same side of
    it on different statements? Per person that is the sum of products over all pairs of votes, (square of the sum less
    sum of the squares) / 2. When everybody votes on each statement for itself its mean is zero, whoever saw what, and
    the sum over people divided by its own root mean square is nearly standard normal; the mean over splits varies no
    more. Of 400 made-up conversations without any division 5 % are rejected at 5 %. With a single statement that
    divides people there is nothing to hang together: it is a division when both sides have two people or more.
    """
    from scipy.special import ndtr

    live = np.bincount(centred.indices, np.abs(centred.data) > placement.NOTHING, minlength=centred.shape[1]) > 0
    if live.sum() < 2:
        sides = np.unique(centred.data[live[centred.indices]].round(9), return_counts=True)[1]
        return bool(len(sides) > 1 and np.sort(sides)[-2] >= 2), float("nan")
    squares = centred.power(2)
    scores = []
    for one, other in zip(halves[::2], halves[1::2], strict=True):
        crossed = [
            (((centred @ axes) ** 2 - squares @ axes**2) / 2)[who]
            for axes, who in ((one.axes[:, 0], other.who), (other.axes[:, 0], one.who))
        ]
        both = np.concatenate(crossed)
        scores.append(both.sum() / np.sqrt(max(float((both**2).sum()), placement.NOTHING)))
    p = float(ndtr(-np.mean(scores)))
    return p <= CHANCE, p


def cluster(
    points: np.ndarray, weights: np.ndarray, k: int, generator: np.random.Generator, starts: int
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted k-means of many small sets of points at once, each from several k-means++ starts (Arthur and
    Vassilvitskii 2007).

    points (sets, n, 2), weights (sets, n) -> labels (sets, n) and centres (sets, k, 2) of each set's best start. One
    library call per set and start would take ten times as long as the work.
    """
    sets, count, _ = points.shape
    many, heavy = np.repeat(points, starts, axis=0), np.repeat(weights, starts, axis=0)
    centres = _spread_out(many, heavy, k, generator)
    labels = np.full((sets * starts, count), -1)
    moving = np.arange(sets * starts)
    for _ in range(LLOYD_STEPS):
        again = _nearest(many[moving], centres[moving])
        moved = (again != labels[moving]).any(axis=1)
        moving = moving[moved]
        if not len(moving):
            break
        labels[moving] = again[moved]
        member = (labels[moving][:, :, None] == np.arange(k)) * heavy[moving][:, :, None]
        mass = member.sum(axis=1)[:, :, None]
        means = member.transpose(0, 2, 1) @ many[moving] / np.maximum(mass, 1e-12)
        centres[moving] = np.where(mass > 0, means, centres[moving])
    inertia = (_squared(many, centres).min(axis=2) * heavy).sum(axis=1).reshape(sets, starts)
    best = inertia.round(9).argmin(axis=1) + np.arange(sets) * starts
    return labels[best], centres[best]


def _spread_out(points: np.ndarray, weights: np.ndarray, k: int, generator: np.random.Generator) -> np.ndarray:
    """k-means++ starts (sets, k, 2): each next one is drawn by weight times squared distance to those before."""
    sets, count, _ = points.shape
    every = np.arange(sets)
    starts = np.empty((sets, k, 2))
    near = np.ones((sets, count))
    for j in range(k):
        reach = np.cumsum(weights * near, axis=1)
        # Nothing left to pick apart (all distances 0): the last point again, an empty group.
        drawn = generator.random(sets) * reach[:, -1]
        starts[:, j] = points[every, np.minimum((reach <= drawn[:, None]).sum(axis=1), count - 1)]
        gap = ((points - starts[:, j][:, None]) ** 2).sum(axis=2)
        near = gap if j == 0 else np.minimum(near, gap)
    return starts


def stability(
    centred: Any, halves: Sequence[Half], shown: np.ndarray, weights: np.ndarray, division: Division, seed: int
) -> float:
    """How well two halves of the people, each with axes and groups of its own, agree on whom they would put together:
    mean adjusted Rand index over splits, NaN when it cannot be measured. Base clusters are those of everybody.
    """
    k = int(division.labels.max(initial=0)) + 1
    if k < 2 or centred.shape[0] < 10 or not division.bases:
        return float("nan")
    places = [placement.project(centred, half.axes, shown)[0] for half in halves]
    pairs = [(division.bases[i // 2 % len(division.bases)], half.who) for i, half in enumerate(halves)]
    points, mass = _pooled(places, weights, pairs)
    _, centres = cluster(points, mass, k, np.random.default_rng(seed), STARTS)
    return _agreement(places, centres)


def rand_index(first: np.ndarray, second: np.ndarray) -> float:
    """Adjusted Rand index of two label arrays (Hubert and Arabie 1985); 1 when both are one group."""
    columns = int(second.max()) + 1
    table = np.bincount(first * columns + second, minlength=(int(first.max()) + 1) * columns).reshape(-1, columns)
    pairs = [float((x * (x - 1.0) / 2).sum()) for x in (table, table.sum(axis=1), table.sum(axis=0))]
    total = len(first) * (len(first) - 1) / 2
    expected = pairs[1] * pairs[2] / total if total else 0.0
    most = (pairs[1] + pairs[2]) / 2
    return 1.0 if most == expected else (pairs[0] - expected) / (most - expected)


def _samples(positions: np.ndarray, weights: np.ndarray, generator: np.random.Generator, seed: int) -> _Samples:
    count = len(positions)
    bases = tuple(_base(positions, weights, seed + i) for i in range(BASES if count > BASE_CLUSTERS else 1))
    pairs = [(base, np.arange(count)) for base in bases]
    for split in range(SPLITS):
        mixed = generator.permutation(count)
        base = bases[split % len(bases)]
        pairs += [(base, mixed[: count // 2]), (base, mixed[count // 2 :])]
    centres, mass = _pooled([positions] * len(pairs), weights, pairs)
    return _Samples(bases, centres, mass, np.sqrt(_squared(centres, centres)))


def _pooled(
    places: Sequence[np.ndarray], weights: np.ndarray, pairs: Sequence[tuple[np.ndarray, np.ndarray]]
) -> tuple[np.ndarray, np.ndarray]:
    """Centres (samples, clusters, 2) and weights (samples, clusters) of base clusters: each of `pairs` is a set of base
    clusters and the positions of the people in the sample, whose place is in the same position of `places`.
    """
    clusters = max(int(base.max()) + 1 for base, _ in pairs)
    centres, mass = np.zeros((len(pairs), clusters, 2)), np.zeros((len(pairs), clusters))
    for i, ((base, who), place) in enumerate(zip(pairs, places, strict=True)):
        at, heavy = base[who], weights[who]
        mass[i] = np.bincount(at, heavy, minlength=clusters)
        for axis in (0, 1):
            pull = np.bincount(at, heavy * place[who, axis], minlength=clusters)
            centres[i, :, axis] = pull / np.where(mass[i] > 0, mass[i], 1)
    return centres, mass


def _base(positions: np.ndarray, weights: np.ndarray, seed: int) -> np.ndarray:
    """The base cluster of each person, 0.. without gaps; each person alone when there are at most 100."""
    from sklearn.cluster import KMeans

    count = len(positions)
    if count <= BASE_CLUSTERS:
        return np.arange(count)
    part = np.sort(np.random.default_rng(seed).permutation(count)[:FITTED_ON])
    found = KMeans(BASE_CLUSTERS, n_init=1, random_state=seed).fit(positions[part], sample_weight=weights[part])
    return np.unique(found.predict(positions), return_inverse=True)[1].reshape(-1)


def _squared(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared distances (sets, points, centres)."""
    gaps = (points**2).sum(axis=2)[:, :, None] - 2 * points @ centres.transpose(0, 2, 1)
    return np.maximum(gaps + (centres**2).sum(axis=2)[:, None], 0.0)


def _silhouettes(distances: np.ndarray, labels: np.ndarray, present: np.ndarray, k: int) -> np.ndarray:
    """Mean silhouette (Rousseeuw 1987) of each set over the base clusters present; 0 for one alone in its group."""
    member = ((labels[:, :, None] == np.arange(k)) & present[:, :, None]).astype(np.float64)
    sums, sizes = distances @ member, member.sum(axis=1)[:, None]
    sizes = np.broadcast_to(sizes, sums.shape)
    own = labels[:, :, None]
    mates = np.take_along_axis(sizes, own, 2)[:, :, 0] - 1
    inside = np.take_along_axis(sums, own, 2)[:, :, 0] / np.maximum(mates, 1)
    others = np.where(sizes > 0, sums / np.maximum(sizes, 1), np.inf)
    np.put_along_axis(others, own, np.inf, 2)
    outside = others.min(axis=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        values = np.where(np.isfinite(outside), (outside - inside) / np.maximum(outside, inside), 0.0)
    values = np.where(present & (mates > 0), np.nan_to_num(values), 0.0)
    return values.sum(axis=1) / np.maximum(present.sum(axis=1), 1)


def _agreement(places: Sequence[np.ndarray], centres: np.ndarray) -> float:
    """Mean adjusted Rand index between the groups that the two halves of each split give to everybody: the nearest of
    `centres` (halves, k, 2) to everybody's place as that half sees it (n, 2).
    """
    labels = [_nearest(place, own) for place, own in zip(places, centres, strict=True)]
    return float(np.mean([rand_index(a, b) for a, b in zip(labels[::2], labels[1::2], strict=True)]))


def _nearest(points: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Position of the nearest centre; points (..., n, 2), centres (..., k, 2) -> int array (..., n)."""
    turned = np.swapaxes(centres, -1, -2)
    return np.asarray(((turned**2).sum(axis=-2)[..., None, :] - 2 * points @ turned).argmin(axis=-1))


def _majority(divisions: list[np.ndarray], k: int) -> np.ndarray:
    """The group most divisions give to each person, once all are numbered like the first."""
    from scipy.optimize import linear_sum_assignment

    tally = np.zeros((len(divisions[0]), k))
    everybody = np.arange(len(divisions[0]))
    for labels in divisions:
        shared = np.bincount(labels * k + divisions[0], minlength=k * k).reshape(k, k)
        tally[everybody, linear_sum_assignment(-shared)[1][labels]] += 1
    return tally.argmax(axis=1)

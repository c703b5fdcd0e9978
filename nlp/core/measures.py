"""How well guesses agree with what people said is true: the standard measures, each with its interval.

Plain functions on arrays. Intervals are percentiles of a bootstrap (Efron & Tibshirani 1993) and come from a seed;
where a measure cannot be resampled with replacement, because what is drawn twice would agree with itself, 80 %
subsamples are used.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.core.encoders import unit_rows
from nlp.core.records import Interval

ROUNDS = 1000
BLOCK = 1024
BINS = 10


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class ClassScore:
    """One class: `precision`, `recall` and `f1` between 0 and 1, and how many truly are of it."""

    label: int
    precision: float
    recall: float
    f1: float
    support: int


def interval_of(values: Sequence[float]) -> Interval:
    """The middle 95 % of resampled figures; NaN are left out, (NaN, NaN) where none is left."""
    found = np.asarray(values, dtype=np.float64)
    found = found[np.isfinite(found)]
    if not len(found):
        return Interval(float("nan"), float("nan"))
    return Interval(float(np.quantile(found, 0.025)), float(np.quantile(found, 0.975)))


def bootstrap(score: Callable[[np.ndarray], float], count: int, *, seed: int = 0, rounds: int = ROUNDS) -> Estimate:
    """`score(rows)` of all `count` rows, and its interval over `rounds` samples of rows drawn with replacement."""
    generator = np.random.default_rng(seed)
    drawn = [score(generator.integers(0, count, count)) for _ in range(rounds)] if count else []
    return Estimate(score(np.arange(count)), interval_of(drawn))


def subsampled(
    score: Callable[[np.ndarray], float], count: int, *, seed: int = 0, rounds: int = 50, share: float = 0.8
) -> Estimate:
    """`score(rows)` of all rows, and an interval from subsamples of `share` of them without replacement.

    Their spread is widened by sqrt(share / (1 - share)) around the full figure, to stand for a sample of the full
    size (Politis, Romano & Wolf 1999, section 2.2).
    """
    generator = np.random.default_rng(seed)
    size = max(2, int(share * count))
    value = score(np.arange(count))
    if size >= count:
        return Estimate(value, Interval(float("nan"), float("nan")))
    drawn = np.array([score(np.sort(generator.permutation(count)[:size])) for _ in range(rounds)])
    spread = (drawn - drawn.mean()) * np.sqrt(size / (count - size))
    return Estimate(value, interval_of(value + spread))


def confusion(truth: np.ndarray, guess: np.ndarray, classes: int) -> np.ndarray:
    """int array (classes, classes): rows are the truth, columns the guess."""
    pairs = np.asarray(truth, dtype=np.int64) * classes + np.asarray(guess, dtype=np.int64)
    return np.bincount(pairs, minlength=classes * classes).reshape(classes, classes)


def class_scores(truth: np.ndarray, guess: np.ndarray, classes: int) -> tuple[ClassScore, ...]:
    """Precision, recall and F1 of classes 0..classes - 1; 0 where nothing can be divided."""
    table = confusion(truth, guess, classes)
    hits, guessed, true = np.diag(table), table.sum(axis=0), table.sum(axis=1)
    return tuple(
        ClassScore(
            label,
            float(hits[label] / max(guessed[label], 1)),
            float(hits[label] / max(true[label], 1)),
            float(2 * hits[label] / max(guessed[label] + true[label], 1)),
            int(true[label]),
        )
        for label in range(classes)
    )


def macro_f1(
    truth: np.ndarray, guess: np.ndarray, *, classes: int = 3, seed: int = 0, rounds: int = ROUNDS
) -> Estimate:
    """Mean F1 over `classes` classes (a class that is neither true nor guessed counts 0, as in scikit-learn with
    `labels=`).
    """
    truth, guess = np.asarray(truth, dtype=np.int64), np.asarray(guess, dtype=np.int64)

    def score(rows: np.ndarray) -> float:
        return float(np.mean([one.f1 for one in class_scores(truth[rows], guess[rows], classes)]))

    return bootstrap(score, len(truth), seed=seed, rounds=rounds)


def accuracy(truth: np.ndarray, guess: np.ndarray, *, seed: int = 0, rounds: int = ROUNDS) -> Estimate:
    """Share of guesses that are right."""
    right = np.asarray(truth) == np.asarray(guess)
    return bootstrap(lambda rows: float(right[rows].mean()) if len(rows) else 0.0, len(right), seed=seed, rounds=rounds)


def calibration_error(probabilities: np.ndarray, truth: np.ndarray, *, bins: int = BINS) -> float:
    """Expected calibration error (Naeini, Cooper & Hauskrecht 2015): mean |confidence - accuracy| over `bins` equal
    bins of the top probability, weighted by how many guesses fall into each.
    """
    probabilities = np.asarray(probabilities, dtype=np.float64)
    if not len(probabilities):
        return 0.0
    confidence = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == np.asarray(truth)
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gaps = [
        abs(float(confidence[place == one].mean()) - float(right[place == one].mean())) * float((place == one).mean())
        for one in np.unique(place)
    ]
    return float(sum(gaps))


def codes(labels: Sequence[Hashable]) -> np.ndarray:
    """int array (n,): the same number for the same label, numbered in the order of their text."""
    names = {
        label: number for number, label in enumerate(sorted(set(labels), key=lambda one: (str(type(one)), str(one))))
    }
    return np.array([names[label] for label in labels], dtype=np.int64)


def v_measure(truth: np.ndarray, found: np.ndarray) -> float:
    """Harmonic mean of homogeneity and completeness (Rosenberg & Hirschberg 2007)."""
    from sklearn.metrics import v_measure_score

    return float(v_measure_score(truth, found))


def adjusted_rand(truth: np.ndarray, found: np.ndarray) -> float:
    """Adjusted Rand index (Hubert & Arabie 1985)."""
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(truth, found))


def adjusted_information(truth: np.ndarray, found: np.ndarray) -> float:
    """Adjusted mutual information (Vinh, Epps & Bailey 2010), arithmetic normalisation."""
    from sklearn.metrics import adjusted_mutual_info_score

    return float(adjusted_mutual_info_score(truth, found))


def neighbour_hits(
    vectors: np.ndarray, truth: np.ndarray, *, k: int = 5, twins: np.ndarray | None = None
) -> np.ndarray:
    """bool array (n,): whether the k nearest other rows (by cosine) vote for the own label; ties go to the label of the
    nearest of them. False where there are no others.

    Rows with the same number in `twins` (n,) are not each other's neighbours: translations of one opinion would pass
    for agreement.
    """
    rows = unit_rows(np.asarray(vectors, dtype=np.float32))
    truth = codes(np.asarray(truth).tolist())
    count, k = len(rows), min(k, len(rows) - 1)
    hits = np.zeros(count, dtype=bool)
    if k < 1:
        return hits
    classes, range_of = int(truth.max()) + 1, min(8 * k, count)
    for start in range(0, count, BLOCK):
        cosines = rows[start : start + BLOCK] @ rows.T
        own = np.arange(len(cosines))
        cosines[own, start + own] = -2.0
        if twins is not None:
            cosines[twins[start : start + len(cosines), None] == twins[None]] = -2.0
        likely = np.sort(np.argpartition(-cosines, range_of - 1, axis=1)[:, :range_of], axis=1)
        order = np.argsort(-np.round(np.take_along_axis(cosines, likely, axis=1), 6), axis=1, kind="stable")[:, :k]
        near = np.take_along_axis(likely, order, axis=1)
        votes = np.zeros((len(cosines), classes))
        for place in range(k):
            votes[own, truth[near[:, place]]] += 1 + 1e-6 * (k - place)
        hits[start : start + len(cosines)] = votes.argmax(axis=1) == truth[start : start + len(cosines)]
    return hits


def retrieval_ranks(queries: np.ndarray, pool: np.ndarray) -> np.ndarray:
    """int array (n,): how many rows of `pool` (m >= n) are nearer to query i than its twin, row i; 0 is a hit.

    A row as near as the twin counts as nearer, so that equal vectors do not pass for hits.
    """
    queries = unit_rows(np.asarray(queries, dtype=np.float32))
    pool = unit_rows(np.asarray(pool, dtype=np.float32))
    ranks = np.zeros(len(queries), dtype=np.int64)
    for start in range(0, len(queries), BLOCK):
        cosines = np.round(queries[start : start + BLOCK] @ pool.T, 6)
        own = np.arange(len(cosines))
        ranks[start : start + len(cosines)] = (cosines >= cosines[own, start + own][:, None]).sum(axis=1) - 1
    return ranks


def retrieved(ranks: np.ndarray, *, at: int = 1, seed: int = 0, rounds: int = ROUNDS) -> Estimate:
    """Share of queries whose twin is among the first `at`."""
    hits = np.asarray(ranks) < at
    return bootstrap(lambda rows: float(hits[rows].mean()) if len(rows) else 0.0, len(hits), seed=seed, rounds=rounds)


def centred(vectors: np.ndarray) -> np.ndarray:
    """The rows without their mean, at unit length again: what is left when a language's own direction is removed."""
    vectors = np.asarray(vectors, dtype=np.float32)
    return unit_rows(vectors - vectors.mean(axis=0)) if len(vectors) else vectors

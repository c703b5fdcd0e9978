"""Fitting and calibrating a sentiment head: multinomial logistic regression over meaning, tone and spelling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import minimize_scalar

from nlp.core import grams, polarity
from nlp.core.sentiment import Head, folded
from nlp.training.sentiment_data import MIXED

REGULARISATION = 2.0
"""Inverse of the L2 penalty."""
SCALES = {"meaning": 2.0, "tone": 0.5, "spelling": 1.0}
"""How freely each kind of feature may be used: a larger scale is a smaller penalty."""
MIXED_SHARE = 0.5
FOLDS = 5


@dataclass(frozen=True)
class Table:
    """Everything a head is fitted on: n texts as vectors (n, dim), tone (n, f) and spelling (n, buckets), with
    classes 0 to 3, what each counts, the groups that folds keep together, and which are real comments.
    """

    vectors: np.ndarray
    tone: np.ndarray
    spelling: sparse.csr_matrix
    classes: np.ndarray
    weights: np.ndarray
    groups: np.ndarray
    real: np.ndarray

    def take(self, rows: np.ndarray) -> Table:
        return Table(
            self.vectors[rows],
            self.tone[rows],
            self.spelling[rows],
            self.classes[rows],
            self.weights[rows],
            self.groups[rows],
            self.real[rows],
        )


def tabulate(
    vectors: np.ndarray,
    texts: Sequence[str],
    classes: np.ndarray,
    weights: np.ndarray,
    groups: Sequence[str],
    real: np.ndarray,
) -> Table:
    return Table(
        np.asarray(vectors, dtype=np.float64),
        polarity.features(texts),
        grams.hashed(texts),
        classes,
        weights,
        np.array(groups),
        real,
    )


def fit(table: Table, *, encoder: str, fingerprint: str) -> Head:
    """A head on the whole table, not yet calibrated. The three single classes are balanced; mixed has MIXED_SHARE of
    the weight of one of them.
    """
    from sklearn.linear_model import LogisticRegression

    mean = np.average(table.vectors, axis=0, weights=table.weights) if table.vectors.shape[1] else np.zeros(0)
    centre, spread = table.tone.mean(axis=0), table.tone.std(axis=0) + 1e-9
    features = sparse.hstack(
        [
            sparse.csr_matrix((table.vectors - mean) * SCALES["meaning"]),
            sparse.csr_matrix((table.tone - centre) / spread * SCALES["tone"]),
            table.spelling * SCALES["spelling"],
        ]
    ).tocsr()
    shares = np.array([1.0, 1.0, 1.0, MIXED_SHARE])
    weights = table.weights * (shares / np.bincount(table.classes, table.weights, minlength=4))[table.classes]
    weights *= len(weights) / weights.sum()
    model = LogisticRegression(C=REGULARISATION, max_iter=300, tol=1e-3)
    model.fit(features, table.classes, sample_weight=weights)
    coefficients = model.coef_.T
    dim, tones = table.vectors.shape[1], table.tone.shape[1]
    return Head(
        encoder=encoder,
        fingerprint=fingerprint,
        mean=mean,
        weights=coefficients[:dim] * SCALES["meaning"],
        centre=centre,
        spread=spread,
        tone=coefficients[dim : dim + tones] * SCALES["tone"],
        spelling=coefficients[dim + tones :] * SCALES["spelling"],
        bias=model.intercept_,
    )


def scores(head: Head, table: Table) -> np.ndarray:
    """What Head.scores gives, from features already made."""
    total = (table.tone - head.centre) / head.spread @ head.tone + table.spelling @ head.spelling + head.bias
    if len(head.mean):
        total += (table.vectors - head.mean) @ head.weights
    return np.asarray(total)


def out_of_fold(table: Table, *, seed: int = 0) -> np.ndarray:
    """Logits (n, 4) of each text by a head that has seen neither it nor its group."""
    names = np.unique(table.groups)
    fold_of = dict(zip(names, np.random.default_rng(seed).permutation(len(names)) % FOLDS, strict=True))
    folds = np.array([fold_of[name] for name in table.groups])
    found = np.zeros((len(folds), 4))
    for fold in range(FOLDS):
        rows = np.flatnonzero(folds == fold)
        head = fit(table.take(np.flatnonzero(folds != fold)), encoder="", fingerprint="")
        found[rows] = scores(head, table.take(rows))
    return found


def temperature(logits: np.ndarray, classes: np.ndarray) -> float:
    """The one number the logits are divided by so that their log loss is least (Guo et al. 2017, "On calibration of
    modern neural networks"); texts of the three single classes only.
    """
    single = classes != MIXED
    truth = classes[single]

    def loss(value: float) -> float:
        chances = folded(logits[single] / value)
        return float(-np.log(chances[np.arange(len(truth)), truth] + 1e-12).mean())

    return float(minimize_scalar(loss, bounds=(0.3, 5.0), method="bounded").x)


def cooled(head: Head, value: float) -> Head:
    """The head with its temperature taken into the coefficients."""
    return Head(
        head.encoder,
        head.fingerprint,
        head.mean,
        head.weights / value,
        head.centre,
        head.spread,
        head.tone / value,
        head.spelling / value,
        head.bias / value,
    )

"""Figures on a sentiment head: macro-F1 with its interval, calibration, confusion, and the rule for "mixed"."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nlp.core import sentiment
from nlp.core.records import SENTIMENTS
from nlp.training.sentiment_data import CLASSES, MIXED, Measure

ROUNDS = 1000
BINS = 10


@dataclass(frozen=True)
class Figure:
    """One line of the table. `score` is macro-F1, or accuracy for binary sets; `confusion` is truth x guess."""

    name: str
    count: int
    score: float
    low: float
    high: float
    error: float
    confusion: list[list[int]]

    def line(self) -> str:
        return (
            f"{self.name:<22} n={self.count:<5} {self.score:.3f} [{self.low:.3f}, {self.high:.3f}]"
            f"  ECE {self.error:.3f}  {self.confusion}"
        )


def measure(data: Measure, chances: np.ndarray) -> Figure:
    """Three classes by the likeliest one; binary sets by the likelier of negative and positive."""
    if data.binary:
        sides = chances[:, [0, 2]] / chances[:, [0, 2]].sum(axis=1, keepdims=True)
        guess, truth, likely = 2 * sides.argmax(axis=1), data.classes, sides.max(axis=1)
    else:
        guess, truth, likely = chances.argmax(axis=1), data.classes, chances.max(axis=1)

    def score(rows: np.ndarray) -> float:
        if data.binary:
            return float((truth[rows] == guess[rows]).mean())
        return macro_f1(truth[rows], guess[rows])

    generator = np.random.default_rng(0)
    drawn = [score(generator.integers(0, len(truth), len(truth))) for _ in range(ROUNDS)]
    table = np.zeros((3, 3), dtype=int)
    np.add.at(table, (truth, guess), 1)
    return Figure(
        data.name,
        len(truth),
        score(np.arange(len(truth))),
        float(np.quantile(drawn, 0.025)),
        float(np.quantile(drawn, 0.975)),
        calibration_error(likely, truth == guess),
        table.tolist(),
    )


def macro_f1(truth: np.ndarray, guess: np.ndarray) -> float:
    """The mean over the three classes of 2 tp / (2 tp + fp + fn); a class that neither side has counts 0."""
    found = []
    for one in range(len(SENTIMENTS)):
        hits = ((truth == one) & (guess == one)).sum()
        either = (truth == one).sum() + (guess == one).sum()
        found.append(2 * hits / either if either else 0.0)
    return float(np.mean(found))


def calibration_error(likely: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error: |confidence - accuracy| averaged over ten equally wide bins of confidence."""
    bins = np.minimum((likely * BINS).astype(int), BINS - 1)
    total = 0.0
    for one in np.unique(bins):
        inside = bins == one
        total += inside.mean() * abs(likely[inside].mean() - right[inside].mean())
    return float(total)


def mixed_rule(chances: np.ndarray, classes: np.ndarray) -> tuple[float, float]:
    """Precision and recall of the label "mixed"."""
    said = np.array([label == CLASSES[MIXED] for label in sentiment.labels(chances)])
    meant = classes == MIXED
    hits = (said & meant).sum()
    return float(hits / max(said.sum(), 1)), float(hits / max(meant.sum(), 1))

"""Train the sentiment head of an encoder and measure it.

    python -m nlp.training.sentiment --train goemotions_3way.csv wisesight_3way.csv --civic civic.csv
        --dev civic_real_dev.csv --encoder use --out nlp/core/data/sentiment-use.npz

Training files have the columns text, label (-1, 0, 1). `--civic` has sentiment, zh, en: its two languages are
trained on, and measured by 5-fold cross-validation in which a statement and its twin stay together. `--dev` has
lang, text, sentiment (negative, neutral, positive): it is measured, never trained on. The table printed is the
one in docs/models/sentiment.md.
"""

from __future__ import annotations

import argparse
import csv
import sys
from pathlib import Path

import numpy as np

from nlp.core import encoders
from nlp.core.pipeline import clean_for_encoding
from nlp.core.records import SENTIMENTS
from nlp.core.sentiment import Head

REGULARISATION = 0.1
CIVIC_WEIGHT = 1.0
FOLDS = 5


def fit(
    vectors: np.ndarray, classes: np.ndarray, weights: np.ndarray, encoder: encoders.Encoder, strength: float
) -> Head:
    """Multinomial logistic regression with an L2 penalty, classes balanced; `classes` are 0, 1, 2 in the order of
    SENTIMENTS.
    """
    from sklearn.linear_model import LogisticRegression

    mean = vectors.mean(axis=0)
    model = LogisticRegression(C=strength, class_weight="balanced", max_iter=1000, tol=1e-4)
    model.fit(vectors - mean, classes, sample_weight=weights)
    return Head(encoder.name, encoder.fingerprint, model.coef_.T, model.intercept_, mean)


def macro_f1(truth: np.ndarray, guess: np.ndarray, *, seed: int = 0, rounds: int = 1000) -> tuple[float, float, float]:
    """Macro-F1 with its 95 % bootstrap interval."""
    from sklearn.metrics import f1_score

    def score(rows: np.ndarray) -> float:
        return float(f1_score(truth[rows], guess[rows], labels=[0, 1, 2], average="macro", zero_division=0))

    generator = np.random.default_rng(seed)
    drawn = [score(generator.integers(0, len(truth), len(truth))) for _ in range(rounds)]
    return score(np.arange(len(truth))), float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Train and measure the sentiment head of an encoder.")
    parser.add_argument("--train", nargs="+", type=Path, required=True)
    parser.add_argument("--civic", type=Path, required=True)
    parser.add_argument("--dev", type=Path, required=True)
    parser.add_argument("--encoder", default="use")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--limit", type=int, default=0, help="use every file's first N rows only")
    parser.add_argument("--strength", type=float, default=REGULARISATION, help="inverse of the L2 penalty")
    parser.add_argument("--civic-weight", type=float, default=CIVIC_WEIGHT)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args(arguments)

    encoder = encoders.load(options.encoder, options.cache)

    def embed(words: list[str]) -> np.ndarray:
        return encoder.encode([clean_for_encoding(one) or "-" for one in words])

    say = sys.stdout.write
    parts, classes = [], []
    for path in options.train:
        rows = read(path)[: options.limit or None]
        parts.append(embed([row["text"] for row in rows]))
        classes.append(np.array([int(row["label"]) + 1 for row in rows]))
        say(f"{path.name}: {len(rows)} texts\n")
    civic = read(options.civic)
    civic_class = np.array([int(row["sentiment"]) + 1 for row in civic])
    zh, en = embed([row["zh"] for row in civic]), embed([row["en"] for row in civic])
    general, general_class = np.vstack(parts), np.concatenate(classes)

    def with_civic(keep: np.ndarray) -> Head:
        vectors = np.vstack([general, zh[keep], en[keep]])
        truth = np.concatenate([general_class, civic_class[keep], civic_class[keep]])
        weights = np.concatenate([np.ones(len(general)), np.full(2 * len(keep), options.civic_weight)])
        return fit(vectors, truth, weights, encoder, options.strength)

    head = with_civic(np.arange(len(civic)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    head.save(options.out)
    say(f"wrote {options.out} ({options.out.stat().st_size} bytes)\n")

    dev = read(options.dev)
    truth = np.array([SENTIMENTS.index(row["sentiment"]) for row in dev])
    guess = head.predict(embed([row["text"] for row in dev])).argmax(axis=1)
    for language in sorted({row["lang"] for row in dev}):
        rows = np.array([row["lang"] == language for row in dev])
        _report(say, f"{options.dev.stem} {language}", truth[rows], guess[rows])
    folds = np.random.default_rng(0).permutation(len(civic)) % FOLDS
    held_zh, held_en = np.zeros(len(civic), dtype=int), np.zeros(len(civic), dtype=int)
    for fold in range(FOLDS):
        part = with_civic(np.flatnonzero(folds != fold))
        held_zh[folds == fold] = part.predict(zh[folds == fold]).argmax(axis=1)
        held_en[folds == fold] = part.predict(en[folds == fold]).argmax(axis=1)
    _report(say, f"{options.civic.stem} zh (cross-validated)", civic_class, held_zh)
    _report(say, f"{options.civic.stem} en (cross-validated)", civic_class, held_en)
    return 0


def _report(say, name: str, truth: np.ndarray, guess: np.ndarray) -> None:
    score, low, high = macro_f1(truth, guess)
    table = np.zeros((3, 3), dtype=int)
    np.add.at(table, (truth, guess), 1)
    say(f"{name}: n={len(truth)} macro-F1 {score:.3f} [{low:.3f}, {high:.3f}] truth x guess {table.tolist()}\n")


if __name__ == "__main__":
    sys.exit(main())

"""Sentiment of an opinion: negative, neutral or positive, each with a probability, from its embedding.

One small linear head per encoder lies in data/sentiment-<encoder>.npz, trained by nlp/training/sentiment.py;
docs/models/sentiment.md says on what and how well it works. An encoder without a head has no sentiment: nothing
is guessed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Head:
    """Multinomial logistic regression: softmax((x - mean) W + b); columns negative, neutral, positive.

    weights: float32 (dim, 3); bias: float32 (3,); mean: float32 (dim,). `fingerprint` is that of the encoder it
    was trained on.
    """

    encoder: str
    fingerprint: str
    weights: np.ndarray
    bias: np.ndarray
    mean: np.ndarray

    def predict(self, vectors: np.ndarray) -> np.ndarray:
        """Probabilities (n, 3) for unit rows (n, dim)."""
        scores = (np.asarray(vectors, dtype=np.float64) - self.mean) @ self.weights.astype(np.float64) + self.bias
        scores -= scores.max(axis=1, keepdims=True)
        exponents = np.exp(scores)
        return exponents / exponents.sum(axis=1, keepdims=True)

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            encoder=self.encoder,
            fingerprint=self.fingerprint,
            weights=self.weights.astype(np.float32),
            bias=self.bias.astype(np.float32),
            mean=self.mean.astype(np.float32),
        )


def load(encoder_name: str, *, fingerprint: str | None = None) -> Head | None:
    """The head for an encoder, or None where there is none, or where it was trained on other weights than
    `fingerprint`.
    """
    head = _read(encoder_name)
    if head is None or (fingerprint is not None and head.fingerprint != fingerprint):
        return None
    return head


@lru_cache(maxsize=8)
def _read(encoder_name: str) -> Head | None:
    path = DATA / f"sentiment-{encoder_name}.npz"
    if not encoder_name.isidentifier() or not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as stored:
        return Head(
            encoder=str(stored["encoder"]),
            fingerprint=str(stored["fingerprint"]),
            weights=stored["weights"],
            bias=stored["bias"],
            mean=stored["mean"],
        )

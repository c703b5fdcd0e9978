"""Sentiment of an opinion: negative, neutral or positive, each with a calibrated probability, "mixed" when both.

What a text means (its embedding), which words of praise and blame it uses (polarity.py) and how it is spelled
(grams.py) are weighed together by one linear head per encoder in data/sentiment-<encoder>.npz. It is trained by
nlp/training/sentiment.py; docs/models/sentiment.md says on what and how well it works.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from nlp.core import grams, polarity
from nlp.core.model_files import DamagedModel
from nlp.core.records import SENTIMENTS

DATA = Path(__file__).parent / "data"
WORDS_ONLY = "words"
"""The head that reads no embedding. It knows Chinese and English (`reads`), and serves encoders without a head."""
READS = ("zh", "en")
AT_ONCE = 4096
"""Texts weighed at a time: what keeps memory bounded."""
MIXED = "mixed"
MIXED_SIDE = 0.35
"""A text is mixed when the weaker of its two sides has at least this probability, and more than neutral has."""


class WrongSentimentInput(ValueError):
    """The vectors do not fit the texts or the head."""


@dataclass(frozen=True)
class Head:
    """Multinomial logistic regression, columns negative, neutral, positive, mixed: softmax of
    (x - mean) W + (p - centre) / spread P + g G + b, already divided by the temperature of its calibration.

    mean: float32 (dim,); weights W: float32 (dim, 4); tone P: float32 (len(polarity.FEATURES), 4) with centre and
    spread; spelling G: float16 (grams.BUCKETS, 4); bias b: float32 (4,). `dim` is 0 for the head that reads words
    only. `fingerprint` is that of the encoder it was trained on.
    """

    encoder: str
    fingerprint: str
    mean: np.ndarray
    weights: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    tone: np.ndarray
    spelling: np.ndarray
    bias: np.ndarray

    def reads(self, language: str) -> bool:
        """Whether it can say anything about a text in this language (languages.identify)."""
        return self.encoder != WORDS_ONLY or language.startswith(READS)

    def predict(self, vectors: np.ndarray, texts: Sequence[str]) -> np.ndarray:
        """Probabilities float64 (n, 3) for unit rows (n, dim) and the n cleaned texts they were made of.

        What is mixed is half negative and half positive. An empty text has no sentiment: its row is (0, 1, 0). The
        head that reads words only ignores the vectors. Raises WrongSentimentInput when the shapes do not fit.
        """
        if len(self.mean) and np.shape(vectors) != (len(texts), len(self.mean)):
            raise WrongSentimentInput(
                f"vectors have the shape {np.shape(vectors)}, this head needs {(len(texts), len(self.mean))}"
            )
        chances = np.zeros((len(texts), 3))
        for start in range(0, len(texts), AT_ONCE):
            rows = slice(start, start + AT_ONCE)
            chances[rows] = folded(self._scores(vectors[rows], texts[rows]))
        chances[[not text.strip() for text in texts]] = (0.0, 1.0, 0.0)
        return chances

    def _scores(self, vectors: np.ndarray, texts: Sequence[str]) -> np.ndarray:
        """Calibrated logits float64 (n, 4)."""
        scores = (polarity.features(texts) - self.centre) / self.spread @ self.tone.astype(np.float64)
        scores += grams.hashed(texts) @ self.spelling.astype(np.float64) + self.bias
        if len(self.mean):
            scores += (np.asarray(vectors, dtype=np.float64) - self.mean) @ self.weights.astype(np.float64)
        return np.asarray(scores)

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            encoder=self.encoder,
            fingerprint=self.fingerprint,
            features=np.array(polarity.FEATURES),
            mean=self.mean.astype(np.float32),
            weights=self.weights.astype(np.float32),
            centre=self.centre.astype(np.float32),
            spread=self.spread.astype(np.float32),
            tone=self.tone.astype(np.float32),
            spelling=self.spelling.astype(np.float16),
            bias=self.bias.astype(np.float32),
        )


def load(encoder_name: str, *, fingerprint: str | None = None) -> Head | None:
    """The head for an encoder, or None where there is none, or where it was trained on other weights than
    `fingerprint`, or for other features than this code makes. `load(WORDS_ONLY)` needs no encoder.
    Raises DamagedModel.
    """
    head = _read(encoder_name)
    if head is None or (fingerprint is not None and head.fingerprint != fingerprint):
        return None
    return head


def choose(encoder_name: str, *, fingerprint: str) -> Head | None:
    """The head for an encoder, or the one that reads words only where there is none for these weights."""
    return load(encoder_name, fingerprint=fingerprint) or load(WORDS_ONLY)


def folded(scores: np.ndarray) -> np.ndarray:
    """Probabilities (n, 3) from logits (n, 4): the mixed share goes to both sides in halves."""
    chances = np.exp(scores - scores.max(axis=1, keepdims=True))
    chances /= chances.sum(axis=1, keepdims=True)
    return np.asarray(chances[:, :3] + chances[:, 3:] * (0.5, 0.0, 0.5))


def labels(probabilities: np.ndarray) -> list[str]:
    """ "negative", "neutral", "positive" or "mixed" for each row (n, 3); "" for a row of NaN (no sentiment)."""
    rows = np.asarray(probabilities, dtype=np.float64).reshape(-1, 3)
    weaker = np.minimum(rows[:, 0], rows[:, 2])
    mixed = (weaker >= MIXED_SIDE) & (weaker > rows[:, 1])
    named = []
    for row, both in zip(rows, mixed.tolist(), strict=True):
        if np.isnan(row).any():
            named.append("")
        else:
            named.append(MIXED if both else SENTIMENTS[int(row.argmax())])
    return named


@lru_cache(maxsize=8)
def _read(encoder_name: str) -> Head | None:
    path = DATA / f"sentiment-{encoder_name}.npz"
    if not encoder_name.isidentifier() or not path.is_file():
        return None
    try:
        with np.load(path, allow_pickle=False) as archive:
            stored = dict(archive)
    except (OSError, ValueError, EOFError, BadZipFile, zlib.error) as error:
        raise DamagedModel(
            f"The file that tells sentiment is damaged: {path} ({error}). Nothing was computed with it. Install Minyi "
            "again, or make the file with `python -m nlp.training.sentiment`."
        ) from error
    known = "features" in stored and tuple(stored["features"].tolist()) == polarity.FEATURES
    if not known or stored["bias"].shape != (len(SENTIMENTS) + 1,):
        return None
    return Head(
        encoder=str(stored["encoder"]),
        fingerprint=str(stored["fingerprint"]),
        **{part: stored[part] for part in ("mean", "weights", "centre", "spread", "tone", "spelling", "bias")},
    )

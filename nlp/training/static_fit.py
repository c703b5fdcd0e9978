"""Fits the static encoder's table and layers to a teacher's vectors (torch; used here and nowhere at run time)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch.nn import functional

from nlp.core.static_encoder import GRAM, WORD, Features, blocks, hashes_of
from nlp.training.static_table import Fitted, Settings
from nlp.training.static_vocabulary import Alphabet

HIDDEN_AWAY = 0.35
"""Share of words and pairs taken out of the vocabulary in the other readings of a text, so that buckets learn."""
OTHER_READINGS = 2
OTHER_SHARE = 0.25
SAMPLE = 60_000
SENTENCE = 10
"""The teacher's main axes are computed from so many texts, each with at least so many characters: from sentences rather
than from words.
"""


class Readings:
    """Texts as bags of rows: with the whole vocabulary, and with parts of the words hidden away."""

    def __init__(self, texts: Sequence[str], vocabulary: Sequence[str], letters: Alphabet, settings: Settings) -> None:
        generator = np.random.default_rng(settings.seed)
        keys = hashes_of(vocabulary)
        words = letters.classes[[ord(feature[0]) for feature in vocabulary]] == WORD
        self._bags = [_bags(texts, Features(letters.letters, letters.classes, keys, settings.buckets))]
        for _ in range(OTHER_READINGS):
            hidden = words & (generator.random(len(keys)) < HIDDEN_AWAY)
            other = np.where(hidden, generator.integers(1, 1 << 63, len(keys), dtype=np.uint64), keys)
            self._bags.append(_bags(texts, Features(letters.letters, letters.classes, other, settings.buckets)))
        self.counts = np.bincount(self._bags[0][0], minlength=len(keys) + settings.buckets)

    def batch(
        self, texts: np.ndarray, reading: int, dropout: float, generator: np.random.Generator
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(rows, starts with the end included, 1 / sqrt(number of rows)) of the texts, some rows dropped."""
        all_rows, starts = self._bags[reading]
        counts = starts[texts + 1] - starts[texts]
        offsets = np.concatenate([[0], np.cumsum(counts)])
        rows = all_rows[np.repeat(starts[texts] - offsets[:-1], counts) + np.arange(offsets[-1])]
        kept = generator.random(len(rows)) >= dropout
        owners = np.repeat(np.arange(len(texts)), counts)[kept]
        counts = np.bincount(owners, minlength=len(texts))
        return (
            torch.from_numpy(rows[kept].astype(np.int64)),
            torch.from_numpy(np.concatenate([[0], np.cumsum(counts)])),
            torch.from_numpy((1 / np.sqrt(np.maximum(counts, 1))).astype(np.float32)),
        )


class Student(torch.nn.Module):
    """What `static_encoder.Table` computes, with gradients."""

    def __init__(self, start: np.ndarray, settings: Settings) -> None:
        super().__init__()
        self.table = torch.nn.EmbeddingBag.from_pretrained(
            torch.from_numpy(start), freeze=False, mode="sum", sparse=True, include_last_offset=True
        )
        self.hidden = torch.nn.Linear(settings.dim, settings.hidden)
        self.out = torch.nn.Linear(settings.hidden, settings.dim)
        with torch.no_grad():
            self.hidden.weight.mul_(2)
            self.hidden.bias.zero_()
            self.out.weight.mul_(0.1)
            self.out.bias.zero_()

    def forward(self, rows: torch.Tensor, starts: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
        pooled = self.table(rows, starts) * scales[:, None]
        bent = self.out(torch.relu(self.hidden(pooled)))
        return functional.normalize(torch.tanh(pooled + bent), dim=1)


def fit(
    texts: Sequence[str],
    teacher: np.ndarray,
    vocabulary: Sequence[str],
    letters: Alphabet,
    settings: Settings,
    *,
    say: Callable[[str], object],
) -> Fitted:
    """Learn rows and layers so that the student's vector of a text points where the teacher's (n, d) does.

    The loss of a batch is 1 - cosine to the teacher, plus the mean squared difference of all pairs of cosines
    (Park et al. 2019, "Relational Knowledge Distillation"). The step is Adam's, sparse for the table.
    """
    torch.manual_seed(settings.seed)
    generator = np.random.default_rng(settings.seed)
    readings = Readings(texts, vocabulary, letters, settings)
    sentences = np.flatnonzero([len(text) >= SENTENCE for text in texts])
    axes = main_axes(teacher[generator.permutation(sentences)[:SAMPLE]], settings.dim)
    aims = teacher.astype(np.float32) @ axes
    aims /= np.linalg.norm(aims, axis=1, keepdims=True)
    student = Student(_start(texts, aims, vocabulary, letters, settings), settings)
    aims = torch.from_numpy(aims.astype(np.float16))
    table_step = torch.optim.SparseAdam(list(student.table.parameters()), lr=settings.table_rate)
    layers = [*student.hidden.parameters(), *student.out.parameters()]
    layer_step = torch.optim.Adam(layers, lr=settings.layer_rate)
    batches = len(texts) // settings.batch
    for epoch in range(settings.epochs):
        order = generator.permutation(len(texts))
        total = 0.0
        for number in range(batches):
            done = (epoch * batches + number) / (settings.epochs * batches)
            pace = 0.03 + 0.97 * 0.5 * (1 + np.cos(np.pi * done))
            table_step.param_groups[0]["lr"] = settings.table_rate * pace
            layer_step.param_groups[0]["lr"] = settings.layer_rate * pace
            rows = order[number * settings.batch : (number + 1) * settings.batch]
            other = generator.random() < OTHER_SHARE
            reading = 1 + int(generator.integers(OTHER_READINGS)) if other else 0
            aim = aims[rows].float()
            guess = student(*readings.batch(rows, reading, settings.dropout, generator))
            apart = (1 - (guess * aim).sum(dim=1)).mean()
            loss = apart + settings.similarity * ((guess @ guess.T - aim @ aim.T) ** 2).mean()
            table_step.zero_grad()
            layer_step.zero_grad()
            loss.backward()
            table_step.step()
            layer_step.step()
            total += apart.item()
        say(f"epoch {epoch + 1} of {settings.epochs}: 1 - cosine {total / batches:.4f}\n")
    with torch.no_grad():
        found = {
            "hidden": student.hidden.weight.T,
            "hidden_bias": student.hidden.bias,
            "out": student.out.weight.T,
            "bias": student.out.bias,
        }
        return Fitted(
            student.table.weight.numpy().copy(),
            {name: layer.detach().numpy().copy() for name, layer in found.items()},
            readings.counts,
            axes,
        )


def main_axes(vectors: np.ndarray, dim: int) -> np.ndarray:
    """(d, dim) float32: the directions that hold most of the vectors' length (no mean removed, cosines stay)."""
    vectors = vectors.astype(np.float32)
    _, directions = np.linalg.eigh(vectors.T @ vectors / len(vectors))
    axes = directions[:, ::-1][:, :dim]
    return np.ascontiguousarray(axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(dim)])).astype(np.float32)


def _start(
    texts: Sequence[str], aims: np.ndarray, vocabulary: Sequence[str], letters: Alphabet, settings: Settings
) -> np.ndarray:
    """Rows begin as the aim of the text that is just this feature (half of it for features that others overlap)."""
    position = {feature: row for row, feature in enumerate(vocabulary)}
    longest = max(map(len, vocabulary))
    rows = np.zeros((len(vocabulary) + settings.buckets, settings.dim), dtype=np.float32)
    counts = np.zeros(len(rows), dtype=np.float32)
    for text, aim in zip(texts, aims, strict=True):
        if len(text) <= longest + 2:
            row = position.get(letters.normal(text).strip())
            if row is not None:
                rows[row] += aim
                counts[row] += 1
    rows /= np.maximum(counts, 1)[:, None]
    overlapping = [
        row
        for row, feature in enumerate(vocabulary)
        if " " in feature or (len(feature) > 1 and letters.classes[ord(feature[0])] == GRAM)
    ]
    rows[overlapping] *= 0.5
    return rows


def _bags(texts: Sequence[str], features: Features) -> tuple[np.ndarray, np.ndarray]:
    rows, counts = [], []
    for _, block in blocks(texts):
        bags = features(block)
        rows.append(bags.rows)
        counts.append(np.diff(bags.starts))
    return np.concatenate(rows), np.concatenate([[0], np.cumsum(np.concatenate(counts))])

"""Vectors for a corpus: batches that can be made anywhere, kept as checkpoints and gone on with.

Which texts share a batch follows from the texts alone, not from their order, what is kept already or the number of
workers: the last bits of a vector may depend on its neighbours, and results may not.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache, partial

import numpy as np

from nlp.core import encoders, executors
from nlp.core.checkpoints import Checkpoints, key_of
from nlp.core.encoders import Encoder, EncoderUnavailable
from nlp.core.executors import Executor, Lost

BATCH = 128
NO_VECTOR = "The encoder gave no usable vector for this text."
PATIENCE = 16
"""So many losses in a row, with nothing done between them, mean that the workers cannot run at all."""
FAILURES = (ValueError, RuntimeError, IndexError, OverflowError, MemoryError)
"""What an encoder raises on a text it cannot read."""

Loader = Callable[[], Encoder]
Encoded = tuple[np.ndarray, dict[int, str]]
"""float32 (n, dim) and, for the texts of a batch that failed, why; their rows are zero."""


def embed(
    texts: Sequence[str],
    encoder: Encoder,
    *,
    executor: Executor | None = None,
    loader: Loader | None = None,
    checkpoints: Checkpoints | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Encoded:
    """float32 (n, dim), unit rows as the encoder gives them, and {position: reason} for the texts it cannot encode.

    Equal texts are encoded once; an empty one has a row of zeros and is no failure. A worker makes its encoder with
    `loader` (default: `encoders.load(encoder.name)`), which can be pickled. Raises EncoderUnavailable when the encoder,
    there or here, cannot run or is another one.
    """
    executor = executor or executors.Serial()
    places: dict[str, list[int]] = {}
    for i, words in enumerate(texts):
        if words:
            places.setdefault(words, []).append(i)
    order = sorted(places, key=lambda words: (len(words), words))
    batches = [order[start : start + BATCH] for start in range(0, len(order), BATCH)]
    vectors = np.zeros((len(texts), encoder.dim), dtype=np.float32)
    failed: dict[int, str] = {}
    done = len(texts) - sum(map(len, places.values()))
    for batch, (rows, failures) in _kept_or_made(batches, encoder, executor, loader, checkpoints):
        for position, words in enumerate(batch):
            vectors[places[words]] = rows[position]
            if position in failures:
                failed.update(dict.fromkeys(places[words], failures[position]))
            done += len(places[words])
        if progress is not None:
            progress(done, len(texts))
    return vectors, failed


def _kept_or_made(
    batches: Sequence[list[str]],
    encoder: Encoder,
    executor: Executor,
    loader: Loader | None,
    checkpoints: Checkpoints | None,
) -> Iterator[tuple[list[str], Encoded]]:
    """What is kept first, then what has to be made."""
    keys = [key_of("encoded", encoder.name, encoder.fingerprint, *batch) if checkpoints else "" for batch in batches]
    missing = []
    for batch, key in zip(batches, keys, strict=True):
        kept = checkpoints.recall(key) if checkpoints else None
        if kept is None:
            missing.append((batch, key))
        else:
            yield batch, (kept["vectors"], {})
    function: Callable[[Sequence[str]], Encoded]
    if executor.is_remote:
        recipe = pickle.dumps(loader or partial(encoders.load, encoder.name))
        function = partial(_encode_there, recipe, encoder.fingerprint)
    else:
        function = partial(encode_batch, encoder)
    work = _Work(executor, function, encoder.dim)
    for (batch, key), encoded in zip(missing, work.results([batch for batch, _ in missing]), strict=True):
        if checkpoints and not encoded[1]:
            checkpoints.keep(key, {"vectors": encoded[0]})
        yield batch, encoded


class _Work:
    """Batches at work; one whose worker keeps dying is halved until the text that does it is alone."""

    def __init__(self, executor: Executor, function: Callable[[Sequence[str]], Encoded], dim: int) -> None:
        self._executor = executor
        self._function = function
        self._dim = dim
        self._losses = 0

    def results(self, batches: Iterable[Sequence[str]]) -> Iterator[Encoded]:
        sent: list[Sequence[str]] = []

        def noted() -> Iterator[Sequence[str]]:
            for batch in batches:
                sent.append(batch)
                yield batch

        for outcome in self._executor.map(self._function, noted()):
            batch = sent.pop(0)
            if not isinstance(outcome, Lost):
                self._losses = 0
                yield outcome
            else:
                yield self._halved(batch, outcome)

    def _halved(self, batch: Sequence[str], loss: Lost) -> Encoded:
        self._losses += 1
        if self._losses >= PATIENCE:
            raise EncoderUnavailable(
                "The worker processes end before they give a result, perhaps for want of memory: try fewer workers."
            )
        if len(batch) == 1:
            reason = f"The worker process ended {loss.attempts} times while encoding this text."
            return np.zeros((1, self._dim), dtype=np.float32), {0: reason}
        middle = len(batch) // 2
        (left, failures), (right, others) = self.results([batch[:middle], batch[middle:]])
        return np.concatenate([left, right]), failures | {middle + i: reason for i, reason in others.items()}


def encode_batch(encoder: Encoder, texts: Sequence[str]) -> Encoded:
    """Encode a batch; when it fails, encode its texts one by one, so that one bad text costs itself only."""
    try:
        return _checked(encoder, encoder.encode(list(texts)), len(texts))
    except EncoderUnavailable:
        raise
    except FAILURES:
        rows = np.zeros((len(texts), encoder.dim), dtype=np.float32)
        failures: dict[int, str] = {}
        for i, words in enumerate(texts):
            try:
                vector, failure = _checked(encoder, encoder.encode([words]), 1)
            except EncoderUnavailable:
                raise
            except FAILURES as error:
                failures[i] = f"The encoder failed on this text: {error}"
            else:
                rows[i] = vector[0]
                if failure:
                    failures[i] = failure[0]
        return rows, failures


def _checked(encoder: Encoder, rows: np.ndarray, count: int) -> Encoded:
    rows = np.asarray(rows, dtype=np.float32)
    if rows.shape != (count, encoder.dim):
        raise ValueError(f"the encoder gave the shape {rows.shape} for {count} texts")
    unusable = ~(np.isfinite(rows).all(axis=1) & rows.any(axis=1))
    if unusable.any():
        rows = np.where(unusable[:, None], np.float32(0), rows)
    return rows, {int(i): NO_VECTOR for i in np.flatnonzero(unusable)}


def _encode_there(recipe: bytes, fingerprint: str, texts: Sequence[str]) -> Encoded:
    """In a worker: with the encoder of this process, made once."""
    encoder = _made(recipe)
    if encoder.fingerprint != fingerprint:
        raise EncoderUnavailable(
            f"A worker has other weights of the encoder {encoder.name!r} than the program that started it."
        )
    return encode_batch(encoder, texts)


@lru_cache(maxsize=1)
def _made(recipe: bytes) -> Encoder:
    encoder: Encoder = pickle.loads(recipe)()
    return encoder

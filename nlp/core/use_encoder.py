"""Google's Universal Sentence Encoder multilingual v3 (16 languages, Traditional Chinese among them), 512 dimensions.

A compiled tokenizer and integer arithmetic (see `use_graph`) instead of the numpy of the package that carries the
weights: the same vectors at a cosine above 0.9999, several times faster. A vector depends on its text alone, byte for
byte, whatever it is encoded together with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np

from nlp.core import use_graph, use_weights
from nlp.core.use_weights import CHANNELS, PARTS, WIDTH, Pieces, Weights

MAX_CHARACTERS = 100_000
"""The beginning of a text is read; the rest is not."""
UNKNOWN, BEGIN, END = 0, 1, 2
TEXTS_AT_ONCE = 256
PIECES_AT_ONCE = 512
"""Pieces in one run of the second convolution: its numbers then stay in the processor's cache. A longer text is read
in stretches."""
HALO = 2 * use_graph.REACH
"""So far to either side reach two convolutions: as many neighbours are read along with a stretch."""
SLOTS = 4096
"""Different pieces kept at a time (about 55 MB). When they are full, keeping begins anew."""
COMPUTED_AT_ONCE = 256
ROWS = 16
"""Rows of a matrix product come in multiples of this, so that each is computed in the same way."""


class Tokenizer:
    """Ids of the pieces of a text, between those of its beginning and end: SentencePiece's unigram model."""

    def __init__(self, pieces: Pieces) -> None:
        from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

        self._unknown = pieces.scored[UNKNOWN][0]
        self._tokenizer = Tokenizer(models.Unigram(pieces.scored, unk_id=UNKNOWN, byte_fallback=False))
        self._tokenizer.normalizer = normalizers.Sequence(
            [
                normalizers.Precompiled(pieces.characters),
                normalizers.Replace(Regex(" {2,}"), " "),
                normalizers.Strip(),
            ]
        )
        self._tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="\u2581", prepend_scheme="always")

    def ids(self, text: str) -> np.ndarray:
        """int64 (n,)."""
        # Half of a surrogate pair is no character, and nothing that reads UTF-8 takes it.
        readable = text[:MAX_CHARACTERS].encode("utf-8", "replace").decode()
        found = self._tokenizer.encode(readable)
        ids: list[int] = found.ids
        if not ids:
            ids = [UNKNOWN]
        elif UNKNOWN in ids:
            # Unknown characters in a row come as one piece here; SentencePiece counts each.
            counts = (
                1 if number != UNKNOWN or piece == self._unknown else len(piece)
                for number, piece in zip(ids, found.tokens, strict=True)
            )
            ids = [number for number, count in zip(ids, counts, strict=True) for _ in range(count)]
        return np.array([BEGIN, *ids, END])


class UseEncoder:
    """`threads` cores are used. Can be pickled; weights are read when the first text is encoded."""

    name = "use"
    dim = WIDTH

    def __init__(self, *, threads: int = 1) -> None:
        self.threads = threads
        self._lock = Lock()

    def __reduce__(self) -> tuple[Any, ...]:
        return _make, (self.threads,)

    @cached_property
    def fingerprint(self) -> str:
        return use_weights.fingerprint()

    def encode(self, texts: list[str]) -> np.ndarray:
        vectors = np.empty((len(texts), WIDTH), dtype=np.float32)
        with self._lock:
            for start in range(0, len(texts), TEXTS_AT_ONCE):
                ids = [self._tokenizer.ids(text) for text in texts[start : start + TEXTS_AT_ONCE]]
                vectors[start : start + len(ids)] = self._model.encode(ids)
        return vectors

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return Tokenizer(use_weights.read_pieces(use_weights.folder() / use_weights.PIECES))

    @cached_property
    def _model(self) -> _Model:
        return _Model(use_weights.read_weights(use_weights.folder() / use_weights.WEIGHTS), self.threads)


def _make(threads: int) -> UseEncoder:
    return UseEncoder(threads=threads)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Ids of a text or of a part of one; `first` to `last` are its own, the others neighbours read along."""

    owner: int
    ids: np.ndarray
    first: int
    last: int


class _Model:
    """From ids to unit rows."""

    def __init__(self, weights: Weights, threads: int) -> None:
        self._weights = weights
        self._threads = threads
        self._kept = _KeptPieces(weights, threads)
        self._windows = _session(use_graph.windows(weights), 1)
        self._texts = _session(use_graph.texts(weights), threads)
        self._epsilon = np.float32(weights.epsilon)
        self._ones = np.ones(len(weights.branches) * CHANNELS, dtype=np.float32)

    def encode(self, texts: Sequence[np.ndarray]) -> np.ndarray:
        """float32 (n, 512) for n texts of at least one id each."""
        summed = np.zeros((len(texts), WIDTH + len(self._weights.branches) * CHANNELS), dtype=np.float32)
        for group in _grouped(_stretches(texts), SLOTS):
            self._kept.hold(np.unique(np.concatenate([stretch.ids for stretch in group])))
            parts = list(_grouped(group, PIECES_AT_ONCE))
            for part, rows in zip(parts, self._each(self._sum, parts), strict=True):
                summed[[stretch.owner for stretch in part]] += rows
        return self._finish(summed, np.array([len(ids) for ids in texts], dtype=np.float32))

    def _each(self, make: Callable[[list[_Stretch]], np.ndarray], parts: list[list[_Stretch]]) -> Iterable[np.ndarray]:
        if self._threads == 1 or len(parts) == 1:
            return map(make, parts)
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(make, parts))

    def _sum(self, part: list[_Stretch]) -> np.ndarray:
        """The sum of each stretch's own normalised features, before gain and bias: float32 (stretches, 1280)."""
        from scipy.sparse import csr_array

        lengths = np.array([len(stretch.ids) for stretch in part])
        starts = np.concatenate([[0], np.cumsum(lengths)])
        count = int(starts[-1])
        around = np.arange(count)[:, None] + np.arange(-use_graph.REACH, use_graph.REACH + 1)
        inside = around >= np.repeat(starts[:-1], lengths)[:, None]
        inside &= around < np.repeat(starts[1:], lengths)[:, None]
        positions = np.where(inside, around, count)
        own = self._kept.slots(np.concatenate([stretch.ids for stretch in part]))
        features = self._kept.run(self._windows, own, np.append(own, SLOTS)[positions], positions)

        size = WIDTH + features.shape[1]
        mean = (self._kept.sums[own] + np.vecdot(features, self._ones)) / size
        squares = (self._kept.squares[own] + np.vecdot(features, features)) / size
        weight = 1 / np.sqrt(squares - mean * mean + self._epsilon)
        for stretch, start in zip(part, starts[:-1].tolist(), strict=True):
            weight[start : start + stretch.first] = 0
            weight[start + stretch.last : start + len(stretch.ids)] = 0
        embedded = csr_array((weight, own, starts), shape=(len(part), SLOTS)) @ self._kept.embedding
        others = csr_array((weight, np.arange(count), starts), shape=(len(part), count)) @ features
        return np.hstack([embedded, others]) - np.add.reduceat(weight * mean, starts[:-1])[:, None]

    def _finish(self, summed: np.ndarray, lengths: np.ndarray) -> np.ndarray:
        """Unit rows from the sums over the pieces; divided by the root of their number, as the model was trained."""
        weights, count, many = self._weights, len(summed), lengths[:, None]
        features = summed * weights.feature_gain + many * weights.feature_bias
        rows = np.zeros((-(-count // ROWS) * ROWS, summed.shape[1]), dtype=np.float32)
        rows[:count] = features / np.sqrt(many)
        shift = np.zeros((len(rows), 1), dtype=np.float32)
        shift[:count] = np.sqrt(many)
        (vectors,) = self._texts.run(None, {"features": rows, "shift": shift})
        vectors = vectors[:count]
        return vectors / np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))


class _KeptPieces:
    """What the model needs to know of each piece, computed when it first occurs, for at most SLOTS pieces."""

    def __init__(self, weights: Weights, threads: int) -> None:
        self._weights = weights
        self._session = _session(use_graph.pieces(weights), threads)
        self._slot_of = np.full(len(weights.codes), -1, dtype=np.int64)
        self._used = 0
        # For each branch its channels and what they add to windows. The last row stands for "nothing here": zeros.
        self._tables = [
            np.zeros((SLOTS + 1, columns * CHANNELS), dtype=np.float32)
            for branch in weights.branches
            for columns in (1, branch.width)
        ]
        self.embedding = np.zeros((SLOTS, WIDTH), dtype=np.float32)
        self.sums = np.zeros(SLOTS, dtype=np.float32)
        self.squares = np.zeros(SLOTS, dtype=np.float32)

    def hold(self, ids: np.ndarray) -> None:
        """Give each of at most SLOTS different ids a slot."""
        new = ids[self._slot_of[ids] < 0]
        if self._used + len(new) > SLOTS:
            self._slot_of[:] = -1
            self._used, new = 0, ids
        for start in range(0, len(new), COMPUTED_AT_ONCE):
            self._compute(new[start : start + COMPUTED_AT_ONCE])

    def _compute(self, new: np.ndarray) -> None:
        slots = slice(self._used, self._used + len(new))
        part = new % PARTS
        embedding, *tables = self._session.run(
            None,
            {
                "codes": self._weights.codes[new],
                "scale": self._weights.scale[part, None],
                "low": self._weights.low[part, None],
            },
        )
        self.embedding[slots] = embedding
        for kept, made in zip(self._tables, tables, strict=True):
            kept[slots] = made
        self.sums[slots] = embedding.sum(axis=1)
        self.squares[slots] = (embedding * embedding).sum(axis=1)
        self._slot_of[new] = np.arange(slots.start, slots.stop)
        self._used += len(new)

    def slots(self, ids: np.ndarray) -> np.ndarray:
        return self._slot_of[ids]

    def run(self, windows: Any, own: np.ndarray, slots: np.ndarray, positions: np.ndarray) -> np.ndarray:
        """The graph `windows` over pieces in these slots: float32 (t, 768)."""
        values = {"own": own, "slots": slots, "positions": positions}
        for i, branch in enumerate(self._weights.branches):
            values[f"channels{branch.width}"] = self._tables[2 * i]
            values[f"added{branch.width}"] = self._tables[2 * i + 1].reshape(-1, CHANNELS)
        features: np.ndarray = windows.run(None, values)[0]
        return features


def _stretches(texts: Sequence[np.ndarray]) -> Iterator[_Stretch]:
    for owner, ids in enumerate(texts):
        if len(ids) <= PIECES_AT_ONCE:
            yield _Stretch(owner, ids, 0, len(ids))
            continue
        step = PIECES_AT_ONCE - 2 * HALO
        for start in range(0, len(ids), step):
            before = max(0, start - HALO)
            end = min(len(ids), start + step)
            yield _Stretch(owner, ids[before : end + HALO], start - before, end - before)


def _grouped(stretches: Iterable[_Stretch], most: int) -> Iterator[list[_Stretch]]:
    """Neighbours together, at most `most` ids in a group; a text gives it one stretch at most."""
    group: list[_Stretch] = []
    count = 0
    for stretch in stretches:
        if group and (count + len(stretch.ids) > most or stretch.owner == group[-1].owner):
            yield group
            group, count = [], 0
        group.append(stretch)
        count += len(stretch.ids)
    if group:
        yield group


def _session(model: bytes, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait for work in a loop would take processor time from others.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

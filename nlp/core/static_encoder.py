"""The static encoder: rows of a table looked up, added and passed through one small hidden layer.

Made for millions of posts and for live sessions. A text becomes features: Latin words and pairs of words, character
1- to 4-grams of scripts that write no spaces (Han, kana, Hangul, Thai), hashed character n-grams of words that are not
in the table. Case and Traditional / Simplified spelling make no difference. The rows of the features are added and
divided by the square root of their number, as its teacher does with its own n-gram features before a feed-forward net
(Yang et al. 2020, "Multilingual Universal Sentence Encoder for Semantic Retrieval"). `nlp.training.static` makes the
table.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from nlp.core import model_files
from nlp.core.vectors import unit_rows

FILE = Path(__file__).parent / "data" / "static-use.npz"
SHA256 = "d888051b06c41cb7b89569fa85a5bf2773a828ce9d314da7ab7a37dfbbf564e5"
"""Of the table that ships; `StaticEncoder` refuses another one unless told its sum."""
REMEDY = "Install Minyi again, or make the table with `python -m nlp.training.static`."
MAX_CHARACTERS = 2000
BLOCK_CHARACTERS = 1 << 16
STEPS = 255
"""So finely a layer's inputs and weights are rounded (see `Layer`)."""

BOUNDARY = " "
GAP = "  "
"""Between two texts: words with one boundary between them are a pair."""
SPACE, WORD, GRAM = 0, 1, 2
"""What a character is: a boundary, a letter of a word between boundaries, or a letter of a script without spaces."""
LONGEST_GRAM = 4
PROBES = 1024
"""Slots beyond the end of the hash table, for keys pushed on from its last ones."""
PIECES = (3, 4)
"""Lengths of the hashed n-grams of an unknown word, its boundaries counted as characters."""

BASE = 0x9E3779B97F4A7C15
INVERSE = pow(BASE, -1, 1 << 64)
PAIR = np.uint64(0xD6E8FEB86659FD93)


@dataclass(frozen=True, slots=True)
class Bags:
    """Features of n texts: text i has rows[starts[i]:starts[i + 1]] of the table; rows int32, starts int64 (n + 1,)."""

    rows: np.ndarray
    starts: np.ndarray


class Features:
    """Turns texts into rows of the table.

    `letters` (c,) uint32 is the normal form of every code point (BOUNDARY for all boundaries), `classes` (c,) uint8 one
    of SPACE, WORD, GRAM; code points beyond are boundaries. `keys` (v,) uint64 are the hashes of the features in the
    order of their rows, `buckets` (a power of two) the rows after them, for the n-grams of unknown words.
    """

    def __init__(self, letters: np.ndarray, classes: np.ndarray, keys: np.ndarray, buckets: int) -> None:
        self._hashes = _mixed(np.append(letters, np.uint32(ord(BOUNDARY))))
        self._classes = np.append(classes, np.uint8(SPACE))
        self._first_bucket = len(keys)
        self._bucket_shift = np.uint64(64 - (buckets.bit_length() - 1))
        self._powers = _powers(BASE, BLOCK_CHARACTERS + 8)
        self._inverses = _powers(INVERSE, BLOCK_CHARACTERS + 8)
        self._build(keys)

    def __call__(self, texts: Sequence[str]) -> Bags:
        """The features of texts that together fit a block (see `blocks`)."""
        lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + len(GAP)
        joined = BOUNDARY + GAP.join(texts) + BOUNDARY
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        codes = np.minimum(codes, np.uint32(len(self._classes) - 1))
        hashes, classes = self._hashes[codes], self._classes[codes]
        found = [*self._words(hashes, classes), *self._grams(hashes, classes)]
        rows = np.concatenate([one for one, _ in found])
        ends = np.cumsum(lengths)
        owners = np.searchsorted(ends, np.concatenate([place for _, place in found]), side="right").astype(np.uint16)
        order = np.argsort(owners, kind="stable")
        counts = np.bincount(owners, minlength=len(texts))
        return Bags(rows[order], np.concatenate([[0], np.cumsum(counts)]))

    def _words(self, hashes: np.ndarray, classes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Whole words, pairs of words with one boundary between them, n-grams of unknown words."""
        edges = np.flatnonzero(np.diff((classes == WORD).view(np.int8)))
        starts, ends = edges[::2] + 1, edges[1::2] + 1
        sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(hashes * self._powers[: len(hashes)])])
        words = (sums[ends] - sums[starts]) * self._inverses[starts]
        known, rows = self._look_up(words)
        yield rows, starts[known]
        near = np.flatnonzero(starts[1:] == ends[:-1] + 1)
        found, rows = self._look_up(words[near] * PAIR + words[near + 1])
        yield rows, starts[near[found]]
        first, last = np.delete(starts, known) - 1, np.delete(ends, known) + 1
        for size in PIECES:
            counts = np.maximum(last - first - size + 1, 0)
            places = np.repeat(first - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
            pieces = (sums[places + size] - sums[places]) * self._inverses[places]
            buckets = (_mixed(pieces) >> self._bucket_shift).astype(np.int32) + np.int32(self._first_bucket)
            yield buckets, places + 1

    def _grams(self, hashes: np.ndarray, classes: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        places = np.flatnonzero(classes == GRAM)
        grams = hashes[places]
        for size in range(1, LONGEST_GRAM + 1):
            if size > 1:
                goes_on = classes[places + size - 1] == GRAM
                places, grams = places[goes_on], grams[goes_on]
                grams = grams + hashes[places + size - 1] * self._powers[size - 1]
            known, rows = self._look_up(grams)
            yield rows, places[known]

    def _build(self, keys: np.ndarray) -> None:
        """An open hash table with linear probing, filled in the order of the keys. A slot holds 32 bits of its key (0
        when it is free), which keeps the table within the processor's caches.
        """
        bits = max(int(3 * len(keys)).bit_length(), 4)
        self._shift = np.uint64(64 - bits)
        self._tags = np.zeros((1 << bits) + PROBES, dtype=np.uint32)
        self._rows = np.full((1 << bits) + PROBES, -1, dtype=np.int32)
        waiting = np.arange(len(keys))
        slots, tags = self._slots_of(keys)
        while len(waiting):
            free = self._tags[slots] == 0
            places, first = np.unique(np.where(free, slots, -1), return_index=True)
            placed = first[places >= 0]
            self._rows[slots[placed]] = waiting[placed]
            self._tags[slots[placed]] = tags[placed]
            left = np.ones(len(waiting), dtype=bool)
            left[placed] = False
            waiting, slots, tags = waiting[left], slots[left] + 1, tags[left]

    def _slots_of(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mixed = _mixed(keys)
        return (mixed >> self._shift).astype(np.int64), mixed.astype(np.uint32) | np.uint32(1)

    def _look_up(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(positions of the keys that are in the table, their int32 rows)."""
        slots, tags = self._slots_of(keys)
        stored = self._tags[slots]
        other = np.flatnonzero((stored != tags) & (stored != 0))
        while len(other):
            slots[other] += 1
            stored[other] = self._tags[slots[other]]
            other = other[(stored[other] != tags[other]) & (stored[other] != 0)]
        found = np.flatnonzero(stored == tags)
        return found, self._rows[slots[found]]


class StaticEncoder:
    """The encoder "static": a hundred times as fast as its teacher, USE multilingual v3, and nearly as good.

    `sha256` is what the table at `path` must have. Raises model_files.EncoderUnavailable when it is missing or another.
    """

    name = "static"

    def __init__(self, path: Path = FILE, *, sha256: str = SHA256) -> None:
        model_files.verify(path.parent, {path.name: sha256}, encoder=self.name, remedy=REMEDY)
        self._path = path
        self.fingerprint = sha256

    @property
    def dim(self) -> int:
        return self._table.dim

    def encode(self, texts: list[str]) -> np.ndarray:
        """float32 (n, dim) unit rows. A text without a known feature gets the direction of an empty text."""
        return self._table.encode(texts)

    @cached_property
    def _table(self) -> Table:
        return Table.load(self._path)


@dataclass(frozen=True)
class Table:
    """The numbers behind the encoder.

    `embeddings` are float32 (v + buckets, dim). With p the pooled rows of a text, the vector is
    tanh(p + out(relu(hidden(p)))) at length 1.
    """

    features: Features
    embeddings: np.ndarray
    hidden: Layer
    out: Layer

    @property
    def dim(self) -> int:
        return int(self.embeddings.shape[1])

    @classmethod
    def load(cls, path: Path) -> Table:
        """Reads the file `nlp.training.static` wrote: int8 rows, float16 scales and layers."""
        try:
            with np.load(path, allow_pickle=False) as stored:
                features = Features(stored["letters"], stored["classes"], stored["keys"], int(stored["buckets"]))
                scales, columns = (stored[name].astype(np.float32) for name in ("scales", "columns"))
                rows = np.frombuffer(zlib.decompress(stored["rows"]), dtype=np.int8)
                embeddings = rows.reshape(len(scales), len(columns)).astype(np.float32)
                embeddings *= scales[:, None]
                embeddings *= columns
                hidden, hidden_bias, out, bias = (
                    stored[name].astype(np.float32) for name in ("hidden", "hidden_bias", "out", "bias")
                )
                layers = Layer(hidden, hidden_bias), Layer(out, bias)
        except (OSError, KeyError, ValueError, zipfile.BadZipFile, zlib.error) as error:
            raise model_files.EncoderUnavailable(
                f"The table of the encoder 'static' at {path} cannot be read: {error}. {REMEDY}"
            ) from error
        return cls(features, embeddings, *layers)

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, dim) unit rows, in blocks of bounded memory."""
        vectors = np.empty((len(texts), self.dim), dtype=np.float32)
        for start, block in blocks(texts):
            vectors[start : start + len(block)] = self._project(self._pool(self.features(block)))
        return vectors

    def _pool(self, bags: Bags) -> np.ndarray:
        from scipy.sparse import csr_array

        counts = np.diff(bags.starts)
        weights = np.repeat((1 / np.sqrt(np.maximum(counts, 1))).astype(np.float32), counts)
        shape = (len(counts), len(self.embeddings))
        return np.asarray(csr_array((weights, bags.rows, bags.starts.astype(np.int32)), shape=shape) @ self.embeddings)

    def _project(self, pooled: np.ndarray) -> np.ndarray:
        vectors = self.out(np.maximum(self.hidden(pooled), 0))
        vectors += pooled
        np.tanh(vectors, out=vectors)
        return unit_rows(vectors)


class Layer:
    """x W + b with W (k, m), k at most 256, whose result for a row does not depend on the rows beside it.

    A library for matrices adds the terms of a sum in an order that depends on where a row stands among the others. So
    rows and columns are first rounded to whole numbers from -STEPS to STEPS times a step of their own: every sum then
    stays below 2^24 and is exact in float32, in whatever order.
    """

    def __init__(self, weights: np.ndarray, bias: np.ndarray) -> None:
        if len(weights) * STEPS**2 >= 1 << 24:
            raise ValueError(f"a layer may have 256 inputs, not {len(weights)}")
        self._steps = _steps(weights, axis=0)
        self._weights = np.rint(weights / self._steps)
        self._bias = bias

    def __call__(self, rows: np.ndarray) -> np.ndarray:
        """float32 (n, m)."""
        steps = _steps(rows, axis=1)
        results = np.rint(rows / steps) @ self._weights
        results *= steps
        results *= self._steps
        results += self._bias
        return results


def _steps(numbers: np.ndarray, *, axis: int) -> np.ndarray:
    widest = np.maximum(numbers.max(axis=axis, keepdims=True), -numbers.min(axis=axis, keepdims=True))
    return np.where(widest > 0, widest / np.float32(STEPS), np.float32(1))


def blocks(texts: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """(position of the first, texts cut to MAX_CHARACTERS) in order, about BLOCK_CHARACTERS at once."""
    ends = np.cumsum(np.minimum(np.fromiter(map(len, texts), np.int64, len(texts)), MAX_CHARACTERS) + len(GAP))
    start = 0
    while start < len(texts):
        begun = ends[start - 1] if start else 0
        stop = int(np.searchsorted(ends, begun + BLOCK_CHARACTERS, side="right"))
        yield start, [text[:MAX_CHARACTERS] for text in texts[start : max(stop, start + 1)]]
        start = max(stop, start + 1)


def hashes_of(features: Sequence[str]) -> np.ndarray:
    """uint64 (n,) keys of features in their normal form: a word, a gram, or two words with a space between."""
    keys = [np.zeros(0, dtype=np.uint64)]
    for feature in features:
        words = [_hash_of(word) for word in feature.split(" ")]
        keys.append(words[0] if len(words) == 1 else words[0] * PAIR + words[1])
    return np.concatenate(keys)


def _hash_of(word: str) -> np.ndarray:
    letters = _mixed(np.frombuffer(word.encode("utf-32-le"), dtype=np.uint32))
    return (letters * _powers(BASE, len(letters))).sum(dtype=np.uint64, keepdims=True)


def _powers(base: int, count: int) -> np.ndarray:
    powers = np.full(count, base, dtype=np.uint64)
    powers[:1] = 1
    return np.multiply.accumulate(powers)


def _mixed(numbers: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): spreads any integers over 64 bits."""
    mixed = numbers.astype(np.uint64)
    mixed ^= mixed >> np.uint64(30)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed

"""What was already said: the published opinions of a corpus nearest in meaning to some words.

A process keeps the vectors it has searched in memory, as whole numbers of eight bits, one shelf for each corpus and
source, and brings a shelf up to date by what was read since it last looked. The shelf only proposes: every answer is
read from the database once more, by its exact vector and only if it is still published, so that words which were
hidden or withdrawn a moment ago are never suggested, whatever a shelf still holds.
"""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from itertools import islice
from threading import Lock

import numpy as np

from nlp import conf, placing
from nlp.core import encoders, masking, text
from nlp.models import Opinion
from nlp.runs import unpacked

SOURCES = ("comment", "statement", "proposal")
LONGEST = 1000
"""Characters of the words that are compared: what people mean stands at the beginning."""
BLOCK = 4096
"""Rows that are compared at once; a shelf grows by blocks, so that growing copies nothing."""
READ_AT_ONCE = 2000
MOST_ROWS = 200_000
"""Opinions of one source that are compared, the newest: 100 MB with 512 numbers each."""
MOST_BYTES = 256_000_000
"""All shelves of a process; those not asked for longest are given up first."""
STEPS = 127
SPARE = 12
"""Candidates read from the database beyond those wanted: some may be gone, and eight bits are a little coarse."""
ROUNDS = 4

logger = logging.getLogger(__name__)
Found = tuple[str, str, float]


class Shelf:
    """The vectors of one source in one corpus. Row r stands for opinion `ids[r]`; a row of zeros for nobody."""

    def __init__(self, corpus_id: int, source: str, signature: str, dim: int) -> None:
        self._opinions = Opinion.objects.published().filter(corpus=corpus_id, source=source, encoder=signature)
        self._signature = signature
        self._dim = dim
        self._blocks: list[np.ndarray] = []
        self._scales = np.zeros(0, dtype=np.float32)
        self._ids = np.zeros(0, dtype=np.int64)
        self._rows: dict[int, int] = {}
        self._until = 0
        self._lock = Lock()

    @property
    def nbytes(self) -> int:
        """Memory of the vectors."""
        return sum(block.nbytes for block in self._blocks) + self._scales.nbytes + self._ids.nbytes

    def search(self, vector: np.ndarray, k: int, least: float) -> list[tuple[int, float]]:
        """(opinion, cosine) of the k nearest that are still published, best first."""
        with self._lock:
            self._catch_up()
            scores = self._scores(vector)
            found: dict[int, float] = {}
            for _round in range(ROUNDS):
                candidates = self._best(scores, k + SPARE, least)
                fresh = [row for row in candidates if int(self._ids[row]) not in found]
                if not fresh:
                    break
                present = {
                    pk: float(unpacked(packed) @ vector)
                    for pk, packed, signature in _published(self._ids[fresh].tolist())
                    if signature == self._signature
                }
                found |= present
                gone = [row for row in fresh if int(self._ids[row]) not in present]
                self._forget(gone)
                scores[gone] = -1
                if not gone:
                    break
        best = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return [(pk, score) for pk, score in best[:k] if score >= least]

    def _catch_up(self) -> None:
        """Take in what was read since the last look: one query on an index, and one row per new opinion."""
        news = self._opinions.filter(read_no__gt=self._until, vector__isnull=False).order_by("-read_no")
        rows = news.values_list("pk", "vector", "read_no")[:MOST_ROWS].iterator(chunk_size=READ_AT_ONCE)
        newest = self._until
        while stretch := list(islice(rows, READ_AT_ONCE)):
            self._put([pk for pk, _vector, _number in stretch], [vector for _pk, vector, _number in stretch])
            newest = max(newest, stretch[0][2])
        self._until = newest

    def _reserve(self, rows: int) -> None:
        while len(self._blocks) * BLOCK < rows:
            self._blocks.append(np.zeros((BLOCK, self._dim), dtype=np.int8))
        more = len(self._blocks) * BLOCK - len(self._ids)
        self._scales = np.concatenate([self._scales, np.zeros(more, dtype=np.float32)])
        self._ids = np.concatenate([self._ids, np.zeros(more, dtype=np.int64)])

    def _put(self, ids: list[int], vectors: list[bytes]) -> None:
        rows = np.array([self._rows.setdefault(pk, len(self._rows)) for pk in ids])
        if len(self._rows) > len(self._ids):
            self._reserve(len(self._rows))
        numbers = np.stack([unpacked(vector) for vector in vectors])
        scales = np.abs(numbers).max(axis=1) / STEPS
        numbers /= scales[:, None]
        np.rint(numbers, out=numbers)
        for place, row in enumerate(rows.tolist()):
            self._blocks[row // BLOCK][row % BLOCK] = numbers[place]
        self._scales[rows], self._ids[rows] = scales, ids

    def _forget(self, rows: list[int]) -> None:
        for row in rows:
            self._blocks[row // BLOCK][row % BLOCK] = 0
            self._scales[row] = 0

    def _scores(self, vector: np.ndarray) -> np.ndarray:
        count = len(self._rows)
        scores = np.empty(count, dtype=np.float32)
        room = np.empty((min(BLOCK, max(count, 1)), self._dim), dtype=np.float32)
        for start in range(0, count, BLOCK):
            rows = min(BLOCK, count - start)
            np.copyto(room[:rows], self._blocks[start // BLOCK][:rows])
            np.matmul(room[:rows], vector, out=scores[start : start + rows])
        scores *= self._scales[:count]
        return scores

    def _best(self, scores: np.ndarray, k: int, least: float) -> list[int]:
        """Rows that may reach `least`, best first. Eight bits are off by less than a hundredth."""
        if len(scores) > k:
            rows = np.argpartition(scores, -k)[-k:]
        else:
            rows = np.arange(len(scores))
        rows = rows[scores[rows] >= least - 0.01]
        return rows[np.argsort(-scores[rows], kind="stable")].tolist()


class _Shelves:
    """The shelves of this process, the last used at the end."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[int, str, str], Shelf] = OrderedDict()
        self._lock = Lock()

    def of(self, corpus_id: int, source: str, signature: str, dim: int) -> Shelf:
        with self._lock:
            key = (corpus_id, source, signature)
            shelf = self._kept.get(key) or Shelf(corpus_id, source, signature, dim)
            self._kept[key] = shelf
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(one.nbytes for one in self._kept.values()) > MOST_BYTES:
                self._kept.popitem(last=False)
            return shelf

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()


_shelves = _Shelves()
_loading = Lock()


def nearest(
    corpus_id: int, words: str, k: int = 3, sources: Sequence[str] = SOURCES, least: float = 0.6
) -> list[Found]:
    """At most `k` published opinions of a corpus that mean nearly the same as `words`: (source, key, cosine), the
    nearest first, none below `least`.

    Opinions that were not read yet have no vector and are not found. Without an encoder the answer is empty and the
    log says why: whoever asks can go on without it.
    """
    vector, signature = _read(words)
    if vector is None:
        return []
    found = {}
    for source in sources:
        found |= dict(_shelves.of(corpus_id, source, signature, len(vector)).search(vector, k, least))
    best = sorted(found, key=lambda pk: (-found[pk], pk))[:k]
    keys = {pk: (source, key) for pk, source, key in _owners(best)}
    return [(*keys[pk], found[pk]) for pk in best if pk in keys]


def forget_all() -> None:
    """Give up what this process keeps; the next search reads it anew."""
    _shelves.clear()


def _published(ids: list[int]):
    """By number alone: with the corpus in the question a database may read all of it."""
    rows = Opinion.objects.published().filter(pk__in=ids, vector__isnull=False)
    return rows.order_by().values_list("pk", "vector", "encoder")


def _owners(ids: list[int]):
    return Opinion.objects.published().filter(pk__in=ids).order_by().values_list("pk", "source", "source_key")


def _read(words: str) -> tuple[np.ndarray | None, str]:
    """The vector of some words as the analysis would make it, and which model made it."""
    cleaned = masking.mask(text.clean(words, limit=LONGEST))
    if not text.has_words(cleaned):
        return None, ""
    try:
        with _loading:
            encoder = placing.load_encoder()
            signature = placing.signature(encoder)
        return encoder.encode([cleaned])[0], signature
    except encoders.EncoderUnavailable as error:
        logger.warning("Nothing similar can be found while there is no encoder (%s): %s", conf.encoder_name(), error)
        return None, ""

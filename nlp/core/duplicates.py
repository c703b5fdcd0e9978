"""Near-duplicates: the same words posted again, with another comma or a word more.

Pairs that are alike are joined, and what hangs together is one group as long as it stays near its centre, the text
posted most often: twenty thousand variants of a petition are one group, a chain of small steps that ends somewhere
else is not. All choices follow the words of the texts and never their rows, so the groups are the same in any order.

Candidates come from MinHash bands (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3)
and are verified exactly. A bucket remembers a few texts only, so cost grows with the number of texts, not its square.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from nlp.core.text import clean, simplify

SHINGLE = 3
SHORTEST = 12
"""Characters a text must have to be matched other than exactly."""
PERMUTATIONS = 64
BANDS = 16
BLOCK = 1 << 18
"""Shingles hashed at once; bounds memory."""
HELD_PER_BUCKET = 8
"""A bucket remembers so many texts; more would make a crowd of half-alike texts cost its square."""
DRIFT = 0.2
"""How far under the threshold a member may be from the centre when steps above the threshold lead there."""
SLACK = 0.2
"""How far the estimate from 64 hash values (standard error 0.05) may lie under the threshold before the exact check."""
SEED = 20150701

POLAR = frozenset(
    "不没無无未非否反别勿禁停止高低多少增减好坏赞支对加降升开关大小有能喜厌恶恨爱贵快慢错优劣先后前二三四五六七八九十百千万亿两半"
)
"""Simplified characters that can turn a sentence: two texts that differ in how many they hold are not the same."""
TURNING = frozenset(
    """
    not no never none nor neither nothing nobody without cannot against oppose anti less more fewer higher lower good
    bad better worse best worst hate love like dislike increase decrease reduce raise expand support agree disagree
    allow ban legal illegal fair unfair safe unsafe up down before after all only
    không khong chưa chua chẳng đừng tidak bukan jangan belum gak nggak tanpa
    nicht kein keine keinen nie ohne gegen mehr weniger pas jamais sans contre plus moins nunca sin contra más menos
    """.split()
)
"""The same for words; OPPOSITE finds those that a syllable turns (unaffordable), NEGATED those that an ending does."""
OPPOSITE = re.compile(r"(?:un|in|im|il|ir|dis|non|mis)[a-z]{4,}")
NUMBER = re.compile(r"\d+(?:[.:/]\d+)*")
WORD = re.compile(r"[^\W\d_]+")
NEGATED = re.compile(r"n['\u2019]t\b|ない|なかった|ません|ไม่|ห้าม")


def fold(texts: Sequence[str], *, threshold: float = 0.8) -> np.ndarray:
    """int64 array (n,): the position of the first text each one repeats, or -1.

    Exact after dropping case, punctuation and Traditional/Simplified spelling; otherwise near: steps of a Jaccard
    similarity of character 3-shingles >= threshold lead to the text of the group posted most often, to which it is
    itself >= threshold - DRIFT. Texts that differ in a number or in a word that turns the sense (not, against, more,
    less, 不, 反, 高, 低 ...) are never folded, and near matching needs at least SHORTEST characters. Texts without a
    letter or digit repeat nothing.

    Which texts form a group does not depend on the order of `texts`; the first row of a group stands for it.
    """
    rows_of: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for row, text in enumerate(texts):
        words = clean(text).lower()
        bare = simplify(words).translate(_kept())
        if bare:
            rows_of.setdefault((bare, _numbers(words)), []).append(row)
    ordered = sorted(rows_of, key=lambda key: (-len(rows_of[key]), len(key[0]), key))
    written = [min(texts[row] for row in rows_of[key]) for key in ordered]
    centre_of = _near([bare for bare, _ in ordered], written, threshold)
    groups: dict[int, list[int]] = {}
    for position, key in enumerate(ordered):
        groups.setdefault(centre_of[position], []).extend(rows_of[key])
    first = np.full(len(texts), -1, dtype=np.int64)
    for rows in groups.values():
        first[rows] = min(rows)
        first[min(rows)] = -1
    return first


def _near(bare: Sequence[str], texts: Sequence[str], threshold: float) -> list[int]:
    """For each of the different texts the position of its centre, its own where it is one."""
    centre_of = list(range(len(bare)))
    long = [position for position, words in enumerate(bare) if len(words) >= SHORTEST]
    if len(long) < 2:
        return centre_of
    signatures = np.concatenate([_signatures(block) for block in _blocks([bare[position] for position in long])])
    bands = _bands(signatures)
    shared = _shared(bands)
    numbers: dict[tuple[tuple[str, int], ...], int] = {}
    buckets: dict[tuple[int, int], list[int]] = {}
    root = list(range(len(long)))
    for index in np.flatnonzero(shared.any(axis=1)).tolist():
        position = long[index]
        sense = numbers.setdefault(_sense(texts[position]), len(numbers))
        # Only what can be the same opinion shares a bucket.
        held = [buckets.setdefault((value, sense), []) for value in bands[index, shared[index]].tolist()]
        mine = _shingles(bare[position])
        for other in _alike(index, sorted({other for one in held for other in one}), signatures, threshold):
            top, bottom = sorted((_root(root, index), _root(root, other)))
            if top != bottom and _jaccard(mine, _shingles(bare[long[other]])) >= threshold:
                root[bottom] = top
        for one in held:
            if len(one) < HELD_PER_BUCKET:
                one.append(index)
    together: dict[int, list[int]] = {}
    for index in range(len(long)):
        together.setdefault(_root(root, index), []).append(index)
    for members in together.values():
        centres: list[int] = []
        for index in members:
            mine = _shingles(bare[long[index]]) if len(members) > 1 else frozenset()
            for other in _alike(index, centres, signatures, threshold - DRIFT):
                needed = threshold - DRIFT if other == members[0] else threshold
                if _jaccard(mine, _shingles(bare[long[other]])) >= needed:
                    centre_of[long[index]] = long[other]
                    break
            else:
                centres.append(index)
    return centre_of


def _alike(index: int, others: Sequence[int], signatures: np.ndarray, threshold: float) -> list[int]:
    """Those of the others that may reach the threshold, as far as the hash values tell."""
    if not others:
        return []
    alike = (signatures[others] == signatures[index]).mean(axis=1)
    return [other for other, share in zip(others, alike.tolist(), strict=True) if share >= threshold - SLACK]


def _root(root: list[int], index: int) -> int:
    """The first text of the group, shortening the way there."""
    while root[index] != index:
        root[index] = root[root[index]]
        index = root[index]
    return index


def _jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    common = len(left & right)
    return common / (len(left) + len(right) - common)


def _blocks(texts: Sequence[str]) -> Iterator[list[str]]:
    block: list[str] = []
    size = 0
    for words in texts:
        if block and size + len(words) > BLOCK:
            yield block
            block, size = [], 0
        block.append(words)
        size += len(words)
    yield block


def _signatures(texts: Sequence[str]) -> np.ndarray:
    """MinHash values, uint32 (n, PERMUTATIONS), of texts of at least SHINGLE characters each."""
    lengths = np.array([len(words) for words in texts])
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    # A code point needs 21 bits: three of them fit a number, without collisions.
    packed = codes[:-2] | codes[1:-1] << np.uint64(21) | codes[2:] << np.uint64(42)
    ends = np.cumsum(lengths)
    crossing = (ends[:-1, None] - np.arange(SHINGLE - 1, 0, -1)).ravel()
    values = _mixed(np.delete(packed, crossing))
    starts = np.concatenate([[0], ends[:-1]]) - np.arange(len(texts)) * (SHINGLE - 1)
    generator = np.random.default_rng(SEED)
    signatures = np.empty((len(texts), PERMUTATIONS), dtype=np.uint32)
    for column in range(PERMUTATIONS):
        # Multiply-shift (Dietzfelbinger 1997): an odd factor modulo 2^64, the upper half kept.
        factor, offset = generator.integers(0, 1 << 63, 2, dtype=np.uint64)
        hashed = (values * (factor | np.uint64(1)) + offset) >> np.uint64(32)
        signatures[:, column] = np.minimum.reduceat(hashed, starts)
    return signatures


def _mixed(values: np.ndarray) -> np.ndarray:
    """The finaliser of splitmix64 (Steele, Lea and Flood 2014): every bit of the input reaches every bit."""
    values = (values ^ values >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ values >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return values ^ values >> np.uint64(31)


def _bands(signatures: np.ndarray) -> np.ndarray:
    """uint64 (n, BANDS): one number for the hash values of each band."""
    grouped = signatures.reshape(len(signatures), BANDS, PERMUTATIONS // BANDS).astype(np.uint64)
    bands = np.tile(np.arange(BANDS, dtype=np.uint64), (len(signatures), 1))
    for place in range(grouped.shape[2]):
        bands = _mixed(bands ^ grouped[:, :, place])
    return bands


def _shared(bands: np.ndarray) -> np.ndarray:
    """bool (n, BANDS): whether another row has the same number in that band."""
    shared = np.zeros(bands.shape, dtype=bool)
    for band in range(bands.shape[1]):
        _, inverse, counts = np.unique(bands[:, band], return_inverse=True, return_counts=True)
        shared[:, band] = counts[inverse] > 1
    return shared


def _shingles(bare: str) -> frozenset[str]:
    return frozenset(bare[i : i + SHINGLE] for i in range(len(bare) - SHINGLE + 1))


def _numbers(words: str) -> tuple[str, ...]:
    """The numbers of a text in order; 1,000 is 1000."""
    return tuple(NUMBER.findall(re.sub(r"(?<=\d),(?=\d{3})", "", words)))


def _sense(written: str) -> tuple[tuple[str, int], ...]:
    """What must be equal in two texts to be the same opinion: numbers, and the words that turn a sentence."""
    words = clean(written).lower()
    counts = Counter(character for character in simplify(words) if character in POLAR)
    for word in WORD.findall(words):
        if word in TURNING or OPPOSITE.fullmatch(word):
            counts[word] += 1
    counts.update(_numbers(words))
    counts.update(NEGATED.findall(words))
    return tuple(sorted(counts.items()))


class _Kept(dict[int, int | None]):
    """For `str.translate`: letters, digits and the marks on letters stay. Filled as characters come."""

    def __missing__(self, code: int) -> int | None:
        self[code] = code if unicodedata.category(chr(code))[0] in "LNM" else None
        return self[code]


@lru_cache(maxsize=1)
def _kept() -> _Kept:
    return _Kept()

"""Near-duplicates: the same words posted again, with another comma or a word more."""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from nlp.core.text import clean, simplify

SHINGLE = 3
PERMUTATIONS = 64
BANDS = 16
PRIME = (1 << 61) - 1
POLAR = "不没無无未非否反别勿禁停止高低多少增减好坏赞支对加降升开关大小有能"
NEGATIONS = frozenset("not no never none without cannot against oppose anti less more fewer higher lower".split())


def fold(texts: Sequence[str], *, threshold: float = 0.8) -> np.ndarray:
    """int array (n,): the position of the first text each one repeats, or -1.

    Exact after dropping case, punctuation and Traditional/Simplified spelling; otherwise near: Jaccard similarity
    of character 3-shingles >= threshold, found by MinHash bands and then verified exactly. Texts that differ in a
    number or in a word that turns the sense (not, against, more, less, 不, 反, 高, 低 ...) are never folded, and near
    matching needs at least 12 characters.
    """
    first = np.full(len(texts), -1, dtype=np.int64)
    seen: dict[str, int] = {}
    kept: list[tuple[int, frozenset[int], tuple[tuple[str, int], ...]]] = []
    buckets: dict[tuple[int, bytes], list[int]] = {}
    multipliers, offsets = _permutations()
    for index, text in enumerate(texts):
        plain = _bare(text)
        if not plain:
            continue
        if plain in seen:
            first[index] = seen[plain]
            continue
        seen[plain] = index
        if len(plain) < 12:
            continue
        shingles = frozenset(zlib.crc32(plain[i : i + SHINGLE].encode()) for i in range(len(plain) - SHINGLE + 1))
        sense = _sense(text, plain)
        signature = _minhash(shingles, multipliers, offsets)
        rows = PERMUTATIONS // BANDS
        keys = [(band, signature[band * rows : (band + 1) * rows].tobytes()) for band in range(BANDS)]
        candidates = sorted({position for key in keys for position in buckets.get(key, ())})
        for position in candidates:
            other, other_shingles, other_sense = kept[position]
            common = len(shingles & other_shingles)
            if other_sense == sense and common >= threshold * (len(shingles) + len(other_shingles) - common):
                first[index] = seen[plain] = other
                break
        else:
            for key in keys:
                buckets.setdefault(key, []).append(len(kept))
            kept.append((index, shingles, sense))
    return first


def _bare(text: str) -> str:
    return "".join(character for character in simplify(clean(text).lower()) if character.isalnum())


def _sense(text: str, bare: str) -> tuple[tuple[str, int], ...]:
    counts = Counter(character for character in bare if character in POLAR)
    counts.update(
        word for word in re.findall(r"[a-z]+|\d+", clean(text).lower()) if word in NEGATIONS or word.isdigit()
    )
    counts["n't"] = len(re.findall(r"n['\u2019]t\b", text.lower()))
    return tuple(sorted(counts.items()))


@lru_cache(maxsize=1)
def _permutations() -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(20150701)
    return (
        generator.integers(1, 1 << 31, PERMUTATIONS, dtype=np.uint64),
        generator.integers(0, 1 << 31, PERMUTATIONS, dtype=np.uint64),
    )


def _minhash(shingles: frozenset[int], multipliers: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Smallest (a x + b) mod p over the shingles for each of the permutations; a, x < 2^32, so the product fits 64
    bits.
    """
    values = np.fromiter(shingles, dtype=np.uint64, count=len(shingles))
    return ((values[:, None] * multipliers + offsets) % np.uint64(PRIME)).min(axis=0)

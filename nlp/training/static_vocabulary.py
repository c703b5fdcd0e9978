"""Which features the static encoder's table has a row for, and the normal form of every character.

Features are written in their normal form: lower case, Simplified, a space between the two words of a pair.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from nlp.core.static_encoder import BOUNDARY, GRAM, LONGEST_GRAM, WORD
from nlp.core.stopwords import ENGLISH
from nlp.training.static_corpus import PROPER_TAGS, Sources

CODE_POINTS = 0x30000
"""The basic plane and the two of rare Han characters and emoji."""
UNSPACED = (
    "CJK UNIFIED", "CJK COMPATIBILITY IDEOGRAPH", "HIRAGANA", "KATAKANA", "IDEOGRAPHIC", "BOPOMOFO", "HANGUL", "THAI",
    "LAO ", "KHMER", "MYANMAR",
)  # fmt: skip
TELLING = "?!%$€£"
"""Signs that say something; all other punctuation is a boundary."""


BEYOND = re.compile(f"[{chr(CODE_POINTS)}-\U0010ffff]")
FREQUENT = 100
FREQUENT_NAME = 50
"""How often a Chinese word, or the name of a person, place or body, must stand in the dictionary's texts."""
SEEN = 4
END_OF_LATIN = 0x250
FOREIGN_LATIN = 10_000
FOREIGN_OTHERS = 3_000
SPOKEN = 3
"""A pair in a comment counts as much as so many in definitions."""
FREQUENT_PAIR = 12
NEGATED_PAIR = 6
NEGATIONS = frozenset({"not", "no", "t", "without", "never"})


@dataclass(frozen=True)
class Alphabet:
    """`letters` (CODE_POINTS,) uint32 and `classes` uint8 as `static_encoder.Features` takes them."""

    letters: np.ndarray
    classes: np.ndarray

    @cached_property
    def _changes(self) -> dict[int, str]:
        changed = np.flatnonzero(self.letters != np.arange(CODE_POINTS))
        return {int(code): chr(self.letters[code]) for code in changed}

    def normal(self, text: str) -> str:
        """The text with every character in its normal form and boundaries as spaces."""
        return BEYOND.sub(" ", text).translate(self._changes)

    def is_made_of(self, kind: int, text: str) -> bool:
        """Whether a text in normal form has characters of this class and no others."""
        return bool(text) and all(self.classes[ord(character)] == kind for character in text)


def alphabet() -> Alphabet:
    """Lower case and Simplified for single characters (OpenCC), classes by Unicode category and name."""
    import opencc

    converter = opencc.OpenCC("t2s")
    letters = np.full(CODE_POINTS, ord(BOUNDARY), dtype=np.uint32)
    classes = np.zeros(CODE_POINTS, dtype=np.uint8)
    for code in range(CODE_POINTS):
        character = chr(code)
        category = unicodedata.category(character)
        if category[0] not in "LMN" and category != "So" and character not in TELLING:
            continue
        name = unicodedata.name(character, "")
        gram = category[0] not in "LMN" or name.startswith(UNSPACED)
        lower = unicodedata.normalize("NFKC", character).lower()
        if name.startswith("CJK"):
            lower = converter.convert(character)
        letters[code] = ord(lower) if len(lower) == 1 and ord(lower) < CODE_POINTS else code
        classes[code] = GRAM if gram else WORD
    return Alphabet(letters, classes)


def pieces(model: Path) -> list[tuple[str, float]]:
    """(piece, log probability) of a sentencepiece model: its field 1 holds the piece as field 1, the score as 2."""
    found = []
    for field, message in _fields(model.read_bytes()):
        if field == 1:
            parts = dict(_fields(message))
            score = struct.unpack("<f", parts[2])[0] if 2 in parts else 0.0
            found.append((parts.get(1, b"").decode("utf-8"), score))
    return found


def _fields(data: bytes) -> Iterable[tuple[int, bytes]]:
    position = 0

    def varint() -> int:
        nonlocal position
        value, shift = 0, 0
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(data):
        key = varint()
        if key & 7 == 0:
            varint()
            continue
        size = {1: 8, 5: 4}.get(key & 7) or varint()
        yield key >> 3, data[position : position + size]
        position += size


def choose(
    sources: Sources, scored: Sequence[tuple[str, float]], comments: Sequence[str], letters: Alphabet
) -> list[str]:
    """The features of the table, distinct: grams, then words, then pairs of words.

    `scored` are the teacher's own pieces, which say which words of its sixteen languages are frequent.
    """
    spellings = [
        spelling
        for word, traditional in zip(sources.dictionary, sources.chinese, strict=True)
        if word.count >= FREQUENT
        or len(word.spelling) == 1
        or (word.count >= FREQUENT_NAME and word.tag in PROPER_TAGS)
        for spelling in (word.spelling, traditional)
    ]
    marked = [(piece.replace("\u2581", ""), score) for piece, score in scored]
    found = grams([*spellings, *sources.civic, *(piece for piece, _ in marked)], letters)

    english = Counter(words_and_pairs(comments, letters)[0])
    glossary, glossed_pairs = words_and_pairs(sources.glosses, letters)
    english.update(glossary)
    known = {one.lower() for one in sources.lemmas if one.isalpha()}
    scores: dict[str, float] = {}
    for piece, score in scored:
        word = letters.normal(piece[1:])
        if piece.startswith("\u2581") and letters.is_made_of(WORD, word):
            scores[word] = max(score, scores.get(word, score))
    ours = {word for word in scores if word in known or english[word] >= SEEN}
    ours |= {word for word, count in english.items() if count >= 2 * SEEN}
    ours |= {word for word in known if sources.lemma_counts[word] > 1}
    ours = {word for word in ours if letters.is_made_of(WORD, word)}
    foreign = sorted(scores.keys() - ours, key=lambda word: (-scores[word], word))
    latin = [word for word in foreign if max(map(ord, word)) < END_OF_LATIN][:FOREIGN_LATIN]
    others = [word for word in foreign if max(map(ord, word)) >= END_OF_LATIN][:FOREIGN_OTHERS]
    words = [*sorted(ours), *latin, *others]

    spoken_pairs = words_and_pairs(comments, letters)[1]
    together = glossed_pairs + Counter({pair: SPOKEN * count for pair, count in spoken_pairs.items()})
    pairs = {one.lower() for one in sources.lemmas if one.count(" ") == 1 and sources.lemma_counts[one.lower()]}
    for pair, count in together.items():
        first, second = pair.split(" ")
        negated = first in NEGATIONS and count >= NEGATED_PAIR
        telling = count >= FREQUENT_PAIR and first not in ENGLISH and second not in ENGLISH
        if negated or telling:
            pairs.add(pair)
    inside = set(words)
    pairs = {pair for pair in pairs if all(word in inside for word in pair.split(" "))}
    return [*found, *words, *sorted(pairs)]


def grams(words: Iterable[str], letters: Alphabet) -> list[str]:
    """Distinct normal forms of words of unspaced scripts with at most LONGEST_GRAM characters."""
    found = dict.fromkeys(letters.normal(word) for word in words)
    return [word for word in found if len(word) <= LONGEST_GRAM and letters.is_made_of(GRAM, word)]


def words_and_pairs(texts: Iterable[str], letters: Alphabet) -> tuple[Counter[str], Counter[str]]:
    """How often every word of a spaced script, and every pair of them with one boundary between, stands in the
    texts.
    """
    words: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    spaced: dict[str, bool] = {}
    for text in texts:
        last = ""
        for word in letters.normal(text).split(" "):
            if word not in spaced:
                spaced[word] = letters.is_made_of(WORD, word)
            if not spaced[word]:
                last = ""
                continue
            words[word] += 1
            if last:
                pairs[f"{last} {word}"] += 1
            last = word
    return words, pairs

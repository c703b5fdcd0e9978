"""The words and phrases of opinions, read once: what labels choose from.

A term is a content word or a phrase of two or three words that stand side by side. Its key is the same for all
spellings (`text.Token.key`); where it stands is kept, so that it can be spelled as people spell it.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.core.text import Token

PHRASE_HAN = 8
"""Longest phrase in Han characters."""
QUALIFIERS = frozenset("new long large big low high old long-term small first second public private good".split())
"""English words that name nothing alone but belong to names: New Zealand, high speed rail."""
INSIDE = frozenset(["of"])
"""What may stand in the middle of an English phrase: cost of living."""
BEFORE_VERBS = frozenset(
    "to will would should shall can could must may might not don't doesn't didn't won't let please we they i you "
    "who".split()
)
BEFORE_NOUNS = frozenset(
    "the a an of our their my your this these those in for on with from by per no more less many some any all every "
    "each both between against about into over under".split()
)
NOT_NOUNS = ("ed", "ly", "ise", "ize", "ify", "ive", "ous", "ful", "able", "ible", "less", "ish")
"""Endings of English verbs and adjectives; they count as one sign among those of the words around."""
STARTS = frozenset(".!?。！？:：;；\n\"'“”‘’「」『』()（）[]-–—•*·,，")


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms of n texts. `keys[t]` are the words of term t, `nouns[t]` how surely it names a thing (0 to 1).

    Occurrence o is term `terms[o]` at texts[rows[o]][starts[o]:ends[o]] (int32 arrays, rows ascending).
    """

    texts: Sequence[str]
    keys: tuple[tuple[str, ...], ...]
    nouns: np.ndarray
    rows: np.ndarray
    terms: np.ndarray
    starts: np.ndarray
    ends: np.ndarray


def read(texts: Sequence[str], words: Iterable[Sequence[Token]]) -> Terms:
    """The terms of cleaned texts; `words` are the tokens of each text in the same order (a generator will do, so
    that the tokens of a large corpus need not be held at once). Raises ValueError when their numbers differ.
    """
    numbers: dict[tuple[str, ...], int] = {}
    columns = tuple(array("i") for _ in range(4))
    rows, terms, starts, ends = columns
    evidence: Counter[tuple[str, int]] = Counter()
    nouns: dict[str, bool] = {}
    for row, (text, tokens) in enumerate(zip(texts, words, strict=True)):
        for parts in _spans(text, tokens):
            key = tuple(token.key for token in parts)
            rows.append(row)
            terms.append(numbers.setdefault(key, len(numbers)))
            starts.append(parts[0].start)
            ends.append(parts[-1].end)
        before = ""
        for token in tokens:
            if token.content:
                nouns[token.key] = nouns.get(token.key, False) or token.noun
                if before in BEFORE_VERBS:
                    evidence[token.key, 0] += 1
                elif before in BEFORE_NOUNS:
                    evidence[token.key, 1] += 1
            before = token.surface.lower().replace("\u2019", "'")
    figures = {key: _nounness(key, noun, evidence) for key, noun in nouns.items()}
    # The last word is the head of a phrase, in Chinese and in English.
    certainty = np.array([figures.get(key[-1], 0.3) for key in numbers], dtype=np.float64)
    arrays = (np.frombuffer(column, dtype=np.int32) if len(column) else np.zeros(0, np.int32) for column in columns)
    return Terms(texts, tuple(numbers), certainty, *arrays)


def spellings(terms: Terms, wanted: Iterable[int]) -> dict[int, str]:
    """How each wanted term is mostly written; capitals that only begin a sentence are not counted as its own."""
    wanted = sorted(set(wanted))
    inside: dict[int, Counter[str]] = {term: Counter() for term in wanted}
    at_start: dict[int, Counter[str]] = {term: Counter() for term in wanted}
    for place in np.flatnonzero(np.isin(terms.terms, np.array(wanted, dtype=np.int32))).tolist():
        text, start = terms.texts[terms.rows[place]], int(terms.starts[place])
        surface = text[start : terms.ends[place]]
        before = text[:start].rstrip()[-1:] if start < 400 else text[start - 8 : start].rstrip()[-1:]
        counts = at_start if before in STARTS or not before else inside
        counts[int(terms.terms[place])][surface] += 1
    return {term: _spelling(inside[term], at_start[term]) for term in wanted}


def is_han(word: str) -> bool:
    """Whether a word is written in Han characters (or kana)."""
    return word[:1] >= "\u3040"


def _spans(text: str, tokens: Sequence[Token]) -> Iterator[tuple[Token, ...]]:
    """Content words, and what may be a phrase of two or three of them."""
    for place, token in enumerate(tokens):
        if token.content and token.key not in BEFORE_NOUNS:
            yield (token,)
        opens = token.content or token.surface.lower() in QUALIFIERS
        if not opens:
            continue
        following = tokens[place + 1 : place + 3]
        if not following or not _adjoin(text, token, following[0]):
            continue
        second = following[0]
        if second.content and second.key != token.key and _fits(token, second):
            yield token, second
        if len(following) < 2 or not _adjoin(text, second, following[1]):
            continue
        third = following[1]
        middle = second.content or second.surface.lower() in QUALIFIERS | INSIDE
        if middle and third.content and len({token.key, second.key, third.key}) == 3 and _fits(token, third):
            yield token, second, third


def _adjoin(text: str, left: Token, right: Token) -> bool:
    han = is_han(left.surface)
    if han != is_han(right.surface):
        return False
    return text[left.end : right.start] in (("",) if han else (" ", "-"))


def _fits(first: Token, last: Token) -> bool:
    return not is_han(first.surface) or last.end - first.start <= PHRASE_HAN


def _nounness(key: str, noun: bool, evidence: Counter[tuple[str, int]]) -> float:
    """Han words: what the segmenter's part of speech says. Latin words: whether articles and prepositions stand
    before it rather than to, will, we.
    """
    if is_han(key):
        return 1.0 if noun else 0.3
    verbal, nominal = evidence[key, 0], evidence[key, 1]
    if key.endswith(NOT_NOUNS):
        verbal += 1
    return min(1.0, (1.5 + nominal) / (2 + nominal + 1.5 * verbal))


def _spelling(inside: Counter[str], at_start: Counter[str]) -> str:
    if inside:
        return max(inside, key=lambda surface: (inside[surface] + at_start[surface], surface))
    surface = max(at_start, key=lambda one: (at_start[one], one))
    if surface[0].isupper() and surface[1:].islower():
        return surface.lower()
    return surface

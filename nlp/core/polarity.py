"""Words of praise and blame: what a lexicon sees in a text, in Chinese (both scripts) and English.

The lists lie in data/polarity.toml. A text becomes FEATURES numbers; sentiment.py gives them their weights.
"""

from __future__ import annotations

import math
import re
import tomllib
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from nlp.core import text as words

LISTS = Path(__file__).parent / "data" / "polarity.toml"
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
STOPS = frozenset(",，、。.;；:：!！?？~～…/")
CLAUSE_END = re.compile(r"[,，、。.;；:：!！?？~～…/]+|\s{2,}")
SENTENCE_END = re.compile(r"[。.;；!！?？…]+")
WORD_OR_STOP = re.compile(r"[A-Za-z\u00c0-\u024f]+(?:['\u2019-][A-Za-z\u00c0-\u024f]+)*|[,.;:!?]")
QUESTION = re.compile(r"[?？]|[嗎吗呢](?![\u4e00-\u9fff])")
TONED = frozenset({"positive", "negative"})
REACH = {"zh": 4, "en": 3}
"""How far behind a negation a word is still turned by it: characters in Chinese, words in English."""

FEATURES = (
    "positive",
    "negative",
    "wished_positive",
    "wished_negative",
    "denied",
    "stressed_positive",
    "stressed_negative",
    "share",
    "toneless",
    "both",
    "last_clause",
    "contrast",
    "wish",
    "denial",
    "question",
    "exclamation",
    "length",
    "chinese",
)


@dataclass(frozen=True, slots=True)
class Mark:
    """One entry of a list (`kind`), found at `start` in characters.

    `side` is +1 for praise, -1 for blame and 0 for the other lists; a negation before it has already turned it
    (`denied`). `stressed` tells a word of emphasis before it.
    """

    start: int
    kind: str
    side: int = 0
    denied: bool = False
    stressed: bool = False


def marks(text: str) -> list[Mark]:
    """The marked words of a cleaned text in order; where several entries fit, the longest is taken.

    A single Chinese character counts as praise or blame only where it is a word by itself (好 in 這樣好, not in
    好像).
    """
    found: list[Mark] = []
    if not text.isascii():
        plain = words.simplify(text)
        found.extend(_scan("zh", plain, range(len(plain)), text))
    pieces = list(WORD_OR_STOP.finditer(text))
    spelled = [piece.group().lower().replace("\u2019", "'") for piece in pieces]
    found.extend(_scan("en", spelled, [piece.start() for piece in pieces], text))
    return sorted(found, key=lambda mark: (mark.start, mark.kind))


def features(texts: Sequence[str]) -> np.ndarray:
    """float64 (n, len(FEATURES)) for n cleaned texts."""
    return np.array([_features(text) for text in texts], dtype=np.float64).reshape(len(texts), len(FEATURES))


def is_chinese(text: str) -> bool:
    """Whether more than half of a text's characters are Han."""
    return len(HAN.findall(text)) * 2 > len(text.replace(" ", ""))


def _features(text: str) -> list[float]:
    found = marks(text)
    toned = [mark for mark in found if mark.side]
    positive = sum(mark.side > 0 for mark in toned)
    negative = len(toned) - positive
    # "Housing should be fair and safe" praises nothing: what is wished for counts apart.
    borders = [match.end() for match in SENTENCE_END.finditer(text)]
    asking = {bisect(borders, mark.start) for mark in found if mark.kind == "wish"}
    wished = [mark for mark in toned if bisect(borders, mark.start) in asking]
    wished_positive = sum(mark.side > 0 for mark in wished)
    wished_negative = len(wished) - wished_positive
    ends = [match.end() for match in CLAUSE_END.finditer(text)]
    last = next((end for end in reversed(ends) if text[end:].strip()), 0)
    final = sum(mark.side for mark in toned if mark.start >= last)
    return [
        math.log1p(positive - wished_positive),
        math.log1p(negative - wished_negative),
        math.log1p(wished_positive),
        math.log1p(wished_negative),
        math.log1p(sum(mark.denied for mark in toned)),
        math.log1p(sum(mark.stressed and mark.side > 0 for mark in toned)),
        math.log1p(sum(mark.stressed and mark.side < 0 for mark in toned)),
        (positive - negative) / max(len(toned), 1),
        float(not toned),
        float(positive > 0 and negative > 0),
        float((final > 0) - (final < 0)),
        float(any(mark.kind == "contrast" for mark in found)),
        math.log1p(sum(mark.kind == "wish" for mark in found)),
        math.log1p(sum(mark.kind == "negation" for mark in found)),
        math.log1p(len(QUESTION.findall(text))),
        math.log1p(text.count("!") + text.count("！")),
        math.log1p(len(text)) / 5,
        float(is_chinese(text)),
    ]


def _scan(language: str, units: Sequence[str], starts: Sequence[int], text: str) -> Iterator[Mark]:
    """Marks among the units (characters or words) of a text, which begin at `starts`."""
    entries, longest_from = _lists(language)
    joiner, reach = ("", REACH["zh"]) if language == "zh" else (" ", REACH["en"])
    inside: frozenset[int] | None = None
    denied_until = stressed_until = -1
    position = 0
    while position < len(units):
        unit = units[position]
        if unit in STOPS:
            denied_until = stressed_until = -1
        for length in range(min(longest_from.get(unit, 0), len(units) - position), 0, -1):
            kinds = entries.get(joiner.join(units[position : position + length]) if length > 1 else unit)
            if not kinds:
                continue
            if length > 1 or joiner or not kinds & TONED:
                break
            inside = _inside_words(text) if inside is None else inside
            if position not in inside:
                break
        else:
            position += 1
            continue
        for kind in sorted(kinds):
            side = {"positive": 1, "negative": -1}.get(kind, 0)
            denied = bool(side) and position <= denied_until
            stressed = bool(side) and position <= stressed_until
            yield Mark(starts[position], kind, -side if denied else side, denied, stressed)
        if "negation" in kinds:
            # 我不覺得這樣有比較好: a longer denial reaches farther.
            denied_until = position + length - 1 + reach * (2 if joiner == "" and length > 2 else 1)
        elif kinds & TONED:
            denied_until = -1
        if "intensifier" in kinds:
            stressed_until = position + length - 1 + reach
        position += length


def _inside_words(text: str) -> frozenset[int]:
    """Positions of Han characters that are no word by themselves."""
    alone = {token.start for token in words.tokens(text) if token.end - token.start == 1}
    return frozenset(match.start() for match in HAN.finditer(text)) - alone


@lru_cache(maxsize=2)
def _lists(language: str) -> tuple[dict[str, frozenset[str]], dict[str, int]]:
    """The kinds of every entry, in Simplified characters or lower case, and the number of units of the longest entry
    by the unit it begins with.
    """
    entries: dict[str, set[str]] = {}
    longest_from: dict[str, int] = {}
    for kind, listed in tomllib.loads(LISTS.read_text(encoding="utf-8"))[language].items():
        for entry in listed.split():
            spelled = words.simplify(entry) if language == "zh" else entry.replace("_", " ")
            units = spelled if language == "zh" else spelled.split(" ")
            entries.setdefault(spelled, set()).add(kind)
            longest_from[units[0]] = max(longest_from.get(units[0], 0), len(units))
    return {entry: frozenset(kinds) for entry, kinds in entries.items()}, longest_from

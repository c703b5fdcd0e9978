"""Words as people type them: cleaning and tokens.

Nothing here changes what is shown or stored; the cleaned form is what models read.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from nlp.core import lexicon
from nlp.core.stopwords import CHINESE, ENGLISH

# The flag holds for the scheme alone: ignoring case, the range would take in k and s with their Kelvin and long forms.
URL = re.compile(r"(?i:https?://|www\.)[^\s<>\"'\u0080-\U0010ffff]+")
MENTION = re.compile(
    r"(?<![\w@.])[@＠](?:[A-Za-z0-9_][A-Za-z0-9_.]{0,39}(?:@[A-Za-z0-9.-]+)?(?![A-Za-z0-9_.]):?|\w{1,12}(?:$|(?=[\s,，。、！!？?])|[:：]))"
)
"""A name in Latin letters, or a short one in others when something stands between it and the words that follow."""
SIGN = re.compile(r"(?<![\w@.])[@＠](?=\w)|(?<![#＃0-9])[#＃]++(?=\w)")
"""What makes a name or a hashtag of the words after it; the words stay."""
REPOST = re.compile(r"^(?:\s*RT(?:\s*:|\s+|$))+")
SPACES = re.compile(r"\s+")
LETTERS = r"A-Za-z\u00c0-\u024f\u1e00-\u1eff"
HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"

HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of characters that are not for reading: control, format, half a surrogate pair, private, not assigned."""
VARIANTS = range(0xFE00, 0xFE10)
IDEOGRAPH_VARIANTS = range(0xE0100, 0xE01F0)
MARKS_KEPT = 4

CONTENT_TAGS = ("n", "v", "a", "j", "l", "i", "b", "x", "eng")
"""First letters of the segmenter's part-of-speech tags that can name a topic: nouns, verbs, adjectives, set phrases."""
NOUN_TAGS = ("n", "vn", "an", "j", "l", "x", "eng")


@dataclass(frozen=True, slots=True)
class Token:
    """A word at text[start:end]. `key` is the same for all spellings (lower case, Simplified, English singular).

    `content` tells words that can name a topic, `noun` those that are nouns (every Latin word counts as one).
    """

    key: str
    surface: str
    start: int
    end: int
    content: bool
    noun: bool = True


def clean(text: str, *, limit: int | None = None) -> str:
    """The form models read: NFKC; no control, zero-width or bidi characters; no URLs, no mentions; hashtags without
    their sign; at most MARKS_KEPT accents on a letter; single spaces. Cleaning what is clean changes nothing.

    Returns "" when no letter, digit or symbol is left. `limit` cuts very long texts (characters).
    """
    if limit is not None:
        text = text[: limit * 4]
    # Taking one thing out can lay another bare (an address spelt with zero-width characters); twice is mostly enough.
    while (cleaner := _cleaner(text)) != text:
        text = cleaner
    return text if limit is None or len(text) <= limit else clean(text[:limit])


def has_words(text: str) -> bool:
    """Whether a cleaned text holds at least one letter, Han character or digit (emoji and punctuation alone say no
    topic).
    """
    return any(unicodedata.category(character)[0] in "LN" for character in text)


def simplify(text: str) -> str:
    """Traditional to Simplified, character by character, so that positions stay the same."""
    return text.translate(_simplified())


def tokens(text: str) -> list[Token]:
    """The words of a cleaned text in order: segmented Chinese, Latin words, numbers (never content).

    Single Han characters, stop words and words whose part of speech cannot name a topic have `content` False.
    """
    found: list[Token] = []
    for piece in _pieces().finditer(text):
        if piece.lastgroup == "han":
            found.extend(_chinese(piece.group(), piece.start()))
        elif piece.lastgroup == "term":
            found.append(Token(simplify(piece.group().lower()), piece.group(), piece.start(), piece.end(), True))
        elif piece.lastgroup == "word":
            surface = piece.group()
            key = surface.lower().replace("\u2019", "'")
            content = len(key) > 1 and _stem(key) not in ENGLISH and key not in ENGLISH
            found.append(Token(_stem(key), surface, piece.start(), piece.end(), content))
        else:
            found.append(Token(piece.group(), piece.group(), piece.start(), piece.end(), False, False))
    return found


def _cleaner(text: str) -> str:
    text = URL.sub(" ", text)  # before NFKC, which would glue a full-width comma to the address
    text = unicodedata.normalize("NFKC", text).translate(_silent())
    text = _floods().sub(lambda marks: marks.group()[:MARKS_KEPT], text)
    text = SIGN.sub(" ", MENTION.sub(" ", text))
    return SPACES.sub(" ", REPOST.sub(" ", text)).strip()


class _Silent(dict[int, int | str | None]):
    """For `str.translate`: characters that show nothing go, line breaks become spaces. Filled as characters come."""

    def __missing__(self, code: int) -> int | str | None:
        hidden = unicodedata.category(chr(code)) in HIDDEN or code in VARIANTS or code in IDEOGRAPH_VARIANTS
        self[code] = " " if code in (9, 10, 13) else None if hidden else code
        return self[code]


@lru_cache(maxsize=1)
def _silent() -> _Silent:
    return _Silent()


@lru_cache(maxsize=1)
def _floods() -> re.Pattern[str]:
    """More combining marks in a row than any language writes.

    Marks beyond the first plane belong to dead scripts and to music, and would make the search fifty times slower.
    """
    marks = "".join(chr(code) for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M")
    return re.compile(f"[{marks}]{{{MARKS_KEPT + 1},}}")


class _Simplified(dict[int, int | str]):
    """For `str.translate`: Traditional characters to Simplified ones. Filled as characters come."""

    def __init__(self) -> None:
        import opencc

        self.converter = opencc.OpenCC("t2s")

    def __missing__(self, code: int) -> int | str:
        other = self.converter.convert(chr(code)) if re.match(f"[{HAN}]", chr(code)) else chr(code)
        self[code] = other if len(other) == 1 else code
        return self[code]


@lru_cache(maxsize=1)
def _simplified() -> _Simplified:
    return _Simplified()


@lru_cache(maxsize=1)
def _pieces() -> re.Pattern[str]:
    terms = "|".join(re.escape(term) for term in lexicon.terms())
    # A run of Han characters ends where such a term begins.
    begun = "|".join(re.escape(term) for term in lexicon.terms() if re.match(f"[{HAN}]", term))
    return re.compile(
        rf"(?P<term>(?<![{LETTERS}0-9])(?i:{terms})(?![{LETTERS}0-9]))"
        rf"|(?P<han>(?:(?!(?i:{begun}))[{HAN}])+)"
        rf"|(?P<word>[{LETTERS}][{LETTERS}0-9]*(?:['\u2019-][{LETTERS}0-9]+)*)"
        r"|(?P<number>\d[\d.,%]*)"
    )


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    import rjieba

    segmenter = rjieba.Jieba()
    for word in lexicon.words():
        segmenter.add_word(simplify(word), None, "n")
    return segmenter


def _chinese(run: str, offset: int) -> list[Token]:
    found = []
    position = 0
    for word, tag in _segmenter().tag(simplify(run), True):
        surface = run[position : position + len(word)]
        content = len(word) > 1 and word not in CHINESE and tag.startswith(CONTENT_TAGS)
        noun = tag.startswith(NOUN_TAGS)
        found.append(Token(word, surface, offset + position, offset + position + len(word), content, noun))
        position += len(word)
    return found


def _stem(word: str) -> str:
    """English plural to singular, roughly: enough to count "drivers" with "driver"."""
    if word.endswith("'s"):
        word = word[:-2]
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word

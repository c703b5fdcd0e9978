"""Words as people type them: cleaning, language, tokens, near-duplicates.

Nothing here changes what is shown or stored; the cleaned form is what models read.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from nlp.core.lexicon import WORDS
from nlp.core.stopwords import CHINESE, ENGLISH

URL = re.compile(r"(?:https?://|www\.)[^\s<>\"'\u0080-\U0010ffff]+", re.IGNORECASE)
MENTION = re.compile(r"(?<![\w@.])[@＠][\w.]{1,40}(?:@[\w.-]+)?:?")
REPOST = re.compile(r"^\s*RT\b\s*:?", re.IGNORECASE)
SPACES = re.compile(r"\s+")
LATIN_WORD = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]+(?:['\u2019-][A-Za-z\u00c0-\u024f\u1e00-\u1eff]+)*")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]")
KANA = re.compile(r"[\u3041-\u30ff]")
PIECE = re.compile(
    r"(?P<han>[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]+)"
    r"|(?P<word>[A-Za-z\u00c0-\u024f\u1e00-\u1eff][A-Za-z0-9\u00c0-\u024f\u1e00-\u1eff]*(?:['\u2019-][A-Za-z0-9\u00c0-\u024f\u1e00-\u1eff]+)*)"
    r"|(?P<number>\d[\d.,%]*)"
)

CONTENT_TAGS = ("n", "v", "a", "j", "l", "i", "b", "x", "eng")
"""First letters of the segmenter's part-of-speech tags that can name a topic: nouns, verbs, adjectives, set phrases."""
NOUN_TAGS = ("n", "vn", "an", "j", "l", "x", "eng")

SHINGLE = 3
PERMUTATIONS = 64
BANDS = 16
PRIME = (1 << 61) - 1
POLAR = "不没無无未非否反别勿禁停止高低多少增减好坏赞支对加降升开关大小有能"
NEGATIONS = frozenset("not no never none without cannot against oppose anti less more fewer higher lower".split())


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
    """The form models read: NFKC, no control, zero-width or bidi characters, no URLs, no mentions, hashtags without
    their sign.

    Returns "" when no letter, digit or symbol is left. `limit` cuts very long texts after cleaning (characters).
    """
    if limit is not None:
        text = text[: limit * 4]
    text = URL.sub(" ", text)  # before NFKC, which would glue a full-width comma to the address
    text = unicodedata.normalize("NFKC", text)
    text = "".join(_plain(character) for character in text)
    text = MENTION.sub(" ", text)
    text = REPOST.sub(" ", text).replace("#", " ")
    text = SPACES.sub(" ", text).strip()
    return text if limit is None else text[:limit].rstrip()


def has_words(text: str) -> bool:
    """Whether a cleaned text holds at least one letter, Han character or digit (emoji and punctuation alone say no
    topic).
    """
    return any(unicodedata.category(character)[0] in "LN" for character in text)


def detect_language(text: str) -> str:
    """One of "zh-Hant", "zh-Hans", "en", "ja", "other", or "" where there is no letter.

    By script: kana makes Japanese; Han characters that only one of Big5 and GB 2312 can write decide between
    Traditional and Simplified (Traditional where nothing decides); Latin text is English when it uses English
    function words or plain ASCII throughout.
    """
    han = HAN.findall(text)
    kana = KANA.findall(text)
    words = LATIN_WORD.findall(text)
    letters = sum(1 for character in text if character.isalpha())
    if not letters:
        return ""
    if len(kana) >= 2 and len(kana) >= 0.15 * (len(kana) + len(han)):
        return "ja"
    if han and len(han) >= len(words):
        traditional = sum(_writable(character, "big5") and not _writable(character, "gb2312") for character in han)
        simplified = sum(_writable(character, "gb2312") and not _writable(character, "big5") for character in han)
        return "zh-Hans" if simplified > traditional else "zh-Hant"
    latin = sum(len(word) for word in words)
    if latin < 0.5 * letters:
        return "other"
    lowered = [word.lower() for word in words]
    known = sum(word in ENGLISH for word in lowered)
    if known >= max(1, 0.15 * len(lowered)):
        return "en"
    return "en" if len(lowered) <= 3 and all(word.isascii() for word in lowered) else "other"


def simplify(text: str) -> str:
    """Traditional to Simplified, character by character, so that positions stay the same."""
    return "".join(_simplified(character) for character in text)


def tokens(text: str) -> list[Token]:
    """The words of a cleaned text in order: segmented Chinese, Latin words, numbers (never content).

    Single Han characters, stop words and words whose part of speech cannot name a topic have `content` False.
    """
    found: list[Token] = []
    for piece in PIECE.finditer(text):
        if piece.lastgroup == "han":
            found.extend(_chinese(piece.group(), piece.start()))
        elif piece.lastgroup == "word":
            surface = piece.group()
            key = surface.lower().replace("\u2019", "'")
            content = len(key) > 1 and _stem(key) not in ENGLISH and key not in ENGLISH
            found.append(Token(_stem(key), surface, piece.start(), piece.end(), content))
        else:
            found.append(Token(piece.group(), piece.group(), piece.start(), piece.end(), False, False))
    return found


def fold_duplicates(texts: Sequence[str], *, threshold: float = 0.8) -> np.ndarray:
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


def _plain(character: str) -> str:
    if character in "\n\r\t":
        return " "
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn") or "\ufe00" <= character <= "\ufe0f":
        return ""
    return character


@lru_cache(maxsize=65536)
def _writable(character: str, charset: str) -> bool:
    try:
        character.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


@lru_cache(maxsize=1)
def _converter() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


@lru_cache(maxsize=65536)
def _simplified(character: str) -> str:
    if character < "\u3400":
        return character
    other = _converter().convert(character)
    return other if len(other) == 1 else character


@lru_cache(maxsize=1)
def _segmenter() -> Any:
    import rjieba

    segmenter = rjieba.Jieba()
    for word in WORDS:
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

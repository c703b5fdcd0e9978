"""Attacks on people, and advertisements: a hint for moderators in Chinese and English, made on this machine alone.

Four things are weighed together: what is meant (the vector of the encoder USE), what is spelt (hashed runs of
characters and words), what stands in lists of words (data/abuse.toml), and what advertisements look like (links,
telephone numbers, prices, repeated characters). The result holds a text until somebody has looked or marks it for a
look. It never hides anything: people decide.

Anger is not an attack. Words that blame a policy, an office or a party are not in the lists, and the sentences the
model learnt from hold much of both. docs/models/abuse.md publishes how often it errs.
"""

from __future__ import annotations

import re
import tomllib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from threading import Lock
from zipfile import BadZipFile

import numpy as np
from scipy import sparse

from nlp.core import encoders, grams, masking
from nlp.core.encoders import Encoder
from nlp.core.text import URL, clean, simplify

CLASSES = ("fair", "abuse", "spam")
MODEL = Path(str(files("nlp.core").joinpath("data/abuse.npz")))
SIGNS = (
    "links",
    "contact",
    "number",
    "advert",
    "insult",
    "threat",
    "slur",
    "aimed",
    "advert and contact",
    "price",
    "repeated",
)
"""What is counted in a text beside its spelling. "aimed": an insult or threat near a word for the person addressed."""
CUES = ("civic", "offer", "no civic", "no offer", "offer alone", "figures", "pictures")
"""What tells talk about public affairs from an offer. Weighed by the model only: by itself none of it is a sign."""
SPACED = re.compile(r"(?<=[\u3400-\u9fff])[\s.*_\-~·・/|]+(?=[\u3400-\u9fff])")
"""What is put between Chinese characters so that a word is not found."""
ENDINGS = "com|net|org|tw|cn|xyz|top|vip|shop|club|info|me|cc|io|ly|gl"
BARE_LINK = re.compile(rf"(?<![\w@.])(?:[a-z0-9-]{{2,}}\.)+(?:{ENDINGS})\b", re.IGNORECASE)
PRICE = re.compile(
    r"[$＄€£]\s?\d|\b\d[\d,.]*\s?(?:usd|nt\$|dollars?\b)|\d[\d,]*\s?[元塊折%％]|免費|半價|只要\s?\d|\bfree\b",
    re.IGNORECASE,
)
LINE_ID = re.compile(r"(?<![a-z])(?:line|赖)\s*(?:(?:id)?\s*[:：@]|id)\s*@?[a-z0-9_]{3,}|[传加私问]\s?line\b")
"""How one is found on the messenger that sellers use, in Simplified characters and lower case."""
RUN = re.compile(r"([^\s\d])\1{5,}")
FIGURE = re.compile(r"\d[\d,.]*")
PICTURE = re.compile(r"[\u2190-\u2bff\U0001f000-\U0001faff]")
HAN = re.compile(r"[\u3400-\u9fff]")
AIMED_ZH = "你妳您"
AIMED_EN = re.compile(r"\b(?:you|your|you're|u|ur)\b")
NEAR = 8
LONGEST = 4000
"""Characters that are read of a text; an advertisement says what it sells before that."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`abuse` and `spam` are chances, None without a model. `holds`: wait for a moderator; `marks`: show it to one.

    `signs` names what was found in the lists, as in SIGNS.
    """

    abuse: float | None
    spam: float | None
    holds: bool
    marks: bool
    signs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Model:
    """Weights of the three CLASSES. mean (dim,), meaning (dim, 3); centre, spread (s,); signs (s, 3), for SIGNS and
    CUES; spelling (buckets, 3); bias (3,). encoder: fingerprint of the encoder whose vectors `meaning` weighs.

    hold and mark (2, 2): thresholds for abuse and for spam, of texts without Chinese characters and of texts with some.
    """

    mean: np.ndarray
    meaning: np.ndarray
    centre: np.ndarray
    spread: np.ndarray
    signs: np.ndarray
    spelling: np.ndarray
    bias: np.ndarray
    hold: np.ndarray
    mark: np.ndarray
    encoder: str

    def chances(self, texts: Sequence[str]) -> np.ndarray:
        """Probabilities (n, 3) of CLASSES."""
        return self.weigh(vectors(texts), features(texts), spelling(texts))

    def weigh(self, meant: np.ndarray, counted: np.ndarray, spelt: sparse.csr_matrix) -> np.ndarray:
        """The same from what was read of the texts."""
        scores = (counted - self.centre) / self.spread @ self.signs.astype(np.float64)
        scores += (meant - self.mean) @ self.meaning.astype(np.float64)
        scores += spelt @ self.spelling.astype(np.float64)
        scores += self.bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=1, keepdims=True))

    def save(self, path: Path) -> None:
        np.savez_compressed(
            path,
            known=np.array(SIGNS + CUES),
            encoder=self.encoder,
            mean=self.mean.astype(np.float32),
            meaning=self.meaning.astype(np.float32),
            centre=self.centre.astype(np.float32),
            spread=self.spread.astype(np.float32),
            signs=self.signs.astype(np.float32),
            spelling=self.spelling.astype(np.float16),
            bias=self.bias.astype(np.float32),
            hold=self.hold,
            mark=self.mark,
        )


def judge(text: str, *, model: Model | None | str = "shipped") -> Judgement:
    """What a moderator should know about a text. Without a model the rules alone hold what is plain."""
    return judge_many([text], model=model)[0]


def judge_many(texts: Sequence[str], *, model: Model | None | str = "shipped") -> list[Judgement]:
    """The same for many texts, in one pass."""
    if not texts:
        return []
    chosen = load() if isinstance(model, str) else model
    counted = features(texts)
    chances = chosen.chances(texts) if chosen is not None else None
    found = []
    for row, (text, signs) in enumerate(zip(texts, counted[:, : len(SIGNS)], strict=True)):
        plain = _is_plain(signs)
        named = tuple(name for name, value in zip(SIGNS, signs.tolist(), strict=True) if value)
        if chosen is None or chances is None:
            found.append(Judgement(None, None, plain, plain or bool(signs.any()), named))
            continue
        script = is_chinese(text)
        holds = plain or bool((chances[row, 1:] >= chosen.hold[script]).any())
        marks = holds or bool((chances[row, 1:] >= chosen.mark[script]).any())
        found.append(Judgement(float(chances[row, 1]), float(chances[row, 2]), holds, marks, named))
    return found


def is_chinese(text: str) -> int:
    """1 for a text with Chinese characters, 0 for another: which thresholds it has."""
    return int(HAN.search(text[:LONGEST]) is not None)


def features(texts: Sequence[str]) -> np.ndarray:
    """float64 (n, len(SIGNS) + len(CUES)): how often each of them is found, on a logarithmic scale."""
    counted = [_counted(text[:LONGEST]) + _cues(text[:LONGEST]) for text in texts]
    return np.log1p(np.array(counted, dtype=np.float64).reshape(-1, len(SIGNS) + len(CUES)))


def spelling(texts: Sequence[str]) -> sparse.csr_matrix:
    """float64 (n, grams.BUCKETS): hashed runs of characters and words, what is put between characters left out."""
    return grams.hashed([SPACED.sub("", clean(text, limit=LONGEST)) for text in texts])


def vectors(texts: Sequence[str]) -> np.ndarray:
    """float64 (n, dim): what the texts mean, as the encoder reads them."""
    words = [clean(text, limit=LONGEST) or "-" for text in texts]
    return np.asarray(reader().encode(words), dtype=np.float64)


def reader() -> Encoder:
    """The encoder whose vectors are weighed, whichever one the analysis uses: one for all threads.

    Raises EncoderUnavailable.
    """
    with reading:
        return _reader()


reading = Lock()
"""Held while the encoder is made: who asks meanwhile waits for it and does not make another."""


@lru_cache(maxsize=1)
def _reader() -> Encoder:
    return encoders.load("use")


@lru_cache(maxsize=1)
def load(path: Path = MODEL) -> Model | None:
    """The model that is shipped; None when its file is missing, damaged or made for other signs: then rules alone."""
    try:
        with np.load(path, allow_pickle=False) as archive:
            stored = dict(archive)
        if tuple(stored["known"].tolist()) != SIGNS + CUES or stored["spelling"].shape != (grams.BUCKETS, len(CLASSES)):
            return None
        parts = {name: stored[name] for name in ("mean", "meaning", "centre", "spread", "signs", "spelling", "bias")}
        encoder = str(stored["encoder"])
        if encoder != reader().fingerprint:
            return None
        hold, mark = stored["hold"].reshape(2, 2), stored["mark"].reshape(2, 2)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile, zlib.error):
        return None
    return Model(**parts, hold=hold, mark=mark, encoder=encoder)


_AT = {name: place for place, name in enumerate(SIGNS)}


def _is_plain(signs: np.ndarray) -> bool:
    """What needs no model: an advertisement with a way to reach its seller, many links, an insult aimed at somebody."""
    has = {name: bool(signs[place] > 0) for name, place in _AT.items()}
    return (
        has["advert and contact"]
        or (has["contact"] and (has["links"] or has["number"] or has["price"]))
        or bool(signs[_AT["links"]] >= np.log1p(5))
        or (has["aimed"] and (has["insult"] or has["threat"]))
        or (has["slur"] and has["insult"])
    )


def _counted(text: str) -> list[float]:
    links = len(URL.findall(text)) + len(BARE_LINK.findall(URL.sub(" ", text)))
    numbers = sum(span.kind in ("phone", "line") for span in masking.find(text))
    lower = simplify(clean(text, limit=LONGEST)).lower()
    bare = SPACED.sub("", lower)
    found = {name: _hits(bare, name) for name in ("insult", "threat", "slur", "advert", "contact")}
    attacks = [*found["insult"], *found["threat"]]
    aimed = sum(_is_aimed(bare, start, end) for start, end in attacks)
    adverts, contacts = len(found["advert"]), len(found["contact"]) + len(LINE_ID.findall(lower))
    return [
        links,
        contacts,
        numbers,
        adverts,
        len(found["insult"]),
        len(found["threat"]),
        len(found["slur"]),
        aimed,
        min(adverts, contacts + links + numbers),
        len(PRICE.findall(text)),
        len(RUN.findall(text)),
    ]


def _cues(text: str) -> list[float]:
    bare = simplify(clean(text, limit=LONGEST)).lower()
    civic, offer = len(_hits(bare, "civic")), len(_hits(bare, "offer"))
    return [
        civic,
        offer,
        not civic,
        not offer,
        0 if civic else min(offer, 4),
        len(FIGURE.findall(text)),
        len(PICTURE.findall(bare)),
    ]


def _hits(bare: str, kind: str) -> list[tuple[int, int]]:
    return [found.span() for found in _lists()[kind].finditer(bare)]


def _is_aimed(bare: str, start: int, end: int) -> bool:
    around = bare[max(0, start - NEAR) : end + NEAR]
    if any(sign in around for sign in AIMED_ZH):
        return True
    return bool(AIMED_EN.search(bare[max(0, start - 3 * NEAR) : end + 2 * NEAR]))


@lru_cache(maxsize=1)
def _lists() -> dict[str, re.Pattern[str]]:
    """For each list one expression that finds any of its words, the longest first."""
    read = tomllib.loads(files("nlp.core").joinpath("data/abuse.toml").read_text(encoding="utf-8"))
    made = {}
    for name, parts in read.items():
        chinese = {simplify(word).lower() for word in parts.get("zh", "").split()}
        latin = set(parts.get("en", "").split())
        latin |= {phrase.strip() for line in parts.get("phrases_en", "").splitlines() for phrase in line.split("|")}
        either = [re.escape(word) for word in sorted(chinese, key=len, reverse=True)]
        either += [rf"\b{re.escape(word)}\b" for word in sorted(latin - {""}, key=len, reverse=True)]
        made[name] = re.compile("|".join(either))
    return made

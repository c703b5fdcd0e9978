"""Chinese in full-text engines that know no Chinese words: overlapping pairs of characters. Pure functions.

觀光署 becomes the tokens 觀光 光署 署. The pairs find any word of two or more characters as a phrase of neighbours; the
single last character lets one character be found as a beginning: 署 begins 署, 觀 begins 觀光. Latin words stay whole.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_QUERY = 200  # characters of a query that are looked at
MOST_PHRASES = 16
LONGEST_TOKEN = 64
MOST_TOKENS = 15_000  # of one field; PostgreSQL cannot place words beyond position 16,383
SNIPPET = 120

Piece = tuple[str, bool]

# Han with all extensions, iteration and zero marks, kana, hangul.
_HAN = "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"(?P<han>[{_HAN}]+)|(?P<word>[^\W_{_HAN}]+)")
_VARIANTS = str.maketrans({"台": "臺"})


@dataclass(frozen=True, slots=True)
class Phrase:
    """Tokens that must stand side by side. `is_prefix`: a single Han character, matched as a token's beginning.

    `text` is the same stretch of the query before it was cut into tokens.
    """

    text: str
    tokens: tuple[str, ...]
    is_prefix: bool = False


def folded(text: str) -> str:
    """One spelling for what readers take for the same: width, case, 台 and 臺."""
    return unicodedata.normalize("NFKC", text).lower().translate(_VARIANTS)


def parted(text: str) -> str:
    """The words of a text, spaces where anything else stood: for engines that part words in another way."""
    return " ".join(run.group() for run in _RUN.finditer(unicodedata.normalize("NFKC", text)))


def tokens(text: str) -> list[str]:
    """Index side: the tokens of a text in order, at most MOST_TOKENS of them."""
    found: list[str] = []
    for run in _RUN.finditer(folded(text)):
        if run["han"]:
            found += [*_pairs(run["han"]), run["han"][-1]]
        else:
            found.append(run["word"][:LONGEST_TOKEN])
        if len(found) >= MOST_TOKENS:
            return found[:MOST_TOKENS]
    return found


def phrases(query: str) -> tuple[Phrase, ...]:
    """Query side: what must occur, each phrase somewhere. () when the query holds no words."""
    found: dict[str, Phrase] = {}
    for run in _RUN.finditer(folded(query[:LONGEST_QUERY])):
        text = run.group()
        if run["word"]:
            found[text] = Phrase(text, (text[:LONGEST_TOKEN],))
        elif len(text) == 1:
            found[text] = Phrase(text, (text,), is_prefix=True)
        else:
            found[text] = Phrase(text, tuple(_pairs(text)))
    return tuple(found.values())[:MOST_PHRASES]


def highlight(text: str, wanted: tuple[Phrase, ...]) -> tuple[Piece, ...]:
    """The text in pieces, those that match marked. The pieces joined are the text, to the letter."""
    return _pieces(text, _matches(text, wanted), 0, len(text))


def snippet(text: str, wanted: tuple[Phrase, ...], *, width: int = SNIPPET) -> tuple[Piece, ...]:
    """About `width` characters around the first match, in pieces, with … where something was left out."""
    text = " ".join(text.split())
    found = _matches(text, wanted)
    start = max(0, (found[0][0] if found else 0) - width // 4)
    end = min(len(text), start + width)
    start = max(0, end - width)
    before = (("…", False),) if start else ()
    after = (("…", False),) if end < len(text) else ()
    return before + _pieces(text, found, start, end) + after


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)]


def _matches(text: str, wanted: tuple[Phrase, ...]) -> list[tuple[int, int]]:
    """Where the phrases stand in the original text: sorted stretches that do not overlap."""
    if not wanted:
        return []
    spelled, origin = [], []
    for place, character in enumerate(text):
        for letter in folded(character):
            spelled.append(letter)
            origin.append(place)
    plain = "".join(spelled)
    stretches = []
    for phrase in wanted:
        is_word = len(phrase.tokens) == 1 and not _RUN.match(phrase.text)["han"]
        pattern = re.escape(phrase.text)
        for match in re.finditer(rf"(?<![^\W_{_HAN}]){pattern}(?![^\W_{_HAN}])" if is_word else pattern, plain):
            stretches.append((origin[match.start()], origin[match.end() - 1] + 1))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _pieces(text: str, found: list[tuple[int, int]], start: int, end: int) -> tuple[Piece, ...]:
    pieces, at = [], start
    for first, last in found:
        first, last = max(first, start), min(last, end)
        if first >= last:
            continue
        pieces += [(text[at:first], False), (text[first:last], True)]
        at = last
    pieces.append((text[at:end], False))
    return tuple(piece for piece in pieces if piece[0])

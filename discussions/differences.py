"""What changed between two versions of a text, word by word, in Chinese and in languages with spaces.

One module for everything that shows a difference: the history of a comment, the versions of a draft text.
"""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from enum import StrEnum

from nlp.core import text as reading

_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?\n]+|[^。！？!?\n]+")
_REST = re.compile(r"\s+|.", re.DOTALL)
# Something that stayed but says too little to part two changes: a comma, a space, one character.
_ISLAND = 2


class Kind(StrEnum):
    """What became of a stretch of words."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


Change = tuple[str, str]


def words(before: str, after: str) -> list[Change]:
    """The way from `before` to `after` as (kind, text), in reading order; where words were replaced, the old ones come
    first.

    All that is same or gone, joined, is `before`; all that is same or new, joined, is `after`. No two neighbours are of
    one kind and none is empty. Sentences are compared first and words only where sentences differ, so that a long text
    with a small change costs little.
    """
    changes: list[Change] = []
    for gone, new, is_same in _paired(_sentences(before), _sentences(after)):
        if is_same:
            changes.append((Kind.SAME, "".join(gone)))
        else:
            changes += _between("".join(gone), "".join(new))
    return _joined(_without_islands(_joined(changes)))


def pieces(text: str) -> list[str]:
    """A text cut into words, signs and spaces; joined they are the text again."""
    found: list[str] = []
    end = 0
    for token in reading.tokens(text):
        found += _REST.findall(text[end : token.start])
        found.append(text[token.start : token.end])
        end = token.end
    return found + _REST.findall(text[end:])


def _sentences(text: str) -> list[str]:
    return [sentence for sentence in _SENTENCE.findall(text) if sentence]


def _between(before: str, after: str) -> Iterator[Change]:
    for gone, new, is_same in _paired(pieces(before), pieces(after)):
        if is_same:
            yield Kind.SAME, "".join(gone)
        else:
            yield Kind.GONE, "".join(gone)
            yield Kind.NEW, "".join(new)


def _paired(before: list[str], after: list[str]) -> Iterator[tuple[list[str], list[str], bool]]:
    matcher = SequenceMatcher(None, before, after, autojunk=len(before) + len(after) > 4000)
    for verb, i, j, k, m in matcher.get_opcodes():
        yield before[i:j], after[k:m], verb == "equal"


def _without_islands(changes: list[Change]) -> list[Change]:
    """Take single signs that stayed between two replacements into them: shreds are harder to read than both texts."""
    kept: list[Change] = []
    for position, (kind, piece) in enumerate(changes):
        around = {other for other, _text in changes[max(0, position - 2) : position]}
        following = {other for other, _text in changes[position + 1 : position + 3]} - {Kind.SAME}
        replaced = {Kind.GONE, Kind.NEW}
        if kind == Kind.SAME and len(piece) < _ISLAND and "\n" not in piece and replaced <= around & following:
            kept += [(Kind.GONE, piece), (Kind.NEW, piece)]
        else:
            kept.append((kind, piece))
    return kept


def _joined(changes: list[Change]) -> list[Change]:
    """Neighbours of one kind become one; between two stretches that stayed, what went stands before what came."""
    joined: list[Change] = []
    gone: list[str] = []
    new: list[str] = []

    def turn():
        for kind, parts in ((Kind.GONE, gone), (Kind.NEW, new)):
            if any(parts):
                joined.append((kind, "".join(parts)))
            parts.clear()

    for kind, piece in changes:
        if kind == Kind.GONE:
            gone.append(piece)
        elif kind == Kind.NEW:
            new.append(piece)
        elif piece:
            turn()
            if joined and joined[-1][0] == Kind.SAME:
                joined[-1] = (Kind.SAME, joined[-1][1] + piece)
            else:
                joined.append((Kind.SAME, piece))
    turn()
    return joined

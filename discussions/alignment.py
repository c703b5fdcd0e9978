"""Finds each paragraph of a text again in its next version, by its words. Pure: no database, no settings.

A proposal, never the last word: the editor sees it and puts it right (see docs/decisions/0018).
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

# Below this likeness two paragraphs are different ones. Chosen so that a paragraph of which half was rewritten keeps
# its identity and two neighbours that speak of the same things in other sentences do not take each other's.
LEAST_LIKENESS = 0.4
SAME_LABEL = 0.1
# How much of a paragraph must stand in another one to be a piece of it.
CONTAINED = 0.6


class Piece(Protocol):
    """What is compared: regulations.Piece and models.Passage both are."""

    kind: str
    label: str
    words: str


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a piece of the new version comes from: places in the old one.

    `same`: the piece it continues, or None. `split_from`: the piece it was part of, for one that continues none.
    `merged`: further pieces that were joined into it.
    """

    same: int | None = None
    split_from: int | None = None
    merged: tuple[int, ...] = ()


def align(before: Sequence[Piece], after: Sequence[Piece]) -> list[Origin]:
    """One Origin for each piece of `after`; no piece of `before` is continued twice."""
    olds, news = [_grams(piece.words) for piece in before], [_grams(piece.words) for piece in after]
    same = _pairs(before, after, olds, news)
    taken = set(same.values())
    merged: dict[int, list[int]] = defaultdict(list)
    for old in range(len(before)):
        if old not in taken and before[old].kind == "paragraph":
            host = _host(olds[old], {new: news[new] - olds[source] for new, source in same.items()})
            if host is not None:
                merged[host].append(old)
    lost = {source: olds[source] - news[new] for new, source in same.items()}
    origins = []
    for new in range(len(after)):
        if new in same:
            origins.append(Origin(same[new], merged=tuple(merged[new])))
        else:
            is_piece = after[new].kind == "paragraph"
            origins.append(Origin(split_from=_host(news[new], lost) if is_piece else None))
    return origins


def _pairs(before, after, olds, news) -> dict[int, int]:
    """New place -> old place: equal words first, in their order, then the most alike."""
    same: dict[int, int] = {}
    waiting: dict[tuple[str, str], list[int]] = defaultdict(list)
    for old, piece in enumerate(before):
        waiting[piece.kind, _bare(piece)].append(old)
    for new, piece in enumerate(after):
        equals = waiting[piece.kind, _bare(piece)]
        if equals:
            found = next((old for old in equals if before[old].label == piece.label), equals[0])
            equals.remove(found)
            same[new] = found
    taken = set(same.values())
    free_olds = [old for old in range(len(before)) if old not in taken]
    scored = []
    for new in range(len(after)):
        if new in same:
            continue
        for old in free_olds:
            if before[old].kind != after[new].kind:
                continue
            likeness = _likeness(olds[old], news[new]) + SAME_LABEL * (before[old].label == after[new].label != "")
            if likeness >= LEAST_LIKENESS:
                scored.append((-likeness, abs(old - new), new, old))
    for _likeness_of, _way, new, old in sorted(scored):
        if new not in same and old not in taken:
            same[new] = old
            taken.add(old)
    return same


def _host(piece: Counter, hosts: dict[int, Counter]) -> int | None:
    """The place whose words hold most of `piece`."""
    size = piece.total()
    if not size:
        return None
    best = max(((piece & words).total() / size, -place) for place, words in hosts.items()) if hosts else (0, 0)
    return -best[1] if best[0] >= CONTAINED else None


def _likeness(one: Counter, other: Counter) -> float:
    """Dice's coefficient of pairs of neighbouring characters, which works for Chinese and for English."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 0.0


def _grams(words: str) -> Counter:
    bare = "".join(character.lower() for character in words if character.isalnum())
    return Counter(bare[place : place + 2] for place in range(max(1, len(bare) - 1))) if bare else Counter()


def _bare(piece: Piece) -> str:
    """Words without spaces; a heading without words is its label."""
    return "".join(piece.words.split()) or f"\0{piece.label}"

"""Bursts: the same or nearly the same words from many accounts in a short time, and many new accounts at once.

They are told to moderators and shown as posts and people. Nothing is removed: a campaign is also a way to speak, and
two people may well use the same few words. So short texts never count, and neither do a few people.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.core import duplicates
from nlp.core.text import clean

WINDOW = 6 * 3600.0
"""Seconds within which accounts speak together."""
LEAST_PEOPLE = 5
LEAST_WEIGHT = 20
"""A text that weighs less is what anybody might say; a Chinese character weighs two, another letter or digit one."""
NEARLY = 0.7
"""Jaccard similarity of 3-shingles from which two texts are the same script with other trimmings."""
FLOOD_WINDOW = 3600.0
FLOOD_PEOPLE = 20
FLOOD_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Burst:
    """rows: positions of the texts, in the order of time; people: how many accounts; began, ended: seconds."""

    rows: tuple[int, ...]
    people: int
    began: float
    ended: float


def find(
    texts: Sequence[str],
    people: Sequence[Hashable],
    seconds: Sequence[float],
    *,
    window: float = WINDOW,
    least_people: int = LEAST_PEOPLE,
) -> list[Burst]:
    """Texts said by at least `least_people` accounts within `window` seconds of each other, the largest burst first.

    A burst goes on as long as enough accounts join in: windows that overlap are one burst.
    """
    first = duplicates.fold(texts, threshold=NEARLY)
    groups: dict[int, list[int]] = {}
    for row, repeated in enumerate(first.tolist()):
        groups.setdefault(row if repeated < 0 else repeated, []).append(row)
    found = []
    for rows in groups.values():
        if len(rows) < least_people or _weight(texts[rows[0]]) < LEAST_WEIGHT:
            continue
        rows.sort(key=lambda row: (seconds[row], row))
        found += _crowded(rows, people, seconds, window, least_people)
    return sorted(found, key=lambda burst: (-burst.people, burst.began, burst.rows))


def floods(
    people: Sequence[Hashable],
    seconds: Sequence[float],
    is_new: Sequence[bool],
    *,
    window: float = FLOOD_WINDOW,
    least_people: int = FLOOD_PEOPLE,
) -> list[Burst]:
    """Stretches in which at least `least_people` new accounts write and are at least half of all who write."""
    order = sorted(range(len(people)), key=lambda row: (seconds[row], row))
    fresh = [row for row in order if is_new[row]]
    found = []
    for burst in _crowded(fresh, people, seconds, window, least_people):
        writers = {people[row] for row in order if burst.ended - window <= seconds[row] <= burst.began + window}
        if burst.people >= FLOOD_SHARE * len(writers):
            found.append(burst)
    return found


def _crowded(
    rows: Sequence[int], people: Sequence[Hashable], seconds: Sequence[float], window: float, least: int
) -> list[Burst]:
    """Stretches of `rows` (in time) in which every row lies in some window with `least` different people."""
    inside = np.zeros(len(rows), dtype=bool)
    counts: dict[Hashable, int] = {}
    start = 0
    for end, row in enumerate(rows):
        counts[people[row]] = counts.get(people[row], 0) + 1
        while seconds[row] - seconds[rows[start]] > window:
            left = people[rows[start]]
            counts[left] -= 1
            if not counts[left]:
                del counts[left]
            start += 1
        if len(counts) >= least:
            inside[start : end + 1] = True
    found: list[Burst] = []
    stretch: list[int] = []
    for position, row in enumerate(rows):
        gap = bool(stretch) and seconds[row] - seconds[stretch[-1]] > window
        if stretch and (gap or not inside[position]):
            found.append(_burst(stretch, people, seconds))
            stretch = []
        if inside[position]:
            stretch.append(row)
    if stretch:
        found.append(_burst(stretch, people, seconds))
    return found


def _burst(rows: Sequence[int], people: Sequence[Hashable], seconds: Sequence[float]) -> Burst:
    return Burst(tuple(rows), len({people[row] for row in rows}), seconds[rows[0]], seconds[rows[-1]])


def _weight(text: str) -> int:
    return sum(2 if "\u3400" <= sign <= "\u9fff" else 1 for sign in clean(text) if sign.isalnum())

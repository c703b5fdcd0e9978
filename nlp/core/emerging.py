"""New subjects among the opinions that fit no topic, noticed between two full runs.

    found = notice(vectors, people, coherence=run.quality["coherence"])

An alarm that is often false is soon ignored: a new subject needs several people and has to be as close a circle as the
topics that are known, much closer than what fits nowhere is on the whole.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.core import quality
from nlp.core.vectors import unit_rows

LIMIT = 2000
"""At most so many of the last opinions are looked at."""
APART = 0.15
"""Least difference between the cosine of members to their centre and that of all other left-over opinions."""


@dataclass(frozen=True, slots=True)
class Emerging:
    """A new subject: `members` are positions in the rows given, the most typical first; `people` is how many different
    people speak of it; `cohesion` the mean cosine of a member to the centre of the others; `centroid` a unit row.
    """

    members: tuple[int, ...]
    centroid: np.ndarray
    people: int
    cohesion: float


def notice(
    vectors: np.ndarray, people: Sequence[Hashable], *, coherence: float, least: int = 5
) -> tuple[Emerging, ...]:
    """New subjects among n unit rows that fit no topic, the one with the most people first.

    `people` (n,) are the keys of those who spoke (`records.author_keys`): at least `least` different ones have to.
    `coherence` is the mean cosine of an opinion to the centroid of its topic in the run the corpus has: two opinions of
    such a topic have a cosine of about its square, so rows at least that close are neighbours. The row with the most
    people among its neighbours is the seed of a subject; those nearest to their common centre stay. Of more than LIMIT
    rows the last are looked at. Raises ValueError when `people` do not fit the rows.
    """
    if len(people) != len(vectors):
        raise ValueError(f"{len(people)} people for {len(vectors)} opinions")
    start = max(0, len(vectors) - LIMIT)
    rows = np.asarray(vectors, dtype=np.float32)[start:]
    _names, who = np.unique([repr(one) for one in people[start:]], return_inverse=True)
    free = np.abs(rows).max(axis=1, initial=0.0) > 0
    near = rows @ rows.T >= max(coherence, 0.0) ** 2 - 1e-6
    found = []
    while int(free.sum()) >= least:
        candidates = np.flatnonzero(free)
        seen = np.zeros((len(candidates), int(who.max()) + 1), dtype=bool)
        here, there = np.nonzero(near[np.ix_(candidates, candidates)])
        seen[here, who[candidates[there]]] = True
        voices = seen.sum(axis=1)
        if voices.max() < least:
            break
        seed = int(candidates[int(np.argmax(voices))])
        members = _circle(rows, candidates[near[seed, candidates]], candidates, coherence)
        if len(np.unique(who[members])) >= least:
            subject = _subject(rows, members, candidates, who, coherence)
            if subject is not None:
                found.append(subject)
        free[members] = False
        free[seed] = False
    found.sort(key=lambda one: (-one.people, one.members))
    return tuple(
        Emerging(tuple(start + i for i in one.members), one.centroid, one.people, one.cohesion) for one in found
    )


def _circle(rows: np.ndarray, members: np.ndarray, candidates: np.ndarray, coherence: float) -> np.ndarray:
    """Everybody among the candidates as near to the members' centre as members of topics are to theirs, found twice."""
    for _step in range(2):
        centre = unit_rows(rows[members].mean(axis=0, keepdims=True))[0]
        nearer = candidates[rows[candidates] @ centre >= coherence - 1e-6]
        if not len(nearer):
            break
        members = nearer
    return members


def _subject(
    rows: np.ndarray, members: np.ndarray, candidates: np.ndarray, who: np.ndarray, coherence: float
) -> Emerging | None:
    """The subject these members make, or None where they are no closer circle than chance would draw."""
    cosines = quality.others_cosine(rows[members], np.zeros(len(members), dtype=np.int64))
    cohesion = float(cosines.mean())
    centre = unit_rows(rows[members].mean(axis=0, keepdims=True))[0]
    others = np.setdiff1d(candidates, members)
    around = float((rows[others] @ centre).mean()) if len(others) else 0.0
    if cohesion < 0.9 * coherence or cohesion - around < APART:
        return None
    typical = sorted(zip((-np.round(cosines, 6)).tolist(), members.tolist(), strict=True))
    return Emerging(tuple(i for _cosine, i in typical), centre, len(np.unique(who[members])), cohesion)

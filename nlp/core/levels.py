"""Topics and their parts as arrays: where each opinion stands, what number each topic has, and what becomes of both
when planners' edits are replayed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.core import edits as replaying
from nlp.core import quality, topics
from nlp.core.records import LEFT_OVER, Edit, EditOutcome

Previous = Mapping[int, Collection[str | int]]


@dataclass(frozen=True, slots=True)
class Level:
    """One level of topics.

    places: int (n,), the topic of each opinion as a row in the other arrays, or LEFT_OVER; centroids: float32 (k, dim);
    numbers: the number of each of the k topics; parents: int (k,), rows of the level above, empty for the topics.
    """

    places: np.ndarray
    centroids: np.ndarray
    numbers: tuple[int, ...]
    parents: np.ndarray

    @property
    def assignments(self) -> np.ndarray:
        """int (n,): the number of each opinion's topic, or LEFT_OVER."""
        return np.array([*self.numbers, LEFT_OVER], dtype=np.int64)[self.places]


@dataclass(frozen=True, slots=True)
class Levels:
    """Topics, parts of topics, names that people gave by number, and what became of each edit."""

    topics: Level
    parts: Level
    names: Mapping[int, str]
    outcomes: tuple[EditOutcome, ...] = ()


def number(
    ids: Sequence[str | int],
    places: np.ndarray,
    parts: np.ndarray,
    partition: topics.Partition,
    previous: Previous | None,
) -> Levels:
    """The levels of a partition, spread over n opinions as `places` and `parts`, with numbers: known ones where
    `previous` knows the topic, new ones over both levels, topics before their parts, from the largest to the smallest.
    """
    ranked, members = [], []
    counts = (len(partition.centroids), len(partition.parents))
    for level, (rows, count) in enumerate(zip((places, parts), counts, strict=True)):
        order = np.argsort(rows, kind="stable")
        inside = np.split(order, np.searchsorted(rows[order], np.arange(count)))[1:]
        for topic in sorted(range(count), key=lambda topic: (-len(inside[topic]), topic)):
            ranked.append((level, topic))
            members.append([ids[i] for i in inside[topic].tolist()])
    numbers = [[0] * count for count in counts]
    for (level, topic), known in zip(ranked, topics.match(previous or {}, members), strict=True):
        numbers[level][topic] = known
    none = np.zeros(0, dtype=np.int64)
    return Levels(
        Level(places, partition.centroids, tuple(numbers[0]), none),
        Level(parts, partition.subcentroids, tuple(numbers[1]), partition.parents),
        {},
    )


def replay(
    levels: Levels,
    edits: Sequence[Edit],
    ids: Sequence[str | int],
    vectors: np.ndarray,
    single: np.ndarray,
    previous: Previous | None,
) -> Levels:
    """The levels after planners' edits, which `edits.replay` explains.

    A part goes with its topic; an opinion that left the topic left its parts. A topic that was merged into another and
    had no parts is a part of it. `single` bool (n,) tells the opinions that are no repeats: centroids are made of them.
    """
    before = levels.topics.assignments
    of_parts = [edit.kind == "rename" and edit.topic in levels.parts.numbers for edit in edits]
    following = max([0, *(previous or {}), *levels.topics.numbers, *levels.parts.numbers]) + 1
    on_topics = [edit for edit, is_part in zip(edits, of_parts, strict=True) if not is_part]
    on_parts = [edit for edit, is_part in zip(edits, of_parts, strict=True) if is_part]
    replayed = replaying.replay(on_topics, ids, vectors, before, following, previous=previous)
    renamed = replaying.replay(on_parts, ids, vectors, levels.parts.assignments, replayed.next_number)
    outcomes = {False: iter(replayed.outcomes), True: iter(renamed.outcomes)}
    top = _standing(levels.topics, replayed.numbers, levels.topics.numbers, vectors, single)
    numbers, parents = _of_parts(levels, before, replayed)
    inside = _standing(levels.parts, numbers, tuple(parents), vectors, single)
    rows = {topic: row for row, topic in enumerate(top.numbers)}
    above = np.array([rows[parents[part]] for part in inside.numbers], dtype=np.int64)
    return Levels(
        top,
        Level(inside.places, inside.centroids, inside.numbers, above),
        {**replayed.labels, **renamed.labels},
        tuple(next(outcomes[is_part]) for is_part in of_parts),
    )


def _of_parts(levels: Levels, before: np.ndarray, replayed: replaying.Replayed) -> tuple[np.ndarray, dict[int, int]]:
    """int (n,), the number of each opinion's part after the edits, and the number of each part's topic."""
    after = replayed.numbers
    parents: dict[int, int] = {}
    numbers = np.full(len(after), LEFT_OVER, dtype=np.int64)
    for row, part in enumerate(levels.parts.numbers):
        topic = _now(levels.topics.numbers[int(levels.parts.parents[row])], replayed.merged)
        parents[part] = topic
        numbers[(levels.parts.places == row) & (after == topic)] = part
    for topic in sorted(set(replayed.merged) & set(levels.topics.numbers)):
        parents[topic] = _now(topic, replayed.merged)
        numbers[(before == topic) & (after == parents[topic]) & (numbers == LEFT_OVER)] = topic
    return numbers, parents


def _now(topic: int, merged: Mapping[int, int]) -> int:
    """The topic that a number stands for after merging."""
    while topic in merged:
        topic = merged[topic]
    return topic


def _standing(
    level: Level, numbers: np.ndarray, order: Sequence[int], vectors: np.ndarray, single: np.ndarray
) -> Level:
    """The level of the topics that still have members: those of `order`, then new ones. Centroids of topics whose
    members changed are made anew.
    """
    there = set(np.unique(numbers[numbers != LEFT_OVER]).tolist())
    kept = [topic for topic in order if topic in there]
    kept += sorted(there - set(kept))
    rows = {topic: row for row, topic in enumerate(kept)}
    places = np.array([rows.get(one, LEFT_OVER) for one in numbers.tolist()], dtype=np.int64)
    changed = level.assignments != numbers
    touched = set(numbers[changed].tolist()) | set(level.assignments[changed].tolist())
    old = {topic: row for row, topic in enumerate(level.numbers)}
    centroids = np.zeros((len(kept), vectors.shape[1]), dtype=np.float32)
    for topic, row in rows.items():
        if topic in old and topic not in touched:
            centroids[row] = level.centroids[old[topic]]
            continue
        members = places == row
        members = members & single if (members & single).any() else members
        centroids[row] = quality.centroids(vectors[members], np.zeros(int(members.sum()), dtype=np.int64), 1)[0]
    return Level(places, centroids, tuple(kept), np.zeros(0, dtype=np.int64))

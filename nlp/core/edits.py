"""Planners' edits replayed: what people have said about the topics holds on every later run.

    replayed = replay(edits, ids, vectors, numbers, next_number, previous=...)
    replayed.numbers, replayed.labels, replayed.outcomes, replayed.merged, replayed.next_number

`numbers` are those `topics.match` gave to the topics of the new run. Edits are constraints in the order given: a later
one works on what the earlier ones left. Nothing here changes the vectors or the graph.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from nlp.core.records import LEFT_OVER, Edit, EditOutcome
from nlp.core.vectors import unit_rows


@dataclass(frozen=True, slots=True)
class Replayed:
    """numbers: int array (n,), topic number of each opinion or LEFT_OVER, after all edits.

    labels: names people gave, by topic number. outcomes: one per edit, in order. merged: {number that is now part of
    another topic: that topic}, so that what was merged can be shown as its parts. next_number: the first number never
    used so far.
    """

    numbers: np.ndarray
    labels: Mapping[int, str]
    outcomes: tuple[EditOutcome, ...]
    merged: Mapping[int, int]
    next_number: int


@dataclass(slots=True)
class _State:
    """One replay while it goes on."""

    vectors: np.ndarray
    numbers: np.ndarray
    place_of: Mapping[str | int, int]
    before: Mapping[str | int, int]
    ids: Sequence[str | int]
    labels: dict[int, str] = field(default_factory=dict)
    merged: dict[int, int] = field(default_factory=dict)

    def here(self, members: Iterable[str | int]) -> np.ndarray:
        """Positions of those opinions that are in this run."""
        return np.array(sorted({self.place_of[one] for one in members if one in self.place_of}), dtype=np.int64)

    def current(self, topic: int) -> int:
        """The topic a number stands for now."""
        while topic in self.merged:
            topic = self.merged[topic]
        return topic

    def stands(self, topic: int) -> bool:
        return bool((self.numbers == topic).any())


def replay(
    edits: Sequence[Edit],
    ids: Sequence[str | int],
    vectors: np.ndarray,
    numbers: np.ndarray,
    next_number: int,
    *,
    previous: Mapping[int, Collection[str | int]] | None = None,
) -> Replayed:
    """Apply `edits` to a run of n opinions whose topic numbers are `numbers` (n,).

    `vectors` (n, dim) are unit rows. `previous` is {topic number: ids} of the run before, as people saw it: opinions it
    knows stay on their side of a split, new ones go to the nearer side. Rename: the topic carries the name while it is
    there. Merge: the topics, and those that are mostly made of `members`, become one. Split: the members stand alone
    under the edit's number. Move: the members stand in the topic if it is there. Pin: a topic that was not found gets
    its members back. An edit that speaks of nothing left is reported as not applied. Raises ValueError for an unknown
    kind and when the arrays do not fit together.
    """
    if not len(ids) == len(vectors) == len(numbers):
        raise ValueError(f"{len(ids)} ids, {len(vectors)} vectors and {len(numbers)} numbers do not fit together")
    unknown = sorted({edit.kind for edit in edits} - set(_APPLY))
    if unknown:
        raise ValueError(f"unknown kind of edit: {', '.join(unknown)}")
    state = _State(
        vectors=np.asarray(vectors, dtype=np.float32),
        numbers=np.array(numbers, dtype=np.int64),
        place_of={one: position for position, one in enumerate(ids)},
        before={one: topic for topic, members in sorted((previous or {}).items()) for one in members},
        ids=ids,
    )
    outcomes = []
    for edit in edits:
        agreement = _APPLY[edit.kind](state, edit)
        outcomes.append(EditOutcome(edit, agreement is not None, float("nan") if agreement is None else agreement))
    used = [next_number - 1, *(int(number) for number in state.numbers), *(edit.topic for edit in edits)]
    labels = {topic: label for topic, label in state.labels.items() if state.stands(topic)}
    return Replayed(state.numbers, labels, tuple(outcomes), dict(state.merged), max(used) + 1)


def agreement(outcomes: Sequence[EditOutcome]) -> float:
    """How much of what people asked for the run had found by itself: the mean over edits that were applied and that ask
    where opinions stand; NaN where there is none.
    """
    told = [one.agreement for one in outcomes if one.applied and not np.isnan(one.agreement)]
    return float(np.mean(told)) if told else float("nan")


def _rename(state: _State, edit: Edit) -> float | None:
    if edit.topic in state.merged or not state.stands(edit.topic):
        return None
    state.labels[edit.topic] = edit.label
    return float("nan")


def _merge(state: _State, edit: Edit) -> float | None:
    """Agreement: the share of the opinions brought together that stood in one topic before."""
    into = state.current(edit.topic)
    parts = {state.current(topic) for topic in edit.topics} | {into}
    members = state.here(edit.members)
    known = np.zeros(len(state.numbers), dtype=bool)
    known[members] = True
    for topic in np.unique(state.numbers[members]).tolist():
        inside = state.numbers == topic
        if topic != LEFT_OVER and 2 * int((inside & known).sum()) > int(inside.sum()):
            parts.add(topic)
    together = np.isin(state.numbers, sorted(parts))
    if not together.any():
        return None
    largest = int(np.unique(state.numbers[together], return_counts=True)[1].max())
    for topic in sorted(parts - {into}):
        state.merged[topic] = into
        state.labels.pop(topic, None)
    state.numbers[together] = into
    if edit.label:
        state.labels[into] = edit.label
    return largest / int(together.sum())


def _split(state: _State, edit: Edit) -> float | None:
    """Agreement: how alike the members and the topic are that holds most of them, |both| / |either|."""
    members = state.here(edit.members)
    if not len(members):
        return None
    found, counts = np.unique(state.numbers[members], return_counts=True)
    origin = int(found[int(np.argmax(counts))])
    inside = np.flatnonzero(state.numbers == origin)
    both = int(counts.max())
    alike = both / (len(members) + len(inside) - both) if origin != LEFT_OVER else 0.0
    state.merged.pop(edit.topic, None)
    state.numbers[members] = edit.topic
    rest = np.setdiff1d(inside, members)
    if origin not in (LEFT_OVER, edit.topic) and len(rest):
        fresh = np.array([i for i in rest.tolist() if state.ids[i] not in state.before], dtype=np.int64)
        back = np.array([i for i in rest.tolist() if state.before.get(state.ids[i]) == edit.topic], dtype=np.int64)
        stay = np.setdiff1d(rest, np.concatenate([fresh, back]))
        if len(fresh):
            sides = _centres(state.vectors, members, stay if len(stay) else rest)
            cosines = state.vectors[fresh] @ sides.T
            state.numbers[fresh[cosines[:, 0] > cosines[:, 1]]] = edit.topic
        state.numbers[back] = edit.topic
    if edit.label:
        state.labels[edit.topic] = edit.label
    return alike


def _centres(vectors: np.ndarray, *sides: np.ndarray) -> np.ndarray:
    return unit_rows(np.array([vectors[side].mean(axis=0) for side in sides]))


def _move(state: _State, edit: Edit) -> float | None:
    """Agreement: the share of the members that stood there already."""
    members = state.here(edit.members)
    topic = state.current(edit.topic)
    if not len(members) or not state.stands(topic):
        return None
    already = float((state.numbers[members] == topic).mean())
    state.numbers[members] = topic
    return already


def _pin(state: _State, edit: Edit) -> float | None:
    """Agreement: the share of the members that stand in the topic; 1 for a topic that is there and names none."""
    members = state.here(edit.members)
    topic = state.current(edit.topic)
    if not state.stands(topic):
        if not len(members):
            return None
        state.numbers[members] = topic
        if edit.label:
            state.labels[topic] = edit.label
        return 0.0
    if edit.label:
        state.labels[topic] = edit.label
    return float((state.numbers[members] == topic).mean()) if len(members) else 1.0


_APPLY = {"rename": _rename, "merge": _merge, "split": _split, "move": _move, "pin": _pin}

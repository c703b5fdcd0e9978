"""Where topics stand on the map of a Run and in which colour, so that both are kept from Run to Run.

Distances between topics come from the analysis; where "up" is does not. A new map is therefore turned, mirrored and
moved until the topics it shares with the map before stand as near to their old places as they can (orthogonal
Procrustes, Schönemann 1966, weighted by the size of the topics). A topic keeps its colour for as long as it lives.
"""

import numpy as np

from nlp.core.records import TopicResult

SLOTS = 8
"""Colours that are told apart; more topics than that share the last one."""


def draw(result: TopicResult, before: dict[str, list]) -> dict[str, list]:
    """The places and colours of a Run's topics: number (as a string, for JSON) -> [x, y, slot].

    x and y lie about within -1..1; slot counts from 0. `before` is the same of the Run before, or empty.
    """
    numbers = [topic.number for topic in result.topics]
    if not numbers or result.places is None:
        return {}
    centres = np.array([_centre(result, number) for number in numbers])
    sizes = np.array([topic.size_posts for topic in result.topics], dtype=np.float64)
    shared = [place for place, number in enumerate(numbers) if str(number) in before]
    if shared:
        old = np.array([before[str(numbers[place])][:2] for place in shared])
        centres = _turned(centres, centres[shared], old, sizes[shared])
    slots = _slots(numbers, before)
    return {
        str(number): [round(float(x), 3), round(float(y), 3), slots[number]]
        for number, (x, y) in zip(numbers, centres, strict=True)
    }


def _centre(result: TopicResult, number: int) -> np.ndarray:
    members = result.places[np.asarray(result.assignments) == number]
    known = members[~np.isnan(members).any(axis=1)]
    return known.mean(axis=0, dtype=np.float64) if len(known) else np.zeros(2)


def _turned(points: np.ndarray, new: np.ndarray, old: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """All `points` moved by the turn that brings `new` nearest to `old`; (n, 2), (m, 2), (m, 2), (m,)."""
    weights = weights / weights.sum()
    middle, target = weights @ new, weights @ old
    left, _stretch, right = np.linalg.svd((new - middle).T @ ((old - target) * weights[:, None]))
    turn = left @ right
    return (points - middle) @ turn + target


def _slots(numbers: list[int], before: dict[str, list]) -> dict[int, int]:
    """Topics that were there keep theirs; new ones take the lowest that is free, largest topic first."""
    kept = {number: int(before[str(number)][2]) for number in numbers if str(number) in before}
    free = iter(slot for slot in range(SLOTS) if slot not in kept.values())
    return {number: kept[number] if number in kept else next(free, SLOTS - 1) for number in numbers}

"""Opinion groups: people who vote alike, what unites them and what sets them apart.

The method is the one Polis made known (Small et al., "Polis: Scaling Deliberation by Mapping High Dimensional
Opinion Spaces", 2021), with tests where Polis has thresholds: places come from `placement`, groups and their number
from `division`, what they say from `consensus`.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable

import numpy as np

from nlp.core import consensus, division, placement
from nlp.core.records import LEFT_OVER, Group, GroupResult, ThinParticipant
from nlp.core.votes import VoteTable

AT_LEAST = 15
"""When fewer people than this have enough votes, the ones who voted most are taken up to this number, as Polis does."""
LOW_STABILITY = 0.5
SURE = 0.8
MANY = 1 / 3


def find_groups(
    votes: VoteTable,
    *,
    moderated_out: Collection[Hashable] = (),
    max_groups: int = 5,
    min_votes: int = 7,
    seed: int = 0,
) -> GroupResult:
    """Group the participants of one conversation; the same votes and seed give the same result.

    Statements in `moderated_out` keep their column but pull nobody (zeroed) and are not reported. People with
    fewer than `min_votes` votes (or than there are statements) get a place on the map but no group, and are
    listed as thin. Any table is accepted: without a division worth telling the result has k 0 (nobody to place)
    or 1. Neither the names of participants nor the order of votes matter. Raises ValueError where max_groups < 2 or
    min_votes < 1.
    """
    if max_groups < 2 or min_votes < 1:
        raise ValueError("max_groups must be at least 2 and min_votes at least 1")
    hidden = set(moderated_out)
    shown = np.array([statement not in hidden for statement in votes.statements], dtype=bool)
    table = placement.sparse(votes)
    placed = placement.place(table, shown)
    needed = max(min(min_votes, len(votes.statements)), 1)
    active = _active(placed.counts, needed)
    # Random draws go by place, not by name: who is called what may not change anybody's group.
    active = active[np.lexsort((placed.positions[active, 1].round(9), placed.positions[active, 0].round(9)))]
    weights = placed.counts[active] / (placed.counts[active] + min_votes)
    centred = placement.centre(table, shown)[active]
    halves = division.split(centred, seed)
    divided, p = division.hang_together(centred, halves)
    parted = division.part(placed.positions[active], weights, divided=divided, p=p, max_groups=max_groups, seed=seed)
    assignment = np.full(len(votes.participants), LEFT_OVER, dtype=np.int64)
    assignment[active] = parted.labels
    assignment = _by_size(assignment)
    k = int(assignment.max(initial=LEFT_OVER)) + 1
    stability = division.stability(centred, halves, shown, weights, parted, seed)
    centres = np.array([placed.positions[assignment == group].mean(axis=0) for group in range(k)]).reshape(k, 2)
    nearest, confidence = _confidence(placed, centres, assignment)
    thin = np.flatnonzero(assignment == LEFT_OVER)
    counts = consensus.tally(votes, assignment, k, shown)
    statements = consensus.summarise(counts, votes.statements)
    representative = consensus.representative(counts, votes.statements) if k > 1 else [()] * k
    return GroupResult(
        k=k,
        silhouettes={count.k: count.silhouette for count in parted.counts},
        stability=stability,
        participants=votes.participants,
        placements=placed.positions,
        assignment=assignment,
        groups=tuple(_group(votes, assignment, number, centres, representative[number]) for number in range(k)),
        common_ground=consensus.common_ground(statements),
        divisive=consensus.divisive(statements) if k > 1 else (),
        statements=statements,
        thin=tuple(votes.participants[i] for i in thin),
        variance=placed.variance,
        notes=_notes(k, stability, confidence[active], len(active)),
        counts=parted.counts,
        confidence=np.where(assignment == LEFT_OVER, np.nan, confidence),
        thin_evidence=tuple(
            ThinParticipant(
                participant=votes.participants[i],
                n_votes=int(placed.counts[i]),
                needed=needed,
                nearest=int(nearest[i]),
                confidence=float(confidence[i]),
            )
            for i in thin.tolist()
        ),
        minority=consensus.minority(counts, votes.statements),
        pulls={
            votes.statements[i]: (float(mean), float(x), float(y))
            for i, (mean, (x, y)) in enumerate(zip(placement.means(table), placed.axes, strict=True))
            if shown[i]
        },
    )


def _active(counts: np.ndarray, needed: int) -> np.ndarray:
    """Positions of the people who are grouped, in order."""
    enough = counts >= needed
    if enough.sum() < AT_LEAST:
        # Everybody with as many votes as the last one who comes in, so that no name decides.
        last = np.sort(counts)[::-1][:AT_LEAST].min(initial=1)
        enough |= counts >= max(last, 1)
    return np.flatnonzero(enough)


def _by_size(assignment: np.ndarray) -> np.ndarray:
    """Renumber 0.. from the largest group to the smallest, the one of the earlier participant first on a tie."""
    placed = assignment >= 0
    names, first, at, sizes = np.unique(assignment[placed], return_index=True, return_inverse=True, return_counts=True)
    rank = np.empty(len(names), dtype=np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(names))
    renumbered = assignment.copy()
    renumbered[placed] = rank[at.reshape(-1)] if len(names) else 0
    return renumbered


def _confidence(
    placed: placement.Placement, centres: np.ndarray, assignment: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest group of everybody (participants,), and a lower bound of the chance of falling on the own group's
    side of every border, the own group of unplaced people being the nearest.

    Borders are half way between centres; a place is normal around where it stands with the variance of
    `placement.Placement.spread`; chances of crossing add up (Bonferroni). NaN where the spread is not known.
    """
    from scipy.special import ndtr

    people, k = len(assignment), len(centres)
    nearest = np.full(people, LEFT_OVER, dtype=np.int64)
    seen = placed.counts > 0
    if not k:
        return nearest, np.full(people, np.nan)
    distance = ((placed.positions[seen][:, None] - centres[None]) ** 2).sum(axis=2)
    nearest[seen] = distance.argmin(axis=1)
    own = np.where(assignment == LEFT_OVER, nearest, assignment)[seen]
    crossing = np.zeros(len(own))
    for group in range(k):
        other = own != group
        apart = centres[own[other]] - centres[group]
        length = np.maximum(np.linalg.norm(apart, axis=1), placement.NOTHING)
        margin = (distance[other, group] - distance[other, own[other]]) / (2 * length)
        x, y = (apart / length[:, None]).T
        variance = placed.spread[seen][other]
        along = x * x * variance[:, 0] + 2 * x * y * variance[:, 1] + y * y * variance[:, 2]
        crossing[other] += ndtr(-margin / np.sqrt(np.maximum(along, placement.NOTHING)))
    confidence = np.full(people, np.nan)
    known = np.isfinite(placed.spread[seen, 0])
    confidence[seen] = np.where(known, np.clip(1 - crossing, 0.0, 1.0), np.nan)
    return nearest, confidence


def _group(
    votes: VoteTable,
    assignment: np.ndarray,
    number: int,
    centres: np.ndarray,
    representative: tuple,
) -> Group:
    members = np.flatnonzero(assignment == number)
    return Group(
        number=number,
        size=len(members),
        members=tuple(votes.participants[i] for i in members.tolist()),
        centre=(float(centres[number, 0]), float(centres[number, 1])),
        representative=representative,
    )


def _notes(k: int, stability: float, confidence: np.ndarray, active: int) -> tuple[str, ...]:
    notes = []
    if active < AT_LEAST:
        notes.append("too_few")
    if k < 2:
        notes.append("no_division")
    if stability < LOW_STABILITY:
        notes.append("low_stability")
    if k > 1 and (confidence < SURE).mean() > MANY:
        notes.append("many_uncertain")
    return tuple(notes)

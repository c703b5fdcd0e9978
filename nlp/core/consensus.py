"""Statements seen through opinion groups: what represents a group, what all share, what divides.

Formulas as published by Polis (Small et al. 2021): shares are smoothed as (n + 1) / (N + 2); a share is tested
against one half, and against everybody else by a two-proportion z test on the smoothed counts; group-aware
consensus is the product of the groups' smoothed shares.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from nlp.core.records import LEFT_OVER, GroupStatement, StatementSummary

SHOWN = 5
"""Most representative statements per group."""
Z_90 = 1.2816
"""One-sided 90 % level, Polis's own."""
LISTED = 10
MANY_VOTES = 7
"""Statements with fewer votes from placed people are neither common ground nor divisive."""


def representative(
    matrix: np.ndarray, assignment: np.ndarray, group: int, statements: Sequence[Any], shown: np.ndarray
) -> tuple[GroupStatement, ...]:
    """What a group says more often than the others, strongest first.

    A statement counts when its side has more than half of the group at the one-sided 90 % level and more than the
    others at the same level. When none does, the single strongest one is given, so that its test can be read.
    """
    inside, outside = assignment == group, (assignment != group) & (assignment != LEFT_OVER)
    tested = []
    for column in np.flatnonzero(shown).tolist():
        mine, theirs = _counts(matrix[inside, column]), _counts(matrix[outside, column])
        if mine[2] == 0:
            continue
        sides = [
            _test(statements[column], stance, mine[side], mine[2], theirs[side], theirs[2])
            for side, stance in enumerate(("agree", "disagree"))
        ]
        tested.append(max(sides, key=lambda one: one.z_ratio + one.z_share))
    strong = [one for one in tested if one.z_share > Z_90 and one.z_ratio > Z_90]
    strong.sort(key=lambda one: -one.repness * one.z_ratio * one.share * one.z_share)
    if strong:
        return tuple(strong[:SHOWN])
    return tuple(sorted(tested, key=lambda one: -(one.z_ratio + one.z_share))[:1])


def summarise(
    matrix: np.ndarray, assignment: np.ndarray, k: int, statements: Sequence[Any], shown: np.ndarray
) -> tuple[StatementSummary, ...]:
    """One summary for each statement that is shown and has a vote of a placed person, in the order of `statements`."""
    placed = assignment != LEFT_OVER
    found = []
    for column in np.flatnonzero(shown).tolist():
        agree, disagree, seen = _counts(matrix[placed, column])
        if seen == 0:
            continue
        per_group = [_counts(matrix[assignment == group, column]) for group in range(k)]
        agrees = [_smooth(one[0], one[2]) for one in per_group]
        disagrees = [_smooth(one[1], one[2]) for one in per_group]
        together, against = math.prod(agrees), math.prod(disagrees)
        side = "agree" if together >= against else "disagree"
        voted = [share for share, one in zip(agrees, per_group, strict=True) if one[2]]
        found.append(
            StatementSummary(
                statement=statements[column],
                n_votes=seen,
                agree=_smooth(agree, seen),
                disagree=_smooth(disagree, seen),
                side=side,
                consensus=max(together, against),
                least=min(agrees if side == "agree" else disagrees, default=0.0),
                divisiveness=max(voted, default=0.0) - min(voted, default=0.0),
                by_group=tuple(agrees),
            )
        )
    return tuple(found)


def common_ground(statements: Sequence[StatementSummary]) -> tuple[StatementSummary, ...]:
    """Statements with more than half of every group on the same side, most shared first."""
    shared = [one for one in statements if one.n_votes >= MANY_VOTES and one.least > 0.5]
    return tuple(sorted(shared, key=lambda one: -one.consensus)[:LISTED])


def divisive(statements: Sequence[StatementSummary]) -> tuple[StatementSummary, ...]:
    """Statements on which the groups' agreement differs most, those first."""
    apart = [one for one in statements if one.n_votes >= MANY_VOTES and one.divisiveness > 0]
    return tuple(sorted(apart, key=lambda one: -one.divisiveness)[:LISTED])


def _counts(column: np.ndarray) -> tuple[int, int, int]:
    """Agrees, disagrees and all votes in a column of the matrix."""
    return int((column == 1).sum()), int((column == -1).sum()), int((~np.isnan(column)).sum())


def _smooth(part: int, whole: int) -> float:
    return (part + 1) / (whole + 2)


def _test(statement: Any, stance: str, mine: int, seen: int, theirs: int, seen_theirs: int) -> GroupStatement:
    share, others = _smooth(mine, seen), _smooth(theirs, seen_theirs)
    z_ratio = two_proportion_z(mine, seen, theirs, seen_theirs)
    return GroupStatement(
        statement=statement,
        stance=stance,
        share=share,
        others=others,
        n_side=mine,
        n_votes=seen,
        z_share=one_proportion_z(mine, seen),
        z_ratio=z_ratio,
        p=0.5 * math.erfc(z_ratio / math.sqrt(2)),
        repness=share / others,
    )


def one_proportion_z(part: int, whole: int) -> float:
    """z of a share against one half: 2 sqrt(N + 1) ((n + 1) / (N + 1) - 1/2), with Polis's added success."""
    return 2 * math.sqrt(whole + 1) * ((part + 1) / (whole + 1) - 0.5)


def two_proportion_z(part: int, whole: int, other_part: int, other_whole: int) -> float:
    """z of one share against another with pooled variance, one success and one vote added to each side; 0 where the
    pooled share is 0 or 1.
    """
    a, n, b, m = part + 1, whole + 1, other_part + 1, other_whole + 1
    pooled = (a + b) / (n + m)
    if pooled in (0.0, 1.0):
        return 0.0
    return (a / n - b / m) / math.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))

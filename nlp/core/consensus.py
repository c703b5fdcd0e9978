"""Statements seen through opinion groups: what represents a group, what all share, what divides, what few hold.

Shares, z tests, the order of representative statements and group-aware consensus are as published by Polis (Small et
al. 2021): shares are smoothed as (n + 1) / (N + 2), consensus is the product of the groups' smoothed shares. Whether a
statement is listed at all is decided by tests that hold for small groups and many statements (`significance`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.core import significance
from nlp.core.records import GroupStatement, Interval, MinorityView, StatementSummary
from nlp.core.votes import VoteTable

SHOWN = 5
"""Most representative statements per group."""
LISTED = 10
MANY_VOTES = 7
"""Statements with fewer votes from placed people are neither common ground nor divisive."""
FALSE_DISCOVERIES = 0.05
DISSENT = 0.1
"""A dissent that runs through every group is held by at least this share of each, at the one-sided 90 % level."""
SIDES = ("agree", "disagree")


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes counted by group. sides: int array (2, groups, statements), agrees and disagrees; seen: int array (groups,
    statements), passes included; listed: positions of the statements shown that have a vote of a placed person.
    """

    sides: np.ndarray
    seen: np.ndarray
    listed: np.ndarray

    @property
    def others(self) -> tuple[np.ndarray, np.ndarray]:
        """The same two counts over everybody placed in another group."""
        return self.sides.sum(axis=1, keepdims=True) - self.sides, self.seen.sum(axis=0) - self.seen


def tally(votes: VoteTable, assignment: np.ndarray, k: int, shown: np.ndarray) -> Tally:
    """Count the votes of placed people: `assignment` is their group (participants,), -1 for nobody's; `shown` (bool,
    per statement) says what may be reported.
    """
    statements = len(votes.statements)
    group = assignment[votes.rows]
    placed = group >= 0
    cell = group[placed] * statements + votes.columns[placed]
    value = votes.values[placed]

    def count(chosen: np.ndarray) -> np.ndarray:
        return np.bincount(cell[chosen], minlength=k * statements).reshape(k, statements)

    seen = count(np.ones(len(cell), dtype=bool))
    return Tally(
        np.stack([count(value == 1), count(value == -1)]), seen, np.flatnonzero(shown & (seen.sum(axis=0) > 0))
    )


def representative(counts: Tally, statements: Sequence[Any]) -> list[tuple[GroupStatement, ...]]:
    """For each group what it says more often than the others, strongest first by Polis's measure.

    A statement counts when the group differs from the others at a false discovery rate of 5 % over all statements, and
    its side has more than half of the group at the one-sided 90 % level. When none does, the single strongest one is
    given, so that its test can be read.
    """
    other_sides, other_seen = counts.others
    z_share = one_proportion_z(counts.sides, counts.seen)
    z_ratio = two_proportion_z(counts.sides, counts.seen, other_sides, other_seen)
    p = significance.differs(counts.sides, counts.seen, other_sides, other_seen)
    p_share = significance.more_than_half(counts.sides, np.broadcast_to(counts.seen, counts.sides.shape))
    apart, low, high = significance.newcombe(counts.sides, counts.seen, other_sides, other_seen)
    share, others = _smooth(counts.sides, counts.seen), _smooth(other_sides, other_seen)
    better = (z_ratio + z_share)[0] >= (z_ratio + z_share)[1]
    found = []
    for group in range(counts.seen.shape[0]):
        columns = counts.listed[counts.seen[group, counts.listed] > 0]
        side = np.where(better[group, columns], 0, 1)
        # Two sides are looked at, the one that stands out is told: its p value counts twice.
        q = significance.adjusted(np.minimum(2 * p[side, group, columns], 1.0))
        tested = [
            GroupStatement(
                statement=statements[j],
                stance=SIDES[s],
                share=float(share[s, group, j]),
                others=float(others[s, group, j]),
                n_side=int(counts.sides[s, group, j]),
                n_votes=int(counts.seen[group, j]),
                z_share=float(z_share[s, group, j]),
                z_ratio=float(z_ratio[s, group, j]),
                p=float(p[s, group, j]),
                repness=float(share[s, group, j] / others[s, group, j]),
                q=float(corrected),
                p_share=float(p_share[s, group, j]),
                n_side_others=int(other_sides[s, group, j]),
                n_votes_others=int(other_seen[group, j]),
                difference=float(apart[s, group, j]),
                interval=Interval(float(low[s, group, j]), float(high[s, group, j])),
            )
            for j, s, corrected in zip(columns.tolist(), side.tolist(), q.tolist(), strict=True)
        ]
        strong = [one for one in tested if one.difference > 0 and one.q <= FALSE_DISCOVERIES and one.p_share <= 0.1]
        strong.sort(key=lambda one: -one.repness * one.z_ratio * one.share * one.z_share)
        found.append(tuple(strong[:SHOWN]) or tuple(sorted(tested, key=lambda one: -(one.z_ratio + one.z_share))[:1]))
    return found


def summarise(counts: Tally, statements: Sequence[Any]) -> tuple[StatementSummary, ...]:
    """One summary for each listed statement, in the order of `statements`."""
    columns = counts.listed
    sides, seen = counts.sides[:, :, columns], counts.seen[:, columns]
    whole = seen.sum(axis=0)
    shares, total = _smooth(sides, seen), _smooth(sides.sum(axis=1), whole)
    together = shares.prod(axis=1)
    side = np.where(together[0] >= together[1], 0, 1)
    at = np.arange(len(columns))
    own = shares[side, :, at].T
    consensus = together[side, at]
    # Delta method on the logarithm: the variance of log(share) is (1 - share) / (share (N + 2)).
    reach = significance.Z_95 * np.sqrt(((1 - own) / (own * (seen + 2))).sum(axis=0))
    low, high = significance.wilson(sides[0], seen)
    all_low, all_high = significance.wilson(sides[0].sum(axis=0), whole)
    shared = np.asarray((significance.wilson(sides[side, :, at].T, seen, significance.Z_90)[0] > 0.5).all(axis=0))
    other_sides, other_seen = sides.sum(axis=1, keepdims=True) - sides, whole - seen
    groups = seen.shape[0]
    # Bonferroni over groups; of two groups each is the other's rest, so that there is one test.
    tests = significance.differs(sides[0], seen, other_sides[0], other_seen)
    p = np.minimum(tests.min(axis=0, initial=1.0) * (1 if groups == 2 else max(groups, 1)), 1.0)
    q = significance.adjusted(p)
    voted = np.where(seen > 0, shares[0], np.nan)
    spread = np.nanmax(voted, axis=0, initial=0.0) - np.nanmin(voted, axis=0, initial=1.0)
    return tuple(
        StatementSummary(
            statement=statements[j],
            n_votes=int(whole[i]),
            agree=float(total[0, i]),
            disagree=float(total[1, i]),
            side=SIDES[side[i]],
            consensus=float(consensus[i]),
            least=float(own[:, i].min(initial=1.0)),
            divisiveness=float(spread[i]),
            by_group=tuple(shares[0, :, i].tolist()),
            p=float(p[i]),
            q=float(q[i]),
            agree_interval=Interval(float(all_low[i]), float(all_high[i])),
            consensus_interval=Interval(
                float(consensus[i] * np.exp(-reach[i])), float(min(consensus[i] * np.exp(reach[i]), 1.0))
            ),
            intervals=tuple(Interval(*pair) for pair in zip(low[:, i].tolist(), high[:, i].tolist(), strict=True)),
            n_by_group=tuple(seen[:, i].tolist()),
            shared=bool(shared[i]),
        )
        for i, j in enumerate(columns.tolist())
    )


def common_ground(statements: Sequence[StatementSummary]) -> tuple[StatementSummary, ...]:
    """Statements that more than half of every group share, most shared first."""
    shared = [one for one in statements if one.n_votes >= MANY_VOTES and one.shared]
    return tuple(sorted(shared, key=lambda one: -one.consensus)[:LISTED])


def divisive(statements: Sequence[StatementSummary]) -> tuple[StatementSummary, ...]:
    """Statements on which groups differ beyond chance (false discovery rate 5 %), the widest apart first."""
    apart = [one for one in statements if one.n_votes >= MANY_VOTES and one.q <= FALSE_DISCOVERIES]
    return tuple(sorted(apart, key=lambda one: -one.divisiveness)[:LISTED])


def minority(counts: Tally, statements: Sequence[Any]) -> tuple[MinorityView, ...]:
    """What is held against the majority, the surest first: by groups that together are less than half of the voters, or
    by a steady share of every group. The side must be below one half of everybody at the one-sided 90 % level.
    """
    columns = counts.listed
    sides, seen = counts.sides[:, :, columns], counts.seen[:, columns]
    if not len(columns):
        return ()
    whole, part = seen.sum(axis=0), sides.sum(axis=1)
    low, high = significance.wilson(sides, np.broadcast_to(seen, sides.shape), significance.Z_90)
    few = significance.wilson(part, np.broadcast_to(whole, part.shape), significance.Z_90)[1] < 0.5
    p = significance.differs(sides, seen, part[:, None] - sides, whole - seen)
    q = significance.adjusted(p.ravel()).reshape(p.shape)
    held = (low > 0.5) & (q <= FALSE_DISCOVERIES)
    held &= ((seen * held).sum(axis=1) * 2 < whole)[:, None]
    through = (low > DISSENT).all(axis=1) & (high < 0.5).all(axis=1)
    overall_low, overall_high = significance.wilson(part, np.broadcast_to(whole, part.shape))
    found = []
    for side, i in np.argwhere(few & (whole >= MANY_VOTES) & (held.any(axis=1) | through)).tolist():
        groups = np.flatnonzero(held[side, :, i])
        who = groups if len(groups) else np.arange(seen.shape[0])
        n_side, n_votes = int(sides[side, who, i].sum()), int(seen[who, i].sum())
        sure = float(low[side, who, i].min())
        view = MinorityView(
            statement=statements[columns[i]],
            stance=SIDES[side],
            groups=tuple(groups.tolist()),
            share=n_side / n_votes,
            n_side=n_side,
            n_votes=n_votes,
            overall=float(part[side, i] / whole[i]),
            interval=Interval(float(overall_low[side, i]), float(overall_high[side, i])),
        )
        found.append((not len(groups), -sure, view))
    # Groups' own views first; a steady dissent is weaker by its nature.
    found.sort(key=lambda one: one[:2])
    return tuple(view for _, _, view in found[:LISTED])


def one_proportion_z(part: np.ndarray | int, whole: np.ndarray | int) -> np.ndarray:
    """z of a share against one half: 2 sqrt(N + 1) ((n + 1) / (N + 1) - 1/2), with Polis's added success."""
    n = np.asarray(whole) + 1
    return np.asarray(2 * np.sqrt(n) * ((np.asarray(part) + 1) / n - 0.5))


def two_proportion_z(
    part: np.ndarray | int, whole: np.ndarray | int, other: np.ndarray | int, other_whole: np.ndarray | int
) -> np.ndarray:
    """z of one share against another with pooled variance, one success and one vote added to each side; 0 where the
    pooled share is 0 or 1.
    """
    a, n, b, m = (np.asarray(x, dtype=np.float64) + 1 for x in (part, whole, other, other_whole))
    pooled = (a + b) / (n + m)
    variance = pooled * (1 - pooled) * (1 / n + 1 / m)
    return np.where(variance > 0, (a / n - b / m) / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)


def _smooth(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return (part + 1) / (whole + 2)

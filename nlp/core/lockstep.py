"""Voting that looks strategic: accounts that follow one script, people whose votes do not depend on the statements.

Marked for moderators, with what chance would have led to expect, and with what the groups would be without them; nobody
is removed. People who think alike vote alike, so that likeness alone proves nothing: a script counts only when those
who follow it are a thousand times as many as there would be if everybody voted by the rates of their own group.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nlp.core import division
from nlp.core.groups import find_groups
from nlp.core.records import Conduct, GroupResult, LockstepCluster, StraightVoter
from nlp.core.votes import VoteTable

LEAST_VOTES = 10
"""Whoever has cast fewer votes is not judged."""
LEAST_ACCOUNTS = 5
SCRIPT = 8
"""The fewest statements of a script."""
BANDS, HASHES = 20, 3
"""Locality-sensitive hashing: ballots that share half of their votes (Jaccard .5) meet in one of the bands with a
chance of 93 %, ballots that share a quarter with 27 %."""
CANDIDATES = 40
ROUNDS = 3
OVERLAP = 0.5
"""A follower shares at least half of all votes that are the script's or its own."""
FOLLOWS = (0.85, 0.9, 0.95, 1.0)
"""And votes as the script does on 85 % of the statements both have; stricter readings are tried too."""
NEARLY = 0.75
APART = 0.5
"""People who think alike thin out gradually around what they share; a script has an edge: those who follow it on 75
to 85 % of statements are at most half as many as those who follow it on more."""
FALSE_SHARE = 0.001
"""A script is told when, by one of the readings, chance explains at most this share of its followers ..."""
FALSE_MEMBERS = 0.1
"""... and the widest reading by which chance explains at most this share says who they are."""
CHANCE = 0.05
BORROWED = 5.0
"""A group's rates are drawn to everybody's with the weight of five people: small groups say little."""
MONOTONE = 0.95


@dataclass(frozen=True, slots=True)
class _Ballots:
    """The people judged. who: int array (n,), positions among the participants; marks: CSR (n, 3 * statements), a 1
    where the person cast that vote (statement * 3 + vote + 1); sizes: votes of each; group: int array (n,), the last
    number is for people without a group; tallies: float64 (groups, 3 * statements), votes of each group's people.
    """

    who: np.ndarray
    marks: Any
    sizes: np.ndarray
    group: np.ndarray
    tallies: np.ndarray


def mark(
    votes: VoteTable,
    result: GroupResult,
    *,
    moderated_out: Collection[Hashable] = (),
    max_groups: int = 5,
    min_votes: int = 7,
    seed: int = 0,
) -> GroupResult:
    """The same result with its `conduct` filled in: whoever is marked, and the groups found again without them.

    `result` is what `find_groups` made of `votes`; the other arguments are those it was given.
    """
    found = notice(votes, result.assignment, seed=seed)
    marked = {one for cluster in found.lockstep for one in cluster.participants}
    marked |= {one.participant for one in found.straight}
    if not marked:
        return replace(result, conduct=found)
    others = np.array([participant not in marked for participant in votes.participants], dtype=bool)
    again = find_groups(
        votes.only(others), moderated_out=moderated_out, max_groups=max_groups, min_votes=min_votes, seed=seed
    )
    before = result.assignment[others]
    both = (before >= 0) & (again.assignment >= 0)
    agreement = division.rand_index(before[both], again.assignment[both]) if both.any() else float("nan")
    return replace(result, conduct=replace(found, k_without=again.k, agreement=agreement))


def notice(votes: VoteTable, assignment: np.ndarray, *, seed: int = 0) -> Conduct:
    """Find lock-step and straight-line voting; `assignment` is everybody's group (participants,), -1 for none.

    The work grows linearly with the votes: ballots that meet in many hash bands suggest at most 40 scripts, each of
    which is compared with everybody once. The null hypothesis of a script: each person votes on each statement of the
    script by the rates of the own group, followers left out; the chance of following is bounded by Hoeffding's (1963)
    inequality for sums of unequal chances. A script is told when at least 5 accounts follow it, at most 0.1 % as many
    would by chance, a Poisson test corrected for the number of scripts rejects at 5 %, and its followers stand apart.
    """
    ballots = _ballots(votes, assignment, monotone=False)
    return Conduct(
        lockstep=tuple(_lockstep(votes, ballots, seed)),
        straight=tuple(_straight(votes, _ballots(votes, assignment, monotone=True))),
    )


def _ballots(votes: VoteTable, assignment: np.ndarray, *, monotone: bool) -> _Ballots:
    """People with enough votes. Whoever nearly always casts the same vote is like many others by that habit alone: such
    people are taken for straight-line voting only (`monotone`).
    """
    from scipy.sparse import csr_matrix

    people, tokens = len(votes.participants), 3 * len(votes.statements)
    groups = int(assignment.max(initial=-1)) + 1
    group = np.where(assignment < 0, groups, assignment)
    token = votes.columns.astype(np.int64) * 3 + votes.values + 1
    tallies = np.bincount(group[votes.rows] * tokens + token, minlength=(groups + 1) * tokens).astype(np.float64)
    counts = np.bincount(votes.rows, minlength=people)
    same = np.max([np.bincount(votes.rows, votes.values == vote, minlength=people) for vote in (-1, 0, 1)], axis=0)
    enough = counts >= LEAST_VOTES
    who = np.flatnonzero(enough if monotone else enough & (same < MONOTONE * counts))
    row = np.full(people, -1)
    row[who] = np.arange(len(who))
    kept = row[votes.rows] >= 0
    marks = csr_matrix((np.ones(kept.sum()), (row[votes.rows[kept]], token[kept])), shape=(len(who), tokens))
    return _Ballots(who, marks, counts[who], group[who], tallies.reshape(groups + 1, tokens))


def _rates(ballots: _Ballots, left_out: np.ndarray) -> np.ndarray:
    """Chance of each vote in each group (groups, 3 * statements), without the votes of the people `left_out`."""
    tallies = ballots.tallies.copy()
    for group in np.unique(ballots.group[left_out]).tolist():
        tallies[group] -= np.asarray(ballots.marks[left_out[ballots.group[left_out] == group]].sum(axis=0)).ravel()
    cells = tallies.reshape(len(tallies), -1, 3)
    everybody = cells.sum(axis=0) + 0.5
    everybody /= everybody.sum(axis=1, keepdims=True)
    rates = (cells + BORROWED * everybody) / (cells.sum(axis=2, keepdims=True) + BORROWED)
    return rates.reshape(len(tallies), -1)


def _lockstep(votes: VoteTable, ballots: _Ballots, seed: int) -> list[LockstepCluster]:
    candidates = _meetings(ballots, np.random.default_rng(seed))
    taken = np.zeros(len(ballots.who), dtype=bool)
    found = []
    for members in candidates:
        script = None
        for _ in range(ROUNDS):
            script = _script(ballots, members)
            members = _followers(ballots, script, FOLLOWS[0])
            if len(script) < SCRIPT or len(members) < LEAST_ACCOUNTS:
                break
        if script is None or len(script) < SCRIPT or len(members) < LEAST_ACCOUNTS or taken[members].mean() > 0.5:
            continue
        readings = _readings(ballots, script)
        if len(_followers(ballots, script, NEARLY)) > (1 + APART) * len(members):
            continue
        proof = min(_poisson_tail(len(who), by_chance) for who, by_chance in readings)
        proof = min(proof * len(candidates) * len(FOLLOWS), 1.0)
        if proof > CHANCE or all(by_chance > FALSE_SHARE * len(who) for who, by_chance in readings):
            continue
        members, by_chance = next(one for one in readings if one[1] <= FALSE_MEMBERS * len(one[0]))
        taken[members] = True
        found.append(_told(votes, ballots, script, members, by_chance, proof))
    return found


def _readings(ballots: _Ballots, script: np.ndarray) -> list[tuple[np.ndarray, float]]:
    """Followers, and how many there would be by chance, from the widest reading of following to the strictest."""
    widest = _followers(ballots, script, FOLLOWS[0])
    rates = _rates(ballots, widest)
    readings = []
    for follows in FOLLOWS:
        who = _followers(ballots, script, follows)
        if len(who) >= LEAST_ACCOUNTS:
            readings.append((who, _expected(ballots, script, rates, follows)))
    return readings


def _meetings(ballots: _Ballots, generator: np.random.Generator) -> list[np.ndarray]:
    """Sets of people whose ballots have the same min-hashes (Broder 1997) in a band, the largest first."""
    if len(ballots.who) < LEAST_ACCOUNTS:
        return []
    tokens = ballots.marks.shape[1]
    met: list[tuple[int, int, np.ndarray]] = []
    for band in range(BANDS):
        key = np.zeros(len(ballots.who), dtype=np.int64)
        for _ in range(HASHES):
            order = generator.permutation(tokens)
            key = key * tokens + np.minimum.reduceat(order[ballots.marks.indices], ballots.marks.indptr[:-1])
        _, bucket, sizes = np.unique(key, return_inverse=True, return_counts=True)
        large = np.flatnonzero(sizes >= LEAST_ACCOUNTS)
        for chosen in large[np.argsort(-sizes[large], kind="stable")][:CANDIDATES].tolist():
            met.append((-int(sizes[chosen]), band, np.flatnonzero(bucket.reshape(-1) == chosen)))
    met.sort(key=lambda one: one[:2])
    return [members for _, _, members in met[:CANDIDATES]]


def _script(ballots: _Ballots, members: np.ndarray) -> np.ndarray:
    """What most of `members` do: the commonest vote on each statement at least half of them voted on, as positions."""
    share = np.asarray(ballots.marks[members].mean(axis=0)).reshape(-1, 3)
    common = np.flatnonzero(share.sum(axis=1) >= 0.5)
    return common * 3 + share[common].argmax(axis=1)


def _shared(ballots: _Ballots, script: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each person how many votes are the script's, and how many statements of the script were voted on."""
    exact, any_vote = np.zeros(ballots.marks.shape[1]), np.zeros((ballots.marks.shape[1] // 3, 3))
    exact[script] = 1
    any_vote[script // 3] = 1
    return ballots.marks @ exact, ballots.marks @ any_vote.ravel()


def _followers(ballots: _Ballots, script: np.ndarray, follows: float) -> np.ndarray:
    same, met = _shared(ballots, script)
    return np.flatnonzero((same >= OVERLAP * (ballots.sizes + len(script) - same)) & (same >= follows * met))


def _expected(ballots: _Ballots, script: np.ndarray, rates: np.ndarray, follows: float) -> float:
    """How many people would follow the script by chance, an upper bound; only those count whose statements overlap with
    the script's enough to follow it at all.
    """
    from scipy.special import xlogy

    _, met = _shared(ballots, script)
    could = (met > 0) & (met >= OVERLAP * (ballots.sizes + len(script) - met))
    total = 0.0
    for group in np.unique(ballots.group[could]).tolist():
        chance = np.zeros((ballots.marks.shape[1] // 3, 3))
        chance[script // 3] = rates[group, script][:, None]
        here = np.flatnonzero(could & (ballots.group == group))
        mean = np.clip((ballots.marks[here] @ chance.ravel()) / met[here], 1e-9, 1 - 1e-9)
        gap = xlogy(follows, follows / mean) + xlogy(1 - follows, (1 - follows) / (1 - mean))
        total += float(np.where(mean < follows, np.exp(-met[here] * gap), 1.0).sum())
    return total


def _poisson_tail(count: int, expected: float) -> float:
    from scipy.special import gammainc

    return float(gammainc(count, expected))


def _told(
    votes: VoteTable, ballots: _Ballots, script: np.ndarray, members: np.ndarray, expected: float, p: float
) -> LockstepCluster:
    same, met = _shared(ballots, script)
    who = ballots.who[members]
    seconds = float("nan")
    if votes.cast_at is not None:
        times = np.sort(votes.cast_at[np.isin(votes.rows, who)])
        half = (len(times) + 1) // 2
        seconds = float((times[half - 1 :] - times[: len(times) - half + 1]).min())
    return LockstepCluster(
        participants=tuple(votes.participants[i] for i in who.tolist()),
        statements=tuple(votes.statements[i] for i in (script // 3).tolist()),
        script=tuple((script % 3 - 1).tolist()),
        match=float((same[members] / met[members]).mean()),
        expected=expected,
        p=p,
        seconds=seconds,
    )


def _straight(votes: VoteTable, ballots: _Ballots) -> list[StraightVoter]:
    """People who always cast the same vote, or alternate in the order cast (of statements where times are not known),
    while the rates of their group give that a chance below 5 % after correction for everybody and for five patterns.
    """
    if not len(ballots.who):
        return []
    logs = np.log(_rates(ballots, np.zeros(0, dtype=np.int64)))
    order = np.arange(len(votes)) if votes.cast_at is None else np.lexsort((votes.cast_at, votes.rows))
    starts = np.searchsorted(votes.rows, ballots.who)
    found = []
    for row, (person, begin, size) in enumerate(zip(ballots.who.tolist(), starts.tolist(), ballots.sizes, strict=True)):
        own = order[begin : begin + size]
        pattern = _pattern(votes.values[own])
        if not pattern:
            continue
        token = votes.columns[own].astype(np.int64) * 3 + votes.values[own] + 1
        p = float(np.exp(logs[ballots.group[row], token].sum())) * len(ballots.who) * 5
        if p <= CHANCE:
            found.append(StraightVoter(votes.participants[person], pattern, int(size), p))
    return found


def _pattern(cast: Sequence[int] | np.ndarray) -> str:
    values = np.asarray(cast)
    if (values == values[0]).all():
        return {1: "agree", -1: "disagree", 0: "pass"}[int(values[0])]
    if (values != 0).all() and (values[1:] == -values[:-1]).all():
        return "alternating"
    return ""

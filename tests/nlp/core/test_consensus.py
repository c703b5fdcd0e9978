import math

import numpy as np
import pytest

from nlp.core import consensus
from nlp.core.votes import VoteTable


def table(*groups):
    """A table from, per group, one (agree, disagree, pass) triple per statement; returns it with everybody's group.

    A group is as large as its largest triple; whoever a triple has no vote for has not seen the statement.
    """
    rows, assignment, first = [], [], 0
    for number, triples in enumerate(groups):
        size = max(sum(triple) for triple in triples)
        for statement, (agree, disagree, neither) in enumerate(triples):
            cast = [1] * agree + [-1] * disagree + [0] * neither
            rows += [(first + i, statement, vote) for i, vote in enumerate(cast)]
        assignment += [number] * size
        first += size
    return VoteTable.from_rows(rows, participants=range(first)), np.array(assignment)


def counted(*groups, shown=None):
    votes, assignment = table(*groups)
    shown = np.ones(len(votes.statements), dtype=bool) if shown is None else np.array(shown)
    return consensus.tally(votes, assignment, len(groups), shown), votes.statements


def test_votes_are_counted_by_group():
    counts, _ = counted([(3, 1, 2), (0, 0, 0)], [(1, 4, 0), (2, 0, 0)])
    assert counts.sides[:, :, 0].tolist() == [[3, 1], [1, 4]] and counts.seen.tolist() == [[6, 0], [5, 2]]
    assert counts.others[0][0, :, 0].tolist() == [1, 3] and counts.others[1][:, 0].tolist() == [5, 6]


def test_consensus_is_the_product_of_smoothed_shares():
    counts, statements = counted([(8, 1, 1)], [(3, 1, 0)])
    (one,) = consensus.summarise(counts, statements)
    assert one.by_group == pytest.approx((9 / 12, 4 / 6))
    assert one.consensus == pytest.approx(9 / 12 * 4 / 6) and one.side == "agree" and one.least == pytest.approx(4 / 6)
    assert one.divisiveness == pytest.approx(9 / 12 - 4 / 6) and one.n_by_group == (10, 4)
    # log-variance (1/4)/(3/4 * 12) + (1/3)/(2/3 * 6) = 1/36 + 1/12 = 1/9: a third on the logarithm
    assert one.consensus_interval.low == pytest.approx(0.5 * math.exp(-1.959964 / 3))
    assert one.consensus_interval.high == pytest.approx(0.5 * math.exp(1.959964 / 3))


def test_common_ground_needs_every_group():
    counts, statements = counted(
        [(40, 2, 0)] * 3, [(20, 1, 0), (1, 20, 0), (2, 0, 0)], [(9, 0, 0), (9, 0, 0), (1, 0, 0)]
    )
    summaries = consensus.summarise(counts, statements)
    assert [one.statement for one in consensus.common_ground(summaries)] == [0]
    assert [one.shared for one in summaries] == [True, False, False]  # one vote of a group is not its word


def test_a_shared_refusal_is_common_ground_too():
    counts, statements = counted([(2, 30, 0)], [(0, 12, 1)])
    (one,) = consensus.common_ground(consensus.summarise(counts, statements))
    assert one.side == "disagree" and one.shared


def test_division_is_told_when_chance_does_not_explain_it():
    counts, statements = counted([(30, 5, 0), (3, 2, 0)], [(4, 20, 0), (2, 3, 0)])
    first, second = consensus.summarise(counts, statements)
    assert first.q < 1e-4 and second.q > 0.5 and second.divisiveness > 0
    assert [one.statement for one in consensus.divisive([first, second])] == [0]


def test_what_a_group_stands_for_is_tested_against_the_others():
    counts, statements = counted([(18, 2, 0), (12, 8, 0), (20, 0, 0)], [(5, 35, 0), (24, 16, 0), (40, 0, 0)])
    (one,), (other,) = consensus.representative(counts, statements)
    assert (one.statement, one.stance, one.n_side, one.n_votes) == (0, "agree", 18, 20)
    assert (one.n_side_others, one.n_votes_others) == (5, 40)
    assert one.share == 19 / 22 and one.others == 6 / 42 and one.repness == pytest.approx(19 / 22 / (6 / 42))
    assert one.difference == pytest.approx(0.9 - 0.125) and 0.5 < one.interval.low < one.interval.high < 0.95
    assert one.q <= 0.001 and one.p_share < 0.001
    assert (other.statement, other.stance) == (0, "disagree")


def test_without_anything_of_its_own_a_group_shows_its_strongest_test():
    counts, statements = counted([(5, 5, 0), (6, 4, 0)], [(5, 5, 0), (5, 5, 0)])
    first, _ = consensus.representative(counts, statements)
    assert len(first) == 1 and first[0].q > 0.5


def test_hidden_statements_are_not_told():
    counts, statements = counted([(30, 5, 0)] * 2, [(4, 20, 0)] * 2, shown=[True, False])
    assert [one.statement for one in consensus.summarise(counts, statements)] == [0]
    assert {one.statement for told in consensus.representative(counts, statements) for one in told} == {0}
    counts, statements = counted([(4, 56, 0)] * 2, [(14, 1, 0)] * 2, shown=[True, False])
    assert {one.statement for one in consensus.minority(counts, statements)} == {0}


def test_a_small_group_against_the_rest_is_a_minority_view():
    counts, statements = counted([(4, 56, 0), (58, 2, 0)], [(14, 1, 0), (15, 0, 0)])
    (one,) = consensus.minority(counts, statements)
    assert (one.statement, one.stance, one.groups) == (0, "agree", (1,))
    assert (one.n_side, one.n_votes) == (14, 15) and one.overall == pytest.approx(18 / 75)
    assert one.interval.low < one.overall < one.interval.high < 0.5


def test_a_steady_dissent_runs_through_every_group():
    counts, statements = counted([(70, 30, 0), (100, 0, 0)], [(40, 20, 0), (60, 0, 0)])
    (one,) = consensus.minority(counts, statements)
    assert (one.statement, one.stance, one.groups) == (0, "disagree", ())
    assert (one.n_side, one.n_votes) == (50, 160)


def test_nobody_placed_gives_nothing():
    votes = VoteTable.from_rows([(1, 1, 1)])
    counts = consensus.tally(votes, np.array([-1]), 0, np.array([True]))
    assert consensus.summarise(counts, votes.statements) == () and consensus.minority(counts, votes.statements) == ()


def test_tests_of_shares_follow_the_published_formulas():
    # 2 sqrt(11) (9/11 - 1/2) and the pooled z of 9/11 against 3/21, worked out by hand
    assert consensus.one_proportion_z(8, 10) == pytest.approx(2.11058, abs=1e-4)
    assert consensus.two_proportion_z(8, 10, 2, 20) == pytest.approx(3.74790, abs=1e-4)
    assert consensus.two_proportion_z(5, 5, 5, 5) == 0

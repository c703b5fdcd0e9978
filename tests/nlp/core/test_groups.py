import math

import numpy as np
import pytest

from nlp.core import consensus, groups
from nlp.core.records import LEFT_OVER
from nlp.core.votes import VoteTable


def town_votes(people=60, statements=12, seed=0, silent=0):
    """Two unlike camps: they differ on the first eight statements, share the ninth; `silent` people cast two votes."""
    generator = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        camp = 1 if person < people * 2 // 3 else -1
        for statement in range(statements):
            if generator.random() < 0.1:
                continue
            lean = camp if statement < 8 else 1 if statement == 8 else generator.choice([-1, 1])
            rows.append((person, statement, int(lean if generator.random() < 0.9 else generator.choice([-1, 0, 1]))))
    rows += [(people + i, statement, 1) for i in range(silent) for statement in (0, 1)]
    return VoteTable.from_rows(rows)


def test_two_camps_are_two_groups():
    result = groups.find_groups(town_votes())
    assert result.k == 2 and [group.size for group in result.groups] == [40, 20]
    assert set(result.groups[0].members) == set(range(40))
    assert result.stability > 0.9 and result.notes == ()


def test_a_group_is_told_by_what_the_others_reject():
    first, second = groups.find_groups(town_votes()).groups
    assert all(one.statement < 8 and one.stance == "agree" for one in first.representative)
    assert all(one.statement < 8 and one.stance == "disagree" for one in second.representative)
    assert all(one.p < 0.01 and one.share > one.others for one in first.representative)


def test_common_ground_and_division_are_kept_apart():
    result = groups.find_groups(town_votes())
    assert result.common_ground[0].statement == 8 and result.common_ground[0].side == "agree"
    assert min(result.common_ground[0].by_group) > 0.5
    assert {one.statement for one in result.divisive[:5]} <= set(range(8))


def test_people_with_few_votes_get_a_place_but_no_group():
    result = groups.find_groups(town_votes(silent=3))
    assert set(result.thin) == {60, 61, 62}
    at = [result.participants.index(person) for person in result.thin]
    assert (result.assignment[at] == LEFT_OVER).all() and np.isfinite(result.placements[at]).all()


def test_moderated_statements_pull_nobody_and_are_not_reported():
    result = groups.find_groups(town_votes(), moderated_out=[0, 8])
    assert not {0, 8} & {one.statement for one in result.statements}
    assert result.k == 2


def test_names_and_order_of_participants_do_not_matter():
    votes = town_votes()
    rows = [
        (f"p{votes.participants[r]:03d}", votes.statements[c], int(v))
        for r, c, v in zip(votes.rows, votes.columns, votes.values, strict=True)
    ]
    shuffled = [rows[i] for i in np.random.default_rng(3).permutation(len(rows))]
    again = groups.find_groups(VoteTable.from_rows(shuffled))
    assert again.assignment.tolist() == groups.find_groups(votes).assignment.tolist()


def test_the_same_seed_gives_the_same_bytes():
    first, second = groups.find_groups(town_votes(), seed=2), groups.find_groups(town_votes(), seed=2)
    assert first.placements.tobytes() == second.placements.tobytes()
    assert first.assignment.tobytes() == second.assignment.tobytes()


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [(1, 1, 1)],
        [(person, 1, 1) for person in range(20)],
        [(person, statement, 1) for person in range(20) for statement in range(9)],
        [(1, statement, 1) for statement in range(9)],
        [(person, statement, 0) for person in range(20) for statement in range(9)],
    ],
    ids=["no votes", "one vote", "one statement, all agree", "all agree", "one participant", "all pass"],
)
def test_nothing_to_divide_gives_no_division(rows):
    result = groups.find_groups(VoteTable.from_rows(rows))
    assert result.k == (1 if rows else 0)
    assert "no_division" in result.notes and math.isnan(result.stability)
    assert not result.divisive


def test_one_divided_statement_gives_two_groups():
    votes = VoteTable.from_rows([(person, 1, 1 if person % 2 else -1) for person in range(20)])
    assert [group.size for group in groups.find_groups(votes).groups] == [10, 10]


def test_a_statement_only_known_by_name_is_harmless():
    votes = VoteTable.from_rows([(person, 1, 1) for person in range(9)], statements=[1, 2, 3], participants=[99])
    result = groups.find_groups(votes)
    assert 99 in result.thin and np.isnan(result.placements[result.participants.index(99)]).all()


@pytest.mark.parametrize("wrong", [{"max_groups": 1}, {"min_votes": 0}])
def test_senseless_settings_are_refused(wrong):
    with pytest.raises(ValueError, match="max_groups"):
        groups.find_groups(town_votes(), **wrong)


def test_tests_of_shares_follow_the_published_formulas():
    # 2 sqrt(11) (9/11 - 1/2) and the pooled z of 9/11 against 3/21, worked out by hand
    assert consensus.one_proportion_z(8, 10) == pytest.approx(2.11058, abs=1e-4)
    assert consensus.two_proportion_z(8, 10, 2, 20) == pytest.approx(3.74790, abs=1e-4)
    assert consensus.two_proportion_z(5, 5, 5, 5) == 0

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nlp.core import groups
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


def camps(count, people=120, statements=30, seed=1):
    """`count` camps of equal size that answer like the corners of a polygon, one vote in ten by whim."""
    generator = np.random.default_rng(seed)
    corners = 2 * np.pi * np.arange(count) / count
    leaning = generator.uniform(0, 2 * np.pi, statements)
    rows = []
    for person in range(people):
        for statement in range(statements):
            side = np.cos(corners[person % count] - leaning[statement])
            vote = int(np.sign(side)) if generator.random() < 0.9 else int(generator.choice([-1, 0, 1]))
            if generator.random() < 0.7:
                rows.append((person, statement, vote))
    return VoteTable.from_rows(rows)


def whims(people=80, statements=25, seed=0):
    """Everybody votes on each statement for itself; the statements differ in how popular they are."""
    generator = np.random.default_rng(seed)
    popular = generator.uniform(0.1, 0.9, statements)
    return VoteTable.from_rows(
        (person, statement, 1 if generator.random() < popular[statement] else -1)
        for person in range(people)
        for statement in range(statements)
        if generator.random() < 0.6
    )


@pytest.mark.parametrize("count", [2, 3, 4])
def test_camps_are_counted(count):
    result = groups.find_groups(camps(count))
    assert result.k == count
    for group in result.groups:
        assert len({member % count for member in group.members}) == 1


@pytest.mark.parametrize("seed", range(8))
def test_whims_are_no_division(seed):
    result = groups.find_groups(whims(seed=seed))
    assert result.k == 1 and "no_division" in result.notes
    assert result.counts[0].p > 0.05 and not result.counts[0].accepted and not result.divisive


def test_the_number_of_groups_comes_with_what_speaks_for_it():
    result = groups.find_groups(camps(3))
    two, three, four = result.counts[:3]
    assert two.accepted and two.p < 1e-6
    assert three.accepted and three.interval.low > 0 and three.compared_with == 2 and three.stability > 0.9
    assert not four.accepted and four.compared_with == 3 and four.interval.low < 0
    assert result.silhouettes[3] == three.silhouette == max(result.silhouettes.values())


def test_somebody_between_the_camps_is_less_sure():
    rows = [(person, statement, 1 if person < 10 else -1) for person in range(20) for statement in range(12)]
    votes = VoteTable.from_rows(
        [(*row[:2], row[2]) for row in rows if (row[0] + row[1]) % 4]
        + [(99, statement, 1 if statement % 2 else -1) for statement in range(8)]
    )
    result = groups.find_groups(votes)
    sure = dict(zip(result.participants, result.confidence.tolist(), strict=True))
    assert sure[0] > 0.99 and sure[19] > 0.99
    assert sure[99] < 0.9


def test_who_has_met_every_statement_is_sure():
    votes = VoteTable.from_rows(
        (person, statement, 1 if person < 10 else -1) for person in range(20) for statement in range(9)
    )
    assert groups.find_groups(votes).confidence.tolist() == [1.0] * 20


def test_thin_people_are_told_why_and_where_they_lean():
    result = groups.find_groups(town_votes(silent=2))
    one = result.thin_evidence[0]
    assert (one.participant, one.n_votes, one.needed) == (60, 2, 7)
    assert one.nearest == 0 and 0 <= one.confidence <= 1
    assert np.isnan(result.confidence[result.participants.index(60)])


def test_the_map_is_what_pen_and_paper_give():
    """Two statements, four people. Means are 0; the votes are (1, 1), (1, 1), (-1, -1), (-1, -1): the only axis is
    (1, 1) / sqrt 2 and everybody stands at +- sqrt 2, unstretched because all have voted on everything.
    """
    result = groups.find_groups(
        VoteTable.from_rows((person, s, 1 if person < 2 else -1) for person in range(4) for s in (0, 1))
    )
    assert result.placements == pytest.approx(np.array([[2**0.5, 0], [2**0.5, 0], [-(2**0.5), 0], [-(2**0.5), 0]]))
    assert result.variance == pytest.approx((1, 0))


def test_few_votes_are_moved_outwards_as_polis_does():
    """Statement 0: agree, agree, disagree, disagree; statement 1 is unseen by person 3. Whoever voted on one of two
    statements is moved by sqrt(2 / 1).
    """
    votes = VoteTable.from_rows([(0, 0, 1), (1, 0, 1), (2, 0, -1), (3, 0, -1), (0, 1, 1), (1, 1, 1), (2, 1, 1)])
    assert groups.find_groups(votes).placements[:, 0] == pytest.approx([1, 1, -1, -(2**0.5)])


def test_a_recorded_conversation_gives_what_it_gave():
    result = groups.find_groups(town_votes())
    assert result.placements[:3].round(4).tolist() == [[0.8685, -1.6091], [1.8454, -1.3332], [1.4226, 1.353]]
    assert result.silhouettes[2] == pytest.approx(0.704529, abs=1e-6)
    assert [one.statement for one in result.groups[0].representative] == [5, 3, 7, 0, 6]


tables = st.lists(
    st.tuples(st.integers(0, 14), st.integers(0, 6), st.sampled_from([-1, 0, 1])), min_size=1, max_size=120
)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@given(tables, st.randoms(use_true_random=False))
@quick
def test_any_table_has_a_result_that_adds_up(rows, mixer):
    result = groups.find_groups(VoteTable.from_rows(rows))
    placed = [member for group in result.groups for member in group.members]
    assert sorted([*placed, *result.thin]) == list(result.participants)
    assert len(result.groups) == result.k == len({*result.assignment.tolist()} - {LEFT_OVER})
    assert [group.size for group in result.groups] == sorted((group.size for group in result.groups), reverse=True)
    assert np.isfinite(result.placements).all()
    assert all(0 <= one.consensus <= 1 and 0 <= one.q <= 1 for one in result.statements)
    once = {(person, statement): vote for person, statement, vote in rows}
    shuffled = [(*pair, vote) for pair, vote in once.items()]
    mixer.shuffle(shuffled)
    again = groups.find_groups(VoteTable.from_rows(shuffled))
    assert again.assignment.tobytes() == result.assignment.tobytes()
    assert again.placements.tobytes() == result.placements.tobytes()


@pytest.mark.parametrize("seed", range(4))
def test_new_names_change_nobodys_company(seed):
    votes = camps(3, people=150, seed=seed)
    names = np.random.default_rng(seed).permutation(150)
    renamed = VoteTable.from_arrays(names[votes.rows], votes.columns, votes.values)
    first, second = groups.find_groups(votes), groups.find_groups(renamed)
    assert {frozenset(names[list(group.members)].tolist()) for group in first.groups} == {
        frozenset(group.members) for group in second.groups
    }


def test_a_statement_said_the_other_way_round_turns_its_stance_only():
    votes = town_votes()
    turned = VoteTable.from_arrays(votes.rows, votes.columns, np.where(votes.columns == 3, -votes.values, votes.values))
    first, second = groups.find_groups(votes), groups.find_groups(turned)
    assert first.assignment.tolist() == second.assignment.tolist()
    before, after = first.statements[3], second.statements[3]
    assert (before.agree, before.disagree) == (after.disagree, after.agree)
    assert before.divisiveness == pytest.approx(after.divisiveness, abs=0.1)


def test_memory_follows_the_votes_and_not_people_times_statements():
    draw = np.random.default_rng(0)
    rows, columns = np.repeat(np.arange(20_000), 8), draw.integers(0, 2_000, 160_000)
    votes = VoteTable.from_arrays(rows, columns, draw.integers(-1, 2, 160_000))
    groups.find_groups(town_votes())
    tracemalloc.start()
    groups.find_groups(votes)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 120e6  # the dense table alone would take 320 MB

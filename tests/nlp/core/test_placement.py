import numpy as np
import pytest

from nlp.core import placement
from nlp.core.groups import find_groups
from nlp.core.votes import VoteTable


def placed(rows, hidden=()):
    votes = VoteTable.from_rows(rows)
    return placement.place(placement.sparse(votes), np.array([one not in hidden for one in votes.statements]))


def drawn(people, statements, seed=0):
    draw = np.random.default_rng(seed)
    camp = np.where(np.arange(people) % 2, 1, -1)
    side = draw.choice([-1, 1], statements)
    return [
        (p, s, int(camp[p] * side[s]) if draw.random() < 0.7 else int(draw.choice([-1, 0, 1])))
        for p in range(people)
        for s in range(statements)
        if draw.random() < 0.4
    ]


def test_a_pass_is_a_vote_and_a_gap_is_none():
    table = placement.sparse(VoteTable.from_rows([(1, 1, 0), (2, 2, 1)]))
    assert table.nnz == 2 and table.toarray().tolist() == [[0, 0], [0, 1]]


def test_sparse_axes_are_those_of_the_dense_table():
    """The mean-filled, centred table has the same leading singular vectors; 200 statements take the iterative way."""
    rows = drawn(150, 200)
    found = placed(rows)
    matrix = VoteTable.from_rows(rows).matrix().astype(np.float64)
    filled = np.where(np.isnan(matrix), np.nanmean(matrix, axis=0), matrix)
    filled -= np.nanmean(matrix, axis=0)
    _, values, vectors = np.linalg.svd(filled, full_matrices=False)
    assert np.abs((found.axes * vectors[:2].T).sum(axis=0)) == pytest.approx([1, 1], abs=1e-6)
    assert found.variance == pytest.approx(tuple((values[:2] ** 2 / (values**2).sum()).tolist()))


def test_hidden_statements_pull_nobody_and_count_as_met():
    rows = [(0, 0, 1), (1, 0, -1), (0, 1, 1), (1, 1, -1)]
    found = placed(rows, hidden={1})
    assert found.axes[:, 0].tolist() == [1, 0]
    assert found.positions[:, 0].tolist() == [1, -1]  # sqrt(2 / 2): moved nowhere


def test_the_spread_of_a_place_is_that_of_drawing_statements():
    """One person, pulls +1, +1, -1 on 3 of 4 statements of equal weight a: their variance is 4/3 a^2, so that the sum
    of three of four varies by 3 * 4/3 a^2 * (1 - 3/4), stretched by 4 / 3.
    """
    table = placement.sparse(VoteTable.from_rows([(0, 0, 1), (0, 1, 1), (0, 2, -1)], statements=range(4)))
    axes = np.zeros((4, 2))
    axes[:, 0] = 0.5
    spread = placement._spread(table, axes, np.array([(4 / 3) ** 0.5]))
    assert spread[0].tolist() == pytest.approx([3 * (4 / 3) * 0.25 * 0.25 * (4 / 3), 0, 0])


def test_one_vote_has_no_spread_and_no_vote_no_place():
    found = placement.place(
        placement.sparse(VoteTable.from_rows([(0, 0, 1), (1, 0, -1), (1, 1, 1)], participants=[2])), np.ones(2, bool)
    )
    assert np.isnan(found.spread[0]).all() and np.isfinite(found.spread[1]).all()
    assert np.isnan(found.positions[2]).all() and found.counts.tolist() == [1, 2, 0]


@pytest.mark.parametrize("hidden", [(), (3, 7)])
def test_one_person_is_placed_where_the_whole_map_has_them(hidden):
    rows = drawn(60, 20)
    votes = VoteTable.from_rows(rows)
    found = find_groups(votes, moderated_out=hidden)
    cast = {person: {s: value for p, s, value in rows if p == person} for person in votes.participants}
    for position, person in enumerate(votes.participants):
        place = placement.place_one(cast[person], found.pulls, statements=len(votes.statements))
        assert place == pytest.approx(tuple(found.placements[position]), abs=1e-9)


def test_somebody_who_voted_on_nothing_that_is_shown_has_no_place():
    assert placement.place_one({99: 1}, {1: (0.0, 1.0, 0.0)}, statements=1) is None
    assert placement.place_one({}, {}, statements=0) is None

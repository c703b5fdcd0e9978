import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.core.votes import VoteTable


def cells(votes):
    return {
        (votes.participants[r], votes.statements[c]): int(v)
        for r, c, v in zip(votes.rows, votes.columns, votes.values, strict=True)
    }


def test_the_last_vote_of_a_pair_counts():
    votes = VoteTable.from_rows([(7, 1, 1), (3, 1, -1), (7, 1, 0)])
    assert votes.participants == (3, 7) and len(votes) == 2
    assert votes.matrix().tolist() == [[-1.0], [0.0]]


def test_with_times_the_latest_vote_counts_whatever_the_order():
    columns = ([7, 7, 3], [1, 1, 1], [1, -1, 0])
    assert cells(VoteTable.from_arrays(*columns, cast_at=[20, 10, 5])) == {(7, 1): 1, (3, 1): 0}
    assert cells(VoteTable.from_arrays(*columns)) == {(7, 1): -1, (3, 1): 0}


def test_columns_of_numbers_and_of_names_give_the_same_table():
    numbers = VoteTable.from_arrays(np.array([10, 9, 10]), np.array([2, 2, 1]), np.array([1, 0, -1]))
    names = VoteTable.from_arrays(["p10", "p09", "p10"], np.array(["b", "b", "a"]), [1.0, 0.0, -1.0])
    assert numbers.participants == (9, 10) and names.participants == ("p09", "p10")
    assert numbers.rows.tolist() == names.rows.tolist() and numbers.values.tolist() == names.values.tolist()
    assert type(numbers.participants[0]) is int and type(names.statements[0]) is str


def test_statements_nobody_voted_on_keep_their_place():
    votes = VoteTable.from_rows([(1, "b", 1)], statements=["a", "b"], participants=[5])
    assert votes.statements == ("a", "b") and votes.participants == (1, 5)
    assert np.isnan(votes.matrix()[0, 0]) and np.isnan(votes.matrix()[1]).all()


def test_ids_of_mixed_kinds_have_an_order():
    assert VoteTable.from_rows([("x", 1, 1), (2, 1, 1), (1, 1, 0)]).participants == (1, 2, "x")


def test_no_votes_are_an_empty_table():
    votes = VoteTable.from_rows([])
    assert len(votes) == 0 and votes.participants == () and votes.matrix().shape == (0, 0)


@pytest.mark.parametrize("value", [2, -2, 0.5, float("nan"), None, "1"])
def test_what_is_not_a_vote_is_refused(value):
    with pytest.raises(ValueError, match="a vote is"):
        VoteTable.from_rows([(1, 1, 1), (1, 2, value)])


@pytest.mark.parametrize(
    ("columns", "times"), [(([1, 2], [1], [1, 1]), None), (([1], [1], [1]), [1, 2]), (([1], [1], [1]), [float("nan")])]
)
def test_columns_that_do_not_fit_are_refused(columns, times):
    with pytest.raises(ValueError, match="equally long|not finite"):
        VoteTable.from_arrays(*columns, cast_at=times)


@given(st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc"), st.sampled_from([-1, 0, 1]))))
def test_a_table_says_what_the_last_votes_say(rows):
    votes = VoteTable.from_rows(rows)
    assert cells(votes) == {(p, s): v for p, s, v in rows}
    places = list(zip(votes.rows.tolist(), votes.columns.tolist(), strict=True))
    assert places == sorted(set(places))

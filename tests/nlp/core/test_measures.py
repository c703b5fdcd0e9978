import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score, precision_recall_fscore_support

from nlp.core import measures

LABELS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=40)


@settings(max_examples=40, deadline=None)
@given(LABELS)
def test_scores_are_those_of_scikit_learn(pairs):
    truth, guess = np.array(pairs).T
    macro = f1_score(truth, guess, labels=[0, 1, 2], average="macro", zero_division=0)
    assert measures.macro_f1(truth, guess, rounds=2).value == pytest.approx(macro)
    assert measures.accuracy(truth, guess, rounds=2).value == pytest.approx(accuracy_score(truth, guess))
    exact = precision_recall_fscore_support(truth, guess, labels=[0, 1, 2], zero_division=0)
    ours = [(one.precision, one.recall, one.f1, one.support) for one in measures.class_scores(truth, guess, 3)]
    assert np.allclose(ours, np.array(exact).T)


def test_three_of_four_counted_by_hand():
    truth, guess = np.array([0, 0, 2, 2]), np.array([0, 2, 2, 2])
    assert measures.confusion(truth, guess, 3).tolist() == [[1, 0, 1], [0, 0, 0], [0, 0, 2]]
    found = measures.macro_f1(truth, guess)
    assert found.value == pytest.approx((2 / 3 + 0 + 4 / 5) / 3)
    assert found.interval.low <= found.value <= found.interval.high


def test_an_interval_narrows_with_more_people_and_repeats_with_its_seed():
    few, many = np.tile([0, 1, 1], 10), np.tile([0, 1, 1], 400)
    small = measures.accuracy(few, np.ones(30, int), seed=4)
    large = measures.accuracy(many, np.ones(1200, int), seed=4)
    assert small == measures.accuracy(few, np.ones(30, int), seed=4)
    assert large.interval.high - large.interval.low < (small.interval.high - small.interval.low) / 4
    assert large.interval.low < 2 / 3 < large.interval.high


def test_subsamples_tell_about_as_much_doubt_as_a_bootstrap():
    hits = np.random.default_rng(0).random(500) < 0.7
    score = lambda rows: float(hits[rows].mean())  # noqa: E731
    boot, sub = measures.bootstrap(score, 500), measures.subsampled(score, 500, rounds=1000)
    assert sub.value == boot.value
    wide = boot.interval.high - boot.interval.low
    assert sub.interval.high - sub.interval.low == pytest.approx(wide, rel=0.2)


def test_calibration_of_guesses_that_claim_too_much():
    sure = np.tile([0.1, 0.9], (10, 1))
    assert measures.calibration_error(sure, np.array([1] * 9 + [0])) == pytest.approx(0.0)
    assert measures.calibration_error(sure, np.array([1] * 5 + [0] * 5)) == pytest.approx(0.4)


def test_neighbours_vote_without_the_row_itself():
    rows = np.array([[1, 0], [1, 0.1], [0.1, 1], [0, 1], [0.02, 1]], dtype=np.float32)
    assert measures.neighbour_hits(rows, np.array([0, 0, 1, 1, 1]), k=1).all()
    assert measures.neighbour_hits(rows, np.array([0, 0, 1, 1, 2]), k=1).tolist() == [True, True, False, False, False]
    assert not measures.neighbour_hits(rows[:1], np.array([0])).any()


def test_translations_of_one_opinion_are_not_its_neighbours():
    rows = np.array([[1, 0], [1, 0.01], [0, 1], [0.01, 1]])
    truth, twins = np.array([0, 0, 1, 1]), np.array([0, 0, 1, 1])
    assert measures.neighbour_hits(rows, truth, k=1).all()
    assert not measures.neighbour_hits(rows, truth, k=1, twins=twins).any()


def test_neighbours_are_the_same_in_blocks(monkeypatch):
    rows = np.random.default_rng(3).standard_normal((50, 5))
    truth = np.arange(50) % 4
    whole = measures.neighbour_hits(rows, truth)
    monkeypatch.setattr(measures, "BLOCK", 7)
    assert np.array_equal(measures.neighbour_hits(rows, truth), whole)


def test_a_twin_is_found_first_unless_another_is_as_near():
    pool = np.eye(3)
    assert measures.retrieval_ranks(pool, pool).tolist() == [0, 0, 0]
    assert measures.retrieval_ranks(np.ones((3, 3)), pool).tolist() == [2, 2, 2]
    assert measures.retrieved(np.array([0, 4, 9]), at=5).value == pytest.approx(2 / 3)


def test_removing_the_mean_undoes_what_every_row_shares():
    rows = np.eye(4) + np.array([9.0, 0, 0, 0])
    assert measures.retrieval_ranks(measures.centred(rows), measures.centred(np.eye(4))).tolist() == [0, 0, 0, 0]


def test_the_same_division_under_other_names_agrees_fully():
    truth, found = np.array([0, 0, 1, 1, 2, 2]), measures.codes(["b", "b", "c", "c", "a", "a"])
    assert measures.adjusted_rand(truth, found) == measures.v_measure(truth, found) == 1.0
    assert measures.adjusted_information(truth, np.zeros(6, int)) == pytest.approx(0.0)


def test_no_rows_give_no_figures():
    nobody = measures.accuracy(np.zeros(0, int), np.zeros(0, int))
    assert nobody.value == 0 and np.isnan(nobody.interval.low)
    assert measures.calibration_error(np.zeros((0, 3)), np.zeros(0, int)) == 0

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.core import comparisons


def test_the_example_of_newcombe_1998():
    found = comparisons.shares("x", 56, 70, 48, 80)
    assert found.difference == pytest.approx(0.2)
    assert (found.interval.low, found.interval.high) == pytest.approx((0.0524, 0.3339), abs=1e-4)


def test_wilson_at_the_edges():
    assert comparisons.wilson(0, 10).interval.low == 0 and comparisons.wilson(10, 10).interval.high == 1
    assert comparisons.wilson(0, 10).interval.high == pytest.approx(0.2775, abs=1e-4)
    assert np.isnan(comparisons.wilson(0, 0).value)
    with pytest.raises(ValueError, match="5 of 3"):
        comparisons.wilson(5, 3)


def test_welch_against_scipy():
    from scipy.stats import ttest_ind

    generator = np.random.default_rng(0)
    a, b = generator.normal(0.2, 0.4, 30), generator.normal(-0.1, 0.8, 12)
    found, known = comparisons.means("tone", a, b), ttest_ind(a, b, equal_var=False)
    assert found.p == pytest.approx(known.pvalue)
    assert found.interval.low == pytest.approx(known.confidence_interval().low)


def test_small_cells_are_not_told():
    assert not comparisons.shares("x", 2, 40, 10, 40).told
    assert not comparisons.shares("x", 39, 40, 10, 40).told
    assert comparisons.shares("x", 0, 40, 10, 40).told
    assert comparisons.shares("x", 2, 40, 10, 40, least=2).told
    untold = comparisons.means("x", [0.1, 0.2], [0.1] * 9)
    assert not untold.told and np.isnan(untold.difference) and not untold.is_clear


def test_people_are_compared_not_posts():
    labels = np.array([0] * 30 + [1] * 5 + [0] * 5 + [1] * 5)
    people = ["loud"] * 30 + list("abcde") + list("fghij") + list("klmno")
    before = np.array([True] * 35 + [False] * 10)
    first, second = comparisons.topics(labels, people, before, ~before, least=1)
    assert (first.a, first.b) == pytest.approx((1 / 6, 1 / 2))
    assert (first.people_a, first.people_b) == (6, 10) and second.a == pytest.approx(5 / 6)


def test_tone_is_one_value_per_person():
    values = np.array([1.0, -1.0, np.nan, 0.5, np.nan])
    assert comparisons.by_person(values, ["a", "a", "a", "b", "c"], np.arange(5)).tolist() == [0.0, 0.5]


def test_sentiments_are_compared_by_name_and_posts_without_one_are_left_out():
    sides = ["negative"] * 4 + ["positive"] * 4 + ["", ""]
    in_a = np.array([True] * 4 + [False] * 5 + [True])
    found = comparisons.sentiments(sides, range(10), in_a, ~in_a)
    assert [(one.subject, one.a, one.b) for one in found] == [("negative", 1, 0), ("positive", 0, 1)]
    assert found[0].people_a == 4 and found[0].is_clear


def test_the_table_hides_what_could_be_recognised():
    labels, people = np.array([0, 0, 0, 1, 1, 0, 0, 0]), list("abcdefgh")
    old = np.array([True] * 5 + [False] * 3)
    cells = comparisons.table(labels, people, {"old": old, "young": ~old})
    assert cells[0, "old"] is None and cells[1, "old"] is None
    assert cells[0, "young"].value == 1 and cells[1, "young"].count == 0


def test_many_comparisons_are_corrected():
    made = [
        comparisons.Difference(i, 0, 0, 0, comparisons.Interval(0, 0), p, p, 9, 9)
        for i, p in enumerate((0.01, 0.04, 0.03))
    ]
    untold = comparisons.shares("small", 1, 9, 1, 9)
    q = [one.q for one in comparisons.corrected([*made, untold])]
    assert q[:3] == pytest.approx([0.03, 0.04, 0.04]) and np.isnan(q[3])


@given(st.integers(3, 60), st.integers(3, 60), st.data())
def test_turning_the_sides_turns_the_sign(people_a, people_b, data):
    count_a, count_b = data.draw(st.integers(0, people_a)), data.draw(st.integers(0, people_b))
    one = comparisons.shares("x", count_a, people_a, count_b, people_b, least=1)
    two = comparisons.shares("x", count_b, people_b, count_a, people_a, least=1)
    assert one.difference == pytest.approx(-two.difference) and one.p == pytest.approx(two.p)
    assert one.interval.low == pytest.approx(-two.interval.high, abs=1e-9)
    assert -1 <= one.interval.low <= one.difference <= one.interval.high <= 1

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.core import significance


def test_a_tea_tasting():
    """Fisher's lady names 3 of 4 cups: 16 of 70 ways are as good and 1 is better, so that the mid-p tail is
    (1 + 16 / 2) / 70, doubled.
    """
    assert float(significance.differs(3, 4, 1, 4)) == pytest.approx(2 * 9 / 70)


def test_five_of_five_against_one_half():
    assert float(significance.more_than_half(5, 5)) == pytest.approx(0.5**5 / 2)
    assert float(significance.more_than_half(0, 2)) == pytest.approx(1 - 0.25 / 2)
    assert float(significance.more_than_half(0, 0)) == 1


def test_the_score_interval_of_nothing_out_of_ten():
    # Wilson 1927: the upper bound is z^2 / (n + z^2)
    low, high = significance.wilson(0, 10)
    assert float(low) == 0 and float(high) == pytest.approx(1.959964**2 / (10 + 1.959964**2))
    assert [float(bound) for bound in significance.wilson(0, 0)] == [0, 1]


def test_newcombes_own_example():
    # Newcombe 1998, table II, method 10: 56/70 against 48/80 is 0.2 (0.0524, 0.3339)
    apart, low, high = significance.newcombe(56, 70, 48, 80)
    assert (float(apart), float(low), float(high)) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert np.isnan(significance.newcombe(1, 2, 0, 0)[0])


def test_benjamini_and_hochberg_by_hand():
    assert significance.adjusted(np.array([0.01, 0.04, 0.03, 0.5])) == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])
    assert len(significance.adjusted(np.array([]))) == 0


def test_shares_without_votes_or_without_difference_are_no_finding():
    assert significance.differs([0, 5, 0], [0, 5, 9], [3, 5, 0], [4, 5, 9]).tolist() == [1, 1, 1]


counts = st.tuples(st.integers(0, 30), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))


@given(counts)
@settings(max_examples=60, deadline=None)
def test_the_order_of_groups_and_the_side_do_not_matter(cells):
    a, rest, b, other_rest = cells
    p = float(significance.differs(a, a + rest, b, b + other_rest))
    assert 0 <= p <= 1
    assert p == pytest.approx(float(significance.differs(b, b + other_rest, a, a + rest)))
    assert p == pytest.approx(float(significance.differs(rest, a + rest, other_rest, b + other_rest)))


def test_exact_and_large_sample_tests_meet():
    exact = [float(significance.differs(3, n, 12, n)) for n in (59, 61)]
    generator = np.random.default_rng(0)
    a, b = generator.binomial(14, 0.3, 4000), generator.binomial(60, 0.3, 4000)
    rejected = float((significance.differs(a, np.full(4000, 14), b, np.full(4000, 60)) <= 0.05).mean())
    assert exact[0] == pytest.approx(exact[1], rel=0.2) and 0.03 < rejected < 0.065

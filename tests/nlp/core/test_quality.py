import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from nlp.core import quality
from nlp.core.records import LEFT_OVER
from nlp.core.vectors import unit_rows

labels = st.lists(st.tuples(st.integers(-1, 4), st.integers(-1, 4)), min_size=2, max_size=40)


@settings(max_examples=100, deadline=None)
@given(pairs=labels)
def test_agreement_is_the_adjusted_rand_index(pairs):
    left, right = np.array(pairs).T
    assert quality.agreement(left, right) == pytest.approx(adjusted_rand_score(left, right), abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(pairs=labels, names=st.permutations(range(6)))
def test_agreement_does_not_ask_what_topics_are_called(pairs, names):
    left, right = np.array(pairs).T
    assert quality.agreement(left, np.array(names)[right + 1]) == pytest.approx(quality.agreement(left, right))


def test_fewer_than_two_things_always_agree():
    assert quality.agreement(np.zeros(0), np.zeros(0)) == 1.0 == quality.agreement(np.zeros(1), np.ones(1))


def camps(spread=0.05):
    generator = np.random.default_rng(1)
    truth = np.repeat([0, 1], 10)
    return unit_rows(np.eye(4)[truth] + spread * generator.normal(size=(20, 4))), truth


def test_a_clear_division_has_clear_figures():
    vectors, truth = camps()
    centres = quality.centroids(vectors, truth, 2)
    for figures in quality.topic_figures(vectors, truth, centres):
        assert figures["coherence"] > 0.95 and figures["separation"] > 0.8 and figures["silhouette"] > 0.8
    assert quality.low_confidence(vectors, truth, centres) == 0


def test_who_stands_nearer_to_another_topic_or_nowhere_is_counted_as_unsure():
    vectors, truth = camps()
    told = truth.copy()
    told[0], told[19] = 1, LEFT_OVER
    centres = quality.centroids(vectors, told, 2)
    assert quality.low_confidence(vectors, told, centres) == pytest.approx(2 / 20)


def test_one_topic_leaves_nobody_unsure_and_none_everybody():
    vectors, _truth = camps()
    one = np.zeros(20, dtype=np.int64)
    assert quality.low_confidence(vectors, one, quality.centroids(vectors, one, 1)) == 0
    nowhere = np.full(20, LEFT_OVER)
    assert quality.low_confidence(vectors, nowhere, np.zeros((0, 4), dtype=np.float32)) == 1
    empty = np.zeros((0, 4), dtype=np.float32)
    assert quality.low_confidence(empty, np.zeros(0, dtype=np.int64), empty) == 0

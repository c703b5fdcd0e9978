import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score, silhouette_score

from nlp.core import division, placement
from nlp.core.votes import VoteTable


def centred(rows):
    votes = VoteTable.from_rows(rows)
    return placement.centre(placement.sparse(votes), np.ones(len(votes.statements), dtype=bool))


def blobs(centres, each=30, spread=0.2, seed=0):
    draw = np.random.default_rng(seed)
    return np.concatenate([np.array(centre) + draw.normal(0, spread, (each, 2)) for centre in centres])


def test_the_rand_index_is_that_of_the_book():
    draw = np.random.default_rng(0)
    first, second = draw.integers(0, 3, 200), draw.integers(0, 4, 200)
    assert division.rand_index(first, second) == pytest.approx(adjusted_rand_score(first, second))
    assert division.rand_index(first, (first + 1) % 3) == 1
    assert division.rand_index(np.zeros(5, dtype=int), np.zeros(5, dtype=int)) == 1


def test_many_sets_are_clustered_at_once_and_weights_pull():
    points = np.array([[[0, 0], [1, 0], [10, 0], [11, 0]]] * 2, dtype=float)
    weights = np.array([[1, 1, 1, 1], [1, 3, 1, 1]], dtype=float)
    labels, centres = division.cluster(points, weights, 2, np.random.default_rng(0), 4)
    assert (labels[:, 0] == labels[:, 1]).all() and (labels[:, 0] != labels[:, 2]).all()
    assert sorted(centres[0, :, 0]) == [0.5, 10.5] and sorted(centres[1, :, 0]) == [0.75, 10.5]


def test_who_is_not_in_a_sample_pulls_nobody():
    points = np.array([[[0, 0], [1, 0], [10, 0], [99, 0]]], dtype=float)
    _, centres = division.cluster(points, np.array([[1.0, 1, 1, 0]]), 2, np.random.default_rng(0), 4)
    assert sorted(centres[0, :, 0]) == [0.5, 10]


def test_silhouettes_are_those_of_the_book():
    places = blobs([(0, 0), (3, 0)])
    found = division.part(places, np.ones(60), divided=True, p=0.0, max_groups=4, seed=0)
    assert found.counts[0].silhouette == pytest.approx(silhouette_score(places, found.labels))


def test_a_larger_number_must_beat_the_noise():
    three = division.part(blobs([(0, 0), (3, 0), (1.5, 3)]), np.ones(90), divided=True, p=0.0, max_groups=5, seed=0)
    assert len(set(three.labels.tolist())) == 3 and [one.accepted for one in three.counts[:3]] == [True, True, False]
    one = division.part(blobs([(0, 0)], each=90), np.ones(90), divided=True, p=0.0, max_groups=5, seed=0)
    assert len(set(one.labels.tolist())) == 2  # that there is a division at all is not this function's question


def test_without_a_division_there_is_one_group_whatever_the_silhouettes_say():
    found = division.part(blobs([(0, 0), (5, 0)]), np.ones(60), divided=False, p=0.4, max_groups=5, seed=0)
    assert set(found.labels.tolist()) == {0} and found.counts[0].p == 0.4 and found.counts[0].silhouette > 0.8


def test_one_statement_divides_when_both_sides_have_company():
    sides = [(person, 1, 1 if person < 2 else -1) for person in range(9)]
    assert division.hang_together(centred(sides), [])[0]
    assert not division.hang_together(centred([*sides[1:], (0, 1, -1)]), [])[0]


def test_whims_hang_together_no_more_than_five_times_in_a_hundred():
    found = 0
    for seed in range(60):
        draw = np.random.default_rng(seed)
        rows = [(p, s, int(draw.choice([-1, 0, 1]))) for p in range(40) for s in range(15) if draw.random() < 0.5]
        table = centred(rows)
        found += division.hang_together(table, division.split(table, seed))[0]
    assert found <= 6  # 60 draws at 5 %: more than 6 happen 3 times in 100

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.core import layout, quality


def crowd(sizes=(60, 40, 30), dim=16, seed=1, spread=0.15):
    """Unit rows around one direction per topic; the first two topics are alike, the third is not."""
    generator = np.random.default_rng(seed)
    directions = np.eye(len(sizes), dim)
    directions[1] = 0.8 * directions[0] + 0.6 * directions[1]
    labels = np.repeat(np.arange(len(sizes)), sizes)
    rows = directions[labels] + spread * generator.standard_normal((len(labels), dim))
    rows = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return rows, labels, quality.centroids(rows, labels, len(sizes))


def test_members_stand_around_their_topic_and_discs_do_not_overlap():
    rows, labels, centroids = crowd()
    places = layout.place(rows, labels, centroids)
    assert places.shape == (130, 2) and places.dtype == np.float32
    middles = np.array([places[labels == t].mean(axis=0) for t in range(3)])
    nearest = np.linalg.norm(places[:, None] - middles[None], axis=2).argmin(axis=1)
    assert (nearest == labels).mean() > 0.95


def test_like_topics_are_neighbours():
    rows, labels, centroids = crowd()
    places = layout.place(rows, labels, centroids)
    middles = np.array([places[labels == t].mean(axis=0) for t in range(3)])
    alike = np.linalg.norm(middles[0] - middles[1])
    assert alike < np.linalg.norm(middles[0] - middles[2]) and alike < np.linalg.norm(middles[1] - middles[2])


def test_the_most_typical_opinion_stands_in_the_middle():
    rows, labels, centroids = crowd()
    places = layout.place(rows, labels, centroids)
    mine = np.flatnonzero(labels == 0)
    typical = mine[np.argmax(rows[mine] @ centroids[0])]
    away = np.linalg.norm(places[mine] - places[mine].mean(axis=0), axis=1)
    assert np.linalg.norm(places[typical] - places[mine].mean(axis=0)) < np.quantile(away, 0.25)


def test_what_is_left_over_stands_near_what_it_resembles():
    rows, labels, centroids = crowd()
    labels = labels.copy()
    labels[129] = -1
    places = layout.place(rows, labels, centroids)
    middles = np.array([places[labels == t].mean(axis=0) for t in range(3)])
    assert np.linalg.norm(places[129] - middles, axis=1).argmin() == 2


def test_an_unread_opinion_has_no_place_and_moves_nobody():
    rows, labels, centroids = crowd()
    before = layout.place(rows, labels, centroids)
    after = layout.place(np.vstack([rows, np.zeros((1, 16), np.float32)]), np.append(labels, -1), centroids)
    assert np.isnan(after[-1]).all() and np.array_equal(before, after[:-1])


def test_the_map_is_the_same_every_time():
    rows, labels, centroids = crowd()
    assert layout.place(rows, labels, centroids, 7).tobytes() == layout.place(rows, labels, centroids, 7).tobytes()


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(30)))
def test_the_order_of_opinions_does_not_matter(order):
    rows, labels, centroids = crowd((14, 10, 6))
    places = layout.place(rows, labels, centroids)
    assert np.abs(layout.place(rows[order], labels[order], centroids) - places[order]).max() < 2e-3


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_a_handful_of_opinions_without_topics_is_placed_too(count):
    rows = crowd()[0][:count]
    places = layout.place(rows, np.full(count, -1), np.zeros((0, 16), np.float32))
    assert np.isfinite(places).all() and np.abs(places).max() <= 1


def test_no_opinions_and_equal_opinions():
    assert layout.place(np.zeros((0, 4)), np.zeros(0, int), np.zeros((0, 4))).shape == (0, 2)
    same = np.full((5, 4), 0.5, np.float32)
    assert np.unique(layout.place(same, np.zeros(5, int), same[:1]), axis=0).shape == (1, 2)


def test_equal_topics_are_still_told_apart():
    rows = np.full((20, 4), 0.5, np.float32)
    labels = np.repeat([0, 1], 10)
    places = layout.place(rows, labels, rows[:2])
    assert np.linalg.norm(places[0] - places[10]) > 0.5

import numpy as np
import pytest

from nlp.core import quality, topics
from nlp.core.encoders import unit_rows
from nlp.core.records import LEFT_OVER


def blobs(sizes, *, dim=24, spread=0.12, seed=0):
    """Unit rows around as many random directions as there are sizes, and which direction each belongs to."""
    generator = np.random.default_rng(seed)
    centres = unit_rows(generator.normal(size=(len(sizes), dim)))
    truth = np.repeat(np.arange(len(sizes)), sizes)
    return unit_rows(centres[truth] + spread * generator.normal(size=(len(truth), dim))), truth


def test_clear_topics_are_found_without_being_counted():
    vectors, truth = blobs([60, 50, 40, 30, 20])
    found = topics.find_topics(vectors)
    assert len(found.centroids) == 5
    assert quality.agreement(truth, found.labels) > 0.95
    assert np.bincount(found.labels).tolist() == sorted(np.bincount(found.labels), reverse=True)


def test_the_same_seed_gives_the_same_topics():
    vectors, _ = blobs([30, 30, 30], spread=0.3)
    first, second = topics.find_topics(vectors, seed=4), topics.find_topics(vectors, seed=4)
    assert first.labels.tobytes() == second.labels.tobytes()
    assert first.centroids.tobytes() == second.centroids.tobytes()


def test_the_order_of_rows_does_not_change_what_belongs_together():
    vectors, _ = blobs([30, 25, 20])
    order = np.random.default_rng(1).permutation(len(vectors))
    assert quality.agreement(topics.find_topics(vectors).labels[order], topics.find_topics(vectors[order]).labels) == 1


@pytest.mark.parametrize("count", [1, 2, 7])
def test_a_handful_of_opinions_is_one_topic(count):
    vectors, _ = blobs([count])
    found = topics.find_topics(vectors)
    assert set(found.labels.tolist()) == {0} and len(found.centroids) == 1


def test_no_opinions_give_no_topics():
    assert len(topics.find_topics(np.zeros((0, 8), dtype=np.float32)).centroids) == 0


def test_identical_opinions_are_not_parted():
    vectors = unit_rows(np.ones((40, 8)))
    assert len(topics.find_topics(vectors).centroids) == 1


def test_noise_is_not_parted():
    vectors = unit_rows(np.random.default_rng(2).normal(size=(30, 200)) + 3)
    assert len(topics.find_topics(vectors).centroids) == 1


def test_topics_below_the_least_size_are_dissolved():
    vectors, _ = blobs([40, 40, 3])
    found = topics.find_topics(vectors, min_topic=10)
    sizes = np.bincount(found.labels[found.labels != LEFT_OVER])
    assert (sizes >= 10).all()


def test_a_new_opinion_finds_its_topic_and_a_stranger_none():
    vectors, truth = blobs([40, 40, 40])
    found = topics.find_topics(vectors)
    where, cosine = topics.place(vectors[:5], found.centroids, found.threshold)
    assert set(where.tolist()) == {int(found.labels[0])} and (cosine > found.threshold).all()
    strangers = np.vstack([-vectors[:1], np.zeros((1, vectors.shape[1]), dtype=np.float32)])
    assert topics.place(strangers, found.centroids, found.threshold)[0].tolist() == [LEFT_OVER, LEFT_OVER]


def test_placing_among_no_topics_leaves_everything_over():
    where, _ = topics.place(np.ones((2, 3), dtype=np.float32), np.zeros((0, 3), dtype=np.float32))
    assert where.tolist() == [LEFT_OVER, LEFT_OVER]


def test_a_topic_keeps_its_number_when_most_members_stay():
    previous = {1: {"a", "b", "c", "d"}, 2: {"e", "f", "g"}}
    assert topics.match(previous, [{"e", "f", "g", "new"}, {"a", "b", "c", "other"}, {"x", "y"}]) == [2, 1, 3]


def test_new_opinions_do_not_weaken_a_match():
    assert topics.match({4: {1, 2}}, [{1, 2, *range(100, 200)}]) == [4]


def test_numbers_of_retired_topics_are_not_given_again():
    assert topics.match({1: {"a", "b"}, 9: set()}, [{"z"}, {"a", "b"}]) == [10, 1]


def test_a_first_run_counts_from_one():
    assert topics.match({}, [{"a"}, {"b"}]) == [1, 2]

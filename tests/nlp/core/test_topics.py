import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.core import quality, topics
from nlp.core.records import LEFT_OVER
from nlp.core.vectors import unit_rows


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


MIXED, _TRUTH = blobs([30, 25, 20, 15], spread=0.25)


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(len(MIXED))))
def test_the_order_of_rows_plays_no_part(order):
    here, mixed = topics.find_topics(MIXED), topics.find_topics(MIXED[order])
    assert mixed.labels.tolist() == here.labels[order].tolist()
    assert mixed.sublabels.tolist() == here.sublabels[order].tolist()
    np.testing.assert_allclose(mixed.centroids, here.centroids, atol=1e-6)


@settings(max_examples=5, deadline=None)
@given(repeated=st.lists(st.integers(0, len(MIXED) - 1), min_size=1, max_size=5, unique=True))
def test_who_says_the_same_stands_together(repeated):
    found = topics.find_topics(np.vstack([MIXED, MIXED[repeated]]))
    assert found.labels[len(MIXED) :].tolist() == found.labels[repeated].tolist()
    assert found.labels[: len(MIXED)].tolist() == topics.find_topics(MIXED).labels.tolist()


def test_another_seed_gives_nearly_the_same_topics():
    runs = [topics.find_topics(MIXED, seed=seed).labels for seed in range(4)]
    assert min(quality.agreement(runs[0], other) for other in runs[1:]) > 0.9


def test_how_far_a_seed_decides_is_told():
    clear, _ = blobs([60, 50, 40])
    blurred, _ = blobs([60, 50, 40], spread=0.45)
    assert topics.find_topics(clear).seeds == 1
    assert topics.find_topics(blurred, resolution=1.5).seeds < 0.9


def test_what_was_not_parted_by_chance_does_not_tell_of_seeds():
    vectors, _ = blobs([60, 50, 40])
    assert np.isnan(topics.find_topics(vectors, k=3).seeds) and np.isnan(topics.find_topics(vectors[:5]).seeds)


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


@pytest.mark.parametrize("count", [10, 30, 200, 1500])
@pytest.mark.parametrize("shape", ["sphere", "blob", "stretched"])
def test_noise_is_not_parted(count, shape):
    rows = np.random.default_rng(count).normal(size=(count, 128))
    if shape == "blob":
        rows += 2
    if shape == "stretched":
        rows *= np.arange(1, 129) ** -0.5
    found = topics.find_topics(unit_rows(rows))
    assert len(found.centroids) == 1 and found.resolution == 0.0 and set(found.sublabels.tolist()) == {LEFT_OVER}


def test_few_opinions_of_clear_subjects_are_parted_all_the_same():
    vectors, truth = blobs([8, 8, 8])
    assert quality.agreement(topics.find_topics(vectors).labels, truth) == 1


def nested(parts_of, *, each=40, dim=48, seed=3):
    """Topics of which some have parts: how many parts each has, opinions, topic and part of each."""
    generator = np.random.default_rng(seed)
    topic = np.repeat(np.repeat(np.arange(len(parts_of)), parts_of), each)
    part = np.repeat(np.arange(sum(parts_of)), each)
    centres = unit_rows(generator.normal(size=(len(parts_of), dim)))[topic]
    inner = unit_rows(generator.normal(size=(sum(parts_of), dim)))[part]
    return unit_rows(centres + 0.4 * inner + 0.12 * generator.normal(size=(len(topic), dim))), topic, part


def test_a_topic_of_several_things_has_parts_and_a_simple_one_has_none():
    vectors, topic, part = nested([1, 2, 3])
    found = topics.find_topics(vectors, resolution=0.3)
    assert quality.agreement(found.labels, topic) == 1
    inside = found.sublabels != LEFT_OVER
    assert quality.agreement(found.sublabels[inside], part[inside]) > 0.9
    assert set(topic[~inside].tolist()) == {0}
    assert found.parents[found.sublabels[inside]].tolist() == found.labels[inside].tolist()
    assert found.subcentroids.shape == (5, vectors.shape[1]) == (len(found.parents), vectors.shape[1])


def test_parts_are_left_out_when_one_level_is_asked():
    vectors, _topic, _part = nested([1, 2, 3])
    found = topics.find_topics(vectors, levels=1)
    assert len(found.parents) == 0 and set(found.sublabels.tolist()) == {LEFT_OVER}


@pytest.mark.parametrize("k", [1, 2, 5, 7])
def test_people_who_insist_get_the_number_of_topics_they_ask_for(k):
    vectors, truth = blobs([60, 50, 40, 30, 20])
    found = topics.find_topics(vectors, k=k)
    assert len(found.centroids) == k == len(set(found.labels.tolist())) and LEFT_OVER not in found.labels
    assert k != 5 or quality.agreement(truth, found.labels) > 0.95


def test_no_more_topics_than_opinions_and_no_less_than_one():
    vectors, _truth = blobs([3])
    assert len(topics.find_topics(vectors, k=9).centroids) <= 3
    with pytest.raises(ValueError, match="at least 1, not 0"):
        topics.find_topics(vectors, k=0)


def test_a_large_corpus_is_parted_by_a_sample_and_nobody_is_forgotten(monkeypatch):
    monkeypatch.setattr(topics, "GRAPH", 300)
    monkeypatch.setattr(topics, "SAMPLE", 200)
    vectors, truth = blobs([400, 300, 200, 100])
    found = topics.find_topics(vectors, levels=1)
    assert quality.agreement(truth, found.labels) > 0.98 and (found.labels != LEFT_OVER).mean() >= 0.9


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

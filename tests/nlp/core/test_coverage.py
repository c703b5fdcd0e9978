import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.core import coverage


def town():
    """Ten opinions by eight people on three subjects: six on buses (two by Ann, two by Bo), three on schools, one on
    dogs; within a subject they are alike, between subjects they have nothing in common.
    """
    vectors = np.eye(3, dtype=np.float32)[[0] * 6 + [1] * 3 + [2]]
    people = ["ann", "ann", "bo", "bo", "cy", "di", "ed", "flo", "gil", "hal"]
    return vectors, np.array([0] * 6 + [1] * 3 + [2]), people


def audit(chosen, **options):
    vectors, topics, people = town()
    return coverage.audit(vectors, chosen, topics=topics, people=people, threshold=0.9, **options)


def test_shares_are_those_one_can_count():
    found = audit([0])
    assert found.opinions.value == pytest.approx(6 / 10)
    assert found.people.value == pytest.approx(4 / 8)
    assert found.topics.value == pytest.approx(1 / 3)
    assert found.closeness.value == pytest.approx(6 / 10)
    assert found.represented.tolist() == [True] * 6 + [False] * 4 and found.groups is None


def test_who_is_left_out_is_told_with_typical_words_but_not_single_people():
    found = audit([0])
    buses, schools = found.by_topic[1], found.by_topic[0]
    assert (schools.number, schools.people, schools.represented, schools.spoken) == (1, 3, 0, False)
    assert schools.typical == (6, 7, 8)
    assert (buses.number, buses.people, buses.represented, buses.spoken) == (0, 4, 4, True) and not buses.typical
    assert 2 not in {part.number for part in found.by_topic}
    assert 2 in {part.number for part in audit([0], least=1).by_topic}


def test_groups_are_counted_by_who_wrote_the_quote():
    found = audit([0], groups=np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, -1]))
    assert found.groups.value == pytest.approx(0.5)
    other = next(part for part in found.by_group if part.number == 1)
    assert (other.people, other.represented, other.spoken) == (5, 2, False)


def test_one_subject_three_times_is_worse_than_chance_and_one_of_each_is_better():
    narrow, wide = audit([6, 7, 8]), audit([0, 6, 9])
    assert narrow.people.percentile < 5 and narrow.topics.percentile < 20
    assert wide.people.value == wide.opinions.value == wide.topics.value == 1.0
    assert wide.people.percentile > 70 and wide.people.random < 1
    assert narrow.people.interval.low <= narrow.people.random <= narrow.people.interval.high


def test_random_picks_reach_what_they_must_on_average():
    found = audit([0], draws=2000)
    assert found.opinions.random == pytest.approx((6 * 6 + 3 * 3 + 1) / 100, abs=0.02)
    assert found.topics.random == pytest.approx(1 / 3)


def test_a_summary_is_audited_by_its_sentences_and_inventions_are_counted():
    vectors, topics, people = town()
    sentences = np.array([[0.95, 0.31, 0], [-0.6, -0.6, -0.5]], dtype=np.float32)
    chosen = coverage.match(sentences, vectors, 0.9)
    assert chosen.tolist() == [0, -1]
    found = coverage.audit(vectors, chosen, topics=topics, people=people, sentences=sentences, threshold=0.9)
    assert found.unfounded == 1 and found.people.value == pytest.approx(0.5)


def test_near_means_nearer_than_nineteen_in_twenty_pairs_of_a_topic():
    angles = np.linspace(0, 1, 60)
    vectors = np.column_stack([np.cos(angles), np.sin(angles), np.zeros(60)]).astype(np.float32)
    found = coverage.near_enough(vectors, np.zeros(60, int))
    cosines = (vectors @ vectors.T)[np.triu_indices(60, 1)]
    assert found == pytest.approx(np.quantile(cosines[cosines < coverage.SAME], 0.95), abs=0.005)
    assert coverage.near_enough(vectors[:1], np.zeros(1, int)) == 1.0


def test_the_best_pick_mends_what_a_narrow_one_leaves_out():
    vectors, _, people = town()
    assert coverage.best(vectors, 3, people=people, threshold=0.9) == [0, 6, 9]
    assert coverage.best(vectors, 2, people=people, threshold=0.9, already=[7]) == [0, 9]
    assert coverage.best(vectors, 5, people=["one"] * 10, threshold=0.9) == [0]
    assert coverage.best(vectors, 1, people=people, threshold=0.9, candidates=[8, 9]) == [8]


def test_unread_opinions_are_not_held_against_anybody():
    vectors, topics, people = town()
    more = np.vstack([vectors, np.zeros((5, 3), np.float32)])
    found = coverage.audit(more, [0], topics=np.append(topics, [-1] * 5), people=[*people, *"vwxyz"], threshold=0.9)
    assert found.people.value == pytest.approx(4 / 8)


def test_many_opinions_are_compared_on_a_sample_with_the_same_result(monkeypatch):
    whole = audit([0], draws=500)
    vectors, topics, people = town()
    monkeypatch.setattr(coverage, "BLOCK", 64)
    vectors, topics = np.tile(vectors, (20, 1)), np.tile(topics, 20)
    people = [f"{person} {copy}" for copy in range(20) for person in people]
    monkeypatch.setattr(coverage, "POOL", 100)
    monkeypatch.setattr(coverage, "AUDIENCE", 150)
    found = coverage.audit(vectors, [0], topics=topics, people=people, threshold=0.9, draws=500)
    assert found.people.value == whole.people.value
    assert found.people.random == pytest.approx(whole.people.random, abs=0.06)


@pytest.mark.parametrize("chosen", [[10], [-1], [-2]])
def test_quotes_from_elsewhere_are_refused(chosen):
    with pytest.raises(ValueError, match="not among the opinions"):
        audit(chosen)


def test_nothing_chosen_and_nobody_there():
    assert audit([]).people.value == 0
    empty = coverage.audit(np.zeros((0, 3), np.float32), [], topics=np.zeros(0, int), people=[])
    assert empty.people.value == 0 and empty.by_topic == ()


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9), max_size=5), st.integers(0, 9))
def test_one_more_quote_never_covers_less(chosen, another):
    less, more = audit(chosen, draws=5), audit([*chosen, another], draws=5)
    for name in ("people", "opinions", "topics", "closeness"):
        assert getattr(more, name).value >= getattr(less, name).value - 1e-9

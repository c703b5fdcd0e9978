import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.core import emerging
from nlp.core.vectors import unit_rows

COHERENCE = 0.7


def scattered(count, *, seed=0):
    return unit_rows(np.random.default_rng(seed).normal(size=(count, 64)))


def circle(count, *, seed=1):
    generator = np.random.default_rng(seed)
    return unit_rows(generator.normal(size=64) + 0.5 * generator.normal(size=(count, 64)))


def test_a_new_subject_of_several_people_is_noticed():
    vectors = np.vstack([scattered(40), circle(7)])
    (found,) = emerging.notice(vectors, [f"person {i}" for i in range(47)], coherence=COHERENCE)
    assert sorted(found.members) == list(range(40, 47))
    assert found.people == 7 and found.cohesion > COHERENCE
    assert found.centroid @ circle(7).mean(axis=0) > 0.7


def test_scattered_opinions_raise_no_alarm():
    for seed in range(5):
        assert emerging.notice(scattered(200, seed=seed), list(range(200)), coherence=COHERENCE) == ()


def test_one_person_who_repeats_a_thing_is_no_new_subject():
    vectors = np.vstack([scattered(40), circle(7)])
    people = [*range(40), *["the same"] * 7]
    assert emerging.notice(vectors, people, coherence=COHERENCE) == ()


def test_a_heap_in_which_everything_is_alike_has_no_subject_of_its_own():
    assert emerging.notice(circle(30), list(range(30)), coherence=0.95) == ()


def test_two_subjects_are_told_apart_the_louder_first():
    vectors = np.vstack([circle(6, seed=1), circle(9, seed=2), scattered(20)])
    first, second = emerging.notice(vectors, list(range(35)), coherence=COHERENCE)
    assert (first.people, second.people) == (9, 6)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_opinions_are_no_subject(count):
    assert emerging.notice(circle(count) if count else np.zeros((0, 64)), list(range(count)), coherence=0.5) == ()


def test_people_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="3 people for 2 opinions"):
        emerging.notice(circle(2), [1, 2, 3], coherence=0.5)


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(27)))
def test_the_order_of_opinions_does_not_change_what_is_noticed(order):
    vectors = np.vstack([circle(7), scattered(20)])
    here = emerging.notice(vectors, list(range(27)), coherence=COHERENCE)
    mixed = emerging.notice(vectors[list(order)], list(order), coherence=COHERENCE)
    assert [{order[i] for i in one.members} for one in mixed] == [set(one.members) for one in here]

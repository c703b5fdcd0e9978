import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.core import edits
from nlp.core.records import LEFT_OVER, Edit
from nlp.core.vectors import unit_rows

IDS = list("abcdefghij")
NUMBERS = np.array([1, 1, 1, 1, 2, 2, 2, 3, 3, LEFT_OVER])


def rows(numbers=NUMBERS, seed=0):
    """Opinions of one topic lie close to each other."""
    generator = np.random.default_rng(seed)
    centres = generator.normal(size=(10, 16))
    return unit_rows(centres[np.asarray(numbers)] + 0.1 * generator.normal(size=(len(numbers), 16)))


def replay(*asked, numbers=NUMBERS, ids=IDS, **more):
    return edits.replay(asked, ids, rows(numbers), np.asarray(numbers), 4, **more)


def test_a_name_stays_while_its_topic_is_there():
    found = replay(Edit("rename", 2, label="Buses"))
    assert found.labels == {2: "Buses"} and found.outcomes[0].applied
    assert math.isnan(found.outcomes[0].agreement)


def test_a_name_for_a_topic_that_is_gone_is_reported():
    found = replay(Edit("rename", 9, label="Trams"))
    assert found.labels == {} and not found.outcomes[0].applied


def test_topics_found_apart_again_are_merged_again():
    found = replay(Edit("merge", 1, topics=(2,)))
    assert found.numbers.tolist() == [1] * 7 + [3, 3, LEFT_OVER]
    assert found.merged == {2: 1} and found.outcomes[0].agreement == pytest.approx(4 / 7)


def test_a_merged_topic_that_came_back_under_a_new_number_is_known_by_its_members():
    numbers = np.array([1, 1, 1, 1, 8, 8, 8, 3, 3, LEFT_OVER])
    found = replay(Edit("merge", 1, topics=(2,), members=tuple("abcdef")), numbers=numbers)
    assert found.numbers.tolist() == [1] * 7 + [3, 3, LEFT_OVER]


def test_a_merge_the_run_found_by_itself_is_agreed_with():
    assert replay(Edit("merge", 1, topics=(7,))).outcomes[0].agreement == 1.0


def test_what_was_split_is_split_again_and_new_opinions_go_to_the_nearer_side():
    vectors = rows([1, 1, 1, 5, 5, 1, 5])
    numbers = np.ones(7, dtype=np.int64)
    found = edits.replay(
        [Edit("split", 6, label="Night buses", members=("d", "e"))],
        list("abcdefg"),
        vectors,
        numbers,
        7,
        previous={1: set("abc"), 6: set("de")},
    )
    assert found.numbers.tolist() == [1, 1, 1, 6, 6, 1, 6]
    assert found.labels == {6: "Night buses"} and found.outcomes[0].agreement == pytest.approx(2 / 7)


def test_opinions_the_planner_left_behind_stay_behind():
    vectors = rows([1, 1, 1, 5, 5, 5])
    found = edits.replay(
        [Edit("split", 6, members=("d", "e"))],
        list("abcdef"),
        vectors,
        np.ones(6, dtype=np.int64),
        7,
        previous={1: set("abcf"), 6: set("de")},
    )
    assert found.numbers.tolist() == [1, 1, 1, 6, 6, 1]


def test_moved_opinions_stay_where_they_were_put():
    found = replay(Edit("move", 3, members=("a", "h")))
    assert found.numbers[0] == 3 and found.outcomes[0].agreement == 0.5


def test_nothing_is_moved_into_a_topic_that_is_gone():
    found = replay(Edit("move", 12, members=("a",)))
    assert found.numbers.tolist() == NUMBERS.tolist() and not found.outcomes[0].applied


def test_a_move_into_a_merged_topic_follows_the_merge():
    found = replay(Edit("merge", 1, topics=(2,)), Edit("move", 2, members=("h",)))
    assert found.numbers[7] == 1 and found.outcomes[1].applied


def test_a_pinned_topic_that_was_not_found_gets_its_opinions_back():
    found = replay(Edit("pin", 9, label="Ferries", members=("i", "j", "gone")))
    assert found.numbers[8:].tolist() == [9, 9] and found.labels == {9: "Ferries"}
    assert found.outcomes[0].agreement == 0.0 and found.next_number == 10


def test_a_pinned_topic_that_was_found_is_left_as_it_is():
    found = replay(Edit("pin", 2, members=("e", "f", "a")))
    assert found.numbers.tolist() == NUMBERS.tolist()
    assert found.outcomes[0].agreement == pytest.approx(2 / 3)


@pytest.mark.parametrize("kind", ["split", "move", "pin", "merge"])
def test_edits_whose_opinions_are_gone_are_reported(kind):
    found = replay(Edit(kind, 9, members=("x", "y")))
    assert not found.outcomes[0].applied and found.numbers.tolist() == NUMBERS.tolist()


def test_numbers_of_edits_are_never_given_again():
    assert replay(Edit("split", 21, members=("a",))).next_number == 22
    assert replay().next_number == 4


def test_overall_agreement_leaves_out_names_and_what_was_not_applied():
    found = replay(
        Edit("rename", 1, label="x"), Edit("move", 3, members=("h",)), Edit("move", 3, members=("a",)), Edit("pin", 9)
    )
    assert edits.agreement(found.outcomes) == 0.5
    assert math.isnan(edits.agreement(()))


def test_an_unknown_kind_of_edit_is_refused():
    with pytest.raises(ValueError, match="unknown kind of edit: paint"):
        replay(Edit("paint", 1))


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="do not fit together"):
        edits.replay([], ["a"], rows(), NUMBERS, 4)


some_edits = st.lists(
    st.builds(
        Edit,
        kind=st.sampled_from(["rename", "merge", "split", "move", "pin"]),
        topic=st.integers(1, 6),
        topics=st.lists(st.integers(1, 6), max_size=3).map(tuple),
        members=st.lists(st.sampled_from([*IDS, "gone"]), max_size=4).map(tuple),
    ),
    max_size=6,
)


@settings(max_examples=60, deadline=None)
@given(asked=some_edits, order=st.permutations(range(10)))
def test_the_order_of_rows_and_the_names_of_opinions_play_no_part(asked, order):
    here = edits.replay(asked, IDS, rows(), NUMBERS, 4)
    mixed = edits.replay(asked, [IDS[i] for i in order], rows()[list(order)], NUMBERS[list(order)], 4)
    assert mixed.numbers.tolist() == here.numbers[list(order)].tolist()
    renamed = [
        Edit(one.kind, one.topic, one.label, one.topics, tuple(f"id-{name}" for name in one.members)) for one in asked
    ]
    other = edits.replay(renamed, [f"id-{name}" for name in IDS], rows(), NUMBERS, 4)
    assert other.numbers.tolist() == here.numbers.tolist()


@settings(max_examples=60, deadline=None)
@given(asked=some_edits)
def test_every_edit_is_answered_and_nobody_untouched_is_placed(asked):
    once = edits.replay(asked, IDS, rows(), NUMBERS, 4)
    assert len(once.outcomes) == len(asked)
    assert once.next_number > max(once.numbers)
    touched = {name for one in asked for name in one.members}
    for position, name in enumerate(IDS):
        if NUMBERS[position] == LEFT_OVER and name not in touched:
            assert once.numbers[position] == LEFT_OVER

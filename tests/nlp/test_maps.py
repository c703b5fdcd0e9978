"""The map of topics holds still: places and colours are kept from Run to Run."""

from types import SimpleNamespace

import numpy as np
import pytest

from nlp import analysis, maps
from nlp.models import Run

pytestmark = pytest.mark.django_db


def result(places, sizes=None):
    """A result whose topic n has one opinion, standing at places[n]."""
    numbers = sorted(places)
    topics = [SimpleNamespace(number=number, size_posts=(sizes or {}).get(number, 1)) for number in numbers]
    rows = np.array([places[number] for number in numbers], dtype=np.float32)
    return SimpleNamespace(topics=topics, places=rows, assignments=np.array(numbers))


def test_a_first_map_stands_as_it_was_found_and_gives_each_topic_a_colour():
    drawn = maps.draw(result({1: (0.5, 0.0), 2: (-0.5, 0.0), 3: (0.0, 0.9)}), {})
    assert drawn["1"] == [0.5, 0.0, 0]
    assert sorted(row[2] for row in drawn.values()) == [0, 1, 2]


@pytest.mark.parametrize("mirrored", [1, -1])
def test_a_map_that_was_only_turned_or_mirrored_is_turned_back(mirrored):
    old = {1: (0.5, 0.0), 2: (-0.5, 0.2), 3: (0.0, 0.9), 4: (0.3, -0.6)}
    before = maps.draw(result(old), {})
    angle = 2.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    new = {number: tuple(turn @ np.array(place) * (mirrored, 1)) for number, place in old.items()}

    drawn = maps.draw(result(new), before)

    for number in before:
        assert drawn[number] == pytest.approx(before[number], abs=2e-3)


def test_topics_keep_their_colour_and_a_new_one_takes_that_of_one_that_is_gone():
    before = maps.draw(result({1: (0.5, 0.0), 2: (-0.5, 0.0), 3: (0.0, 0.9)}), {})
    drawn = maps.draw(result({1: (0.5, 0.1), 3: (0.0, 0.8), 7: (-0.4, 0.0)}), before)
    assert drawn["1"][2] == before["1"][2] and drawn["3"][2] == before["3"][2]
    assert drawn["7"][2] == before["2"][2]


def test_more_topics_than_colours_share_the_last_and_no_topic_is_no_map():
    drawn = maps.draw(result({number: (number / 20, 0.0) for number in range(1, 12)}), {})
    assert [drawn[str(number)][2] for number in range(8, 12)] == [7, 7, 7, 7]
    assert maps.draw(result({}), {}) == {}


def test_a_run_keeps_its_map_and_the_next_one_stands_near_it(corpus):
    analysis.refresh_topics(corpus.pk)
    analysis.refresh_topics(corpus.pk, full=True)
    first, second = (run.result["map"] for run in Run.objects.order_by("pk"))
    assert first and first == second


def test_two_runs_keep_their_distance_unless_there_is_nothing_to_look_at_yet(corpus):
    assert analysis.refresh_topics(corpus.pk, least_apart=15)["run"]
    early = analysis.refresh_topics(corpus.pk, least_apart=15)
    assert early["run"] is None and 0 < early["again_in"] <= 15
    assert analysis.refresh_topics(corpus.pk)["run"]
    assert Run.objects.count() == 2

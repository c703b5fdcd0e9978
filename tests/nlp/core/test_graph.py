from itertools import combinations

import numpy as np
import pytest

from nlp.core import graph, quality
from nlp.core.vectors import unit_rows


def spread(count, dim=16, *, seed=0):
    return unit_rows(np.random.default_rng(seed).normal(size=(count, dim)))


def two_camps():
    generator = np.random.default_rng(3)
    return unit_rows(np.repeat(np.eye(8)[:2], 20, axis=0) + 0.05 * generator.normal(size=(40, 8)))


def test_the_nearest_are_found_in_every_block(monkeypatch):
    monkeypatch.setattr(graph, "BLOCK", 7)
    vectors = spread(40)
    found, cosines = graph.nearest(vectors, 5)
    everything = vectors @ vectors.T
    np.fill_diagonal(everything, -2)
    best = np.sort(everything, axis=1)[:, -5:]
    np.testing.assert_allclose(np.sort(cosines, axis=1), best, atol=1e-6)
    assert all(row not in near for row, near in enumerate(found.tolist()))


def test_of_neighbours_equally_near_so_many_are_taken_as_were_asked_for():
    vectors = np.repeat(np.eye(3, dtype=np.float32), 5, axis=0)
    found, cosines = graph.nearest(vectors, 3)
    assert found.shape == (15, 3) and (cosines == 1).all()
    assert all(len({row, *near}) == 4 for row, near in enumerate(found.tolist()))


def test_more_neighbours_than_there_are_others_are_all_of_them():
    assert graph.nearest(spread(4), 10)[0].shape == (4, 3)


def test_what_all_have_in_common_is_taken_off():
    vectors = unit_rows(spread(50) + 5)
    assert np.abs(graph.comparable(vectors).mean(axis=0)).max() < 0.1 < np.abs(vectors.mean(axis=0)).max()


def test_languages_are_centred_apart_and_a_rare_one_with_all():
    vectors = spread(60)
    vectors[:30] += np.eye(16, dtype=np.float32)[0] * 4
    vectors = unit_rows(vectors)
    together = graph.comparable(vectors)
    apart = graph.comparable(vectors, ["zh"] * 30 + ["en"] * 30)
    assert together[:30].mean(axis=0) @ together[30:].mean(axis=0) < -0.1
    assert abs(apart[:30].mean(axis=0) @ apart[30:].mean(axis=0)) < 0.02
    rare = graph.comparable(vectors, ["zh"] * 55 + ["th"] * 5)
    assert np.isfinite(rare).all()


def test_many_rows_are_compared_in_fewer_dimensions():
    vectors = spread(graph.ROWS_WHOLE + 10, 150)
    smaller = graph.comparable(vectors)
    assert smaller.shape == (len(vectors), graph.DIMENSIONS)
    np.testing.assert_allclose(np.linalg.norm(smaller, axis=1), 1, atol=1e-5)


def test_an_edge_joins_two_once_and_never_what_points_apart():
    built = graph.build(two_camps(), 5)
    assert (built.heads < built.tails).all() and (built.weights > 0).all()
    assert len({*zip(built.heads.tolist(), built.tails.tolist(), strict=True)}) == len(built.heads)
    assert len(graph.build(np.array([[1, 0], [-1, 0]], dtype=np.float32), 1).heads) == 0


@pytest.mark.parametrize("count", [0, 1])
def test_a_graph_of_hardly_anything_has_no_edges(count):
    built = graph.build(spread(count), 5)
    assert built.size == count and len(built.heads) == 0 and graph.modularity(built, np.zeros(count, dtype=int)) == 0


def test_communities_are_the_camps_and_their_modularity_is_igraphs():
    built = graph.build(two_camps(), 5)
    drawn = graph.as_igraph(built)
    labels = graph.communities(drawn, 0.3, 1)
    assert labels[:20].tolist() == [labels[0]] * 20 and labels[20:].tolist() == [labels[20]] * 20
    assert labels[0] != labels[20]
    for resolution in (0.3, 1.0, 2.0):
        expected = drawn.modularity(labels.tolist(), weights="weight", resolution=resolution)
        assert graph.modularity(built, labels, resolution) == pytest.approx(expected)


def blurred():
    """Two camps that lean to each other, and divisions of them by single runs."""
    generator = np.random.default_rng(5)
    built = graph.build(unit_rows(np.repeat(np.eye(8)[:2], 40, axis=0) + 0.35 * generator.normal(size=(80, 8))), 8)
    return built, [graph.communities(graph.as_igraph(built), 1.5, seed) for seed in range(8)]


def test_a_consensus_is_nearer_to_single_runs_than_they_are_to_each_other():
    built, single = blurred()
    agreed = graph.consensus(built, single, 1.5, [0, 1])
    among = [quality.agreement(one, other) for one, other in combinations(single, 2)]
    assert np.mean([quality.agreement(agreed, one) for one in single]) > np.mean(among) < 1


def test_who_stood_together_every_time_stays_together():
    built, single = blurred()
    agreed = graph.consensus(built, single, 1.5, [0])
    always = np.unique(np.column_stack(single), axis=0, return_inverse=True)[1]
    assert all(len(set(agreed[always == group])) == 1 for group in range(always.max() + 1))


def test_runs_that_all_part_nothing_agree_on_that():
    built, _single = blurred()
    assert set(graph.consensus(built, [np.zeros(80, dtype=int)] * 3, 1.0, [0])) == {0}


def test_the_same_seed_draws_the_same_communities_whatever_was_drawn_before():
    drawn = graph.as_igraph(graph.build(spread(80), 6))
    first = graph.communities(drawn, 1.5, 7)
    graph.communities(drawn, 0.7, 8)
    assert graph.communities(drawn, 1.5, 7).tobytes() == first.tobytes()


def test_igraphs_own_generator_is_given_back():
    import igraph

    graph.communities(graph.as_igraph(graph.build(spread(20), 4)), 1.0, 0)
    assert len({tuple(igraph.Graph.Erdos_Renyi(30, 0.5).degree()) for _ in range(4)}) > 1

"""Graphs written by hand are what onnxruntime reads, and Protocol Buffers are read as they were written."""

import numpy as np
import onnxruntime
import pytest

from nlp.core import wire
from nlp.core.onnx_graph import Graph


def run(graph, **values):
    session = onnxruntime.InferenceSession(graph.serialize(), providers=["CPUExecutionProvider"])
    return session.run(None, values)


def test_a_graph_computes_what_numpy_does():
    rows, matrix = np.arange(6, dtype=np.float32).reshape(2, 3), np.eye(3, 4, dtype=np.float32) - 0.5
    graph = Graph()
    given = graph.input("rows", np.float32, "n", 3)
    product = graph.node("MatMul", given, graph.constant(matrix))
    graph.output(graph.node("Relu", graph.node("Add", product, graph.scalar(-1.0))), np.float32, "n", 4)
    graph.output(graph.node("ReduceSum", given, graph.constant(np.array([1])), keepdims=0), np.float32, "n")
    first, second = run(graph, rows=rows)
    assert np.array_equal(first, np.maximum(rows @ matrix - 1, 0))
    assert np.array_equal(second, rows.sum(axis=1))


def test_attributes_of_each_kind_reach_the_operator():
    graph = Graph()
    given = graph.input("rows", np.float32, 2, 2)
    graph.output(graph.node("LeakyRelu", given, alpha=0.5), np.float32, 2, 2)
    graph.output(graph.node("Transpose", given, perm=[1, 0]), np.float32, 2, 2)
    graph.output(graph.node("Concat", given, given, axis=-1), np.float32, 2, 4)
    rows = np.array([[-2, 1], [4, -8]], dtype=np.float32)
    leaky, turned, wide = run(graph, rows=rows)
    assert leaky.tolist() == [[-1, 1], [4, -4]]
    assert np.array_equal(turned, rows.T) and np.array_equal(wide, np.hstack([rows, rows]))


def test_fields_are_read_as_they_were_written():
    message = (
        wire.field(1, 300) + wire.field(2, "公車") + wire.field(3, 1.5) + wire.field(2, b"\x00") + wire.field(99, 0)
    )
    assert list(wire.fields(message)) == [
        (1, 300),
        (2, "公車".encode()),
        (3, b"\x00\x00\xc0\x3f"),
        (2, b"\x00"),
        (99, 0),
    ]
    assert list(wire.fields(wire.field(4, -1))) == [(4, 2**64 - 1)]


@pytest.mark.parametrize(
    "broken", [wire.field(1, b"abc")[:-1], wire.field(1, 1.0)[:-1], b"\x08", b"\x0b\x00", b"\x08\xff"]
)
def test_a_message_that_is_cut_short_or_of_another_kind_is_refused(broken):
    with pytest.raises(ValueError, match="cut short|wire type"):
        list(wire.fields(broken))

"""The forward pass of the Universal Sentence Encoder as three ONNX graphs in whole numbers.

A piece's embedding, its projection and what it adds to each window of the first convolution depend on the piece
alone: `pieces` computes them once for each piece of the vocabulary that occurs. `windows` adds them up along a text
and makes the second convolution; `texts` is the dense end.

Weights are int8 without loss. What they are multiplied with is written as two digits of 7 bits, so products are exact
sums of integers, the error is below 2^-14 of the range, and no intermediate exceeds 16 bits on processors without
VNNI instructions (128 * 127 * 2 < 2^15).
"""

from __future__ import annotations

import numpy as np

from nlp.core.onnx_graph import CONTRIB, Graph
from nlp.core.use_weights import CHANNELS, WIDTH, Branch, Grid, Weights

FLOAT = 1
"""float32 in the numbers of ONNX."""
PIECE_STEP, PIECE_ZERO = 0.5, 64
"""The coarse digit of a piece's channels reaches from -32 to 31.5; over the vocabulary they lie within 19 of 0."""
WINDOW_STEP, WINDOW_ZERO, WINDOW_MOST = 2.0, 16, 220.0
"""After the first convolution: -32 to 222. Real texts stay under 100; more is cut off."""
DIGIT = 128
REACH = 2
"""The widest window reaches two pieces to either side."""

Digits = tuple[tuple[str, float, str], ...]
"""(value, step, zero point), the coarse digit first."""


def pieces(weights: Weights) -> bytes:
    """codes uint8 (u, 512), scale and low float32 (u, 1) -> embedding (u, 512) and, for each branch, its channels
    (u, 256) and what the piece adds to a window at each of its places (u, width * 256), the bias included at its own.
    """
    graph = Graph()
    codes = graph.input("codes", np.uint8, "u", WIDTH)
    scale, low = graph.input("scale", np.float32, "u", 1), graph.input("low", np.float32, "u", 1)
    embedding = graph.node("Add", graph.node("Mul", graph.node("Cast", codes, to=FLOAT), scale), low)
    graph.output(embedding, np.float32, "u", WIDTH)

    # (scale * codes + low) @ P = scale * (codes @ P) + low * column sums of P
    whole = np.concatenate([branch.projection.whole for branch in weights.branches], axis=1)
    steps = np.repeat([branch.projection.step for branch in weights.branches], CHANNELS).astype(np.float32)
    product = graph.node(
        "MatMulIntegerToFloat",
        codes,
        graph.constant(whole),
        graph.scalar(1.0),
        graph.constant(steps),
        "",
        graph.constant(np.zeros(whole.shape[1], dtype=np.int8)),
        domain=CONTRIB,
    )
    sums = (whole.sum(axis=0, dtype=np.int32) * steps).astype(np.float32)
    shifted = graph.node("Add", graph.node("Mul", low, graph.constant(sums)), graph.constant(weights.projection_bias))
    channels = graph.node(
        "LayerNormalization",
        graph.node("Add", graph.node("Mul", product, scale), shifted),
        graph.constant(weights.piece_gain),
        graph.constant(weights.piece_bias),
        axis=-1,
        epsilon=weights.epsilon,
    )
    for place, branch in enumerate(weights.branches):
        own = _slice(graph, channels, place * CHANNELS, (place + 1) * CHANNELS)
        graph.output(own, np.float32, "u", CHANNELS)
        by_place = branch.first.whole.reshape(branch.width, CHANNELS, CHANNELS).transpose(1, 0, 2)
        flat = Grid(by_place.reshape(CHANNELS, branch.width * CHANNELS), branch.first.step)
        bias = np.zeros((branch.width, CHANNELS), dtype=np.float32)
        bias[branch.left] = branch.first_bias
        added = _product(graph, _digits(graph, own, PIECE_STEP, PIECE_ZERO), flat, bias.ravel())
        graph.output(added, np.float32, "u", branch.width * CHANNELS)
    return graph.serialize()


def windows(weights: Weights) -> bytes:
    """The branches' channels (s, 256) and `added` (s * width, 256) of s slots; own int64 (t,), the slot of each piece
    of the texts; slots and positions int64 (t, 5), what stands from two before to two after it, with an empty slot
    and the position t outside its text -> features (t, 768).
    """
    graph = Graph()
    own = graph.input("own", np.int64, "t")
    slots, positions = graph.input("slots", np.int64, "t", 5), graph.input("positions", np.int64, "t", 5)
    features = [_branch(graph, branch, own, slots, positions) for branch in weights.branches]
    graph.output(graph.node("Concat", *features, axis=1), np.float32, "t", len(features) * CHANNELS)
    return graph.serialize()


def texts(weights: Weights) -> bytes:
    """features float32 (n, 1280) over the root of the number of pieces, shift (n, 1), that root -> (n, 512), not yet
    of length 1.
    """
    graph = Graph()

    def times(value: str, name: str) -> str:
        return graph.node("MatMul", value, graph.constant(weights.dense[name]))

    features = graph.input("features", np.float32, "n", WIDTH + len(weights.branches) * CHANNELS)
    shift = graph.node("Mul", graph.input("shift", np.float32, "n", 1), graph.constant(weights.pool_bias))
    pooled = graph.node("Add", graph.node("MatMul", features, graph.constant(weights.pool)), shift)
    first = graph.node("Relu", times(pooled, "d0"))
    second = graph.node("Relu", graph.node("Add", times(pooled, "p1"), times(first, "d1")))
    third = graph.node("Relu", times(second, "d2"))
    graph.output(graph.node("Tanh", graph.node("Add", times(second, "p3"), times(third, "d3"))), np.float32, "n", WIDTH)
    return graph.serialize()


def _branch(graph: Graph, branch: Branch, own: str, slots: str, positions: str) -> str:
    width = branch.width
    channels = graph.input(f"channels{width}", np.float32, "s", CHANNELS)
    added = graph.input(f"added{width}", np.float32, f"s{width}", CHANNELS)

    def window(table: str) -> str:
        start = REACH - branch.left
        return _slice(graph, table, start, start + width)

    rows = graph.node("Mul", window(slots), graph.scalar(width, np.int64))
    rows = graph.node("Add", rows, graph.constant(np.arange(width)))
    parts = graph.node("Gather", added, rows, axis=0)
    first = graph.node("Relu", graph.node("ReduceSum", parts, graph.constant(np.array([1])), keepdims=0))
    first = graph.node("Add", first, graph.node("Gather", channels, own, axis=0))
    digits = _digits(graph, graph.node("Min", first, graph.scalar(WINDOW_MOST)), WINDOW_STEP, WINDOW_ZERO)
    shape, place = graph.constant(np.array([0, width * CHANNELS])), window(positions)
    unfolded = []
    for value, step, zero in digits:
        # One row more that means 0: it stands for all positions outside the text.
        outside = graph.node("Expand", zero, graph.constant(np.array([1, CHANNELS])))
        padded = graph.node("Concat", value, outside, axis=0)
        unfolded.append((graph.node("Reshape", graph.node("Gather", padded, place, axis=0), shape), step, zero))
    second = _product(graph, tuple(unfolded), branch.second, branch.second_bias)
    return graph.node("Add", graph.node("Relu", second), first)


def _digits(graph: Graph, value: str, step: float, zero: int) -> Digits:
    """Two uint8 values of 7 bits: `value` on a grid of `step`, and what is left on one 128 times finer."""
    coarse_step, coarse_zero = graph.scalar(step), graph.scalar(zero, np.uint8)
    coarse = graph.node("QuantizeLinear", value, coarse_step, coarse_zero)
    rest = graph.node("Sub", value, graph.node("DequantizeLinear", coarse, coarse_step, coarse_zero))
    fine_zero = graph.scalar(DIGIT // 2, np.uint8)
    fine = graph.node("QuantizeLinear", rest, graph.scalar(step / DIGIT), fine_zero)
    return (coarse, step, coarse_zero), (fine, step / DIGIT, fine_zero)


def _product(graph: Graph, digits: Digits, matrix: Grid, bias: np.ndarray | None = None) -> str:
    whole, step, zero = graph.constant(matrix.whole), graph.scalar(matrix.step), graph.scalar(0, np.int8)
    parts: list[str] = []
    for value, digit_step, digit_zero in digits:
        extra = [graph.constant(bias)] if bias is not None and not parts else []
        parts.append(
            graph.node(
                "MatMulIntegerToFloat",
                value,
                whole,
                graph.scalar(digit_step),
                step,
                digit_zero,
                zero,
                *extra,
                domain=CONTRIB,
            )
        )
    return graph.node("Add", *parts)


def _slice(graph: Graph, table: str, start: int, end: int) -> str:
    bounds = [graph.constant(np.array([number])) for number in (start, end, 1)]
    return graph.node("Slice", table, *bounds)

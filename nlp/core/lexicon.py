"""Words of public life in Taiwan that a general segmenter cuts apart: data/lexicon.txt, read once."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib.resources import files

HAN_ONLY = re.compile(r"[\u3400-\u9fff]+")


@lru_cache(maxsize=1)
def words() -> tuple[str, ...]:
    """Words of Han characters alone, Traditional, in the order of the file."""
    return tuple(word for word in _entries() if HAN_ONLY.fullmatch(word))


@lru_cache(maxsize=1)
def terms() -> tuple[str, ...]:
    """Words with a digit or a Latin letter (5G, PM2.5, 108課綱), longest first."""
    return tuple(
        sorted((word for word in _entries() if not HAN_ONLY.fullmatch(word)), key=lambda word: (-len(word), word))
    )


@lru_cache(maxsize=1)
def _entries() -> tuple[str, ...]:
    lines = files("nlp.core").joinpath("data/lexicon.txt").read_text(encoding="utf-8").splitlines()
    return tuple(dict.fromkeys(word for line in lines if not line.startswith("#") for word in line.split()))

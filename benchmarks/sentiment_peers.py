"""snownlp and cnsenti on the Chinese files the sentiment heads are measured on.

    PEERS/bin/python benchmarks/sentiment_peers.py DATA [--rows N]

It imports nothing of this project, so that it runs in an environment with the peers of requirements-peers.txt alone;
DATA is the folder nlp/training/sentiment_data.py describes. A file with more than N rows is thinned evenly. Negative
and positive alone are told apart at snownlp's 0.5 and cnsenti's larger count, where a tie counts as positive; neutral
is 0.4 to 0.6 and a tie. Each text is read as it is (Traditional) and in Simplified characters, which the peers were
made for.
"""

from __future__ import annotations

import argparse
import csv
import sys
import time
from collections.abc import Callable
from pathlib import Path

import opencc

FILES = {
    "sentiment/civic_real_dev.csv": ("text", "sentiment"),
    "civic.csv": ("zh", "sentiment"),
    "sentiment_hotel.csv": ("text", "label"),
    "sentiment_shopping.csv": ("text", "label"),
}
NAMES = {"negative": -1, "neutral": 0, "positive": 1}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--rows", type=int, default=2000)
    options = parser.parse_args()
    converter = opencc.OpenCC("t2s")
    peers = {"snownlp": snow(), "cnsenti": counting()}
    for file, (column, label) in FILES.items():
        with (options.data / file).open(encoding="utf-8-sig", newline="") as stream:
            rows = [row for row in csv.DictReader(stream) if row.get("lang", "zh") == "zh"]
        rows = rows[:: -(-len(rows) // options.rows)]
        binary = label == "label"
        truth = [2 * int(row[label]) - 1 if binary else NAMES.get(row[label]) for row in rows]
        truth = [int(row[label]) if one is None else one for one, row in zip(truth, rows, strict=True)]
        written = [row[column] for row in rows]
        simplified = [converter.convert(text) for text in written]
        for script, texts in {"as is": written, "simplified": simplified}.items():
            for name, feel in peers.items():
                started = time.process_time()
                guess = [feel(text, binary) for text in texts]
                speed = len(rows) / max(time.process_time() - started, 1e-9)
                score = accuracy(truth, guess) if binary else macro_f1(truth, guess)
                sys.stdout.write(
                    f"{file:<30} {script:<10} {name:<8} n={len(rows):<5} "
                    f"{'accuracy' if binary else 'macro-F1'} {score:.3f}  {speed:.0f} texts per CPU second\n"
                )
                sys.stdout.flush()
    return 0


def snow() -> Callable[[str, bool], int]:
    from snownlp import SnowNLP

    def feel(text: str, binary: bool) -> int:
        chance = SnowNLP(text).sentiments
        if binary:
            return 1 if chance > 0.5 else -1
        return 1 if chance > 0.6 else -1 if chance < 0.4 else 0

    return feel


def counting() -> Callable[[str, bool], int]:
    from cnsenti import Sentiment

    reader = Sentiment()

    def feel(text: str, binary: bool) -> int:
        found = reader.sentiment_count(text)
        balance = found["pos"] - found["neg"]
        if binary:
            return 1 if balance >= 0 else -1
        return (balance > 0) - (balance < 0)

    return feel


def accuracy(truth: list[int], guess: list[int]) -> float:
    return sum(one == other for one, other in zip(truth, guess, strict=True)) / len(truth)


def macro_f1(truth: list[int], guess: list[int]) -> float:
    pairs = list(zip(truth, guess, strict=True))
    scores = []
    for label in (-1, 0, 1):
        hits = sum(pair == (label, label) for pair in pairs)
        either = truth.count(label) + guess.count(label)
        scores.append(2 * hits / either if either else 0.0)
    return sum(scores) / 3


if __name__ == "__main__":
    sys.exit(main())

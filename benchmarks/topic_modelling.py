"""From texts to named topics: Minyi's static path against BERTopic, as one meets them and again when warm.

    .venv-peers/bin/python -m benchmarks.topic_modelling [TEXTS.csv] [--size 5000]

TEXTS.csv has the column text; without it opinions are made up. Ours is the whole analysis with the static encoder
(cleaning, masking, folding repeats, encoding, sentiment, topics with parts, labels, map). BERTopic's is its own
fit_transform as it comes, given vectors of the default encoder, which are timed with it. Each runs in a process of its
own, twice: the first time counts imports and whatever is compiled or loaded. Ends with exit code 1 when ours is not 20
times as fast as the peer at its first run.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.analyse_scale import drawn, made_up
from benchmarks.place import finish

FASTER = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, nargs="?", help="CSV file with the column text")
    parser.add_argument("--size", type=int, default=5000)
    parser.add_argument("--side", choices=sorted(SIDES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        _twice(SIDES[options.side], options)
        return
    spent = {side: _in_a_process(side) for side in SIDES}
    for side, (first, warm) in spent.items():
        print(f"{side:10} first run {first:6.1f} s, again {warm:6.2f} s")
    ratios = [theirs / ours for theirs, ours in zip(spent["bertopic"], spent["minyi"], strict=True)]
    print(f"Minyi is {ratios[0]:.0f} times as fast at the first run, {ratios[1]:.1f} times when both are warm")
    finish([f"{ratios[0]:.0f} times as fast, not {FASTER}"] if ratios[0] < FASTER else [])


def minyi(texts: list[str]) -> None:
    """The whole analysis."""
    from nlp.core import encoders, pipeline
    from nlp.core.records import Text

    opinions = [Text(id=number, text=words) for number, words in enumerate(texts)]
    pipeline.analyse(opinions, encoder=encoders.load("static"))


def bertopic(texts: list[str]) -> None:
    """Vectors and topics."""
    from bertopic import BERTopic

    from nlp.core import encoders

    BERTopic().fit_transform(texts, embeddings=encoders.load("use").encode(texts))


SIDES = {"minyi": minyi, "bertopic": bertopic}


def _twice(work, options: argparse.Namespace) -> None:
    texts = list(drawn(options.size, options.data) if options.data else made_up(options.size))
    for _ in range(2):
        started = time.perf_counter()
        work(texts)
        print(time.perf_counter() - started)


def _in_a_process(side: str) -> tuple[float, float]:
    command = [sys.executable, "-W", "ignore", "-m", "benchmarks.topic_modelling", *sys.argv[1:], "--side", side]
    ended = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"OMP_NUM_THREADS": "1"})
    if ended.returncode:
        raise SystemExit(ended.stderr)
    first, warm = map(float, ended.stdout.split()[-2:])
    return first, warm


if __name__ == "__main__":
    main()

"""Every number of the analysis beside its aim, in one run: the quality half of docs/analysis.md.

    python -m benchmarks.analysis DATA [--encoder use]

DATA is a folder with topics_en_polis.csv and topics_zh_tnews.csv (text, label), civic.csv (zh, en, topic, sentiment),
sentiment_hotel.csv and sentiment_shopping.csv (text, label 0 or 1), sentiment/civic_real_dev.csv (text, lang,
sentiment) and polis/ with exported conversations; what is missing is left out and said so. Prints a Markdown table:
figure, aim, measured with its 95 % interval, met or not. The figures are those of `python -m nlp evaluate`. Speed and
memory have scripts of their own, because each needs a quiet machine and its peer: topics, groups, encoder_speed,
static_encoder and analyse_scale.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.cli import evaluate

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Aim:
    """One line of the table: `figure` of the rows of a task on some data, and the least it should be."""

    task: str
    data: tuple[str, ...]
    name: str
    figure: str
    least: float
    where: Callable[[Row], bool] = lambda row: True


def speaks(language: str) -> Callable[[Row], bool]:
    return lambda row: row.get("language") == language


AIMS = (
    Aim("topics", ("topics_en_polis.csv",), "topics, English Polis comments, true k: V", "true_k_v", 0.68),
    Aim("topics", ("topics_en_polis.csv",), "the same: kNN-5", "knn5", 0.88),
    Aim("topics", ("topics_zh_tnews.csv",), "topics, Chinese titles, true k: V", "true_k_v", 0.33),
    Aim("topics", ("civic.csv",), "topics, Chinese and English mixed, true k: V", "true_k_v", 0.60),
    Aim("topics", ("civic.csv",), "the same: kNN-5", "knn5", 0.85),
    Aim(
        "sentiment",
        ("sentiment/civic_real_dev.csv",),
        "real comments, Chinese: macro-F1",
        "macro_f1",
        0.65,
        where=speaks("zh"),
    ),
    Aim(
        "sentiment",
        ("sentiment/civic_real_dev.csv",),
        "real comments, English: macro-F1",
        "macro_f1",
        0.65,
        where=speaks("en"),
    ),
    Aim("sentiment", ("civic.csv",), "civic statements: macro-F1", "macro_f1", 0.78, where=speaks("all")),
    Aim("sentiment", ("sentiment_hotel.csv",), "hotel reviews: accuracy", "accuracy", 0.85),
    Aim("sentiment", ("sentiment_shopping.csv",), "shop reviews: accuracy", "accuracy", 0.85),
    Aim("encoder", ("civic.csv",), "a Chinese statement finds its English twin first", "centred_zh_en_at_1", 0.95),
)
GROUPS_MEDIAN, GROUPS_WORST = 0.90, 0.75


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="folder with the labelled data")
    parser.add_argument("--encoder", default="use")
    options = parser.parse_args()
    print(f"Encoder {options.encoder}.\n")
    print("| figure | n | aim | measured, 95 % interval | |\n|---|---|---|---|---|")
    missed = 0
    for line, met in [*_quality(options.data, options.encoder), *_groups(options.data)]:
        print(line)
        missed += not met
    print(f"\n{missed} missed.")
    raise SystemExit(1 if missed else 0)


def _quality(folder: Path, encoder: str) -> Iterator[tuple[str, bool]]:
    known: dict[tuple[str, tuple[str, ...]], list[Row]] = {}
    for aim in AIMS:
        files = [folder / name for name in aim.data]
        if not all(path.is_file() for path in files):
            yield f"| {aim.name} | | {aim.least:.2f} | no {', '.join(aim.data)} | |", True
            continue
        key = (aim.task, aim.data)
        if key not in known:
            known[key] = evaluated(aim.task, encoder, files)
        row = next((row for row in known[key] if aim.where(row)), known[key][0])
        value = row[aim.figure]
        met = value >= aim.least
        interval = f"{value:.3f} [{row[aim.figure + '_low']:.3f}, {row[aim.figure + '_high']:.3f}]"
        yield f"| {aim.name} | {row['n']} | {aim.least:.2f} | {interval} | {'met' if met else '**missed**'} |", met


def _groups(folder: Path) -> Iterator[tuple[str, bool]]:
    conversations = sorted(path.parent for path in folder.glob("polis/*/groups.csv"))
    if not conversations:
        yield "| opinion groups against Polis | | | no polis/ | |", True
        return
    rows = evaluated("groups", "", conversations)
    scores = {row["data"]: row["ari"] for row in rows if row["data"] in {path.name for path in conversations}}
    for name, value, least in (
        ("median", statistics.median(scores.values()), GROUPS_MEDIAN),
        ("worst", min(scores.values()), GROUPS_WORST),
    ):
        told = f"opinion groups against Polis's own, {name} of {len(scores)} conversations: ARI"
        yield f"| {told} | | {least:.2f} | {value:.3f} | {'met' if value >= least else '**missed**'} |", value >= least


def evaluated(task: str, encoder: str, paths: list[Path]) -> list[Row]:
    """The rows that `python -m nlp evaluate` gives as JSON."""
    rows, _about = evaluate.measure(task, paths, encoder, None, 0)
    return [evaluate.flat(row) for row in rows]


if __name__ == "__main__":
    main()

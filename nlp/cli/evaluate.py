"""`python -m nlp evaluate`: how well each part does on labelled data, by the standard measures."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nlp.cli import arguments, progress, scores, tables, writing
from nlp.cli.scores import Row
from nlp.core import encoders
from nlp.core.measures import Estimate

TASKS = ("sentiment", "topics", "groups", "encoder")
WIDE = 9
"""With more measures than this the table stands on its side: one measure per line."""


def add_parser(subparsers: Any) -> None:
    """The command and its options."""
    parser = subparsers.add_parser(
        "evaluate",
        help="the standard measures on labelled data",
        description="Measures one part of the analysis on labelled data and prints a table and JSON; every figure has "
        "a 95 % interval. sentiment: text and sentiment or label (-1, 0, 1; negative, neutral, positive; or 0 and 1), "
        "by language where there is lang. topics: text and topic or label. groups: folders of a Polis export "
        "(votes.csv, groups.csv, comments.csv), or files of votes with groups.csv beside them. encoder: text with or "
        "without label. Instead of text a file may have zh and en: the same said in two languages.",
    )
    parser.add_argument("data", type=Path, nargs="+", metavar="DATA", help="CSV files, or folders of Polis exports")
    parser.add_argument("--task", choices=TASKS, required=True)
    arguments.add_encoder(parser)
    arguments.add_seed(parser)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the JSON there instead of printing it")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write evaluate.json and evaluate.txt there as well")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="folder that keeps unpacked models")
    parser.set_defaults(run=run, stopped=stopped)


def run(options: argparse.Namespace) -> int:
    """Measure; 0 when it worked. Raises what `main` tells in one line."""
    for path in options.data:
        if not path.exists():
            raise tables.BadInput(f"{path}: there is no such file or folder")
    rows, about = measure(options.task, options.data, options.encoder, options.cache, options.seed)
    text = table(rows)
    document = {"task": options.task, "seed": options.seed, **about, "rows": [flat(row) for row in rows]}
    if options.json is not None:
        writing.write_json(options.json, document)
    if options.out is not None:
        writing.write_json(options.out / "evaluate.json", document)
        with writing.replacing(options.out / "evaluate.txt") as stream:
            stream.write(text)
    writing.show(text if options.json is not None else f"{text}\n{writing.as_json(document)}")
    return 0


def stopped(options: argparse.Namespace) -> str:
    """What to know after Ctrl-C."""
    return "Nothing was measured to the end: run the same command again."


def measure(
    task: str, paths: Sequence[Path], encoder_name: str, cache: Path | None, seed: int
) -> tuple[list[Row], dict[str, Any]]:
    """The rows of all files, and which encoder they speak of. Raises tables.BadInput, EncoderUnavailable, OSError."""
    rows: list[Row] = []
    if task == "groups":
        for path, stored in conversations(paths):
            rows += scores.of_groups(path, seed, stored)
        return rows + scores.summary(rows, "ari"), {}
    encoder = encoders.load(encoder_name, cache)
    bench = scores.Bench(encoder, progress.choose(sys.stderr, time.perf_counter, asked=False))
    task_of = {"sentiment": scores.of_sentiment, "topics": scores.of_topics, "encoder": scores.of_encoder}[task]
    for path in paths:
        rows += task_of(path, bench, seed)
    return rows, {"encoder": encoder.name, "sha256": encoder.fingerprint}


def conversations(paths: Sequence[Path]) -> list[tuple[Path, Path | None]]:
    """What holds the votes of each conversation, and the groups to compare with where they were named apart.

    Of a folder of conversations each of them is taken; a file of groups belongs to the votes before it; licences and
    notes are passed over.
    """
    found: list[tuple[Path, Path | None]] = []
    for path in paths:
        within = sorted(inner for inner in path.iterdir() if scores.is_conversation(inner)) if path.is_dir() else []
        if path.is_dir() and within and not scores.is_conversation(path):
            found += [(inner, None) for inner in within]
        elif found and path.is_file() and scores.holds_groups(path):
            found[-1] = found[-1][0], path
        elif path.is_dir() or path.suffix.lower() not in (".txt", ".md"):
            found.append((path, None))
    return found


def table(rows: Sequence[Row]) -> str:
    """The rows in columns, or, when there are too many measures for a screen, one line per measure."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [[_shown(row.get(name)) for name in names] for row in rows]
    lines = [names, *cells]
    if len(names) > WIDE:
        lines = [list(line) for line in zip(names, *cells, strict=True)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return "".join(
        "  ".join(
            cell.ljust(width) if at == 0 else cell.rjust(width) for at, (cell, width) in enumerate(pairs)
        ).rstrip()
        + "\n"
        for pairs in (list(zip(line, widths, strict=True)) for line in lines)
    )


def flat(row: Row) -> dict[str, Any]:
    """A row for JSON: an estimate is its value, with _low and _high beside it."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, Estimate):
            found |= {name: value.value, f"{name}_low": value.interval.low, f"{name}_high": value.interval.high}
        else:
            found[name] = value
    return found


def _shown(value: Any) -> str:
    if isinstance(value, Estimate):
        return f"{value.value:.3f} [{value.interval.low:.3f}, {value.interval.high:.3f}]"
    if isinstance(value, float):
        return "-" if value != value else f"{value:,.3f}" if abs(value) < 100 else f"{value:,.0f}"
    return "-" if value is None else f"{value:,}" if isinstance(value, int) else str(value)

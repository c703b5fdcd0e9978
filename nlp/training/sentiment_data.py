"""What the sentiment heads are trained on and measured on; docs/models/sentiment.md names sources and licences.

DATA is a folder laid out like this (none of it is part of this repository):
    sentiment/goemotions_3way.csv, sentiment/wisesight_3way.csv     text, label (-1, 0, 1)
    polis/CONVERSATION/comments.csv                                 comment-id, comment-body
    topics_en_polis.csv                                             id, text, label (the conversation)
    sentiment/civic_real_dev.csv                                    lang, source, text, sentiment: measured only
    civic.csv                                                       zh, en, sentiment (-1, 0, 1): measured only
    sentiment_hotel.csv, sentiment_shopping.csv                     text, label (0, 1): measured only
Beside this file, in data/: written_zh.csv and written_en.csv (sentences written for this project) and
polis_labels.csv (labels given by reading, for comments known by their ids).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nlp.core.records import SENTIMENTS

OWN = Path(__file__).parent / "data"
MIXED = 3
"""The class number of texts that are both negative and positive, after the three of SENTIMENTS."""
CLASSES = (*SENTIMENTS, "mixed")

WEIGHTS = {"goemotions": 1.0, "wisesight": 0.5, "written": 4.0, "polis": 2.0, "polis_de": 1.0}
"""How much one text of a source counts, before classes are balanced."""
DEV_CONVERSATIONS = ("vtaiwan.uberx", "scoop-hivemind.taxes")
"""Conversations that civic_real_dev.csv is drawn from too: other comments, none of them near a measured one."""


@dataclass(frozen=True)
class Source:
    """n texts with classes (n,), 0 to 3 in the order of CLASSES, each text counting `weight`. `groups` (n,) say what
    must not be parted between folds.
    """

    name: str
    texts: list[str]
    classes: np.ndarray
    weight: float
    groups: list[str]


@dataclass(frozen=True)
class Measure:
    """n texts to measure on; `binary` sets know no neutral: classes are 0 and 2."""

    name: str
    texts: list[str]
    classes: np.ndarray
    binary: bool = False


def read_sources(data: Path) -> list[Source]:
    found = [
        _labelled(data / "sentiment" / f"{name}_3way.csv", name, WEIGHTS[name]) for name in ("goemotions", "wisesight")
    ]
    for language in ("zh", "en"):
        rows = read(OWN / f"written_{language}.csv")
        found.append(
            _source(
                f"written_{language}",
                [(row["text"], CLASSES.index(row["sentiment"]), row["text"]) for row in rows],
                WEIGHTS["written"],
            )
        )
    return found + _polis(data)


def read_measures(data: Path) -> list[Measure]:
    dev = read(data / "sentiment" / "civic_real_dev.csv")
    found = []
    for language in ("zh", "en"):
        rows = [row for row in dev if row["lang"] == language]
        found.append(
            Measure(
                f"civic_real_dev {language}",
                [row["text"] for row in rows],
                np.array([SENTIMENTS.index(row["sentiment"]) for row in rows]),
            )
        )
    civic = read(data / "civic.csv")
    signs = np.array([int(row["sentiment"]) + 1 for row in civic])
    found.extend(Measure(f"civic {language}", [row[language] for row in civic], signs) for language in ("zh", "en"))
    for name in ("hotel", "shopping"):
        rows = read(data / f"sentiment_{name}.csv")
        found.append(
            Measure(name, [row["text"] for row in rows], np.array([2 * int(row["label"]) for row in rows]), True)
        )
    return found


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def _labelled(path: Path, name: str, weight: float) -> Source:
    return _source(name, [(row["text"], int(row["label"]) + 1, row["text"]) for row in read(path)], weight)


def _polis(data: Path) -> list[Source]:
    """Comments labelled by reading: one source for each conversation, which is also their group."""
    words = {(f"topics_en_polis/{row['label']}", row["id"]): row["text"] for row in read(data / "topics_en_polis.csv")}
    chosen: dict[str, list[tuple[str, int, str]]] = {}
    for row in read(OWN / "polis_labels.csv"):
        source = row["source"]
        if (source, row["id"]) not in words:
            comments = read(data / "polis" / source / "comments.csv")
            words.update({(source, one["comment-id"]): one["comment-body"] for one in comments})
        chosen.setdefault(source, []).append((words[source, row["id"]], CLASSES.index(row["sentiment"]), source))
    return [
        _source(source, rows, WEIGHTS["polis_de" if source.startswith("austria") else "polis"])
        for source, rows in chosen.items()
    ]


def _source(name: str, rows: list[tuple[str, int, str]], weight: float) -> Source:
    texts, classes, groups = zip(*rows, strict=True)
    return Source(name, list(texts), np.array(classes), weight, list(groups))

"""What `evaluate` measures: one function per task, from files to rows of figures."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp.cli import groups as votes_file
from nlp.cli import tables
from nlp.core import groups, measures, pipeline, sentiment, topics
from nlp.core.encoders import Encoder, unit_rows
from nlp.core.records import LEFT_OVER, Interval

Row = dict[str, Any]
"""Name of a measure: an Estimate, a number or a word."""

SIDES = {"-1": 0, "negative": 0, "neg": 0, "0": 1, "neutral": 1, "neu": 1, "1": 2, "positive": 2, "pos": 2}
SIDE_NAMES = ("negative", "neutral", "positive")
TWINS = ("zh", "en")
"""Columns of a file in which every row says the same in two languages."""
BATCH = 256
VOTES = ("votes.csv", "participants-votes.csv")
PARTICIPANT = ("participant", "voter-id")
GROUP = ("group_id", "group-id", "group")


@dataclass(slots=True)
class Sample:
    """Labelled texts of a file. `pair[i]` is the row of a text: twins share it. A language is "" where unknown."""

    name: str
    texts: list[str]
    labels: list[str]
    languages: list[str]
    pair: np.ndarray


class Bench:
    """The encoder under test: encodes each text once, and knows the CPU seconds that took."""

    def __init__(self, encoder: Encoder, progress: Callable[[str, int, int], None] | None = None) -> None:
        self.encoder = encoder
        self._progress = progress
        self._kept: dict[str, np.ndarray] = {}
        self.seconds = 0.0
        self.encoded = 0

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (n, dim), unit rows."""
        new = sorted({text for text in texts if text not in self._kept}, key=lambda text: (len(text), text))
        for start in range(0, len(new), BATCH):
            began = time.process_time()
            rows = self.encoder.encode(new[start : start + BATCH])
            self.seconds += time.process_time() - began
            self.encoded += len(rows)
            self._kept.update(zip(new[start : start + BATCH], rows, strict=True))
            if self._progress is not None:
                self._progress("encode", min(start + BATCH, len(new)), len(new))
        if not len(texts):
            return np.zeros((0, self.encoder.dim), dtype=np.float32)
        return np.stack([self._kept[text] for text in texts])


def read(path: Path, label_columns: Sequence[str], *, needs_labels: bool = True) -> Sample:
    """Texts of a CSV file with `text` (or `zh` and `en`) and one of `label_columns`; rows without words or label are
    left out. Raises tables.BadInput naming what is missing.
    """
    table = tables.Table(path)
    label = next((name for name in label_columns if name in table.columns), None)
    if label is None and needs_labels:
        tables.require(table, [label_columns[0]])
    paired = "text" not in table.columns and all(name in table.columns for name in TWINS)
    if not paired:
        tables.require(table, ["text"])
    at = {name: table.columns.index(name) for name in ("text", "lang", *TWINS, label or "") if name in table.columns}
    sample, pairs = Sample(path.name, [], [], [], np.zeros(0, int)), []
    for number, cells in table.rows():
        kind = cells[at[label]].strip() if label else ""
        words = [pipeline.clean_for_encoding(cells[at[name]]) for name in (TWINS if paired else ("text",))]
        if not all(words) or (needs_labels and not kind):
            continue
        sample.texts.extend(words)
        sample.labels.extend([kind] * len(words))
        sample.languages.extend(TWINS if paired else [cells[at["lang"]].strip() if "lang" in at else ""])
        pairs.extend([number] * len(words))
    if not sample.texts:
        raise tables.BadInput(f"{path}: no row has both words and a label")
    sample.pair = np.array(pairs, dtype=np.int64)
    return sample


def of_sentiment(path: Path, bench: Bench, seed: int) -> list[Row]:
    """Macro-F1, accuracy and calibration of the encoder's sentiment head: over all, then by language, then per class.
    Files with labels 0 and 1 only are read as negative and positive.
    """
    head = sentiment.load(bench.encoder.name, fingerprint=bench.encoder.fingerprint)
    if head is None:
        raise tables.BadInput(f"the encoder {bench.encoder.name!r} has no sentiment head")
    sample = read(path, ("sentiment", "label"))
    kinds = {label.lower() for label in sample.labels}
    wrong = sorted(kinds - set(SIDES))
    if wrong:
        raise tables.BadInput(
            f"{path}: a sentiment is -1, 0, 1 or negative, neutral, positive (or 0 and 1 alone), not {wrong[0]!r}"
        )
    binary = kinds <= {"0", "1"}
    truth = np.array([2 * int(label) if binary else SIDES[label.lower()] for label in sample.labels])
    probabilities = head.predict(bench.encode(sample.texts), sample.texts)
    rows = []
    languages = [name for name, _ in Counter(sample.languages).most_common()]
    for language in ["all", *(languages if len(languages) > 1 else [])]:
        mine = np.array([language in ("all", one) for one in sample.languages])
        rows.append(_sentiment_row(sample.name, language, truth[mine], probabilities[mine], binary, seed))
    return rows


def _sentiment_row(
    name: str, language: str, truth: np.ndarray, probabilities: np.ndarray, binary: bool, seed: int
) -> Row:
    if binary:
        truth, probabilities = truth // 2, probabilities[:, [0, 2]]
        probabilities = probabilities / np.maximum(probabilities.sum(axis=1, keepdims=True), 1e-12)
    guess = probabilities.argmax(axis=1)
    classes = probabilities.shape[1]
    row: Row = {
        "data": name,
        "language": language,
        "n": len(truth),
        "macro_f1": measures.macro_f1(truth, guess, classes=classes, seed=seed),
        "accuracy": measures.accuracy(truth, guess, seed=seed),
        "ece": measures.calibration_error(probabilities, truth),
    }
    names = (SIDE_NAMES[0], SIDE_NAMES[2]) if binary else SIDE_NAMES
    for side, score in zip(names, measures.class_scores(truth, guess, classes), strict=True):
        for figure in ("precision", "recall", "f1", "support"):
            row[f"{side}_{figure}"] = getattr(score, figure)
    return row


def of_topics(path: Path, bench: Bench, seed: int) -> list[Row]:
    """Agreement of topics with labels, when the true number is told and when it is not (what is left over then counts
    as one more topic); leave-one-out nearest neighbours.
    """
    sample = read(path, ("topic", "label"))
    vectors = bench.encode(sample.texts)
    truth = measures.codes(sample.labels)
    languages = sample.languages if pipeline.parts_languages(bench.encoder.name) else None
    found = topics.find_topics(vectors, seed=seed, languages=languages)
    given = topics.find_topics(vectors, seed=seed, languages=languages, k=int(truth.max()) + 1).labels
    row: Row = {"data": sample.name, "n": len(truth), "k": int(truth.max()) + 1}
    for prefix, labels in (("true_k", given), ("found", found.labels)):
        for name, measure in (
            ("v", measures.v_measure),
            ("ari", measures.adjusted_rand),
            ("ami", measures.adjusted_information),
        ):
            row[f"{prefix}_{name}"] = _resampled(measure, truth, labels, seed)
    row |= {
        "found_k": len(found.centroids),
        "left_over": float((found.labels == LEFT_OVER).mean()),
        **_neighbours(vectors, truth, sample.pair, seed),
    }
    return [row]


def of_groups(path: Path, seed: int, stored_in: Path | None = None) -> list[Row]:
    """Agreement of opinion groups with those stored beside the votes: a folder with votes.csv (and comments.csv: what
    was moderated out), or a file of votes; the groups in `stored_in`, or in groups.csv or participants-votes.csv beside
    the votes. Compared are the participants whom both have given a group.
    """
    folder = path if path.is_dir() else path.parent
    file = next((path / name for name in VOTES if (path / name).is_file()), None) if path.is_dir() else path
    if file is None:
        raise tables.BadInput(f"{path}: there is no votes.csv")
    stored = _stored_groups(stored_in) if stored_in else _groups_beside(folder)
    votes = votes_file.read(tables.Table(file))
    began = time.perf_counter()
    result = groups.find_groups(votes, moderated_out=_moderated_out(folder), seed=seed)
    seconds = time.perf_counter() - began
    ours = {str(who): int(group) for who, group in zip(result.participants, result.assignment, strict=True)}
    both = [who for who in stored if ours.get(who, LEFT_OVER) != LEFT_OVER]
    truth, found = measures.codes([stored[who] for who in both]), np.array([ours[who] for who in both], dtype=np.int64)
    return [
        {
            "data": path.name if path.is_dir() else f"{folder.name}/{path.name}",
            "participants": len(votes.participants),
            "votes": len(votes),
            "compared": len(both),
            "of": len(stored),
            "k": len(set(stored.values())),
            "found_k": result.k,
            "ari": _resampled(measures.adjusted_rand, truth, found, seed),
            "ami": _resampled(measures.adjusted_information, truth, found, seed),
            "silhouette": float(result.silhouettes.get(result.k, float("nan"))),
            "seconds": seconds,
        }
    ]


def is_conversation(folder: Path) -> bool:
    """Whether a folder holds the votes of one conversation."""
    return any((folder / name).is_file() for name in VOTES)


def holds_groups(path: Path) -> bool:
    """Whether a file tells who is in which group, and no votes."""
    columns = tables.Table(path).columns
    return (
        any(name in columns for name in GROUP)
        and "vote" not in columns
        and not any(name.isascii() and name.isdecimal() for name in columns)
    )


def of_encoder(path: Path, bench: Bench, seed: int) -> list[Row]:
    """An encoder by itself: retrieval of twins (zh and en columns), neighbours and k-means against labels where there
    are labels, texts per CPU second.
    """
    sample = read(path, ("label", "topic", "sentiment"), needs_labels=False)
    before, done = bench.seconds, bench.encoded
    vectors = bench.encode(sample.texts)
    seconds, new = bench.seconds - before, bench.encoded - done
    row: Row = {
        "data": sample.name,
        "n": len(vectors),
        "texts_per_cpu_second": new / seconds if seconds else float("nan"),
    }
    one, two = (np.flatnonzero(np.array(sample.languages) == name) for name in TWINS)
    if len(one) and np.array_equal(sample.pair[one], sample.pair[two]):
        for form, change in (("raw", np.asarray), ("centred", measures.centred)):
            left, right = change(vectors[one]), change(vectors[two])
            for way, ranks in (
                ("zh_en", measures.retrieval_ranks(left, right)),
                ("en_zh", measures.retrieval_ranks(right, left)),
            ):
                for at in (1, 5):
                    row[f"{form}_{way}_at_{at}"] = measures.retrieved(ranks, at=at, seed=seed)
    if any(sample.labels):
        truth = measures.codes(sample.labels)
        row |= _neighbours(vectors, truth, sample.pair, seed)
        divided = _k_means(_without_means(vectors, sample.languages), truth, seed)
        row["k_means_v"] = _resampled(measures.v_measure, truth, divided, seed)
    return [row]


def summary(rows: Sequence[Row], name: str) -> list[Row]:
    """Median and worst of a measure over several files, as two more rows."""
    values = [row[name].value for row in rows if name in row and not np.isnan(row[name].value)]
    if len(rows) < 2 or not values:
        return []
    return [{"data": "median", name: float(np.median(values))}, {"data": "worst", name: float(np.min(values))}]


def _resampled(
    measure: Callable[[np.ndarray, np.ndarray], float], truth: np.ndarray, found: np.ndarray, seed: int
) -> measures.Estimate:
    """All these measures end at 1, which the widened spread of subsamples does not know."""
    found_of = measures.subsampled(lambda rows: measure(truth[rows], found[rows]), len(truth), seed=seed)
    low, high = (float(np.minimum(one, 1.0)) for one in (found_of.interval.low, found_of.interval.high))
    return measures.Estimate(found_of.value, Interval(low, high))


def _neighbours(vectors: np.ndarray, truth: np.ndarray, pair: np.ndarray, seed: int) -> Row:
    """Leave-one-out accuracy of five neighbours; where texts have twins, also with the twin kept out of the vote."""
    found = {"knn5": measures.neighbour_hits(vectors, truth)}
    if len(np.unique(pair)) < len(pair):
        found["knn5_without_twin"] = measures.neighbour_hits(vectors, truth, twins=pair)
    return {name: measures.accuracy(hits, np.ones_like(hits), seed=seed) for name, hits in found.items()}


def _without_means(vectors: np.ndarray, languages: Sequence[str]) -> np.ndarray:
    result = vectors.copy()
    for language in set(languages):
        rows = np.array([one == language for one in languages])
        result[rows] = vectors[rows] - vectors[rows].mean(axis=0)
    return unit_rows(result)


def _k_means(vectors: np.ndarray, truth: np.ndarray, seed: int) -> np.ndarray:
    from sklearn.cluster import KMeans

    k = min(int(truth.max()) + 1, len(vectors))
    return KMeans(n_clusters=k, n_init=10, random_state=seed).fit_predict(vectors.astype(np.float64))


def _groups_beside(folder: Path) -> dict[str, str]:
    for name in ("groups.csv", "participants-votes.csv"):
        if (folder / name).is_file():
            return _stored_groups(folder / name)
    raise tables.BadInput(f"{folder}: there is no groups.csv (participant, group_id) to compare with")


def _stored_groups(path: Path) -> dict[str, str]:
    """The group of each participant who has one."""
    table = tables.Table(path)
    who, which = _column(table, PARTICIPANT), _column(table, GROUP)
    return {cells[who].strip(): cells[which].strip() for _, cells in table.rows() if cells[which].strip()}


def _column(table: tables.Table, names: Sequence[str]) -> int:
    found = next((name for name in names if name in table.columns), None)
    if found is None:
        tables.require(table, [names[0]])
    return table.columns.index(found or names[0])


def _moderated_out(folder: Path) -> set[Any]:
    """Statements that the export marks as rejected (moderated is -1)."""
    if not (folder / "comments.csv").is_file():
        return set()
    table = tables.Table(folder / "comments.csv")
    if "moderated" not in table.columns or "comment-id" not in table.columns:
        return set()
    at, mark = table.columns.index("comment-id"), table.columns.index("moderated")
    out = {cells[at].strip() for _, cells in table.rows() if cells[mark].strip() == "-1"}
    return {int(one) if one.isdecimal() else one for one in out}

"""Train the score for attacks and advertisements, set its thresholds, and print how often it errs.

    python -m nlp.training.abuse --data DIR --frozen tests/nlp/core/data/abuse_frozen.csv [--out FILE]

DIR is laid out as sentiment_data.py says; conversations in its folder polis_legacy/ are read too. The tables are
those in docs/models/abuse.md. The frozen sentences and the conversations of MEASURED are never trained on, and no
threshold is set on them.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import sparse

from nlp.core import abuse
from nlp.core.abuse import CLASSES, Model
from nlp.training.sentiment_data import OWN

say = sys.stdout.write

MEASURED = ("vtaiwan.uberx", "scoop-hivemind.taxes")
"""Conversations that real civic comments are measured on, one in each language; the others are trained on as fair."""
REGULARISATION = 1.0
MEANING_SCALE, SIGN_SCALE, SPELLING_SCALE = 3.0, 1.0, 6.0
"""How freely each kind of feature may be used: a larger scale is a smaller penalty."""
WEIGHT = {"written": 1.0, "joined": 0.25, "sentiment": 1.0, "polis": 1.0, "social": 0.1}
"""How much one text of a source counts."""
JOINED = 1200
"""Sentences joined from the pieces of each list of abuse_parts.toml."""
TRIALS = re.compile(r"\btest\b.*\btest\b|^test\b|spam on polis", re.IGNORECASE)
"""Comments of people who tried the site out."""
FOLDS = 5
CIVIC = ("sentiment", "polis")
HOLD_AT = {"civic": (0.002, 0.008), "hard": (0.02, 0.04)}
MARK_AT = {"civic": (0.01, 0.02), "hard": (0.05, 0.10)}
"""Shares of fair texts, out of fold, that may be held and that may be marked: as an attack, as an advertisement.

"civic" are opinions as people give them (CIVIC), "hard" the sentences written to be mistaken.
"""
LOWEST = 0.3
"""No threshold is below this chance."""


@dataclass(frozen=True)
class Corpus:
    """n texts with classes (n,) in the order of CLASSES, what each counts (n,), its source (n,) as in WEIGHT, and its
    group (n,): a conversation, whose texts are never parted between folds, or "".
    """

    texts: list[str]
    classes: np.ndarray
    weights: np.ndarray
    sources: np.ndarray
    groups: np.ndarray


def read_corpus(data: Path) -> Corpus:
    """Sentences written for this project, and real comments of conversations as fair ones."""
    texts, classes, sources, groups = [], [], [], []

    def add(text: str, label: str, source: str, group: str = "") -> None:
        texts.append(text)
        classes.append(CLASSES.index(label))
        sources.append(source)
        groups.append(group)

    for row in _rows(OWN / "abuse_written.csv"):
        add(row["text"], row["label"], "written")
    for name in ("written_zh.csv", "written_en.csv"):
        for row in _rows(OWN / name):
            if row["domain"] == "civic":
                add(row["text"], "fair", "sentiment")
    for label, text in joined():
        add(text, label, "joined")
    for folder in sorted([*(data / "polis").iterdir(), *(data / "polis_legacy").iterdir()]):
        if folder.is_dir() and folder.name not in MEASURED:
            for row in _rows(folder / "comments.csv"):
                if not TRIALS.search(row["comment-body"]):
                    add(row["comment-body"], "fair", "polis", folder.name)
    # Comments of a social network that are not negative: not civic, but no advertisements and hardly an attack.
    for row in _rows(data / "sentiment" / "goemotions_3way.csv"):
        if row["label"] != "-1":
            add(row["text"], "fair", "social")
    weights = np.array([WEIGHT[source] for source in sources])
    return Corpus(texts, np.array(classes), weights, np.array(sources), np.array(groups))


def joined(*, seed: int = 0) -> list[tuple[str, str]]:
    """(label, text) of sentences made of pieces that were written for this project, the same every time."""
    generator = np.random.default_rng(seed)
    parts = tomllib.loads((OWN / "abuse_parts.toml").read_text(encoding="utf-8"))
    made: dict[str, str] = {}
    for name, pieces in parts.items():
        label = name.partition("_")[0].rstrip("2")
        for _turn in range(JOINED):
            text = str(generator.choice(pieces["pattern"]))
            for slot in pieces:
                if f"{{{slot}}}" in text:
                    text = text.replace(f"{{{slot}}}", str(generator.choice(pieces[slot])))
            numbers = {
                "{d}": int(generator.integers(10, 99)),
                "{n}": int(generator.integers(100, 9999)),
                "{m}": int(generator.integers(100000, 999999)),
            }
            for slot, number in numbers.items():
                text = text.replace(slot, str(number))
            made[text] = label
    return [(label, text) for text, label in made.items()]


def fit(
    features: tuple[np.ndarray, np.ndarray, sparse.csr_matrix],
    classes: np.ndarray,
    weights: np.ndarray,
    thresholds: tuple[np.ndarray, np.ndarray] = (np.ones((2, 2)), np.ones((2, 2))),
) -> Model:
    """Multinomial logistic regression over meaning, signs and spelling; the three classes weigh the same."""
    from sklearn.linear_model import LogisticRegression

    vectors, signs, spelling = features
    mean = vectors.mean(axis=0)
    centre, spread = signs.mean(axis=0), signs.std(axis=0) + 1e-9
    table = sparse.hstack(
        [
            sparse.csr_matrix((vectors - mean) * MEANING_SCALE),
            sparse.csr_matrix((signs - centre) / spread * SIGN_SCALE),
            spelling * SPELLING_SCALE,
        ]
    ).tocsr()
    balance = weights / np.bincount(classes, weights, minlength=len(CLASSES))[classes]
    model = LogisticRegression(C=REGULARISATION, max_iter=500, tol=1e-4)
    model.fit(table, classes, sample_weight=balance * len(classes) / balance.sum())
    coefficients = model.coef_.T
    dim, counted = vectors.shape[1], signs.shape[1]
    return Model(
        mean=mean,
        meaning=coefficients[:dim] * MEANING_SCALE,
        centre=centre,
        spread=spread,
        signs=coefficients[dim : dim + counted] * SIGN_SCALE,
        spelling=coefficients[dim + counted :] * SPELLING_SCALE,
        bias=model.intercept_,
        hold=thresholds[0],
        mark=thresholds[1],
        encoder=abuse.reader().fingerprint,
    )


def out_of_fold(corpus: Corpus, features: tuple, *, seed: int = 0) -> np.ndarray:
    """Probabilities (n, 3) of each text by a model that has not seen it, nor anything else of its conversation."""
    folds = np.random.default_rng(seed).permutation(len(corpus.texts)) % FOLDS
    for number, group in enumerate(sorted(set(corpus.groups) - {""})):
        folds[corpus.groups == group] = number % FOLDS
    found = np.zeros((len(folds), len(CLASSES)))
    for fold in range(FOLDS):
        seen = np.flatnonzero(folds != fold)
        model = fit(tuple(part[seen] for part in features), corpus.classes[seen], corpus.weights[seen])
        rows = np.flatnonzero(folds == fold)
        found[rows] = model.weigh(*(part[rows] for part in features))
    return found


def thresholds(chances: np.ndarray, corpus: Corpus) -> tuple[np.ndarray, np.ndarray]:
    """From which chances a text is held, and from which it is marked: as in Model, (2, 2) each."""
    scripts = np.array([abuse.is_chinese(text) for text in corpus.texts])
    fair = corpus.classes == 0
    kinds = {"civic": fair & np.isin(corpus.sources, CIVIC), "hard": fair & (corpus.sources == "written")}

    def at(shares: dict[str, tuple[float, float]]) -> np.ndarray:
        found = np.full((2, 2), LOWEST)
        for script in (0, 1):
            for kind, rows in kinds.items():
                read = chances[rows & (scripts == script), 1:]
                found[script] = np.maximum(
                    found[script], [np.quantile(read[:, k], 1 - shares[kind][k]) for k in (0, 1)]
                )
        return found

    return at(HOLD_AT), at(MARK_AT)


def measure(name: str, texts: list[str], labels: list[str], model: Model | None) -> None:
    """How many of each label are held and marked."""
    judged = abuse.judge_many(texts, model=model)
    for label in dict.fromkeys(labels):
        chosen = [one for one, true in zip(judged, labels, strict=True) if true == label]
        held, marked = sum(one.holds for one in chosen), sum(one.marks for one in chosen)
        n = len(chosen)
        say(f"| {name}, {label} | {n} | {held} ({held / n:.1%}) | {marked} ({marked / n:.1%}) |\n")


def report(data: Path, frozen: Path, model: Model | None) -> None:
    for lang in ("zh", "en"):
        rows = [row for row in _rows(frozen) if row["lang"] == lang]
        measure(f"frozen {lang}", [row["text"] for row in rows], [row["label"] for row in rows], model)
    for name in MEASURED:
        texts = [row["comment-body"] for row in _rows(data / "polis" / name / "comments.csv")]
        measure(name, texts, ["fair"] * len(texts), model)
    for lang in ("zh", "en"):
        texts = [row[lang] for row in _rows(data / "civic.csv")]
        measure(f"civic statements {lang}", texts, ["fair"] * len(texts), model)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Train and measure the score for attacks and advertisements.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--frozen", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=abuse.MODEL)
    options = parser.parse_args(arguments)
    corpus = read_corpus(options.data)
    say(f"{len(corpus.texts)} texts, classes {np.bincount(corpus.classes).tolist()}\n")
    features = (abuse.vectors(corpus.texts), abuse.features(corpus.texts), abuse.spelling(corpus.texts))
    chances = out_of_fold(corpus, features)
    hold, mark = thresholds(chances, corpus)
    say(f"held from {hold.round(2).tolist()}, marked from {mark.round(2).tolist()}\n")
    scripts = np.array([abuse.is_chinese(text) for text in corpus.texts])
    held = (chances[:, 1:] >= hold[scripts]).any(axis=1)
    say("\nout of fold, by the score alone\n| source | class | script | n | held |\n|---|---|---|---|---|\n")
    for source in WEIGHT:
        for number, label in enumerate(CLASSES):
            for script, name in enumerate(("other", "Chinese")):
                rows = (corpus.sources == source) & (corpus.classes == number) & (scripts == script)
                if rows.any():
                    say(f"| {source} | {label} | {name} | {rows.sum()} | {held[rows].mean():.1%} |\n")
    model = fit(features, corpus.classes, corpus.weights, (hold, mark))
    model.save(options.out)
    say(f"wrote {options.out.name} ({options.out.stat().st_size} bytes)\n")
    for name, chosen in (("score and rules", model), ("rules alone", None)):
        say(f"\n{name}\n| text | n | held | marked |\n|---|---|---|---|\n")
        report(options.data, options.frozen, chosen)
    return 0


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


if __name__ == "__main__":
    sys.exit(main())

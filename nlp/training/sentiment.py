"""Train the sentiment heads, calibrate them and print how well they do.

    python -m nlp.training.sentiment --data DIR [--encoders use static e5 words] [--vectors DIR] [--out DIR]

sentiment_data.py says what DIR holds. `--vectors` keeps embeddings between runs, by encoder fingerprint and text.
The table printed is the one in docs/models/sentiment.md.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nlp.core import encoders, sentiment
from nlp.core.pipeline import clean_for_encoding
from nlp.training import sentiment_fit as fitting
from nlp.training import sentiment_report as report
from nlp.training.sentiment_data import DEV_CONVERSATIONS, MIXED, Measure, Source, read_measures, read_sources

say = sys.stdout.write


class Embedder:
    """Vectors of cleaned texts by one encoder, or none at all for the head that reads words only."""

    def __init__(self, name: str, cache: Path | None, vectors: Path | None) -> None:
        self.encoder = None if name == sentiment.WORDS_ONLY else encoders.load(name, cache)
        self.name = name
        self.fingerprint = self.encoder.fingerprint if self.encoder else ""
        self.folder = vectors

    def __call__(self, texts: Sequence[str]) -> np.ndarray:
        if self.encoder is None:
            return np.zeros((len(texts), 0))
        if self.folder is None:
            return self._encode(texts)
        key = hashlib.sha256("\0".join([self.fingerprint, *texts]).encode()).hexdigest()[:24]
        path = self.folder / f"{self.name}-{key}.npy"
        if not path.is_file():
            self.folder.mkdir(parents=True, exist_ok=True)
            np.save(path, self._encode(texts))
        return np.load(path)

    def _encode(self, texts: Sequence[str]) -> np.ndarray:
        assert self.encoder is not None
        return self.encoder.encode([text or "-" for text in texts])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Train and measure the sentiment heads.")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--encoders", nargs="+", default=["use", "static", "e5", sentiment.WORDS_ONLY])
    parser.add_argument("--cache", type=Path, help="where the encoder e5 unpacks its weights")
    parser.add_argument("--vectors", type=Path, help="keep embeddings here between runs")
    parser.add_argument("--out", type=Path, default=sentiment.DATA)
    options = parser.parse_args(arguments)
    sources, measures = read_sources(options.data), read_measures(options.data)
    for source in sources:
        counts = np.bincount(source.classes, minlength=4)
        say(f"{source.name:<50} {len(source.texts):>6} texts, classes {counts.tolist()}\n")
    for name in options.encoders:
        try:
            embed = Embedder(name, options.cache, options.vectors)
        except encoders.EncoderUnavailable as error:
            say(f"\n{name}: left out. {error}\n")
            continue
        train(embed, sources, measures, options.out)
    return 0


def train(embed: Embedder, sources: list[Source], measures: list[Measure], out: Path) -> None:
    table = _table(embed, sources)
    logits = fitting.out_of_fold(table)
    warmth = fitting.temperature(logits[table.real], table.classes[table.real])
    head = fitting.cooled(fitting.fit(table, encoder=embed.name, fingerprint=embed.fingerprint), warmth)
    path = out / f"sentiment-{embed.name}.npz"
    head.save(path)
    say(f"\n{embed.name}: temperature {warmth:.2f}, wrote {path.name} ({path.stat().st_size} bytes)\n")
    for data in measures:
        words = [clean_for_encoding(text) for text in data.texts]
        say(report.measure(data, head.predict(embed(words), words)).line() + "\n")

    apart = table.take(np.flatnonzero(~np.isin(table.groups, DEV_CONVERSATIONS)))
    stranger = fitting.cooled(fitting.fit(apart, encoder=embed.name, fingerprint=embed.fingerprint), warmth)
    say("without any comment of the conversations measured:\n")
    for data in measures[:2]:
        words = [clean_for_encoding(text) for text in data.texts]
        say(report.measure(data, stranger.predict(embed(words), words)).line() + "\n")

    chances = sentiment.folded(logits / warmth)
    start = 0
    for source in sources:
        rows = np.arange(start, start + len(source.texts))
        start += len(rows)
        if source.weight < 1 or source.name == "goemotions":
            continue
        single = rows[table.classes[rows] != MIXED]
        held = Measure(source.name, [], table.classes[single])
        say("held out " + report.measure(held, chances[single]).line() + "\n")
    conversations = Measure("all conversations", [], table.classes[table.real & (table.classes != MIXED)])
    figure = report.measure(conversations, chances[table.real & (table.classes != MIXED)])
    say("held out " + figure.line() + "\n")
    written = np.array([name.startswith("written") for name in _names(sources)])
    for label, rows in (("written", written), ("real", table.real)):
        precision, recall = report.mixed_rule(chances[rows], table.classes[rows])
        say(f"mixed, {label}, held out: precision {precision:.2f}, recall {recall:.2f}\n")


def _table(embed: Embedder, sources: list[Source]) -> fitting.Table:
    cleaned = [[clean_for_encoding(text) for text in source.texts] for source in sources]
    return fitting.tabulate(
        np.vstack([embed(words) for words in cleaned]),
        [text for words in cleaned for text in words],
        np.concatenate([source.classes for source in sources]),
        np.concatenate([np.full(len(source.texts), source.weight) for source in sources]),
        [group for source in sources for group in source.groups],
        np.concatenate([np.full(len(source.texts), _is_real(source)) for source in sources]),
    )


def _is_real(source: Source) -> bool:
    """Comments of real conversations, which calibration is for."""
    return len(set(source.groups)) == 1


def _names(sources: list[Source]) -> list[str]:
    return [source.name for source in sources for _ in source.texts]


if __name__ == "__main__":
    sys.exit(main())

"""From opinions to topics in one call: clean, fold repeats, encode, feel, part, name, place.

`analyse` is the library's front door for texts. It never reads a clock: give it one to have timings.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any

import numpy as np

from nlp.core import (
    descriptions,
    duplicates,
    embedding,
    languages,
    layout,
    levels,
    masking,
    quality,
    sentiment,
    text,
    topics,
)
from nlp.core import edits as replaying
from nlp.core.checkpoints import Checkpoints, key_of
from nlp.core.embedding import Loader
from nlp.core.encoders import Encoder, unit_rows
from nlp.core.executors import Executor
from nlp.core.records import LEFT_OVER, Edit, EditOutcome, Text, TextError, Topic, TopicResult, author_keys

Progress = Callable[[str, int, int], None]
STAGES = ("clean", "duplicates", "encode", "sentiment", "topics", "labels", "places")
"""The stages in order, as they are reported to `progress(stage, done, total)`."""
REPORT_EVERY = 1000
LOW_STABILITY = 0.5
FEW_OPINIONS = 50
DOUBTED = 20_000


@dataclass(frozen=True, slots=True)
class Config:
    """What may be chosen; everything here belongs in a run's record.

    `min_topic`, `neighbours` and `resolution` are those of `topics.find_topics` (None: chosen from the data).
    `quotes` and `dissenting` are how many are picked per topic. `max_characters` is how much of a long text is
    read. `centre_languages` removes each language's mean before the graph is built (None: as `parts_languages` says
    of the encoder).
    """

    seed: int = 0
    min_topic: int | None = None
    neighbours: int | None = None
    resolution: float | None = None
    quotes: int = 3
    dissenting: int = 2
    max_characters: int = 2000
    duplicate_threshold: float = 0.8
    centre_languages: bool | None = None


@dataclass(slots=True)
class _Run:
    """The state of one call."""

    clock: Callable[[], float] | None
    progress: Progress | None
    timings: dict[str, float] = field(default_factory=dict)
    errors: dict[int, TextError] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Callable[[int], None]]:
        self.report(name, 0, total)
        started = self.clock() if self.clock else 0.0
        yield lambda done: self.report(name, min(done, total - 1), total)
        if self.clock:
            self.timings[name] = self.clock() - started
        self.report(name, total, total)

    def report(self, name: str, done: int, total: int) -> None:
        if self.progress is not None and done >= 0:
            self.progress(name, done, total)


@dataclass(frozen=True, slots=True)
class _Folded:
    """Opinions that say the same count as one when topics are looked for.

    original: int (n,), the first row that says what this one says (itself for most); speaker: int (n,), the one of
    them that stands for all, whatever their order; distinct: int (m,), the speakers, in an order that follows from
    their words alone. LEFT_OVER for opinions in error.
    """

    original: np.ndarray
    speaker: np.ndarray
    distinct: np.ndarray

    @property
    def duplicate_of(self) -> np.ndarray:
        return np.where(self.original == np.arange(len(self.original)), -1, self.original)


def analyse(
    texts: Sequence[Text],
    *,
    config: Config | None = None,
    encoder: Encoder,
    vectors: np.ndarray | None = None,
    previous: Mapping[int, Collection[str | int]] | None = None,
    edits: Sequence[Edit] = (),
    executor: Executor | None = None,
    loader: Loader | None = None,
    checkpoints: Checkpoints | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] | None = None,
) -> TopicResult:
    """Topics and sentiment of n opinions; the same opinions, config and encoder give the same result, in whatever
    order the opinions come and wherever `executor` has them encoded.

    `vectors` (n, dim) are embeddings made before by this encoder from `clean_for_encoding(text)`; rows of zeros
    or NaN are encoded now. `previous` is {topic number: text ids} of the last run, parts of topics among them
    (retired ones with an empty collection): matched topics keep their number. `edits`
    are what planners said about the topics, replayed in that order. Workers of `executor` make their own
    encoder with `loader` (default: `encoders.load(encoder.name)`). What is costly is kept in `checkpoints` and taken
    from there. `progress(stage, done, total)` is called as work proceeds; `clock` returns seconds and fills
    `timings`. One unreadable text lands in `errors` and stops nothing. Raises ValueError when `vectors` do not fit
    the texts or the encoder, encoders.EncoderUnavailable when the encoder cannot run.
    """
    config = config or Config()
    run = _Run(clock, progress)
    count = len(texts)
    with run.stage("clean", count) as report:
        cleaned, spoken = [], []
        for i, one in enumerate(texts):
            cleaned.append(clean_for_encoding(one.text, config=config))
            spoken.append(one.lang or languages.identify(cleaned[i]))
            if not cleaned[i]:
                run.errors[i] = TextError(i, one.id, "empty", "Nothing is left to analyse after cleaning.")
            if i % REPORT_EVERY == 0:
                report(i)
    with run.stage("duplicates", count):
        order = sorted(range(count), key=lambda i: (cleaned[i], str(texts[i].id)))
        alike = _alike([cleaned[i] for i in order], config, checkpoints)
    with run.stage("encode", count) as report:
        rows = _encode(texts, cleaned, encoder, vectors, executor, loader, checkpoints, report, run)
    usable = np.array([i for i in range(count) if i not in run.errors], dtype=np.int64)
    with run.stage("sentiment", len(usable)):
        probabilities = _sentiments(encoder, rows, usable, cleaned, spoken)
    folded = _fold(np.array(order, dtype=np.int64), alike, usable)
    with run.stage("topics", len(folded.distinct)) as report:
        partition = _part(rows, folded.distinct, spoken, encoder, config, checkpoints, report)
        places = _spread(partition.labels, folded, count)
        parts = _spread(partition.sublabels, folded, count)
    with run.stage("labels", len(partition.centroids) + len(partition.parents)):
        single = np.zeros(count, dtype=bool)
        single[usable] = folded.original[usable] == usable
        opinions = descriptions.Opinions.read(texts, cleaned, spoken, rows, probabilities, single)
        ids = [one.id for one in texts]
        found = levels.number(ids, places, parts, partition, previous)
        if edits:
            found = levels.replay(found, edits, ids, rows, single, previous)
        describe = partial(
            descriptions.describe,
            opinions,
            names=found.names,
            analysed=len(usable),
            quotes=config.quotes,
            dissenting=config.dissenting,
        )
        is_whole = _is_whole(partition) and len(found.topics.numbers) == 1
        told = describe(found.topics, is_whole=is_whole)
        within = describe(found.parts, above=found.topics)
    with run.stage("places", len(usable)):
        standing = layout.place(rows, found.topics.places, found.topics.centroids, seed=config.seed)
    left_over = int((found.topics.places[usable] == LEFT_OVER).sum())
    return TopicResult(
        assignments=found.topics.assignments,
        confidence=quality.own_cosine(rows, found.topics.places, found.topics.centroids),
        topics=told,
        sentiments=probabilities,
        languages=tuple(spoken),
        duplicate_of=folded.duplicate_of,
        vectors=rows,
        quality={
            **_quality(told, len(usable), left_over, partition, found.outcomes),
            **_doubt(rows, folded.distinct, found.topics),
        },
        timings=run.timings,
        counts={
            "posts": count,
            "people": len(set(author_keys(texts))),
            "analysed": len(usable),
            "duplicates": int((folded.duplicate_of >= 0).sum()),
            "topics": len(told),
            "left_over": left_over,
            "errors": len(run.errors),
        },
        errors=tuple(run.errors[i] for i in sorted(run.errors)),
        notes=_notes(partition, probabilities, len(folded.distinct)),
        encoder=encoder.name,
        fingerprint=encoder.fingerprint,
        subtopics=within,
        subassignments=found.parts.assignments,
        places=standing,
        edits=found.outcomes,
    )


def parts_languages(encoder: str) -> bool:
    """Whether an encoder puts texts of one language near each other whatever they say. Those that were measured and do
    not are better left as they are: where languages have subjects of their own, their means are part of the subjects.
    """
    return encoder not in ("use", "static")


def clean_for_encoding(words: str, *, config: Config | None = None) -> str:
    """The form of a text that `analyse` reads, personal data masked; "" when nothing can be analysed."""
    cleaned = masking.mask(text.clean(words, limit=(config or Config()).max_characters))
    return cleaned if text.has_words(cleaned) else ""


def _alike(cleaned: Sequence[str], config: Config, checkpoints: Checkpoints | None) -> np.ndarray:
    """`duplicates.fold` of texts that are in order; it takes long enough to be kept."""

    def fold() -> dict[str, np.ndarray]:
        return {"first": duplicates.fold(cleaned, threshold=config.duplicate_threshold)}

    if checkpoints is None:
        return fold()["first"]
    return checkpoints.recall_or_make(key_of("alike", config.duplicate_threshold, *cleaned), fold)["first"]


def _fold(order: np.ndarray, alike: np.ndarray, usable: np.ndarray) -> _Folded:
    """`alike` (n,) holds for the positions in `order`: where the first that says the same stands, or -1."""
    group = np.empty(len(order), dtype=np.int64)
    group[order] = np.where(alike < 0, np.arange(len(order)), alike)
    readable = np.zeros(len(order), dtype=bool)
    readable[usable] = True
    by_words = order[readable[order]]
    names, first = np.unique(group[usable], return_index=True)
    original = np.full(len(order), LEFT_OVER, dtype=np.int64)
    original[usable] = usable[first[np.searchsorted(names, group[usable])]]
    names, first = np.unique(group[by_words], return_index=True)
    speaker = np.full(len(order), LEFT_OVER, dtype=np.int64)
    speaker[usable] = by_words[first[np.searchsorted(names, group[usable])]]
    return _Folded(original, speaker, by_words[np.sort(first)])


def _encode(
    texts: Sequence[Text],
    cleaned: Sequence[str],
    encoder: Encoder,
    given: np.ndarray | None,
    executor: Executor | None,
    loader: Loader | None,
    checkpoints: Checkpoints | None,
    report: Callable[[int], None],
    run: _Run,
) -> np.ndarray:
    """float32 (n, dim), unit rows; zero rows for texts in error, which are added to `run.errors`."""
    wanted = list(cleaned)
    rows = np.zeros((0, encoder.dim), dtype=np.float32)
    if given is not None:
        given = np.asarray(given, dtype=np.float32)
        if given.shape != (len(texts), encoder.dim):
            raise ValueError(f"vectors have the shape {given.shape}, this encoder makes ({len(texts)}, {encoder.dim})")
        rows = unit_rows(np.where(np.isfinite(given).all(axis=1, keepdims=True), given, np.float32(0)))
        rows[list(run.errors)] = 0
        for i in np.flatnonzero(rows.any(axis=1)).tolist():
            wanted[i] = ""
    made, failed = embedding.embed(
        wanted,
        encoder,
        executor=executor,
        loader=loader,
        checkpoints=checkpoints,
        progress=lambda done, total: report(done),
    )
    if given is None:
        rows = made
    else:
        missing = np.array([bool(words) for words in wanted], dtype=bool)
        rows[missing] = made[missing]
    for i, reason in failed.items():
        code = "vector" if reason == embedding.NO_VECTOR else "encoding"
        run.errors[i] = TextError(i, texts[i].id, code, reason)
    return rows


def _sentiments(
    encoder: Encoder, rows: np.ndarray, usable: np.ndarray, cleaned: Sequence[str], spoken: Sequence[str]
) -> np.ndarray | None:
    """float64 (n, 3), NaN where an opinion has none; None where nothing was found to have any."""
    head = sentiment.choose(encoder.name, fingerprint=encoder.fingerprint)
    probabilities = np.full((len(rows), 3), np.nan)
    known = np.array([i for i in usable if head is not None and head.reads(spoken[i])], dtype=np.int64)
    if head is None or (len(usable) and not len(known)):
        return None
    probabilities[known] = head.predict(rows[known], [cleaned[i] for i in known])
    return probabilities


def _part(
    rows: np.ndarray,
    distinct: np.ndarray,
    spoken: Sequence[str],
    encoder: Encoder,
    config: Config,
    checkpoints: Checkpoints | None,
    report: Callable[[int], None],
) -> topics.Partition:
    apart = parts_languages(encoder.name) if config.centre_languages is None else config.centre_languages
    chosen = rows[distinct]
    names = [spoken[i] for i in distinct] if apart else None

    def find() -> topics.Partition:
        return topics.find_topics(
            chosen,
            seed=config.seed,
            min_topic=config.min_topic,
            neighbours=config.neighbours,
            resolution=config.resolution,
            languages=names,
            progress=lambda done, total: report(done * len(distinct) // total),
        )

    if checkpoints is None:
        return find()
    key = key_of(
        "topics", chosen, config.seed, config.min_topic, config.neighbours, config.resolution, *(names or ["together"])
    )
    kept = checkpoints.recall_or_make(key, lambda: _stored(find()))
    stored: dict[str, Any] = {name: value if value.ndim else value.item() for name, value in kept.items()}
    return topics.Partition(**stored)


def _stored(partition: topics.Partition) -> dict[str, np.ndarray]:
    return {each.name: np.asarray(getattr(partition, each.name)) for each in fields(partition)}


def _spread(labels: np.ndarray, folded: _Folded, count: int) -> np.ndarray:
    """int (n,): what each opinion's speaker was given; LEFT_OVER for opinions in error."""
    by_row = np.full(count, LEFT_OVER, dtype=np.int64)
    by_row[folded.distinct] = labels
    return np.where(folded.speaker == LEFT_OVER, LEFT_OVER, by_row[folded.speaker])


def _quality(
    told: Sequence[Topic],
    analysed: int,
    left_over: int,
    partition: topics.Partition,
    outcomes: Sequence[EditOutcome],
) -> dict[str, float]:
    """Figures of the whole run: those of the topics, each weighing as much as it has posts. NaN is left out."""
    inside = analysed - left_over
    figures = {
        "left_over": left_over / analysed if analysed else 0.0,
        "resolution": partition.resolution,
        "place_threshold": partition.threshold,
    }
    for name in ("coherence", "separation", "silhouette"):
        figures[name] = sum(topic.quality[name] * topic.size_posts for topic in told) / max(inside, 1)
    for name, value in (("stability", partition.stability), ("seed_stability", partition.seeds)):
        if not np.isnan(value):
            figures[name] = value
    agreement = replaying.agreement(outcomes)
    if not np.isnan(agreement):
        figures["edit_agreement"] = agreement
    return figures


def _doubt(rows: np.ndarray, distinct: np.ndarray, found: levels.Level) -> dict[str, float]:
    """How many of the opinions within topics could as well stand in another one: of all, or of DOUBTED of them."""
    if len(found.centroids) < 2:
        return {}
    inside = distinct[found.places[distinct] != LEFT_OVER]
    some = inside[:: -(-len(inside) // DOUBTED)] if len(inside) else inside
    return {"low_confidence": quality.low_confidence(rows[some], found.places[some], found.centroids)}


def _is_whole(partition: topics.Partition) -> bool:
    """Whether the opinions were not parted at all."""
    return len(partition.centroids) == 1 and partition.resolution == 0.0


def _notes(partition: topics.Partition, probabilities: np.ndarray | None, distinct: int) -> tuple[str, ...]:
    notes = []
    if _is_whole(partition):
        notes.append("one_topic")
    if distinct < FEW_OPINIONS:
        notes.append("few_opinions")
    if probabilities is None:
        notes.append("no_sentiment")
    if partition.stability < LOW_STABILITY:
        notes.append("low_stability")
    return tuple(notes)

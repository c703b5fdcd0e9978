"""From opinions to topics in one call: clean, fold repeats, encode, feel, part, name.

`analyse` is the library's front door for texts. It never reads a clock: give it one to have timings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

from nlp.core import duplicates, labels, languages, quality, sentiment, text, topics
from nlp.core.encoders import Encoder, unit_rows
from nlp.core.records import (
    LEFT_OVER,
    SENTIMENTS,
    Interval,
    SentimentSummary,
    Text,
    TextError,
    Topic,
    TopicResult,
    author_keys,
)

Progress = Callable[[str, int, int], None]
STAGES = ("clean", "encode", "sentiment", "topics", "labels")
"""The stages in order, as they are reported to `progress(stage, done, total)`."""
ENCODE_AT_ONCE = 128
LOW_STABILITY = 0.5
FEW_OPINIONS = 50


@dataclass(frozen=True, slots=True)
class Config:
    """What may be chosen; everything here belongs in a run's record.

    `min_topic`, `neighbours` and `resolution` are those of `topics.find_topics` (None: chosen from the data).
    `quotes` and `dissenting` are how many are picked per topic. `max_characters` is how much of a long text is
    read. `centre_languages` removes each language's mean before the graph is built (None: for every encoder but
    "use", which does not part languages).
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
    def stage(self, name: str, total: int) -> Iterator[None]:
        self.report(name, 0, total)
        started = self.clock() if self.clock else 0.0
        yield
        if self.clock:
            self.timings[name] = self.clock() - started
        self.report(name, total, total)

    def report(self, name: str, done: int, total: int) -> None:
        if self.progress is not None:
            self.progress(name, done, total)


def analyse(
    texts: Sequence[Text],
    *,
    config: Config | None = None,
    encoder: Encoder,
    vectors: np.ndarray | None = None,
    previous: Mapping[int, Collection[str | int]] | None = None,
    progress: Progress | None = None,
    clock: Callable[[], float] | None = None,
) -> TopicResult:
    """Topics and sentiment of n opinions; the same input, config and encoder give the same result.

    `vectors` (n, dim) are embeddings made before by this encoder from `clean_for_encoding(text)`; rows of zeros
    or NaN are encoded now. `previous` is {topic number: text ids} of the last run (retired topics with an empty
    collection): matched topics keep their number. `progress(stage, done, total)` is called as work proceeds;
    `clock` returns seconds and fills `timings`. One unreadable text lands in `errors` and stops nothing. Raises
    ValueError when `vectors` do not fit the texts or the encoder.
    """
    config = config or Config()
    run = _Run(clock, progress)
    count = len(texts)
    with run.stage("clean", count):
        cleaned = [text.clean(one.text, limit=config.max_characters) for one in texts]
        for i, words in enumerate(cleaned):
            if not text.has_words(words):
                run.errors[i] = TextError(i, texts[i].id, "empty", "Nothing is left to analyse after cleaning.")
        spoken = tuple(one.lang or languages.identify(words) for one, words in zip(texts, cleaned, strict=True))
        duplicate_of = duplicates.fold(
            ["" if i in run.errors else words for i, words in enumerate(cleaned)], threshold=config.duplicate_threshold
        )
    with run.stage("encode", count):
        rows = _encode(texts, cleaned, encoder, vectors, run)
    usable = np.array([i for i in range(count) if i not in run.errors], dtype=np.int64)
    with run.stage("sentiment", count):
        probabilities = _sentiments(encoder, rows, usable, cleaned, spoken)
    distinct = np.array(
        [i for i in usable if duplicate_of[i] < 0 or int(duplicate_of[i]) in run.errors], dtype=np.int64
    )
    with run.stage("topics", len(distinct)):
        apart = config.centre_languages if config.centre_languages is not None else encoder.name != "use"
        partition = topics.find_topics(
            rows[distinct],
            seed=config.seed,
            min_topic=config.min_topic,
            neighbours=config.neighbours,
            resolution=config.resolution,
            languages=[spoken[i] for i in distinct] if apart else None,
            progress=lambda done, total: run.report("topics", done * len(distinct) // total, len(distinct)),
        )
        place_of = np.full(count, LEFT_OVER, dtype=np.int64)
        place_of[distinct] = partition.labels
        for i in usable:
            if duplicate_of[i] >= 0 and int(duplicate_of[i]) not in run.errors:
                place_of[i] = place_of[duplicate_of[i]]
    with run.stage("labels", len(partition.centroids)):
        found, assignments, confidence = _describe(
            texts,
            cleaned,
            spoken,
            rows,
            probabilities,
            place_of,
            duplicate_of,
            partition,
            config,
            previous,
            len(usable),
        )
    notes = _notes(partition, probabilities, len(distinct))
    return TopicResult(
        assignments=assignments,
        confidence=confidence,
        topics=found,
        sentiments=probabilities,
        languages=spoken,
        duplicate_of=duplicate_of,
        vectors=rows,
        quality=_quality(rows, usable, place_of, partition),
        timings=run.timings,
        counts={
            "posts": count,
            "people": len(set(author_keys(texts))),
            "analysed": len(usable),
            "duplicates": int((duplicate_of >= 0).sum()),
            "topics": len(found),
            "left_over": int((place_of[usable] == LEFT_OVER).sum()),
            "errors": len(run.errors),
        },
        errors=tuple(run.errors[i] for i in sorted(run.errors)),
        notes=notes,
        encoder=encoder.name,
        fingerprint=encoder.fingerprint,
    )


def clean_for_encoding(words: str, *, config: Config | None = None) -> str:
    """The form of a text that `analyse` gives to the encoder; "" when nothing can be analysed."""
    cleaned = text.clean(words, limit=(config or Config()).max_characters)
    return cleaned if text.has_words(cleaned) else ""


def _encode(
    texts: Sequence[Text], cleaned: Sequence[str], encoder: Encoder, given: np.ndarray | None, run: _Run
) -> np.ndarray:
    """float32 (n, dim), unit rows; zero rows for texts in error, which are added to `run.errors`."""
    rows = np.zeros((len(texts), encoder.dim), dtype=np.float32)
    if given is not None:
        given = np.asarray(given, dtype=np.float32)
        if given.shape != rows.shape:
            raise ValueError(f"vectors have the shape {given.shape}, this encoder makes {rows.shape}")
        good = np.isfinite(given).all(axis=1)
        rows[good] = unit_rows(given[good])
    for i in run.errors:
        rows[i] = 0
    todo = [i for i in range(len(texts)) if i not in run.errors and not rows[i].any()]
    todo.sort(key=lambda i: (len(cleaned[i]), i))
    for start in range(0, len(todo), ENCODE_AT_ONCE):
        batch = todo[start : start + ENCODE_AT_ONCE]
        try:
            rows[batch] = encoder.encode([cleaned[i] for i in batch])
        except (ValueError, RuntimeError, IndexError, OverflowError):
            for i in batch:
                _encode_one(i, texts, cleaned, encoder, rows, run)
        run.report("encode", len(texts) - len(todo) + min(start + ENCODE_AT_ONCE, len(todo)), len(texts))
    for i in todo:
        if i not in run.errors and not (np.isfinite(rows[i]).all() and rows[i].any()):
            rows[i] = 0
            run.errors[i] = TextError(i, texts[i].id, "vector", "The encoder gave no usable vector for this text.")
    return rows


def _encode_one(
    i: int, texts: Sequence[Text], cleaned: Sequence[str], encoder: Encoder, rows: np.ndarray, run: _Run
) -> None:
    try:
        rows[i] = encoder.encode([cleaned[i]])[0]
    except (ValueError, RuntimeError, IndexError, OverflowError) as error:
        rows[i] = 0
        run.errors[i] = TextError(i, texts[i].id, "encoding", f"The encoder failed on this text: {error}")


def _sentiments(
    encoder: Encoder, rows: np.ndarray, usable: np.ndarray, cleaned: Sequence[str], languages: Sequence[str]
) -> np.ndarray | None:
    head = sentiment.load(encoder.name, fingerprint=encoder.fingerprint)
    if head is None:
        return None
    probabilities = np.full((len(rows), 3), np.nan)
    if len(usable):
        probabilities[usable] = head.predict(rows[usable])
    return probabilities


def _describe(
    texts: Sequence[Text],
    cleaned: Sequence[str],
    languages: Sequence[str],
    rows: np.ndarray,
    probabilities: np.ndarray | None,
    place_of: np.ndarray,
    duplicate_of: np.ndarray,
    partition: topics.Partition,
    config: Config,
    previous: Mapping[int, Collection[str | int]] | None,
    analysed: int,
) -> tuple[tuple[Topic, ...], np.ndarray, np.ndarray]:
    """The topics, the topic number of each text and its cosine to that topic's centroid."""
    count = len(partition.centroids)
    people = author_keys(texts)
    confidence = quality.own_cosine(rows, place_of, partition.centroids) if count else np.zeros(len(texts))
    single = np.flatnonzero((duplicate_of < 0) & (place_of != LEFT_OVER)).tolist()
    words = [text.tokens(cleaned[i]) for i in single]
    named = labels.keywords([cleaned[i] for i in single], words, place_of[single], count, [people[i] for i in single])
    ranked = sorted(range(count), key=lambda t: (-int((place_of == t).sum()), t))
    members = [
        sorted(np.flatnonzero(place_of == t).tolist(), key=lambda i: (-round(float(confidence[i]), 6), i))
        for t in range(count)
    ]
    matched = topics.match(previous or {}, [[texts[i].id for i in members[t]] for t in ranked])
    numbers = [matched[ranked.index(t)] for t in range(count)]
    figures = quality.topic_figures(rows[single], place_of[single], partition.centroids)
    found = []
    for t in range(count):
        originals = [i for i in members[t] if duplicate_of[i] < 0] or members[t]
        language = Counter(languages[i] for i in originals).most_common(1)[0][0]
        quotes = labels.representatives(
            rows, originals, partition.centroids[t], people, [len(words) for words in cleaned], count=config.quotes
        )
        against = labels.dissenters(probabilities, originals, confidence, people, count=config.dissenting)
        if count == 1 and partition.resolution == 0.0:
            label = labels.ALL_OPINIONS.get(language, labels.ALL_OPINIONS["en"])
        else:
            label = labels.join(named[t], language) or labels.excerpt(cleaned[quotes[0]])
        found.append(
            Topic(
                number=numbers[t],
                label=label,
                keywords=named[t],
                members=tuple(members[t]),
                size_posts=len(members[t]),
                size_people=len({people[i] for i in members[t]}),
                share=len(members[t]) / analysed,
                sentiment=summarise_sentiment(probabilities, members[t], people),
                quotes=tuple(texts[i].id for i in quotes),
                dissenting=tuple(texts[i].id for i in against),
                centroid=partition.centroids[t],
                quality=figures[t],
            )
        )
    known = place_of != LEFT_OVER
    assignments = np.full(len(texts), LEFT_OVER, dtype=np.int64)
    if count:
        assignments[known] = np.array(numbers)[place_of[known]]
    found.sort(key=lambda topic: (-topic.size_posts, topic.number))
    return tuple(found), assignments, confidence


def summarise_sentiment(
    probabilities: np.ndarray | None, members: Sequence[int], people: Sequence[str]
) -> SentimentSummary | None:
    """Counts by post, mean and interval by person, for rows of an (n, 3) array; None where no member has a
    sentiment.
    """
    if probabilities is None:
        return None
    known = [i for i in members if not np.isnan(probabilities[i, 0])]
    if not known:
        return None
    sides = Counter(SENTIMENTS[int(np.argmax(probabilities[i]))] for i in known)
    by_person: dict[str, list[float]] = {}
    for i in known:
        by_person.setdefault(people[i], []).append(float(probabilities[i, 2] - probabilities[i, 0]))
    mean, low, high = quality.mean_interval(np.array([float(np.mean(values)) for values in by_person.values()]))
    return SentimentSummary(sides["negative"], sides["neutral"], sides["positive"], mean, Interval(low, high))


def _quality(
    rows: np.ndarray, usable: np.ndarray, place_of: np.ndarray, partition: topics.Partition
) -> dict[str, float]:
    """Figures of the whole run; each opinion counts once. NaN is left out."""
    inside = usable[place_of[usable] != LEFT_OVER] if len(usable) else usable
    figures = {
        "coherence": 0.0,
        "separation": 0.0,
        "silhouette": 0.0,
        "left_over": 1 - len(inside) / len(usable) if len(usable) else 0.0,
        "resolution": partition.resolution,
        "place_threshold": partition.threshold,
    }
    if len(inside):
        per_topic = quality.topic_figures(rows[inside], place_of[inside], partition.centroids)
        weights = np.bincount(place_of[inside], minlength=len(per_topic)) / len(inside)
        for name in ("coherence", "separation", "silhouette"):
            figures[name] = float(sum(weight * one[name] for weight, one in zip(weights, per_topic, strict=True)))
    if not np.isnan(partition.stability):
        figures["stability"] = partition.stability
    return figures


def _notes(partition: topics.Partition, probabilities: np.ndarray | None, distinct: int) -> tuple[str, ...]:
    notes = []
    if len(partition.centroids) == 1 and partition.resolution == 0.0:
        notes.append("one_topic")
    if distinct < FEW_OPINIONS:
        notes.append("few_opinions")
    if probabilities is None:
        notes.append("no_sentiment")
    if partition.stability < LOW_STABILITY:
        notes.append("low_stability")
    return tuple(notes)

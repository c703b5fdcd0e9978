"""Whom a summary speaks for, what differs between two moments, sources or groups, and what is new.

Read side: the opinions are those published now and read by the model of the latest Run; nothing is written. All
vectors of a corpus are read into memory (2 kB for each opinion), so the cost grows with the corpus.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from nlp import placing
from nlp.models import Corpus, Opinion, Run
from nlp.runs import latest_run, unpacked

MOST_SENTENCES = 60
MENDING = 3
"""How many further opinions are offered to mend a summary."""


class NothingToAudit(ValueError):
    """There is no finished analysis, or nothing in the summary to compare with."""


@dataclass(frozen=True, slots=True)
class Held:
    """The n analysed opinions of a corpus as arrays; `groups` is None before votes were analysed, else LEFT_OVER for
    people without a group. `tone` is P(positive) - P(negative), NaN where unknown.
    """

    ids: np.ndarray
    vectors: np.ndarray
    topics: np.ndarray
    groups: np.ndarray | None
    people: list[str]
    sources: list[str]
    sentiments: list[str]
    tone: np.ndarray
    posted_at: list[datetime]


@dataclass(frozen=True, slots=True)
class SummaryAudit:
    """`sentences` beside the id of the opinion nearest to each (None: nobody said so); `coverage` as
    `nlp.core.coverage` gives it, positions turned into opinion ids in `left_out` {topic number: ids} and `mending`.
    """

    sentences: list[tuple[str, int | None]]
    coverage: object
    left_out: dict[int, list[int]]
    mending: list[int]


def of_summary(corpus: Corpus, summary: str) -> SummaryAudit:
    """Audit a written summary sentence by sentence. Raises NothingToAudit and EncoderUnavailable."""
    from nlp.core import coverage, pipeline, sentences

    held = read(corpus)
    said = [(one, pipeline.clean_for_encoding(one)) for one in sentences.split(summary)[:MOST_SENTENCES]]
    said = [(shown, cleaned) for shown, cleaned in said if cleaned]
    if not said or not len(held.ids):
        raise NothingToAudit
    encoded = placing.load_encoder().encode([cleaned for _shown, cleaned in said])
    threshold = coverage.near_enough(held.vectors, held.topics)
    positions = coverage.match(encoded, held.vectors, threshold)
    found = coverage.audit(
        held.vectors,
        positions,
        topics=held.topics,
        people=held.people,
        groups=held.groups,
        sentences=encoded,
        threshold=threshold,
    )
    already = [int(position) for position in positions if position >= 0]
    mending = coverage.best(held.vectors, MENDING, people=held.people, threshold=threshold, already=already)
    return SummaryAudit(
        sentences=[
            (shown, int(held.ids[position]) if position >= 0 else None)
            for (shown, _cleaned), position in zip(said, positions, strict=True)
        ],
        coverage=found,
        left_out={part.number: held.ids[list(part.typical)].tolist() for part in found.by_topic},
        mending=held.ids[mending].tolist(),
    )


def read(corpus: Corpus) -> Held:
    """The opinions that the latest Run's model has read. Raises NothingToAudit before the first Run."""
    from nlp.core.records import LEFT_OVER

    run = latest_run(corpus, Run.Kind.TOPICS)
    if run is None:
        raise NothingToAudit
    own = f"{run.model}:{run.model_fingerprint[:12]}"
    opinions = list(
        Opinion.objects.published()
        .filter(corpus=corpus, encoder=own, vector__isnull=False)
        .order_by("id")
        .values_list(
            "pk", "vector", "topic_number", "author_key", "source", "sentiment", "p_positive", "p_negative", "posted_at"
        )
    )
    groups_run = latest_run(corpus, Run.Kind.GROUPS)
    places = groups_run.result.get("members", {}) if groups_run else {}
    groups = [places[row[3]][0] if row[3] in places else LEFT_OVER for row in opinions]
    return Held(
        ids=np.array([row[0] for row in opinions], dtype=np.int64),
        vectors=np.stack([unpacked(row[1]) for row in opinions]) if opinions else np.zeros((0, 1), np.float32),
        topics=np.array([LEFT_OVER if row[2] is None else row[2] for row in opinions], dtype=np.int64),
        groups=np.array(groups, dtype=np.int64) if places else None,
        people=[row[3] or f"opinion:{row[0]}" for row in opinions],
        sources=[row[4] for row in opinions],
        sentiments=[row[5] for row in opinions],
        tone=np.array([np.nan if row[6] is None else row[6] - row[7] for row in opinions], dtype=np.float64),
        posted_at=[row[8] for row in opinions],
    )


@dataclass(frozen=True, slots=True)
class EmergingRow:
    """A subject that no topic of the latest Run holds yet: how many spoke of it, and the ids of typical opinions."""

    people: int
    posts: int
    typical: list[int]


def emerging(corpus: Corpus, *, typical: int = 3) -> list[EmergingRow]:
    """New subjects among the latest opinions that fit no topic, most people first; [] before the first Run.

    Only the last opinions without a topic are looked at, so the cost does not grow with the corpus.
    """
    from nlp.core import emerging as core

    run = latest_run(corpus, Run.Kind.TOPICS)
    if run is None:
        return []
    own = f"{run.model}:{run.model_fingerprint[:12]}"
    loose = list(
        Opinion.objects.published()
        .filter(corpus=corpus, encoder=own, vector__isnull=False, topic_number=None)
        .order_by("-id")
        .values_list("pk", "vector", "author_key")[: core.LIMIT]
    )[::-1]
    if not loose:
        return []
    found = core.notice(
        np.stack([unpacked(row[1]) for row in loose]),
        [row[2] or f"opinion:{row[0]}" for row in loose],
        coherence=float(run.quality.get("coherence") or 0.0),
    )
    return [
        EmergingRow(subject.people, len(subject.members), [loose[place][0] for place in subject.members[:typical]])
        for subject in found
    ]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What A's people speak of and feel against B's: `topics` and `sentiments` are `nlp.core.comparisons.Difference`s;
    `tone` is the one of the mean tone per person.
    """

    people_a: int
    people_b: int
    topics: Sequence
    sentiments: Sequence
    tone: object


def compare(held: Held, in_a: np.ndarray, in_b: np.ndarray) -> Comparison:
    """Compare two sets of opinions, given as bool arrays (n,)."""
    from nlp.core import comparisons

    rows_a, rows_b = np.flatnonzero(in_a), np.flatnonzero(in_b)
    return Comparison(
        people_a=len({held.people[row] for row in rows_a}),
        people_b=len({held.people[row] for row in rows_b}),
        topics=comparisons.topics(held.topics, held.people, in_a, in_b),
        sentiments=comparisons.sentiments(held.sentiments, held.people, in_a, in_b),
        tone=comparisons.means(
            "tone",
            comparisons.by_person(held.tone, held.people, rows_a),
            comparisons.by_person(held.tone, held.people, rows_b),
        ),
    )


def before_and_after(held: Held, moment: datetime) -> tuple[np.ndarray, np.ndarray]:
    """What was said before a moment, and what was said from then on."""
    late = np.array([at >= moment for at in held.posted_at], dtype=bool)
    return ~late, late


def by_source(held: Held, source_a: str, source_b: str) -> tuple[np.ndarray, np.ndarray]:
    """What came in by one door, and by another."""
    sources = np.array(held.sources, dtype=object)
    return sources == source_a, sources == source_b


def by_group(held: Held, group_a: int, group_b: int) -> tuple[np.ndarray, np.ndarray]:
    """What the people of two opinion groups said in words."""
    groups = held.groups if held.groups is not None else np.full(len(held.ids), -1)
    return groups == group_a, groups == group_b

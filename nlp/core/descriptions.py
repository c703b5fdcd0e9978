"""What there is to tell about each topic: name, size in posts and people, feeling, who speaks for and against.

One function for both levels, topics and their parts. The cost is linear in the opinions: everything is done on arrays
sorted by topic once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from nlp.core import labels, languages, quality, sentiment, terms, text
from nlp.core.levels import Level
from nlp.core.records import Interval, SentimentSummary, Text, Topic, author_keys

CANDIDATES = 1000
"""Quotes are chosen among this many opinions of a topic, the most typical."""
MEASURED, LEAST_MEASURED = 20_000, 50
"""How good topics are is measured on about this many opinions, and on so many of each topic at least."""


@dataclass(frozen=True, slots=True)
class Opinions:
    """What is known of n opinions before they are described.

    vectors: float32 (n, dim); probabilities: float (n, 3) or None; feelings: label of each ("" without one); people:
    (n,) keys of `author_keys`; persons: int (n,), the same as numbers; lengths: int (n,), characters; single: bool
    (n,), False for repeats and for what could not be read; terms: of the single ones, in their order.
    """

    texts: Sequence[Text]
    cleaned: Sequence[str]
    languages: Sequence[str]
    vectors: np.ndarray
    probabilities: np.ndarray | None
    feelings: np.ndarray
    people: Sequence[str]
    persons: np.ndarray
    lengths: np.ndarray
    single: np.ndarray
    terms: terms.Terms

    @classmethod
    def read(
        cls,
        texts: Sequence[Text],
        cleaned: Sequence[str],
        languages: Sequence[str],
        vectors: np.ndarray,
        probabilities: np.ndarray | None,
        single: np.ndarray,
    ) -> Opinions:
        people = author_keys(texts)
        words = [cleaned[i] for i in np.flatnonzero(single).tolist()]
        return cls(
            texts,
            cleaned,
            languages,
            vectors,
            probabilities,
            feelings(probabilities, len(texts)),
            people,
            _numbered(people),
            np.array([len(words) for words in cleaned], dtype=np.int64),
            single,
            terms.read(words, (text.tokens(one) for one in words)),
        )


def feelings(probabilities: np.ndarray | None, count: int) -> np.ndarray:
    """object array (count,): what `sentiment.labels` says, "" where an opinion has no sentiment."""
    if probabilities is None:
        return np.full(count, "", dtype=object)
    return np.array(sentiment.labels(probabilities), dtype=object)


def describe(
    opinions: Opinions,
    level: Level,
    *,
    analysed: int,
    above: Level | None = None,
    names: Mapping[int, str] = MappingProxyType({}),
    is_whole: bool = False,
    quotes: int = 3,
    dissenting: int = 2,
) -> tuple[Topic, ...]:
    """The topics of one level, largest first; for parts of topics `above` is the level of these.

    `names` are what people called topics, by number. `is_whole` tells that nothing was parted: the one topic is called
    "all opinions". A topic without members is left out.
    """
    places, centroids, count = level.places, level.centroids, len(level.numbers)
    if not count:
        return ()
    confidence = quality.own_cosine(opinions.vectors, places, centroids)
    members = _members(places, confidence, count)
    named = labels.choose(
        opinions.terms,
        places[opinions.single],
        count,
        [opinions.people[i] for i in np.flatnonzero(opinions.single).tolist()],
        parents=None if above is None else level.parents,
    )
    figures = _figures(opinions, members, centroids)
    found: list[Topic] = []
    spoken: list[str] = []
    for row in range(count):
        mine = members[row]
        if not len(mine):
            continue
        originals = mine[opinions.single[mine]]
        originals = originals if len(originals) else mine
        speaking = labels.representatives(
            opinions.vectors,
            originals[:CANDIDATES].tolist(),
            centroids[row],
            opinions.people,
            opinions.lengths,  # type: ignore[arg-type]
            count=quotes,
        )
        against = labels.dissenters(
            opinions.probabilities, originals.tolist(), confidence, opinions.people, count=dissenting, quoted=speaking
        )
        language = Counter(opinions.languages[i] for i in originals.tolist()).most_common(1)[0][0]
        words = tuple(dict.fromkeys(languages.written(word, language) for word in named[row]))
        speaker = next((i for i in speaking if opinions.languages[i] == language), speaking[0])
        label = labels.join(words, language) or labels.excerpt(opinions.cleaned[speaker])
        spoken.append(language)
        found.append(
            Topic(
                number=level.numbers[row],
                label=labels.ALL_OPINIONS.get(language, labels.ALL_OPINIONS["en"]) if is_whole else label,
                keywords=words,
                members=tuple(mine.tolist()),
                size_posts=len(mine),
                size_people=len(np.unique(opinions.persons[mine])),
                share=len(mine) / analysed,
                sentiment=summarise(opinions.probabilities, opinions.feelings, opinions.persons, mine),
                quotes=tuple(opinions.texts[i].id for i in speaking),
                dissenting=tuple(opinions.texts[i].id for i in against),
                centroid=centroids[row],
                quality=figures[row],
                parent=None if above is None else above.numbers[int(level.parents[row])],
                level=0 if above is None else 1,
            )
        )
    apart = _told_apart(found, spoken)
    return tuple(replace(one, label=names.get(one.number) or one.label) for one in apart)


def summarise(
    probabilities: np.ndarray | None, felt: np.ndarray, persons: np.ndarray, members: np.ndarray
) -> SentimentSummary | None:
    """Counts by post, mean and interval by person, of the rows `members` of `probabilities` (n, 3), `felt` (n,), the
    label of each, and `persons` (n,), a number for each author; None where no member has a sentiment.
    """
    if probabilities is None:
        return None
    known = members[~np.isnan(probabilities[members, 0])]
    if not len(known):
        return None
    counts = Counter(felt[known].tolist())
    leaning = probabilities[known, 2] - probabilities[known, 0]
    who = np.unique(persons[known], return_inverse=True)[1]
    mean, low, high = quality.mean_interval(np.bincount(who, weights=leaning) / np.bincount(who))
    return SentimentSummary(
        negative=counts["negative"],
        neutral=counts["neutral"],
        positive=counts["positive"],
        mean=mean,
        interval=Interval(low, high),
        mixed=counts["mixed"],
    )


def _figures(opinions: Opinions, members: Sequence[np.ndarray], centroids: np.ndarray) -> list[dict[str, float]]:
    """`quality.topic_figures` of the single opinions; of a large topic, of members taken evenly from the most typical
    to the least, so that memory does not grow with the corpus.
    """
    most = max(MEASURED // len(centroids), LEAST_MEASURED)
    taken = []
    for mine in members:
        single = mine[opinions.single[mine]]
        taken.append(single[np.linspace(0, len(single) - 1, min(most, len(single))).astype(np.int64)])
    labels_of = np.repeat(np.arange(len(centroids)), [len(some) for some in taken])
    return quality.topic_figures(opinions.vectors[np.concatenate(taken)], labels_of, centroids)


def _told_apart(found: Sequence[Topic], languages: Sequence[str]) -> tuple[Topic, ...]:
    """Largest first; no two topics, and no two parts of one topic, are called the same."""
    families: dict[int | None, list[int]] = {}
    for place in sorted(range(len(found)), key=lambda place: (-found[place].size_posts, found[place].number)):
        families.setdefault(found[place].parent, []).append(place)
    renamed: dict[int, Topic] = {}
    for siblings in families.values():
        names = labels.distinct(
            [found[place].label for place in siblings],
            [found[place].keywords for place in siblings],
            [languages[place] for place in siblings],
        )
        renamed.update(
            (found[place].number, replace(found[place], label=name))
            for place, name in zip(siblings, names, strict=True)
        )
    return tuple(sorted(renamed.values(), key=lambda topic: (-topic.size_posts, topic.number)))


def _numbered(people: Sequence[str]) -> np.ndarray:
    """int (n,): equal keys have equal numbers."""
    seen: dict[str, int] = {}
    return np.fromiter((seen.setdefault(person, len(seen)) for person in people), np.int64, len(people))


def _members(places: np.ndarray, confidence: np.ndarray, count: int) -> list[np.ndarray]:
    """Positions of each topic's members, the most typical first."""
    order = np.lexsort((np.arange(len(places)), -np.round(confidence, 6), places))
    return np.split(order, np.searchsorted(places[order], np.arange(count)))[1:]

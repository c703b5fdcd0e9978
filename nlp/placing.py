"""New opinions on their way into an analysis: a vector, a sentiment, and a place in the topics that stand.

The cost of a new opinion does not depend on how many there are already.
"""

import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import numpy as np
from django.db import transaction
from django.db.models import F

from nlp import conf
from nlp.models import Corpus, Opinion, Run
from nlp.runs import latest_run, packed, unpacked

EMBED_BATCH = 256
REMOTE_BATCH = 8192
WRITE_BATCH = 500
DERIVED = (
    "vector",
    "encoder",
    "lang",
    "topic_number",
    "subtopic_number",
    "sentiment",
    "p_negative",
    "p_neutral",
    "p_positive",
)
logger = logging.getLogger(__name__)

Progress = Callable[[str, int, int], None]


def load_encoder():
    """The encoder in force, loaded once per process. Raises EncoderUnavailable with plain words."""
    return _encoder(conf.encoder_name(), conf.cache_dir())


@lru_cache(maxsize=1)
def _encoder(name, cache_dir):
    from nlp.core import encoders

    return encoders.load(name, cache_dir=cache_dir)


def signature(encoder) -> str:
    """Which model made a vector: its name and the beginning of its fingerprint."""
    return f"{encoder.name}:{encoder.fingerprint[:12]}"


def embed_new(corpus: Corpus, encoder, progress: Progress | None) -> int:
    """Give every visible opinion that has none a vector, a sentiment and a place. Returns how many were new."""
    from nlp.core import embedding, encoders, languages, pipeline, sentiment

    own = signature(encoder)
    pending = list(
        Opinion.objects.published()
        .filter(corpus=corpus)
        .exclude(encoder=own)
        .order_by("id")
        .values_list("id", flat=True)
    )
    if not pending:
        return 0
    head = sentiment.choose(encoder.name, fingerprint=encoder.fingerprint)
    standing = _standing_topics(corpus, own)
    loader = partial(encoders.load, conf.encoder_name(), conf.cache_dir())
    with conf.executor(len(pending)) as executor:
        size = REMOTE_BATCH if executor.is_remote else EMBED_BATCH
        for start in range(0, len(pending), size):
            batch = list(Opinion.objects.published().filter(pk__in=pending[start : start + size]))
            cleaned = [pipeline.clean_for_encoding(opinion.text) for opinion in batch]
            vectors, failures = embedding.embed(cleaned, encoder, executor=executor, loader=loader)
            for position, reason in failures.items():
                logger.warning("opinion %s has no vector: %s", batch[position].pk, reason)
            chances = head.predict(vectors, cleaned) if head else None
            places = _place(vectors, standing)
            for position, opinion in enumerate(batch):
                opinion.encoder = own
                opinion.lang = opinion.lang or languages.identify(opinion.text)
                if not vectors[position].any():
                    continue
                opinion.vector = packed(vectors[position])
                opinion.topic_number, opinion.subtopic_number = places[position]
                if chances is not None and head.reads(opinion.lang):
                    _give_sentiment(opinion, chances[position])
            _save_unless_changed(corpus, batch)
            if progress:
                progress("embed", start + len(batch), len(pending))
    for notice in getattr(encoder, "notices", ()):
        logger.warning("%s", notice)
    with transaction.atomic():
        locked = Corpus.objects.select_for_update().get(pk=corpus.pk)
        locked.changes_since_run += len(pending)
        locked.save(update_fields=["changes_since_run"])
    return len(pending)


@dataclass(frozen=True, slots=True)
class _Standing:
    """The topics of the latest Run: row i of `centroids` is topic `numbers[i]`. `parts` holds the same of each topic's
    parts, by its number.
    """

    centroids: np.ndarray
    numbers: list[int]
    threshold: float
    parts: dict[int, tuple[np.ndarray, list[int]]]


def _standing_topics(corpus: Corpus, own: str) -> _Standing:
    """Empty where there is no Run or another model made it."""
    run = latest_run(corpus, Run.Kind.TOPICS)
    if run is None or f"{run.model}:{run.model_fingerprint[:12]}" != own:
        return _Standing(np.zeros((0, 1), dtype=np.float32), [], 0.0, {})
    by_parent = defaultdict(list)
    for topic in run.topics.all():
        by_parent[topic.parent_number].append(topic)
    tables = {
        parent: (np.stack([unpacked(topic.centroid) for topic in found]), [topic.number for topic in found])
        for parent, found in by_parent.items()
    }
    centroids, numbers = tables.pop(None, (np.zeros((0, 1), dtype=np.float32), []))
    return _Standing(centroids, numbers, float(run.quality.get("place_threshold") or 0.0), tables)


def _place(vectors: np.ndarray, standing: _Standing) -> list[tuple[int | None, int | None]]:
    """(topic, part) of each new opinion; None where it fits none."""
    from nlp.core import topics

    rows, _cosines = topics.place(vectors, standing.centroids, standing.threshold)
    places = []
    for vector, row in zip(vectors, rows, strict=True):
        topic = standing.numbers[row] if row >= 0 else None
        part = None
        if topic in standing.parts:
            centroids, numbers = standing.parts[topic]
            part = numbers[int(topics.place(vector[None], centroids)[0][0])]
        places.append((topic, part))
    return places


def _save_unless_changed(corpus: Corpus, batch: list[Opinion]) -> None:
    """Write derived columns, except where somebody revised or withdrew the words while the model was reading them.

    The batch gets the next number of the corpus at the end of its transaction, while the row of the corpus is locked:
    so numbers are committed in their order, and whoever has seen one has seen all below it.
    """
    with transaction.atomic():
        current = dict(
            Opinion.objects.published()
            .select_for_update()
            .filter(pk__in=[opinion.pk for opinion in batch])
            .values_list("pk", "text")
        )
        same = [opinion for opinion in batch if current.get(opinion.pk) == opinion.text]
        Opinion.objects.bulk_update(same, DERIVED, batch_size=WRITE_BATCH)
        Corpus.objects.filter(pk=corpus.pk).update(readings=F("readings") + 1)
        number = Corpus.objects.values_list("readings", flat=True).get(pk=corpus.pk)
        Opinion.objects.filter(pk__in=[opinion.pk for opinion in same]).update(read_no=number)


def _give_sentiment(opinion: Opinion, chances) -> None:
    from nlp.core import sentiment

    opinion.p_negative, opinion.p_neutral, opinion.p_positive = (float(chance) for chance in chances)
    (opinion.sentiment,) = sentiment.labels(chances)

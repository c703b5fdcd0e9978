"""The bridge between the stored stream and the pure core: select, analyse, save one Run.

Both analyses clear their ticket before they read and save in one transaction at the end, so a crash leaves either the
old result or the new one, and running twice is harmless.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache

from django.db import transaction
from django.utils import timezone

from nlp import conf, stream
from nlp.models import Corpus, Opinion, Run, Topic

logger = logging.getLogger(__name__)

EMBED_BATCH = 256
ALWAYS_ANEW_BELOW = 500
ANEW_SHARE = 0.1
WRITE_BATCH = 500

Progress = Callable[[str, int, int], None]


def refresh_topics(corpus_id: int, *, progress: Progress | None = None, full: bool = False) -> dict:
    """Bring topics and sentiment up to date and return counts.

    New opinions are embedded, given a sentiment and placed in the existing topics at once; everything is clustered anew
    when the corpus is small, when a tenth has changed, or when `full`. Raises EncoderUnavailable when the model is
    missing: the corpus then stays marked, nothing is lost.
    """
    encoder = load_encoder()
    corpus = Corpus.objects.get(pk=corpus_id)
    Corpus.objects.filter(pk=corpus_id).update(topics_dirty=False)
    try:
        embedded = _embed_new(corpus, encoder, progress)
        run = _cluster_anew(corpus, encoder, progress) if full or _is_worth_it(corpus) else None
    except BaseException:
        stream.mark(corpus_id, topics=True)
        raise
    return {"embedded": embedded, "run": run.pk if run else None}


def refresh_groups(
    corpus_id: int,
    *,
    votes: Callable[[], Iterable[tuple[int, int, int]]],
    statements: Callable[[], Iterable[tuple[int, str]]],
    author_of: Callable[[int], str],
) -> dict:
    """Find the opinion groups and save them as a Run; return counts.

    `votes` yields (participant, statement, value), `statements` yields (id, state): anything but "visible" is left
    out of the map. `author_of` names a participant as the stream does, so that placements are kept under the same
    pseudonym.
    """
    from nlp.core.groups import find_groups
    from nlp.core.votes import VoteTable

    started = timezone.now()
    Corpus.objects.filter(pk=corpus_id).update(groups_dirty=False)
    try:
        hidden = {statement for statement, state in statements() if state != "visible"}
        table = VoteTable.from_rows(votes())
        result = find_groups(table, moderated_out=hidden, seed=conf.seed())
        run = Run.objects.create(
            corpus_id=corpus_id,
            kind=Run.Kind.GROUPS,
            started_at=started,
            finished_at=timezone.now(),
            seed=conf.seed(),
            code_version=conf.code_version(),
            config={"moderated_out": len(hidden)},
            counts={
                "participants": len(table.participants),
                "votes": len(table),
                "statements": len(table.statements) - len(hidden & set(table.statements)),
                "thin": len(result.thin),
            },
            quality={"k": result.k, "stability": _number(result.stability)},
            result=_groups_as_json(result, author_of),
        )
    except BaseException:
        stream.mark(corpus_id, groups=True)
        raise
    return {"run": run.pk, "k": result.k, **run.counts}


def load_encoder():
    """The encoder in force, loaded once per process. Raises EncoderUnavailable with plain words."""
    return _encoder(conf.encoder_name(), conf.cache_dir())


@lru_cache(maxsize=1)
def _encoder(name, cache_dir):
    from nlp.core import encoders

    return encoders.load(name, cache_dir=cache_dir)


def _signature(encoder) -> str:
    return f"{encoder.name}:{encoder.fingerprint[:12]}"


def _embed_new(corpus: Corpus, encoder, progress: Progress | None) -> int:
    """Give every visible opinion that has none a vector, a sentiment and a place. Returns how many were new."""
    from nlp.core import languages, pipeline, sentiment, text, topics

    signature = _signature(encoder)
    pending = list(
        Opinion.objects.published()
        .filter(corpus=corpus)
        .exclude(encoder=signature)
        .order_by("id")
        .values_list("id", flat=True)
    )
    if not pending:
        return 0
    head = sentiment.load(encoder.name, fingerprint=encoder.fingerprint)
    centroids, numbers, threshold = _standing_topics(corpus, signature)
    for start in range(0, len(pending), EMBED_BATCH):
        batch = list(Opinion.objects.published().filter(pk__in=pending[start : start + EMBED_BATCH]))
        readable = [opinion for opinion in batch if text.has_words(text.clean(opinion.text))]
        vectors = encoder.encode([pipeline.clean_for_encoding(opinion.text) for opinion in readable])
        chances = head.predict(vectors) if head and len(vectors) else None
        rows, _cosines = topics.place(vectors, centroids, threshold)
        for opinion in batch:
            opinion.encoder = signature
            opinion.lang = opinion.lang or languages.identify(opinion.text)
        for position, opinion in enumerate(readable):
            opinion.vector = _packed(vectors[position])
            opinion.topic_number = numbers[rows[position]] if rows[position] >= 0 else None
            if chances is not None:
                _give_sentiment(opinion, chances[position])
        _save_unless_changed(batch)
        if progress:
            progress("embed", start + len(batch), len(pending))
    with transaction.atomic():
        locked = Corpus.objects.select_for_update().get(pk=corpus.pk)
        locked.changes_since_run += len(pending)
        locked.save(update_fields=["changes_since_run"])
    return len(pending)


def _standing_topics(corpus: Corpus, signature: str):
    """Centroids, numbers and threshold of the latest Run; empty when there is none or another model made it."""
    import numpy as np

    run = latest_run(corpus, Run.Kind.TOPICS)
    if run is None or f"{run.model}:{run.model_fingerprint[:12]}" != signature:
        return np.zeros((0, 1), dtype=np.float32), [], 0.0
    found = list(run.topics.all())
    centroids = np.stack([unpacked(topic.centroid) for topic in found]) if found else np.zeros((0, 1), np.float32)
    return centroids, [topic.number for topic in found], float(run.quality.get("place_threshold") or 0.0)


def _save_unless_changed(batch: list[Opinion]) -> None:
    """Write derived columns, except where somebody revised or withdrew the words while the model was reading them."""
    with transaction.atomic():
        current = dict(
            Opinion.objects.published()
            .select_for_update()
            .filter(pk__in=[opinion.pk for opinion in batch])
            .values_list("pk", "text")
        )
        Opinion.objects.bulk_update(
            [opinion for opinion in batch if current.get(opinion.pk) == opinion.text],
            ["vector", "encoder", "lang", "topic_number", "sentiment", "p_negative", "p_neutral", "p_positive"],
            batch_size=WRITE_BATCH,
        )


def _give_sentiment(opinion: Opinion, chances) -> None:
    from nlp.core.records import SENTIMENTS

    opinion.p_negative, opinion.p_neutral, opinion.p_positive = (float(chance) for chance in chances)
    opinion.sentiment = SENTIMENTS[int(chances.argmax())]


def _is_worth_it(corpus: Corpus) -> bool:
    """Is it time to cluster anew, or is placing the new ones enough?"""
    run = latest_run(corpus, Run.Kind.TOPICS)
    present = Opinion.objects.published().filter(corpus=corpus).count()
    if run is None or present < ALWAYS_ANEW_BELOW:
        return True
    arrived = Corpus.objects.values_list("changes_since_run", flat=True).get(pk=corpus.pk)
    before = run.counts.get("posts", 0)
    left = max(0, before + arrived - present)
    return arrived + left >= ANEW_SHARE * max(before, 1)


def _cluster_anew(corpus: Corpus, encoder, progress: Progress | None) -> Run | None:
    """Cluster every published opinion and save the result. None when another worker saved a Run meanwhile."""
    import time

    import numpy as np

    from nlp.core import pipeline
    from nlp.core.records import Text

    started = timezone.now()
    before = latest_run(corpus, Run.Kind.TOPICS)
    opinions = list(
        Opinion.objects.published()
        .filter(corpus=corpus, encoder=_signature(encoder), vector__isnull=False)
        .order_by("id")
        .only("id", "text", "author_key", "posted_at", "source", "lang", "vector", "topic_number")
    )
    if not opinions:
        return None
    previous = defaultdict(list)
    for opinion in opinions:
        if opinion.topic_number is not None:
            previous[opinion.topic_number].append(opinion.pk)
    if corpus.next_topic_number > 1:
        # The highest number ever given stays known, so that a topic that is gone does not lend its number to another.
        previous.setdefault(corpus.next_topic_number - 1, [])
    config = pipeline.Config(seed=conf.seed())
    result = pipeline.analyse(
        [
            Text(
                id=opinion.pk,
                text=opinion.text,
                author=opinion.author_key,
                posted_at=opinion.posted_at,
                source=opinion.source,
                lang=opinion.lang,
            )
            for opinion in opinions
        ],
        config=config,
        encoder=encoder,
        vectors=np.stack([unpacked(opinion.vector) for opinion in opinions]),
        previous=dict(previous),
        progress=progress,
        clock=time.perf_counter,
    )
    return _save_topics(corpus, encoder, config, opinions, result, started, before)


def _save_topics(corpus, encoder, config, opinions, result, started, before) -> Run | None:
    from dataclasses import asdict

    with transaction.atomic():
        locked = Corpus.objects.select_for_update().get(pk=corpus.pk)
        if latest_run(corpus, Run.Kind.TOPICS) != before:
            return None
        run = Run.objects.create(
            corpus=locked,
            kind=Run.Kind.TOPICS,
            started_at=started,
            finished_at=timezone.now(),
            seed=config.seed,
            model=encoder.name,
            model_fingerprint=encoder.fingerprint,
            code_version=conf.code_version(),
            config=asdict(config),
            counts=dict(result.counts),
            quality={name: _number(value) for name, value in result.quality.items()},
            timings={name: round(seconds, 3) for name, seconds in result.timings.items()},
            result={"notes": list(result.notes), "errors": [asdict(error) for error in result.errors[:100]]},
        )
        Topic.objects.bulk_create(
            [
                Topic(
                    run=run,
                    number=topic.number,
                    rank=rank,
                    label=topic.label[:200],
                    keywords=list(topic.keywords),
                    size_posts=topic.size_posts,
                    size_people=topic.size_people,
                    share=topic.share,
                    sentiment=_sentiment_as_json(topic.sentiment),
                    quotes=list(topic.quotes),
                    dissenting=list(topic.dissenting),
                    quality={name: _number(value) for name, value in topic.quality.items()},
                    centroid=_packed(topic.centroid),
                )
                for rank, topic in enumerate(result.topics, start=1)
            ]
        )
        _write_places(opinions, result)
        numbers = [topic.number for topic in result.topics]
        locked.next_topic_number = max([locked.next_topic_number, *(number + 1 for number in numbers)])
        locked.changes_since_run = 0
        locked.save(update_fields=["next_topic_number", "changes_since_run"])
    return run


def _write_places(opinions: list[Opinion], result) -> None:
    """Update only the opinions whose topic or original changed."""
    moved = defaultdict(list)
    for opinion, number in zip(opinions, result.assignments, strict=True):
        place = int(number) if number >= 0 else None
        if place != opinion.topic_number:
            moved[place].append(opinion.pk)
    for place, keys in moved.items():
        for start in range(0, len(keys), WRITE_BATCH):
            Opinion.objects.published().filter(pk__in=keys[start : start + WRITE_BATCH]).update(topic_number=place)
    repeats = defaultdict(list)
    for opinion, first in zip(opinions, result.duplicate_of, strict=True):
        repeats[opinions[int(first)].pk if first >= 0 else None].append(opinion.pk)
    Opinion.objects.filter(pk__in=repeats.pop(None, []), duplicate_of__isnull=False).update(duplicate_of=None)
    for first, keys in repeats.items():
        Opinion.objects.published().filter(pk__in=keys).exclude(duplicate_of=first).update(duplicate_of=first)


def latest_run(corpus: Corpus | int, kind: str) -> Run | None:
    """The newest finished analysis of this kind, or None."""
    return Run.objects.filter(corpus=corpus, kind=kind).order_by("-id").first()


def unpacked(vector):
    """A stored vector as float32."""
    import numpy as np

    return np.frombuffer(bytes(vector), dtype=np.float16).astype(np.float32)


def _packed(vector) -> bytes:
    import numpy as np

    return np.asarray(vector, dtype=np.float16).tobytes()


def _number(value):
    """A figure for JSON: NaN and infinity become None."""
    import math

    number = float(value)
    return round(number, 6) if math.isfinite(number) else None


def _sentiment_as_json(summary) -> dict:
    if summary is None:
        return {}
    return {
        "negative": summary.negative,
        "neutral": summary.neutral,
        "positive": summary.positive,
        "mean": _number(summary.mean),
        "low": _number(summary.interval.low),
        "high": _number(summary.interval.high),
    }


def _groups_as_json(result, author_of: Callable[[int], str]) -> dict:
    """The opinion groups as plain JSON; `members` holds [group, x, y] under each participant's pseudonym."""
    from dataclasses import asdict

    members = {}
    for position, participant in enumerate(result.participants):
        x, y = (_number(value) for value in result.placements[position])
        members[conf.author_key(author_of(participant))] = [int(result.assignment[position]), x, y]
    return {
        "k": result.k,
        "notes": list(result.notes),
        "silhouettes": {str(k): _number(value) for k, value in result.silhouettes.items()},
        "variance": [_number(value) for value in result.variance],
        "groups": [
            {
                "number": group.number,
                "size": group.size,
                "centre": [_number(value) for value in group.centre],
                "representative": [_plain(asdict(statement)) for statement in group.representative],
            }
            for group in result.groups
        ],
        "common_ground": [_plain(asdict(statement)) for statement in result.common_ground],
        "divisive": [_plain(asdict(statement)) for statement in result.divisive],
        "members": members,
    }


def _plain(row: dict) -> dict:
    """Numbers a JSON column can hold."""
    plain = {}
    for name, value in row.items():
        if isinstance(value, float) or hasattr(value, "dtype"):
            value = _number(value)
        elif isinstance(value, tuple):
            value = [_number(part) for part in value]
        plain[name] = value
    return plain

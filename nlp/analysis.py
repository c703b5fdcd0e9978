"""The bridge between the stored stream and the pure core: select, analyse, save one Run.

The analysis clears its ticket before it reads and saves in one transaction at the end, so a crash leaves either the
old result or the new one, and running twice is harmless.
"""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from nlp import conf, placing, stream
from nlp.models import Corpus, Opinion, Run, Topic, TopicEdit
from nlp.placing import WRITE_BATCH, Progress
from nlp.runs import latest_run, number, packed, plain, unpacked

ALWAYS_ANEW_BELOW = 500
ANEW_SHARE = 0.1


def refresh_topics(
    corpus_id: int, *, progress: Progress | None = None, full: bool = False, least_apart: float = 0.0
) -> dict:
    """Bring topics and sentiment up to date and return counts.

    New opinions are embedded, given a sentiment and placed in the existing topics at once; everything is clustered anew
    when the corpus is small, when a tenth has changed, when a planner has said something about the topics, or when
    `full`. Topics that people watch do not jump about: two Runs are `least_apart` seconds apart, and "again_in" says
    after how many seconds the caller should come back (0: there is nothing left to do).

    Raises EncoderUnavailable when the model is missing: the corpus then stays marked, nothing is lost.
    """
    encoder = placing.load_encoder()
    corpus = Corpus.objects.get(pk=corpus_id)
    stream.redeem(corpus_id, topics=True)
    try:
        embedded = placing.embed_new(corpus, encoder, progress)
        is_due = full or _is_worth_it(corpus)
        again_in = _seconds_left(corpus, least_apart) if is_due and not full else 0.0
        run = _cluster_anew(corpus, encoder, progress) if is_due and not again_in else None
    except BaseException:
        stream.mark(corpus_id, topics=True)
        raise
    return {"embedded": embedded, "run": run.pk if run else None, "again_in": again_in}


def _is_worth_it(corpus: Corpus) -> bool:
    """Is it time to cluster anew, or is placing the new ones enough?"""
    run = latest_run(corpus, Run.Kind.TOPICS)
    present = Opinion.objects.published().filter(corpus=corpus).count()
    if run is None or present < ALWAYS_ANEW_BELOW:
        return True
    if _planners_spoke(corpus, run):
        return True
    arrived = Corpus.objects.values_list("changes_since_run", flat=True).get(pk=corpus.pk)
    before = run.counts.get("posts", 0)
    left = max(0, before + arrived - present)
    return arrived + left >= ANEW_SHARE * max(before, 1)


def _planners_spoke(corpus: Corpus, run: Run) -> bool:
    """Has somebody put the topics right since this Run began to read?"""
    said_since = Q(made_at__gte=run.started_at) | Q(undone_at__gte=run.started_at)
    return TopicEdit.objects.filter(said_since, corpus=corpus).exists()


def _seconds_left(corpus: Corpus, least_apart: float) -> float:
    """Seconds until the next Run may begin; 0 where there are no topics yet, or when a planner waits for it."""
    run = latest_run(corpus, Run.Kind.TOPICS)
    if run is None or not run.counts.get("topics") or _planners_spoke(corpus, run):
        return 0.0
    passed = (timezone.now() - run.finished_at).total_seconds()
    return max(0.0, least_apart - passed)


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
        .filter(corpus=corpus, encoder=placing.signature(encoder), vector__isnull=False)
        .order_by("id")
        .only("id", "text", "author_key", "posted_at", "source", "lang", "vector", "topic_number", "subtopic_number")
    )
    if not opinions:
        return None
    edits = list(TopicEdit.objects.in_force(corpus))
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
        previous=_previous(corpus, opinions),
        edits=[_edit(edit) for edit in edits],
        progress=progress,
        clock=time.perf_counter,
    )
    return _save_topics(corpus, encoder, config, opinions, edits, result, started, before)


def _previous(corpus: Corpus, opinions: list[Opinion]) -> dict[int, list[int]]:
    """Who was in which topic, parts of topics included, so that both keep their numbers."""
    previous = defaultdict(list)
    for opinion in opinions:
        for place in (opinion.topic_number, opinion.subtopic_number):
            if place is not None:
                previous[place].append(opinion.pk)
    if corpus.next_topic_number > 1:
        # The highest number ever given stays known, so that a topic that is gone does not lend its number to another.
        previous.setdefault(corpus.next_topic_number - 1, [])
    return dict(previous)


def _edit(edit: TopicEdit):
    from nlp.core.records import Edit

    return Edit(edit.kind, edit.number, edit.label, tuple(edit.topics), tuple(edit.members))


def _named_by_model(found: list, opinions: list[Opinion], languages: Sequence[str]) -> list[str]:
    """A label for each topic: that of the language model where one is set and the quotes bear it out."""
    from nlp.core import naming

    namer = conf.namer()
    labels = []
    for topic in found:
        spoken = Counter(languages[position] for position in topic.members).most_common(1)[0][0]
        quotes = [opinions[position].text for position in topic.members[: naming.QUOTES]]
        labels.append(naming.suggest(namer, topic.label, topic.keywords, quotes, spoken))
    return labels


def _origin(opinions: list[Opinion]):
    """Who spoke, for the words on how to read it. Sources have names of their own on each page."""
    from nlp.core.reading import Origin

    authors = Counter(opinion.author_key for opinion in opinions if opinion.author_key)
    unnamed = len(opinions) - authors.total()
    return Origin(unnamed=unnamed, loudest=max(authors.values(), default=0))


def _save_topics(corpus, encoder, config, opinions, edits, result, started, before) -> Run | None:
    from nlp import maps
    from nlp.core import reading

    found = [*result.topics, *result.subtopics]
    # Outside the transaction: a model may take its time.
    labels = _named_by_model(found, opinions, result.languages)
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
            config=plain(asdict(config)) | {"label_model": conf.label_model()},
            counts=plain(dict(result.counts)),
            quality=plain(dict(result.quality)),
            timings={stage: round(seconds, 3) for stage, seconds in result.timings.items()},
            result={
                "notes": list(result.notes),
                "notices": list(getattr(encoder, "notices", ())),
                "reading": plain(reading.how_to_read(result, origin=_origin(opinions))),
                "map": maps.draw(result, before.result.get("map", {}) if before else {}),
                "errors": [asdict(error) for error in result.errors[:100]],
                "edits": [
                    {"edit": edit.pk, "applied": outcome.applied, "agreement": number(outcome.agreement)}
                    for edit, outcome in zip(edits, result.edits, strict=True)
                ],
            },
        )
        Topic.objects.bulk_create(
            [
                _row(run, rank, topic, label)
                for rank, (topic, label) in enumerate(zip(found, labels, strict=True), start=1)
            ]
        )
        _write_places(opinions, result)
        locked.next_topic_number = max([locked.next_topic_number, *(topic.number + 1 for topic in found)])
        locked.changes_since_run = 0
        locked.save(update_fields=["next_topic_number", "changes_since_run"])
    return run


def _row(run: Run, rank: int, topic, label: str) -> Topic:
    return Topic(
        run=run,
        number=topic.number,
        parent_number=topic.parent,
        rank=rank,
        label=label[:200],
        keywords=list(topic.keywords),
        size_posts=topic.size_posts,
        size_people=topic.size_people,
        share=topic.share,
        sentiment=_sentiment_as_json(topic.sentiment),
        quotes=list(topic.quotes),
        dissenting=list(topic.dissenting),
        quality=plain(dict(topic.quality)),
        centroid=packed(topic.centroid),
    )


def _write_places(opinions: list[Opinion], result) -> None:
    """Update only the opinions whose topic, part or original changed."""
    moved = defaultdict(list)
    for opinion, topic, part in zip(opinions, result.assignments, result.subassignments, strict=True):
        place = (int(topic) if topic >= 0 else None, int(part) if part >= 0 else None)
        if place != (opinion.topic_number, opinion.subtopic_number):
            moved[place].append(opinion.pk)
    for (topic, part), keys in moved.items():
        for start in range(0, len(keys), WRITE_BATCH):
            batch = Opinion.objects.published().filter(pk__in=keys[start : start + WRITE_BATCH])
            batch.update(topic_number=topic, subtopic_number=part)
    repeats = defaultdict(list)
    for opinion, first in zip(opinions, result.duplicate_of, strict=True):
        repeats[opinions[int(first)].pk if first >= 0 else None].append(opinion.pk)
    _write_originals(None, repeats.pop(None, []))
    for first, keys in repeats.items():
        _write_originals(first, keys)


def _write_originals(first: int | None, keys: list[int]) -> None:
    for start in range(0, len(keys), WRITE_BATCH):
        batch = Opinion.objects.published().filter(pk__in=keys[start : start + WRITE_BATCH])
        stale = batch.filter(duplicate_of__isnull=False) if first is None else batch.exclude(duplicate_of=first)
        stale.update(duplicate_of=first)


def _sentiment_as_json(summary) -> dict:
    if summary is None:
        return {}
    return {
        "negative": summary.negative,
        "mixed": summary.mixed,
        "neutral": summary.neutral,
        "positive": summary.positive,
        "mean": number(summary.mean),
        "low": number(summary.interval.low),
        "high": number(summary.interval.high),
    }

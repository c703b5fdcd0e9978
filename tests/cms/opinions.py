"""Words with a finished analysis, for tests of the desk: the rows that an analysis would have left."""

from datetime import timedelta

from django.utils import timezone

from discussions.models import Space
from nlp import stream
from nlp.models import Opinion, Run, Topic

LABEL = "末班車"


def analysed(space: Space, *, number: int = 1, label: str = LABEL) -> Run:
    """A Run with one topic that holds everything said in the space so far; tones take turns."""
    now = timezone.now()
    run = Run.objects.create(
        corpus=space.corpus,
        kind=Run.Kind.TOPICS,
        started_at=now - timedelta(seconds=2),
        finished_at=now,
        seed=7,
        model="use",
        model_fingerprint="f" * 12,
        code_version="0.1+test",
        quality={"left_over": 0.1, "stability": 0.9},
        result={"notes": ["few_opinions"]},
    )
    said = Opinion.objects.published().filter(corpus=space.corpus)
    Topic.objects.create(
        run=run,
        number=number,
        rank=1,
        label=label,
        keywords=["末班", "夜間"],
        size_posts=said.count(),
        size_people=said.count(),
        share=1.0,
        centroid=b"",
    )
    tones = ["negative", "positive", "neutral"]
    for place, opinion in enumerate(said.order_by("pk")):
        Opinion.objects.filter(pk=opinion.pk).update(
            topic_number=number, encoder="use:ffffffffffff", sentiment=tones[place % 3]
        )
    stream.Corpus.objects.filter(pk=space.corpus_id).update(topics_dirty=False)
    return run


def outside(space: Space, words: list[str], *, url: str = "https://example.org/1") -> None:
    """Words that came in from outside, each by another person."""
    stream.submit_many(
        corpus_id=space.corpus_id,
        source="x",
        rows=[
            stream.Words(
                key=f"{space.pk}:{place}",
                text=text,
                author=f"x:{place}",
                posted_at=timezone.now(),
                url=url,
                channel="公車",
            )
            for place, text in enumerate(words)
        ],
    )

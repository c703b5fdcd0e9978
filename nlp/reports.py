"""The read side: what the latest Runs and the stream say, as plain rows for pages and desks.

Nothing here writes. Counts of posts and people are taken from the stream as it is now, so that words hidden a moment
ago are gone from every figure. Cells of fewer than SMALL_CELL people are marked, so that no single person can be
read off.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max, Q
from django.db.models.functions import TruncDay, TruncWeek

from nlp import conf, editing
from nlp.models import Corpus, Opinion, Run, Topic
from nlp.runs import latest_run

SMALL_CELL = 3
PAGE = 20


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One door the opinions came in by."""

    source: str
    channel: str
    posts: int
    people: int


@dataclass(frozen=True, slots=True)
class Overview:
    """A corpus at a glance.

    `state` is "empty", "waiting", "model_missing" or "ready"; `waiting` counts unread opinions.
    """

    posts: int
    people: int
    by_source: list[SourceRow]
    waiting: int
    state: str
    model_notice: str
    waiting_since: datetime | None
    topics_run: Run | None
    groups_run: Run | None


@dataclass(frozen=True, slots=True)
class PartRow:
    """A part of a topic: label from the latest Run, counts from the stream."""

    number: int
    label: str
    posts: int
    people: int

    @property
    def is_small(self) -> bool:
        return self.people < SMALL_CELL


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic as it stands now: label from the latest Run (or the planner's own name), counts from the stream.

    `parts` are its sub-topics, largest first. `is_named` tells that a planner gave the label.
    """

    number: int
    label: str
    keywords: list[str]
    posts: int
    people: int
    share: float
    negative: int
    mixed: int
    neutral: int
    positive: int
    by_source: list[SourceRow]
    quotes: list[int]
    dissenting: list[int]
    quality: dict
    parts: list[PartRow] = field(default_factory=list)
    is_small: bool = False
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class QuotePage:
    """Some opinions of a topic, newest first; `older` is the cursor of the next page or None."""

    opinions: list[Opinion]
    older: str | None


@dataclass(frozen=True, slots=True)
class Moment:
    """Sentiment in one week or day."""

    at: datetime
    negative: int
    mixed: int
    neutral: int
    positive: int
    people: int

    @property
    def total(self) -> int:
        return self.negative + self.mixed + self.neutral + self.positive

    @property
    def is_small(self) -> bool:
        return self.people < SMALL_CELL


@dataclass(slots=True)
class _Tally:
    posts: int = 0
    people: int = 0
    by_source: list[SourceRow] = field(default_factory=list)


def overview(corpus: Corpus) -> Overview:
    """How much was said, by how many, through which doors, and how far the analysis is."""
    published = Opinion.objects.published().filter(corpus=corpus)
    totals = published.aggregate(posts=Count("pk"), waiting=Count("pk", filter=Q(encoder="")))
    notice = model_notice() if totals["waiting"] else ""
    state = "empty" if not totals["posts"] else "ready"
    if totals["waiting"]:
        state = "model_missing" if notice else "waiting"
    return Overview(
        posts=totals["posts"],
        people=people_in(published),
        by_source=_by_source(published),
        waiting=totals["waiting"],
        state=state,
        model_notice=notice,
        waiting_since=corpus.dirty_since if totals["waiting"] else None,
        topics_run=latest_run(corpus, Run.Kind.TOPICS),
        groups_run=latest_run(corpus, Run.Kind.GROUPS),
    )


def reading(run: Run | None, language: str) -> list[str]:
    """How to read the latest topics: sentences made of that Run's own figures, in "zh-Hant" or "en"."""
    told = run.result.get("reading", {}) if run else {}
    return told.get("en" if language.startswith("en") else "zh-Hant", [])


def topics(corpus: Corpus) -> list[TopicRow]:
    """Topics of the latest Run, largest first, with counts as of now; a constant number of queries."""
    run = latest_run(corpus, Run.Kind.TOPICS)
    if run is None:
        return []
    placed = Opinion.objects.published().filter(corpus=corpus, topic_number__isnull=False)
    total = Opinion.objects.published().filter(corpus=corpus).count()
    tallies = _tallies(placed)
    named = editing.names(corpus)
    found = list(run.topics.defer("centroid"))
    parts = _parts(placed, found, named)
    feelings = defaultdict(dict)
    for number, sentiment, count in (
        placed.exclude(sentiment="").values_list("topic_number", "sentiment").annotate(count=Count("pk"))
    ):
        feelings[number][sentiment] = count
    rows = []
    for topic in found:
        tally = tallies.get(topic.number)
        if tally is None or topic.parent_number is not None:
            continue
        rows.append(
            TopicRow(
                number=topic.number,
                label=named.get(topic.number, topic.label),
                keywords=topic.keywords,
                posts=tally.posts,
                people=tally.people,
                share=tally.posts / total,
                negative=feelings[topic.number].get("negative", 0),
                mixed=feelings[topic.number].get("mixed", 0),
                neutral=feelings[topic.number].get("neutral", 0),
                positive=feelings[topic.number].get("positive", 0),
                by_source=tally.by_source,
                quotes=topic.quotes,
                dissenting=topic.dissenting,
                quality=topic.quality,
                parts=parts[topic.number],
                is_small=tally.people < SMALL_CELL,
                is_named=topic.number in named,
            )
        )
    return sorted(rows, key=lambda row: (-row.posts, row.number))


def topic(corpus: Corpus, number: int) -> TopicRow | None:
    """One topic of the latest Run, or None."""
    return next((row for row in topics(corpus) if row.number == number), None)


def topic_of(source: str, key: str | int) -> tuple[Opinion | None, Topic | None]:
    """Where an utterance went: its opinion, and its topic in the latest Run."""
    opinion = Opinion.objects.published().filter(source=source, source_key=str(key)).first()
    if opinion is None or opinion.topic_number is None:
        return opinion, None
    run = latest_run(opinion.corpus_id, Run.Kind.TOPICS)
    return opinion, run.topics.filter(number=opinion.topic_number).first() if run else None


def quotes(
    corpus: Corpus,
    number: int,
    *,
    source: str = "",
    sentiment: str = "",
    part: int | None = None,
    before: str = "",
    limit: int = PAGE,
) -> QuotePage:
    """Opinions of a topic, or of one of its parts, newest first. `before` is the cursor a previous page gave; a wrong
    one starts at the top.
    """
    found = Opinion.objects.published().filter(corpus=corpus, topic_number=number).order_by("-posted_at", "-id")
    if part is not None:
        found = found.filter(subtopic_number=part)
    if source:
        found = found.filter(source=source)
    if sentiment:
        found = found.filter(sentiment=sentiment)
    if edge := _edge(before):
        found = found.filter(Q(posted_at__lt=edge[0]) | Q(posted_at=edge[0], pk__lt=edge[1]))
    rows = list(found.defer("vector")[: limit + 1])
    last = rows[limit - 1] if len(rows) > limit else None
    return QuotePage(rows[:limit], f"{last.posted_at.isoformat()}~{last.pk}" if last else None)


def by_ids(corpus: Corpus, ids: list[int]) -> list[Opinion]:
    """Published opinions by id, in the order asked for; those withdrawn since are left out."""
    found = Opinion.objects.published().filter(corpus=corpus).defer("vector").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]


def sentiment_over_time(corpus: Corpus, *, number: int | None = None, bucket: str = "week") -> list[Moment]:
    """Posts by sentiment per week (or day), oldest first; weeks without posts are left out."""
    truncate = {"week": TruncWeek, "day": TruncDay}[bucket]
    found = Opinion.objects.published().filter(corpus=corpus).exclude(sentiment="")
    if number is not None:
        found = found.filter(topic_number=number)
    rows = (
        found.annotate(bucket=truncate("posted_at"))
        .values("bucket")
        .annotate(
            negative=Count("pk", filter=Q(sentiment="negative")),
            mixed=Count("pk", filter=Q(sentiment="mixed")),
            neutral=Count("pk", filter=Q(sentiment="neutral")),
            positive=Count("pk", filter=Q(sentiment="positive")),
            named=Count("author_key", distinct=True, filter=~Q(author_key="")),
            unnamed=Count("pk", filter=Q(author_key="")),
        )
        .order_by("bucket")
    )
    return [
        Moment(
            row["bucket"],
            row["negative"],
            row["mixed"],
            row["neutral"],
            row["positive"],
            row["named"] + row["unnamed"],
        )
        for row in rows
    ]


def groups(corpus: Corpus) -> dict | None:
    """The opinion groups of the latest Run, without pseudonyms.

    Sizes, statements, and `points` [group, x, y] for the map; None when there is no Run.
    """
    run = latest_run(corpus, Run.Kind.GROUPS)
    if run is None:
        return None
    result = {name: value for name, value in run.result.items() if name not in ("members", "conduct", "map")}
    points = [place for place in run.result.get("members", {}).values() if place[1] is not None]
    return {**result, "points": points, "run": run, "counts": run.counts}


@dataclass(frozen=True, slots=True)
class LockstepRow:
    """Accounts that voted by one script: how many, on how many statements, and within how many seconds (None: no
    times are known, or the votes were not cast at once).
    """

    accounts: int
    statements: int
    expected: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class ConductRow:
    """Voting that looks strategic: marked, never removed. `k_without` and `agreement` tell what the groups would be
    without the marked accounts (None where nobody is marked).
    """

    lockstep: list[LockstepRow]
    straight: dict[str, int]
    k: int
    k_without: int | None
    agreement: float | None


def conduct(corpus: Corpus) -> ConductRow | None:
    """What the latest Run noticed about how people voted; None when nothing stands out."""
    run = latest_run(corpus, Run.Kind.GROUPS)
    found = run.result.get("conduct") if run else None
    if not found or not (found["lockstep"] or found["straight"]):
        return None
    return ConductRow(
        lockstep=[
            LockstepRow(len(one["participants"]), len(one["statements"]), one["expected"], one["seconds"])
            for one in found["lockstep"]
        ],
        straight=dict(Counter(one["pattern"] for one in found["straight"])),
        k=run.result["k"],
        k_without=found["k_without"],
        agreement=found["agreement"],
    )


def placement(corpus: Corpus, author: str) -> list | None:
    """[group, x, y] of one participant in the latest map, or None. `author` is the raw stream name."""
    run = latest_run(corpus, Run.Kind.GROUPS)
    return run.result.get("members", {}).get(conf.author_key(author)) if run else None


def people_in(opinions) -> int:
    """How many people are behind these opinions; an opinion without a known author counts as one person."""
    counted = opinions.aggregate(
        named=Count("author_key", distinct=True, filter=~Q(author_key="")), unnamed=Count("pk", filter=Q(author_key=""))
    )
    return counted["named"] + counted["unnamed"]


def etag(corpus: Corpus) -> str:
    """Changes whenever something a desk shows has changed."""
    seen = Opinion.objects.published().filter(corpus=corpus)
    state = seen.aggregate(n=Count("pk"), last=Max("pk"), read=Count("pk", filter=~Q(encoder="")))
    runs = Run.objects.filter(corpus=corpus).aggregate(last=Max("pk"))
    return f"{corpus.pk}-{runs['last'] or 0}-{state['n']}-{state['last'] or 0}-{state['read']}"


def model_notice() -> str:
    """Why the analysis cannot run here, in plain words; empty when it can."""
    from nlp.core import encoders

    try:
        encoders.require(conf.encoder_name(), conf.cache_dir())
    except encoders.EncoderUnavailable as error:
        return str(error)
    return ""


def _by_source(opinions) -> list[SourceRow]:
    counted = opinions.values_list("source", "channel").annotate(
        posts=Count("pk"),
        named=Count("author_key", distinct=True, filter=~Q(author_key="")),
        unnamed=Count("pk", filter=Q(author_key="")),
    )
    return sorted(
        (SourceRow(source, channel, posts, named + unnamed) for source, channel, posts, named, unnamed in counted),
        key=lambda row: -row.posts,
    )


def _tallies(placed) -> dict[int, _Tally]:
    """Posts, people and sources per topic in two queries."""
    tallies: dict[int, _Tally] = defaultdict(_Tally)
    named = Count("author_key", distinct=True, filter=~Q(author_key=""))
    unnamed = Count("pk", filter=Q(author_key=""))
    rows = placed.values_list("topic_number").annotate(posts=Count("pk"), named=named, unnamed=unnamed)
    for number, posts, known, unknown in rows:
        tallies[number].posts, tallies[number].people = posts, known + unknown
    split = placed.values_list("topic_number", "source", "channel").annotate(
        posts=Count("pk"), named=named, unnamed=unnamed
    )
    for number, source, channel, posts, known, unknown in split:
        tallies[number].by_source.append(SourceRow(source, channel, posts, known + unknown))
    return dict(tallies)


def _parts(placed, found: list[Topic], named: dict[int, str]) -> dict[int, list[PartRow]]:
    """The parts of each topic, largest first: one query."""
    counted = {
        number: (posts, known + unknown)
        for number, posts, known, unknown in placed.filter(subtopic_number__isnull=False)
        .values_list("subtopic_number")
        .annotate(
            posts=Count("pk"),
            named=Count("author_key", distinct=True, filter=~Q(author_key="")),
            unnamed=Count("pk", filter=Q(author_key="")),
        )
    }
    parts = defaultdict(list)
    for topic in found:
        if topic.parent_number is not None and topic.number in counted:
            posts, people = counted[topic.number]
            label = named.get(topic.number, topic.label)
            parts[topic.parent_number].append(PartRow(topic.number, label, posts, people))
    for rows in parts.values():
        rows.sort(key=lambda row: (-row.posts, row.number))
    return parts


def _edge(cursor: str) -> tuple[datetime, int] | None:
    moment, _tilde, key = cursor.partition("~")
    try:
        return datetime.fromisoformat(moment), int(key)
    except ValueError:
        return None


def largest_topics(corpus_id: int, *, limit: int = 3) -> list[Topic]:
    """The largest topics of the latest Run, with the sizes they had in it: one query."""
    latest = Run.objects.filter(corpus=corpus_id, kind=Run.Kind.TOPICS).order_by("-id").values("pk")[:1]
    found = Topic.objects.filter(run__in=latest, parent_number=None).order_by("rank").defer("centroid")
    return list(found[:limit])

"""Where did my words go: every contribution of a member with the steps it has taken so far.

Each module beside this one knows one kind of contribution and has one function, `of(member, cut, limit)`.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, Q
from django.utils import timezone

from discussions.journeys import budgets, comments, questions, statements, surveys
from discussions.journeys.contribution import Contribution, Cut
from discussions.models import Member, Reply
from nlp.models import Opinion, Run, Topic

PAGE = 30
KINDS = (comments, statements, questions, surveys, budgets)


@dataclass(frozen=True, slots=True)
class JourneyPage:
    """Contributions, newest first; `older` is the cursor of the next page or empty."""

    items: list[Contribution]
    older: str


def of(member: Member, *, before: str = "", space_id: int | None = None) -> JourneyPage:
    """The contributions of a member, or those in one space, behind the cursor of an earlier page.

    A constant number of queries, however many there are. A cursor bent by hand shows the first page.
    """
    cut = _cut(before, space_id)
    items = sorted((item for kind in KINDS for item in kind.of(member, cut, PAGE + 1)), key=_place)
    shown = items[:PAGE]
    _find_topics(shown)
    _find_replies(shown)
    return JourneyPage(shown, _cursor(shown[-1]) if len(items) > PAGE else "")


def _place(item: Contribution) -> tuple:
    """The order of all contributions; `Cut` holds to the same."""
    return -item.at.timestamp(), item.source, -item.key


def _cursor(item: Contribution) -> str:
    return f"{item.at.isoformat()},{item.source},{item.key}"


def _cut(cursor: str, space_id: int | None) -> Cut:
    moment, _comma, rest = cursor.partition(",")
    source, _comma, key = rest.partition(",")
    try:
        edge = datetime.fromisoformat(moment)
    except ValueError:
        return Cut(space_id=space_id)
    is_whole = timezone.is_aware(edge) and key.isascii() and key.isdigit() and len(key) < 19
    return Cut(edge, source, int(key), space_id) if is_whole else Cut(space_id=space_id)


def _find_topics(items: list[Contribution]) -> None:
    """Say of each item whether it was read and which topic of the latest Run it is in: three queries."""
    wanted = Q(pk__in=[])
    for source in {item.source for item in items}:
        wanted |= Q(source=source, source_key__in=[str(item.key) for item in items if item.source == source])
    opinions = {
        (opinion.source, opinion.source_key): opinion
        for opinion in Opinion.objects.published().filter(wanted).defer("vector")
    }
    corpora = {item.space.corpus_id for item in items}
    latest = dict(
        Run.objects.filter(corpus__in=corpora, kind=Run.Kind.TOPICS).values_list("corpus_id").annotate(newest=Max("pk"))
    )
    topics = {
        (topic.run_id, topic.number): topic for topic in Topic.objects.filter(run__in=latest.values()).defer("centroid")
    }
    for item in items:
        opinion = opinions.get((item.source, str(item.key)))
        if opinion is not None:
            item.is_read = bool(opinion.encoder)
            item.topic = topics.get((latest.get(item.space.corpus_id), opinion.topic_number))


def _find_replies(items: list[Contribution]) -> None:
    """Official answers to the items themselves and to the topics they are in: one query."""
    keys = {source: [item.key for item in items if item.source == source] for source in ("comment", "question")}
    topics = Q(pk__in=[])
    for item in items:
        if item.topic is not None:
            topics |= Q(space=item.space, topic_number=item.topic.number)
    found = list(
        Reply.objects.filter(Q(comment__in=keys["comment"]) | Q(question__in=keys["question"]) | topics)
        .select_related("agency", "officer")
        .order_by("answered_at")
    )
    for item in items:
        number = item.topic.number if item.topic else None
        item.replies = [
            reply
            for reply in found
            if (item.source == "comment" and reply.comment_id == item.key)
            or (item.source == "question" and reply.question_id == item.key)
            or (number is not None and reply.space_id == item.space.pk and reply.topic_number == number)
        ]

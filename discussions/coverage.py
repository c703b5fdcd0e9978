"""Was it answered point by point: which topics of a space an agency has spoken to."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Max

from discussions.models import Reply, ReplyPoint, Space
from nlp.models import Run, Topic
from nlp.reports import SMALL_CELL


@dataclass(frozen=True, slots=True)
class Coverage:
    """The topics of a space with at least SMALL_CELL people, and how many of them an answer addresses."""

    topics: int = 0
    answered: int = 0

    def __add__(self, other: "Coverage") -> "Coverage":
        return Coverage(self.topics + other.topics, self.answered + other.answered)

    @property
    def percent(self) -> int | None:
        """The share in percent; None where there is no topic to answer."""
        return round(100 * self.answered / self.topics) if self.topics else None


@dataclass(frozen=True, slots=True)
class Addressed:
    """Where a topic is answered: by an answer of its own, or by a point of the answer to the whole."""

    reply: Reply
    point: ReplyPoint | None

    @property
    def url(self) -> str:
        """The address of the answer, down to the point."""
        place = f"#point-{self.point.position}" if self.point else ""
        return self.reply.get_absolute_url() + place


def of_spaces(space_ids: Iterable[int]) -> dict[int, Coverage]:
    """How far each space is answered, by the topics of its latest analysis: five queries."""
    corpus_of = dict(Space.objects.filter(pk__in=list(space_ids)).values_list("pk", "corpus_id"))
    latest = Run.objects.filter(corpus__in=set(corpus_of.values()), kind=Run.Kind.TOPICS)
    run_of = dict(latest.order_by().values_list("corpus_id").annotate(newest=Max("pk")))
    topics: dict[int, set[int]] = defaultdict(set)
    large = Topic.objects.filter(run__in=run_of.values(), parent_number=None, size_people__gte=SMALL_CELL)
    for run_id, number in large.order_by().values_list("run_id", "number"):
        topics[run_id].add(number)
    spoken: dict[int, set[int]] = defaultdict(set)
    own = Reply.objects.filter(space__in=corpus_of, topic_number__isnull=False).order_by()
    points = ReplyPoint.objects.filter(reply__space__in=corpus_of, topic_number__isnull=False).order_by()
    for space_id, number in own.values_list("space_id", "topic_number"):
        spoken[space_id].add(number)
    for space_id, number in points.values_list("reply__space_id", "topic_number"):
        spoken[space_id].add(number)
    found = {}
    for space_id, corpus_id in corpus_of.items():
        raised = topics.get(run_of.get(corpus_id, 0), set())
        found[space_id] = Coverage(len(raised), len(raised & spoken[space_id]))
    return found


def of_topics(space: Space) -> dict[int, Addressed]:
    """Where each topic of a space is answered, by its number: two queries. A point of the whole answer comes first."""
    replies = Reply.objects.filter(space=space, topic_number__isnull=False).select_related("space", "agency")
    points = ReplyPoint.objects.filter(reply__space=space, topic_number__isnull=False)
    found = {reply.topic_number: Addressed(reply, None) for reply in replies.order_by("answered_at")}
    for point in points.select_related("reply__space", "reply__agency"):
        found[point.topic_number] = Addressed(point.reply, point)
    return found

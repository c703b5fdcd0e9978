"""What became of contributions: their topics, the hand-over, answers, milestones.

Each function fills the items in, in a number of queries that does not depend on how many there are.
"""

from django.db.models import Max, Q

from discussions.journeys.contribution import Contribution
from discussions.models import HandOverItem, Milestone, Phase, Reply
from nlp.models import Opinion, Run, Topic

# The column of Reply that holds a contribution of this kind.
COLUMN = {
    "comment": "comment_id",
    "question": "question_id",
    "proposal": "proposal_id",
    "statement": "statement_id",
    "wording": "wording_id",
}
FOLLOWED = (Phase.ANSWERED, Phase.FOLLOW_UP, Phase.ARCHIVED)


def find(items: list[Contribution]) -> None:
    """Everything that is known of these items: seven queries."""
    if not items:
        return
    _find_topics(items)
    _find_handovers(items)
    _find_replies(items)
    _show_once(items)
    _find_milestones(items)


def _keys(items: list[Contribution], source: str) -> list[int]:
    return [item.subject_key for item in items if item.subject_source == source]


def _find_topics(items: list[Contribution]) -> None:
    """Say of each item whether it was read and which topic of the latest Run it is in: three queries."""
    wanted = Q(pk__in=[])
    for source in {item.subject_source for item in items}:
        wanted |= Q(source=source, source_key__in=[str(key) for key in _keys(items, source)])
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
        opinion = opinions.get((item.subject_source, str(item.subject_key)))
        if opinion is not None:
            item.is_read = bool(opinion.encoder)
            item.topic = topics.get((latest.get(item.space.corpus_id), opinion.topic_number))


def _find_handovers(items: list[Contribution]) -> None:
    """Whether an item was handed to the agency when its review began: one query."""
    given = HandOverItem.objects.filter(
        Q(comment__in=_keys(items, "comment")) | Q(proposal__in=_keys(items, "proposal"))
    ).select_related("group__handover__agency")
    found = {
        ("comment", row.comment_id) if row.comment_id else ("proposal", row.proposal_id): row.group.handover
        for row in given
    }
    for item in items:
        item.handover = found.get((item.subject_source, item.subject_key))


def _find_replies(items: list[Contribution]) -> None:
    """Official answers to the items, to the topics they are in, and to their spaces as a whole: two queries."""
    wanted = Q(whole__in={item.space.pk for item in items})
    for source, column in COLUMN.items():
        wanted |= Q(**{f"{column}__in": _keys(items, source)})
    for item in items:
        if item.topic is not None:
            wanted |= Q(space=item.space, topic_number=item.topic.number)
    replies = list(
        Reply.objects.filter(wanted)
        .select_related("agency", "officer", "space")
        .prefetch_related("points")
        .order_by("answered_at")
    )
    for item in items:
        number = item.topic.number if item.topic else None
        column = COLUMN.get(item.subject_source)
        here = [reply for reply in replies if reply.space_id == item.space.pk]
        item.replies = [
            reply
            for reply in here
            if (column and getattr(reply, column) == item.subject_key)
            or (number is not None and reply.topic_number == number)
        ]
        for reply in here:
            if reply.whole_id is not None:
                item.whole = reply
                same = [point for point in reply.points.all() if number is not None and point.topic_number == number]
                item.point = same[0] if same else item.point


def _show_once(items: list[Contribution]) -> None:
    """An answer that several items share stands in full with the first of them."""
    seen: set[tuple[str, int]] = set()
    for item in items:
        item.shown_replies = [reply for reply in item.replies if ("reply", reply.pk) not in seen]
        seen |= {("reply", reply.pk) for reply in item.replies}
        item.shows_point = item.point is not None and not item.replies and ("point", item.point.pk) not in seen
        if item.shows_point:
            seen.add(("point", item.point.pk))


def _find_milestones(items: list[Contribution]) -> None:
    """What the agency promised after its decision, for the topic of an item or for everybody: one query."""
    spaces = {item.space.pk for item in items if item.space.phase in FOLLOWED}
    promised = list(Milestone.objects.filter(space__in=spaces).order_by("due_on", "pk"))
    for item in items:
        number = item.topic.number if item.topic else None
        item.milestones = [
            one for one in promised if one.space_id == item.space.pk and one.topic_number in (None, number)
        ]

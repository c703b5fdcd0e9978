"""The hand-over: what people put forward without an answer, by topic, given to the agency when its review begins."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from discussions import events
from discussions.models import Comment, HandOver, HandOverGroup, HandOverItem, Proposal, Signature, Space
from nlp import reports
from nlp.models import Opinion

BATCH = 1000
# Proposals that will not cross their threshold any more once the review has begun.
UNDER_THRESHOLD = (Proposal.Stage.OPEN, Proposal.Stage.CLOSED)
ASKING = (Comment.Kind.QUESTION, Comment.Kind.SUGGESTION)


@dataclass(slots=True)
class _Gathered:
    """The items of one topic, and everybody behind them."""

    comments: list[int] = field(default_factory=list)
    proposals: list[int] = field(default_factory=list)
    people: set[int] = field(default_factory=set)


def make(*, space: Space, now: datetime) -> HandOver:
    """Write down what is handed over in the review that begins `now`; appends handover.made.

    Made twice for one review, the first one stands. A later review hands over what came since, if anything did:
    nothing twice, and nothing that is hidden or held. The caller holds the lock on the space inside its transaction.
    A constant number of queries for reading, one for each BATCH items for writing.
    """
    earlier = HandOver.objects.filter(space=space).order_by("-pk").first()
    if earlier is not None and earlier.made_at >= now:
        return earlier
    labels = {topic.number: topic.label for topic in reports.topics(space.corpus)}
    gathered = _gathered(space, labels)
    if earlier is not None and not gathered:
        return earlier
    handover = HandOver.objects.create(
        space=space,
        agency_id=space.agency_id,
        made_at=now,
        posts=sum(len(group.comments) + len(group.proposals) for group in gathered.values()),
        people=len(set().union(*(group.people for group in gathered.values()))),
    )
    for number, found in gathered.items():
        group = HandOverGroup.objects.create(
            handover=handover,
            topic_number=number,
            label=labels.get(number, ""),
            posts=len(found.comments) + len(found.proposals),
            people=len(found.people),
        )
        items = [HandOverItem(group=group, proposal_id=key) for key in found.proposals]
        items += [HandOverItem(group=group, comment_id=key) for key in found.comments]
        HandOverItem.objects.bulk_create(items, batch_size=BATCH)
    events.append(space, "handover.made", {"id": handover.pk, "posts": handover.posts, "people": handover.people})
    return handover


def _gathered(space: Space, labels: dict[int, str]) -> dict[int | None, _Gathered]:
    placed = {
        (source, key): number
        for source, key, number in Opinion.objects.published()
        .filter(corpus=space.corpus_id, source__in=("comment", "proposal"), topic_number__in=list(labels))
        .values_list("source", "source_key", "topic_number")
        .iterator(chunk_size=5000)
    }
    groups: dict[int | None, _Gathered] = defaultdict(_Gathered)
    place_of: dict[int, int | None] = {}
    proposals = Proposal.objects.published().filter(space=space, stage__in=UNDER_THRESHOLD, handed_over=None)
    for key, author in proposals.order_by("pk").values_list("pk", "author_id"):
        place_of[key] = placed.get(("proposal", str(key)))
        groups[place_of[key]].proposals.append(key)
        groups[place_of[key]].people.add(author)
    signed = Signature.objects.filter(proposal__in=proposals).values_list("proposal_id", "member_id")
    for key, member in signed.iterator(chunk_size=5000):
        groups[place_of[key]].people.add(member)
    asking = Comment.objects.published().filter(space=space, kind__in=ASKING, official_replies=None, handed_over=None)
    for key, author in asking.order_by("pk").values_list("pk", "author_id").iterator(chunk_size=5000):
        group = groups[placed.get(("comment", str(key)))]
        group.comments.append(key)
        group.people.add(author)
    return groups


def items_of(group: HandOverGroup, *, after: int = 0, limit: int = 30) -> tuple[list[HandOverItem], int]:
    """The items of a group that the public may still read, and the cursor of the next stretch (0 at the end)."""
    found = (
        group.items.filter(Q(comment__state="visible") | Q(proposal__state="visible"), pk__gt=after)
        .select_related("comment__author", "comment__space", "proposal__author", "proposal__space")
        .order_by("pk")[: limit + 1]
    )
    rows = list(found)
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else 0

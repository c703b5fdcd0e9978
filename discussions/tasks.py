"""Background work of the discussions: opinion groups are found from the votes."""

from functools import partial

from django.db import transaction
from django_tasks import task

from discussions.models import Space, Statement, Vote
from nlp import grouping
from nlp.models import Corpus
from nlp.tasks import is_queued


@task(queue_name="nlp")
def group_space(space_id: int) -> dict:
    """Find the opinion groups of a space from its votes. Returns counts for the task log."""
    return regroup(Space.objects.get(pk=space_id))


def regroup(space: Space) -> dict:
    """Run the group analysis of a space now. The rows leave this package as plain numbers, without names."""

    def votes():
        cast = Vote.objects.filter(statement__space=space).order_by("id")
        return cast.values_list("member_id", "statement_id", "value", "cast_at").iterator(chunk_size=5000)

    def statements():
        return list(Statement.objects.filter(space=space).values_list("id", "state"))

    return grouping.refresh_groups(
        space.corpus_id, votes=votes, statements=statements, author_of=lambda member_id: f"member:{member_id}"
    )


def requeue_dirty() -> int:
    """Queue group analyses that a crash left waiting. Returns how many."""
    corpora = Corpus.objects.filter(groups_dirty=True).values("pk")
    dirty = Space.objects.filter(corpus__in=corpora).values_list("pk", flat=True)
    waiting = [space_id for space_id in dirty if not is_queued(group_space, space_id)]
    for space_id in waiting:
        transaction.on_commit(partial(group_space.enqueue, space_id))
    return len(waiting)

"""What planners say about the topics: rename, merge, split, move, keep, and take an edit back.

Each verb is one transaction: it checks against the latest Run, writes one TopicEdit and marks the corpus, so that the
next analysis replays it. A Run itself never changes. True results say that the corpus was clean before: the caller
then queues the analysis, as with `stream`.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from nlp import stream
from nlp.models import Corpus, Opinion, Run, TopicEdit
from nlp.runs import latest_run

KNOWN_BY = 200
"""At most this many opinions are remembered as the sign by which a merged or kept topic is known again."""


class EditRefused(ValueError):
    """The edit does not fit what is there; nothing was changed. The message is for the planner."""


@dataclass(frozen=True, slots=True)
class Written:
    """An edit that was taken in; `found_clean` as `stream.mark` returns it."""

    edit: TopicEdit
    found_clean: bool


def rename(*, corpus: Corpus, number: int, label: str, by: str) -> Written:
    """Call a topic, or a part of one, by a name of one's own. Raises EditRefused."""
    label = " ".join(label.split())
    if not label:
        raise EditRefused(_("Write a name first. The topic keeps the one it has."))
    if len(label) > 200:
        raise EditRefused(_("A name has at most 200 characters. The topic keeps the one it has."))
    with transaction.atomic():
        locked, run = _locked(corpus)
        _require(run, [number], parts=True)
        return _write(locked, TopicEdit.Kind.RENAME, number, by, label=label)


def merge(*, corpus: Corpus, number: int, others: Collection[int], by: str) -> Written:
    """Make other topics part of this one. Raises EditRefused."""
    others = sorted(set(others))
    if not others or number in others:
        raise EditRefused(_("Choose the topics that belong to this one. Nothing was changed."))
    with transaction.atomic():
        locked, run = _locked(corpus)
        _require(run, [number, *others])
        return _write(locked, TopicEdit.Kind.MERGE, number, by, topics=others, members=_known_by(corpus, others))


def split(*, corpus: Corpus, number: int, members: Collection[int], label: str, by: str) -> Written:
    """Make a topic of its own out of some opinions of this one. Raises EditRefused.

    The edit's number is that of the new topic.
    """
    with transaction.atomic():
        locked, run = _locked(corpus)
        _require(run, [number])
        inside = set(_members(corpus, [number]).values_list("pk", flat=True))
        chosen = sorted(inside & set(members))
        if not chosen:
            raise EditRefused(_("Choose the opinions that are about something else. Nothing was changed."))
        if len(chosen) == len(inside):
            raise EditRefused(_("These are all opinions of the topic. To call it otherwise, rename it."))
        new = locked.next_topic_number
        locked.next_topic_number = new + 1
        locked.save(update_fields=["next_topic_number"])
        return _write(locked, TopicEdit.Kind.SPLIT, new, by, label=" ".join(label.split())[:200], members=chosen)


def move(*, corpus: Corpus, number: int, members: Collection[int], by: str) -> Written:
    """Put some opinions into the topic where they belong. Raises EditRefused."""
    with transaction.atomic():
        locked, run = _locked(corpus)
        _require(run, [number])
        known = Opinion.objects.published().filter(corpus=corpus, pk__in=members).exclude(topic_number=number)
        chosen = sorted(known.values_list("pk", flat=True))
        if not chosen:
            raise EditRefused(_("Choose opinions that are not in this topic yet. Nothing was changed."))
        return _write(locked, TopicEdit.Kind.MOVE, number, by, members=chosen)


def pin(*, corpus: Corpus, number: int, by: str) -> Written:
    """Keep a topic, also when a later analysis does not find it by itself. Raises EditRefused."""
    with transaction.atomic():
        locked, run = _locked(corpus)
        topic = _require(run, [number])[number]
        return _write(locked, TopicEdit.Kind.PIN, number, by, label=topic.label, members=_known_by(corpus, [number]))


def undo(*, edit: TopicEdit, by: str) -> bool:
    """Take an edit back: later Runs do without it. True when the corpus was clean before."""
    with transaction.atomic():
        taken = TopicEdit.objects.filter(pk=edit.pk, undone_at=None).update(undone_at=timezone.now(), undone_by=by)
        return stream.mark(edit.corpus_id, topics=True) if taken else False


def names(corpus: Corpus | int) -> dict[int, str]:
    """The names planners gave: {topic number: label}, the latest one each."""
    given = TopicEdit.objects.in_force(corpus).filter(kind=TopicEdit.Kind.RENAME)
    return dict(given.values_list("number", "label"))


def _locked(corpus: Corpus) -> tuple[Corpus, Run]:
    locked = Corpus.objects.select_for_update().get(pk=corpus.pk)
    run = latest_run(locked, Run.Kind.TOPICS)
    if run is None:
        raise EditRefused(_("There are no topics yet. They appear with the first finished analysis."))
    return locked, run


def _require(run: Run, numbers: Collection[int], *, parts: bool = False) -> dict:
    """The topics of the latest Run with these numbers, or a refusal."""
    found = run.topics.filter(number__in=numbers).defer("centroid")
    known = {topic.number: topic for topic in found if parts or topic.parent_number is None}
    if set(numbers) - set(known):
        raise EditRefused(_("This topic is not part of the latest analysis any more. Nothing was changed."))
    return known


def _members(corpus: Corpus, numbers: Collection[int]):
    return Opinion.objects.published().filter(corpus=corpus, topic_number__in=numbers)


def _known_by(corpus: Corpus, numbers: Collection[int]) -> list[int]:
    """Opinions by which the topics are known again: spread evenly over time, at most KNOWN_BY."""
    keys = list(_members(corpus, numbers).order_by("id").values_list("pk", flat=True))
    return keys[:: -(-len(keys) // KNOWN_BY)] if keys else []


def _write(corpus: Corpus, kind: str, number: int, by: str, **values) -> Written:
    edit = TopicEdit.objects.create(
        corpus=corpus, kind=kind, number=number, made_by=by, made_at=timezone.now(), **values
    )
    return Written(edit, stream.mark(corpus.pk, topics=True))

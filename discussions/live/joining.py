"""Questions that ask the same become one: their raises count together, one person once, and it can be undone."""

from django.db import transaction

from discussions import rules
from discussions.errors import NotFound
from discussions.live.leading import changed
from discussions.live.panel import led_question
from discussions.live.questions import locked_question, tell_question
from discussions.models import Member, Question, QuestionRaise

State = Question.State
JOINABLE = frozenset({State.ASKED, State.SHORTLISTED, State.PARKED})
BATCH = 1000


def merge_question(*, question: Question, into: Question, facilitator: Member) -> Question:
    """Join a waiting question with another of its session, which may be answered already. What was joined with it
    before goes along. Appends question.merged, and question.state for the other.

    Raises NotAllowed, NotFound (another session, or itself).
    """
    with transaction.atomic():
        space, question = led_question(question, facilitator)
        _space, into = led_question(into, facilitator)
        if into.session_id != question.session_id or into.pk == question.pk:
            raise NotFound(rules.explained("cannot_join"), code="cannot_join")
        if question.state not in JOINABLE:
            rules.require(rules.Verdict(False, "cannot_join"))
        question.raises.exclude(via=None).delete()
        question.merged.update(merged_into=into)
        changed(question, {"state": State.MERGED, "merged_into": into})
        _gather(into)
        tell_question(space, question, "merged", into=into.pk)
        tell_question(space, into, "state")
    return question


def part_question(*, question: Question, facilitator: Member) -> Question:
    """Undo a merge: the question waits again with its own raises. Appends question.parted, and question.state for the
    other. Done twice, it is one event. Raises NotAllowed.
    """
    with transaction.atomic():
        rules.require(rules.may_facilitate(facilitator))
        space, question = locked_question(question)
        into = question.merged_into
        if question.state == State.MERGED:
            changed(question, {"state": State.ASKED, "merged_into": None})
            into.raises.filter(via=question).delete()
            # Somebody who raised two of them was counted through one; that person still counts through the other.
            _gather(into)
            tell_question(space, question, "parted", into=into.pk)
            tell_question(space, into, "state")
    return question


def _gather(into: Question) -> None:
    """Bring along the raises of everything joined with a question, each person once."""
    present = QuestionRaise.objects.filter(question=into).values("member")
    joined = QuestionRaise.objects.filter(question__merged_into=into).exclude(member__in=present).order_by("id")
    first = {one.member_id: one for one in joined.iterator(chunk_size=BATCH)}
    QuestionRaise.objects.bulk_create(
        (
            QuestionRaise(question=into, member_id=pk, via_id=one.question_id, level=one.level, channel=one.channel)
            for pk, one in first.items()
        ),
        batch_size=BATCH,
    )

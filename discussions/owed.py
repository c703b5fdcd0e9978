"""Questions that a live session left without an answer: handed to the agency with a clock, answered one by one.

One session has one clock. It stops with the answer to the last of its questions; one that nobody can read any more, or
that the panel answered after all when the session was opened again, is not waited for. That a facilitator marks it as
answered once the session is over is no answer of the agency.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from discussions import answer_rules, clocks, events, rules
from discussions.models import AnswerClock, LiveSession, Member, OwedQuestion, Question, Reply, Space

State = Question.State
UNANSWERED = (State.ASKED, State.SHORTLISTED, State.PARKED)
# What still waits once it was handed over.
WAITING = Q(state__in=[*UNANSWERED, State.CURRENT]) | Q(state=State.ANSWERED, answered_at__gt=F("session__closed_at"))
BATCH = 1000
SHOWN = 200  # on the desk of an officer


def unanswered(session: LiveSession) -> QuerySet[Question]:
    """What everybody reads and nobody has answered, in the room or in writing, and nobody owes yet."""
    return _without_reply(Question.objects.filter(session=session, owed=None, state__in=UNANSWERED))


def takes(session: LiveSession) -> bool:
    """Can more be handed over: has the session no clock yet, or one that runs?"""
    return not AnswerClock.objects.filter(session=session, answered_at__isnull=False).exists()


def hand_over(space: Space, session: LiveSession, now: datetime) -> AnswerClock | None:
    """Hand what is unanswered to the agency of the space; appends clock.started the first time, and clock.questions.

    None when nothing is. A session that was opened again gets no second clock: what was asked since then goes to the
    one that runs; once that was kept, nothing more is handed over. The caller holds the lock on the space.
    """
    waiting = list(unanswered(session).order_by("pk").values_list("pk", flat=True))
    if not waiting:
        return None
    clock = clocks.start(space=space, session=session, now=now)
    if clock.answered_at is None:
        rows = (OwedQuestion(clock=clock, question_id=pk, handed_at=now) for pk in waiting)
        OwedQuestion.objects.bulk_create(rows, batch_size=BATCH)
        data = {"id": clock.pk, "session": session.pk, "questions": len(waiting)}
        events.append(space, "clock.questions", data)
    return clock


def require_owner(officer: Member, question: Question) -> None:
    """A question that was handed over is answered by the agency that owes the answer. Raises NotAllowed."""
    clock = AnswerClock.objects.filter(questions__question=question).first()
    if clock is not None:
        rules.require(answer_rules.may_answer_for(officer, clock.agency_id))


def stop(*, question: Question, now: datetime) -> AnswerClock | None:
    """`question` is being answered: stop the clock that waits for it alone. None when others wait, or none runs.

    The caller holds the lock on the space and appends clock.answered once its answer is written.
    """
    clock = AnswerClock.objects.filter(questions__question=question, answered_at=None).first()
    if clock is None or still_open(clock).exclude(pk=question.pk).exists():
        return None
    clocks.halt(clock, now)
    return clock


def still_open(clock: AnswerClock) -> QuerySet[Question]:
    """The questions of a clock that wait for their answer."""
    return _without_reply(Question.objects.filter(WAITING, owed__clock=clock))


def open_by_clock(space: Space) -> dict[int, list[Question]]:
    """The first questions that wait for their answer, by clock: one query."""
    found: dict[int, list[Question]] = {}
    waiting = _without_reply(Question.objects.filter(WAITING, owed__clock__space=space)).select_related("owed")
    for question in waiting.order_by("pk")[:SHOWN]:
        found.setdefault(question.owed.clock_id, []).append(question)
    return found


def settle(now: datetime | None = None) -> int:
    """Stop the clocks whose last questions were hidden, taken back, joined or answered in the room; appends
    clock.settled. Returns how many. May run at any time.
    """
    now = now or timezone.now()
    waits = _without_reply(Question.objects.filter(WAITING, owed__clock=OuterRef("pk")))
    idle = AnswerClock.objects.filter(session__isnull=False, answered_at=None).exclude(Exists(waits))
    settled = 0
    for clock in idle.order_by("pk"):
        with transaction.atomic():
            space = events.lock(clock.space_id)
            clock = AnswerClock.objects.get(pk=clock.pk)
            if clock.answered_at is None and not still_open(clock).exists():
                clocks.halt(clock, now)
                events.append(space, "clock.settled", {"id": clock.pk})
                settled += 1
    return settled


def _without_reply(rows: QuerySet[Question]) -> QuerySet[Question]:
    return rows.filter(~Exists(Reply.objects.filter(question=OuterRef("pk"))))

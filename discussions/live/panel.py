"""What the facilitator does with questions: short list, panel, answered, put aside. One function is one action."""

from django.db import transaction
from django.utils import timezone

from discussions import rules, wording
from discussions.live.leading import changed
from discussions.live.questions import locked_question, tell_question
from discussions.models import LiveSession, Member, Question, Space

ANSWER_LIMIT = 1000


def shortlist(*, question: Question, facilitator: Member) -> Question:
    """Keep a question for the panel; appends question.state."""
    return _moved(question, facilitator, Question.State.SHORTLISTED)


def park(*, question: Question, facilitator: Member) -> Question:
    """Put a question aside for a written answer; appends question.state."""
    return _moved(question, facilitator, Question.State.PARKED, "parked")


def mark_waiting(*, question: Question, facilitator: Member) -> Question:
    """Put a question back to those that wait, also one marked answered by mistake; appends question.state."""
    return _moved(question, facilitator, Question.State.ASKED, answered_at=None)


def mark_current(*, question: Question, facilitator: Member) -> Question:
    """Put a question to the panel now. The one before goes back to the list unless it was marked answered."""
    with transaction.atomic():
        space, question = led_question(question, facilitator)
        if question.state != Question.State.CURRENT:
            clear_panel(space, question.session)
            put_at = question.put_at or timezone.now()
            _write(space, question, "put", state=Question.State.CURRENT, put_at=put_at)
    return question


def mark_answered(*, question: Question, facilitator: Member, answer: str | None = None) -> Question:
    """Say that the panel has answered, and what in short; appends question.state.

    With `answer` on an answered question its words are replaced ("" takes them away); None leaves them as they are.
    Raises InvalidText, NotAllowed.
    """
    changes = {} if answer is None else {"answer": _cleaned(answer)}
    with transaction.atomic():
        space, question = led_question(question, facilitator)
        is_written = bool(changes.get("answer")) and not question.answer
        told = "written" if is_written else ""
        if question.state != Question.State.ANSWERED:
            changes |= {"state": Question.State.ANSWERED, "answered_at": question.answered_at or timezone.now()}
            told = "answered"
        _write(space, question, told, **changes)
    return question


def clear_panel(space: Space, session: LiveSession) -> None:
    """Nothing is at the panel any more: what was there goes back to the list. The space is locked by the caller."""
    for question in session.questions.filter(state=Question.State.CURRENT):
        _write(space, question, state=Question.State.ASKED)


def led_question(question: Question, facilitator: Member) -> tuple[Space, Question]:
    """The space, locked, and a question that everybody reads and that stands for itself. Raises NotAllowed."""
    rules.require(rules.may_facilitate(facilitator))
    space, question = locked_question(question)
    if question.state == Question.State.MERGED:
        rules.require(rules.Verdict(False, "merged"))
    if question.state in Question.GONE:
        rules.require(rules.Verdict(False, "withdrawn"))
    return space, question


def _moved(question: Question, facilitator: Member, state: str, told: str = "", **changes) -> Question:
    with transaction.atomic():
        space, question = led_question(question, facilitator)
        _write(space, question, told, state=state, **changes)
    return question


def _write(space: Space, question: Question, told: str = "", **changes) -> None:
    """`told` marks a step of which its author and those who raise it hear."""
    if changed(question, changes):
        tell_question(space, question, "state", **({told: 1} if told else {}))


def _cleaned(answer: str) -> str:
    return wording.cleaned(answer, limit=ANSWER_LIMIT, least=1) if answer.strip() else ""

"""Questions for the panel: ask, raise, put to the panel, answered. One function is one action is one transaction."""

from django.db import transaction
from django.utils import timezone

from discussions import events, pace, rules, wording
from discussions.errors import Conflict, NotAllowed
from discussions.live.leading import changed
from discussions.models import LiveSession, Member, Question, QuestionRaise, Space
from nlp import stream
from nlp.tasks import enqueue_analysis

SOURCE = "question"


def ask(*, session: LiveSession, author: Member, text: str, client_id: str) -> Question:
    """Put a question to the panel; appends question.asked. Sent again with the same `client_id`, the first one comes
    back, even when the floor has closed meanwhile: what was taken is safe.

    Raises InvalidText, NotAllowed, TooSoon, Conflict (same client id, other words or another session).
    """
    with transaction.atomic():
        space, session = pace.turn(session.space_id, author), LiveSession.objects.get(pk=session.pk)
        mine = Question.objects.filter(author_id=author.pk)
        earlier = mine.filter(client_id=client_id).first()
        if earlier is None:
            rules.require(rules.may_ask(author, space, session))
        words = wording.cleaned_line(text, limit=wording.QUESTION_LIMIT)
        if earlier is not None:
            if earlier.text != words or earlier.session_id != session.pk:
                raise Conflict
            return earlier
        now = timezone.now()
        pace.require(author, mine.order_by("-asked_at").values_list("asked_at", flat=True).first(), now)
        question = Question.objects.create(
            session=session,
            author=author,
            text=words,
            client_id=client_id,
            asked_at=now,
            item_id=session.current_item_id,
            level=author.level,
        )
        became_dirty = stream.submit(
            corpus_id=space.corpus_id,
            source=SOURCE,
            key=question.pk,
            text=words,
            author=author.stream_author,
            posted_at=now,
            url=f"/live/{session.code}/#q{question.pk}",
        )
        events.append(space, "question.asked", {"id": question.pk, "session": session.pk})
        if became_dirty:
            enqueue_analysis(space.corpus_id)
    return question


def raise_question(*, question: Question, member: Member) -> int:
    """Want this question answered too; appends question.raised when it is news. Returns how many people raise it."""
    with transaction.atomic():
        space, question = _raisable(question, member)
        _raised, is_new = QuestionRaise.objects.get_or_create(
            question=question, member=member, defaults={"level": member.level}
        )
        return _raises(space, question, changed=is_new)


def lower_question(*, question: Question, member: Member) -> int:
    """Take one's raise back; appends question.raised when it is news. Returns how many people raise it."""
    with transaction.atomic():
        space, question = _raisable(question, member)
        removed, _by_model = QuestionRaise.objects.filter(question=question, member=member).delete()
        return _raises(space, question, changed=bool(removed))


def mark_current(*, question: Question, facilitator: Member) -> Question:
    """Put a question to the panel now. The one before goes back to the list unless it was marked answered."""
    with transaction.atomic():
        space, question = _led_question(question, facilitator)
        if question.state != Question.State.CURRENT:
            clear_panel(space, question.session)
            put_at = question.put_at or timezone.now()
            _write_question(space, question, state=Question.State.CURRENT, put_at=put_at)
    return question


def mark_answered(*, question: Question, facilitator: Member) -> Question:
    """Say that the panel has answered; appends question.state."""
    with transaction.atomic():
        space, question = _led_question(question, facilitator)
        if question.state != Question.State.ANSWERED:
            answered_at = question.answered_at or timezone.now()
            _write_question(space, question, state=Question.State.ANSWERED, answered_at=answered_at)
    return question


def clear_panel(space: Space, session: LiveSession) -> None:
    """Nothing is at the panel any more: what was there goes back to the list. The space is locked by the caller."""
    for question in session.questions.filter(state=Question.State.CURRENT):
        _write_question(space, question, state=Question.State.ASKED)


def _locked_question(question: Question) -> tuple[Space, Question]:
    space = events.lock(question.session.space_id)
    return space, Question.objects.select_related("session").get(pk=question.pk)


def _raisable(question: Question, member: Member) -> tuple[Space, Question]:
    space, question = _locked_question(question)
    rules.require(rules.may_raise(member, space, question.session, question))
    return space, question


def _raises(space: Space, question: Question, *, changed: bool) -> int:
    raises = question.raises.count()
    if changed:
        data = {"id": question.pk, "session": question.session_id, "raises": raises}
        events.append(space, "question.raised", data)
    return raises


def _led_question(question: Question, facilitator: Member) -> tuple[Space, Question]:
    rules.require(rules.may_facilitate(facilitator))
    space, question = _locked_question(question)
    if question.state == Question.State.HIDDEN:
        raise NotAllowed(rules.explained("withdrawn"), code="withdrawn")
    return space, question


def _write_question(space: Space, question: Question, **changes) -> None:
    if changed(question, changes):
        events.append(space, "question.state", {"id": question.pk, "session": question.session_id})

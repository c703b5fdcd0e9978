"""Live consultation: ask, raise, vote, and lead the room. One function is one action is one transaction.

Every action locks the space, so that its events are numbered in the order in which things happened.
"""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, pace, rules, wording
from discussions.errors import CivicError, Conflict, NotAllowed
from discussions.models import LiveSession, Member, PollVote, Question, QuestionRaise, QuickPoll, Space
from nlp import stream
from nlp.tasks import enqueue_analysis

SOURCE = "question"
TITLE_LIMIT = 200
POLL_LIMIT = 200
OPTION_LIMIT = 80
OPTIONS = range(2, 9)
# No letters or digits that are mistaken for each other when a code is read out in a hall.
CODE_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 6


def plan_session(*, space: Space, facilitator: Member, title: str, starts_at: datetime) -> LiveSession:
    """Announce a session and give it a room code; appends session.state. Raises InvalidText, NotAllowed."""
    with transaction.atomic():
        space = events.lock(space.pk)
        rules.require(rules.may_facilitate(facilitator))
        title = wording.cleaned_line(title, limit=TITLE_LIMIT, missing=_("Please give the session a title."))
        code = "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))
        session = LiveSession.objects.create(space=space, code=code, title=title, starts_at=starts_at)
        _tell_session(space, session)
    return session


def open_session(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Begin, or take a closed session up again; appends session.state."""
    return _changed_session(session, facilitator, state=LiveSession.State.OPEN)


def close_session(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """End the session and every poll still open; what was said stays. Appends poll.state and session.state.

    A question left at the panel goes back to the list: only the facilitator says that it was answered.
    """
    with transaction.atomic():
        space, session = _led_session(session, facilitator)
        for poll in session.polls.filter(state=QuickPoll.State.OPEN):
            _write_poll(space, poll, state=QuickPoll.State.CLOSED)
        _clear_panel(space, session)
        _write_session(space, session, state=LiveSession.State.CLOSED)
    return session


def open_floor(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Take questions; appends session.state."""
    return _changed_session(session, facilitator, floor_open=True)


def close_floor(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Take no more questions and raises for now; appends session.state."""
    return _changed_session(session, facilitator, floor_open=False)


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
            session=session, author=author, text=words, client_id=client_id, asked_at=now
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
        _raised, is_new = QuestionRaise.objects.get_or_create(question=question, member=member)
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
            _clear_panel(space, question.session)
            _write_question(space, question, Question.State.CURRENT)
    return question


def mark_answered(*, question: Question, facilitator: Member) -> Question:
    """Say that the panel has answered; appends question.state."""
    with transaction.atomic():
        space, question = _led_question(question, facilitator)
        if question.state != Question.State.ANSWERED:
            _write_question(space, question, Question.State.ANSWERED)
    return question


def add_poll(*, session: LiveSession, facilitator: Member, question: str, options: list[str]) -> QuickPoll:
    """Prepare a poll of two to eight choices, not open yet; appends poll.state. Raises InvalidText, NotAllowed."""
    words = wording.cleaned_line(question, limit=POLL_LIMIT, missing=_("Please write the question of the poll."))
    choices = list(dict.fromkeys(wording.cleaned_line(option, limit=OPTION_LIMIT, least=1) for option in options))
    if len(choices) not in OPTIONS:
        raise CivicError(
            _("A poll needs %(least)d to %(most)d different choices, each on a line of its own.")
            % {"least": OPTIONS.start, "most": OPTIONS.stop - 1},
            code="choices",
        )
    with transaction.atomic():
        space, session = _led_session(session, facilitator)
        poll = QuickPoll.objects.create(session=session, question=words, options=choices)
        _tell_poll(space, poll)
    return poll


def open_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Let people answer; appends poll.state. Raises NotAllowed while the session is not open."""
    with transaction.atomic():
        space, poll = _led_poll(poll, facilitator)
        if poll.session.state != LiveSession.State.OPEN:
            raise NotAllowed(_("Open the session first; then polls can be opened."), code="session_not_open")
        _write_poll(space, poll, state=QuickPoll.State.OPEN)
    return poll


def close_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Take no more answers; appends poll.state."""
    with transaction.atomic():
        space, poll = _led_poll(poll, facilitator)
        _write_poll(space, poll, state=QuickPoll.State.CLOSED)
    return poll


def reveal_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Show the result to everybody, while the poll is open or after; appends poll.state."""
    with transaction.atomic():
        space, poll = _led_poll(poll, facilitator)
        if poll.state == QuickPoll.State.READY:
            raise NotAllowed(rules.explained("poll_closed"), code="poll_closed")
        _write_poll(space, poll, revealed=True)
    return poll


def answer_poll(*, poll: QuickPoll, member: Member, option: int) -> int:
    """Answer an open poll, or change one's answer; appends poll.voted when it is news. Returns how many answered.

    Raises NotAllowed, CivicError for a choice that does not exist.
    """
    with transaction.atomic():
        space = events.lock(poll.session.space_id)
        poll = QuickPoll.objects.select_related("session").get(pk=poll.pk)
        rules.require(rules.may_answer_poll(member, space, poll))
        if not 0 <= option < len(poll.options):
            words = _("This poll does not have that choice. Your earlier answer is safe.")
            raise CivicError(words, code="unknown_choice")
        before = PollVote.objects.filter(poll=poll, member=member).values_list("option", flat=True).first()
        if before != option:
            PollVote.objects.update_or_create(poll=poll, member=member, defaults={"option": option})
        total = poll.votes.count()
        if before != option:
            events.append(space, "poll.voted", {"id": poll.pk, "session": poll.session_id, "total": total})
    return total


def _locked_session(session: LiveSession) -> tuple[Space, LiveSession]:
    space = events.lock(session.space_id)
    return space, LiveSession.objects.get(pk=session.pk)


def _led_session(session: LiveSession, facilitator: Member) -> tuple[Space, LiveSession]:
    rules.require(rules.may_facilitate(facilitator))
    return _locked_session(session)


def _changed_session(session: LiveSession, facilitator: Member, **changes) -> LiveSession:
    with transaction.atomic():
        space, session = _led_session(session, facilitator)
        _write_session(space, session, **changes)
    return session


def _write_session(space: Space, session: LiveSession, **changes) -> None:
    if _changed(session, changes):
        _tell_session(space, session)


def _tell_session(space: Space, session: LiveSession) -> None:
    events.append(space, "session.state", {"id": session.pk})


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


def _clear_panel(space: Space, session: LiveSession) -> None:
    for question in session.questions.filter(state=Question.State.CURRENT):
        _write_question(space, question, Question.State.ASKED)


def _write_question(space: Space, question: Question, state: str) -> None:
    if _changed(question, {"state": state}):
        events.append(space, "question.state", {"id": question.pk, "session": question.session_id})


def _led_poll(poll: QuickPoll, facilitator: Member) -> tuple[Space, QuickPoll]:
    rules.require(rules.may_facilitate(facilitator))
    space = events.lock(poll.session.space_id)
    return space, QuickPoll.objects.select_related("session").get(pk=poll.pk)


def _write_poll(space: Space, poll: QuickPoll, **changes) -> None:
    if _changed(poll, changes):
        _tell_poll(space, poll)


def _tell_poll(space: Space, poll: QuickPoll) -> None:
    events.append(space, "poll.state", {"id": poll.pk, "session": poll.session_id})


def _changed(row, changes: dict) -> bool:
    """Write what is different. False when nothing is: an action done twice is one event."""
    different = {name: value for name, value in changes.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    if different:
        row.save(update_fields=list(different))
    return bool(different)

"""The buttons of the facilitator's desk that are about questions, hands and the floor."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from discussions import cursors, live, moderation, questions, rules
from discussions.errors import CivicError
from discussions.models import Hand, LiveSession, Question, Silence
from discussions.views import room_parts
from discussions.views.live import session_or_404


@never_cache
@require_GET
def column(request, code: str, column: str):
    """All questions of one column of the desk, page by page."""
    session = session_or_404(request, code)
    rules.require(rules.may_facilitate(request.user))
    if column not in questions.COLUMNS:
        raise Http404
    if column in questions.JUDGED:
        rules.require(rules.may_moderate(request.user))
    found, older = questions.stretch(session, questions.COLUMNS[column], after=request.GET.get("after"))
    context = {"session": session, "space": session.space, "column": column, "questions": found, "older": older}
    return render(request, "discussions/live/desk_column.html", {**context, **room_parts.tools(request, session)})


def _row(model, session: LiveSession, key: int):
    return get_object_or_404(model.objects.select_related("session"), pk=key, session=session)


def _answered(request, question: Question) -> None:
    live.mark_answered(question=question, facilitator=request.user, answer=request.POST.get("answer"))


def _merge(request, question: Question) -> None:
    into = _row(Question, question.session, cursors.number(request.POST.get("into")))
    live.merge_question(question=question, into=into, facilitator=request.user)


def _judge(act: Callable) -> Callable[[Any, Question], Any]:
    return lambda request, question: act(target=question, moderator=request.user)


def _judge_why(act: Callable) -> Callable[[Any, Question], Any]:
    return lambda request, question: act(target=question, moderator=request.user, reason=request.POST.get("reason", ""))


def _silence_author(request, question: Question) -> None:
    _silence(request, question.session, question.author)


def _silence_hand(request, hand: Hand) -> None:
    _silence(request, hand.session, hand.member)


def _silence(request, session: LiveSession, member) -> None:
    reason = request.POST.get("reason", "")
    live.silence(session=session, member=member, facilitator=request.user, reason=reason)


def _slow_down(request, session: LiveSession) -> None:
    seconds = request.POST.get("seconds", "")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 6):
        raise CivicError(_("Please choose between 0 and %(most)d seconds.") % {"most": live.SLOWEST}, code="seconds")
    live.slow_down(session=session, facilitator=request.user, seconds=int(seconds))


def _lead(noun: str, act: Callable) -> Callable[[Any, Any], Any]:
    return lambda request, row: act(**{noun: row}, facilitator=request.user)


# The buttons by what they are about.
SESSION_ACTS: dict[str, Callable[[Any, LiveSession], Any]] = {
    "open_hands": _lead("session", live.open_hands),
    "close_hands": _lead("session", live.close_hands),
    "call_next": _lead("session", live.call_next),
    "end_speech": _lead("session", live.end_speech),
    "slow_down": _slow_down,
}
QUESTION_ACTS: dict[str, Callable[[Any, Question], Any]] = {
    "current": _lead("question", live.mark_current),
    "shortlist": _lead("question", live.shortlist),
    "park": _lead("question", live.park),
    "waiting": _lead("question", live.mark_waiting),
    "part": _lead("question", live.part_question),
    "merge": _merge,
    "answered": _answered,
    "hide": _judge_why(moderation.hide),
    "reject": _judge_why(moderation.reject),
    "restore": _judge(moderation.restore),
    "release": _judge(moderation.release),
    "silence": _silence_author,
}
HAND_ACTS: dict[str, Callable[[Any, Hand], Any]] = {
    "pass_over": _lead("hand", live.pass_over),
    "silence_hand": _silence_hand,
}
SILENCE_ACTS: dict[str, Callable[[Any, Silence], Any]] = {"lift": _lead("silence", live.lift)}
# Of what kind the thing is that the buttons are about.
ACTS = ((QUESTION_ACTS, Question), (HAND_ACTS, Hand), (SILENCE_ACTS, Silence))


def perform(request, session: LiveSession, act: str, key: int) -> bool:
    """Do what a button says; False when it is none of these."""
    if act in SESSION_ACTS:
        SESSION_ACTS[act](request, session)
        return True
    for acts, model in ACTS:
        if act in acts:
            acts[act](request, _row(model, session, key))
            return True
    return False

"""The facilitator's desk. Each button is one action; afterwards the desk is shown anew."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from discussions import events, live, rules
from discussions.errors import CivicError
from discussions.models import AgendaItem, LiveSession
from discussions.views import desk_polls, desk_questions
from discussions.views.live import desk_context, session_or_404


@never_cache
@require_http_methods(["GET", "POST"])
def desk(request, code: str):
    """The facilitator's desk. Each button is one action; afterwards the desk is shown anew."""
    session = session_or_404(request, code)
    rules.require(rules.may_facilitate(request.user))
    forms, status = desk_polls.forms_of(request, session), 200
    if request.method == "POST":
        if request.POST.get("act") not in desk_polls.FORMS:
            _perform(request, session)
            return _done(request, code)
        if desk_polls.write(request, session, forms):
            return redirect("discussions:live_desk", code)
        status = 422
    context = desk_context(request, session, events.last_seq(session.space_id))
    return render(request, "discussions/live/desk.html", {**context, **forms}, status=status)


def _done(request, code: str):
    """The desk anew; a page that stays open fetches it by itself."""
    return redirect("discussions:live_desk", code) if request.accepts("text/html") else JsonResponse({"ok": True})


def _lead(noun: str, act: Callable) -> Callable[[Any, Any], Any]:
    """A button that needs nothing but the thing beside it."""
    return lambda request, row: act(**{noun: row}, facilitator=request.user)


# The buttons of the desk by what they are about.
SESSION_ACTS = {
    "open_session": _lead("session", live.open_session),
    "close_session": _lead("session", live.close_session),
    "rest_session": _lead("session", partial(live.close_session, hands_over=False)),
    "hand_over": _lead("session", live.hand_questions_over),
    "open_floor": _lead("session", live.open_floor),
    "close_floor": _lead("session", live.close_floor),
    "end_item": _lead("session", live.end_item),
}
ITEM_ACTS = {"begin_item": _lead("item", live.begin_item)}


def _perform(request, session: LiveSession) -> None:
    """Do what a button of the desk says."""
    act, key = request.POST.get("act", ""), request.POST.get("id", "")
    key = int(key) if key.isdecimal() and len(key) < 19 else 0
    if act in SESSION_ACTS:
        SESSION_ACTS[act](request, session)
    elif act in ITEM_ACTS:
        ITEM_ACTS[act](request, _row(AgendaItem, session, key))
    elif act in desk_polls.BUTTONS:
        desk_polls.BUTTONS[act](request, session)
    elif not desk_questions.perform(request, session, act, key):
        raise CivicError(_("This button is not known here. Reload the page."), code="malformed")


def _row(model, session: LiveSession, key: int):
    """A thing of this session, or 404."""
    return get_object_or_404(model.objects.select_related("session"), pk=key, session=session)

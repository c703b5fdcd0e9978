"""The buttons and forms of the facilitator's desk that are about quick polls and statements."""

from collections.abc import Callable

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from discussions import cursors, live, moderation, reasons, voting
from discussions.errors import CivicError, NotAllowed
from discussions.models import LiveSession, PollWord, QuickPoll, State, Statement
from discussions.poll_forms import PollForm, PutStatementForm

WRITTEN = ("add_poll", "change_poll")


def forms_of(request, session: LiveSession) -> dict:
    """The forms of the desk, as they were sent or fresh; `changing` is the poll in the form, if it is one."""
    sent = request.POST if request.method == "POST" else None
    act = sent.get("act", "") if sent is not None else ""
    key = cursors.number(request.GET.get("poll") if sent is None else sent.get("id"))
    changing = QuickPoll.objects.filter(pk=key, session=session, state=QuickPoll.State.READY).first() if key else None
    if act in WRITTEN:
        form, changing = PollForm(sent), changing if act == "change_poll" else None
    elif sent is None and changing is not None:
        form = PollForm.of(changing)
    else:
        form, changing = PollForm(), None
    put = act == "put_statement"
    statement_form = PutStatementForm(sent if put else None, space=session.space)
    return {"form": form, "changing": changing, "statement_form": statement_form}


def write(request, session: LiveSession, forms: dict) -> bool:
    """Do what a form of the desk says. False when it could not be done; the form says why."""
    act = request.POST["act"]
    form = forms["statement_form"] if act == "put_statement" else forms["form"]
    if not form.is_valid():
        return False
    try:
        if act == "put_statement":
            _put(request, session, form)
        elif act == "add_poll":
            live.add_poll(session=session, facilitator=request.user, **form.cleaned_data)
        else:
            poll = _poll(request, session)
            live.change_poll(poll=poll, facilitator=request.user, **form.cleaned_data)
    except CivicError as refusal:
        form.add_error("text" if act == "put_statement" else "options", refusal.message)
        return False
    return True


def _put(request, session: LiveSession, form: PutStatementForm) -> None:
    text, chosen = form.cleaned_data["text"], form.cleaned_data["statement"]
    if text.strip():
        statement = voting.state(
            space=session.space, author=request.user, text=text, client_id=form.cleaned_data["client_id"]
        )
        if statement.state == State.HELD:
            raise NotAllowed(_("A moderator looks at this statement first. Then you can choose it from the list."))
    elif chosen is None:
        raise CivicError(_("Please choose a statement or write one."), code="nothing_chosen")
    else:
        statement = get_object_or_404(Statement, pk=chosen, space=session.space)
    live.put_statement(session=session, statement=statement, facilitator=request.user)


def hide_words(request, session: LiveSession) -> None:
    """Hide the chosen words of a poll, whoever said them. The first one takes them off every screen."""
    reason = request.POST.get("reason", "")
    reasons.require(reason, session.space)
    for key in request.POST.getlist("word")[:100]:
        chosen = PollWord.objects.filter(pk=cursors.number(key), poll__session=session).first()
        if chosen is None:
            continue
        said = PollWord.objects.published().filter(poll=chosen.poll_id, folded=chosen.folded)
        for word in said.exclude(author=request.user).select_related("poll__session__space").order_by("id"):
            moderation.hide(target=word, moderator=request.user, reason=reason)


def lead_poll(act: Callable) -> Callable:
    """A button beside a poll."""

    def perform(request, session: LiveSession) -> None:
        act(poll=_poll(request, session), facilitator=request.user)

    return perform


def lead_session(act: Callable) -> Callable:
    """A button that needs nothing but the session."""
    return lambda request, session: act(session=session, facilitator=request.user)


BUTTONS: dict[str, Callable] = {
    "open_poll": lead_poll(live.open_poll),
    "close_poll": lead_poll(live.close_poll),
    "reveal_poll": lead_poll(live.reveal_poll),
    "conceal_poll": lead_poll(live.conceal_poll),
    "copy_poll": lead_poll(live.copy_poll),
    "remove_poll": lead_poll(live.remove_poll),
    "hide_words": hide_words,
    "take_statement": lead_session(live.take_statement),
    "reveal_statement": lead_session(live.reveal_statement),
    "conceal_statement": lead_session(live.conceal_statement),
}
FORMS = (*WRITTEN, "put_statement")


def _poll(request, session: LiveSession) -> QuickPoll:
    """The poll of this session that a form names, or 404."""
    key = cursors.number(request.POST.get("id"))
    return get_object_or_404(QuickPoll.objects.select_related("session"), pk=key, session=session)

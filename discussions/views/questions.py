"""Questions for the panel over HTTP: plain forms, which sockets only make immediate."""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from discussions import echoes, live, pace, questions
from discussions.errors import CivicError
from discussions.live_forms import AskForm, RaiseForm
from discussions.models import LiveSession, Question
from discussions.views import entrance
from discussions.views.live import room, session_or_404


@require_POST
def ask(request, code: str):
    """Put a question to the panel. What cannot be taken comes back in the form, with every word kept."""
    session = session_or_404(request, code)
    form = AskForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            question = live.ask(
                session=session,
                author=request.user,
                text=form.cleaned_data["text"],
                client_id=form.cleaned_data["client_id"],
            )
        except CivicError as refusal:
            if not request.accepts("text/html"):
                raise
            form.add_error("text", refusal.message)
            status = refusal.status
            entrance.slow_down(request, refusal)
        else:
            if not request.accepts("text/html"):
                return JsonResponse({"ok": True, "question": str(question.pk), "state": question.state})
            messages.success(request, thanks(question))
            return redirect(f"{session.get_absolute_url()}#q{question.pk}")
    request.method = "GET"
    return room(request, code, form=form, status=status)


def thanks(question: Question) -> str:
    """What happens next with a question that was just sent."""
    if question.state == Question.State.HELD:
        return _("We have your question. A moderator looks at it first; until then only you can see it.")
    return _("Your question is in the room. Others can raise it now.")


@require_POST
def withdraw(request, code: str, pk: int):
    """Take one's own question back."""
    session = session_or_404(request, code)
    live.withdraw_question(question=_question(session, pk), author=request.user)
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True, "question": str(pk)})
    messages.success(request, _("Your question is taken back. Its words are erased everywhere."))
    return redirect(session.get_absolute_url())


@require_POST
def raise_question(request, code: str, pk: int):
    """Raise a question, or take the raise back: ?raised=1 or 0 names the wish, so a second click does no harm."""
    session = session_or_404(request, code)
    question = _question(session, pk).carrier
    form = RaiseForm(request.GET)
    if not form.is_valid():
        raise CivicError(_("Please use the button beside the question."), code="malformed")
    raised = form.cleaned_data["raised"]
    act = live.raise_question if raised else live.lower_question
    raises = act(question=question, member=request.user)
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True, "question": str(question.pk), "raised": raised, "raises": raises})
    if request.htmx:
        shown = questions.with_counts(Question.objects.filter(pk=question.pk), viewer=request.user).get()
        return render(request, "discussions/live/question.html", {"question": shown, "session": session})
    return redirect(f"{session.get_absolute_url()}#q{question.pk}")


@require_GET
def already_asked(request, code: str):
    """A fragment with questions of this session that mean nearly the same as `text`. Nothing waits for it."""
    pace.require_calm_search(request)
    session = session_or_404(request, code)
    found = echoes.already_asked(session, request.GET.get("text", "")[: echoes.COMPARED], viewer=request.user)
    return render(request, "discussions/live/already_asked.html", {"found": found, "session": session})


@require_GET
def listing(request, code: str, column: str):
    """All questions that wait, are put aside or answered, page by page."""
    session = session_or_404(request, code)
    if column not in questions.PUBLIC:
        raise Http404
    found, older = questions.stretch(
        session, questions.PUBLIC[column], viewer=request.user, after=request.GET.get("after")
    )
    context = {
        "session": session,
        "space": session.space,
        "column": column,
        "questions": found,
        "older": older,
        "nav_current": "live",
    }
    return render(request, "discussions/live/questions.html", context)


def _question(session: LiveSession, pk: int) -> Question:
    """A question of this session that this person can be asked about; the actions decide the rest."""
    rows = Question.objects.exclude(state__in=[Question.State.HIDDEN, Question.State.WITHDRAWN])
    return get_object_or_404(rows.select_related("session", "merged_into__session"), pk=pk, session=session)

"""Questions for the panel over HTTP: plain forms, which sockets only make immediate."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from discussions import live, rooms
from discussions.errors import CivicError
from discussions.live_forms import AskForm, RaiseForm
from discussions.models import Question
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
        else:
            if not request.accepts("text/html"):
                return JsonResponse({"ok": True, "question": str(question.pk)})
            messages.success(request, _("Your question is in the room. Others can raise it now."))
            return redirect(f"{session.get_absolute_url()}#q{question.pk}")
    request.method = "GET"
    return room(request, code, form=form, status=status)


@require_POST
def raise_question(request, code: str, pk: int):
    """Raise a question, or take the raise back: ?raised=1 or 0 names the wish, so a second click does no harm."""
    session = session_or_404(request, code)
    question = get_object_or_404(Question.objects.published().select_related("session"), pk=pk, session=session)
    form = RaiseForm(request.GET)
    if not form.is_valid():
        raise CivicError(_("Please use the button beside the question."), code="malformed")
    raised = form.cleaned_data["raised"]
    act = live.raise_question if raised else live.lower_question
    raises = act(question=question, member=request.user)
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True, "question": str(pk), "raised": raised, "raises": raises})
    if request.htmx:
        shown = rooms.questions(Question.objects.filter(pk=pk), viewer=request.user).get()
        return render(request, "discussions/live/question.html", {"question": shown, "session": session})
    return redirect(f"{session.get_absolute_url()}#q{pk}")

"""Quick polls over HTTP."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from discussions import live, rooms
from discussions.errors import CivicError
from discussions.live_forms import PollAnswerForm
from discussions.models import QuickPoll
from discussions.views.live import session_or_404


@require_POST
def answer_poll(request, code: str, pk: int):
    """Answer a poll, or change one's answer."""
    session = session_or_404(request, code)
    poll = get_object_or_404(QuickPoll.objects.select_related("session"), pk=pk, session=session)
    form = PollAnswerForm(request.POST)
    if not form.is_valid():
        raise CivicError(_("Please choose one of the answers."), code="unknown_choice")
    total = live.answer_poll(poll=poll, member=request.user, option=form.cleaned_data["option"])
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True, "poll": str(pk), "option": form.cleaned_data["option"], "total": total})
    if request.htmx:
        view = rooms.polls(QuickPoll.objects.filter(pk=pk), viewer=request.user)[0]
        response = render(request, "discussions/live/poll.html", {"view": view, "session": session})
        response["HX-Retarget"], response["HX-Reswap"] = f'[data-poll="{pk}"]', "outerHTML"
        return response
    messages.success(request, _("Your answer is counted. You can change it while the poll is open."))
    return redirect(f"{session.get_absolute_url()}#poll-{pk}")

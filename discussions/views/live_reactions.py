"""Reactions in a live session over HTTP."""

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from discussions.errors import CivicError
from discussions.live import reactions
from discussions.poll_forms import ReactionForm
from discussions.views.live import session_or_404


@require_POST
def react(request, code: str):
    """Show a sign to everybody for a moment."""
    session = session_or_404(request, code)
    form = ReactionForm(request.POST)
    if not form.is_valid():
        raise CivicError(_("There is no such sign."), code="unknown_reaction")
    reactions.react(session=session, member=request.user, **form.cleaned_data)
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True, "kind": form.cleaned_data["kind"]})
    if request.htmx:
        return HttpResponse(status=204)
    messages.success(request, _("Your sign was shown to everybody for a moment."))
    return redirect(session)

"""Asking to speak over HTTP."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from discussions import live, queues
from discussions.commands.hands import told
from discussions.errors import CivicError
from discussions.live_forms import RaiseForm
from discussions.views.live import session_or_404


@require_POST
def raise_hand(request, code: str):
    """Raise one's hand or take it down: ?raised=1 or 0 names the wish, so a second click does no harm."""
    session = session_or_404(request, code)
    form = RaiseForm(request.GET)
    if not form.is_valid():
        raise CivicError(_("Please use the button on the page."), code="malformed")
    act = live.raise_hand if form.cleaned_data["raised"] else live.lower_hand
    act(session=session, member=request.user)
    standing = queues.standing(session, request.user)
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True, **told(standing)})
    messages.success(request, _("Your hand is up.") if standing.hand else _("Your hand is down."))
    return redirect(f"{session.get_absolute_url()}#hands")

"""Where did my words go: each contribution of a member with the steps it has taken."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import render
from django.views.decorators.http import require_GET

from discussions import journeys


@login_required
@require_GET
def index(request):
    """The member's contributions, newest first."""
    before = request.GET.get("before", "")
    page = journeys.of(request.user, before=before)
    return render(request, "discussions/me.html", {"page": page, "nav_current": "me"})

"""Where did my words go: each contribution of a member with the steps it has taken."""

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from discussions import journeys, positions
from discussions.models import Space
from discussions.views.frame import visible_or_404


@login_required
@require_GET
def index(request):
    """The member's contributions, newest first, and where they voted; all of them, or those in one discussion."""
    slug = request.GET.get("space", "")
    space = visible_or_404(request, get_object_or_404(Space, slug=slug)) if slug else None
    before, space_id = request.GET.get("before", ""), space.pk if space else None
    page = journeys.of(request.user, before=before, space_id=space_id)
    voted = positions.voted_in(request.user, space_id) if not before else []
    base_query = "?" + urlencode({"space": slug} if slug else {}) + ("&before=" if slug else "before=")
    context = {"page": page, "voted": voted, "space": space, "base_query": base_query, "nav_current": "me"}
    return render(request, "discussions/me.html", context)

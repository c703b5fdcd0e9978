"""The ballot of a space inside a page of somebody else's site."""

from csp.decorators import csp_replace
from django.http import HttpResponseForbidden
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from discussions import asking, embeds, guests, rules, voting
from discussions.errors import CivicError
from discussions.forms import VoteForm
from discussions.models import Channel, Statement
from discussions.views.frame import frame, space_or_404
from discussions.views.statements import just_voted

# Other sites may show these pages, and only these.
framed = csp_replace({"frame-ancestors": ["*"]})


@framed
@xframe_options_exempt
@require_GET
def ballot(request, slug: str):
    """The next statement, or the one just voted on with its result."""
    space = space_or_404(request, slug)
    given = request.GET.get("voter", "")
    if not embeds.voter(space, given):
        given = embeds.new_pass(space)
    member = embeds.known(space, given)
    just = just_voted(request.GET.get("just"), space, member)
    voted, total = voting.progress(member, space)
    context = {
        "space": space,
        "voter": given,
        "storage_key": f"minyi-voter-{space.pk}",
        "just": just,
        "upcoming": asking.next_for(member, space, seed=given),
        "position": min(voted + 1, total),
        "voted": voted,
        "total": total,
        "may_vote": guests.may_enter(space, rules.Verb.VOTE),
        "query": urlencode({"voter": given}),
        "home": request.build_absolute_uri(space.get_absolute_url()),
    }
    return render(request, "discussions/embeds/ballot.html", context)


# Cookies play no part here, so there is nothing another site could misuse: who votes is named by the pass alone.
@csrf_exempt
@framed
@xframe_options_exempt
@require_POST
def vote(request, slug: str, pk: int):
    """Agree, disagree or pass, with a pass."""
    space, member = _voter(request, slug)
    if member is None:
        return HttpResponseForbidden()
    statement = get_object_or_404(Statement.objects.published(), pk=pk, space=space)
    form = VoteForm(request.POST)
    if not form.is_valid():
        raise CivicError(rules.explained("unknown_vote"), code="unknown_vote")
    voting.cast(statement=statement, member=member, value=form.cleaned_data["value"], channel=Channel.EMBED)
    return _back(request, slug, just=pk)


@csrf_exempt
@framed
@xframe_options_exempt
@require_POST
def undo(request, slug: str, pk: int):
    """Take a vote back, with the pass it was cast with."""
    space, member = _voter(request, slug)
    if member is None:
        return HttpResponseForbidden()
    voting.take_back(statement=get_object_or_404(Statement.objects.published(), pk=pk, space=space), member=member)
    return _back(request, slug)


@require_GET
def code(request, slug: str):
    """What to copy into one's own page."""
    space = space_or_404(request, slug)
    address = request.build_absolute_uri(reverse("discussions:embed", args=[slug]))
    context = frame(request, space, "statements", address=address)
    return render(request, "discussions/embeds/code.html", context)


def _voter(request, slug):
    space = space_or_404(request, slug)
    if not guests.may_enter(space, rules.Verb.VOTE):
        raise CivicError(_("Voting from other sites is not open here."), code="not_here")
    return space, embeds.welcome(request, space, request.GET.get("voter", ""))


def _back(request, slug, **more):
    query = urlencode({"voter": request.GET["voter"], **more})
    return redirect(f"{reverse('discussions:embed', args=[slug])}?{query}")

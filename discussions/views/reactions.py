"""Reacting to a comment, and what was already said: small answers for a page that stays open."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from discussions import echoes, pace, reactions
from discussions.errors import NotFound
from discussions.models import Comment
from discussions.rules import explained
from discussions.views.comments import reaction_context
from discussions.views.frame import space_or_404

SUGGESTED_OF = 300  # characters of what is being written


@require_POST
def react(request, slug: str):
    """Give or take back: the field is named after the reaction, its value is the comment, negative to take it back."""
    space = space_or_404(request, slug)
    kind, number = _pressed(request)
    comment = get_object_or_404(Comment.objects.select_related("space"), pk=abs(number), space=space)
    act = reactions.give if number > 0 else reactions.take_back
    act(comment=comment, member=request.user, kind=kind)
    if request.htmx and request.POST.get("elsewhere"):
        return HttpResponse(status=204)
    if request.htmx:
        standing = reactions.standing([comment.pk], request.user)[comment.pk]
        context = {**reaction_context(comment, request.user, standing), "swap": True}
        return render(request, "discussions/components/reactions.html", context)
    return redirect(_way_back(request, comment))


@require_GET
def similar(request, slug: str):
    """A fragment with what means nearly the same as `q`. It may be empty, and nothing waits for it."""
    pace.require_calm_search(request)
    space = space_or_404(request, slug)
    found = echoes.already_said(space, request.GET.get("q", "")[:SUGGESTED_OF])
    comments = [said.comment.pk for said in found if said.comment is not None]
    standing = reactions.standing(comments, request.user) if comments else {}
    items = [
        {"said": said, "mine": said.comment is not None and "agree" in standing[said.comment.pk].mine} for said in found
    ]
    return render(request, "discussions/components/said_already.html", {"items": items, "space": space})


def _pressed(request) -> tuple[str, int]:
    for kind in reactions.COLUMNS:
        value = request.POST.get(kind, "")
        if value.removeprefix("-").isdecimal() and len(value) <= 20:
            return kind, int(value)
    raise NotFound(explained("not_here"), code="unknown_reaction")


def _way_back(request, comment: Comment) -> str:
    """The page the reader pressed on, at the comment."""
    origin = request.headers.get("Referer", "").partition("#")[0]
    if url_has_allowed_host_and_scheme(origin, {request.get_host()}):
        return f"{origin}#c{comment.pk}"
    return comment.get_absolute_url()

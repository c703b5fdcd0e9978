"""The moderators' queue, and hiding and restoring over HTTP."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from discussions import moderation, reasons, rules
from discussions.errors import NotFound
from discussions.models import Comment, ModerationAct, Report
from discussions.views.frame import frame, space_or_404


@require_GET
def queue(request):
    """What readers reported, and what was decided lately."""
    rules.require(rules.may_moderate(request.user))
    reported = Report.objects.filter(settled=False, target="comment").values("target_id")
    waiting = Comment.objects.published().filter(pk__in=reported).select_related("author", "space")
    return render(
        request,
        "discussions/moderation.html",
        {
            "waiting": waiting.order_by("id")[:50],
            "acts": ModerationAct.objects.select_related("space")[:30],
            "reasons": reasons.of(None),
            "crumbs": [{"label": _("Moderation"), "url": ""}],
        },
    )


@require_http_methods(["GET", "POST"])
def hide(request, slug: str, pk: int):
    """Hide a comment, with a reason."""
    space, comment = _target(request, slug, pk)
    if request.method == "POST":
        reason = request.POST.get("reason", "")
        if not reason:
            raise NotFound(_("Please choose a reason; the author and the public log show it."), code="unknown_reason")
        moderation.hide(target=comment, moderator=request.user, reason=reason)
        messages.success(request, _("The comment is hidden everywhere. The decision is in the log."))
        return redirect(comment.get_absolute_url())
    context = frame(request, space, "comments", comment=comment, reasons=reasons.of(space))
    return render(request, "discussions/hide.html", context)


@require_POST
def restore(request, slug: str, pk: int):
    """Bring a hidden comment back."""
    _space, comment = _target(request, slug, pk)
    moderation.restore(target=comment, moderator=request.user)
    messages.success(request, _("The comment is back everywhere."))
    return redirect(comment.get_absolute_url())


@require_POST
def keep(request, slug: str, pk: int):
    """Settle the reports: the comment stays."""
    _space, comment = _target(request, slug, pk)
    moderation.keep(target=comment, moderator=request.user)
    messages.success(request, _("The comment stays; the reports are settled."))
    return redirect("discussions:moderation")


def _target(request, slug, pk):
    rules.require(rules.may_moderate(request.user))
    space = space_or_404(request, slug)
    return space, get_object_or_404(Comment.objects.select_related("author", "space"), pk=pk, space=space)

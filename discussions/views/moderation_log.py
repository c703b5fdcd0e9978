"""What everybody may read of moderation, and what an author may do about a decision on their words."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from discussions import (
    appeals,
    moderation,
    modlog,
    proposal_rules,
    reasons,
    responses,
    rules,
    survey_results,
    targets,
    watch,
)
from discussions.cursors import number
from discussions.errors import CivicError
from discussions.forms import ReportForm
from discussions.models import Addendum, Appeal, FreeAnswer, ModerationAct
from discussions.views.frame import frame, space_or_404, visible_or_404


@require_GET
def whole(request):
    """The log of the whole site."""
    return _log(request, "discussions/moderation/log.html", {"crumbs": [{"label": _("Moderation log"), "url": ""}]})


@require_GET
def of_space(request, slug: str):
    """The log of one discussion, and what many accounts said alike."""
    space = space_or_404(request, slug)
    context = frame(request, space, "moderation", alike=watch.public(space))
    return _log(request, "discussions/moderation/log_of_space.html", context, space)


def _log(request, template: str, context: dict, space=None):
    found, older = modlog.entries(space, before=number(request.GET.get("before")))
    more = {"entries": found, "older": older, "summary": modlog.summary(space), "house": reasons.HOUSE.values()}
    return render(request, template, {**context, **more})


@login_required
@require_http_methods(["GET", "POST"])
def decision(request, pk: int):
    """A decision about one's own words: why, what can be done, and what came of it. For their author alone."""
    act = get_object_or_404(ModerationAct.objects.select_related("space__agency"), pk=pk)
    space = visible_or_404(request, act.space)
    target = targets.find(act.target, act.target_id, space=space)
    if target is None or target.author_id != request.user.pk:
        raise Http404
    text, error = request.POST.get("text", ""), ""
    if request.method == "POST":
        try:
            appeals.make(decision=act, author=request.user, text=text)
        except CivicError as refusal:
            error = refusal.message
        else:
            messages.success(
                request, _("Your appeal is with the moderators. One who did not decide this will judge it.")
            )
            return redirect("discussions:appeal", pk=act.pk)
    appeal = Appeal.objects.filter(decision=act).first()
    holds = moderation.last_decision(target)
    context = frame(
        request,
        space,
        "",
        act=act,
        target=target,
        reason=reasons.words(act.reason),
        told=reasons.told(act.reason),
        appeal=appeal,
        may_appeal=appeal is None and holds is not None and holds.pk == act.pk,
        text=text,
        error=error,
        limit=appeals.LIMIT,
    )
    return render(request, "discussions/moderation/decision.html", context, status=422 if error else 200)


def _can_be_read(member, target) -> bool:
    """Has this reader got it before them? Some words wait for the results of a survey or hang on hidden ones."""
    if isinstance(target, FreeAnswer):
        survey = target.response.survey
        return survey_results.may_see(member, survey, has_answered=responses.of(survey, member) is not None)
    if isinstance(target, Addendum):
        return proposal_rules.may_see(member, target.proposal)
    return True


@require_http_methods(["GET", "POST"])
def report(request, slug: str, kind: str, pk: int):
    """Ask the moderators to look at a contribution of any kind."""
    space = space_or_404(request, slug)
    target = targets.find(kind, pk, space=space)
    if target is None or not _can_be_read(request.user, target):
        raise Http404
    rules.require(rules.may_report(request.user, target))
    form = ReportForm(request.POST or None)
    address = targets.of(target).address(target)
    if request.method == "POST" and form.is_valid():
        moderation.report(target=target, reporter=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Thank you. A moderator will look at it."))
        return redirect(address)
    context = frame(request, space, "", target=target, address=address, form=form)
    return render(request, "discussions/moderation/report.html", context, status=422 if form.errors else 200)

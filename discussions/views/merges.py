"""Merging two proposals over HTTP: ask, and answer as one of the authors."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from discussions import merges, petitions, proposal_rules, rules
from discussions.cursors import number
from discussions.errors import CivicError
from discussions.models import Merge, MergeStep, Proposal
from discussions.proposal_forms import MergeAnswerForm, MergeForm
from discussions.views.frame import frame, space_or_404
from discussions.views.proposals import TAB, proposal_or_404


@require_http_methods(["GET", "POST"])
def ask(request, slug: str, pk: int):
    """Choose what this proposal should become part of, and say why."""
    space, source = proposal_or_404(request, slug, pk)
    rules.require(proposal_rules.may_ask_merge(request.user, source, source))
    now = timezone.now()
    into = request.POST.get("into") or request.GET.get("into") or ""
    open_ones = petitions.readable(space).filter(closes_at__gt=now).exclude(pk=source.pk)
    target = open_ones.filter(pk=number(into)).first()
    form = MergeForm(request.POST if request.method == "POST" else None, initial={"into": target.pk if target else ""})
    if request.method == "POST" and target is not None and form.is_valid():
        try:
            merge = merges.ask(
                source=source,
                target=target,
                member=request.user,
                reason=form.cleaned_data["reason"],
                client_id=form.cleaned_data["client_id"],
            )
        except CivicError as refusal:
            form.add_error("reason", refusal.message)
        else:
            return _told(request, merge)
    context = frame(request, space, TAB, proposal=source, target=target, form=form)
    if target is None:
        context["choices"] = petitions.cards(_choices(open_ones, space, source), now)
    return render(request, "discussions/proposals/merge.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def one(request, slug: str, pk: int):
    """A request to merge: both proposals side by side, and the word of the authors."""
    space = space_or_404(request, slug)
    merge = get_object_or_404(
        Merge.objects.select_related("source__author", "target__author", "asked_by"), pk=pk, space=space
    )
    if not proposal_rules.may_ask_merge(request.user, merge.source, merge.target):
        raise Http404
    # What was hidden while the request waited is read by nobody, the other author included.
    if not all(proposal_rules.may_see(request.user, proposal) for proposal in (merge.source, merge.target)):
        raise Http404
    form = MergeAnswerForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _answer(request.user, merge, form.cleaned_data)
            except CivicError as refusal:
                form.add_error("words", refusal.message)
                status = refusal.status
            else:
                return _told(request, merge)
    now = timezone.now()
    for proposal in (merge.source, merge.target):
        proposal.space = space
    steps = list(merge.steps.select_related("member"))
    source, target = petitions.cards([merge.source, merge.target], now)
    context = frame(
        request,
        space,
        TAB,
        merge=merge,
        source=source,
        target=target,
        steps=steps,
        is_awaited=now < merge.expires_at and not _ended(steps) and merges.is_awaited(merge, request.user),
        is_open=now < merge.expires_at and not _ended(steps),
        form=form,
    )
    return render(request, "discussions/proposals/merging.html", context, status=status)


def _answer(member, merge: Merge, sent: dict) -> None:
    if sent["answer"] == "yes":
        merges.accept(merge=merge, member=member)
    else:
        merges.refuse(merge=merge, member=member, words=sent["words"])


def _told(request, merge: Merge):
    """Where things stand after a word on a merge."""
    kinds = set(merge.steps.values_list("kind", flat=True))
    if MergeStep.Kind.MERGED in kinds:
        messages.success(request, _("The two are one now. Signatures were carried over once for each person."))
        return redirect("discussions:proposal", slug=merge.space.slug, pk=merge.target_id)
    if MergeStep.Kind.REFUSED in kinds:
        messages.success(request, _("Both proposals stay as they are."))
    else:
        messages.success(request, _("The request is on its way. It is open for 14 days."))
    return redirect("discussions:proposal_merge", slug=merge.space.slug, pk=merge.pk)


def _ended(steps: list[MergeStep]) -> bool:
    return any(step.kind in MergeStep.ENDS for step in steps)


def _choices(open_ones, space, source: Proposal) -> list[Proposal]:
    """What it might belong to: those that mean nearly the same first, then the most signed."""
    stages = (Proposal.Stage.OPEN, Proposal.Stage.REACHED)
    near = [one for one in petitions.alike(space, source.words, but=source, limit=5) if one.stage in stages]
    known = {one.pk for one in near}
    others = open_ones.filter(stage__in=stages).exclude(pk__in=known).order_by("-n_signatures", "-id")
    return [*near, *others[: petitions.PAGE]]

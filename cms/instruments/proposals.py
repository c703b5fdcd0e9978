"""The desk of proposals: how many signed and how surely they are known, what might belong together, the terms."""

from django import forms
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from cms.dashboards import page
from cms.instruments.desk import Desk, space_at
from discussions import instruments, merges, petitions, rules, spaces
from discussions.errors import CivicError
from discussions.instruments import LARGEST, Instrument
from discussions.models import Level, Proposal, Space
from discussions.rules import Verdict


class TermsForm(forms.Form):
    """What proposals published from now on need."""

    threshold = forms.IntegerField(
        label=gettext_lazy("Signatures needed for an answer"), min_value=1, max_value=LARGEST["threshold"]
    )
    days = forms.IntegerField(label=gettext_lazy("Days for signing"), min_value=1, max_value=LARGEST["days"])
    level = forms.TypedChoiceField(
        label=gettext_lazy("How surely somebody must be known to propose and sign"), choices=Level.choices, coerce=int
    )


def may_enter(member) -> Verdict:
    """Communicators set the terms; moderators and facilitators suggest merging."""
    verdict = rules.may_arrange(member)
    return verdict or rules.may_facilitate(member) or rules.may_moderate(member) or verdict


@require_safe
def desk(request, slug: str):
    """All proposals that can be read, with their signatures by level, and the requests to merge that are open."""
    return _desk(request, space_at(request, slug, may_enter))


@require_safe
def pairs(request, slug: str):
    """Open proposals that mean nearly the same."""
    space = space_at(request, slug, may_enter)
    now = timezone.now()
    found = merges.suggestions(space, now)
    waiting = {(merge.source_id, merge.target_id) for merge in merges.of_space(space, now)}
    return page(
        request,
        "cms/instruments/proposal_pairs.html",
        _("Proposals that might belong together"),
        [(space.local_title, ""), (_("Proposals"), reverse("proposal_desk", args=[slug]))],
        space=space,
        pairs=[(pair, (pair.source.pk, pair.target.pk) in waiting) for pair in found],
    )


@require_POST
def set_terms(request, slug: str):
    """Ask for more or less from now on; proposals that are published keep theirs."""
    space = space_at(request, slug)
    form = TermsForm(request.POST)
    if form.is_valid():
        try:
            spaces.offer(space=space, editor=request.user, instrument=Instrument.PROPOSALS.value, **form.cleaned_data)
        except CivicError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The terms are saved. They count for proposals published from now on."))
            return redirect("proposal_desk", slug=slug)
    return _desk(request, space, form=form, status=422)


def _desk(request, space: Space, *, form: TermsForm | None = None, status: int = 200):
    now = timezone.now()
    sort, stage = petitions.chosen(request.GET)
    may_arrange = bool(rules.may_arrange(request.user))
    if form is None and may_arrange:
        form = TermsForm(initial=instruments.options(space, Instrument.PROPOSALS))
    return page(
        request,
        "cms/instruments/proposals.html",
        _("Proposals"),
        [(space.local_title, "")],
        status=status,
        space=space,
        found=petitions.page(space, now=now, sort=sort, stage=stage, before=request.GET.get("before", ""), split=True),
        sort=sort,
        stage=stage,
        sorts=petitions.Sort.choices,
        stages=[(one.value, one.label) for one in petitions.SHOWN_STAGES],
        waiting=merges.of_space(space, now),
        form=form,
    )


def _unanswered(space: Space) -> int:
    """Proposals over their threshold that the agency has not answered yet."""
    return Proposal.objects.published().filter(space=space, stage=Proposal.Stage.REACHED).count()


DESK = Desk(
    key=Instrument.PROPOSALS,
    label=gettext_lazy("Proposals"),
    url_name="proposal_desk",
    may=may_enter,
    waiting=_unanswered,
    urlpatterns=[
        path("spaces/<str:slug>/proposals/", desk, name="proposal_desk"),
        path("spaces/<str:slug>/proposals/pairs/", pairs, name="proposal_pairs"),
        path("spaces/<str:slug>/proposals/terms/", set_terms, name="proposal_terms"),
    ],
)

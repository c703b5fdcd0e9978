"""Proposals over HTTP, as their authors meet them: find, write, compare with what is there, publish, withdraw."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from discussions import guests, instruments, merges, pace, petitions, proposal_rules, proposals, rules, windows
from discussions.errors import CivicError, SignInNeeded
from discussions.instruments import Instrument
from discussions.models import Proposal, Space
from discussions.proposal_forms import AddendumForm, ProposalForm
from discussions.views import entrance
from discussions.views.frame import frame, space_or_404

TAB = Instrument.PROPOSALS.value
Stage = Proposal.Stage


@require_GET
def index(request, slug: str):
    """All proposals of a space, in the order and stage the reader chooses, and the reader's own drafts."""
    space = space_or_404(request, slug)
    now = timezone.now()
    sort, stage = petitions.chosen(request.GET)
    found = petitions.page(
        space, now=now, sort=sort, stage=stage, before=request.GET.get("before", ""), viewer=request.user
    )
    context = frame(
        request,
        space,
        TAB,
        page=found,
        sort=sort,
        stage=stage,
        sorts=petitions.Sort.choices,
        stages=[(one.value, one.label) for one in petitions.SHOWN_STAGES],
        terms=instruments.options(space, Instrument.PROPOSALS),
        drafts=petitions.drafts(space, request.user),
        asked=merges.for_author(request.user, space, now) if request.user.is_authenticated else [],
        may_propose=_may_try_to_propose(request.user, space),
    )
    return render(request, "discussions/proposals/index.html", context)


@require_http_methods(["GET", "POST"])
def new(request, slug: str):
    """Write a proposal and keep it as a draft; then comes the comparison with what was proposed already."""
    space = space_or_404(request, slug)
    if request.method == "GET":
        rules.require(proposal_rules.may_propose(request.user, space))
        return _form(request, space, ProposalForm())
    form = ProposalForm(request.POST)
    if form.is_valid():
        try:
            proposal = proposals.save(space=space, author=request.user, **form.cleaned_data)
        except SignInNeeded as refusal:
            form.add_error(None, refusal.message)
            return _form(request, space, form, status=refusal.status)
        except CivicError as refusal:
            entrance.slow_down(request, refusal)
            form.add_error("title" if not form.cleaned_data["title"].strip() else "text", refusal.message)
            return _form(request, space, form, status=refusal.status)
        return _saved(request, space, proposal)
    return _form(request, space, form, status=422)


@require_POST
def alike(request, slug: str):
    """For htmx, while somebody writes: what was proposed already in nearly the same sense."""
    pace.require_calm_search(request)
    space = space_or_404(request, slug)
    rules.require(proposal_rules.may_propose(request.user, space))
    words = f"{request.POST.get('title', '')}\n\n{request.POST.get('text', '')}"[: proposals.TEXT_LIMIT]
    found = petitions.cards(petitions.alike(space, words), timezone.now())
    return render(request, "discussions/proposals/alike.html", {"space": space, "found": found})


@require_http_methods(["GET", "POST"])
def edit(request, slug: str, pk: int):
    """Change a draft, or words that nobody else has signed yet."""
    space, proposal = proposal_or_404(request, slug, pk)
    rules.require(proposal_rules.may_revise(request.user, proposal))
    if request.method == "GET":
        return _form(request, space, ProposalForm(initial={"title": proposal.title, "text": proposal.text}), proposal)
    form = ProposalForm(request.POST)
    if form.is_valid():
        words = {name: form.cleaned_data[name] for name in ("title", "text")}
        try:
            proposal = proposals.revise(proposal=proposal, author=request.user, **words)
        except CivicError as refusal:
            entrance.slow_down(request, refusal)
            form.add_error("title" if not words["title"].strip() else "text", refusal.message)
            return _form(request, space, form, proposal, status=refusal.status)
        if proposal.stage == Stage.DRAFT:
            return _saved(request, space, proposal)
        messages.success(request, _("Your changes are saved."))
        return redirect(proposal.get_absolute_url())
    return _form(request, space, form, proposal, status=422)


@require_http_methods(["GET", "POST"])
def check(request, slug: str, pk: int):
    """The last look before publishing: the words as others will read them, the terms, and what is there already."""
    space, proposal = proposal_or_404(request, slug, pk)
    if proposal.stage != Stage.DRAFT:
        return redirect(proposal.get_absolute_url())
    error = None
    if request.method == "POST":
        try:
            proposal = proposals.publish(proposal=proposal, author=request.user)
        except CivicError as refusal:
            entrance.slow_down(request, refusal)
            error = refusal
        else:
            messages.success(request, _published_words(proposal))
            return redirect(proposal.get_absolute_url())
    now = timezone.now()
    terms = instruments.options(space, Instrument.PROPOSALS)
    found = petitions.alike(space, proposal.words, but=proposal)
    context = frame(
        request,
        space,
        TAB,
        proposal=proposal,
        terms=terms,
        last_day=windows.last_day(now, terms["days"]),
        found=petitions.cards(found, now, viewer=request.user),
        error=error,
        may_publish=bool(proposal_rules.may_propose(request.user, space)) and bool(proposal.text),
    )
    return render(request, "discussions/proposals/check.html", context, status=error.status if error else 200)


@require_http_methods(["GET", "POST"])
def add(request, slug: str, pk: int):
    """Add a dated note below words that others have signed."""
    space, proposal = proposal_or_404(request, slug, pk)
    rules.require(proposal_rules.may_add(request.user, space, proposal))
    form = AddendumForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            addendum = proposals.add(proposal=proposal, author=request.user, **form.cleaned_data)
        except CivicError as refusal:
            form.add_error("text", refusal.message)
        else:
            messages.success(request, _("Your addendum stands below the proposal."))
            return redirect(addendum.get_absolute_url())
    context = frame(request, space, TAB, proposal=proposal, form=form)
    return render(request, "discussions/proposals/add.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def withdraw(request, slug: str, pk: int):
    """Delete a draft, withdraw a proposal, or step back from one that is not the author's alone any more."""
    space, proposal = proposal_or_404(request, slug, pk)
    may_withdraw = proposal_rules.may_withdraw(request.user, proposal)
    may_step_back = proposal_rules.may_step_back(request.user, proposal)
    if not may_step_back:
        rules.require(may_withdraw)
    if request.method == "GET":
        context = frame(request, space, TAB, proposal=proposal, steps_back=bool(may_step_back))
        return render(request, "discussions/proposals/withdraw.html", context)
    if may_step_back:
        proposals.step_back(proposal=proposal, author=request.user)
        messages.success(request, _("Your name is off the proposal. It goes on without it."))
        return redirect(proposal.get_absolute_url())
    proposals.withdraw(proposal=proposal, author=request.user)
    if proposal.stage == Stage.DRAFT:
        messages.success(request, _("Your draft is deleted."))
        return redirect("discussions:proposals", slug=slug)
    messages.success(request, _("Your proposal is withdrawn. Its words are erased; the discussion below it stays."))
    return redirect(proposal.get_absolute_url())


def proposal_or_404(request, slug: str, pk: int) -> tuple[Space, Proposal]:
    """A proposal of this space that the reader may see at all; one that was hidden is found, without its words."""
    space = space_or_404(request, slug)
    proposal = Proposal.objects.select_related("author", "merged_into__space").filter(space=space, pk=pk).first()
    if proposal is None:
        raise Http404
    proposal.space = space
    is_hidden = proposal.state == Proposal.State.HIDDEN and proposal.stage != Stage.DRAFT
    if not is_hidden and not proposal_rules.may_see(request.user, proposal):
        raise Http404
    return space, proposal


def _form(request, space: Space, form: ProposalForm, proposal: Proposal | None = None, *, status: int = 200):
    context = frame(request, space, TAB, form=form, proposal=proposal, found=[])
    return render(request, "discussions/proposals/form.html", context, status=status)


def _saved(request, space: Space, proposal: Proposal):
    messages.success(request, _("Your draft is saved. Only you can see it."))
    return redirect(reverse("discussions:check_proposal", args=[space.slug, proposal.pk]))


def _published_words(proposal: Proposal) -> str:
    if proposal.state == Proposal.State.HELD:
        return _("We have received your proposal. A moderator will look at it before others can read it.")
    return _("Your proposal is published, and your signature is the first.")


def _may_try_to_propose(member, space: Space) -> bool:
    """Would it be worth the way to the form? Strangers are asked to sign in there."""
    if member.is_authenticated:
        return bool(proposal_rules.may_propose(member, space))
    return rules.permits(space, rules.Verb.PROPOSE) or guests.may_enter(space, rules.Verb.PROPOSE)

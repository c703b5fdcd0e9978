"""One proposal as its readers meet it: the words, the signatures, the answer, and the discussion below it."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from discussions import (
    comments,
    guests,
    merges,
    petitions,
    proposal_rules,
    reactions,
    reasons,
    rules,
    signatures,
    threads,
)
from discussions.errors import CivicError
from discussions.forms import CommentForm
from discussions.instruments import Instrument
from discussions.models import Addendum, Proposal, Space
from discussions.petitions import Card
from discussions.proposal_forms import SignForm
from discussions.views import entrance
from discussions.views.comments import comment_context, form_again, said_so, thanks
from discussions.views.frame import frame
from discussions.views.proposals import TAB, proposal_or_404

Stage = Proposal.Stage
ABSORBED = 20


@require_GET
def one(request, slug: str, pk: int):
    """A proposal with everything that can be done to it."""
    space, proposal = proposal_or_404(request, slug, pk)
    if proposal.stage == Stage.DRAFT:
        return redirect("discussions:check_proposal", slug=slug, pk=pk)
    return _page(request, space, proposal)


@require_POST
def sign(request, slug: str, pk: int):
    """Co-sign, in one click."""
    received_at = timezone.now()
    _space, proposal = proposal_or_404(request, slug, pk)
    form = SignForm(request.POST)
    sent = form.cleaned_data if form.is_valid() else {}
    signatures.sign(proposal=proposal, member=request.user, received_at=received_at, seen=sent.get("seen"))
    if request.htmx:
        return _panel(request, slug, pk, _("You have co-signed this proposal."))
    words = _("You have co-signed this proposal.")
    if sent.get("draft"):
        words = _("You have co-signed this proposal. Your own draft is kept; you can delete it or publish it later.")
    messages.success(request, words)
    return redirect(proposal.get_absolute_url())


@require_POST
def unsign(request, slug: str, pk: int):
    """Take one's signature back."""
    received_at = timezone.now()
    _space, proposal = proposal_or_404(request, slug, pk)
    signatures.take_back(proposal=proposal, member=request.user, received_at=received_at)
    if request.htmx:
        return _panel(request, slug, pk, _("Your signature is taken back."))
    messages.success(request, _("Your signature is taken back."))
    return redirect(proposal.get_absolute_url())


@require_POST
def comment(request, slug: str, pk: int):
    """Say something below a proposal. What cannot be taken comes back in the form, with every word kept."""
    space, proposal = proposal_or_404(request, slug, pk)
    form = CommentForm(request.POST)
    error: CivicError | None = None
    if form.is_valid():
        sent = {name: form.cleaned_data[name] for name in ("text", "kind", "client_id")}
        try:
            said = comments.post(
                space=space, author=request.user, proposal=proposal, parent_id=form.cleaned_data["parent"], **sent
            )
        except CivicError as refusal:
            error = refusal
            back = f"{proposal.get_absolute_url()}#composer"
            entrance.refuse(request, form, refusal, place=f"proposal/{proposal.pk}", back=back)
        else:
            if request.htmx:
                context = {"item": comment_context(said, viewer=request.user), "form": CommentForm()}
                context |= {"space": space, "proposal": proposal}
                return said_so(render(request, "discussions/proposals/posted.html", context, status=201), said)
            messages.success(request, thanks(said))
            return redirect(f"{proposal.get_absolute_url()}#c{said.pk}")
    if request.htmx:
        context = {"form": form, "space": space, "proposal": proposal}
        return form_again(request, "discussions/proposals/composer.html", context, error)
    return _page(request, space, proposal, form=form, status=error.status if error else 422)


@require_GET
def older(request, slug: str, pk: int):
    """Older comments below a proposal: a page of their own, or a fragment for htmx."""
    space, proposal = proposal_or_404(request, slug, pk)
    if proposal.stage == Stage.DRAFT or not proposal_rules.may_see(request.user, proposal):
        raise Http404
    thread = threads.page(space, proposal=proposal, before=request.GET.get("before", ""))
    if request.htmx:
        context = {"space": space, "thread": thread, "standing": reactions.standing(thread.ids, request.user)}
        return render(request, "discussions/components/branches.html", context)
    context = frame(
        request, space, TAB, proposal=proposal, thread=thread, standing=reactions.standing(thread.ids, request.user)
    )
    return render(request, "discussions/proposals/older.html", context)


def _page(request, space: Space, proposal: Proposal, *, form: CommentForm | None = None, status: int = 200):
    now = timezone.now()
    if proposal.state == Proposal.State.HIDDEN and not proposal_rules.may_see(request.user, proposal):
        words = reasons.words(proposal.hidden_reason)
        return render(
            request, "discussions/proposals/hidden.html", frame(request, space, TAB, reason=words, proposal=proposal)
        )
    card = petitions.cards([proposal], now, viewer=request.user, split=True)[0]
    viewer, thread = request.user, threads.page(space, proposal=proposal)
    context = frame(
        request,
        space,
        TAB,
        **_signing(request, space, card, now),
        addenda=_addenda(viewer, proposal),
        replies=proposal.official_replies.select_related("agency", "officer")
        .prefetch_related("documents")
        .order_by("answered_at"),
        absorbed=proposal.absorbed.select_related("space").order_by("-merged_at")[:ABSORBED],
        waiting=merges.waiting([proposal.pk], now) if _may_merge(viewer, proposal) else [],
        may_merge=_may_merge(viewer, proposal) and proposal.stage == Stage.OPEN and proposal.takes_signatures(now),
        may_revise=bool(proposal_rules.may_revise(viewer, proposal)),
        may_add=bool(proposal_rules.may_add(viewer, space, proposal)),
        may_withdraw=bool(proposal_rules.may_withdraw(viewer, proposal)),
        may_step_back=bool(proposal_rules.may_step_back(viewer, proposal)),
        hidden_reason=reasons.words(proposal.hidden_reason),
        thread=thread,
        standing=reactions.standing(thread.ids, viewer),
        form=form or CommentForm(initial=entrance.kept(request, f"proposal/{card.proposal.pk}")),
        takes_guests=guests.may_enter(space, rules.Verb.COMMENT, Instrument.PROPOSALS),
        may_discuss=proposal_rules.may_discuss(proposal) and rules.permits(space, rules.Verb.COMMENT),
    )
    return render(request, "discussions/proposals/one.html", context, status=status)


def _panel(request, slug: str, pk: int, said: str):
    """For htmx: the panel of the signatures as it is now, with what was done read out."""
    space, proposal = proposal_or_404(request, slug, pk)
    now = timezone.now()
    card = petitions.cards([proposal], now, viewer=request.user, split=True)[0]
    return render(
        request,
        "discussions/proposals/panel.html",
        {"space": space, "said": said, **_signing(request, space, card, now)},
    )


def _signing(request, space: Space, card: Card, now) -> dict:
    """Inputs of discussions/proposals/panel.html."""
    verdict = proposal_rules.may_sign(request.user, space, card.proposal, now)
    takes = card.proposal.takes_signatures(now) and rules.permits(space, rules.Verb.COSIGN)
    return {
        "card": card,
        "takes_signatures": takes,
        "proposal": card.proposal,
        "may_sign": bool(verdict) or guests.may_enter(space, rules.Verb.COSIGN) and not request.user.is_authenticated,
        "sign_in_url": f"{reverse('account_login')}?next={card.proposal.get_absolute_url()}"
        if verdict.code == "sign_in" and takes
        else "",
        "why_not": "" if verdict or verdict.code == "sign_in" else rules.explained(verdict.code),
        "may_take_back": card.mine is not None and bool(proposal_rules.may_take_back(request.user, card.mine, now)),
    }


def _addenda(viewer, proposal: Proposal) -> list[Addendum]:
    """What stands below the words; one that waits for a moderator is seen by its author."""
    found = proposal.addenda.exclude(state=Addendum.State.WITHDRAWN)
    is_author = viewer.is_authenticated and viewer.pk == proposal.author_id
    return [one for one in found if one.state != Addendum.State.HELD or is_author]


def _may_merge(viewer, proposal: Proposal) -> bool:
    return bool(proposal_rules.may_ask_merge(viewer, proposal, proposal))

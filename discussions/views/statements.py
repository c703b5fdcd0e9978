"""Statements over HTTP: one at a time, three answers, the result at once."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from discussions import rules, voting
from discussions.errors import CivicError
from discussions.forms import StatementForm, VoteForm
from discussions.models import Statement, Vote
from discussions.views.frame import frame, space_or_404


@require_GET
def index(request, slug: str, *, form=None, status: int = 200):
    """The next statement to vote on, the one just voted on, and all of them with their results."""
    space = space_or_404(request, slug)
    just = _just_voted(request, space)
    voted, total = voting.progress(request.user, space)
    upcoming = voting.next_for(request.user, space)
    may_vote = upcoming is not None and (
        not request.user.is_authenticated or bool(rules.may_vote(request.user, space, upcoming))
    )
    context = frame(
        request,
        space,
        "statements",
        statements=voting.with_tallies(space).order_by("-id")[:200],
        upcoming=upcoming,
        just=just,
        next_url=_address_of_next(space, just) if just and upcoming else "",
        voted=voted,
        position=min(voted + 1, total),
        total=total,
        may_vote=may_vote and rules.Verb.VOTE in rules.PERMITTED[space.phase],
        may_state=rules.Verb.STATE in rules.PERMITTED[space.phase],
        form=form or StatementForm(),
    )
    template = "discussions/components/voting.html" if request.htmx else "discussions/statements.html"
    return render(request, template, context, status=status)


@require_POST
def state(request, slug: str):
    """Put a statement to the vote."""
    space = space_or_404(request, slug)
    form = StatementForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            voting.state(
                space=space,
                author=request.user,
                text=form.cleaned_data["text"],
                client_id=form.cleaned_data["client_id"],
            )
        except CivicError as refusal:
            form.add_error("text", refusal.message)
            status = refusal.status
        else:
            messages.success(request, _("Your statement is published. Others can vote on it now."))
            return redirect("discussions:statements", slug=slug)
    request.method = "GET"
    return index(request, slug, form=form, status=status)


@require_POST
def vote(request, slug: str, pk: int):
    """Agree, disagree or pass."""
    space = space_or_404(request, slug)
    statement = get_object_or_404(Statement.objects.published(), pk=pk, space=space)
    form = VoteForm(request.POST)
    if not form.is_valid():
        raise CivicError(_("Please choose agree, disagree or pass. Your earlier votes are safe."), code="unknown_vote")
    voting.cast(statement=statement, member=request.user, value=form.cleaned_data["value"])
    return redirect(f"{reverse('discussions:statements', args=[slug])}?just={pk}")


@require_POST
def undo(request, slug: str, pk: int):
    """Take a vote back."""
    space = space_or_404(request, slug)
    statement = get_object_or_404(Statement.objects.published(), pk=pk, space=space)
    voting.take_back(statement=statement, member=request.user)
    return redirect("discussions:statements", slug=slug)


def _address_of_next(space, just) -> str:
    """Where the next statement is.

    The query makes it another page even where only the card was swapped; the fragment spares keyboards the header.
    """
    return f"{reverse('discussions:statements', args=[space.slug])}?after={just['statement'].pk}#ballot"


def _just_voted(request, space):
    """The statement of the vote just cast, with its result and the member's own answer."""
    key = request.GET.get("just", "")
    if not key.isdecimal() or not request.user.is_authenticated:
        return None
    mine = Vote.objects.filter(statement=int(key), statement__space=space, member=request.user).first()
    statement = voting.with_tallies(space).filter(pk=int(key)).first()
    if mine is None or statement is None:
        return None
    tally = voting.Tally(statement.agree, statement.disagree, statement.passed)
    sentence = _("%(share)s %% of %(total)s people agree.") % {"share": tally.agree_share, "total": tally.total}
    return {"statement": statement, "mine": mine.value, "sentence": sentence}

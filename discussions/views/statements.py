"""Statements over HTTP: one at a time, three answers, the result and where one stands at once."""

import secrets

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from discussions import asking, doubles, pace, positions, rules, splits, voting
from discussions.cursors import number, stretch
from discussions.errors import CivicError, NotFound
from discussions.forms import StatementForm, VoteForm
from discussions.models import Space, State, Statement, Vote
from discussions.views import entrance
from discussions.views.frame import frame, space_or_404, visible_or_404

STRETCH = 20


@require_GET
def index(request, slug: str, *, form=None, already=(), status: int = 200):
    """The next statement to vote on, the one just voted on, where one stands, and a stretch of all of them."""
    space = space_or_404(request, slug)
    just = just_voted(request.GET.get("just"), space, request.user)
    voted, total = voting.progress(request.user, space)
    upcoming = asking.next_for(request.user, space, seed=secrets.token_hex(8))
    may_vote = upcoming is not None and not _refusal(request.user, space, upcoming)
    listed, older = stretch(voting.with_tallies(space), number(request.GET.get("before")), STRETCH)
    context = frame(
        request,
        space,
        "statements",
        statements=listed,
        older_url=f"?before={older}#all-title" if older else "",
        upcoming=upcoming,
        just=just,
        next_url=_address_of_next(space, just) if just and upcoming else "",
        voted=voted,
        position=min(voted + 1, total),
        total=total,
        may_vote=may_vote,
        may_state=rules.permits(space, rules.Verb.STATE),
        where=positions.of(request.user, space) if voted else None,
        split=_told(splits.of_space(space)),
        form=form or StatementForm(initial=entrance.kept(request, f"statement/{space.pk}")),
        already=already,
    )
    template = "discussions/statements/ballot.html" if request.htmx else "discussions/statements/index.html"
    return render(request, template, context, status=status)


@require_GET
def statement(request, slug: str, pk: int):
    """One statement with its result, split by how surely people are known, and one's own answer."""
    space = space_or_404(request, slug)
    found = get_object_or_404(Statement.objects.select_related("author"), pk=pk, space=space)
    if found.state != State.VISIBLE and not _is_by(found, request.user):
        return render(request, "discussions/statements/gone.html", frame(request, space, "statements"), status=410)
    mine = Vote.objects.filter(statement=found, member=request.user).first() if _is_member(request.user) else None
    context = frame(
        request,
        space,
        "statements",
        statement=found,
        mine=mine.value if mine else None,
        refusal=_refusal(request.user, space, found),
        split=_told({dimension: splits.by(found, dimension) for dimension in splits.DIMENSIONS}),
        waits=found.state == State.HELD,
    )
    return render(request, "discussions/statements/statement.html", context)


@require_GET
def me(request, slug: str):
    """Where the reader stands: in words, as a picture, and statement by statement."""
    space = space_or_404(request, slug)
    where = positions.of(request.user, space)
    context = frame(request, space, "statements", where=where, table=_table_of(where))
    return render(request, "discussions/statements/me.html", context)


@require_POST
def state(request, slug: str):
    """Put a statement to the vote. Where somebody already did, the reader is asked once whether theirs says more."""
    space = space_or_404(request, slug)
    form = StatementForm(request.POST)
    status, already = 422, []
    if form.is_valid():
        words = form.cleaned_data["text"]
        try:
            rules.require(rules.may_contribute(request.user, space, rules.Verb.STATE))
            already = [] if form.cleaned_data["anyway"] else doubles.of(space, words)
            if not already:
                made = voting.state(
                    space=space, author=request.user, text=words, client_id=form.cleaned_data["client_id"]
                )
        except CivicError as refusal:
            back = reverse("discussions:statements", args=[slug]) + "#say"
            entrance.refuse(request, form, refusal, place=f"statement/{space.pk}", back=back)
            status = refusal.status
        else:
            if not already:
                _thank(request, made)
                return redirect("discussions:statements", slug=slug)
    request.method = "GET"
    return index(request, slug, form=form, already=already, status=status)


@require_GET
def similar(request, slug: str):
    """While somebody writes: statements that say nearly the same. A fragment."""
    pace.require_calm_search(request)
    space = space_or_404(request, slug)
    found = doubles.of(space, request.GET.get("text", "")[:1000])
    return render(request, "discussions/statements/already.html", {"space": space, "already": found})


@require_POST
def vote(request, slug: str, pk: int):
    """Agree, disagree or pass."""
    form = VoteForm(request.POST)
    if not form.is_valid():
        raise CivicError(rules.explained("unknown_vote"), code="unknown_vote")
    try:
        voting.cast_at(slug=slug, pk=pk, member=request.user, value=form.cleaned_data["value"])
    except NotFound as error:
        raise Http404 from error
    return redirect(f"{reverse('discussions:statements', args=[slug])}?just={pk}")


@require_POST
def undo(request, slug: str, pk: int):
    """Take a vote back."""
    found = get_object_or_404(Statement.objects.published().select_related("space"), pk=pk, space__slug=slug)
    visible_or_404(request, found.space)
    voting.take_back(statement=found, member=request.user)
    return redirect("discussions:statements", slug=slug)


def _is_member(user) -> bool:
    return bool(user.is_authenticated)


def _is_by(found: Statement, user) -> bool:
    return _is_member(user) and found.author_id == user.pk


def _thank(request, made: Statement) -> None:
    if made.state == State.HELD:
        messages.success(request, _("Your statement is here. A moderator looks at it before others can vote on it."))
    else:
        messages.success(request, _("Your statement is published. Others can vote on it now."))


def _refusal(user, space: Space, found: Statement) -> str:
    """Why there can be no vote, in words; "" when there can. A visitor signs in or becomes a guest by pressing."""
    code = rules.may_vote(user, space, found).code
    if code == "sign_in":
        code = "phase" if not rules.permits(space, rules.Verb.VOTE) else "vote_closed" if found.closed_at else ""
    return rules.explained(code) if code else ""


def _told(split: dict[str, list[splits.Part]]) -> list[dict]:
    """A split as rows of words, for each dimension that has more than one part."""
    names = {"level": _("By how surely people are known"), "channel": _("By how the votes came in")}
    return [
        {"name": names[dimension], "parts": [(splits.label(dimension, part.key), part) for part in parts]}
        for dimension, parts in split.items()
        if len(parts) > 1
    ]


def _table_of(where: positions.Position) -> dict:
    """Inputs of components/table.html: one's answers beside everybody's."""
    values = dict(Vote.Value.choices)
    rows = []
    for line in where.lines:
        share = "–" if line.side == "few" else f"{line.share}%"
        cell = {"text": line.statement.text, "url": line.statement.get_absolute_url()}
        rows.append([cell, values[line.mine], share, line.statement.total])
    columns = [
        {"label": _("Statement")},
        {"label": _("Your answer")},
        {"label": _("Answered as you did"), "numeric": True},
        {"label": _("People"), "numeric": True},
    ]
    return {"columns": columns, "rows": rows}


def _address_of_next(space, just) -> str:
    """Where the next statement is.

    The query makes it another page even where only the card was swapped; the fragment spares keyboards the header.
    """
    return f"{reverse('discussions:statements', args=[space.slug])}?after={just['statement'].pk}#ballot"


def just_voted(key: str | None, space: Space, member) -> dict | None:
    """The statement of the vote just cast, with its result and the member's own answer."""
    pk = number(key)
    if not pk or member is None or not _is_member(member):
        return None
    mine = Vote.objects.filter(statement=pk, statement__space=space, member=member).first()
    found = voting.with_tallies(space).filter(pk=pk).first()
    if mine is None or found is None:
        return None
    sentence = _("%(share)s%% of %(total)s people agree.") % {"share": found.agree_share, "total": found.total}
    return {"statement": found, "mine": mine.value, "sentence": sentence}

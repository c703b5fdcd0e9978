"""Quick polls and statements of a live session over HTTP."""

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from discussions import live, poll_results, rules, stages
from discussions.commands.polls import told
from discussions.errors import CivicError
from discussions.models import LiveSession, QuickPoll, Statement
from discussions.poll_forms import LiveVoteForm, PollAnswerForm
from discussions.views.live import session_or_404


@require_POST
def answer_poll(request, code: str, pk: int):
    """Answer a poll, or change one's answer."""
    session = session_or_404(request, code)
    poll = get_object_or_404(QuickPoll.objects.select_related("session"), pk=pk, session=session)
    sent = {"options": " ".join(request.POST.getlist("option")), "words": "\n".join(request.POST.getlist("words"))}
    form = PollAnswerForm(sent)
    if not form.is_valid():
        raise CivicError(_("Please choose one of the answers."), code="unknown_choice")
    answer = live.answer_poll(poll=poll, member=request.user, **form.cleaned_data)
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True, **told(poll, answer)})
    if request.htmx:
        view = poll_results.polls(QuickPoll.objects.filter(pk=pk), viewer=request.user)[0]
        response = render(request, "discussions/live/poll.html", {"view": view, "session": session})
        response["HX-Retarget"], response["HX-Reswap"] = f'[data-poll="{pk}"]', "outerHTML"
        return response
    messages.success(request, _("Your answer is counted. You can change it while the poll is open."))
    return redirect(f"{session.get_absolute_url()}#poll-{pk}")


@require_POST
def vote_statement(request, code: str):
    """Vote on the statement that is on, or change one's vote."""
    session = session_or_404(request, code)
    form = LiveVoteForm(request.POST)
    if not form.is_valid():
        raise CivicError(rules.explained("unknown_vote"), code="unknown_vote")
    statement = get_object_or_404(
        Statement.objects.published().select_related("space"), pk=form.cleaned_data["statement"], space=session.space
    )
    value = form.cleaned_data["value"]
    live.vote_statement(session=session, statement=statement, member=request.user, value=value)
    if not request.accepts("text/html"):
        return JsonResponse({"ok": True, "statement": str(statement.pk), "value": value})
    if request.htmx:
        view = stages.statement_of(LiveSession.objects.get(pk=session.pk), viewer=request.user)
        response = render(request, "discussions/live/statement.html", {"view": view, "session": session})
        response["HX-Retarget"], response["HX-Reswap"] = f'[data-statement="{statement.pk}"]', "outerHTML"
        return response
    messages.success(request, _("Your vote is counted. You can change it at any time."))
    return redirect(f"{session.get_absolute_url()}#statement-{statement.pk}")

"""Surveys over HTTP: one page, with or without JavaScript; results in words, bars and tables."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from discussions import openings, responses, rules, splits, survey_results, survey_sheets, surveys
from discussions.cursors import number, stretch
from discussions.errors import CivicError, NotAllowed, SignInNeeded
from discussions.models import FreeAnswer, Space, Survey, SurveyQuestion, SurveyResponse
from discussions.survey_sheets import Filled
from discussions.views import entrance
from discussions.views.frame import frame, space_or_404

STRETCH = 20
WORDS_STRETCH = 50


@require_GET
def index(request, slug: str):
    """The surveys of a space, newest first."""
    space = space_or_404(request, slug)
    found = surveys.of_space(request.user, space).annotate(n=openings.number_of(SurveyResponse, "survey"))
    rows, older = stretch(found, number(request.GET.get("before")), STRETCH)
    context = frame(
        request, space, "surveys", surveys=rows, older=older, may_arrange=bool(rules.may_arrange(request.user))
    )
    return render(request, "discussions/surveys/index.html", context)


@require_GET
def detail(request, slug: str, pk: int):
    """The questions, with the answers given so far."""
    space = space_or_404(request, slug)
    survey = survey_or_404(request, space, pk)
    questions = responses.questions_of(survey)
    response = responses.of(survey, request.user)
    filled = Filled()
    if response is not None:
        filled = survey_sheets.of_response(responses.given_by(response, questions), questions)
    return _page(request, space, survey, survey_sheets.laid_out(questions, filled), response=response)


@require_POST
def answer(request, slug: str, pk: int):
    """Keep the answers; or show what follows from them, or what is wrong, with everything that was filled in."""
    space = space_or_404(request, slug)
    survey = survey_or_404(request, space, pk)
    questions = responses.questions_of(survey)
    filled = survey_sheets.read(questions, request.POST)
    if problems := survey_sheets.problems_on(questions, filled):
        return _page(request, space, survey, survey_sheets.laid_out(questions, filled, problems=problems), status=422)
    if not set(survey_sheets.reached(questions, filled).numbers) <= filled.seen:
        return _page(request, space, survey, survey_sheets.laid_out(questions, filled))
    try:
        responses.respond(survey=survey, member=request.user, answers=filled.sent)
    except CivicError as refusal:
        problems = refusal.problems if isinstance(refusal, responses.InvalidAnswers) else {}
        sheet = survey_sheets.laid_out(questions, filled, problems=problems, message=refusal.message)
        needs_sign_in = isinstance(refusal, SignInNeeded)
        return _page(request, space, survey, sheet, needs_sign_in=needs_sign_in, status=refusal.status)
    messages.success(request, _("Your answers are counted. You can change them until the survey closes."))
    shows = survey_results.may_see(request.user, survey, has_answered=True)
    return redirect("discussions:survey_results" if shows else "discussions:survey", slug=slug, pk=pk)


@require_POST
def answer_quick_poll(request, slug: str, pk: int):
    """The one answer of a quick poll, sent from the front of the space."""
    space = space_or_404(request, slug)
    survey = survey_or_404(request, space, pk)
    if not survey.is_quick:
        raise Http404
    chosen = number(request.POST.get("option")) or None
    try:
        responses.respond(survey=survey, member=request.user, answers={1: chosen})
    except CivicError as refusal:
        if not request.htmx:
            raise
        # htmx shows nothing of a refusal by status: the card comes back with the reason and what was chosen.
        card = {**quick_poll(survey, request.user, chosen=chosen), "error": refusal.message}
        return render(request, "discussions/surveys/poll.html", card)
    if request.htmx:
        return render(request, "discussions/surveys/poll.html", quick_poll(survey, request.user))
    messages.success(request, _("Your answer is counted."))
    return redirect(f"{space.get_absolute_url()}#poll-{survey.pk}")


@require_GET
def results(request, slug: str, pk: int):
    """What came of it; `?split=level` parts the counts by how surely people are known."""
    space = space_or_404(request, slug)
    survey = survey_or_404(request, space, pk)
    _require_results(request, survey)
    context = frame(
        request,
        space,
        "surveys",
        survey=survey,
        results=survey_results.of(survey),
        is_split=request.GET.get("split") == "level",
        smallest=splits.LEAST,
    )
    return render(request, "discussions/surveys/results.html", context)


@require_GET
def words(request, slug: str, question: int):
    """The answers to one question in people's own words: nobody's name, in no order that would tell."""
    space = space_or_404(request, slug)
    asked = get_object_or_404(SurveyQuestion, pk=question, survey__space=space, kind=SurveyQuestion.Kind.TEXT)
    survey = survey_or_404(request, space, asked.survey_id)
    # Their desk shows planners these words already, and leads here.
    if not rules.may_read_opinion(request.user):
        _require_results(request, survey)
    rows, older = stretch(
        FreeAnswer.objects.published().filter(question=asked), number(request.GET.get("before")), WORDS_STRETCH
    )
    context = frame(request, space, "surveys", survey=survey, question=asked, answers=rows, older=older)
    return render(request, "discussions/surveys/words.html", context)


def survey_or_404(request, space: Space, pk: int) -> Survey:
    """A survey of this space that the reader may see."""
    survey = get_object_or_404(Survey, pk=pk, space=space)
    survey.space = space
    if not rules.may_read_opening(request.user, space, survey):
        raise Http404
    return survey


def quick_poll(survey: Survey, member, *, chosen: int | None = None) -> dict:
    """Inputs of discussions/surveys/poll.html: three queries, or five once the results are shown. `chosen` was sent
    and could not be kept.
    """
    questions = responses.questions_of(survey)
    response = responses.of(survey, member)
    mine = responses.given_by(response, questions)[1].numbers[0] if response is not None else None
    shows = survey_results.may_see(member, survey, has_answered=response is not None)
    counts = {}
    if shows:
        counts = {bar.label.number: bar.count for bar in survey_results.of(survey).outcomes[0].bars}
    return {
        "survey": survey,
        "question": questions[0],
        "options": [
            {
                "value": option.number,
                "label": option.local_text,
                "votes": counts.get(option.number, 0),
                "mine": option.number == (chosen or mine),
            }
            for option in questions[0].options.all()
        ],
        "total": sum(counts.values()),
        "has_answered": response is not None,
        "shows": shows,
        "state": "open" if survey.takes_answers(timezone.now()) else "closed",
    }


def _page(request, space, survey, sheet, *, response=None, needs_sign_in: bool = False, status: int = 200):
    now = timezone.now()
    verdict = rules.may_respond(request.user, space, survey, now)
    has_answered = response is not None or (status != 200 and responses.of(survey, request.user) is not None)
    context = frame(
        request,
        space,
        "surveys",
        survey=survey,
        sheet=sheet,
        response=response,
        is_open=survey.takes_answers(now),
        may_respond=bool(verdict) or verdict.code == "sign_in",
        refusal="" if verdict or verdict.code == "sign_in" else rules.explained(verdict.code),
        way_in=entrance.way_in(verdict.code, survey.get_absolute_url()),
        needs_sign_in=needs_sign_in or verdict.code == "sign_in",
        sign_in_url=f"{reverse('account_login')}?next={survey.get_absolute_url()}",
        shows_results=survey_results.may_see(request.user, survey, has_answered=has_answered),
    )
    return render(request, "discussions/surveys/detail.html", context, status=status)


def _require_results(request, survey: Survey) -> None:
    has_answered = responses.of(survey, request.user) is not None
    if not survey_results.may_see(request.user, survey, has_answered=has_answered):
        when = (
            _("The results are shown when this survey has closed.")
            if survey.results == Survey.Results.CLOSED
            else _("The results are shown as soon as you have answered.")
        )
        raise NotAllowed(when, code="results_later")

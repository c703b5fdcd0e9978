"""The desk of surveys: write questions and branching, ask a quick question, open, close, see how many answered."""

from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from wagtail.admin import messages

from cms.instruments import survey_forms
from cms.instruments.desk import Desk, space_at
from discussions import openings, questionnaires, surveys
from discussions.errors import CivicError
from discussions.instruments import Instrument
from discussions.models import Space, Survey, SurveyResponse
from discussions.questionnaires import InvalidQuestionnaire

SHOWN = 100


@require_GET
def index(request, slug: str, *, form=None, status: int = 200):
    """The surveys of a space, and the two fields of a quick poll."""
    space = space_at(request, slug)
    context = {
        "space": space,
        "surveys": space.surveys.annotate(n=openings.number_of(SurveyResponse, "survey")).order_by("-pk")[:SHOWN],
        "form": form or survey_forms.PollForm(),
        **_header(space, _("Surveys")),
    }
    return render(request, "cms/instruments/surveys.html", context, status=status)


@require_POST
def poll(request, slug: str):
    """Ask a quick question at once."""
    space = space_at(request, slug)
    form = survey_forms.PollForm(request.POST)
    if form.is_valid():
        options = [survey_forms.both(line) for line in form.cleaned_data["options"].splitlines() if line.strip()]
        question = survey_forms.both(form.cleaned_data["question"])
        try:
            surveys.poll(space=space, editor=request.user, question=question, options=options)
        except CivicError as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The question stands on the front of the discussion now."))
            return redirect("survey_desk", slug=slug)
    request.method = "GET"
    return index(request, slug, form=form, status=422)


@require_http_methods(["GET", "POST"])
def create(request, slug: str):
    """Write a new survey."""
    return _write(request, space_at(request, slug), None)


@require_http_methods(["GET", "POST"])
def edit(request, slug: str, pk: int):
    """Change a survey; with answers only its words."""
    space = space_at(request, slug)
    return _write(request, space, get_object_or_404(Survey, pk=pk, space=space))


@require_POST
def open_now(request, slug: str, pk: int):
    """Let people answer."""
    return _turn(request, slug, pk, surveys.open_now, _("The survey is open."))


@require_POST
def close_now(request, slug: str, pk: int):
    """Take no more answers."""
    return _turn(request, slug, pk, surveys.close_now, _("The survey is closed; its results can be seen by everybody."))


def _turn(request, slug: str, pk: int, act, words: str):
    survey = get_object_or_404(Survey, pk=pk, space=space_at(request, slug))
    try:
        act(survey=survey, editor=request.user)
    except CivicError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, words)
    return redirect("survey_desk", slug=slug)


def _write(request, space: Space, survey: Survey | None):
    is_fixed = survey is not None and survey.responses.exists()
    forms_of_questions = survey_forms.question_forms(is_fixed=is_fixed)
    first = survey_forms.initial_of_survey(survey) if survey else {"results": Survey.Results.ANSWERED}
    asked = [survey_forms.initial_of_question(draft) for draft in questionnaires.read(survey)] if survey else []
    data = request.POST if request.method == "POST" else None
    form = survey_forms.SurveyForm(data, initial=first)
    questions = forms_of_questions(data, initial=asked, prefix="questions", form_kwargs={"is_fixed": is_fixed})
    if data is not None and form.is_valid() and questions.is_valid():
        saved = _saved(request, space, survey, form, questions)
        if saved is not None:
            messages.success(request, _("The survey is saved."))
            if "more" in request.POST:
                return redirect("survey_edit", slug=space.slug, pk=saved.pk)
            return redirect("survey_desk", slug=space.slug)
    context = {
        "space": space,
        "survey": survey,
        "form": form,
        "questions": questions,
        "is_fixed": is_fixed,
        "is_sent_back": data is not None,
        **_header(space, survey.local_title if survey else _("New survey"), below=True),
    }
    return render(request, "cms/instruments/survey.html", context, status=422 if data is not None else 200)


def _saved(request, space: Space, survey: Survey | None, form, questions) -> Survey | None:
    """The survey as it was written, or None with the errors in the forms."""
    drafts, sources = survey_forms.drafts(questions)
    given = {"editor": request.user, "terms": form.terms(), "questions": drafts}
    try:
        if survey is None:
            return surveys.create(space=space, **given)
        return surveys.edit(survey=survey, **given)
    except InvalidQuestionnaire as refusal:
        target = sources[refusal.number - 1] if refusal.number else form
        target.add_error(None, refusal.message)
    except CivicError as refusal:
        form.add_error(None, refusal.message)
    return None


def _header(space: Space, title: str, *, below: bool = False) -> dict:
    crumbs = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}, {"url": "", "label": space.local_title}]
    if below:
        crumbs.append({"url": reverse("survey_desk", args=[space.slug]), "label": _("Surveys")})
    return {
        "header_title": title,
        "page_title": title,
        "header_icon": "list-ul",
        "breadcrumbs_items": [*crumbs, {"url": "", "label": title}],
    }


DESK = Desk(
    key=Instrument.SURVEYS,
    label=gettext_lazy("Surveys"),
    url_name="survey_desk",
    urlpatterns=[
        path("spaces/<str:slug>/surveys/", index, name="survey_desk"),
        path("spaces/<str:slug>/surveys/poll/", poll, name="survey_poll"),
        path("spaces/<str:slug>/surveys/new/", create, name="survey_create"),
        path("spaces/<str:slug>/surveys/<int:pk>/", edit, name="survey_edit"),
        path("spaces/<str:slug>/surveys/<int:pk>/open/", open_now, name="survey_open"),
        path("spaces/<str:slug>/surveys/<int:pk>/close/", close_now, name="survey_close"),
    ],
)

"""Surveys through the interface for programs."""

from datetime import datetime
from typing import Annotated

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema

from discussions import responses, rules, survey_results
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import LARGEST_ID, Stretch, stretch
from discussions.api.shapes import Refusal
from discussions.errors import NotAllowed
from discussions.models import Channel, Survey, SurveyQuestion
from discussions.models.openings import Opening
from discussions.questionnaires import MOST_OPTIONS, MOST_QUESTIONS

router = Router(tags=["surveys"])
MOST_WORDS = 20_000  # characters that are looked at before the limit of an answer is told

Number = Annotated[int, Field(ge=0, le=999)]
Id = Annotated[int, Field(ge=0, le=LARGEST_ID)]


class OptionOut(Schema):
    """A choice; answers name it by its number."""

    number: int
    text: str
    text_en: str


class ConditionOut(Schema):
    """The answers to an earlier question that lead to this one: choices, or points of a scale."""

    after: int
    options: list[int]
    low: int | None
    high: int | None


class QuestionOut(Schema):
    """A question; answers name it by its number."""

    number: int
    kind: str
    text: str
    text_en: str
    help: str
    help_en: str
    required: bool
    least: int
    most: int
    points: int
    low: str
    low_en: str
    high: str
    high_en: str
    has_no_opinion: bool
    options: list[OptionOut]
    condition: ConditionOut | None

    @staticmethod
    def resolve_options(question: SurveyQuestion) -> list:
        return list(question.options.all())

    @staticmethod
    def resolve_condition(question: SurveyQuestion) -> dict | None:
        if question.asked_after_number is None:
            return None
        return {
            "after": question.asked_after_number,
            "options": question.if_options,
            "low": question.if_low,
            "high": question.if_high,
        }


class SurveyOut(Schema):
    """A survey. `results` says when they are shown: answered or closed."""

    id: int
    title: str
    title_en: str
    introduction: str
    introduction_en: str
    state: str
    opens_at: datetime | None
    closes_at: datetime | None
    results: str
    is_quick: bool


class SurveyDetail(SurveyOut):
    """A survey with its questions."""

    questions: list[QuestionOut]


class SurveyList(Schema):
    """A stretch of surveys, newest first."""

    items: list[SurveyOut]
    before: int | None


class BarOut(Schema):
    """A choice or point with its count. `points` (Borda) and `firsts` belong to rankings."""

    number: int
    count: int
    points: int
    firsts: int


class OutcomeOut(Schema):
    """One question: n, counts, and the mean of a scale without those of no opinion."""

    number: int
    n: int
    mean: float | None
    no_opinion: int
    bars: list[BarOut]


class ResultsOut(Schema):
    """Not a representative poll: people chose themselves whether to answer."""

    n: int
    outcomes: list[OutcomeOut]


class ResponseIn(Schema):
    """Answers by number of question: a number, several numbers (in order for a ranking), words, or "none"."""

    answers: Annotated[
        dict[
            Number,
            Number
            | Annotated[list[Number], Field(max_length=MOST_OPTIONS)]
            | Annotated[str, Field(max_length=MOST_WORDS)]
            | None,
        ],
        Field(max_length=MOST_QUESTIONS),
    ]


class ResponseOut(Schema):
    """That the answers are kept, and when they were first sent and last changed."""

    survey: int = Field(alias="survey_id")
    answered_at: datetime
    changed_at: datetime | None


@router.get("spaces/{slug}/surveys", response=SurveyList, summary=gettext_noop("Surveys of a discussion"))
def index(request, slug: str, asked: Query[Stretch]):
    """Newest first, without those that are still being prepared."""
    found = Survey.objects.filter(space=space_or_404(slug)).exclude(state=Opening.State.DRAFT)
    rows, before = stretch(found, asked)
    return {"items": rows, "before": before}


@router.get("spaces/{slug}/surveys/{id}", response=SurveyDetail, summary=gettext_noop("One survey with its questions"))
def one(request, slug: str, id: Id):
    """What it asks, in both languages."""
    survey = _survey(slug, id)
    shown = {name: getattr(survey, name) for name in SurveyOut.model_fields}
    return {**shown, "questions": responses.questions_of(survey)}


def _anybody(request) -> AnonymousUser:
    return AnonymousUser()


@router.get(
    "spaces/{slug}/surveys/{id}/results",
    response={200: ResultsOut, 403: Refusal},
    auth=[TokenAccess(), _anybody],
    summary=gettext_noop("Results of a survey"),
)
def results(request, slug: str, id: Id):
    """Open when the survey has closed; before, where it says so, with the token of somebody who has answered."""
    survey = _survey(slug, id)
    has_answered = responses.of(survey, request.auth) is not None
    if not survey_results.may_see(request.auth, survey, has_answered=has_answered):
        raise NotAllowed(_("The results of this survey are shown later."), code="results_later")
    found = survey_results.of(survey)
    return {"n": found.n, "outcomes": [_outcome(outcome) for outcome in found.outcomes]}


@router.put(
    "spaces/{slug}/surveys/{id}/response",
    response={200: ResponseOut, frozenset({401, 403, 404, 422}): Refusal},
    auth=TokenAccess(),
    summary=gettext_noop("Answer a survey"),
)
def respond(request, slug: str, id: Id, sent: ResponseIn):
    """In the name of the member whose token is used; sent again, the new answers replace the old ones."""
    survey = _survey(slug, id)
    return responses.respond(survey=survey, member=request.auth, answers=sent.answers, channel=Channel.API)


def _survey(slug: str, pk: int) -> Survey:
    space = space_or_404(slug)
    survey = Survey.objects.filter(pk=pk, space=space).first()
    if survey is None or not rules.may_read_opening(None, space, survey):
        raise Http404
    survey.space = space
    return survey


def _outcome(outcome: survey_results.Outcome) -> dict:
    return {
        "number": outcome.question.number,
        "n": outcome.n,
        "mean": outcome.mean,
        "no_opinion": outcome.declined,
        "bars": [
            {
                "number": bar.label if isinstance(bar.label, int) else bar.label.number,
                "count": bar.count,
                "points": bar.points,
                "firsts": bar.firsts,
            }
            for bar in outcome.bars
        ],
    }

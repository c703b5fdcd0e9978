"""Surveys as open data: a dictionary of the questions, one wide row for each response, and the free words apart."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from discussions.exports.table import Row, Table, voter
from discussions.models import Answer, FreeAnswer, Space, Survey, SurveyQuestion, SurveyResponse
from discussions.models.openings import Opening
from discussions.questionnaires import MOST_QUESTIONS
from discussions.responses import NO_OPINION

Kind = SurveyQuestion.Kind


def _questions(space: Space) -> Iterator[Row]:
    """One row for each choice of each question; a scale has one for each end, own words have none to choose."""
    found = SurveyQuestion.objects.filter(survey__space=space).exclude(survey__state=Opening.State.DRAFT)
    for question in found.select_related("survey").prefetch_related("options").order_by("survey_id", "number"):
        head = (
            question.survey_id,
            question.survey.title,
            f"q{question.number}",
            question.kind,
            question.text,
            question.text_en,
            question.asked_after_number,
            _condition(question),
        )
        codes = [(option.number, option.text, option.text_en) for option in question.options.all()]
        if question.kind == Kind.SCALE:
            codes = [(1, question.low, question.low_en), (question.points, question.high, question.high_en)]
            codes += [(NO_OPINION, "", "")] if question.has_no_opinion else []
        for code, text, english in codes or [("", "", "")]:
            yield (*head, str(code), text, english)


def _condition(question: SurveyQuestion) -> str:
    if question.if_low is not None:
        return f"{question.if_low}-{question.if_high}"
    return " ".join(map(str, question.if_options))


def _is_public(survey: str) -> Q:
    """Data follows the pages: where results wait for the end of a survey, its answers do as well."""
    return Q(**{f"{survey}__state": Opening.State.CLOSED}) | Q(**{f"{survey}__results": Survey.Results.ANSWERED})


def published_responses(space: Space):
    """Responses to surveys whose results everybody may see, or may see once they have answered."""
    return SurveyResponse.objects.filter(_is_public("survey"), survey__space=space)


def _responses(space: Space) -> Iterator[Row]:
    responses = published_responses(space).order_by("id").values_list("id", "survey_id", "member_id", "answered_at")
    answers = (
        Answer.objects.filter(_is_public("response__survey"), response__survey__space=space)
        .order_by("response_id", "question__number", "slot")
        .values_list("response_id", "question__number", "option__number", "value")
    )
    by_response = groupby(answers.iterator(chunk_size=5000), key=itemgetter(0))
    ahead = next(by_response, None)
    for pk, survey, member, answered_at in responses.iterator(chunk_size=2000):
        cells = [""] * MOST_QUESTIONS
        if ahead is not None and ahead[0] == pk:
            for _response, number, option, value in ahead[1]:
                said = str(option or value or NO_OPINION)
                cells[number - 1] = f"{cells[number - 1]} {said}".lstrip()
            ahead = next(by_response, None)
        yield (survey, voter(space, member), answered_at.date().isoformat(), *cells)


def _words(space: Space) -> Iterator[Row]:
    """In the order of the words, so that nothing tells whose they are."""
    found = (
        FreeAnswer.objects.published()
        .filter(_is_public("response__survey"), space=space)
        .order_by("question", "text", "id")
    )
    yield from found.values_list("response__survey_id", "question__number", "text").iterator(chunk_size=2000)


_SURVEY = _("number of the survey")
TABLES = (
    Table(
        name="survey_questions",
        title=_("Questions of the surveys"),
        columns={
            "survey": _SURVEY,
            "title": _("title of the survey"),
            "question": _("name of its column in survey_responses"),
            "kind": _("single, multiple, scale, ranking or text"),
            "text": _("the question"),
            "text_en": _("the question in English"),
            "asked_after": _("number of the question whose answer leads here, empty when it is asked of all"),
            "if": _("answers that lead here: numbers of choices, or points from-to"),
            "code": _("how an answer is written in survey_responses"),
            "meaning": _("what the code stands for"),
            "meaning_en": _("what the code stands for, in English"),
        },
        rows=_questions,
    ),
    Table(
        name="survey_responses",
        title=_("Responses to the surveys"),
        columns={
            "survey": _SURVEY,
            "person": _("pseudonym of who answered"),
            "day": _("the day of the first answer"),
            **{
                f"q{number}": _("codes of the answer as survey_questions explains them, several parted by spaces")
                for number in range(1, MOST_QUESTIONS + 1)
            },
        },
        rows=_responses,
    ),
    Table(
        name="survey_words",
        title=_("Answers in own words"),
        columns={
            "survey": _SURVEY,
            "question": _("number of the question"),
            "text": _("the words, without any trace of whose they are"),
        },
        rows=_words,
    ),
)

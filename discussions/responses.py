"""Answering a survey: what was sent is read, checked as a whole and kept, one response for each person."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import branching, events, holding, questionnaires, rules, wording
from discussions.errors import CivicError
from discussions.models import (
    Answer,
    Channel,
    FreeAnswer,
    Member,
    Space,
    State,
    Survey,
    SurveyQuestion,
    SurveyResponse,
)
from nlp import stream
from nlp.tasks import enqueue_analysis

SOURCE = "survey"
WORDS_LIMIT = 2000
NO_OPINION = "none"

Kind = SurveyQuestion.Kind
# For one question: a number for one choice or a scale, numbers for several or a ranking, words, or nothing.
Sent = int | str | list[int] | None


@dataclass(frozen=True, slots=True)
class Given:
    """An answer that can be kept: choices (in order for a ranking) or a point, words, or that there is no opinion."""

    numbers: tuple[int, ...] = ()
    text: str = ""
    has_no_opinion: bool = False

    def __bool__(self) -> bool:
        return bool(self.numbers or self.text or self.has_no_opinion)


class InvalidAnswers(CivicError):
    """Some answers cannot be kept. `problems` maps the numbers of their questions to sentences."""

    status = 422
    code = "invalid_answers"

    def __init__(self, problems: Mapping[int, str]):
        first = min(problems)
        super().__init__(_("Question %(number)s: %(problem)s") % {"number": first, "problem": problems[first]})
        self.problems = dict(problems)


def questions_of(survey: Survey) -> list[SurveyQuestion]:
    """The questions with their choices, in order: two queries."""
    return list(survey.questions.prefetch_related("options"))


def asked(questions: Iterable[SurveyQuestion]) -> list[branching.Asked]:
    """The questions as branching sees them."""
    return [branching.Asked(question.number, questionnaires.condition_of(question)) for question in questions]


def read(questions: Iterable[SurveyQuestion], sent: Mapping[int, Sent]) -> tuple[dict[int, Given], dict[int, str]]:
    """What was sent for each question, and what is wrong with it, by number."""
    given: dict[int, Given] = {}
    problems: dict[int, str] = {}
    for question in questions:
        try:
            given[question.number] = _given(question, sent.get(question.number))
        except CivicError as error:
            problems[question.number] = error.message
    return given, problems


def chosen(given: Mapping[int, Given]) -> dict[int, frozenset[int]]:
    """The answers as branching sees them."""
    return {number: frozenset(answer.numbers) for number, answer in given.items()}


def respond(
    *, survey: Survey, member: Member, answers: Mapping[int, Sent], channel: str = Channel.WEB
) -> SurveyResponse:
    """Keep a member's answers, or replace them while the survey is open; appends survey.responded.

    Only questions that these answers lead to are kept. Sent again unchanged, nothing happens.

    Raises NotAllowed, InvalidAnswers.
    """
    ahead = holding.read_ahead(*(words for words in answers.values() if isinstance(words, str)))
    with transaction.atomic():
        space = events.lock(survey.space_id)
        survey = Survey.objects.get(pk=survey.pk)
        now = timezone.now()
        rules.require(rules.may_respond(member, space, survey, now))
        questions = questions_of(survey)
        given = _complete(questions, answers)
        response = SurveyResponse.objects.filter(survey=survey, member=member).first()
        if response is not None and given == given_by(response, questions):
            return response
        if response is None:
            response = SurveyResponse(survey=survey, member=member, answered_at=now)
        else:
            response.changed_at = now
        response.level, response.channel = member.level, channel
        response.save()
        _keep(response, questions, given)
        if _say(space, response, questions, given, now, ahead):
            enqueue_analysis(space.corpus_id)
        events.append(space, "survey.responded", {"id": survey.pk})
    return response


def follow_results(survey: Survey) -> bool:
    """Let the free words of a survey be analysed while its results may be shown, and not before. True as in the stream.

    Called with the lock of the space, whenever that changes.
    """
    words = FreeAnswer.objects.published().filter(response__survey=survey).order_by("pk")
    place = {"corpus_id": survey.space.corpus_id, "source": SOURCE}
    if survey.is_told:
        return stream.restore_many(**place, texts=words.values_list("pk", "text").iterator(chunk_size=1000))
    return stream.withdraw_many(**place, keys=words.values_list("pk", flat=True).iterator(chunk_size=1000))


def drop(doubles: QuerySet[SurveyResponse]) -> None:
    """Take responses away that their person has given as well under another account, with their words."""
    for response in doubles:
        for answer in response.free_answers.all():
            stream.forget(SOURCE, answer.pk)
            answer.delete()
        response.delete()


def of(survey: Survey, member) -> SurveyResponse | None:
    """This member's response, if there is one."""
    if not getattr(member, "is_authenticated", False):
        return None
    return SurveyResponse.objects.filter(survey=survey, member=member).first()


def given_by(response: SurveyResponse, questions: Iterable[SurveyQuestion]) -> dict[int, Given]:
    """What a response holds, by number of question; unanswered questions are left out: two queries."""
    numbers = {question.pk: question.number for question in questions}
    kept: dict[int, list[int]] = {}
    declined: set[int] = set()
    rows = response.answers.order_by("question_id", "slot")
    for question, option, value in rows.values_list("question_id", "option__number", "value"):
        if option is None and value is None:
            declined.add(numbers[question])
        else:
            kept.setdefault(numbers[question], []).append(option or value)
    given = {number: Given(tuple(values)) for number, values in kept.items()}
    given |= {number: Given(has_no_opinion=True) for number in declined}
    words = response.free_answers.exclude(state=State.WITHDRAWN).values_list("question_id", "text")
    return given | {numbers[question]: Given(text=text) for question, text in words}


def _complete(questions: list[SurveyQuestion], sent: Mapping[int, Sent]) -> dict[int, Given]:
    """The answers to the questions that are asked. Raises InvalidAnswers; answers nobody asked for are dropped."""
    given, problems = read(questions, sent)
    reached = set(branching.reached(asked(questions), chosen(given)))
    problems = {number: words for number, words in problems.items() if number in reached}
    if problems:
        raise InvalidAnswers(problems)
    return {number: answer for number, answer in given.items() if number in reached and answer}


def _given(question: SurveyQuestion, sent: Sent) -> Given:
    """Raises CivicError for an answer that this question cannot have."""
    if sent in (None, "", []):
        if question.required:
            raise CivicError(
                _("Please answer this question; the survey cannot be counted without it."), code="required"
            )
        return Given()
    if question.kind == Kind.TEXT:
        if not isinstance(sent, str):
            raise _unknown()
        return Given(text=wording.cleaned(sent, limit=WORDS_LIMIT))
    if question.kind == Kind.SCALE and sent == NO_OPINION and question.has_no_opinion:
        return Given(has_no_opinion=True)
    numbers = tuple(sent) if isinstance(sent, list) else (sent,)
    size = question.points if question.kind == Kind.SCALE else len(question.options.all())
    if not all(isinstance(number, int) and 1 <= number <= size for number in numbers):
        raise _unknown()
    if len(set(numbers)) < len(numbers):
        raise CivicError(_("Each choice can be taken once."), code="twice")
    if question.kind in (Kind.SINGLE, Kind.SCALE):
        if len(numbers) > 1:
            raise CivicError(_("Please choose one."), code="too_many")
        return Given(numbers)
    _check_bounds(question, len(numbers))
    return Given(numbers if question.kind == Kind.RANKING else tuple(sorted(numbers)))


def _check_bounds(question: SurveyQuestion, count: int) -> None:
    if count < question.least:
        words = ngettext("Please choose at least %(n)s.", "Please choose at least %(n)s.", question.least)
        raise CivicError(words % {"n": question.least}, code="too_few")
    if count > question.most:
        words = ngettext(
            "You chose %(count)s; %(most)s can be chosen.",
            "You chose %(count)s; %(most)s can be chosen.",
            question.most,
        )
        raise CivicError(words % {"count": count, "most": question.most}, code="too_many")


def _unknown() -> CivicError:
    return CivicError(_("This answer is not one of the choices."), code="unknown_choice")


def _keep(response: SurveyResponse, questions: list[SurveyQuestion], given: Mapping[int, Given]) -> None:
    response.answers.all().delete()
    rows = []
    for question in questions:
        answer = given.get(question.number)
        if answer is None or answer.text:
            continue
        place = {"response": response, "question": question}
        if question.kind == Kind.SCALE:
            rows.append(Answer(**place, value=answer.numbers[0] if answer.numbers else None))
            continue
        options = {option.number: option for option in question.options.all()}
        for rank, number in enumerate(answer.numbers, start=1):
            slot = {Kind.SINGLE: 0, Kind.MULTIPLE: number, Kind.RANKING: rank}[question.kind]
            rows.append(Answer(**place, slot=slot, option=options[number]))
    Answer.objects.bulk_create(rows)


def _say(
    space: Space,
    response: SurveyResponse,
    questions: list[SurveyQuestion],
    given: Mapping[int, Given],
    now: datetime,
    ahead: Mapping[str, bool],
) -> bool:
    """Let the free words enter, change or leave the opinion stream. True when the corpus was clean before.

    Where the results wait for the end of the survey, the words wait with them.
    """
    earlier = {answer.question_id: answer for answer in response.free_answers.all()}
    became_dirty = False
    for question in questions:
        if question.kind != Kind.TEXT:
            continue
        words = given[question.number].text if question.number in given else ""
        answer = earlier.get(question.pk)
        if answer is None:
            became_dirty |= bool(words) and _submit(space, response, question, words, now, ahead)
        elif words != answer.text:
            became_dirty |= _revise(space, response, answer, words, ahead)
    return became_dirty


def _submit(
    space: Space,
    response: SurveyResponse,
    question: SurveyQuestion,
    words: str,
    now: datetime,
    ahead: Mapping[str, bool],
) -> bool:
    author = response.member
    answer = FreeAnswer.objects.create(
        space=space,
        response=response,
        question=question,
        author=author,
        text=words,
        made_at=now,
        level=response.level,
        channel=response.channel,
        state=holding.state_for(space=space, author=author, text=words, ahead=ahead),
    )
    return stream.submit(
        corpus_id=space.corpus_id,
        source=SOURCE,
        key=answer.pk,
        text=words,
        author=author.stream_author,
        posted_at=now,
        url=address_of(answer),
        visible=answer.state == State.VISIBLE and response.survey.is_told,
    )


def address_of(answer: FreeAnswer) -> str:
    """Where the words can be read, in every language: what the opinion stream stores."""
    return answer.space.path(f"surveys/words/{answer.question_id}/#w{answer.pk}")


def _revise(space: Space, response: SurveyResponse, answer: FreeAnswer, words: str, ahead: Mapping[str, bool]) -> bool:
    """Other words, or none any more. What a moderator has hidden or still has to look at stays out of sight."""
    answer.text, answer.level, answer.channel = words, response.level, response.channel
    if not words:
        answer.state = State.WITHDRAWN
        answer.save()
        return stream.withdraw(SOURCE, answer.pk)
    if answer.state in (State.VISIBLE, State.WITHDRAWN):
        answer.state = holding.state_for(space=space, author=response.member, text=words, ahead=ahead)
    answer.save()
    if answer.state == State.VISIBLE and response.survey.is_told:
        return stream.revise(SOURCE, answer.pk, text=words)
    return stream.withdraw(SOURCE, answer.pk)

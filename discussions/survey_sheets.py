"""A survey as a sheet to fill in: what a browser sends, read; and each question with what was filled in so far."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from discussions import branching, responses
from discussions.models import SurveyQuestion
from discussions.responses import NO_OPINION, WORDS_LIMIT, Given, Sent

Kind = SurveyQuestion.Kind
SEEN = "seen"
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: the value sent, its words, whether it is chosen, and its place in a ranking."""

    value: str
    label: object
    is_chosen: bool = False
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """One question on the sheet. `is_shown` is False while its turn is not decided."""

    question: SurveyQuestion
    choices: tuple[Choice, ...]
    text: str
    problem: str
    is_shown: bool
    is_new: bool

    @property
    def name(self) -> str:
        return f"q{self.question.number}"

    @property
    def places(self) -> range:
        return range(1, self.question.most + 1)

    @property
    def words_limit(self) -> int:
        return WORDS_LIMIT


@dataclass(frozen=True, slots=True)
class Sheet:
    """All questions of a survey, in order. `is_last` when nothing else will follow."""

    items: tuple[Item, ...]
    is_last: bool
    message: str = ""

    @property
    def problems(self) -> list[Item]:
        return [item for item in self.items if item.problem]


@dataclass(slots=True)
class Filled:
    """What was filled in: answers as `responses` takes them, and what is wrong already before they are looked at.

    `places` are those given to the choices of a ranking, as they were given: the sheet shows them again.
    """

    sent: dict[int, Sent] = field(default_factory=dict)
    problems: dict[int, str] = field(default_factory=dict)
    places: dict[int, dict[int, int]] = field(default_factory=dict)
    seen: frozenset[int] = frozenset()


def read(questions: Iterable[SurveyQuestion], data: QueryDict) -> Filled:
    """What a browser sent."""
    filled = Filled(seen=frozenset(_number(value) for value in data.getlist(SEEN)))
    for question in questions:
        name, number = f"q{question.number}", question.number
        if question.kind == Kind.TEXT:
            filled.sent[number] = data.get(name, "").strip()
        elif question.kind == Kind.MULTIPLE:
            filled.sent[number] = [_number(value) for value in data.getlist(name)]
        elif question.kind == Kind.RANKING:
            filled.sent[number] = _ranked(question, data, filled)
        else:
            value = data.get(name, "")
            filled.sent[number] = value if value in ("", NO_OPINION) else _number(value)
    return filled


def of_response(given: Mapping[int, Given], questions: Iterable[SurveyQuestion]) -> Filled:
    """What somebody answered before."""
    filled = Filled(seen=frozenset(question.number for question in questions))
    for question in questions:
        answer = given.get(question.number, Given())
        if question.kind == Kind.TEXT:
            filled.sent[question.number] = answer.text
        elif question.kind in (Kind.MULTIPLE, Kind.RANKING):
            filled.sent[question.number] = list(answer.numbers)
        else:
            one = answer.numbers[0] if answer.numbers else ""
            filled.sent[question.number] = NO_OPINION if answer.has_no_opinion else one
    return filled


def laid_out(
    questions: list[SurveyQuestion], filled: Filled, *, problems: Mapping[int, str] | None = None, message: str = ""
) -> Sheet:
    """The sheet as far as its branching is decided by what was filled in."""
    shown = reached(questions, filled)
    found = problems or {}
    return Sheet(
        items=tuple(
            Item(
                question=question,
                choices=_choices(question, filled),
                text=_text(question, filled),
                problem=found.get(question.number, ""),
                is_shown=question.number in shown.numbers,
                is_new=bool(filled.seen) and question.number not in filled.seen,
            )
            for question in questions
        ),
        is_last=shown.is_last,
        message=message,
    )


def reached(questions: list[SurveyQuestion], filled: Filled) -> branching.Stretch:
    """Which questions are on the page."""
    given, _problems = responses.read(questions, filled.sent)
    return branching.stretch(responses.asked(questions), responses.chosen(given), filled.seen)


def problems_on(questions: list[SurveyQuestion], filled: Filled) -> dict[int, str]:
    """What is wrong with the answers to questions that were on the page and are asked."""
    _given, problems = responses.read(questions, filled.sent)
    on_page = filled.seen & set(reached(questions, filled).numbers)
    return {number: words for number, words in {**problems, **filled.problems}.items() if number in on_page}


def _ranked(question: SurveyQuestion, data: QueryDict, filled: Filled) -> list[int]:
    """The choices in the order of the places given to them; the same place twice is a problem."""
    places = {
        option.number: _number(value)
        for option in question.options.all()
        if (value := data.get(f"q{question.number}_{option.number}", ""))
    }
    if len(set(places.values())) < len(places):
        filled.problems[question.number] = _("Two choices have the same place; give each place once.")
    filled.places[question.number] = places
    return sorted(places, key=lambda option: (places[option], option))


def _choices(question: SurveyQuestion, filled: Filled) -> tuple[Choice, ...]:
    if question.kind == Kind.TEXT:
        return ()
    sent = filled.sent.get(question.number)
    taken = sent if isinstance(sent, list) else [sent]
    if question.kind == Kind.SCALE:
        points = [Choice(str(point), point, point in taken) for point in range(1, question.points + 1)]
        more = [Choice(NO_OPINION, _("No opinion"), NO_OPINION in taken)] if question.has_no_opinion else []
        return (*points, *more)
    in_order = {option: place for place, option in enumerate(taken, start=1)}
    places = filled.places.get(question.number, in_order)
    return tuple(
        Choice(str(option.number), option, option.number in taken, places.get(option.number))
        for option in question.options.all()
    )


def _text(question: SurveyQuestion, filled: Filled) -> str:
    return str(filled.sent.get(question.number) or "") if question.kind == Kind.TEXT else ""


def _number(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else UNKNOWN

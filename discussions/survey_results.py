"""What came of a survey: counts with their n, and how they were made. Numbers of few people are hidden in splits."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count

from discussions import events, instruments, rules
from discussions.instruments import Instrument
from discussions.models import Answer, FreeAnswer, Level, State, Survey, SurveyQuestion, SurveyResponse
from discussions.models.openings import Opening
from discussions.splits import LEAST, folded

KEPT_SECONDS = 300
Kind = SurveyQuestion.Kind


@dataclass(frozen=True, slots=True)
class Bar:
    """One choice or one point of a scale. `label` is words or a number; `of` is the n of its question.

    `points` and `firsts` belong to rankings. `split` holds a count for each level, None where it is hidden.
    """

    label: object
    count: int
    of: int
    points: int = 0
    firsts: int = 0
    split: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question: n, its bars, and what sums it up. `mean` belongs to scales, `declined` are those of no opinion."""

    question: SurveyQuestion
    n: int
    bars: tuple[Bar, ...] = ()
    mean: float | None = None
    declined: int = 0
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Results:
    """Everything about a survey that may be shown. `levels` says how many people of each level answered."""

    n: int
    outcomes: tuple[Outcome, ...]
    levels: dict[Level, int | None]
    channels: dict[str, int | None]
    needed: Level


def may_see(member, survey: Survey, *, has_answered: bool) -> bool:
    """Those who prepared it always; everybody when it has closed, or as soon as they have answered."""
    if survey.state == Opening.State.CLOSED or rules.may_arrange(member):
        return True
    return survey.results == Survey.Results.ANSWERED and has_answered


def of(survey: Survey) -> Results:
    """The results, counted once for each event of the space: a constant number of queries."""
    seq = events.last_seq(survey.space_id)
    return cache.get_or_set(f"survey:{survey.pk}:{seq}", lambda: counted(survey), KEPT_SECONDS)


def counted(survey: Survey) -> Results:
    """The results, counted now: six queries."""
    questions = list(survey.questions.prefetch_related("options"))
    responses = SurveyResponse.objects.filter(survey=survey)
    levels = dict(responses.values_list("level").annotate(Count("pk")).order_by("level"))
    channels = dict(responses.values_list("channel").annotate(Count("pk")).order_by("channel"))
    # question -> (option or point, slot) -> level -> people
    cells: dict[int, dict[tuple, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    rows = Answer.objects.filter(response__survey=survey).values_list(
        "question_id", "option__number", "value", "slot", "response__level"
    )
    for question, option, value, slot, level, count in rows.annotate(Count("pk")).order_by():
        cells[question][(option or value, slot)][level] = count
    people: dict[int, int] = dict(
        Answer.objects.filter(response__survey=survey)
        .values_list("question_id")
        .annotate(Count("response_id", distinct=True))
        .order_by()
    )
    words = FreeAnswer.objects.filter(response__survey=survey, state=State.VISIBLE)
    people |= dict(words.values_list("question_id").annotate(Count("pk")).order_by())
    # One small level would be told by subtraction from the whole, so then nothing is split.
    may_split = len(levels) > 1 and all(count >= LEAST for count in levels.values())
    shown_levels = tuple(map(Level, levels)) if may_split else ()
    return Results(
        n=sum(levels.values()),
        outcomes=tuple(
            _outcome(question, people.get(question.pk, 0), cells[question.pk], shown_levels) for question in questions
        ),
        levels={Level(level): count for level, count in _told(levels).items()},
        channels=_told(channels),
        needed=instruments.level(survey.space, Instrument.SURVEYS),
    )


def _told(counts: dict) -> dict:
    """Counts of people, None for those too few to be told apart."""
    hidden = folded(counts)
    return {key: None if key in hidden else count for key, count in counts.items()}


def _outcome(question: SurveyQuestion, n: int, cells: dict, levels: tuple[Level, ...]) -> Outcome:
    if question.kind == Kind.TEXT:
        return Outcome(question, n)
    if question.kind == Kind.SCALE:
        return _scale(question, n, cells, levels)
    if question.kind == Kind.RANKING:
        return Outcome(question, n, _ranking(question, n, cells))
    options = list(question.options.all())
    table = [_people(cells, option.number) for option in options]
    splits = hide_small([[row.get(level, 0) for level in levels] for row in table])
    bars = tuple(
        Bar(label=option, count=sum(row.values()), of=n, split=split)
        for option, row, split in zip(options, table, splits, strict=True)
    )
    return Outcome(question, n, bars, levels=levels)


def _scale(question: SurveyQuestion, n: int, cells: dict, levels: tuple[Level, ...]) -> Outcome:
    declined = sum(_people(cells, None).values())
    table = [_people(cells, point) for point in range(1, question.points + 1)]
    answered = n - declined
    counts = [sum(row.values()) for row in table]
    splits = hide_small([[row.get(level, 0) for level in levels] for row in table])
    bars = tuple(
        Bar(label=point, count=count, of=answered, split=split)
        for point, (count, split) in enumerate(zip(counts, splits, strict=True), start=1)
    )
    total = sum(point * count for point, count in enumerate(counts, start=1))
    mean = round(total / answered, 2) if answered else None
    return Outcome(question, answered, bars, mean, declined, levels)


def _ranking(question: SurveyQuestion, n: int, cells: dict) -> tuple[Bar, ...]:
    """Borda's count: of m choices a first place gives m - 1 points, a second m - 2, no place none. Best first."""
    options = list(question.options.all())
    places: dict[int, dict[int, int]] = defaultdict(dict)
    for (number, slot), row in cells.items():
        places[number][slot] = sum(row.values())
    bars = [
        Bar(
            label=option,
            count=sum(places[option.number].values()),
            of=n,
            points=sum((len(options) - place) * count for place, count in places[option.number].items()),
            firsts=places[option.number].get(1, 0),
        )
        for option in options
    ]
    return tuple(sorted(bars, key=lambda bar: (-bar.points, -bar.firsts, bar.label.number)))


def _people(cells: dict, answer: int | None) -> dict[int, int]:
    """People of each level who gave this answer, whatever its slot."""
    found: dict[int, int] = defaultdict(int)
    for (given, _slot), row in cells.items():
        if given == answer:
            for level, count in row.items():
                found[level] += count
    return found


def hide_small(table: Iterable[Iterable[int]]) -> list[tuple[int | None, ...]]:
    """A table of counts in which no count below LEAST can be read or worked out from the sums of rows or columns.

    Where a row or column would hide exactly one count, its next smallest is hidden as well.
    """
    rows = [list(row) for row in table]
    hidden = {(y, x) for y, row in enumerate(rows) for x, count in enumerate(row) if 0 < count < LEAST and len(row) > 1}
    lines = [[(y, x) for x in range(len(row))] for y, row in enumerate(rows)]
    if rows:
        lines += [[(y, x) for y in range(len(rows))] for x in range(len(rows[0]))]
    while alone := next((line for line in lines if sum(cell in hidden for cell in line) == 1 and len(line) > 1), None):
        rest = sorted((rows[y][x], y, x) for y, x in alone if (y, x) not in hidden)
        hidden.add(rest[0][1:])
    return [tuple(None if (y, x) in hidden else count for x, count in enumerate(row)) for y, row in enumerate(rows)]

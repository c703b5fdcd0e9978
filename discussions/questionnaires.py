"""The questions of a survey as one document: checked as a whole, written as a whole, and fixed once it has answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.utils.translation import gettext as _

from discussions import branching, wording
from discussions.branching import Condition
from discussions.errors import CivicError
from discussions.models import Survey, SurveyOption, SurveyQuestion

MOST_QUESTIONS = 30
MOST_OPTIONS = 20
MOST_POINTS = 11
QUESTION_LIMIT, OPTION_LIMIT, LABEL_LIMIT = 300, 200, 60
# How much of the words must stay when they are corrected after the first answer; less is another question.
SAME_WORDS = 0.5

Kind = SurveyQuestion.Kind
CHOSEN = frozenset({Kind.SINGLE, Kind.MULTIPLE, Kind.RANKING})


class InvalidQuestionnaire(CivicError):
    """The questions cannot be kept as they are. `number` is the question it is about, None for all of them."""

    status = 422
    code = "invalid_questionnaire"

    def __init__(self, message: str, *, number: int | None = None, code: str = ""):
        super().__init__(message, code=code)
        self.number = number


@dataclass(frozen=True, slots=True)
class Words:
    """Words in the first language and in English ("" where there are none)."""

    written: str
    english: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A question as its editor wrote it. Its number is its place in the list; conditions speak of earlier numbers."""

    kind: str
    text: Words
    help: Words = Words("")
    required: bool = False
    options: tuple[Words, ...] = ()
    least: int = 0
    most: int = 0
    points: int = 0
    low: Words = Words("")
    high: Words = Words("")
    has_no_opinion: bool = False
    condition: Condition | None = field(default=None)

    @property
    def size(self) -> int:
        """How many different answers there are to choose from."""
        return self.points if self.kind == Kind.SCALE else len(self.options)


def checked(drafts: Sequence[Draft]) -> list[Draft]:
    """The questions with tidy words. Raises InvalidQuestionnaire for the first thing that is wrong."""
    if not drafts:
        raise InvalidQuestionnaire(_("A survey needs at least one question."), code="empty")
    if len(drafts) > MOST_QUESTIONS:
        raise InvalidQuestionnaire(
            _("%(most)s questions fit in a survey; nobody answers more on a telephone.") % {"most": MOST_QUESTIONS},
            code="too_many",
        )
    tidy = [_tidy(number, draft) for number, draft in enumerate(drafts, start=1)]
    lines = [
        branching.Line(number, draft.kind, draft.size, draft.condition) for number, draft in enumerate(tidy, start=1)
    ]
    if fault := branching.fault(lines):
        number, code = fault
        raise InvalidQuestionnaire(_explained(code), number=number, code=f"condition_{code}")
    return tidy


def write(survey: Survey, drafts: Sequence[Draft]) -> bool:
    """Make these the questions of the survey; the caller holds the lock. True when anything changed.

    Once somebody has answered, only words may be corrected. Raises InvalidQuestionnaire.
    """
    tidy = checked(drafts)
    before = read(survey)
    if tidy == before:
        return False
    if survey.responses.exists():
        _correct(survey, before, tidy)
        return True
    survey.questions.order_by("-number").delete()
    rows: dict[int, SurveyQuestion] = {}
    for number, draft in enumerate(tidy, start=1):
        rows[number] = SurveyQuestion.objects.create(survey=survey, **_columns(number, draft, rows))
    SurveyOption.objects.bulk_create(
        SurveyOption(question=rows[number], number=place, text=words.written, text_en=words.english)
        for number, draft in enumerate(tidy, start=1)
        for place, words in enumerate(draft.options, start=1)
    )
    return True


def read(survey: Survey) -> list[Draft]:
    """The questions of a survey as they could be written again: two queries."""
    return [_draft(question) for question in survey.questions.prefetch_related("options")]


def condition_of(question: SurveyQuestion) -> Condition | None:
    """What a stored question waits for."""
    if question.asked_after_number is None:
        return None
    return Condition(question.asked_after_number, frozenset(question.if_options), question.if_low, question.if_high)


def _draft(question: SurveyQuestion) -> Draft:
    return Draft(
        kind=Kind(question.kind),
        text=Words(question.text, question.text_en),
        help=Words(question.help, question.help_en),
        required=question.required,
        options=tuple(Words(option.text, option.text_en) for option in question.options.all()),
        least=question.least,
        most=question.most,
        points=question.points,
        low=Words(question.low, question.low_en),
        high=Words(question.high, question.high_en),
        has_no_opinion=question.has_no_opinion,
        condition=condition_of(question),
    )


def _columns(number: int, draft: Draft, rows: dict[int, SurveyQuestion]) -> dict:
    condition = draft.condition
    after = rows[condition.after] if condition else None
    return {
        "number": number,
        "kind": draft.kind,
        **_wording(draft),
        "required": draft.required,
        "least": draft.least,
        "most": draft.most,
        "points": draft.points,
        "has_no_opinion": draft.has_no_opinion,
        "asked_after": after,
        "asked_after_number": after.number if after else None,
        "if_options": sorted(condition.options) if condition else [],
        "if_low": condition.low if condition else None,
        "if_high": condition.high if condition else None,
    }


def _wording(draft: Draft) -> dict:
    return {
        "text": draft.text.written,
        "text_en": draft.text.english,
        "help": draft.help.written,
        "help_en": draft.help.english,
        "low": draft.low.written,
        "low_en": draft.low.english,
        "high": draft.high.written,
        "high_en": draft.high.english,
    }


def _structure(draft: Draft) -> tuple:
    return (
        draft.kind,
        draft.required,
        len(draft.options),
        draft.least,
        draft.most,
        draft.points,
        draft.has_no_opinion,
        draft.condition,
    )


def _correct(survey: Survey, before: list[Draft], after: list[Draft]) -> None:
    """Write corrected words over the old ones; everything else has to be as it was."""
    if [_structure(draft) for draft in before] != [_structure(draft) for draft in after]:
        raise InvalidQuestionnaire(
            _(
                "People have answered already, so questions, choices and branching are fixed; only words can be "
                "corrected. Close this survey and make a new one to ask something else."
            ),
            code="frozen",
        )
    for number, (old, new) in enumerate(zip(before, after, strict=True), start=1):
        pairs = [(old.text, new.text), (old.low, new.low), (old.high, new.high)]
        if not all(_is_correction(*pair) for pair in [*pairs, *zip(old.options, new.options, strict=True)]):
            raise InvalidQuestionnaire(
                _("These words say something else than what people have answered. Only small mistakes can be mended."),
                number=number,
                code="frozen",
            )
    for question, draft in zip(survey.questions.prefetch_related("options"), after, strict=True):
        SurveyQuestion.objects.filter(pk=question.pk).update(**_wording(draft))
        for option, words in zip(question.options.all(), draft.options, strict=True):
            SurveyOption.objects.filter(pk=option.pk).update(text=words.written, text_en=words.english)


def _is_correction(old: Words, new: Words) -> bool:
    """Nearly the same words; English may be added where there was none."""
    return all(
        not before or before == after or SequenceMatcher(None, before, after).ratio() >= SAME_WORDS
        for before, after in ((old.written, new.written), (old.english, new.english))
    )


def _tidy(number: int, draft: Draft) -> Draft:
    """One question with tidy words and without what its kind does not use."""
    if draft.kind not in Kind.values:
        raise InvalidQuestionnaire(_("Please choose what kind of question this is."), number=number, code="kind")
    kind = Kind(draft.kind)
    options = tuple(_words(number, words, OPTION_LIMIT) for words in draft.options) if kind in CHOSEN else ()
    if kind in CHOSEN and not 2 <= len(options) <= MOST_OPTIONS:
        raise InvalidQuestionnaire(
            _("Please give 2 to %(most)s choices.") % {"most": MOST_OPTIONS}, number=number, code="options"
        )
    if len({words.written for words in options}) < len(options):
        raise InvalidQuestionnaire(_("Two choices say the same."), number=number, code="options")
    points = draft.points if kind == Kind.SCALE else 0
    if kind == Kind.SCALE and not 2 <= points <= MOST_POINTS:
        raise InvalidQuestionnaire(
            _("A scale has 2 to %(most)s points.") % {"most": MOST_POINTS}, number=number, code="points"
        )
    counted = kind in (Kind.MULTIPLE, Kind.RANKING)
    least, most = (draft.least, draft.most or len(options)) if counted else (0, 0)
    if counted and not 0 <= least <= most <= len(options):
        raise InvalidQuestionnaire(
            _("“At least” and “at most” do not fit the number of choices."), number=number, code="bounds"
        )
    is_scale = kind == Kind.SCALE
    return Draft(
        kind=kind,
        text=_words(number, draft.text, QUESTION_LIMIT),
        help=_words(number, draft.help, QUESTION_LIMIT, may_be_empty=True),
        required=draft.required,
        options=options,
        least=least,
        most=most,
        points=points,
        low=_words(number, draft.low, LABEL_LIMIT, may_be_empty=True) if is_scale else Words(""),
        high=_words(number, draft.high, LABEL_LIMIT, may_be_empty=True) if is_scale else Words(""),
        has_no_opinion=draft.has_no_opinion and is_scale,
        condition=draft.condition,
    )


def _words(number: int, words: Words, limit: int, *, may_be_empty: bool = False) -> Words:
    try:
        written = "" if may_be_empty and not words.written.strip() else _line(words.written, limit)
        return Words(written, _line(words.english, limit) if words.english.strip() else "")
    except CivicError as error:
        raise InvalidQuestionnaire(error.message, number=number, code=error.code) from error


def _line(text: str, limit: int) -> str:
    return wording.cleaned_line(text, limit=limit, least=1)


def _explained(code: str) -> str:
    return {
        "missing": _("This question waits for a question that does not exist."),
        "later": _("A question can only wait for an earlier one."),
        "kind": _("A question can only wait for a choice or a scale, not for a ranking or own words."),
        "empty": _("Please say which answers lead to this question."),
        "range": _("This question waits for an answer that cannot be given."),
    }[code]

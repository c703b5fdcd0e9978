"""Which questions of a survey are asked of whom. Pure: questions and answers in, numbers out.

A question may wait for the answer to one earlier question. `Asked` is what branching needs of a question, whether it is
a row of the database or a draft that is being checked; answers are sets of numbers (choices, or the point of a scale).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

Answers = Mapping[int, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Condition:
    """The answer to question `after` holds one of `options`, or a point of the scale from `low` to `high`."""

    after: int
    options: frozenset[int] = frozenset()
    low: int | None = None
    high: int | None = None

    def is_met(self, given: frozenset[int]) -> bool:
        """Does this answer let the question be asked? No answer and "no opinion" never do."""
        if self.low is not None and self.high is not None:
            return any(self.low <= point <= self.high for point in given)
        return bool(self.options & given)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question by its number, and what it waits for."""

    number: int
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class Stretch:
    """The questions to show now. `is_last`: nothing else will be asked, whatever is answered to these."""

    numbers: tuple[int, ...]
    is_last: bool


def reached(questions: Iterable[Asked], answers: Answers) -> list[int]:
    """The questions that these answers lead to. An answer to a question that is not asked leads nowhere."""
    shown: list[int] = []
    for question in questions:
        condition = question.condition
        if condition is None or (
            condition.after in shown and condition.is_met(answers.get(condition.after, frozenset()))
        ):
            shown.append(question.number)
    return shown


def stretch(questions: Iterable[Asked], answers: Answers, seen: frozenset[int]) -> Stretch:
    """The questions up to the first whose turn depends on an answer not yet sent; `seen` have been sent.

    Without JavaScript this is the next page.
    """
    shown: list[int] = []
    for question in questions:
        condition = question.condition
        if condition is not None:
            if condition.after not in shown:
                continue
            if condition.after not in seen:
                return Stretch(tuple(shown), False)
            if not condition.is_met(answers.get(condition.after, frozenset())):
                continue
        shown.append(question.number)
    return Stretch(tuple(shown), True)


@dataclass(frozen=True, slots=True)
class Line:
    """What a condition may point at: a question's number, its kind and how many choices or points it has."""

    number: int
    kind: str
    size: int
    condition: Condition | None = field(default=None)


CAN_LEAD = frozenset({"single", "multiple", "scale"})


def fault(lines: Iterable[Line]) -> tuple[int, str] | None:
    """The first condition that cannot hold, as the number of its question and a code; None when all can.

    later: waits for itself or a later question (so there can be no circle). missing: there is no such question.
    kind: that question cannot decide. range: there is no such choice or point. empty: no answer is named.
    """
    known = list(lines)
    by_number = {line.number: line for line in known}
    for line in known:
        condition = line.condition
        if condition is None:
            continue
        before = by_number.get(condition.after)
        if before is None:
            return line.number, "missing"
        if condition.after >= line.number:
            return line.number, "later"
        if code := _mismatch(before, condition):
            return line.number, code
    return None


def _mismatch(before: Line, condition: Condition) -> str:
    if before.kind not in CAN_LEAD:
        return "kind"
    if before.kind == "scale":
        if condition.low is None or condition.high is None or condition.options:
            return "empty"
        return "" if 1 <= condition.low <= condition.high <= before.size else "range"
    if not condition.options or condition.low is not None or condition.high is not None:
        return "empty"
    return "" if all(1 <= option <= before.size for option in condition.options) else "range"

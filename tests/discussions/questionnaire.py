"""A survey as tests need it: every kind of question, and one that is asked only of some."""

from discussions import instruments, surveys
from discussions.branching import Condition
from discussions.models import Space, Survey
from discussions.questionnaires import Draft, Words
from tests.factories import make_member

HABIT = Draft(
    kind="single",
    text=Words("您多久搭一次公車？", "How often do you ride?"),
    required=True,
    options=(Words("每天", "Every day"), Words("每週", "Every week"), Words("不搭", "Never")),
)
WHY = Draft(kind="text", text=Words("為什麼不搭？", "Why not?"), condition=Condition(1, frozenset({3})))
NEEDS = Draft(
    kind="multiple",
    text=Words("什麼最重要？", "What matters?"),
    least=1,
    most=2,
    options=(Words("班次", "Times"), Words("票價", "Fares"), Words("座位", "Seats")),
)
CONTENT = Draft(
    kind="scale",
    text=Words("您滿意嗎？", "Are you content?"),
    points=5,
    has_no_opinion=True,
    low=Words("不滿意", "Not at all"),
    high=Words("很滿意", "Very"),
)
FIRST = Draft(
    kind="ranking",
    text=Words("先做哪一樣？", "What first?"),
    options=(Words("夜班車", "Night buses"), Words("候車亭", "Shelters"), Words("直達車", "Express")),
)
ALL = (HABIT, WHY, NEEDS, CONTENT, FIRST)


def offering_surveys(space: Space, **options) -> Space:
    """The space with the surveys turned on."""
    space.instruments = {**space.instruments, instruments.Instrument.SURVEYS.value: options}
    space.save(update_fields=["instruments"])
    return space


def make_survey(space: Space, questions=ALL, *, is_open: bool = True, **terms) -> Survey:
    """A survey in a space that offers them."""
    offering_surveys(space)
    editor = make_member(is_superuser=True)
    made = surveys.create(
        space=space,
        editor=editor,
        terms=surveys.Terms(title=Words("搭車習慣", "How you ride"), **terms),
        questions=questions,
    )
    return surveys.open_now(survey=made, editor=editor) if is_open else made

"""Reading the questions of a session: a fixed number of queries, however many questions and raises there are."""

from dataclasses import dataclass, field

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Value,
    When,
)

from discussions import cursors
from discussions.models import LiveSession, Question, QuestionRaise

State = Question.State
SHOWN = 200
COLUMN = 40
PAGE = 50
ORDER = "questions"
# The words of the question component for the states of a question.
SHOWN_AS = Case(
    When(state=State.CURRENT, then=Value("now")),
    When(state=State.ASKED, then=Value("open")),
    default=F("state"),
    output_field=CharField(),
)
# The columns of the desk, and which states stand in each. The public reads the lists of PUBLIC.
COLUMNS: dict[str, tuple[str, ...]] = {
    "panel": (State.CURRENT,),
    "short": (State.SHORTLISTED,),
    "waiting": (State.ASKED,),
    "held": (State.HELD,),
    "parked": (State.PARKED,),
    "answered": (State.ANSWERED,),
    "hidden": (State.HIDDEN,),
}
PUBLIC: dict[str, tuple[str, ...]] = {
    "waiting": (State.ASKED, State.SHORTLISTED),
    "parked": (State.PARKED,),
    "answered": (State.ANSWERED,),
}
JUDGED = frozenset({"held", "hidden"})


@dataclass(frozen=True, slots=True)
class Shown:
    """The questions of a room. They carry `raised` (how many people), `pressed` (the viewer is one of them) and
    `joined` (those that were merged into them). `held` are the viewer's own that wait for a moderator; `has_more` says
    that more wait than are shown.
    """

    current: Question | None = None
    waiting: list[Question] = field(default_factory=list)
    answered: list[Question] = field(default_factory=list)
    parked: list[Question] = field(default_factory=list)
    held: list[Question] = field(default_factory=list)
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the desk: the first COLUMN questions of `total`."""

    key: str
    questions: list[Question]
    total: int

    @property
    def has_more(self) -> bool:
        return self.total > len(self.questions)


def with_counts(rows: QuerySet[Question], *, viewer=None) -> QuerySet[Question]:
    """The questions with their counts: the one at the panel first, then the most raised, then the newest."""
    mine = QuestionRaise.objects.filter(question=OuterRef("pk"), member_id=_member_id(viewer))
    at_panel = Case(When(state=State.CURRENT, then=Value(0)), default=Value(1), output_field=IntegerField())
    joined = Question.objects.filter(state=State.MERGED).order_by("id")
    return (
        rows.select_related("author", "session")
        .prefetch_related(Prefetch("merged", queryset=joined, to_attr="joined"))
        .annotate(raised=Count("raises"), pressed=Exists(mine), shown_as=SHOWN_AS, turn=at_panel)
        .order_by("turn", "-raised", "-id")
    )


def read(session: LiveSession, *, viewer=None) -> Shown:
    """What the room shows to `viewer` (anonymous: nothing is pressed): four queries."""
    of_session = Question.objects.filter(session=session)
    waits = Q(state__in=[State.CURRENT, State.ASKED, State.SHORTLISTED])
    if _member_id(viewer) is not None:
        waits |= Q(state=State.HELD, author=viewer.pk)
    found = list(with_counts(of_session.filter(waits), viewer=viewer)[: SHOWN + 1])
    over = with_counts(of_session.filter(state__in=[State.ANSWERED, State.PARKED]), viewer=viewer)
    over = list(over.order_by(F("answered_at").desc(nulls_last=True), "-id")[:SHOWN])
    return Shown(
        current=next((one for one in found if one.state == State.CURRENT), None),
        waiting=[one for one in found[:SHOWN] if one.state in PUBLIC["waiting"]],
        answered=[one for one in over if one.state == State.ANSWERED],
        parked=[one for one in over if one.state == State.PARKED],
        held=[one for one in found[:SHOWN] if one.state == State.HELD],
        has_more=len(found) > SHOWN,
    )


def on_desk(session: LiveSession, *, may_judge: bool) -> list[Column]:
    """The columns of the facilitator's desk: two queries for each, and one for the counts. Held and hidden words are
    there for those who may judge them.
    """
    of_session = Question.objects.filter(session=session)
    counts = dict(of_session.order_by().values_list("state").annotate(number=Count("pk")))
    return [
        Column(key, list(_of_column(of_session, key)[:COLUMN]), sum(counts.get(state, 0) for state in states))
        for key, states in COLUMNS.items()
        if may_judge or key not in JUDGED
    ]


def stretch(
    session: LiveSession, states: tuple[str, ...], *, viewer=None, after: str | None = None
) -> tuple[list[Question], str]:
    """PAGE questions in these states, the most raised first, behind the cursor `after`; and the next cursor or ""."""
    rows = with_counts(Question.objects.filter(session=session, state__in=states), viewer=viewer)
    if edge := cursors.read(ORDER, after, 2):
        raised, pk = edge
        rows = rows.filter(Q(raised__lt=raised) | Q(raised=raised, pk__lt=pk))
    found = list(rows.order_by("-raised", "-id")[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], cursors.made(ORDER, last.raised, last.pk) if last is not None else ""


def joinable(session: LiveSession) -> QuerySet[Question]:
    """What another question can be joined with, the most raised first."""
    states = [State.CURRENT, State.SHORTLISTED, State.ASKED, State.PARKED, State.ANSWERED]
    return with_counts(Question.objects.filter(session=session, state__in=states))


def _of_column(rows: QuerySet[Question], key: str) -> QuerySet[Question]:
    found = with_counts(rows.filter(state__in=COLUMNS[key]))
    return found.order_by("-answered_at", "-id") if key == "answered" else found


def _member_id(viewer) -> int | None:
    """None matches no row: nobody raises anonymously."""
    return viewer.pk if viewer is not None and viewer.is_authenticated else None

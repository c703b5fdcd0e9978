"""Reading a live room: a fixed number of queries, however many questions and votes there are."""

from dataclasses import dataclass, field

from django.db.models import Case, CharField, Count, Exists, F, IntegerField, OuterRef, QuerySet, Value, When

from discussions.models import Event, LiveSession, Phase, PollVote, Question, QuestionRaise, QuickPoll, Space

SHOWN = 200
# The words of the question component for the states of a question.
SHOWN_AS = Case(
    When(state=Question.State.CURRENT, then=Value("now")),
    When(state=Question.State.ASKED, then=Value("open")),
    default=F("state"),
    output_field=CharField(),
)


@dataclass(frozen=True, slots=True)
class PollView:
    """A poll with its counts. `options` are {value, label, votes, mine}; votes are 0 until the result is revealed."""

    poll: QuickPoll
    options: list[dict]
    total: int

    @property
    def key(self) -> str:
        """The id of the element that shows this poll."""
        return f"poll-{self.poll.pk}"

    @property
    def answered(self) -> bool:
        """True when the viewer has answered."""
        return any(option["mine"] for option in self.options)


@dataclass(frozen=True, slots=True)
class Room:
    """What a session shows. Questions carry `raised` (how many people) and `pressed` (the viewer is one of them)."""

    session: LiveSession
    current: Question | None
    asked: list[Question]
    answered: list[Question]
    polls: list[PollView]
    hidden: list[Question] = field(default_factory=list)


def read(session: LiveSession, *, viewer=None, for_desk: bool = False) -> Room:
    """The room as `viewer` sees it (anonymous: nothing is pressed). The desk sees hidden questions and real counts."""
    everything = Question.objects.filter(session=session)
    found = questions(everything if for_desk else everything.published(), viewer=viewer)[:SHOWN]
    by_state: dict[str, list[Question]] = {state: [] for state in Question.State}
    for question in found:
        by_state[question.state].append(question)
    shown = QuickPoll.objects.filter(session=session)
    if not for_desk:
        shown = shown.exclude(state=QuickPoll.State.READY)
    return Room(
        session=session,
        current=next(iter(by_state[Question.State.CURRENT]), None),
        asked=by_state[Question.State.ASKED],
        answered=by_state[Question.State.ANSWERED],
        hidden=by_state[Question.State.HIDDEN],
        polls=polls(shown, viewer=viewer, with_counts=for_desk),
    )


def questions(rows: QuerySet[Question], *, viewer=None) -> QuerySet[Question]:
    """The questions with their counts: the one at the panel first, then the most raised, then the newest."""
    mine = QuestionRaise.objects.filter(question=OuterRef("pk"), member_id=_member_id(viewer))
    at_panel = Case(When(state=Question.State.CURRENT, then=Value(0)), default=Value(1), output_field=IntegerField())
    return (
        rows.select_related("author", "session")
        .annotate(raised=Count("raises"), pressed=Exists(mine), shown_as=SHOWN_AS, turn=at_panel)
        .order_by("turn", "-raised", "-id")
    )


def polls(rows: QuerySet[QuickPoll], *, viewer=None, with_counts: bool = False) -> list[PollView]:
    """The polls with their counts, oldest first: three queries. Without `with_counts`, counts of choices stay here
    until they are revealed."""
    found = list(rows.select_related("session").order_by("id"))
    votes = PollVote.objects.filter(poll__in=found)
    counts = {
        (poll_id, option): number
        for poll_id, option, number in votes.values_list("poll_id", "option").annotate(number=Count("id"))
    }
    mine = dict(votes.filter(member_id=_member_id(viewer)).values_list("poll_id", "option"))
    return [_viewed(poll, counts, mine.get(poll.pk), with_counts or poll.revealed) for poll in found]


def on_the_wall(room: Room) -> PollView | None:
    """The poll that belongs on the wall: the newest one that is open, else the newest one whose result is shown, unless
    a question went to the panel after that. None leaves the wall to the question at the panel."""
    running = [view for view in room.polls if view.poll.state == QuickPoll.State.OPEN]
    if running:
        return running[-1]
    shown = {view.poll.pk: view for view in room.polls if view.poll.revealed}
    if not shown or room.current is None:
        return next(reversed(shown.values()), None)
    told = Event.objects.filter(space=room.session.space_id, type__in=["question.state", "poll.state"]).order_by("-seq")
    last = told.filter(data__session=room.session.pk).values_list("type", "data__id").first()
    return shown.get(last[1]) if last is not None and last[0] == "poll.state" else None


def sessions_of(space: Space) -> list[LiveSession]:
    """The sessions of a space, newest first, with the number of questions in each."""
    return list(_with_numbers(LiveSession.objects.filter(space=space)))


def sessions() -> list[LiveSession]:
    """The sessions of every public space: those that are on, those to come (next first), those that are over."""
    found = _with_numbers(LiveSession.objects.exclude(space__phase=Phase.DRAFT))[:SHOWN]
    order = {LiveSession.State.OPEN: 0, LiveSession.State.PLANNED: 1, LiveSession.State.CLOSED: 2}

    def turn(session: LiveSession) -> tuple[int, float]:
        moment = session.starts_at.timestamp()
        return order[session.state], moment if session.state == LiveSession.State.PLANNED else -moment

    return sorted(found, key=turn)


def _with_numbers(rows: QuerySet[LiveSession]) -> QuerySet[LiveSession]:
    visible = Question.objects.published().filter(session=OuterRef("pk")).order_by().values("session")
    return (
        rows.select_related("space", "space__agency")
        .annotate(asked=visible.annotate(number=Count("id")).values("number"))
        .order_by("-starts_at")
    )


def _viewed(poll: QuickPoll, counts: dict, mine: int | None, shows_counts: bool) -> PollView:
    votes = [counts.get((poll.pk, number), 0) for number in range(len(poll.options))]
    options = [
        {"value": number, "label": label, "votes": votes[number] if shows_counts else 0, "mine": number == mine}
        for number, label in enumerate(poll.options)
    ]
    return PollView(poll, options, sum(votes))


def _member_id(viewer) -> int | None:
    """None matches no row: nobody raises or votes anonymously."""
    return viewer.pk if viewer is not None and viewer.is_authenticated else None

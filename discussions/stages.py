"""The wall of the hall shows one thing at a time: what the facilitator called up last."""

from dataclasses import dataclass

from django.db.models import Q

from discussions.models import Event, LiveSession, QuickPoll, Statement, Vote
from discussions.poll_results import PollView


@dataclass(frozen=True, slots=True)
class StatementView:
    """A statement the room votes on. Its counts are for everybody once `revealed`; `mine` is the viewer's vote."""

    session: LiveSession
    statement: Statement
    mine: int | None = None

    @property
    def revealed(self) -> bool:
        """Is the result shown?"""
        return self.session.statement_revealed

    @property
    def total(self) -> int:
        """How many people have voted."""
        return self.statement.total


def statement_of(session: LiveSession, *, viewer=None) -> StatementView | None:
    """The statement that is on in a session, with the viewer's vote; None when there is none to read."""
    if session.statement_id is None:
        return None
    statement = Statement.objects.published().select_related("space").filter(pk=session.statement_id).first()
    if statement is None:
        return None
    mine = None
    if viewer is not None and viewer.is_authenticated:
        mine = Vote.objects.filter(statement=statement, member=viewer).values_list("value", flat=True).first()
    return StatementView(session, statement, mine)


def on_the_wall(room) -> PollView | StatementView | None:
    """What the wall shows of a `rooms.Room`: the open poll, result or statement that was called up last, unless a
    question went to the panel after that. None leaves the wall to the question at the panel, and to the thanks when the
    session is over."""
    if room.session.state == LiveSession.State.CLOSED:
        return None
    statement = room.statement
    shown = {view.poll.pk: view for view in room.polls if view.poll.state == QuickPoll.State.OPEN or view.poll.revealed}
    cues = Q()
    if shown:
        cues |= Q(type="poll.state", data__id__in=list(shown))
    if statement is not None:
        cues |= Q(type="statement.state", data__id=statement.statement.pk)
    if not cues:
        return None
    if room.current is not None:
        cues |= Q(type="question.state", data__id=room.current.pk)
    elif len(shown) + bool(statement) == 1:
        return statement or next(iter(shown.values()))
    last = Event.objects.filter(cues, space=room.session.space_id).order_by("-seq").values_list("type", "data__id")
    kind, pk = last.first() or ("", 0)
    return {"poll.state": shown.get(pk), "statement.state": statement}.get(kind)

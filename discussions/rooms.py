"""Reading a live room: a fixed number of queries, however many questions and votes there are."""

from dataclasses import dataclass

from django.db.models import Count, OuterRef, QuerySet

from discussions import poll_results, questions, stages
from discussions.models import LiveSession, Phase, Question, QuickPoll, Space

SHOWN = 200


@dataclass(frozen=True, slots=True)
class Room:
    """What a session shows."""

    session: LiveSession
    questions: questions.Shown
    polls: list[poll_results.PollView]
    statement: stages.StatementView | None = None

    @property
    def current(self) -> Question | None:
        """The question at the panel."""
        return self.questions.current


def read(session: LiveSession, *, viewer=None, for_desk: bool = False) -> Room:
    """The room as `viewer` sees it (anonymous: nothing is pressed). The desk sees real counts."""
    shown = QuickPoll.objects.filter(session=session)
    if not for_desk:
        shown = shown.exclude(state=QuickPoll.State.READY)
    return Room(
        session=session,
        questions=questions.read(session, viewer=viewer),
        polls=poll_results.polls(shown, viewer=viewer, with_counts=for_desk),
        statement=stages.statement_of(session, viewer=viewer),
    )


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

"""The record of a session that is over: what its page shows, a fixed number of queries however much was said."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from discussions import clockfaces, questions, rooms, transcripts
from discussions.clockfaces import Face
from discussions.live import agendas, topics
from discussions.models import AnswerClock, LiveSession, Question, QuickPoll, Reply, StatementShown

OWED_SHOWN = 100
STATEMENTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, in milliseconds from the opening; `place` is where the page tells more of it."""

    ms: int
    kind: str
    label: str
    words: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Numbers:
    """How much of it there was."""

    asked: int
    answered: int
    people: int
    lines: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What was handed to the agency: how the clock stands, and the first questions of `total`, each with `written`."""

    face: Face
    questions: list[Question]
    total: int
    answered: int

    @property
    def has_more(self) -> bool:
        return self.total > len(self.questions)


@dataclass(frozen=True, slots=True)
class Record:
    """Questions, polls and statements as the room left them; each question carries `written`, its official answers."""

    session: LiveSession
    room: rooms.Room
    agenda: agendas.Agenda
    statements: list[StatementShown]
    transcript: transcripts.Stretch
    topics: topics.TopicMap
    numbers: Numbers
    owed: Owed | None = None
    moments: list[Moment] = field(default_factory=list)

    @property
    def polls(self) -> list:
        """Those whose result everybody may see."""
        return [view for view in self.room.polls if view.poll.revealed]

    @property
    def length(self) -> int:
        """How long the session was, in seconds of its clock."""
        last = max((moment.ms for moment in self.moments), default=0)
        return -(-last // 1000)


def read(session: LiveSession, *, viewer=None) -> Record:
    """The record as `viewer` sees it."""
    room = rooms.read(session, viewer=viewer)
    agenda = agendas.read(session)
    shown = session.statements_shown.filter(statement__state="visible").select_related("statement__space")
    statements = list(shown[:STATEMENTS_SHOWN])
    owed = _owed(session)
    listed = [*room.questions.answered, *room.questions.parked, *room.questions.waiting]
    _write_answers([*listed, *(owed.questions if owed else [])])
    return Record(
        session=session,
        room=room,
        agenda=agenda,
        statements=statements,
        transcript=transcripts.page(session),
        topics=topics.read(session.space),
        numbers=_numbers(session),
        owed=owed,
        moments=sorted(_moments(session, agenda, room, statements), key=lambda moment: moment.ms),
    )


def _owed(session: LiveSession) -> Owed | None:
    clock = AnswerClock.objects.filter(session=session).select_related("agency").first()
    if clock is None:
        return None
    handed = Question.objects.published().filter(owed__clock=clock)
    found = list(questions.with_counts(handed)[:OWED_SHOWN])
    counts = handed.aggregate(total=Count("pk"), answered=Count("pk", filter=Q(official_replies__isnull=False)))
    return Owed(clockfaces.face(clock), found, counts["total"], counts["answered"])


def _write_answers(found: list[Question]) -> None:
    """Give each question its official answers."""
    written = defaultdict(list)
    replies = Reply.objects.filter(question__in={question.pk for question in found}).select_related("agency", "space")
    for reply in replies.order_by("answered_at"):
        written[reply.question_id].append(reply)
    for question in found:
        question.written = written[question.pk]


def _numbers(session: LiveSession) -> Numbers:
    counted = Question.objects.published().filter(session=session)
    counts = counted.aggregate(
        asked=Count("pk"), answered=Count("pk", filter=Q(state="answered")), people=Count("author", distinct=True)
    )
    return Numbers(**counts, lines=transcripts.lines_of(session).count())


def _moments(
    session: LiveSession, agenda: agendas.Agenda, room: rooms.Room, statements: list[StatementShown]
) -> Iterator[Moment]:
    def at(moment: datetime, *told: str) -> Moment:
        return Moment(session.ms_of(moment), *told)

    if session.opened_at is not None:
        yield at(session.opened_at, "opened", _("The session begins"))
    for item in agenda.items:
        if item.began_at is not None:
            yield at(item.began_at, "item", _("Agenda"), item.title, f"item-{item.pk}")
    for question in [*room.questions.answered, *room.questions.parked, *room.questions.waiting]:
        if question.put_at is not None:
            yield at(question.put_at, "question", _("Question at the panel"), question.text, f"q{question.pk}")
    for view in room.polls:
        if view.poll.opened_at is not None and view.poll.state != QuickPoll.State.READY:
            place = f"{view.key}-result" if view.poll.revealed else ""
            yield at(view.poll.opened_at, "poll", _("Quick poll"), view.poll.question, place)
    for one in statements:
        yield at(one.put_at, "statement", _("Vote on a statement"), one.statement.text, f"s{one.statement_id}")
    if session.closed_at is not None:
        yield at(session.closed_at, "closed", _("The session ends"))

"""What waits for an officer: clocks by their dates, topics nobody has spoken to, questions without an answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q
from django.utils import timezone

from discussions import clockfaces, coverage
from discussions.clockfaces import Face
from discussions.coverage import Coverage
from discussions.models import Agency, AnswerClock, Comment, Phase, Space
from nlp import reports

STRETCH = 50
MOST_QUESTIONS = 30


@dataclass(frozen=True, slots=True)
class Owed:
    """A clock that runs: what has to be answered, and by when."""

    clock: AnswerClock
    face: Face


@dataclass(frozen=True, slots=True)
class SpaceLine:
    """One discussion of an agency: what is open in it besides its clocks."""

    space: Space
    questions: int
    coverage: Coverage


@dataclass(slots=True)
class ToAnswer:
    """The desk of one agency."""

    owed: list[Owed] = field(default_factory=list)
    lines: list[SpaceLine] = field(default_factory=list)


def of_agency(agency: Agency) -> ToAnswer:
    """Everything an agency has to answer, the nearest date first: a constant number of queries."""
    now = timezone.now()
    clocks = AnswerClock.objects.filter(agency=agency, answered_at=None).order_by("due_at", "pk")
    clocks = clocks.select_related("space", "proposal__space", "session", "agency")
    clocks = clocks.prefetch_related("extensions")[:STRETCH]
    spaces = list(
        Space.objects.filter(agency=agency)
        .exclude(phase__in=(Phase.DRAFT, Phase.ARCHIVED))
        .annotate(n_questions=Count("comments", filter=_unanswered("comments__")))
        .order_by("-pk")[:STRETCH]
    )
    covered = coverage.of_spaces([space.pk for space in spaces])
    return ToAnswer(
        owed=[Owed(clock, clockfaces.face(clock, now=now)) for clock in clocks],
        lines=[SpaceLine(space, space.n_questions, covered[space.pk]) for space in spaces],
    )


def _unanswered(prefix: str = "") -> Q:
    """Visible questions that no agency has answered."""
    return Q(
        **{
            f"{prefix}kind": Comment.Kind.QUESTION,
            f"{prefix}state": Comment.State.VISIBLE,
            f"{prefix}official_replies": None,
        }
    )


def questions(space: Space, *, before: int = 0) -> tuple[list[Comment], int]:
    """Questions without an answer, newest first, and the cursor of the next stretch (0 at the end)."""
    found = Comment.objects.filter(_unanswered(), space=space).select_related("author", "space")
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: MOST_QUESTIONS + 1])
    return rows[:MOST_QUESTIONS], rows[MOST_QUESTIONS - 1].pk if len(rows) > MOST_QUESTIONS else 0


def open_topics(space: Space) -> list[reports.TopicRow]:
    """Topics of at least as many people as may be shown, that no answer addresses yet."""
    answered = coverage.of_topics(space)
    return [row for row in reports.topics(space.corpus) if not row.is_small and row.number not in answered]


def waiting(spaces: Iterable[int]) -> int:
    """How many clocks run in these spaces: what the desk of a space shows as waiting."""
    return AnswerClock.objects.filter(space__in=list(spaces), answered_at=None).count()

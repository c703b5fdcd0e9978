"""Live sessions and the questions asked in them, through the interface for programs."""

from datetime import datetime

from django.http import Http404
from django.utils.translation import gettext_noop
from ninja import Field, Query, Router, Schema, Status

from discussions import live, questions
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import Stretch, stretch
from discussions.api.shapes import CLIENT_ID, Refusal
from discussions.models import Channel, LiveSession, Question

router = Router(tags=["live"])
REFUSED = {frozenset({401, 403, 404, 409, 422, 429}): Refusal}


class SessionOut(Schema):
    """A live session. `questions_open` says whether questions are taken, `slow_seconds` how long one person waits
    between two of them."""

    code: str
    title: str
    about: str
    state: str
    starts_at: datetime
    ends_at: datetime | None
    opened_at: datetime | None
    closed_at: datetime | None
    questions_open: bool = Field(alias="floor_open")
    hands_open: bool
    slow_seconds: int
    url: str = Field(alias="get_absolute_url")


class SessionList(Schema):
    """A stretch of sessions, those announced last first."""

    items: list[SessionOut]
    before: int | None


class QuestionOut(Schema):
    """A question for the panel. `author` is the name its author chose; one in state "merged" is part of `merged_into`,
    whose raises count for both. `state` is "held" when a moderator looks first."""

    id: int
    session: str
    author: str
    text: str
    state: str
    raises: int = Field(alias="raised")
    merged_into: int | None = Field(alias="merged_into_id")
    asked_at: datetime
    at_panel_at: datetime | None = Field(alias="put_at")
    answered_at: datetime | None
    answer: str
    url: str

    @staticmethod
    def resolve_session(question: Question) -> str:
        return question.session.code

    @staticmethod
    def resolve_author(question: Question) -> str:
        return question.author.display_name

    @staticmethod
    def resolve_url(question: Question) -> str:
        return f"{question.session.get_absolute_url()}#q{question.pk}"


class QuestionList(Schema):
    """A stretch of questions, newest first."""

    items: list[QuestionOut]
    before: int | None


class QuestionIn(Schema):
    """A question to ask. Sent again with the same `client_id`, the first one comes back."""

    text: str
    client_id: str = Field(pattern=CLIENT_ID)


@router.get("spaces/{slug}/sessions", response=SessionList, summary=gettext_noop("Live sessions of a discussion"))
def index(request, slug: str, asked: Query[Stretch]):
    """Planned, open and closed ones."""
    rows, before = stretch(LiveSession.objects.filter(space=space_or_404(slug)), asked)
    return {"items": rows, "before": before}


@router.get("spaces/{slug}/sessions/{code}", response=SessionOut, summary=gettext_noop("One live session"))
def one(request, slug: str, code: str):
    """By its room code."""
    return session_of(slug, code)


@router.get(
    "spaces/{slug}/sessions/{code}/questions",
    response=QuestionList,
    summary=gettext_noop("Questions of a live session"),
)
def asked_in(request, slug: str, code: str, asked: Query[Stretch]):
    """Published ones, newest first."""
    rows = Question.objects.published().filter(session=session_of(slug, code))
    found, before = stretch(questions.with_counts(rows), asked)
    return {"items": found, "before": before}


@router.post(
    "spaces/{slug}/sessions/{code}/questions",
    response={201: QuestionOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Ask the panel"),
)
def ask(request, slug: str, code: str, sent: QuestionIn):
    """In the name of the member whose token is used, while the session takes questions."""
    question = live.ask(
        session=session_of(slug, code),
        author=request.auth,
        text=sent.text,
        client_id=sent.client_id,
        channel=Channel.API,
    )
    return Status(201, _counted(question.pk))


@router.get(
    "spaces/{slug}/sessions/{code}/questions/{int:pk}", response=QuestionOut, summary=gettext_noop("One question")
)
def one_question(request, slug: str, code: str, pk: int):
    """A published one."""
    return _counted(_question(slug, code, pk).pk)


@router.put(
    "spaces/{slug}/sessions/{code}/questions/{int:pk}/raise",
    response={200: QuestionOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Raise a question"),
)
def raise_question(request, slug: str, code: str, pk: int):
    """Sent twice, it counts once. One that was joined with another is raised there; that one comes back."""
    question = _question(slug, code, pk).carrier
    live.raise_question(question=question, member=request.auth, channel=Channel.API)
    return _counted(question.pk)


@router.delete(
    "spaces/{slug}/sessions/{code}/questions/{int:pk}/raise",
    response={200: QuestionOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Take a raise back"),
)
def lower_question(request, slug: str, code: str, pk: int):
    """Harmless without one."""
    question = _question(slug, code, pk).carrier
    live.lower_question(question=question, member=request.auth)
    return _counted(question.pk)


@router.delete(
    "spaces/{slug}/sessions/{code}/questions/{int:pk}",
    response={204: None, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Take one's own question back"),
)
def withdraw(request, slug: str, code: str, pk: int):
    """While nobody else raises it; its words are erased."""
    rows = Question.objects.filter(session=session_of(slug, code), pk=pk).select_related("session")
    question = rows.exclude(state__in=[Question.State.HIDDEN, Question.State.WITHDRAWN]).first()
    if question is None or (question.state == Question.State.HELD and question.author_id != request.auth.pk):
        raise Http404
    live.withdraw_question(question=question, author=request.auth)
    return Status(204, None)


def session_of(slug: str, code: str) -> LiveSession:
    """A session of a space that the public may see, by its room code. Raises Http404."""
    found = LiveSession.objects.filter(space=space_or_404(slug), code=code).first()
    if found is None:
        raise Http404
    return found


def _question(slug: str, code: str, pk: int) -> Question:
    """A published question of this session."""
    rows = Question.objects.published().filter(session=session_of(slug, code), pk=pk)
    found = rows.select_related("session", "merged_into__session").first()
    if found is None:
        raise Http404
    return found


def _counted(pk: int) -> Question:
    return questions.with_counts(Question.objects.filter(pk=pk)).get()

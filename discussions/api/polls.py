"""Quick polls of live sessions through the interface for programs."""

from typing import Annotated

from django.http import Http404
from django.utils.translation import gettext_noop
from ninja import Field, Router, Schema

from discussions import live, poll_results
from discussions.api.access import TokenAccess, space_or_404
from discussions.api.pages import LARGEST_ID
from discussions.api.shapes import Refusal
from discussions.models import Channel, QuickPoll
from discussions.poll_results import PollView

router = Router(tags=["live"])
REFUSED = {frozenset({400, 401, 403, 404, 422, 429}): Refusal}


class ChoiceOut(Schema):
    """A choice or step; answers name it by its value. `votes` is null until the result is shown."""

    value: int
    label: str
    votes: int | None


class WordOut(Schema):
    """Words that at least two people said."""

    text: str
    people: int


class LevelOut(Schema):
    """The answers of people known equally surely; parts of fewer than five people stand together."""

    label: str
    people: int
    votes: list[int] = Field(alias="counts")


class PollOut(Schema):
    """A poll that people have seen. Until its result is shown only `people` is told."""

    id: int
    kind: str
    question: str
    state: str
    revealed: bool
    people: int
    choices: list[ChoiceOut]
    ends: list[str]
    mean: float | None
    median: float | None
    words: list[WordOut]
    other_words: int
    by_level: list[LevelOut]


class PollList(Schema):
    """The polls of a session, the oldest first."""

    items: list[PollOut]


class AnswerIn(Schema):
    """A whole answer: values of choices, or words, whichever the poll takes."""

    options: list[Annotated[int, Field(ge=0, le=99)]] = Field(default=[], max_length=20)
    words: list[Annotated[str, Field(max_length=200)]] = Field(default=[], max_length=10)


class AnswerOut(Schema):
    """An answer as it is kept. `held` of the words wait for a moderator."""

    people: int = Field(alias="total")
    options: list[int]
    words: list[str]
    held: int


@router.get(
    "spaces/{slug}/sessions/{code}/polls", response=PollList, summary=gettext_noop("Quick polls of a live session")
)
def index(request, slug: str, code: str):
    """Those that people have seen, with what may be told of the answers."""
    rows = _seen(slug, code)
    return {"items": [_told(view) for view in poll_results.polls(rows)]}


@router.put(
    "spaces/{slug}/sessions/{code}/polls/{int:pk}/answer",
    response={200: AnswerOut, **REFUSED},
    auth=TokenAccess(),
    summary=gettext_noop("Answer a quick poll, or change one's answer"),
)
def answer(request, slug: str, code: str, pk: int, sent: AnswerIn):
    """Sent twice it is one answer; a new one replaces the old one as a whole."""
    poll = _seen(slug, code).filter(pk=pk).first() if pk <= LARGEST_ID else None
    if poll is None:
        raise Http404
    return live.answer_poll(poll=poll, member=request.auth, options=sent.options, words=sent.words, channel=Channel.API)


def _seen(slug: str, code: str):
    rows = QuickPoll.objects.filter(session__space=space_or_404(slug), session__code=code.replace("\x00", ""))
    return rows.exclude(state=QuickPoll.State.READY).select_related("session")


def _told(view: PollView) -> dict:
    poll = view.poll
    return {
        "id": poll.pk,
        "kind": poll.kind,
        "question": poll.question,
        "state": poll.state,
        "revealed": poll.revealed,
        "people": view.total,
        "choices": [
            {"value": option["value"], "label": str(option["label"]), "votes": option["votes"] if view.shows else None}
            for option in view.options
        ],
        "ends": view.ends,
        "mean": view.mean,
        "median": view.median,
        "words": view.words,
        "other_words": view.rest,
        "by_level": view.split,
    }

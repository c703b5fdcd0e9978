"""Events as frames: what every open page of a space is told, rendered once per language for all of them.

A frame says how things stand, never what to add or subtract, so the newest frame about a thing replaces the earlier
ones: within a batch only the last one about each thing is rendered. Words are read when a frame is made, so those that
were hidden or withdrawn meanwhile are not in it. docs/protocol.md shows each kind.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from discussions import events, rooms, threads
from discussions.models import Comment, Event, LiveSession, Phase, Question, QuickPoll, Space, State
from discussions.views.comments import comment_context

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
COMMENT = "discussions/components/comment.html"
QUESTION = "discussions/live/question_item.html"
POLL = "discussions/live/poll.html"

Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing as it stands after event `seq`. `texts` holds the encoded frame by language code."""

    key: Key
    seq: int
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """All news up to event `seq`. When not `complete`, more was missed than a page of events: fetch the page anew."""

    seq: int
    frames: list[Frame]
    complete: bool = True


def load(space_id: int, after: int) -> Batch:
    """The frames of a space after event `after`, as any reader may see them: a fixed number of queries."""
    found = events.since(space_id, after)
    if not found:
        return Batch(after, [])
    if len(found) == events.PAGE and (newest := events.last_seq(space_id)) > found[-1].seq:
        return Batch(newest, [], complete=False)
    seq = found[-1].seq
    if not Space.objects.exclude(phase=Phase.DRAFT).filter(pk=space_id).exists():
        return Batch(seq, [])
    return Batch(seq, _frames(space_id, found))


def encoded(content: dict) -> str:
    """A frame as it goes over the wire."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def gap(seq: int) -> str:
    """The frame that says: too much was missed, fetch the page anew; what follows continues after `seq`."""
    return encoded({"type": "gap", "seq": seq})


def _frames(space_id: int, found: list[Event]) -> list[Frame]:
    last: dict[Key, Event] = {}
    for event in found:
        key = _key(event)
        last.pop(key, None)
        last[key] = event
    sources = _Sources(space_id, list(last))
    made = (_frame(key, event, sources) for key, event in last.items())
    return [frame for frame in made if frame is not None]


def _key(event: Event) -> Key:
    """What an event is about."""
    family, _dot, verb = event.type.partition(".")
    if family == "reply" and "comment" in event.data:
        return "comment", event.data["comment"]
    if verb in {"raised", "voted"}:
        return event.type, event.data["id"]
    return family, event.data.get("id", 0)


class _Sources:
    """The rows a batch speaks of, read together."""

    def __init__(self, space_id: int, keys: list[Key]):
        wanted = {name: [pk for family, pk in keys if family.partition(".")[0] == name] for name in SOURCES}
        comments = Comment.objects.filter(pk__in=wanted["comment"], space=space_id).select_related("author", "space")
        self.comments = {comment.pk: comment for comment in comments} if wanted["comment"] else {}
        self.answers = threads.answers_to(list(self.comments)) if self.comments else {}
        questions = Question.objects.filter(pk__in=wanted["question"], session__space=space_id)
        self.questions = {row.pk: row for row in rooms.questions(questions)} if wanted["question"] else {}
        polls = QuickPoll.objects.filter(pk__in=wanted["poll"], session__space=space_id)
        self.polls = {view.poll.pk: view for view in rooms.polls(polls)} if wanted["poll"] else {}
        sessions = LiveSession.objects.filter(pk__in=wanted["session"], space=space_id)
        self.sessions = {row.pk: row for row in sessions} if wanted["session"] else {}


SOURCES = ("comment", "question", "poll", "session")


def _frame(key: Key, event: Event, sources: _Sources) -> Frame | None:
    """None when the thing is gone: there is nothing left to tell."""
    maker = _MAKERS.get(key[0], _bare)
    made = maker(key[1], sources)
    if made is None:
        return None
    facts, render = made
    head = {"type": event.type, "seq": event.seq, "id": str(key[1])}
    texts = {}
    for language in LANGUAGES:
        with translation.override(language):
            html = {"html": render()} if render is not None else {}
            texts[language] = encoded({**head, **facts, **html})
    return Frame(key, event.seq, texts)


Made = tuple[dict, Callable[[], str] | None] | None


def _comment(pk: int, sources: _Sources) -> Made:
    comment = sources.comments.get(pk)
    if comment is None or comment.state == State.HELD:
        # Words that wait for a moderator are told to nobody; they arrive with comment.released.
        return None
    facts = {
        "root": str(comment.root_id or comment.pk),
        "parent": str(comment.parent_id) if comment.parent_id else None,
        "state": comment.state,
    }
    answers = sources.answers.get(pk)
    return facts, lambda: render_to_string(COMMENT, comment_context(comment, answers=answers))


def _question(pk: int, sources: _Sources) -> Made:
    question = sources.questions.get(pk)
    if question is None:
        return None
    facts = {"session": question.session.code, "state": question.state, "raises": question.raised}
    if question.state == Question.State.HIDDEN:
        return facts, None
    return facts, lambda: render_to_string(QUESTION, {"question": question, "session": question.session})


def _raises(pk: int, sources: _Sources) -> Made:
    question = sources.questions.get(pk)
    return question and ({"session": question.session.code, "raises": question.raised}, None)


def _poll(pk: int, sources: _Sources) -> Made:
    view = sources.polls.get(pk)
    if view is None:
        return None
    poll = view.poll
    facts = {"session": poll.session.code, "state": poll.state, "revealed": poll.revealed, "total": view.total}
    if poll.state == QuickPoll.State.READY:
        return facts, None
    return facts, lambda: render_to_string(POLL, {"view": view, "session": poll.session})


def _votes(pk: int, sources: _Sources) -> Made:
    view = sources.polls.get(pk)
    if view is None:
        return None
    facts = {"session": view.poll.session.code, "total": view.total}
    if not view.poll.revealed:
        return facts, None
    return facts, lambda: render_to_string(POLL, {"view": view, "session": view.poll.session})


def _session(pk: int, sources: _Sources) -> Made:
    session = sources.sessions.get(pk)
    return session and ({"session": session.code, "state": session.state, "floor": session.floor_open}, None)


def _bare(_pk: int, _sources: _Sources) -> Made:
    """What this version shows nowhere: pages learn that it happened."""
    return {}, None


_MAKERS: dict[str, Callable[[int, _Sources], Made]] = {
    "comment": _comment,
    "question": _question,
    "question.raised": _raises,
    "poll": _poll,
    "poll.voted": _votes,
    "session": _session,
}

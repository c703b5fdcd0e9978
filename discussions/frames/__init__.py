"""Events as frames: what every open page of a space is told, rendered once per language for all of them.

A frame says how things stand, never what to add or subtract, so the newest frame about a thing replaces the earlier
ones: within a batch only the last one about each thing is rendered. Words are read when a frame is made, so those that
were hidden or withdrawn meanwhile are not in it. docs/protocol.md shows each kind.

Each noun has a module of its own here: `rows` reads the things of a batch together, and for each thing there is a
function that says what a frame about it tells.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils import translation

from discussions import events
from discussions.frames import agenda, comments, hands, lines, polls, questions, sessions, statements
from discussions.frames.wire import LANGUAGES, Batch, Frame, Key, Made, encoded, gap
from discussions.models import Event, Phase, Space

__all__ = ["LANGUAGES", "Batch", "Frame", "Key", "encoded", "gap", "load"]

Rows = Mapping[int, Any]

# How the things of a family are read: one fixed number of queries for all that a batch speaks of.
SOURCES: dict[str, Callable[[int, list[int]], Rows]] = {
    "agenda": agenda.rows,
    "comment": comments.rows,
    "hands": hands.rows,
    "line": lines.rows,
    "lines": lines.sessions,
    "poll": polls.rows,
    "poll_word": polls.words,
    "question": questions.rows,
    "session": sessions.rows,
    "silence": hands.silences,
    "statement": statements.rows,
}
# What is told of a thing. "question.raised" is about a question as well, and says only how many raise it.
MAKERS: dict[str, Callable[[Any], Made]] = {
    "agenda": agenda.agenda,
    "comment": comments.comment,
    "hands": hands.hands,
    "line": lines.line,
    "lines": lines.total,
    "poll": polls.poll,
    "poll.voted": polls.votes,
    "poll_word": polls.word,
    "question": questions.question,
    "question.raised": questions.raises,
    "session": sessions.session,
    "silence": hands.silence,
    "statement": statements.statement,
    "statement.voted": statements.votes,
}
# What is told of a thing that is gone, from what its event says.
LEAVERS: dict[str, Callable[[dict], Made]] = {"poll.removed": polls.removed}
# Their newest frame says less than the one before about the same thing, so it does not replace it.
APART = frozenset({"raised", "voted"})


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


def _frames(space_id: int, found: list[Event]) -> list[Frame]:
    last: dict[Key, Event] = {}
    for event in found:
        key = _key(event)
        last.pop(key, None)
        last[key] = event
    rows = _rows(space_id, list(last))
    made = (_frame(key, event, rows) for key, event in last.items())
    return [frame for frame in made if frame is not None]


def _key(event: Event) -> Key:
    """What an event is about."""
    family, _dot, verb = event.type.partition(".")
    if family == "reply" and "comment" in event.data:
        return "comment", event.data["comment"]
    if verb in APART:
        return event.type, event.data["id"]
    return family, event.data.get("id", 0)


def _rows(space_id: int, keys: list[Key]) -> dict[str, Rows]:
    wanted: dict[str, list[int]] = {}
    for name, pk in keys:
        wanted.setdefault(_family(name), []).append(pk)
    return {family: SOURCES[family](space_id, pks) for family, pks in wanted.items() if family in SOURCES}


def _family(name: str) -> str:
    return name.partition(".")[0]


def _frame(key: Key, event: Event, rows: dict[str, Rows]) -> Frame | None:
    """None when the thing is gone: there is nothing left to tell. What no maker knows is told by its number alone."""
    name, pk = key
    made: Made = ({}, None)
    if name in MAKERS:
        row = rows[_family(name)].get(pk)
        made = MAKERS[name](row) if row is not None else None
    if event.type in LEAVERS:
        made = LEAVERS[event.type](event.data)
    if made is None:
        return None
    facts, render = made
    head = {"type": event.type, "seq": event.seq, "id": str(pk)}
    texts = {}
    for language in LANGUAGES:
        with translation.override(language):
            html = {"html": render()} if render is not None else {}
            texts[language] = encoded({**head, **facts, **html})
    return Frame(key, event.seq, texts)

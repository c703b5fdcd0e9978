"""Frames about quick polls."""

from django.template.loader import render_to_string

from discussions import rooms
from discussions.frames.wire import Made
from discussions.models import QuickPoll

TEMPLATE = "discussions/live/poll.html"


def rows(space_id: int, pks: list[int]) -> dict[int, rooms.PollView]:
    """The polls of a space by id, with their counts."""
    found = rooms.polls(QuickPoll.objects.filter(pk__in=pks, session__space=space_id))
    return {view.poll.pk: view for view in found}


def poll(view: rooms.PollView) -> Made:
    """A poll as it stands; one that is not open yet is not shown."""
    row = view.poll
    facts = {"session": row.session.code, "state": row.state, "revealed": row.revealed, "total": view.total}
    return facts, None if row.state == QuickPoll.State.READY else lambda: _rendered(view)


def votes(view: rooms.PollView) -> Made:
    """How many people answered; what they answered once the result is revealed."""
    facts = {"session": view.poll.session.code, "total": view.total}
    return facts, (lambda: _rendered(view)) if view.poll.revealed else None


def _rendered(view: rooms.PollView) -> str:
    return render_to_string(TEMPLATE, {"view": view, "session": view.poll.session})

"""Frames about the agenda of a live session. Its id is that of the session."""

from django.template.loader import render_to_string

from discussions.frames.wire import Made
from discussions.live import agendas
from discussions.models import LiveSession

TEMPLATE = "discussions/live/agenda.html"


def rows(space_id: int, pks: list[int]) -> dict[int, LiveSession]:
    """The sessions of a space by id, with their agendas."""
    return agendas.with_agenda(LiveSession.objects.filter(space=space_id)).in_bulk(pks)


def agenda(session: LiveSession) -> Made:
    """All points with their documents, and at which one the room is."""
    facts = {"session": session.code, "item": str(session.current_item_id) if session.current_item_id else None}
    return facts, lambda: render_to_string(TEMPLATE, {"agenda": agendas.read(session)})

"""Frames about statements: what a session votes on now. Other statements are told by their number alone."""

from django.template.loader import render_to_string

from discussions.frames.wire import Made
from discussions.models import LiveSession, State, Statement
from discussions.stages import StatementView

TEMPLATE = "discussions/live/statement.html"


def rows(space_id: int, pks: list[int]) -> dict[int, StatementView]:
    """Statements of a space by id, each with the session that votes on it, if one does."""
    found = Statement.objects.filter(pk__in=pks, space=space_id).select_related("space").in_bulk()
    on = {session.statement_id: session for session in LiveSession.objects.filter(space=space_id, statement__in=pks)}
    return {pk: StatementView(on.get(pk), statement) for pk, statement in found.items()}


def statement(view: StatementView) -> Made:
    """A statement that a session votes on, as it stands; a hidden one has no words."""
    if view.session is None:
        return {}, None
    is_public = view.statement.state == State.VISIBLE
    facts = {
        "session": view.session.code,
        "state": view.statement.state,
        "revealed": view.revealed,
        "total": view.total,
    }
    return facts, (lambda: _rendered(view)) if is_public else None


def votes(view: StatementView) -> Made:
    """How many people have voted; how, once the result is revealed."""
    if view.session is None:
        return {}, None
    shows = view.revealed and view.statement.state == State.VISIBLE
    return {"session": view.session.code, "total": view.total}, (lambda: _rendered(view)) if shows else None


def _rendered(view: StatementView) -> str:
    return render_to_string(TEMPLATE, {"view": view, "session": view.session})

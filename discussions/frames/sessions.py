"""Frames about live sessions."""

from discussions.frames.wire import Made
from discussions.models import LiveSession


def rows(space_id: int, pks: list[int]) -> dict[int, LiveSession]:
    """The sessions of a space by id."""
    return LiveSession.objects.filter(space=space_id).in_bulk(pks)


def session(row: LiveSession) -> Made:
    """Whether the session is on and takes questions, and the statement it votes on."""
    statement = str(row.statement_id) if row.statement_id else None
    return {"session": row.code, "state": row.state, "floor": row.floor_open, "statement": statement}, None

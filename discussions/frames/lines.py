"""Frames about the transcript."""

from django.db.models import Count, Q
from django.template.loader import render_to_string

from discussions.frames.wire import Made
from discussions.models import LiveSession, State, TranscriptLine

TEMPLATE = "discussions/live/transcript_line.html"


def rows(space_id: int, pks: list[int]) -> dict[int, TranscriptLine]:
    """The lines of a space by id."""
    return TranscriptLine.objects.filter(session__space=space_id).select_related("session").in_bulk(pks)


def line(row: TranscriptLine) -> Made:
    """A line as it stands. One that was taken back or hidden has no words."""
    facts = {"session": row.session.code, "number": row.number, "at": row.starts_ms, "state": row.state}
    if row.state != State.VISIBLE:
        return facts, None
    return facts, lambda: render_to_string(TEMPLATE, {"line": row, "session": row.session})


def sessions(space_id: int, pks: list[int]) -> dict[int, LiveSession]:
    """The sessions of a space by id, each with the number of its lines."""
    shown = Count("lines", filter=Q(lines__state=State.VISIBLE))
    return LiveSession.objects.filter(space=space_id).annotate(shown_lines=shown).in_bulk(pks)


def total(row: LiveSession) -> Made:
    """How many lines there are now that many came at once: pages fetch the latest anew."""
    return {"session": row.code, "lines": row.shown_lines}, None

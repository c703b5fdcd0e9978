"""Frames about who waits to speak, and about the floor that was taken from somebody: never with a name."""

from discussions import queues
from discussions.frames.wire import Made
from discussions.models import LiveSession, Silence


def rows(space_id: int, pks: list[int]) -> dict[int, queues.Line]:
    """The queues of the sessions of a space, by id of the session."""
    return queues.lines(LiveSession.objects.filter(space=space_id).in_bulk(pks))


def hands(line: queues.Line) -> Made:
    """Who has a hand up finds its number in `order`: the numbers of those whose turn comes first, parted by spaces."""
    facts = {
        "session": line.session.code,
        "open": line.session.hands_open,
        "waiting": line.waiting,
        "order": " ".join(map(str, line.ids)),
        "speaking": None if line.speaking is None else str(line.speaking),
    }
    return facts, None


def silences(space_id: int, pks: list[int]) -> dict[int, Silence]:
    """The silences of a space by id."""
    return Silence.objects.filter(session__space=space_id).select_related("session").in_bulk(pks)


def silence(row: Silence) -> Made:
    """That a floor was taken or given back in this session, for its desks."""
    return {"session": row.session.code}, None

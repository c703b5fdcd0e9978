"""What every action of a live session has in common: the lock, the right to lead, and one event for each change.

Every action locks the space, so that its events are numbered in the order in which things happened.
"""

from discussions import events, rules
from discussions.models import LiveSession, Member, Space


def locked_session(session: LiveSession) -> tuple[Space, LiveSession]:
    """The space, locked, and the session as it stands now."""
    space = events.lock(session.space_id)
    return space, LiveSession.objects.get(pk=session.pk)


def led_session(session: LiveSession, facilitator: Member) -> tuple[Space, LiveSession]:
    """The same, for somebody who leads the room. Raises NotAllowed."""
    rules.require(rules.may_facilitate(facilitator))
    return locked_session(session)


def write_session(space: Space, session: LiveSession, **changes) -> None:
    """Change a locked session; appends session.state when something is different."""
    if changed(session, changes):
        tell_session(space, session)


def tell_session(space: Space, session: LiveSession) -> None:
    """Append session.state: the session is not as it was."""
    events.append(space, "session.state", {"id": session.pk})


def changed(row, changes: dict) -> bool:
    """Write what is different. False when nothing is: an action done twice is one event."""
    different = {name: value for name, value in changes.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    if different:
        row.save(update_fields=list(different))
    return bool(different)

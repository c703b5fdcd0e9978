"""Announce, open and close a live session, and its floor. One function is one action is one transaction."""

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from discussions import events, rules, wording
from discussions.live.leading import led_session, tell_session, write_session
from discussions.live.polls import close_polls
from discussions.live.questions import clear_panel
from discussions.models import LiveSession, Member, Space

TITLE_LIMIT = 200
# No letters or digits that are mistaken for each other when a code is read out in a hall.
CODE_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 6


def plan_session(*, space: Space, facilitator: Member, title: str, starts_at: datetime) -> LiveSession:
    """Announce a session and give it a room code; appends session.state. Raises InvalidText, NotAllowed."""
    with transaction.atomic():
        space = events.lock(space.pk)
        rules.require(rules.may_facilitate(facilitator))
        title = wording.cleaned_line(title, limit=TITLE_LIMIT)
        code = "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))
        session = LiveSession.objects.create(space=space, code=code, title=title, starts_at=starts_at)
        tell_session(space, session)
    return session


def open_session(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Begin, or take a closed session up again: its clock goes on from the first opening. Appends session.state."""
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        opened_at = session.opened_at or timezone.now()
        write_session(space, session, state=LiveSession.State.OPEN, opened_at=opened_at, closed_at=None)
    return session


def close_session(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """End the session and every poll still open; what was said stays. Appends poll.state and session.state.

    A question left at the panel goes back to the list: only the facilitator says that it was answered.
    """
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        close_polls(space, session)
        clear_panel(space, session)
        if session.state != LiveSession.State.CLOSED:
            write_session(space, session, state=LiveSession.State.CLOSED, closed_at=timezone.now())
    return session


def open_floor(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Take questions; appends session.state."""
    return _changed_session(session, facilitator, floor_open=True)


def close_floor(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Take no more questions and raises for now; appends session.state."""
    return _changed_session(session, facilitator, floor_open=False)


def _changed_session(session: LiveSession, facilitator: Member, **changes) -> LiveSession:
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        write_session(space, session, **changes)
    return session

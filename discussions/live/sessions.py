"""Announce, change, open and close a live session, and its floor. One function is one action is one transaction."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, owed, rules, wording
from discussions.errors import CivicError, NotAllowed
from discussions.live import videos
from discussions.live.agenda import leave_item
from discussions.live.hands import clear_hands
from discussions.live.leading import led_session, tell_session, write_session
from discussions.live.panel import clear_panel
from discussions.live.polls import close_polls
from discussions.live.statements import clear_statement
from discussions.models import LiveSession, Member, Space

TITLE_LIMIT = 200
ABOUT_LIMIT = 2000
LONGEST = timedelta(hours=24)
# No letters or digits that are mistaken for each other when a code is read out in a hall.
CODE_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 6


@dataclass(frozen=True, slots=True)
class Plan:
    """What is announced of a session."""

    title: str
    starts_at: datetime
    ends_at: datetime | None = None
    about: str = ""
    video_url: str = ""

    def checked(self) -> dict:
        """The columns of the session. Raises InvalidText, CivicError."""
        if self.ends_at is not None and not self.starts_at < self.ends_at <= self.starts_at + LONGEST:
            raise CivicError(_("The end comes after the beginning, within a day. Please look at both."), code="dates")
        about = self.about.strip()
        return asdict(self) | {
            "title": wording.cleaned_line(self.title, limit=TITLE_LIMIT, missing=_("Please give the session a title.")),
            "about": wording.cleaned(about, limit=ABOUT_LIMIT) if about else "",
            "video_url": videos.read(self.video_url).page if self.video_url.strip() else "",
        }


def plan_session(*, space: Space, facilitator: Member, **announced) -> LiveSession:
    """Announce a session (the fields of `Plan`) and give it a room code; appends session.state.

    Raises InvalidText, CivicError, NotAllowed.
    """
    plan = Plan(**announced)
    with transaction.atomic():
        space = events.lock(space.pk)
        rules.require(rules.may_facilitate(facilitator))
        code = "".join(secrets.choice(CODE_SIGNS) for _sign in range(CODE_LENGTH))
        session = LiveSession.objects.create(space=space, code=code, **plan.checked())
        tell_session(space, session)
    return session


def change_session(*, session: LiveSession, facilitator: Member, **announced) -> LiveSession:
    """Announce it anew (the fields of `Plan`); appends session.state and agenda.changed. The time at which it was to
    begin stands still once it has begun.

    Raises InvalidText, CivicError, NotAllowed.
    """
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        changes = Plan(**announced).checked()
        if session.opened_at is not None and changes["starts_at"] != session.starts_at:
            words = _("This session has begun: the time at which it was announced stays as it is.")
            raise NotAllowed(words, code="session_begun")
        write_session(space, session, **changes)
        events.append(space, "agenda.changed", {"id": session.pk})
    return session


def open_session(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Begin, or take a closed session up again: its clock goes on from the first opening. Appends session.state."""
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        opened_at = session.opened_at or timezone.now()
        write_session(space, session, state=LiveSession.State.OPEN, opened_at=opened_at, closed_at=None)
    return session


def close_session(*, session: LiveSession, facilitator: Member, hands_over: bool = True) -> LiveSession:
    """End the session and every poll still open; what was said stays. Appends poll.state and session.state.

    Questions without an answer are handed to the agency, whose answer clock starts (`owed.hand_over`), unless the
    facilitator puts that off: a session may only rest until the afternoon.

    A question left at the panel goes back to the list: only the facilitator says that it was answered.
    """
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        close_polls(space, session)
        clear_panel(space, session)
        clear_hands(space, session)
        leave_item(space, session)
        clear_statement(space, session)
        if session.state != LiveSession.State.CLOSED:
            now = timezone.now()
            write_session(space, session, state=LiveSession.State.CLOSED, closed_at=now)
            if hands_over:
                owed.hand_over(space, session, now)
    return session


def hand_questions_over(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Hand the questions without an answer to the agency now, where that was put off. Done twice, it is done once.

    Raises NotAllowed (also while the session is not closed).
    """
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        if session.state != LiveSession.State.CLOSED:
            raise NotAllowed(_("End the session first; then its questions can go to the agency."), code="not_closed")
        owed.hand_over(space, session, timezone.now())
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

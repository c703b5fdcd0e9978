"""Quick polls: prepared, opened, closed and revealed on cue. One function is one action is one transaction."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, rules, wording
from discussions.errors import CivicError, NotAllowed
from discussions.live.leading import changed, led_session
from discussions.models import LiveSession, Member, QuickPoll, Space

POLL_LIMIT = 200
OPTION_LIMIT = 80
OPTIONS = range(2, 9)
STEPS = range(3, 11)
MOST_POLLS = 60  # of one session
Kind = QuickPoll.Kind


def add_poll(
    *,
    session: LiveSession,
    facilitator: Member,
    question: str,
    options: Iterable[str] = (),
    kind: str = Kind.SINGLE,
    steps: int = 0,
) -> QuickPoll:
    """Prepare a poll, not open yet; appends poll.state.

    One choice or several are made of two to eight `options`; a scale has 3 to 10 `steps` and the names of both its ends
    as options; words of people's own have neither. Raises InvalidText, CivicError, NotAllowed.
    """
    content = _content(question, kind, options, steps)
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        return _made(space, session, content)


def change_poll(
    *,
    poll: QuickPoll,
    facilitator: Member,
    question: str,
    options: Iterable[str] = (),
    kind: str = Kind.SINGLE,
    steps: int = 0,
) -> QuickPoll:
    """Write a prepared poll anew, until it is opened for the first time; appends poll.state. Raises as `add_poll`."""
    content = _content(question, kind, options, steps)
    with transaction.atomic():
        space, poll = _prepared(poll, facilitator)
        _write_poll(space, poll, **content)
    return poll


def copy_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Prepare the same question once more, without its answers; appends poll.state."""
    with transaction.atomic():
        space, poll = _led_poll(poll, facilitator)
        content = {name: getattr(poll, name) for name in ("question", "kind", "options", "steps")}
        return _made(space, poll.session, content)


def remove_poll(*, poll: QuickPoll, facilitator: Member) -> None:
    """Throw a prepared poll away. One that was open stays in the record. Appends poll.removed."""
    with transaction.atomic():
        space, poll = _prepared(poll, facilitator)
        # The code, because the poll is gone when pages are told.
        data = {"id": poll.pk, "session": poll.session_id, "code": poll.session.code}
        poll.delete()
        events.append(space, "poll.removed", data)


def open_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Let people answer, or let them go on with the answers there are; appends poll.state. Raises NotAllowed while the
    session is not open."""
    with transaction.atomic():
        space, poll = _led_poll(poll, facilitator)
        if poll.session.state != LiveSession.State.OPEN:
            raise NotAllowed(_("Open the session first; then polls can be opened."), code="session_not_open")
        if poll.state != QuickPoll.State.OPEN:
            opened_at = poll.opened_at or timezone.now()
            _write_poll(space, poll, state=QuickPoll.State.OPEN, opened_at=opened_at, closed_at=None)
    return poll


def close_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Take no more answers; appends poll.state. Raises NotAllowed for a poll that was never open."""
    with transaction.atomic():
        space, poll = _begun(poll, facilitator)
        _shut(space, poll)
    return poll


def reveal_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Show the result to everybody, while the poll is open or after; appends poll.state."""
    with transaction.atomic():
        space, poll = _begun(poll, facilitator)
        _write_poll(space, poll, revealed=True)
    return poll


def conceal_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Take the result off all screens again; appends poll.state."""
    with transaction.atomic():
        space, poll = _begun(poll, facilitator)
        _write_poll(space, poll, revealed=False)
    return poll


def close_polls(space: Space, session: LiveSession) -> None:
    """Close every poll still open; appends poll.state. The space is locked by the caller."""
    for poll in session.polls.filter(state=QuickPoll.State.OPEN):
        _shut(space, poll)


def _content(question: str, kind: str, options: Iterable[str], steps: int) -> dict:
    """What a poll asks, as it is stored. Raises InvalidText, CivicError when kind and choices do not fit."""
    words = wording.cleaned_line(question, limit=POLL_LIMIT, missing=_("Please write the question of the poll."))
    if kind not in Kind.values:
        raise CivicError(_("There is no poll of this kind."), code="unknown_kind")
    choices = list(dict.fromkeys(wording.cleaned_line(option, limit=OPTION_LIMIT, least=1) for option in options))
    if kind in (Kind.SINGLE, Kind.MULTIPLE) and len(choices) not in OPTIONS:
        raise CivicError(
            _("A poll needs %(least)d to %(most)d different choices, each on a line of its own.")
            % {"least": OPTIONS.start, "most": OPTIONS.stop - 1},
            code="choices",
        )
    if kind == Kind.SCALE and (len(choices) != 2 or steps not in STEPS):
        raise CivicError(
            _("A scale needs %(least)d to %(most)d steps and the names of its two ends, each on a line of its own.")
            % {"least": STEPS.start, "most": STEPS.stop - 1},
            code="scale",
        )
    if kind == Kind.WORDS and choices:
        raise CivicError(
            _("People answer this poll in their own words, so it has no choices. Please empty that field."),
            code="choices",
        )
    return {"question": words, "kind": kind, "options": choices, "steps": steps if kind == Kind.SCALE else 0}


def _made(space: Space, session: LiveSession, content: dict) -> QuickPoll:
    if session.polls.count() >= MOST_POLLS:
        words = _("This session has %(most)d polls already. Remove one that is not needed any more.")
        raise NotAllowed(words % {"most": MOST_POLLS}, code="many_polls")
    poll = QuickPoll.objects.create(session=session, **content)
    _tell_poll(space, poll)
    return poll


def _shut(space: Space, poll: QuickPoll) -> None:
    if poll.state != QuickPoll.State.CLOSED:
        _write_poll(space, poll, state=QuickPoll.State.CLOSED, closed_at=timezone.now())


def _led_poll(poll: QuickPoll, facilitator: Member) -> tuple[Space, QuickPoll]:
    rules.require(rules.may_facilitate(facilitator))
    space = events.lock(poll.session.space_id)
    return space, QuickPoll.objects.select_related("session").get(pk=poll.pk)


def _begun(poll: QuickPoll, facilitator: Member) -> tuple[Space, QuickPoll]:
    """The poll, which people have seen. Raises NotAllowed."""
    space, poll = _led_poll(poll, facilitator)
    if poll.state == QuickPoll.State.READY:
        raise NotAllowed(rules.explained("poll_closed"), code="poll_closed")
    return space, poll


def _prepared(poll: QuickPoll, facilitator: Member) -> tuple[Space, QuickPoll]:
    """The poll, which nobody has seen yet. Raises NotAllowed."""
    space, poll = _led_poll(poll, facilitator)
    if poll.state != QuickPoll.State.READY:
        words = _("People have seen this poll, so it stays as it is. You can copy it and change the copy.")
        raise NotAllowed(words, code="poll_begun")
    return space, poll


def _write_poll(space: Space, poll: QuickPoll, **changes) -> None:
    if changed(poll, changes):
        _tell_poll(space, poll)


def _tell_poll(space: Space, poll: QuickPoll) -> None:
    events.append(space, "poll.state", {"id": poll.pk, "session": poll.session_id})

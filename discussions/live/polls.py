"""Quick polls: prepared, opened, closed and revealed on cue. One function is one action is one transaction."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, rules, wording
from discussions.errors import CivicError, NotAllowed
from discussions.live.leading import changed, led_session
from discussions.models import LiveSession, Member, PollVote, QuickPoll, Space

POLL_LIMIT = 200
OPTION_LIMIT = 80
OPTIONS = range(2, 9)


def add_poll(*, session: LiveSession, facilitator: Member, question: str, options: list[str]) -> QuickPoll:
    """Prepare a poll of two to eight choices, not open yet; appends poll.state. Raises InvalidText, NotAllowed."""
    words = wording.cleaned_line(question, limit=POLL_LIMIT)
    choices = list(dict.fromkeys(wording.cleaned_line(option, limit=OPTION_LIMIT, least=1) for option in options))
    if len(choices) not in OPTIONS:
        raise CivicError(
            _("A poll needs %(least)d to %(most)d different choices, each on a line of its own.")
            % {"least": OPTIONS.start, "most": OPTIONS.stop - 1},
            code="choices",
        )
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        poll = QuickPoll.objects.create(session=session, question=words, options=choices)
        _tell_poll(space, poll)
    return poll


def open_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Let people answer; appends poll.state. Raises NotAllowed while the session is not open."""
    with transaction.atomic():
        space, poll = _led_poll(poll, facilitator)
        if poll.session.state != LiveSession.State.OPEN:
            raise NotAllowed(_("Open the session first; then polls can be opened."), code="session_not_open")
        if poll.state != QuickPoll.State.OPEN:
            opened_at = poll.opened_at or timezone.now()
            _write_poll(space, poll, state=QuickPoll.State.OPEN, opened_at=opened_at, closed_at=None)
    return poll


def close_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Take no more answers; appends poll.state."""
    with transaction.atomic():
        space, poll = _led_poll(poll, facilitator)
        _shut(space, poll)
    return poll


def reveal_poll(*, poll: QuickPoll, facilitator: Member) -> QuickPoll:
    """Show the result to everybody, while the poll is open or after; appends poll.state."""
    with transaction.atomic():
        space, poll = _led_poll(poll, facilitator)
        if poll.state == QuickPoll.State.READY:
            raise NotAllowed(rules.explained("poll_closed"), code="poll_closed")
        _write_poll(space, poll, revealed=True)
    return poll


def answer_poll(*, poll: QuickPoll, member: Member, option: int) -> int:
    """Answer an open poll, or change one's answer; appends poll.voted when it is news. Returns how many answered.

    Raises NotAllowed, CivicError for a choice that does not exist.
    """
    with transaction.atomic():
        space = events.lock(poll.session.space_id)
        poll = QuickPoll.objects.select_related("session").get(pk=poll.pk)
        rules.require(rules.may_answer_poll(member, space, poll))
        if not 0 <= option < len(poll.options):
            words = _("This poll does not have that choice. Your earlier answer is safe.")
            raise CivicError(words, code="unknown_choice")
        before = PollVote.objects.filter(poll=poll, member=member).values_list("option", flat=True).first()
        if before != option:
            PollVote.objects.update_or_create(
                poll=poll, member=member, defaults={"option": option, "level": member.level}
            )
        total = poll.votes.count()
        if before != option:
            events.append(space, "poll.voted", {"id": poll.pk, "session": poll.session_id, "total": total})
    return total


def close_polls(space: Space, session: LiveSession) -> None:
    """Close every poll still open; appends poll.state. The space is locked by the caller."""
    for poll in session.polls.filter(state=QuickPoll.State.OPEN):
        _shut(space, poll)


def _shut(space: Space, poll: QuickPoll) -> None:
    if poll.state != QuickPoll.State.CLOSED:
        _write_poll(space, poll, state=QuickPoll.State.CLOSED, closed_at=timezone.now())


def _led_poll(poll: QuickPoll, facilitator: Member) -> tuple[Space, QuickPoll]:
    rules.require(rules.may_facilitate(facilitator))
    space = events.lock(poll.session.space_id)
    return space, QuickPoll.objects.select_related("session").get(pk=poll.pk)


def _write_poll(space: Space, poll: QuickPoll, **changes) -> None:
    if changed(poll, changes):
        _tell_poll(space, poll)


def _tell_poll(space: Space, poll: QuickPoll) -> None:
    events.append(space, "poll.state", {"id": poll.pk, "session": poll.session_id})

"""A statement of the space, put to the vote in the room. The vote is the one of the statements page: one person, one
vote, wherever it was cast. One function is one action."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, voting
from discussions.errors import NotAllowed, NotFound
from discussions.live.leading import changed, led_session, tell_session
from discussions.models import Channel, LiveSession, Member, Space, State, Statement, StatementShown, Vote


def put_statement(*, session: LiveSession, statement: Statement, facilitator: Member) -> LiveSession:
    """Let the room vote on a published statement of the space, in the place of the one before, its result not shown.
    Appends session.state and statement.state.

    Raises NotAllowed while the session is not open, NotFound for a statement that is not of this space or not public.
    """
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        if session.state != LiveSession.State.OPEN:
            words = _("Open the session first; then statements can be put to the vote.")
            raise NotAllowed(words, code="session_not_open")
        if not Statement.objects.published().filter(space=space, pk=statement.pk).exists():
            raise NotFound(_("This statement is not public in this discussion."))
        if LiveSession.objects.filter(statement=statement).exclude(pk=session.pk).exists():
            words = _("Another session votes on this statement now. Take it off there first.")
            raise NotAllowed(words, code="statement_elsewhere")
        if session.statement_id != statement.pk:
            _write(space, session, statement_id=statement.pk, statement_revealed=False)
            # What the record tells later.
            StatementShown.objects.get_or_create(
                session=session, statement=statement, defaults={"put_at": timezone.now()}
            )
    return session


def take_statement(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Take the statement off the screens; its votes stay. Appends session.state."""
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        clear_statement(space, session)
    return session


def reveal_statement(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Show how the room voted; appends session.state and statement.state. Raises NotFound when no statement is on."""
    return _set_revealed(session, facilitator, True)


def conceal_statement(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Take the result off the screens again; appends session.state and statement.state."""
    return _set_revealed(session, facilitator, False)


def vote_statement(
    *, session: LiveSession, statement: Statement, member: Member, value: int, channel: str = Channel.WEB
) -> Vote:
    """Vote on the statement that is on, or change one's vote; appends statement.voted when it is news.

    Raises NotAllowed (also when the statement has left the screens meanwhile), CivicError for an unknown value.
    """
    on = LiveSession.objects.filter(pk=session.pk, statement=statement.pk, state=LiveSession.State.OPEN)
    if not on.exists():
        words = _("The room has gone on to something else. You can vote on every statement on the statements page.")
        raise NotAllowed(words, code="statement_off")
    before = Vote.objects.filter(statement=statement, member_id=member.pk).values_list("value", flat=True).first()
    vote = voting.cast(statement=statement, member=member, value=value, channel=channel)
    if before != vote.value:
        # The vote itself needs no place in the order of events. Were it lost to the screens, the next one tells it.
        with transaction.atomic():
            space = events.lock(session.space_id)
            total = Statement.objects.get(pk=statement.pk).total
            events.append(space, "statement.voted", {"id": statement.pk, "session": session.pk, "total": total})
    return vote


def clear_statement(space: Space, session: LiveSession) -> None:
    """Nothing is voted on in the room any more; appends session.state. The space is locked by the caller."""
    if changed(session, {"statement_id": None, "statement_revealed": False}):
        tell_session(space, session)


def choices(space: Space, *, most: int = 100) -> list[Statement]:
    """Statements that can be put on, the newest first: public ones that still take votes."""
    open_ones = Statement.objects.filter(space=space, state=State.VISIBLE, closed_at=None)
    return list(open_ones.order_by("-id")[:most])


def _set_revealed(session: LiveSession, facilitator: Member, is_revealed: bool) -> LiveSession:
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        if session.statement_id is None:
            raise NotFound(_("No statement is on at the moment."))
        _write(space, session, statement_revealed=is_revealed)
        session.statements_shown.filter(statement=session.statement_id).update(revealed=is_revealed)
    return session


def _write(space: Space, session: LiveSession, **changes) -> None:
    if changed(session, changes):
        tell_session(space, session)
        events.append(space, "statement.state", {"id": session.statement_id, "session": session.pk})

"""Who asks to speak: hands go up and down, and are called in the order in which they were raised."""

from django.db import transaction
from django.utils import timezone

from discussions import events, rules
from discussions.live.fairness import require_heard
from discussions.live.leading import changed, led_session
from discussions.models import Channel, Hand, LiveSession, Member, Space

State = Hand.State


def open_hands(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Let people ask to speak; appends hands.changed."""
    return _switched(session, facilitator, hands_open=True)


def close_hands(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """Take no more hands; those that are up stay in the queue. Appends hands.changed."""
    return _switched(session, facilitator, hands_open=False)


def raise_hand(*, session: LiveSession, member: Member, channel: str = Channel.WEB) -> Hand:
    """Ask to speak; appends hands.changed when it is news. Whose hand is up keeps their place.

    Raises NotAllowed while the queue is closed, and for somebody whose floor was taken.
    """
    with transaction.atomic():
        space = events.lock(session.space_id)
        session = LiveSession.objects.get(pk=session.pk)
        hand = _raised(session, member)
        if hand is None:
            rules.require(rules.may_raise_hand(member, space, session))
            require_heard(session, member)
            hand = Hand.objects.create(
                session=session, member=member, raised_at=timezone.now(), level=member.level, channel=channel
            )
            _tell(space, session)
    return hand


def lower_hand(*, session: LiveSession, member: Member) -> None:
    """Take one's hand down, or say that one has spoken; appends hands.changed when it is news."""
    with transaction.atomic():
        space = events.lock(session.space_id)
        leave_queue(space, session, member)


def call_next(*, session: LiveSession, facilitator: Member) -> Hand | None:
    """Give the word to whoever has waited longest, None when nobody waits; whoever was speaking is done.

    Appends hands.changed when it is news. Raises NotAllowed.
    """
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        was_speaking = _end_speech(session)
        hand = session.hands.filter(state=State.UP).order_by("id").first()
        if hand is not None:
            changed(hand, {"state": State.SPEAKING, "called_at": timezone.now()})
        if hand is not None or was_speaking:
            _tell(space, session)
    return hand


def end_speech(*, session: LiveSession, facilitator: Member) -> None:
    """Say that whoever was speaking is done; appends hands.changed when it is news. Raises NotAllowed."""
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        if _end_speech(session):
            _tell(space, session)


def pass_over(*, hand: Hand, facilitator: Member) -> None:
    """Take somebody's hand down: they are not in the room any more. Appends hands.changed. Raises NotAllowed."""
    with transaction.atomic():
        space, session = led_session(hand.session, facilitator)
        if session.hands.filter(pk=hand.pk, state=State.UP).update(state=State.DOWN):
            _tell(space, session)


def leave_queue(space: Space, session: LiveSession, member: Member) -> None:
    """Somebody's hand comes down. The space is locked by the caller."""
    hand = _raised(session, member)
    if hand is not None:
        changed(hand, {"state": State.DONE if hand.state == State.SPEAKING else State.DOWN})
        _tell(space, session)


def clear_hands(space: Space, session: LiveSession) -> None:
    """The queue is over: nobody speaks, nobody waits. The space is locked by the caller."""
    waiting = session.hands.filter(state=State.UP).update(state=State.DOWN)
    is_closed = changed(session, {"hands_open": False})
    if _end_speech(session) or waiting or is_closed:
        _tell(space, session)


def _raised(session: LiveSession, member: Member) -> Hand | None:
    return session.hands.filter(member_id=member.pk, state__in=[State.UP, State.SPEAKING]).first()


def _end_speech(session: LiveSession) -> bool:
    return bool(session.hands.filter(state=State.SPEAKING).update(state=State.DONE))


def _switched(session: LiveSession, facilitator: Member, **changes) -> LiveSession:
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        if changed(session, changes):
            _tell(space, session)
    return session


def _tell(space: Space, session: LiveSession) -> None:
    """Events about the queue carry the id of its session."""
    waiting = session.hands.filter(state=State.UP).count()
    events.append(space, "hands.changed", {"id": session.pk, "session": session.pk, "waiting": waiting})

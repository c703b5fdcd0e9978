"""Keeping the floor fair: taking it from one person with a reason, and slowing it down for all."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, moderation, reasons, rules
from discussions.errors import CivicError
from discussions.live.hands import leave_queue
from discussions.live.leading import led_session, write_session
from discussions.models import LiveSession, Member, ModerationAct, Silence, Space, Target

SLOWEST = 600  # seconds between two questions of one person


def silence(*, session: LiveSession, member: Member, facilitator: Member, reason: str) -> Silence:
    """Take the floor from somebody for this session: no more questions, and their hand comes down. They are told with
    the reason; the public log says that it happened and why, not to whom. Appends silence.set.

    Done twice, the first one stands. Raises NotAllowed (oneself, another facilitator), NotFound (no such reason).
    """
    with transaction.atomic():
        rules.require(rules.may_silence(facilitator, member))
        space, session = led_session(session, facilitator)
        reasons.require(reason, space)
        made, is_new = Silence.objects.get_or_create(
            session=session,
            member=member,
            lifted_at=None,
            defaults={"by": facilitator, "reason": reason, "at": timezone.now()},
        )
        if is_new:
            leave_queue(space, session, member)
            _log(space, session, ModerationAct.Act.SILENCE, facilitator, reason)
            _tell(space, made, "set")
    return made


def lift(*, silence: Silence, facilitator: Member) -> Silence:
    """Give the floor back; appends silence.lifted. Raises NotAllowed."""
    with transaction.atomic():
        space, session = led_session(silence.session, facilitator)
        silence = Silence.objects.select_related("session").get(pk=silence.pk)
        if silence.lifted_at is None:
            silence.lifted_at = timezone.now()
            silence.save(update_fields=["lifted_at"])
            _log(space, session, ModerationAct.Act.LIFT, facilitator, silence.reason)
            _tell(space, silence, "lifted")
    return silence


def slow_down(*, session: LiveSession, facilitator: Member, seconds: int) -> LiveSession:
    """Take one question per person in so many seconds (0: as fast as the house allows); appends session.state.

    Raises NotAllowed, CivicError (more than SLOWEST).
    """
    if not 0 <= seconds <= SLOWEST:
        words = _("Please choose between 0 and %(most)d seconds.") % {"most": SLOWEST}
        raise CivicError(words, code="seconds")
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        write_session(space, session, slow_seconds=seconds)
    return session


def _log(space: Space, session: LiveSession, act: str, moderator: Member, reason: str) -> None:
    moderation.log(space, act, Target.SESSION, session.pk, moderator, reason)


def _tell(space: Space, made: Silence, verb: str) -> None:
    events.append(space, f"silence.{verb}", {"id": made.pk, "session": made.session_id})

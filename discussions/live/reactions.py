"""Reactions in a live session: a few fixed signs, counted for a moment, kept nowhere and told of nobody.

Nothing is written: no row, no event. What remains of one for some seconds is that this person pressed lately, so that
nobody fills the screens, and that this press was counted, so that a frame sent again is not counted twice.
"""

from enum import StrEnum

from django.utils.translation import gettext as _

from discussions import hub, pace, rules
from discussions.errors import CivicError, NotAllowed, TooSoon
from discussions.models import LiveSession, Member

MOST, SECONDS = 10, 10  # presses of one person
COUNTED_ONCE = 60  # seconds in which the same press is not counted again


class Kind(StrEnum):
    """What can be said with one press. Each has an icon of its name in the sprite."""

    CLAP = "clap"
    THANKS = "thanks"
    UNCLEAR = "unclear"
    SLOWER = "slower"
    LOUDER = "louder"


def react(*, session: LiveSession, member: Member, kind: str, client_id: str) -> None:
    """Show a sign to everybody for a moment. The same `client_id` again shows nothing.

    Raises NotAllowed (also while the session is not open), TooSoon, CivicError for a sign that there is not.
    """
    if kind not in Kind.__members__.values():
        raise CivicError(_("There is no such sign."), code="unknown_reaction")
    session = LiveSession.objects.select_related("space").get(pk=session.pk)
    rules.require(rules.may_contribute(member, session.space, rules.Verb.ASK))
    if session.state != LiveSession.State.OPEN:
        raise NotAllowed(_("Signs are shown while the session is on."), code="session_closed")
    if not pace.is_within(f"reacted:{member.pk}:{client_id}", most=1, seconds=COUNTED_ONCE):
        return
    if not pace.is_within(f"react:{member.pk}", most=MOST, seconds=SECONDS):
        raise TooSoon(SECONDS, _("Your signs were shown. Please wait a few seconds before the next one."))
    hub.tally(session.space_id, session.code, kind)

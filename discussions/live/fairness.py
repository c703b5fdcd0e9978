"""Who is heard now: whose floor was taken, and how long each person waits between two questions."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import reasons
from discussions.errors import NotAllowed, TooSoon
from discussions.models import LiveSession, Member, Silence


def silence_of(session: LiveSession, member) -> Silence | None:
    """The silence that holds for this person in this session: one query, none for a visitor."""
    if not getattr(member, "is_authenticated", False):
        return None
    return Silence.objects.filter(session=session, member=member.pk, lifted_at=None).first()


def explained_silence(found: Silence) -> str:
    """What the person is told."""
    words = _(
        "A facilitator has taken the floor from you for this session. Reason: %(reason)s. You can still read, raise "
        "the questions of others and answer polls."
    )
    return words % {"reason": reasons.words(found.reason)}


def require_heard(session: LiveSession, member: Member) -> None:
    """Raises NotAllowed, with the reason, when the floor was taken from this person."""
    if found := silence_of(session, member):
        raise NotAllowed(explained_silence(found), code="silenced")


def require_slow(session: LiveSession, latest: datetime | None, now: datetime) -> None:
    """Raises TooSoon while the slow mode of the session keeps the author of a question asked at `latest` waiting."""
    if latest is None or not session.slow_seconds:
        return
    left = session.slow_seconds - (now - latest).total_seconds()
    if left > 0:
        seconds = int(left) + 1
        words = ngettext(
            "Many want to ask at the moment, so each person waits between two questions. Yours can go in "
            "%(seconds)d second; its words are kept in the form.",
            "Many want to ask at the moment, so each person waits between two questions. Yours can go in "
            "%(seconds)d seconds; its words are kept in the form.",
            seconds,
        )
        raise TooSoon(seconds, words % {"seconds": seconds})

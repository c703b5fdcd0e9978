"""Ask to speak."""

from discussions import live, queues
from discussions.commands.questions import wish
from discussions.commands.shape import session_of, valid
from discussions.live_forms import RaiseForm
from discussions.models import Space


def hand(space: Space, member, frame: dict) -> dict:
    """Raise one's hand, or take it down."""
    shape = valid(RaiseForm({"raised": wish(frame)}))
    session = session_of(space, frame)
    act = live.raise_hand if shape["raised"] else live.lower_hand
    act(session=session, member=member)
    return told(queues.standing(session, member))


def told(standing: queues.Standing) -> dict:
    """What the answer tells of the person's place."""
    return {
        "hand": None if standing.hand is None else str(standing.hand.pk),
        "place": standing.place,
        "waiting": standing.waiting,
    }

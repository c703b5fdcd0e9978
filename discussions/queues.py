"""Reading who waits to speak: how many for everybody, their own place for each, the names for the facilitator."""

from dataclasses import dataclass, field

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from discussions.models import Hand, LiveSession

TOLD = 50  # hands of whom a frame tells the order
NAMED = 50  # hands of which the desk shows the names
State = Hand.State


@dataclass(frozen=True, slots=True)
class Line:
    """The hands of a session without names: ids of the first that wait, in order, how many there are, who speaks."""

    session: LiveSession
    ids: list[int]
    waiting: int
    speaking: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands for one person: `hand` is theirs, `place` counts from 1 (0: no hand up)."""

    waiting: int
    hand: Hand | None = None
    place: int = 0


@dataclass(frozen=True, slots=True)
class Queue:
    """What the desk shows: who speaks and who waits, by name."""

    speaking: Hand | None
    waiting: int
    hands: list[Hand] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        return self.waiting > len(self.hands)


def lines(sessions: dict[int, LiveSession]) -> dict[int, Line]:
    """The hands of these sessions by id of the session: two queries."""
    raised = Hand.objects.filter(session__in=sessions, state__in=[State.UP, State.SPEAKING])
    counts = dict(raised.filter(state=State.UP).order_by().values_list("session").annotate(number=Count("pk")))
    place = Window(RowNumber(), partition_by=[F("session"), F("state")], order_by=F("id").asc())
    found = raised.annotate(place=place).filter(place__lte=TOLD).order_by("id")
    ids: dict[int, list[int]] = {}
    speaking: dict[int, int] = {}
    for hand in found:
        if hand.state == State.SPEAKING:
            speaking[hand.session_id] = hand.pk
        else:
            ids.setdefault(hand.session_id, []).append(hand.pk)
    return {pk: Line(session, ids.get(pk, []), counts.get(pk, 0), speaking.get(pk)) for pk, session in sessions.items()}


def standing(session: LiveSession, viewer) -> Standing:
    """Two queries at most; for somebody who is not signed in, only how many wait."""
    up = Q(state=State.UP)
    pk = viewer.pk if getattr(viewer, "is_authenticated", False) else None
    hand = session.hands.filter(member_id=pk, state__in=[State.UP, State.SPEAKING]).first() if pk else None
    before = up & Q(pk__lte=hand.pk) if hand is not None and hand.state == State.UP else Q(pk=None)
    counts = session.hands.aggregate(waiting=Count("pk", filter=up), place=Count("pk", filter=before))
    return Standing(counts["waiting"], hand, counts["place"])


def read(session: LiveSession) -> Queue:
    """Names, for the facilitator: two queries."""
    raised = session.hands.filter(state__in=[State.UP, State.SPEAKING]).select_related("member")
    # "speaking" stands before "up".
    found = list(raised.order_by("state", "id")[: NAMED + 1])
    speaking = next((hand for hand in found if hand.state == State.SPEAKING), None)
    waiting = session.hands.filter(state=State.UP).count()
    return Queue(speaking, waiting, [hand for hand in found if hand.state == State.UP][:NAMED])

"""The agenda of a live session: its points and their documents, and which point the room is at.

One function is one action is one transaction; each appends agenda.changed.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, rules, wording
from discussions.errors import CivicError, NotAllowed
from discussions.live.leading import led_session, write_session
from discussions.models import AgendaDocument, AgendaItem, LiveSession, Member, Space

TITLE_LIMIT = 200
SPEAKERS_LIMIT = 200
ADDRESS_LIMIT = 500
MINUTES = range(1, 601)
ITEMS = 60
DOCUMENTS = 20  # for one point


@dataclass(frozen=True, slots=True)
class Point:
    """What is written down of a point of the agenda."""

    title: str
    speakers: str = ""
    minutes: int | None = None

    def checked(self) -> dict:
        """The columns of the item. Raises InvalidText, CivicError."""
        if self.minutes is not None and self.minutes not in MINUTES:
            raise CivicError(_("A point takes 1 to 600 minutes."), code="minutes")
        speakers = self.speakers.strip()
        return {
            "title": wording.cleaned_line(self.title, limit=TITLE_LIMIT, missing=_("Please give the point a title.")),
            "speakers": wording.cleaned_line(speakers, limit=SPEAKERS_LIMIT) if speakers else "",
            "minutes": self.minutes,
        }


def add_item(*, session: LiveSession, facilitator: Member, **point) -> AgendaItem:
    """Add a point (the fields of `Point`) at the end of the agenda. Raises InvalidText, CivicError, NotAllowed."""
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        taken = list(session.agenda.values_list("position", flat=True))
        if len(taken) >= ITEMS:
            raise CivicError(_("An agenda has %(most)d points at most.") % {"most": ITEMS}, code="too_many")
        item = session.agenda.create(position=max(taken, default=0) + 1, **Point(**point).checked())
        _tell(space, session)
    return item


def change_item(*, item: AgendaItem, facilitator: Member, **point) -> AgendaItem:
    """Write a point anew (the fields of `Point`). Raises InvalidText, CivicError, NotAllowed."""
    with transaction.atomic():
        space, item = _led_item(item, facilitator)
        for name, value in Point(**point).checked().items():
            setattr(item, name, value)
        item.save(update_fields=["title", "speakers", "minutes"])
        _tell(space, item.session)
    return item


def move_item(*, item: AgendaItem, facilitator: Member, up: bool) -> None:
    """Let a point change places with the one before (`up`) or after it; the first and the last stay where they are."""
    with transaction.atomic():
        space, item = _led_item(item, facilitator)
        order = list(item.session.agenda.all())
        place = order.index(item)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(order):
            return
        order[place], order[other] = order[other], order[place]
        for position, row in enumerate(order, start=1):
            row.position = position
        AgendaItem.objects.bulk_update(order, ["position"])
        _tell(space, item.session)


def remove_item(*, item: AgendaItem, facilitator: Member) -> None:
    """Take a point off the agenda. Raises NotAllowed once the room has been at it: it is part of the record."""
    with transaction.atomic():
        space, item = _led_item(item, facilitator)
        if item.began_at is not None:
            raise NotAllowed(_("The room has been at this point: it stays in the record."), code="item_begun")
        item.delete()
        _tell(space, item.session)


def begin_item(*, item: AgendaItem, facilitator: Member) -> AgendaItem:
    """The room comes to this point; the one before is done. Raises NotAllowed while the session is not open."""
    with transaction.atomic():
        space, item = _led_item(item, facilitator)
        session = item.session
        if session.state != LiveSession.State.OPEN:
            raise NotAllowed(_("Open the session first; then its agenda can begin."), code="session_not_open")
        if session.current_item_id != item.pk:
            leave_item(space, session)
            item.began_at, item.ended_at = item.began_at or timezone.now(), None
            item.save(update_fields=["began_at", "ended_at"])
            write_session(space, session, current_item_id=item.pk)
            _tell(space, session)
    return item


def end_item(*, session: LiveSession, facilitator: Member) -> LiveSession:
    """The room is done with its point; nothing follows yet."""
    with transaction.atomic():
        space, session = led_session(session, facilitator)
        leave_item(space, session)
    return session


def add_document(*, item: AgendaItem, facilitator: Member, title: str, url: str) -> AgendaDocument:
    """Link a document to a point. Raises InvalidText, CivicError for anything but an https address, NotAllowed."""
    with transaction.atomic():
        space, item = _led_item(item, facilitator)
        if item.documents.count() >= DOCUMENTS:
            words = _("A point has %(most)d documents at most.") % {"most": DOCUMENTS}
            raise CivicError(words, code="too_many")
        name = wording.cleaned_line(title, limit=TITLE_LIMIT, missing=_("Please give the document a title."))
        document = item.documents.create(title=name, url=_address(url))
        _tell(space, item.session)
    return document


def remove_document(*, document: AgendaDocument, facilitator: Member) -> None:
    """Take a document off its point."""
    with transaction.atomic():
        space, item = _led_item(document.item, facilitator)
        document.delete()
        _tell(space, item.session)


def leave_item(space: Space, session: LiveSession) -> None:
    """The room is at no point any more. The space is locked by the caller."""
    if session.current_item_id is None:
        return
    AgendaItem.objects.filter(pk=session.current_item_id).update(ended_at=timezone.now())
    write_session(space, session, current_item_id=None)
    _tell(space, session)


def _led_item(item: AgendaItem, facilitator: Member) -> tuple[Space, AgendaItem]:
    rules.require(rules.may_facilitate(facilitator))
    space = events.lock(item.session.space_id)
    return space, AgendaItem.objects.select_related("session").get(pk=item.pk)


def _tell(space: Space, session: LiveSession) -> None:
    events.append(space, "agenda.changed", {"id": session.pk})


def _address(url: str) -> str:
    try:
        parts = urlsplit(url.strip())
        is_good = parts.scheme == "https" and bool(parts.hostname) and parts.username is None
    except ValueError:
        is_good = False
    if not is_good or len(url) > ADDRESS_LIMIT:
        raise CivicError(_("A document needs an address that begins with https."), code="address")
    return parts.geturl()

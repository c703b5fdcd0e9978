"""The shape of a frame: what is not one of this protocol is refused before any action."""

from django.utils.translation import gettext as _

from discussions.errors import CivicError, NotFound
from discussions.models import LiveSession, Space


class Malformed(CivicError):
    """Not a frame of this protocol."""

    code = "malformed"

    def __init__(self):
        super().__init__(_("The page and the server do not understand each other. Reload it; what you sent is safe."))


def valid(form) -> dict:
    """What a form read from a frame. Raises Malformed."""
    if not form.is_valid():
        raise Malformed
    return form.cleaned_data


def number(frame: dict, name: str) -> int:
    """An id of the frame. Raises Malformed."""
    given = str(frame.get(name))
    if not given.isascii() or not given.isdecimal() or len(given) > 18:
        raise Malformed
    return int(given)


def found(rows):
    """The one row. Raises NotFound."""
    row = rows.first()
    if row is None:
        raise NotFound(_("This is not part of this discussion any more."))
    return row


def session_of(space: Space, frame: dict) -> LiveSession:
    """The session of the space that the frame names by its room code. Raises Malformed, NotFound."""
    code = str(frame.get("session"))
    if not (code.isascii() and code.isalnum()):
        raise Malformed
    return found(LiveSession.objects.filter(space=space, code=code))

"""What can go wrong in a civic action, in words a citizen can use.

Each error has a stable `code` (for programs), a translated message (for people) and an HTTP status. They are
mapped once to HTTP by `middleware.CivicErrorMiddleware` and once to WebSocket frames by the consumer.
"""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


class CivicError(Exception):
    """An action was refused; nothing was changed."""

    status = 400
    code = "refused"

    def __init__(self, message: str, *, code: str = ""):
        super().__init__(message)
        self.message = message
        self.code = code or self.code


class NotAllowed(CivicError):
    """This person may not do this here and now."""

    status = 403
    code = "not_allowed"


class SignInNeeded(NotAllowed):
    """The action needs a member."""

    status = 401
    code = "sign_in_needed"


class NotFound(CivicError):
    """What the action speaks of does not exist here."""

    status = 404
    code = "not_found"


class FormsOnly(CivicError):
    """An address that takes what a form sends, and has no page of its own."""

    status = 405
    code = "forms_only"

    def __init__(self):
        super().__init__(_("There is no page here: this address only takes what a form sends. Nothing was changed."))


class Conflict(CivicError):
    """The same client id was used for something else."""

    status = 409
    code = "conflict"

    def __init__(self):
        super().__init__(
            _(
                "This form was already sent with other words. What was sent first is safe. "
                "Reload the page to write anew."
            )
        )


class InvalidText(CivicError):
    """The words cannot be taken as they are."""

    status = 422
    code = "invalid_text"


class Unavailable(CivicError):
    """An outside service that the action needs does not answer. Nothing was changed."""

    status = 503
    code = "unavailable"


class TooSoon(CivicError):
    """Somebody writes faster than a reader can follow. `retry_after` is in seconds."""

    status = 429
    code = "too_soon"

    def __init__(self, retry_after: int, message: str = ""):
        super().__init__(
            message
            or ngettext(
                "Please wait %(seconds)d second before you send again. Your words are kept in the form.",
                "Please wait %(seconds)d seconds before you send again. Your words are kept in the form.",
                retry_after,
            )
            % {"seconds": retry_after}
        )
        self.retry_after = retry_after

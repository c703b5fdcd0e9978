"""The way in for somebody who may not act yet: the page that helps, and their words kept until they are back."""

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from discussions.errors import CivicError, TooSoon

KEPT = "kept_words"
IDENTITY_CODES = {"level_30", "level_40"}


def way_in(code: str, back: str) -> dict[str, str]:
    """The page that helps after a refusal with this code, as url and label; empty where none does.

    `back` is where the reader goes on afterwards.
    """
    onward = "?" + urlencode({"next": back})
    if code in {"sign_in", "sign_in_needed"}:
        return {"url": reverse("account_login") + onward, "label": _("Sign in")}
    if code == "level_10":
        return {"url": reverse("account_signup") + onward, "label": _("Sign up")}
    if code == "level_20":
        return {"url": reverse("account_email"), "label": _("Confirm my e-mail address")}
    if code in IDENTITY_CODES:
        return {"url": reverse("discussions:identity"), "label": _("How we know you")}
    return {}


def refuse(request, form, refusal: CivicError, *, place: str, back: str) -> None:
    """Put a refusal on the form. Where there is a way in, it stands beside it, and what was written waits for it.

    `place` names what was being written; `kept` gives the words back there.
    """
    slow_down(request, refusal)
    form.way_in = way_in(refusal.code, back)
    form.add_error(None if form.way_in else "text", refusal.message)
    if form.way_in:
        words = {name: form.data.get(name, "") for name in form.fields if name != "client_id"}
        request.session[KEPT] = {"place": place, "words": words}


def slow_down(request, refusal: CivicError) -> None:
    """Where a refusal asks to wait, let the answer to this request say how long; see CivicErrorMiddleware."""
    if isinstance(refusal, TooSoon):
        request.retry_after = refusal.retry_after


def kept(request, place: str) -> dict[str, str]:
    """What was written at `place` before the way in: initial values for a form, given once."""
    found = request.session.get(KEPT) if request.user.is_authenticated else None
    if not found or found["place"] != place:
        return {}
    del request.session[KEPT]
    return found["words"]


def carried(request) -> dict | None:
    """What waits in the session of a visitor or guest, to be given to `carry` once another session has begun."""
    return request.session.get(KEPT)


def carry(request, waiting: dict | None) -> None:
    """Let the same words wait in the session of the account that was signed in to."""
    if waiting:
        request.session[KEPT] = waiting

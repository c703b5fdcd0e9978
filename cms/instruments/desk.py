"""What every desk of an instrument says of itself, and how its views find their space."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.http import Http404
from django.urls import URLPattern
from django.utils.functional import Promise

from discussions import rules
from discussions.errors import CivicError
from discussions.instruments import Instrument
from discussions.models import Space
from discussions.rules import Verdict


@dataclass(frozen=True, slots=True)
class Desk:
    """`key` names the instrument, or something every space has; `url_name` the view (it takes the slug of the space).

    `may` tells who may use the desk, `waiting(space)` counts what waits for a decision there. `urlpatterns` lie below
    /admin/.
    """

    key: Instrument | str
    label: str | Promise
    url_name: str
    may: Callable[..., Verdict] = rules.may_arrange
    waiting: Callable[[Space], int] = lambda space: 0
    urlpatterns: list[URLPattern] = field(default_factory=list)


def space_at(request, slug: str, may: Callable[..., Verdict] = rules.may_arrange) -> Space:
    """The space of a desk, drafts included. Raises NotAllowed (by `rules.require`) or Http404."""
    rules.require(may(request.user))
    space = Space.objects.select_related("agency").filter(slug=slug).first()
    if space is None:
        raise Http404
    return space


def tried(form, act):
    """What the action gives, or None with its refusal in the form."""
    try:
        return act()
    except CivicError as refusal:
        form.add_error(None, refusal.message)
        return None

"""Voters of a page that stands on another site, where browsers keep our cookies away.

The page carries a signed pass instead: in its address, in its forms, and kept by its script in the part of the
browser's memory that belongs to the two sites together. With it the voter stays the same guest. A pass says nothing
about a person and opens nothing but the ballot of its space.
"""

import secrets

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from discussions import guests
from discussions.models import Level, Member, Space

SALT = "discussions.embeds"
ORIGIN = "embed:"


def new_pass(space: Space) -> str:
    """A pass for a voter who has none. Nobody is made until they vote."""
    return signing.dumps({"space": space.pk, "voter": secrets.token_hex(12)}, salt=SALT, compress=True)


def voter(space: Space, given: str) -> str:
    """Whom a pass names; "" when it is not ours, or was made for another space."""
    try:
        content = signing.loads(given, salt=SALT)
    except signing.BadSignature:
        return ""
    return content["voter"] if content.get("space") == space.pk else ""


def known(space: Space, given: str) -> Member | None:
    """The guest a pass stands for, if they have voted before."""
    name = voter(space, given)
    return Member.objects.filter(origin=ORIGIN + name, is_active=True).first() if name else None


def welcome(request, space: Space, given: str) -> Member | None:
    """The guest a pass stands for, made at their first vote; None without a pass of ours. Raises TooSoon."""
    name = voter(space, given)
    if not name:
        return None
    found = known(space, given)
    if found is not None:
        return found
    guests.count(request)
    try:
        with transaction.atomic():
            return Member.objects.create_user(
                None, None, display_name=_("Guest on another site"), level=Level.GUEST, origin=ORIGIN + name
            )
    except IntegrityError:  # two first votes at once
        return known(space, given)

"""Keys for programs: make one, find whose it is, take it back."""

import secrets
from datetime import timedelta
from hashlib import sha256

from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import rules, wording
from discussions.errors import CivicError, NotAllowed
from discussions.models import ApiToken, Member

PREFIX = "minyi_"
MOST = 10
NAME_LIMIT = 80
USE_NOTED_EVERY = timedelta(minutes=10)


def make(*, member: Member, name: str) -> tuple[ApiToken, str]:
    """A new key for a member: the row, and the key itself, which is not kept.

    Raises NotAllowed (a guest), InvalidText, CivicError (MOST keys are there already).
    """
    if member.is_guest:
        raise NotAllowed(rules.explained("level_10"), code="level_10")
    name = wording.cleaned_line(name, limit=NAME_LIMIT, missing=_("Please give the key a name."))
    if ApiToken.objects.filter(member=member).count() >= MOST:
        raise CivicError(_("You have many keys already. Please take one back first."), code="many_keys")
    key = PREFIX + secrets.token_urlsafe(32)
    return ApiToken.objects.create(member=member, name=name, digest=_digest(key)), key


def owner(key: str) -> Member | None:
    """Whose key this is; None when it is nobody's, was taken back, or its member is not active."""
    found = ApiToken.objects.select_related("member").filter(digest=_digest(key)).first()
    if found is not None:
        now = timezone.now()
        if found.used_at is None or found.used_at < now - USE_NOTED_EVERY:
            ApiToken.objects.filter(pk=found.pk).update(used_at=now)
    return found.member if found is not None and found.member.is_active else None


def revoke(*, member: Member, pk: int) -> bool:
    """Take one's own key back. True when there was one."""
    return bool(ApiToken.objects.filter(member=member, pk=pk).delete()[0])


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()

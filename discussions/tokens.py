"""Keys for programs: make one, find whose it is, take it back."""

import secrets
from hashlib import sha256

from discussions.models import ApiToken, Member

PREFIX = "minyi_"


def make(*, member: Member, name: str) -> tuple[ApiToken, str]:
    """A new key for a member: the row, and the key itself, which is not kept."""
    key = PREFIX + secrets.token_urlsafe(32)
    return ApiToken.objects.create(member=member, name=name, digest=_digest(key)), key


def owner(key: str) -> Member | None:
    """Whose key this is; None when it is nobody's, was taken back, or its member is not active."""
    found = ApiToken.objects.select_related("member").filter(digest=_digest(key)).first()
    return found.member if found is not None and found.member.is_active else None


def revoke(*, member: Member, pk: int) -> bool:
    """Take one's own key back. True when there was one."""
    return bool(ApiToken.objects.filter(member=member, pk=pk).delete()[0])


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()

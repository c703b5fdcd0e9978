"""Signed passes in mails: they name a member and open nothing but their notices."""

from django.core import signing

from discussions.models import Member

SALT = "discussions.notices"


def make(member: Member) -> str:
    """A pass for the links of one mail. It does not run out: a mail may be read years later."""
    return signing.dumps(member.pk, salt=SALT)


def owner(given: str) -> Member | None:
    """Whose pass this is; None when it is not ours."""
    try:
        pk = signing.loads(given, salt=SALT)
    except signing.BadSignature:
        return None
    return Member.objects.filter(pk=pk, is_active=True).first()

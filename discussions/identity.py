"""How surely a member is known: the level follows from what was proved, never from what somebody says."""

import hmac
import logging
import re
import secrets
import unicodedata
from datetime import timedelta
from hashlib import sha256

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from discussions import pace
from discussions.errors import CivicError, NotAllowed, TooSoon, Unavailable
from discussions.models import Level, Member
from discussions.models.identity import PhoneProof

logger = logging.getLogger(__name__)

CODE_DIGITS = 6
CODE_MINUTES = 10
CODE_TRIES = 5
CODE_INTERVAL = 60  # seconds between two codes to one member
CODES_PER_HOUR = 6  # to one number
E164 = re.compile(r"\+[1-9][0-9]{7,14}")


def refresh(member: Member) -> Level:
    """Write down the level that follows from what this member has proved; returns it. A guest stays a guest."""
    if member.is_guest:
        return Level.GUEST
    level = Level.ACCOUNT
    if EmailAddress.objects.filter(user=member, verified=True).exists():
        level = Level.EMAIL
    if PhoneProof.objects.filter(member=member, confirmed_at__isnull=False).exists():
        level = Level.PHONE
    if SocialAccount.objects.filter(user=member).exists():
        level = Level.EID
    if member.level != level:
        member.level = level
        Member.objects.filter(pk=member.pk).update(level=level)
    return level


def takes_telephones() -> bool:
    """Is there a gateway that sends codes?"""
    return bool(settings.SMS_BACKEND)


def ask_for_code(*, member: Member, number: str) -> None:
    """Send a code to a telephone number (E.164, or as it is dialled within the country).

    Raises CivicError (no number, no gateway, gateway down), NotAllowed (a guest, or a number somebody else has
    confirmed), TooSoon.
    """
    digits = normalised(number)
    if member.is_guest:
        raise NotAllowed(_("This needs an account. Please sign up first."), code="level_10")
    if not takes_telephones():
        raise CivicError(_("This site cannot send messages to telephones."), code="no_gateway")
    digest, now = _digest(digits), timezone.now()
    if PhoneProof.objects.filter(number_digest=digest, confirmed_at__isnull=False).exclude(member=member).exists():
        raise NotAllowed(_("This number is confirmed for another account. Nothing was changed."), code="number_taken")
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    # However many accounts ask, one telephone is not called all day.
    pace.require_calm(f"telephone:{digest}", most=CODES_PER_HOUR, seconds=3600)
    with transaction.atomic():
        Member.objects.select_for_update().get(pk=member.pk)
        earlier = PhoneProof.objects.filter(member=member).first()
        if earlier is not None and (waited := (now - earlier.asked_at).total_seconds()) < CODE_INTERVAL:
            raise TooSoon(int(CODE_INTERVAL - waited) + 1)
        PhoneProof.objects.update_or_create(
            member=member,
            defaults={
                "number_digest": digest,
                "code_digest": _digest(code),
                "asked_at": now,
                "tries": 0,
                "confirmed_at": None,
            },
        )
    _send(member, digits, code)
    refresh(member)


def _send(member: Member, number: str, code: str) -> None:
    words = _("%(code)s is your code for Minyi. It is valid for %(minutes)d minutes.")
    try:
        import_string(settings.SMS_BACKEND)().send(number, words % {"code": code, "minutes": CODE_MINUTES})
    except OSError as error:
        PhoneProof.objects.filter(member=member, confirmed_at=None).delete()
        logger.warning("The gateway for telephone messages failed: %s", type(error).__name__)
        raise Unavailable(
            _("The message could not be sent at the moment. Nothing was changed; please try again in a few minutes.")
        ) from error


def confirm_code(*, member: Member, code: str) -> Level:
    """Prove the number with the code that was sent. Raises CivicError: wrong, too old, too many tries, number taken."""
    proof = PhoneProof.objects.filter(member=member).exclude(code_digest="").first()
    now = timezone.now()
    if proof is None or now - proof.asked_at > timedelta(minutes=CODE_MINUTES) or proof.tries >= CODE_TRIES:
        raise CivicError(_("This code is no longer valid. Please ask for a new one."), code="code_old")
    # Counted before it is compared, and only while there are tries left: many at once do not make more of them.
    left = PhoneProof.objects.filter(pk=proof.pk, code_digest=proof.code_digest, tries__lt=CODE_TRIES)
    if not left.update(tries=F("tries") + 1):
        raise CivicError(_("This code is no longer valid. Please ask for a new one."), code="code_old")
    sent = unicodedata.normalize("NFKC", code).strip()
    if not hmac.compare_digest(_digest(sent), proof.code_digest):
        raise CivicError(_("That is not the code we sent. Please look at the message again."), code="code_wrong")
    try:
        with transaction.atomic():
            # A code that was asked for in this moment may be for another number: this one proves nothing about it.
            same = PhoneProof.objects.filter(pk=proof.pk, code_digest=proof.code_digest)
            if not same.update(code_digest="", confirmed_at=now):
                raise CivicError(_("This code is no longer valid. Please ask for a new one."), code="code_old")
    except IntegrityError as error:
        raise NotAllowed(
            _("This number is confirmed for another account. Nothing was changed."), code="number_taken"
        ) from error
    return refresh(member)


def normalised(number: str) -> str:
    """A telephone number in E.164; one without a country code is taken as dialled in PHONE_COUNTRY."""
    digits = re.sub(r"[\s().\-－—]", "", unicodedata.normalize("NFKC", number))
    if digits.startswith("00"):
        digits = f"+{digits[2:]}"
    elif digits.startswith("0"):
        digits = f"+{settings.PHONE_COUNTRY}{digits[1:]}"
    # One number has one spelling here, or it would be that of two accounts.
    digits = re.sub(rf"^\+{settings.PHONE_COUNTRY}0", f"+{settings.PHONE_COUNTRY}", digits)
    if not E164.fullmatch(digits):
        raise CivicError(
            _("This does not look like a telephone number. Write it as you dial it, such as 0912 345 678."),
            code="no_number",
        )
    return digits


def _digest(text: str) -> str:
    return hmac.new(settings.AUTHOR_KEY_SECRET.encode(), f"phone:{text}".encode(), sha256).hexdigest()

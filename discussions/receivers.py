"""Django and allauth tell when somebody signs out or shows an electronic ID; what follows is called here by name."""

from allauth.account.signals import email_removed, user_signed_up
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.contrib.auth.signals import user_logged_out
from django.db.models import F

from discussions import guests, identity
from discussions.models import Member


def connect() -> None:
    """Listen; called once, when the application starts."""
    user_logged_out.connect(_signed_out, dispatch_uid="discussions.signed_out")
    user_signed_up.connect(_signed_up, dispatch_uid="discussions.signed_up")
    social_account_added.connect(_shown, dispatch_uid="discussions.eid_shown")
    social_account_removed.connect(_taken_back, dispatch_uid="discussions.eid_taken_back")
    email_removed.connect(_address_removed, dispatch_uid="discussions.address_removed")


def _signed_out(sender, request, user, **kwargs):
    """Signing out ends every session of the member, also one left open elsewhere."""
    if user is not None and not user.is_guest:
        Member.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


def _signed_up(sender, request, user, **kwargs):
    """Somebody who signs up by showing an electronic ID is known by it from the start."""
    identity.refresh(user)


def _shown(sender, request, sociallogin, **kwargs):
    if sociallogin.user.is_guest:
        guests.keep(sociallogin.user)
    identity.refresh(sociallogin.user)


def _taken_back(sender, request, socialaccount, **kwargs):
    identity.refresh(Member.objects.get(pk=socialaccount.user_id))


def _address_removed(sender, request, user, **kwargs):
    identity.refresh(user)

"""What allauth asks us when somebody signs up, signs in, signs out or shows an electronic ID."""

import logging
import smtplib

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from discussions import guests, identity
from discussions.errors import TooSoon, Unavailable
from discussions.models import Level, Member
from discussions.views import entrance

logger = logging.getLogger(__name__)

LOGIN_REST = 1800  # seconds; the window of "login_failed" in ACCOUNT_RATE_LIMITS
CONFIRMATION_SENT = "account/messages/email_confirmation_sent.txt"


class AccountAdapter(DefaultAccountAdapter):
    """A guest who signs up stays the same member; one who signs in brings along what they gave.

    A mail server that is down keeps nobody from having an account.
    """

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as refusal:
            raise TooSoon(
                LOGIN_REST,
                _(
                    "There were too many wrong passwords. Please try again in half an hour, or have a new password "
                    "sent to you. Nothing was changed."
                ),
            ) from refusal

    def send_mail(self, template_prefix, email, context):
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException) as error:
            logger.warning("The mail server took no message of accounts: %s", error)
            raise Unavailable(
                _("No e-mail can be sent at the moment. Nothing was changed; please try again in a few minutes.")
            ) from error

    def send_confirmation_mail(self, request, emailconfirmation, signup):
        try:
            super().send_confirmation_mail(request, emailconfirmation, signup)
        except Unavailable:
            if not signup:
                raise
            request.confirmation_waits = True
            messages.warning(
                request,
                _(
                    "Your account is ready. Only the message that confirms your e-mail address could not be sent: "
                    "please ask for it in a few minutes, under “Email address”."
                ),
            )

    def add_message(self, request, level, message_template=None, *more, **named):
        if message_template == CONFIRMATION_SENT and getattr(request, "confirmation_waits", False):
            return
        super().add_message(request, level, message_template, *more, **named)

    def new_user(self, request):
        if getattr(request.user, "is_guest", False):
            guest = Member.objects.get(pk=request.user.pk)
            guest.level = Level.ACCOUNT
            return guest
        return super().new_user(request)

    def login(self, request, user):
        is_here = getattr(request.user, "is_guest", False)
        guest = request.user if is_here else getattr(request, "left_guest", None)
        # Signing in as somebody else than the guest begins an empty session.
        waiting = entrance.carried(request) or getattr(request, "left_words", None)
        super().login(request, user)
        if guest is not None and guest.pk != user.pk:
            guests.join(guest=guest, member=user)
            entrance.carry(request, waiting)

    def logout(self, request):
        # An electronic ID signs the present user out before it signs its owner in.
        if getattr(request.user, "is_guest", False):
            request.left_guest, request.left_words = request.user, entrance.carried(request)
        logout(request)

    def confirm_email(self, request, email_address):
        confirmed = super().confirm_email(request, email_address)
        identity.refresh(Member.objects.get(pk=email_address.user_id))
        return confirmed


class IdentityAdapter(DefaultSocialAccountAdapter):
    """Of an electronic ID we keep that it was shown, and the number that tells it from others."""

    def pre_social_login(self, request, sociallogin):
        sociallogin.account.extra_data = {}
        sociallogin.email_addresses = []

    def new_user(self, request, sociallogin):
        # A fresh row, also for a guest: whose ID it is turns out later.
        return Member()

    def populate_user(self, request, sociallogin, data):
        user = sociallogin.user
        user.email, user.display_name = None, _("Citizen")
        return user

    def get_connect_redirect_url(self, request, socialaccount):
        return reverse("discussions:identity")

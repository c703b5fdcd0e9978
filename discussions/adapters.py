"""What allauth asks us when somebody signs up, signs in, signs out or shows an electronic ID."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib.auth import logout
from django.urls import reverse
from django.utils.translation import gettext as _

from discussions import guests, identity
from discussions.models import Level, Member


class AccountAdapter(DefaultAccountAdapter):
    """A guest who signs up stays the same member; one who signs in brings along what they gave."""

    def new_user(self, request):
        if getattr(request.user, "is_guest", False):
            guest = Member.objects.get(pk=request.user.pk)
            guest.level = Level.ACCOUNT
            return guest
        return super().new_user(request)

    def login(self, request, user):
        guest = request.user if getattr(request.user, "is_guest", False) else getattr(request, "left_guest", None)
        super().login(request, user)
        if guest is not None and guest.pk != user.pk:
            guests.join(guest=guest, member=user)

    def logout(self, request):
        # An electronic ID signs the present user out before it signs its owner in.
        if getattr(request.user, "is_guest", False):
            request.left_guest = request.user
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

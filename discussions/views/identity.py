"""How we know you: the levels of verification, and the way to each."""

from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from discussions import identity
from discussions.errors import CivicError, SignInNeeded
from discussions.forms import CodeForm, PhoneForm
from discussions.models import Level, PhoneProof
from discussions.views import entrance


@require_GET
def index(request, *, phone_form=None, code_form=None, status: int = 200):
    """What is proved, what can be proved, and what for."""
    member = _member(request)
    proof = PhoneProof.objects.filter(member=member).first()
    context = {
        "level": Level(member.level),
        "has_address": EmailAddress.objects.filter(user=member, verified=True).exists(),
        "takes_telephones": identity.takes_telephones(),
        "proof": proof,
        "has_id": SocialAccount.objects.filter(user=member).exists(),
        "id_name": settings.OIDC_NAME if settings.OIDC_URL else "",
        "phone_form": phone_form or PhoneForm(),
        "code_form": code_form or CodeForm(),
        "nav_current": "me",
        "crumbs": [{"label": _("How we know you"), "url": ""}],
    }
    return render(request, "discussions/identity.html", context, status=status)


@require_POST
def ask_for_code(request):
    """Send a code to a telephone."""
    member, form, status = _member(request), PhoneForm(request.POST), 422
    if form.is_valid():
        try:
            identity.ask_for_code(member=member, number=form.cleaned_data["number"])
        except CivicError as refusal:
            entrance.slow_down(request, refusal)
            form.add_error("number", refusal.message)
            status = refusal.status
        else:
            messages.success(request, _("A message with a code is on its way. Type the code in below."))
            return redirect("discussions:identity")
    return _again(request, status, phone_form=form)


@require_POST
def confirm_code(request):
    """Prove the telephone with the code."""
    member, form, status = _member(request), CodeForm(request.POST), 422
    if form.is_valid():
        try:
            identity.confirm_code(member=member, code=form.cleaned_data["code"])
        except CivicError as refusal:
            form.add_error("code", refusal.message)
            status = refusal.status
        else:
            messages.success(request, _("Your telephone number is confirmed. We keep no copy of it."))
            return redirect("discussions:identity")
    return _again(request, status, code_form=form)


def _again(request, status, **forms):
    request.method = "GET"
    return index(request, status=status, **forms)


def _member(request):
    if not request.user.is_authenticated:
        raise SignInNeeded(_("Please sign in first."))
    return request.user

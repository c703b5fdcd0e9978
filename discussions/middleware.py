"""What happens round every request: a refusal becomes an answer, a visitor a guest where guests may act."""

import json

from django.conf import settings
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _

from discussions import guests
from discussions.errors import CivicError, FormsOnly, SignInNeeded, TooSoon, Unavailable
from discussions.models import Space
from discussions.views import entrance

ENTRANCES = {"account_login", "account_signup"}
OPEN_TO_GUESTS = {
    *ENTRANCES,
    "account_logout",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_email",
    "account_email_verification_sent",
    "account_inactive",
}


class LanguageOfProgramsMiddleware:
    """A page says its language in its address; a program says its own in Accept-Language."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.path_info.startswith("/api/"):
            translation.activate(translation.get_language_from_request(request))
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class GuestMiddleware:
    """Makes a guest of a visitor who takes part where guests may, and keeps the pages of accounts for accounts."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        """Runs after the CSRF check and before the view. Raises nothing: a refusal is answered as everywhere."""
        name = request.resolver_match.url_name or ""
        if request.resolver_match.namespace == "discussions":
            if request.method == "POST" and not request.user.is_authenticated:
                return self._enter(request, name, kwargs)
        elif name.startswith("account_") and request.user.is_authenticated:
            if request.user.is_guest:
                return None if name in OPEN_TO_GUESTS else redirect("account_signup")
            if name in ENTRANCES:
                return redirect(settings.LOGIN_REDIRECT_URL)
        return None

    def _enter(self, request, name, kwargs):
        verb = guests.DOORS.get(name)
        space = _space_of(kwargs) if verb is not None else None
        if space is not None and guests.may_enter(space, verb, guests.commented_on(name, request.POST)):
            try:
                guests.welcome(request)
            except TooSoon as refusal:
                return CivicErrorMiddleware(self.get_response).process_exception(request, refusal)
        return None


def _space_of(kwargs: dict) -> Space | None:
    """The space an address belongs to: named by its slug, or by the room code of a live session."""
    named = {"live_sessions__code": kwargs["code"]} if "code" in kwargs else {"slug": kwargs.get("slug", "")}
    return Space.objects.filter(**named).first()


class CivicErrorMiddleware:
    """Turns a CivicError that a view let through into a page, a fragment for htmx or JSON, with the right status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code == 405 and request.method == "GET" and match and match.namespace == "discussions":
            # An address that a form sends to, opened from the address line or after a reload.
            allowed = response.get("Allow", "")
            response = self._answer(request, FormsOnly())
            response["Allow"] = allowed
        if response.status_code == TooSoon.status and hasattr(request, "retry_after"):
            response["Retry-After"] = str(request.retry_after)
        return response

    def process_exception(self, request, exception):
        """Answer for a CivicError; every other exception takes its own way."""
        if isinstance(exception, OSError) and (request.resolver_match.url_name or "").startswith("openid_connect_"):
            exception = Unavailable(
                _("The provider of electronic IDs does not answer at the moment. Nothing was changed; try again later.")
            )
        if not isinstance(exception, CivicError):
            return None
        if isinstance(exception, SignInNeeded) and not getattr(request, "htmx", False) and request.method == "GET":
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
        entrance.slow_down(request, exception)
        return self._answer(request, exception)

    def _answer(self, request, error):
        if request.accepts("text/html"):
            template = "discussions/components/refusal.html" if request.htmx else "discussions/refusal.html"
            back = _way_back(request)
            context = {"error": error, "back_url": back, "way_in": entrance.way_in(error.code, back)}
            response = render(request, template, context, status=error.status)
            if request.htmx and request.method == "POST":
                # htmx leaves the page as it is when something is refused: the words are said at its edge.
                told = {"words": error.message, "kind": "error", **context["way_in"]}
                response["HX-Trigger"] = json.dumps({"minyi:toast": told})
            return response
        return JsonResponse({"error": error.code, "message": error.message}, status=error.status)


def _way_back(request) -> str:
    """The page of ours the reader came from, or the front page."""
    origin = request.headers.get("Referer", "")
    return origin if url_has_allowed_host_and_scheme(origin, {request.get_host()}) else "/"

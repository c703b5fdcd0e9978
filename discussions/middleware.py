"""The one place where a refusal becomes an HTTP answer."""

from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from discussions.errors import CivicError, SignInNeeded, TooSoon


class CivicErrorMiddleware:
    """Turns a CivicError that a view let through into a page, a fragment for htmx or JSON, with the right status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        """Answer for a CivicError; every other exception takes its own way."""
        if not isinstance(exception, CivicError):
            return None
        if isinstance(exception, SignInNeeded) and not getattr(request, "htmx", False) and request.method == "GET":
            return redirect(f"{reverse('account_login')}?next={request.get_full_path()}")
        response = self._answer(request, exception)
        if isinstance(exception, TooSoon):
            response["Retry-After"] = str(exception.retry_after)
        return response

    def _answer(self, request, error):
        if request.accepts("text/html"):
            template = "discussions/components/refusal.html" if request.htmx else "discussions/refusal.html"
            return render(request, template, {"error": error, "back_url": _way_back(request)}, status=error.status)
        return JsonResponse({"error": error.code, "message": error.message}, status=error.status)


def _way_back(request) -> str:
    """The page of ours the reader came from, or the front page."""
    origin = request.headers.get("Referer", "")
    return origin if url_has_allowed_host_and_scheme(origin, {request.get_host()}) else "/"

"""Site-wide views: health, and the page for a stale form."""

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

YEAR = 365 * 24 * 3600


@never_cache
def healthz(request):
    """200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    return JsonResponse({"database": "up"})


@require_POST
def letters(request):
    """Larger letters, or those of the house again: remembered by the browser, with or without JavaScript."""
    back = request.POST.get("next", "/")
    response = redirect(back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/")
    if request.POST.get("size") == "large":
        secure = settings.SESSION_COOKIE_SECURE
        response.set_cookie("minyi_letters", "large", max_age=YEAR, secure=secure, httponly=True, samesite="Lax")
    else:
        response.delete_cookie("minyi_letters", samesite="Lax")
    return response


def csrf_failure(request, reason=""):
    """A form without a valid token: usually a page left open overnight."""
    return render(request, "403_csrf.html", status=403)

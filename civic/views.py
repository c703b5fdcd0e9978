"""Site-wide views: health, and the page for a stale form."""

from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache


@never_cache
def healthz(request):
    """200 when the database answers, 503 when it does not."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"database": "down"}, status=503)
    return JsonResponse({"database": "up"})


def csrf_failure(request, reason=""):
    """A form without a valid token: usually a page left open overnight."""
    return render(request, "403_csrf.html", status=403)

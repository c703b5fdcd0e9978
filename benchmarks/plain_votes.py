"""The peer of voters: the same site with a view as tutorials write it, which saves one row for each request and keeps
no rules, no counters and no word about groups."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings")

import django
from django.conf import settings

django.setup()
settings.ROOT_URLCONF = "benchmarks.plain_votes"

from django.core.asgi import get_asgi_application  # noqa: E402
from django.http import HttpResponseRedirect  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.views.decorators.http import require_POST  # noqa: E402

from discussions.models import Vote  # noqa: E402


@require_POST
def vote(request, slug: str, pk: int):
    """One row for each request."""
    Vote(statement_id=pk, member=request.user, value=int(request.POST["value"]), cast_at=timezone.now()).save()
    return HttpResponseRedirect("/")


urlpatterns = [path("p/<str:slug>/statements/<int:pk>/vote/", vote)]
application = get_asgi_application()

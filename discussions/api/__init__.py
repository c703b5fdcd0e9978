"""The interface for programs: reading is open, writing takes a token. The same actions as on the pages."""

from django.http import HttpRequest, JsonResponse
from ninja import NinjaAPI

from discussions.api import (
    answers,
    budgets,
    clocks,
    comments,
    live,
    moderation,
    polls,
    proposals,
    records,
    spaces,
    statements,
    surveys,
    texts,
)
from discussions.api.access import TokenAccess
from discussions.errors import CivicError, TooSoon

api = NinjaAPI(title="Minyi", version="1", urls_namespace="minyi_api", auth=None, docs_url=None)

ROUTERS = (
    spaces.router,
    comments.router,
    answers.router,
    clocks.router,
    live.router,
    polls.router,
    records.router,
    moderation.router,
    statements.router,
    statements.data,
    surveys.router,
    budgets.router,
    texts.router,
    proposals.router,
)
for router in ROUTERS:
    api.add_router("/", router)


@api.exception_handler(CivicError)
def refused(request: HttpRequest, error: CivicError) -> JsonResponse:
    """A refusal, with its stable code and its sentence."""
    response = JsonResponse({"error": error.code, "message": error.message}, status=error.status)
    if isinstance(error, TooSoon):
        response["Retry-After"] = str(error.retry_after)
    return response


__all__ = ["TokenAccess", "api"]

"""The interface for programs: reading is open, writing takes a token. The same actions as on the pages."""

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

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


@api.exception_handler(AuthenticationError)
def without_key(request: HttpRequest, error: AuthenticationError) -> JsonResponse:
    """No key, or one that is not valid any more."""
    words = _("This needs a key that is valid: “Authorization: Bearer minyi_...”. Members make them under /me/keys/.")
    response = JsonResponse({"error": "no_key", "message": words}, status=401)
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def not_there(request: HttpRequest, error: Http404) -> JsonResponse:
    """Nothing the public may see is there."""
    return JsonResponse({"error": "not_found", "message": _("There is nothing at this address.")}, status=404)


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> JsonResponse:
    """What was sent is not the JSON it says it is."""
    words = _("What was sent cannot be read as JSON in UTF-8. Nothing was changed.")
    return JsonResponse({"error": "unreadable", "message": words}, status=error.status_code)


@api.exception_handler(ValidationError)
def invalid(request: HttpRequest, error: ValidationError) -> JsonResponse:
    """What was sent does not have the form the description asks for; `detail` says where."""
    words = _("What was sent does not have the form this takes: “detail” says where. Nothing was changed.")
    return JsonResponse({"error": "invalid", "message": words, "detail": error.errors}, status=422)


__all__ = ["TokenAccess", "api"]

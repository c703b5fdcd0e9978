"""Who speaks through the interface, and what of a space they may reach."""

from django.http import Http404, HttpRequest
from ninja.security import HttpBearer

from discussions import rules, tokens
from discussions.models import Member, Space


class TokenAccess(HttpBearer):
    """`Authorization: Bearer <key>`; the member stands in `request.auth`. Session cookies are not looked at."""

    def authenticate(self, request: HttpRequest, token: str) -> Member | None:
        return tokens.owner(token)


def space_or_404(slug: str) -> Space:
    """A space the public may see."""
    space = Space.objects.select_related("agency").filter(slug=slug).first()
    if space is None or not rules.may_see(None, space):
        raise Http404
    return space

"""What no request may hold, whatever page it asks for."""

from urllib.parse import unquote_to_bytes

from django.http import HttpResponseBadRequest

NUL = "\x00"


class NoNulMiddleware:
    """Refuses an address or a cookie with a NUL in it: no page of ours has one, and PostgreSQL cannot even look for it.

    Words in a form are left to the forms, which refuse or drop it and keep the rest of what was written.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        query = unquote_to_bytes(request.META.get("QUERY_STRING", ""))
        if NUL in request.path_info or b"\0" in query or any(NUL in value for value in request.COOKIES.values()):
            return HttpResponseBadRequest("There is no such address.", content_type="text/plain")
        return self.get_response(request)


class VisitorAddressMiddleware:
    """Behind a proxy (BEHIND_PROXY) a visitor's address is the last one in X-Forwarded-For: the proxy wrote it itself.

    Otherwise everybody would be at the proxy's address, and what one address may do would hold for all together.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        address = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
        if address:
            request.META["REMOTE_ADDR"] = address
        return self.get_response(request)

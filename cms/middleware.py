"""What is different when the admin shows an editor a page before it is published."""

from csp.constants import SELF
from csp.decorators import csp_replace

own_frame = csp_replace({"frame-ancestors": [SELF]})


class PreviewMiddleware:
    """Lets the admin show previews in a frame of its own. Every other page stands in no frame.

    Wagtail asks for a preview by a request that never came from a browser, through all the middleware, and gives the
    answer to the admin as its own: the address of the admin, by which it is left out of the policy, is not in it.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self._framed = own_frame(get_response)

    def __call__(self, request):
        is_preview = getattr(request, "is_dummy", False)
        return self._framed(request) if is_preview else self.get_response(request)

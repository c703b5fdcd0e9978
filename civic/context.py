"""What every public page needs to know about the site."""

from django.conf import settings


def site(request):
    """Template variables of all pages. `csp_nonce` is the name under which django-htmx looks for the nonce."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "csp_nonce": getattr(request, "csp_nonce", ""),
    }

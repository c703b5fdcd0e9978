"""What every public page needs to know about the site."""

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.urls import reverse, translate_url
from django.utils.translation import get_language


def site(request):
    """Template variables of all pages. `csp_nonce` is the name under which django-htmx looks for the nonce."""
    return {
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "csp_nonce": getattr(request, "csp_nonce", ""),
        "spaces_url": reverse("wagtail_serve", args=["spaces/"]),
        "hub_url": reverse("wagtail_serve", args=["info/"]),
        "live_url": reverse("discussions:live_index"),
        "agencies_url": reverse("discussions:agencies"),
        "alternates": alternates(request),
        "desk_url": _desk_url(request),
    }


def alternates(request) -> list[dict]:
    """The same address in the other languages; it always exists, because pages fall back to their first language."""
    current = get_language()
    return [
        {"code": code, "name": name, "url": translate_url(request.get_full_path(), code)}
        for code, name in settings.LANGUAGES
        if code != current
    ]


def _desk_url(request) -> str:
    """Where staff work; empty for everybody else. Asked only of members who are signed in, in one query."""
    member = getattr(request, "user", None)
    if member is None or not member.is_authenticated or not _works_here(member):
        return ""
    return reverse("wagtailadmin_home")


def _works_here(member) -> bool:
    """As `member.has_perm("wagtailadmin.access_admin")`, which asks twice and for everything."""
    if member.is_superuser:
        return True
    admission = Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin")
    return admission.filter(Q(user=member) | Q(group__user=member)).exists()

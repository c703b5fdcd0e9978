"""What every public page needs to know about the site."""

from django.conf import settings
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.urls import reverse, translate_url
from django.utils.translation import get_language

# What opens the door to each place of work, and where it lies.
WORKPLACES = {
    "access_admin": ("desk_url", "wagtailadmin_home"),
    "assist": ("counter_url", "discussions:assist"),
}


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
        **_workplaces(request),
    }


def alternates(request) -> list[dict]:
    """The same address in the other languages; it always exists, because pages fall back to their first language."""
    current = get_language()
    return [
        {"code": code, "name": name, "url": translate_url(request.get_full_path(), code)}
        for code, name in settings.LANGUAGES
        if code != current
    ]


def _workplaces(request) -> dict[str, str]:
    """Where staff and helpers work; empty for everybody else. Asked only of members who are signed in, in one query."""
    member = getattr(request, "user", None)
    held = _works_as(member) if member is not None and member.is_authenticated else set()
    return {name: reverse(view) for codename, (name, view) in WORKPLACES.items() if codename in held}


def _works_as(member) -> set[str]:
    """As `member.has_perm` for each of WORKPLACES, which asks twice and for everything."""
    if member.is_superuser:
        return set(WORKPLACES)
    wanted = Permission.objects.filter(
        Q(content_type__app_label="wagtailadmin", codename="access_admin")
        | Q(content_type__app_label="discussions", codename="assist")
    )
    return set(wanted.filter(Q(user=member) | Q(group__user=member)).values_list("codename", flat=True))

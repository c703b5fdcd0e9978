"""The desk of moderation for one discussion: what waits, what many did at once, the reasons, and the figures."""

from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from cms.instruments.desk import Desk, space_at
from discussions import cases, modlog, reasons, rules
from discussions.models import Burst, Case, Space


@require_http_methods(["GET", "POST"])
def desk(request, slug: str):
    """What waits in one discussion, and the switch that holds first contributions."""
    space = space_at(request, slug, rules.may_set_reasons)
    may_arrange = bool(rules.may_arrange(request.user))
    if request.method == "POST":
        rules.require(rules.may_arrange(request.user))
        Space.objects.filter(pk=space.pk).update(holds_first_posts="holds_first_posts" in request.POST)
        return redirect("moderation_desk", slug=slug)
    context = {
        "space": space,
        "waiting": waiting(space),
        "bursts": Burst.objects.filter(space=space)[:10],
        "summary": modlog.summary(space),
        "reasons": reasons.of(space),
        "may_arrange": may_arrange,
        "may_moderate": bool(rules.may_moderate(request.user)),
        "page_title": _("Moderation"),
        "header_title": f"{_('Moderation')}: {space.local_title}",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Moderation")},
        ],
    }
    return render(request, "cms/instruments/moderation.html", context)


def waiting(space: Space) -> int:
    """Contributions that a moderator should look at."""
    cases.catch_up(space)
    return Case.objects.filter(space=space, settled_at=None).count()


DESK = Desk(
    key="moderation",
    label=gettext_lazy("Moderation"),
    url_name="moderation_desk",
    may=rules.may_set_reasons,
    waiting=waiting,
    urlpatterns=[path("moderation/<str:slug>/", desk, name="moderation_desk")],
)

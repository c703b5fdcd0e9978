"""The webhooks of a space, in the Wagtail admin."""

from django import forms
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages

from cms.dashboards import page
from cms.instruments.desk import space_at
from cms.webhooks import sending
from cms.webhooks.models import Webhook
from discussions.errors import CivicError

SHOWN_TRIES = 10
KINDS = (
    ("phase", gettext_lazy("Phases")),
    ("comment", gettext_lazy("Comments")),
    ("statement", gettext_lazy("Statements")),
    ("proposal", gettext_lazy("Proposals")),
    ("text", gettext_lazy("Draft texts")),
    ("wording", gettext_lazy("Suggested wording")),
    ("survey", gettext_lazy("Surveys")),
    ("budget", gettext_lazy("Budgets")),
    ("clock", gettext_lazy("Answer clock")),
    ("reply", gettext_lazy("Official answers")),
    ("milestone", gettext_lazy("Milestones")),
)
PROBLEMS = {
    "refused": gettext_lazy("the address may not be called"),
    "unreachable": gettext_lazy("nobody answers there"),
    "too_slow": gettext_lazy("it took too long"),
    "too_big": gettext_lazy("the answer was too large"),
    "too_many_redirects": gettext_lazy("it leads on and on"),
    "redirects": gettext_lazy("it leads elsewhere, and deliveries follow nobody"),
    "refuses": gettext_lazy("it did not take the delivery"),
}


class WebhookForm(forms.Form):
    """An address to tell."""

    url = forms.URLField(
        label=gettext_lazy("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=gettext_lazy("It gets signed JSON by POST and answers with 2xx. Private addresses are not called."),
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("What it hears of"),
        choices=KINDS,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("Nothing chosen means everything."),
    )


@require_http_methods(["GET", "POST"])
def index(request, slug: str):
    """The webhooks of a space: add one, see how each fares."""
    space = space_at(request, slug)
    form = WebhookForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            sending.subscribe(space=space, editor=request.user, **form.cleaned_data)
        except CivicError as refusal:
            form.add_error("url", refusal.message)
        else:
            messages.success(request, _("The address is told from now on. Give its owner the key below."))
            return redirect("space_webhooks", slug=slug)
    hooks = [
        {
            "hook": hook,
            "secret": sending.secret_of(hook),
            "tries": [
                {"made": made, "problem": PROBLEMS.get(made.problem, "")} for made in hook.tries.all()[:SHOWN_TRIES]
            ],
        }
        for hook in Webhook.objects.filter(space=space)
    ]
    context = {
        "space": space,
        "form": form,
        "hooks": hooks,
        "header_icon": "link",
    }
    crumbs = [(space.local_title, reverse("space_desk", args=[slug]))]
    status = 422 if form.errors else 200
    return page(request, "cms/webhooks/index.html", _("Webhooks"), crumbs, status=status, **context)


@require_POST
def change(request, slug: str, pk: int, verb: str):
    """Pause, go on, or remove."""
    space = space_at(request, slug)
    webhook = get_object_or_404(Webhook, pk=pk, space=space)
    {"pause": sending.pause, "resume": sending.resume, "remove": sending.remove}[verb](
        webhook=webhook, editor=request.user
    )
    return redirect("space_webhooks", slug=slug)


urlpatterns = [
    path("spaces/<str:slug>/webhooks/", index, name="space_webhooks"),
    *(
        path(f"spaces/<str:slug>/webhooks/<int:pk>/{verb}/", change, {"verb": verb}, name=f"webhook_{verb}")
        for verb in ("pause", "resume", "remove")
    ),
]

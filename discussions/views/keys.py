"""Keys for a member's own programs, and the page that tells programmers what there is."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from discussions import tokens
from discussions.errors import CivicError, SignInNeeded
from discussions.forms import KeyForm
from discussions.models import ApiToken

# What the parts of the interface are called on the page, by their tag.
HEADINGS = {
    "answers": gettext_noop("Official answers"),
    "budgets": gettext_noop("Budget choices"),
    "clocks": gettext_noop("Answer clocks"),
    "comments": gettext_noop("Comments"),
    "live": gettext_noop("Live sessions"),
    "moderation": gettext_noop("Moderation"),
    "open data": gettext_noop("Open data"),
    "proposals": gettext_noop("Proposals"),
    "spaces": gettext_noop("Discussions"),
    "statements": gettext_noop("Statements"),
    "surveys": gettext_noop("Surveys"),
    "texts": gettext_noop("Draft texts"),
}
VERBS = ("get", "post", "put", "patch", "delete")


@require_http_methods(["GET", "POST"])
def keys(request):
    """One's own keys. A new one is shown once, on the answer to the form and nowhere else."""
    if not request.user.is_authenticated:
        raise SignInNeeded(_("Please sign in first."))
    form, new, status = KeyForm(request.POST if request.method == "POST" else None), "", 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _row, new = tokens.make(member=request.user, name=form.cleaned_data["name"])
            except CivicError as refusal:
                form.add_error("name", refusal.message)
                status = refusal.status
            else:
                form, status = KeyForm(), 200
    context = {
        "form": form,
        "new": new,
        "keys": ApiToken.objects.filter(member=request.user).order_by("-pk"),
        "nav_current": "me",
        "crumbs": [{"label": _("Keys for programs"), "url": ""}],
    }
    response = render(request, "discussions/keys.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
def revoke(request, pk: int):
    """Take a key back; what is not one's own is not there."""
    if request.user.is_authenticated and tokens.revoke(member=request.user, pk=pk):
        messages.success(request, _("The key is taken back. Programs that use it are refused from now on."))
    return redirect("discussions:keys")


@require_GET
def interface(request):
    """What programs can read and write, made from the interface's own description."""
    # The interface imports the views' neighbours; it is there once all addresses are.
    from discussions.api import api

    operations: dict[str, list[dict]] = {}
    for path, verbs in api.get_openapi_schema()["paths"].items():
        for verb in VERBS:
            if verb in verbs:
                one = verbs[verb]
                operations.setdefault(_(HEADINGS[one["tags"][0]]), []).append(
                    {
                        "verb": verb.upper(),
                        "path": path,
                        # The description itself is English; what an operation is for stands in the catalogue.
                        "summary": _(one["summary"]),
                        "needs_key": bool(one.get("security")),
                        "parameters": [item["name"] for item in one.get("parameters", ()) if item["in"] == "query"],
                    }
                )
    context = {"operations": operations, "crumbs": [{"label": _("For programmers"), "url": ""}]}
    return render(request, "discussions/interface.html", context)

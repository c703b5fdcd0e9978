"""The desk of one monitor: whether it is on and why not, what came in, fetch now, bring a file."""

from functools import partial

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from wagtail.admin import messages

from discussions.models import Space
from integrations import ingest, tasks
from integrations.models import Monitor
from integrations.social import sources

PERMISSION = "integrations.change_monitor"
SHOWN_LOGS = 20


class PostFileForm(forms.Form):
    """A file of posts."""

    file = forms.FileField(
        label=gettext_lazy("File of posts"),
        help_text=gettext_lazy(
            "CSV with a heading row, or JSON Lines. The column text is needed; id, author, created_at, url, lang help."
        ),
    )


@require_safe
def detail(request, pk: int):
    """The monitor, its state in words, and the record of its fetches."""
    return _page(request, _monitor_or_refuse(request, pk), PostFileForm())


@require_POST
def fetch(request, pk: int):
    """Queue a fetch now, if the source can be asked at all."""
    monitor = _monitor_or_refuse(request, pk)
    on, reason = _availability(monitor)
    if not monitor.is_active:
        on, reason = False, _("This monitor is switched off.")
    if on:
        transaction.on_commit(partial(tasks.fetch_monitor.enqueue, monitor.pk))
        messages.success(request, _("The fetch is queued. What comes in appears below; reload the page in a moment."))
    else:
        messages.error(request, reason)
    return redirect("monitor_desk", pk=pk)


@require_POST
def import_file(request, pk: int):
    """Read a file into the discussion of the monitor. Good rows go in; each broken one is named."""
    monitor = _monitor_or_refuse(request, pk)
    form = PostFileForm(request.POST, request.FILES)
    if monitor.kind != Monitor.Kind.FILE:
        messages.error(request, _("This monitor asks a network; make one of kind “file” for files."))
        return redirect("monitor_desk", pk=pk)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            report = ingest.import_file(monitor, upload.file, upload.name)
        except sources.SourceError as error:
            form.add_error("file", str(error))
        else:
            messages.success(
                request,
                _("%(read)d rows read: %(accepted)d new, %(duplicates)d known already, %(skipped)d left out.")
                % {
                    "read": report.read,
                    "accepted": report.accepted,
                    "duplicates": report.duplicates,
                    "skipped": report.skipped,
                },
            )
            return redirect("monitor_desk", pk=pk)
    return _page(request, monitor, form, status=422)


def _monitor_or_refuse(request, pk: int) -> Monitor:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return get_object_or_404(Monitor.objects.select_related("corpus"), pk=pk)


def _availability(monitor: Monitor) -> tuple[bool, str]:
    try:
        found = sources.build(monitor).availability()
    except sources.SourceError as error:
        return False, str(error)
    return found.on, found.reason


def _page(request, monitor: Monitor, form: PostFileForm, *, status: int = 200):
    on, reason = _availability(monitor)
    context = {
        "monitor": monitor,
        "space": Space.objects.filter(corpus=monitor.corpus_id).first(),
        "is_file": monitor.kind == Monitor.Kind.FILE,
        "is_on": on,
        "reason": reason,
        "logs": monitor.logs.order_by("-pk")[:SHOWN_LOGS],
        "form": form,
        "header_title": monitor.label,
        "page_title": monitor.label,
        "header_icon": "view",
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": reverse("monitor:index"), "label": _("Monitors")},
            {"url": "", "label": monitor.label},
        ],
    }
    return render(request, "cms/desk/monitor.html", context, status=status)

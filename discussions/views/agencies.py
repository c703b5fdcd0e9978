"""How agencies keep their word, for everybody to see."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from discussions import agencies, clockfaces
from discussions.clockfaces import Standing
from discussions.cursors import number
from discussions.exports import writing
from discussions.models import Agency

# The heads of the public table; each number below them leads to its list.
HEADS = {
    Standing.ON_TIME: gettext_lazy("On time"),
    Standing.AFTER_EXTENSION: gettext_lazy("Within an extension"),
    Standing.LATE: gettext_lazy("Late"),
    Standing.OVERDUE: gettext_lazy("Overdue now"),
    Standing.RUNNING: gettext_lazy("Running"),
    Standing.EXTENDED: gettext_lazy("Running, extended"),
}


@require_safe
def index(request):
    """Every agency that ever owed an answer."""
    context = {
        "records": [_line(record) for record in agencies.records()],
        "heads": HEADS.values(),
        "nav_current": "agencies",
    }
    return render(request, "discussions/agencies/index.html", context)


@require_safe
def table(request):
    """The same table for programs and spreadsheets."""
    rows = [agencies.COLUMNS, *agencies.rows(agencies.records())]
    response = HttpResponse(b"".join(writing.csv_lines(rows)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="agencies.csv"'
    return response


@require_safe
def detail(request, slug: str):
    """One agency: its record, and the clocks behind it, all or those that stand in one way."""
    agency = get_object_or_404(Agency, slug=slug)
    chosen = request.GET.get("state", "")
    standing = next((key for key in Standing if key == chosen), None)
    (record,) = agencies.records(agency=agency)
    clocks, older = agencies.clocks_of(agency, standing=standing, before=number(request.GET.get("before")))
    base = reverse("discussions:agency", args=[agency.slug])
    choices = [(None, _("All"), record.total)] + [(key, HEADS[key], record.counts[key]) for key in Standing]
    context = {
        "agency": agency,
        "record": record,
        "lines": [{"clock": clock, "face": clockfaces.face(clock)} for clock in clocks],
        "tabs": [
            {"label": label, "url": f"{base}?state={key}" if key else base, "current": key == standing, "count": count}
            for key, label, count in choices
            if key is None or count or key == standing
        ],
        "older_url": f"?{f'state={standing}&' if standing else ''}before={older}" if older else "",
        "crumbs": [
            {"label": _("How agencies answer"), "url": reverse("discussions:agencies")},
            {"label": str(agency), "url": ""},
        ],
        "nav_current": "agencies",
    }
    return render(request, "discussions/agencies/detail.html", context)


def _line(record: agencies.Record) -> dict:
    base = reverse("discussions:agency", args=[record.agency.slug])
    cells = [(key, HEADS[key], record.counts[key], f"{base}?state={key}") for key in HEADS]
    return {"record": record, "url": base, "cells": cells}

"""Two questions a planner asks of an analysis: whom does a summary leave out, and what differs between two sides?"""

from dataclasses import dataclass
from datetime import datetime, time

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from cms import charts, dashboards, desks
from discussions import rules
from nlp import audits, reports
from nlp.core.encoders import EncoderUnavailable
from nlp.models import Corpus


class SummaryForm(forms.Form):
    summary = forms.CharField(
        label=gettext_lazy("Summary, or the quotes you want to show"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy(
            "Paste it as it is, in any language the analysis reads. It is compared sentence by sentence with what "
            "people wrote, and kept nowhere."
        ),
    )


class ComparisonForm(forms.Form):
    """What stands against what. Sources and groups are offered where there are two of them at least."""

    BY = (
        ("time", gettext_lazy("before and after a day")),
        ("source", gettext_lazy("two sources")),
        ("group", gettext_lazy("two opinion groups")),
    )
    by = forms.ChoiceField(label=gettext_lazy("Compare"))
    day = forms.DateField(
        label=gettext_lazy("The day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    source_a = forms.ChoiceField(label=gettext_lazy("Source A"), required=False)
    source_b = forms.ChoiceField(label=gettext_lazy("Source B"), required=False)
    group_a = forms.TypedChoiceField(label=gettext_lazy("Group A"), required=False, coerce=int, empty_value=None)
    group_b = forms.TypedChoiceField(label=gettext_lazy("Group B"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args, sources: list[tuple[str, str]], groups: list[tuple[int, str]], **kwargs):
        super().__init__(*args, **kwargs)
        offered = {"time": True, "source": len(sources) > 1, "group": len(groups) > 1}
        self.fields["by"].choices = [(key, words) for key, words in self.BY if offered[key]]
        for name, choices in (("source", sources), ("group", groups)):
            for place, side in enumerate("ab"):
                field = self.fields[f"{name}_{side}"]
                field.choices = choices
                field.initial = choices[min(place, len(choices) - 1)][0] if choices else None
            if not offered[name]:
                del self.fields[f"{name}_a"], self.fields[f"{name}_b"]

    def clean(self):
        cleaned = super().clean()
        by = cleaned.get("by")
        if by == "time" and not cleaned.get("day") and "day" not in self.errors:
            self.add_error("day", _("Choose the day that parts before from after."))
        if by in ("source", "group"):
            a, b = cleaned.get(f"{by}_a"), cleaned.get(f"{by}_b")
            if a in (None, "") or a == b:
                self.add_error(f"{by}_b", _("Choose two different sides."))
        return cleaned


@dataclass(frozen=True, slots=True)
class Line:
    """One difference as a table row; `a`, `b`, `low` and `high` are per cent (points for the last two)."""

    label: str
    a: int
    b: int
    difference: int
    low: int
    high: int
    is_clear: bool
    told: bool


@require_http_methods(["GET", "HEAD", "POST"])
def coverage(request, slug: str):
    """Audit a summary: whom it speaks for, against as many opinions picked blindly, and whom it leaves out."""
    rules.require(rules.may_read_opinion(request.user))
    chosen = dashboards.space_or_404(slug)
    form = SummaryForm(request.POST if request.method == "POST" else None)
    found = None
    if request.method == "POST" and form.is_valid():
        try:
            found = audits.of_summary(chosen.corpus, form.cleaned_data["summary"])
        except audits.NothingToAudit:
            form.add_error("summary", _("There is nothing to compare yet: no finished analysis, or no sentence."))
        except EncoderUnavailable as error:
            form.add_error("summary", str(error))
    context = {"form": form, "space": chosen, "audit": _audited(chosen.corpus, found) if found else None}
    return dashboards.page(
        request,
        "cms/desk/coverage.html",
        _("Whom does a summary leave out?"),
        _crumbs(chosen),
        status=422 if form.errors else 200,
        **context,
    )


@require_safe
def compare(request, slug: str):
    """Compare two periods, sources or opinion groups: topics and tone by people, each with its interval."""
    rules.require(rules.may_read_opinion(request.user))
    chosen = dashboards.space_or_404(slug)
    overview = reports.overview(chosen.corpus)
    groups = reports.groups(chosen.corpus)
    sources = list(dict.fromkeys(row.source for row in overview.by_source))
    form = ComparisonForm(
        request.GET if "by" in request.GET else None,
        sources=[(source, desks.source_label(source)) for source in sources],
        groups=[(one["number"], charts.letter(one["number"])) for one in groups["groups"]] if groups else [],
    )
    result = None
    if form.is_bound and form.is_valid():
        try:
            result = _compared(chosen.corpus, form)
        except audits.NothingToAudit:
            form.add_error("by", _("There is nothing to compare yet: no analysis has finished."))
    return dashboards.page(
        request,
        "cms/desk/compare.html",
        _("What differs?"),
        _crumbs(chosen),
        status=422 if form.errors else 200,
        space=chosen,
        form=form,
        result=result,
    )


def _crumbs(chosen) -> list[tuple[str, str]]:
    return [(_("Opinion"), reverse("opinion_desk")), (str(chosen), reverse("opinion_space", args=[chosen.slug]))]


def _audited(corpus: Corpus, found: audits.SummaryAudit) -> dict:
    """The audit with words in the place of numbers of opinions and topics."""
    labels = {row.number: row.label for row in reports.topics(corpus)}
    wanted = [key for _words, key in found.sentences if key] + found.mending
    wanted += [key for keys in found.left_out.values() for key in keys]
    opinions = {opinion.pk: opinion for opinion in reports.by_ids(corpus, wanted)}

    def quoted(keys):
        return [desks.quote_line(opinions[key]) for key in keys if key in opinions]

    coverage = found.coverage
    figures = [
        (_("people"), coverage.people),
        (_("contributions"), coverage.opinions),
        (_("topics"), coverage.topics),
        (_("opinion groups"), coverage.groups),
    ]
    return {
        "figures": [(name, _figure(figure)) for name, figure in figures if figure is not None],
        "length": len(found.sentences),
        "is_worse": coverage.people.percentile < 50,
        "unfounded": [words for words, key in found.sentences if key is None],
        "founded": [(words, quoted([key])) for words, key in found.sentences if key is not None],
        "left_out": [
            {
                "label": labels.get(part.number, ""),
                "people": part.people,
                "missed": part.people - part.represented,
                "quotes": quoted(found.left_out[part.number]),
            }
            for part in coverage.by_topic
            if part.number in labels and part.people - part.represented >= reports.SMALL_CELL
        ],
        "mending": quoted(found.mending),
    }


def _figure(figure) -> dict:
    return {
        "value": round(100 * figure.value),
        "random": round(100 * figure.random),
        "low": round(100 * figure.interval.low),
        "high": round(100 * figure.interval.high),
    }


def _compared(corpus: Corpus, form: ComparisonForm) -> dict:
    held, chosen = audits.read(corpus), form.cleaned_data
    if chosen["by"] == "time":
        moment = timezone.make_aware(datetime.combine(chosen["day"], time.min))
        sides, names = audits.before_and_after(held, moment), (_("before"), _("from this day on"))
    elif chosen["by"] == "source":
        a, b = chosen["source_a"], chosen["source_b"]
        sides, names = audits.by_source(held, a, b), (desks.source_label(a), desks.source_label(b))
    else:
        a, b = chosen["group_a"], chosen["group_b"]
        sides = audits.by_group(held, a, b)
        names = tuple(_("group %(letter)s") % {"letter": charts.letter(side)} for side in (a, b))
    found = audits.compare(held, *sides)
    labels = {row.number: row.label for row in reports.topics(corpus)}
    return {
        "names": names,
        "people": (charts.few(found.people_a), charts.few(found.people_b)),
        "topics": [_line(labels[one.subject], one) for one in found.topics if one.subject in labels],
        "sentiments": [_line(str(desks.SENTIMENT_WORDS[one.subject]), one) for one in found.sentiments],
        "clear": sum(one.is_clear for one in found.topics),
    }


def _line(label: str, one) -> Line:
    if not one.told:
        return Line(label, 0, 0, 0, 0, 0, False, False)
    shares = [round(100 * value) for value in (one.a, one.b, one.difference, one.interval.low, one.interval.high)]
    return Line(label, *shares, one.is_clear, True)

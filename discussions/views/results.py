"""Where things stand: the public result, in words first."""

from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from discussions import coverage
from discussions.models import Statement
from discussions.views.frame import frame, space_or_404
from nlp import reports


@require_GET
def index(request, slug: str):
    """Topics with quotes, opinion groups with their statements, and how to read them."""
    space = space_or_404(request, slug)
    overview = reports.overview(space.corpus)
    topics = reports.topics(space.corpus)
    groups = reports.groups(space.corpus)
    first_quotes = {
        opinion.pk: opinion for opinion in reports.by_ids(space.corpus, [row.quotes[0] for row in topics if row.quotes])
    }
    answered = coverage.of_topics(space)
    context = frame(
        request,
        space,
        "results",
        overview=overview,
        topics=[
            {
                "row": row,
                "quote": first_quotes.get(row.quotes[0]) if row.quotes else None,
                "answered": answered.get(row.number),
            }
            for row in topics
        ],
        groups=groups_in_words(space, groups) if groups else None,
        reading=reports.reading(overview.topics_run, get_language()),
    )
    return render(request, "discussions/results.html", context)


def groups_in_words(space, groups: dict) -> dict:
    """The opinion groups with the words of their statements; statements hidden since are left out."""
    words = dict(Statement.objects.published().filter(space=space).values_list("id", "text"))

    def spoken(rows):
        return [{**row, "text": words[row["statement"]]} for row in rows if row["statement"] in words]

    return {
        **groups,
        "groups": [{**group, "representative": spoken(group["representative"])[:3]} for group in groups["groups"]],
        "common_ground": spoken(groups["common_ground"])[:5],
        "divisive": spoken(groups["divisive"])[:5],
        "minority": spoken(groups.get("minority", []))[:5],
    }

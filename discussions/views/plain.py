"""A discussion in plain words and large letters: what it is about, what one can do now, and until when."""

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from discussions import instruments, rules, timelines
from discussions.models import PaperForm
from discussions.views.frame import space_or_404


@require_GET
def index(request, slug: str):
    """One page without side-lines; each thing to do is one button."""
    space, now = space_or_404(request, slug), timezone.now()
    offered = {rules.INSTRUMENT_OF[verb] for verb in rules.Verb if rules.permits(space, verb)}
    context = {
        "space": space,
        "sentence": timelines.sentence(space, now),
        "until": timelines.end(space, now),
        "doors": [kind for kind in instruments.of(space) if kind.key in offered],
        "has_paper": PaperForm.objects.filter(space=space).exists(),
        "crumbs": [{"label": space.local_title, "url": space.get_absolute_url()}],
    }
    return render(request, "discussions/plain.html", context)

"""What a space is, and the stages it went through, as open data."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions import timelines
from discussions.exports.table import Table
from discussions.models import Event


def _space(space):
    yield (
        space.slug,
        space.title,
        space.title_en,
        space.question,
        space.question_en,
        space.agency.name if space.agency else "",
        space.phase_now,
        " ".join(sorted(space.instruments)),
        space.created_at,
    )


def _stages(space):
    for step in timelines.of(space, timezone.now()):
        yield step.key, step.label, step.state, step.at, step.until, step.is_promise


def _moves(space):
    moves = Event.objects.filter(space=space, type="phase.changed").order_by("seq").values_list("seq", "data", "at")
    for seq, data, at in moves.iterator(chunk_size=1000):
        yield seq, data["phase"], at


TABLES = (
    Table(
        name="space",
        title=_("The discussion"),
        columns={
            "slug": _("address"),
            "title": _("title"),
            "title_en": _("title in English"),
            "question": _("the question in one sentence"),
            "question_en": _("the question in English"),
            "agency": _("agency that has to answer"),
            "phase": _("the phase when this was exported"),
            "instruments": _("ways to take part, separated by spaces"),
            "created_at": _("when it was set up"),
        },
        rows=_space,
    ),
    Table(
        name="phases",
        title=_("Stages and dates"),
        columns={
            "phase": _("key of the stage"),
            "label": _("its name"),
            "state": _("done, now or next"),
            "at": _("when it began or begins"),
            "until": _("when it ends by itself"),
            "is_promise": _("true where the date is the latest day for it"),
        },
        rows=_stages,
    ),
    Table(
        name="phase_changes",
        title=_("Changes of phase as they happened"),
        columns={
            "event": _("number of the event in this discussion"),
            "phase": _("the phase that began"),
            "at": _("when it was written down"),
        },
        rows=_moves,
    ),
)

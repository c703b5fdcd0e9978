"""The public log of moderation as open data: decisions without words and without names."""

from django.utils.translation import gettext_lazy as _

from discussions import modlog, reasons
from discussions.exports.table import Table
from discussions.models import Burst


def _rows(space):
    found = modlog.acts(space).order_by("id")
    for act in found.iterator(chunk_size=1000):
        entry = modlog.entry(act)
        yield (
            entry.id,
            entry.at,
            entry.kind,
            entry.act,
            entry.reason,
            entry.reason_label,
            entry.moderator,
            entry.appeal,
        )


def _alike(space):
    found = Burst.objects.filter(space=space, kind=Burst.Kind.TEXT).order_by("id")
    for burst in found.iterator(chunk_size=1000):
        yield burst.pk, burst.posts, burst.people, burst.began_at, burst.ended_at


def _reasons(space):
    for reason in reasons.HOUSE.values():
        yield reason.code, str(reason.label), str(reason.told)
    for row in space.moderation_reasons.order_by("id").iterator(chunk_size=1000):
        yield row.code, row.words, row.told


TABLES = (
    Table(
        name="moderation",
        title=_("Decisions of moderators"),
        columns={
            "id": _("number of the decision"),
            "at": _("when it was taken"),
            "kind": _("what it was about: a kind of contribution, or the floor of a live session"),
            "act": _("hide, restore, release, reject, keep, uphold, silence or lift"),
            "reason": _("code of the reason, see the table of reasons"),
            "reason_words": _("the reason in words"),
            "moderator": _("number of the moderator, the same in all their decisions"),
            "appeal": _("what became of the author's appeal, empty without one"),
        },
        rows=_rows,
    ),
    Table(
        name="moderation_reasons",
        title=_("Reasons for hiding"),
        columns={
            "code": _("code of the reason"),
            "reason": _("the reason in words"),
            "told": _("what the author is told"),
        },
        rows=_reasons,
    ),
    Table(
        name="said_alike",
        title=_("Said alike by many accounts"),
        columns={
            "id": _("number of the burst"),
            "posts": _("how many posts"),
            "people": _("from how many accounts"),
            "began_at": _("time of the first"),
            "ended_at": _("time of the last"),
        },
        rows=_alike,
    ),
)

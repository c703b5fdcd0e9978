"""What every page about a space shows round its own content: the question, the phases, the tabs, the rail."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import events, instruments, participation, rules
from discussions.instruments import Instrument
from discussions.models import Event, Phase, Space
from nlp import reports
from nlp.models import Topic

TIMELINE = (
    (Phase.OPEN, "opens_at"),
    (Phase.VOTING, "voting_at"),
    (Phase.REVIEW, "review_at"),
    (Phase.ANSWERED, "answer_due_at"),
)
GLANCE_SECONDS = 20
SOON_DAYS = 7


def space_or_404(request, slug: str) -> Space:
    """The space at this address, if the reader may see it."""
    newest = Event.objects.filter(space=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    found = Space.objects.select_related("agency").annotate(newest_seq=Coalesce(Subquery(newest), 0))
    space = found.filter(slug=slug).first()
    if space is None:
        raise Http404
    return visible_or_404(request, space)


def visible_or_404(request, space: Space) -> Space:
    """The same space; a draft does not exist for readers without a role."""
    if not rules.may_see(request.user, space):
        raise Http404
    return space


def frame(request, space: Space, current: str, **more) -> dict:
    """Template context common to all pages of a space; `current` names the tab."""
    seq = space.newest_seq if hasattr(space, "newest_seq") else events.last_seq(space.pk)
    return {
        "space": space,
        "seq": seq,
        "glance": glance(space),
        "phases": phases(space),
        "next_words": next_words(space),
        "clock": clock(space),
        "tabs": tabs(space, current),
        "nav_current": "spaces",
        "crumbs": [
            {"label": _("Public questions"), "url": reverse("wagtail_serve", args=["spaces/"])},
            {"label": space.local_title, "url": ""},
        ],
        "may_comment": bool(rules.may_comment(request.user, space))
        or not request.user.is_authenticated
        and rules.Verb.COMMENT in rules.PERMITTED[space.phase],
        **more,
    }


@dataclass(frozen=True, slots=True)
class Glance:
    """The few figures beside a discussion."""

    people: int
    contributions: int
    topics: list[Topic]


def glance(space: Space) -> Glance:
    """The rail's figures. Counting a long discussion takes time, so they may be GLANCE_SECONDS old."""
    return cache.get_or_set(f"glance:{space.pk}", lambda: _counted(space), GLANCE_SECONDS)


def _counted(space: Space) -> Glance:
    return Glance(
        people=participation.people_in([space.pk]).get(space.pk, 0),
        contributions=participation.contributions_in([space.pk]).get(space.pk, 0),
        topics=reports.largest_topics(space.corpus_id),
    )


def tabs(space: Space, current: str) -> list[dict]:
    """The rooms of a space, as links: one for each instrument it offers, then what came of it."""
    rooms = [(kind.key.value, kind.label, kind.url_name) for kind in instruments.of(space)]
    rooms += [
        ("results", _("Where things stand"), "discussions:results"),
        ("answers", _("Answers"), "discussions:answers"),
    ]
    if not instruments.is_on(space, Instrument.COMMENTS):
        rooms.insert(0, (Instrument.COMMENTS.value, _("About"), "discussions:space"))
    return [
        {"label": label, "url": reverse(name, args=[space.slug]), "current": key == current, "count": None}
        for key, label, name in rooms
    ]


def phases(space: Space) -> list[dict]:
    """The stages a policy passes, with what is done, where we are and what comes."""
    order = [phase for phase, _field in TIMELINE]
    reached = order.index(space.phase) if space.phase in order else (-1 if space.phase == Phase.DRAFT else len(order))
    line = []
    for position, (phase, field) in enumerate(TIMELINE):
        state = "done" if position < reached else "now" if position == reached else "next"
        line.append(
            {"key": phase.value, "label": phase.label, "state": state, "at": getattr(space, field), "until": None}
        )
    return line


def next_words(space: Space) -> str:
    """What comes after the present phase, in one sentence; empty at the end."""
    order = [phase for phase, _field in TIMELINE]
    position = order.index(space.phase) + 1 if space.phase in order else 0
    if space.phase in (Phase.ANSWERED, Phase.ARCHIVED) or position >= len(order):
        return ""
    return _("Next: %(phase)s") % {"phase": order[position].label}


def clock(space: Space) -> dict | None:
    """How much time the agency has left to answer: inputs of components/clock.html, or None without a date."""
    if space.answer_due_at is None:
        return None
    if space.phase in (Phase.ANSWERED, Phase.ARCHIVED):
        return {"state": "done", "words": _("Answered")}
    days = (space.answer_due_at - timezone.now()).days
    if days < 0:
        words = ngettext("Overdue by %(days)d day", "Overdue by %(days)d days", -days) % {"days": -days}
        return {"state": "overdue", "words": words}
    words = ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}
    return {"state": "soon" if days < SOON_DAYS else "waiting", "words": words}

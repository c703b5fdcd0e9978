"""What every page about a space shows round its own content: the question, the phases, the tabs, the rail."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discussions import clockfaces, events, guests, instruments, participation, rules, timelines
from discussions.instruments import Instrument
from discussions.models import Event, Phase, Space
from discussions.rules import Verb
from discussions.views import entrance
from nlp import reports
from nlp.models import Topic

GLANCE_SECONDS = 20

# What a phase is for, in the order in which a reader cares: (verb, where one does it, words on the button).
MAIN_DEEDS: dict[str, tuple[tuple[Verb, str, str | Promise], ...]] = {
    Phase.TEXT: ((Verb.SUGGEST, "discussions:texts", gettext_lazy("Read the draft")),),
    Phase.VOTING: (
        (Verb.VOTE, "discussions:statements", gettext_lazy("Vote on the statements")),
        (Verb.ALLOCATE, "discussions:budgets", gettext_lazy("Share out the budget")),
    ),
}
SAY = (Verb.COMMENT, "discussions:space", gettext_lazy("Say what you think"))
TO_READ: dict[str, tuple[str, str | Promise]] = {
    Phase.REVIEW: ("discussions:results", gettext_lazy("See what was said")),
    Phase.ANSWERED: ("discussions:answers", gettext_lazy("Read the answer")),
    Phase.FOLLOW_UP: ("discussions:answers", gettext_lazy("See what became of it")),
    Phase.ARCHIVED: ("discussions:answers", gettext_lazy("Read the answer")),
}


def space_or_404(request, slug: str) -> Space:
    """The space at this address, if the reader may see it."""
    newest = Event.objects.filter(space=OuterRef("pk")).order_by("-seq").values("seq")[:1]
    found = clockfaces.with_clock(Space.objects.select_related("agency"))
    found = found.annotate(newest_seq=Coalesce(Subquery(newest), 0))
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
    now = timezone.now()
    front_url = reverse("discussions:space", args=[space.slug])
    is_front = request.path == front_url
    seq = space.newest_seq if hasattr(space, "newest_seq") else events.last_seq(space.pk)
    return {
        "space": space,
        "seq": seq,
        "glance": glance(space),
        "phases": phases(space, now),
        "now_words": timelines.sentence(space, now),
        "next_step": timelines.upcoming(space, now),
        "clock": clockfaces.of_space(space, now=now),
        "tabs": tabs(space, current),
        "is_front": is_front,
        "main_deed": main_deed(space, now),
        "nav_current": "spaces",
        "crumbs": [
            {"label": _("Public questions"), "url": reverse("wagtail_serve", args=["spaces/"])},
            {"label": space.local_title, "url": "" if is_front else front_url},
        ],
        **_may_comment(request, space),
        "takes_guests": guests.may_enter(space, Verb.COMMENT),
        **more,
    }


def _may_comment(request, space: Space) -> dict:
    """Whether the form stands on the page; for somebody not known surely enough, what is needed and the way there."""
    verdict = rules.may_comment(request.user, space)
    may_try = verdict.code == "sign_in" and rules.permits(space, Verb.COMMENT)
    needs = {}
    if verdict.code.startswith("level_"):
        way_in = entrance.way_in(verdict.code, request.get_full_path())
        needs = {"words": rules.explained(verdict.code), **way_in}
    return {"may_comment": bool(verdict) or may_try, "comment_needs": needs}


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


def main_deed(space: Space, now: datetime) -> dict | None:
    """The one thing the front asks for in this phase: where it is, and the words on the button."""
    phase = space.phase_at(now)
    if phase in TO_READ:
        name, label = TO_READ[phase]
        return {"label": label, "url": reverse(name, args=[space.slug]), "is_answer": phase == Phase.ANSWERED}
    for verb, name, label in (*MAIN_DEEDS.get(phase, ()), SAY):
        if verb in rules.PERMITTED[phase] and instruments.is_on(space, rules.INSTRUMENT_OF[verb]):
            anchor = "#discussion-title" if verb == Verb.COMMENT else ""
            return {"label": label, "url": reverse(name, args=[space.slug]) + anchor, "is_answer": False}
    return None


def phases(space: Space, now: datetime) -> list[dict]:
    """The stages of a space: inputs of components/phases.html."""
    return [
        {
            "key": step.key,
            "label": step.label,
            "state": step.state,
            "at": step.at,
            "until": timelines.last_moment(step.until) if step.until else None,
            "is_promise": step.is_promise,
        }
        for step in timelines.of(space, now)
    ]


def rooms(space: Space, now: datetime) -> list[dict]:
    """The ways to take part as cards, for a front that is not a discussion itself: open ones first."""
    allowed = rules.PERMITTED[space.phase_at(now)]
    cards = [
        {
            "label": kind.label,
            "words": kind.words,
            "url": reverse(kind.url_name, args=[space.slug]),
            "is_open": any(rules.INSTRUMENT_OF[verb] == kind.key for verb in allowed),
        }
        for kind in instruments.of(space)
        if kind.key != Instrument.COMMENTS
    ]
    return sorted(cards, key=lambda card: not card["is_open"])

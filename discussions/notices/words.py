"""What a notice says, made when it is read: from what is public at that moment, so hidden words are in no notice."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from discussions import reasons, targets
from discussions.models import (
    AnswerClock,
    Budget,
    Comment,
    DraftText,
    Milestone,
    Notice,
    Phase,
    Proposal,
    Question,
    Reply,
    Silence,
    Survey,
    Wording,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One notice for the eye: a sentence, and the address where it leads (a path below the site)."""

    notice: Notice
    sentence: str
    url: str


# What each type of event needs to be told with: the model its `id` names.
_MODELS = {
    "comment": Comment,
    "proposal": Proposal,
    "reply": Reply,
    "clock": AnswerClock,
    "milestone": Milestone,
    "text": DraftText,
    "wording": Wording,
    "survey": Survey,
    "budget": Budget,
    "question": Question,
    "silence": Silence,
}
_RELATED = {
    "question": ("session", "merged_into"),
    "silence": ("session",),
    "comment": ("space",),
    "proposal": ("space",),
    "reply": ("space", "agency"),
    "clock": ("space", "proposal", "session"),
}

_PLAIN: dict[str, str | Promise] = {
    "comment.heeded": gettext_lazy("The draft was changed because of what you wrote."),
    "handover.made": gettext_lazy("What was said here was handed to the agency, topic by topic."),
    "reply.corrected": gettext_lazy("%(agency)s has corrected its answer. Both versions can be read."),
    "proposal.published": gettext_lazy("A new proposal: “%(name)s”."),
    "proposal.reached": gettext_lazy("“%(name)s” has enough signatures. The agency has to answer."),
    "proposal.closed": gettext_lazy("The time for signatures under “%(name)s” is over."),
    "proposal.withdrawn": gettext_lazy("A proposal you stand behind was withdrawn."),
    "proposal.author_left": gettext_lazy("The author of “%(name)s” has stepped back. The proposal goes on."),
    "proposal.addendum": gettext_lazy("Something was added to “%(name)s”."),
    "proposal.merge_asked": gettext_lazy("You are asked whether two proposals should become one."),
    "proposal.merge_refused": gettext_lazy("Two proposals stay apart: an author said no."),
    "proposal.merge_expired": gettext_lazy("Two proposals stay apart: nobody answered in time."),
    "proposal.merged": gettext_lazy("Two proposals became one. Your signature went along; you can take it back."),
    "clock.started": gettext_lazy("The agency has begun to prepare its answer."),
    "clock.questions": gettext_lazy("A question you asked or raised was handed to the agency, which has to answer it."),
    "clock.extended": gettext_lazy("The agency needs more time and says why."),
    "clock.answered": gettext_lazy("The answer that was owed is here."),
    "clock.due_soon": gettext_lazy("An answer of your agency is due soon."),
    "clock.overdue": gettext_lazy("An answer is overdue."),
    "milestone.changed": gettext_lazy("News of what the agency does: “%(name)s”."),
    "text.version": gettext_lazy("There is a new version of “%(name)s”, with what changed and why."),
    "wording.judged": gettext_lazy("The agency has decided on a suggested wording."),
    "wording.taken": gettext_lazy("A suggested wording was taken into the draft."),
    "survey.opened": gettext_lazy("A survey is open: “%(name)s”."),
    "survey.closed": gettext_lazy("The results of “%(name)s” are here."),
    "budget.opened": gettext_lazy("You can choose what the money goes to: “%(name)s”."),
    "budget.tallied": gettext_lazy("The ballots of “%(name)s” are counted."),
    "budget.decided": gettext_lazy("There is a decision on “%(name)s”."),
    "question.parted": gettext_lazy("“%(name)s” stands by itself again; it had been joined with another question."),
    "silence.lifted": gettext_lazy("You have the floor again in the live session."),
}
# A live question, for those who asked it and for those who raise it.
_ASKED: dict[str, tuple[str | Promise, str | Promise]] = {
    "put": (
        gettext_lazy("Your question is at the panel: “%(name)s”."),
        gettext_lazy("A question you raised is at the panel: “%(name)s”."),
    ),
    "answered": (
        gettext_lazy("Your question was answered in the live session: “%(name)s”."),
        gettext_lazy("A question you raised was answered in the live session: “%(name)s”."),
    ),
    "written": (
        gettext_lazy("The answer to your question is written down: “%(name)s”."),
        gettext_lazy("The answer to a question you raised is written down: “%(name)s”."),
    ),
    "parked": (
        gettext_lazy("Your question was put aside for a written answer: “%(name)s”."),
        gettext_lazy("A question you raised was put aside for a written answer: “%(name)s”."),
    ),
    "merged": (
        gettext_lazy("Your question was joined with another that asks the same: “%(name)s”."),
        gettext_lazy("A question you raised was joined with another that asks the same: “%(name)s”."),
    ),
}
_JUDGED: dict[str, str | Promise] = {
    "hidden": gettext_lazy("Something you wrote was hidden by a moderator. You can read why, and object once."),
    "restored": gettext_lazy("Something you wrote is public again."),
    "released": gettext_lazy("What you wrote was checked and is public now."),
    "upheld": gettext_lazy("Another moderator has looked at your objection: the decision stands."),
}


def lines(notices: Iterable[Notice]) -> list[Line]:
    """Each notice in words and with its address: one query per kind of thing that is spoken of.

    The notices come with `event` and `event.space`.
    """
    rows = list(notices)
    things = _things(rows)
    return [_line(row, things) for row in rows]


def _things(rows: list[Notice]) -> dict[tuple[str, int], object]:
    wanted: dict[str, set[int]] = {}
    for row in rows:
        noun = row.event.type.partition(".")[0]
        if noun in _MODELS:
            wanted.setdefault(noun, set()).add(row.event.data.get("id", 0))
    return {
        (noun, thing.pk): thing
        for noun, pks in wanted.items()
        for thing in _MODELS[noun].objects.filter(pk__in=pks).select_related(*_RELATED.get(noun, ()))
    }


def _line(notice: Notice, things: dict) -> Line:
    event = notice.event
    noun, _dot, verb = event.type.partition(".")
    thing = things.get((noun, event.data.get("id")))
    if verb in _JUDGED and noun in targets.KINDS:
        return Line(notice, str(_JUDGED[verb]), reverse("discussions:me"))
    if event.type == "comment.posted":
        answered = _("Somebody answered you.") if notice.is_direct else _("A new answer where you follow along.")
        return Line(notice, answered, _address(event, noun, thing))
    if event.type == "phase.changed":
        phase = Phase(event.data["phase"]).label
        return Line(notice, _("A new stage has begun: %(phase)s.") % {"phase": phase}, event.space.get_absolute_url())
    if event.type == "reply.given":
        whom = _("%(agency)s has answered you.") if notice.is_direct else _("%(agency)s has answered.")
        return Line(notice, whom % {"agency": getattr(thing, "agency", "")}, _address(event, noun, thing))
    if event.type == "silence.set":
        return Line(notice, _silenced(thing), _address(event, noun, thing))
    words = _step(notice, verb) if noun == "question" else None
    words = words or _PLAIN.get(event.type)
    if words is None:
        return Line(notice, _("Something new happened here."), event.space.get_absolute_url())
    told = str(words) % {"name": _name(thing), "agency": getattr(thing, "agency", "")}
    return Line(notice, told, _address(event, noun, thing))


def _step(notice: Notice, verb: str) -> str | Promise | None:
    """What a step of a live question is called; None for one that has words of its own."""
    step = verb if verb in _ASKED else next((name for name in _ASKED if name in notice.event.data), "")
    mine, raised = _ASKED.get(step, (None, None))
    return mine if notice.is_direct else raised


def _silenced(silence: Silence | None) -> str:
    words = _("A facilitator has taken the floor from you in a live session. Reason: %(reason)s.")
    return words % {"reason": reasons.words(silence.reason) if silence is not None else ""}


def _name(thing) -> str:
    """What a thing is called, where the public may read it."""
    if thing is None or getattr(thing, "state", "visible") in targets.GONE:
        return _("not public any more")
    return str(thing)


_ADDRESSES: dict[str, Callable] = {
    "comment": lambda event, comment: comment.get_absolute_url(),
    "proposal": lambda event, proposal: proposal.get_absolute_url(),
    "reply": lambda event, reply: reply.get_absolute_url(),
    "clock": lambda event, clock: (clock.proposal or clock.session or event.space).get_absolute_url(),
    "question": lambda event, question: f"{question.session.get_absolute_url()}#q{question.carrier.pk}",
    "silence": lambda event, silence: silence.session.get_absolute_url(),
}
_ROOMS = {
    "milestone": "discussions:answers",
    "text": "discussions:texts",
    "wording": "discussions:texts",
    "survey": "discussions:surveys",
    "budget": "discussions:budgets",
    "question": "discussions:space_live",
    "handover": "discussions:handover",
}


def _address(event, noun: str, thing) -> str:
    if thing is not None and noun in _ADDRESSES:
        return _ADDRESSES[noun](event, thing)
    if noun in _ROOMS:
        return reverse(_ROOMS[noun], args=[event.space.slug])
    return event.space.get_absolute_url()

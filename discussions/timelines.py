"""The stages of a policy as people read them: what was, what is, what comes, and what may be done now."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from discussions import instruments, rules
from discussions.instruments import Instrument
from discussions.models import Phase, Space
from discussions.models.spaces import BEGINS_AT, is_later
from discussions.rules import Verb

# When a phase begins, or when its result was promised.
DATE_OF = {**BEGINS_AT, Phase.ANSWERED: "answer_due_at"}
# Where discussions happen: any of them lets people comment.
_DISCUSSED = (Instrument.COMMENTS, Instrument.TEXTS, Instrument.PROPOSALS)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage. `state` is done, now or next; `at` when it began or begins; `until` when it ends.

    `is_promise`: `at` is the latest day for it, not the day it happens; `is_late`: that day has passed.
    """

    key: str
    label: str
    state: str
    at: datetime | None
    until: datetime | None = None
    is_promise: bool = False
    is_late: bool = False


def of(space: Space, now: datetime) -> list[Step]:
    """The stages of a space in order: those with a date, and the one it is in. A draft shows none but its own."""
    here = space.phase_at(now)
    steps = []
    for phase in Phase:
        date = getattr(space, DATE_OF[phase]) if phase in DATE_OF else None
        if phase == here:
            # Where nothing can be done any more there is nothing to come too late for.
            until = None if phase in (Phase.REVIEW, Phase.ANSWERED) else end(space, now)
            steps.append(Step(phase.value, str(phase.label), "now", _begun(space, phase, date, now), until))
        elif phase == Phase.DRAFT or date is None and not _is_promised(space, phase):
            continue
        elif is_later(phase, here):
            # A date that passed unused (the phase was chosen by hand, or an answer is owed) tells nothing any more.
            shown = date if date is not None and date > now else None
            to_come = Step(phase.value, str(phase.label), "next", shown)
            steps.append(_promise(space, now) if phase == Phase.ANSWERED else to_come)
        else:
            is_past = date is not None and date <= now and phase != Phase.ANSWERED
            steps.append(Step(phase.value, str(phase.label), "done", date if is_past else None))
    return steps


def end(space: Space, now: datetime) -> datetime | None:
    """When the present phase ends by itself; the day an answer is promised, during a review. None without a date."""
    following = upcoming(space, now)
    return following.at if following else None


def upcoming(space: Space, now: datetime) -> Step | None:
    """The stage that comes next and when, as far as it is known."""
    here = space.phase_at(now)
    if here == Phase.REVIEW:
        return _promise(space, now)
    dates = [(getattr(space, column), phase) for phase, column in BEGINS_AT.items() if is_later(phase, here)]
    coming = [(at, -position, phase) for position, (at, phase) in enumerate(dates) if at is not None and at > now]
    if not coming:
        return None
    at, _position, phase = min(coming)
    phase = Phase(phase)
    return Step(phase.value, str(phase.label), "next", at)


def last_moment(end: datetime) -> datetime:
    """The last second of a phase that ends at `end`: one that ends at midnight is open until the day before."""
    return end - timedelta(seconds=1)


def verbs(space: Space, now: datetime) -> list[str]:
    """What may be done now, by the phase and the instruments of the space, as the keys of verbs."""
    allowed = rules.PERMITTED[space.phase_at(now)]
    return [verb.value for verb in Verb if verb in allowed and _is_offered(space, verb)]


def deeds(space: Space, now: datetime) -> list[str]:
    """The same in words, in the order in which a reader cares."""
    allowed = verbs(space, now)
    words = {
        Verb.RESPOND: _("answer the survey"),
        Verb.ALLOCATE: _("share out the budget"),
        Verb.PROPOSE: _("make a proposal"),
        Verb.COSIGN: _("co-sign proposals"),
        Verb.SUGGEST: _("suggest wording"),
        Verb.VOTE: _("vote on statements"),
        Verb.STATE: _("make statements"),
        Verb.COMMENT: _("comment"),
        Verb.ASK: _("ask in live sessions"),
    }
    return [said for verb, said in words.items() if verb in allowed]


def sentence(space: Space, now: datetime) -> str:
    """What may be done now, in one plain sentence."""
    possible = deeds(space, now)
    if possible:
        return _("You can now %(deeds)s.") % {"deeds": listed(possible)}
    return {
        Phase.DRAFT: _("This discussion is being prepared. Only its editors can see it."),
        Phase.REVIEW: _("The agency reads what was said and owes an answer. Everything stays here to be read."),
        Phase.ANSWERED: _("The agency has answered. Everything stays here to be read."),
        Phase.FOLLOW_UP: _("Here you can follow what became of the answer."),
        Phase.ARCHIVED: _("This discussion is over. Everything stays here to be read."),
    }.get(Phase(space.phase_at(now)), _("At the moment there is something to read and nothing to do here."))


def listed(words: list[str]) -> str:
    """Several words as one enumeration."""
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s and %(last)s") % {"first": _(", ").join(words[:-1]), "last": words[-1]}


def _begun(space: Space, phase: Phase, date: datetime | None, now: datetime) -> datetime | None:
    if phase == Phase.DRAFT:
        return None
    if phase in BEGINS_AT and date is not None and date <= now:
        return date
    return space.runs_since


def _promise(space: Space, now: datetime) -> Step:
    due = space.answer_due_at
    is_late = due is not None and due <= now
    return Step(
        Phase.ANSWERED.value, str(Phase.ANSWERED.label), "next", due, is_promise=due is not None, is_late=is_late
    )


def _is_promised(space: Space, phase: Phase) -> bool:
    """An answer follows every review, also where no day was named for it."""
    return phase == Phase.ANSWERED and space.review_at is not None


def _is_offered(space: Space, verb: Verb) -> bool:
    if verb == Verb.COMMENT:
        return any(instruments.is_on(space, instrument) for instrument in _DISCUSSED)
    return instruments.is_on(space, rules.INSTRUMENT_OF[verb])

"""Who may answer for which agency, ask for more time, and say what follows. Pure predicates, as in `rules`."""

from datetime import datetime

from discussions import rules
from discussions.models import AnswerClock, Phase, Space
from discussions.rules import Verdict


def may_answer_for(member, agency_id: int | None) -> Verdict:
    """Officers of the agency that owes the answer; of any agency where none is named."""
    verdict = rules.may_answer(member)
    if verdict and agency_id is not None and member.agency_id != agency_id:
        return Verdict(False, "other_agency")
    return verdict


def may_extend(member, clock: AnswerClock, *, made: int, now: datetime) -> Verdict:
    """Officers of its agency, while the date promised before is not over; `made` extensions were made so far."""
    verdict = may_answer_for(member, clock.agency_id)
    if verdict and clock.answered_at is not None:
        return Verdict(False, "clock_answered")
    if verdict and clock.due_at < now:
        return Verdict(False, "clock_overdue")
    if verdict and made >= clock.extensions_allowed:
        return Verdict(False, "extensions_used")
    return verdict


def may_follow_up(member, space: Space) -> Verdict:
    """Officers of the agency of a space announce what follows, from its review on."""
    verdict = may_answer_for(member, space.agency_id)
    if verdict and space.phase_now not in (Phase.REVIEW, Phase.ANSWERED, Phase.FOLLOW_UP):
        return Verdict(False, "too_early")
    return verdict

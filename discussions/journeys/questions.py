"""Live questions of a member."""

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import reasons
from discussions.journeys.contribution import Contribution, step
from discussions.models import Question

State = Question.State


def of(member, cut, limit: int):
    """The newest `limit` of them behind the cut. One that was joined with another goes the way of that one."""
    found = Question.objects.filter(author=member).select_related(
        "session__space", "merged_into__session", "owed", "merged_into__owed"
    )
    found = found.annotate(raised=Count("raises"))
    for question in cut.of(found, source="question", at="asked_at", space="session__space")[:limit]:
        is_gone = question.state == State.WITHDRAWN
        is_public = question.state not in Question.GONE
        yield Contribution(
            source="question",
            key=question.pk,
            space=question.session.space,
            words="" if is_gone else question.text,
            at=question.asked_at,
            url=question.session.get_absolute_url() + f"#q{question.pk}",
            hidden_reason=reasons.words(question.hidden_reason),
            is_gone=is_gone,
            is_held=question.state == State.HELD,
            more=[one for one in _steps(question) if one] if is_public else [],
        )


def _steps(question: Question):
    """Raised by so many, joined, at the panel, answered or put aside."""
    others = ngettext("%(n)s person raised it", "%(n)s people raised it", question.raised) % {"n": question.raised}
    yield step(_("Raised"), "done" if question.raised else "next", words=others if question.raised else "")
    carrier = question.carrier
    address = carrier.session.get_absolute_url() + f"#q{carrier.pk}"
    if carrier.state in Question.GONE:
        return
    if question.state == State.MERGED:
        yield step(_("Joined with another question"), "done", words=carrier.text, url=address)
    if carrier.put_at is not None:
        state = "now" if carrier.state == State.CURRENT else "done"
        yield step(_("At the panel"), state, at=carrier.put_at, url=address)
    elif carrier.state == State.SHORTLISTED:
        yield step(_("On the short list"), "now")
    if carrier.state == State.ANSWERED:
        yield step(_("Answered in the session"), "done", at=carrier.answered_at, words=carrier.answer, url=address)
    elif carrier.state == State.PARKED:
        yield step(_("Put aside for a written answer"), "now", words=carrier.answer, url=address)
    if owed := getattr(carrier, "owed", None):
        owed_url = f"{carrier.session.get_absolute_url()}#owed"
        yield step(
            _("Handed to the agency"), "done", at=owed.handed_at, words=_("It owes an answer by a date."), url=owed_url
        )
    if carrier.session.closed_at is not None:
        yield step(
            _("In the record of the session"),
            "done",
            at=carrier.session.closed_at,
            words=_("Read the record"),
            url=address,
        )

"""What the pages of a space show of its surveys: quick polls on the front, and the method note of the results."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from discussions import dates, instruments
from discussions.instruments import Instrument
from discussions.models import Channel, Survey
from discussions.models.openings import Opening
from discussions.splits import LEAST
from discussions.survey_results import Results
from discussions.views.surveys import quick_poll

register = template.Library()
MOST_POLLS = 2


@register.inclusion_tag("discussions/surveys/polls.html", takes_context=True)
def quick_polls(context, space):
    """The newest open quick polls; no query where the space offers no surveys, one where there is no poll."""
    polls, request = [], context["request"]
    if instruments.is_on(space, Instrument.SURVEYS):
        found = Survey.objects.filter(space=space, is_quick=True, state=Opening.State.OPEN).order_by("-pk")
        for survey in found[:MOST_POLLS]:
            survey.space = space
            polls.append(quick_poll(survey, request.user))
    return {"polls": polls, "csrf_token": context.get("csrf_token")}


@register.inclusion_tag("discussions/surveys/method.html")
def survey_method(survey: Survey, results: Results):
    """Who could answer, who did, when, and what the numbers cannot say."""
    return {"sentences": method(survey, results)}


def method(survey: Survey, results: Results) -> list[str]:
    """The method note, a sentence for each fact."""
    people = ngettext("%(n)s person answered.", "%(n)s people answered.", results.n) % {"n": f"{results.n:,}"}
    facts = [
        _("Everybody who visits this site could answer, each person once. Known at least as: %(level)s.")
        % {"level": results.needed.label},
        people,
        *_parts(results),
        _days(survey),
        _(
            "People chose themselves whether to answer. This is not a representative poll: it tells what those who "
            "answered think, not what everybody thinks."
        ),
    ]
    if survey.reworded_at:
        facts.append(
            _("The survey was corrected on %(day)s, after people had answered.")
            % {"day": dates.day(survey.reworded_at)}
        )
    return facts


def _parts(results: Results) -> list[str]:
    """How many of each kind in one sentence, where there is more than one kind."""
    named = [(str(level.label), count) for level, count in results.levels.items() if len(results.levels) > 1]
    named += [
        (str(Channel(channel).label), count) for channel, count in results.channels.items() if len(results.channels) > 1
    ]
    few = _("fewer than %(n)s or hidden with them") % {"n": LEAST}
    parts = _("; ").join(
        _("%(kind)s: %(people)s") % {"kind": kind, "people": few if count is None else f"{count:,}"}
        for kind, count in named
    )
    return [_("Among them: %(parts)s.") % {"parts": parts}] if named else []


def _days(survey: Survey) -> str:
    begun = dates.day(survey.opened_at) if survey.opened_at else "-"
    if survey.closed_at:
        return _("It was open from %(begun)s to %(ended)s.") % {"begun": begun, "ended": dates.day(survey.closed_at)}
    return _("It is open since %(begun)s; the numbers may still change.") % {"begun": begun}

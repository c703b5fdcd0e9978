"""What a member answered in surveys: the response itself, and each answer in their own words."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from discussions import reasons
from discussions.journeys.contribution import Contribution, Cut, step
from discussions.models import FreeAnswer, State, Survey, SurveyResponse
from discussions.models.openings import Opening

RESPONSE = "survey_response"
WORDS = "survey"


@dataclass(slots=True)
class Counted(Contribution):
    """Something that is counted and not read: it stands in no topic and gets no answer of its own."""

    @property
    def steps(self) -> list[dict]:
        """Received, then what the instrument adds."""
        return [step(_("Received"), "done", at=self.at), *self.more]


def of(member, cut: Cut, limit: int):
    """The newest `limit` of each kind behind the cut: two queries."""
    yield from _responses(member, cut, limit)
    yield from _words(member, cut, limit)


def _responses(member, cut: Cut, limit: int):
    rows = SurveyResponse.objects.filter(member=member).select_related("survey__space")
    for response in cut.of(rows, source=RESPONSE, at="answered_at", space="survey__space")[:limit]:
        survey = response.survey
        yield Counted(
            source=RESPONSE,
            key=response.pk,
            space=survey.space,
            words=survey.local_title,
            at=response.answered_at,
            url=survey.get_absolute_url(),
            more=[_result(survey)],
        )


def _result(survey: Survey) -> dict:
    results = reverse("discussions:survey_results", args=[survey.space.slug, survey.pk])
    if survey.state == Opening.State.CLOSED:
        return step(_("Counted"), "done", at=survey.closed_at, words=_("See the results"), url=results)
    if survey.results == Survey.Results.ANSWERED:
        return step(_("Counted so far"), "now", words=_("You can change your answers until it closes."), url=results)
    words = _("You can change your answers until it closes.")
    return step(_("The results are shown when it closes"), "next", at=survey.closes_at, words=words)


def _words(member, cut: Cut, limit: int):
    rows = FreeAnswer.objects.filter(author=member).select_related("space")
    for answer in cut.of(rows, source=WORDS, at="made_at")[:limit]:
        yield Contribution(
            source=WORDS,
            key=answer.pk,
            space=answer.space,
            words=answer.text,
            at=answer.made_at,
            url=answer.get_absolute_url(),
            hidden_reason=reasons.words(answer.hidden_reason),
            is_gone=answer.state == State.WITHDRAWN,
            is_held=answer.state == State.HELD,
        )

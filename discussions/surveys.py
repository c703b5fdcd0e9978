"""Setting up surveys and quick polls, opening and closing them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, openings, questionnaires, responses, rules, wording
from discussions.errors import CivicError
from discussions.models import Member, Space, Survey, SurveyQuestion
from discussions.models.openings import Opening
from discussions.questionnaires import Draft, Words
from nlp.tasks import enqueue_analysis

TITLE_LIMIT = 200
INTRODUCTION_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Terms:
    """What a survey says of itself, and when it runs."""

    title: Words
    introduction: Words = Words("")
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    results: str = Survey.Results.ANSWERED


def create(*, space: Space, editor: Member, terms: Terms, questions: Sequence[Draft]) -> Survey:
    """Prepare a survey; nobody sees it until it opens. Raises NotAllowed, InvalidText, CivicError."""
    with transaction.atomic():
        rules.require(rules.may_arrange(editor))
        space = events.lock(space.pk)
        survey = Survey(space=space, **_columns(terms))
        survey.save()
        questionnaires.write(survey, questions)
    return survey


def edit(*, survey: Survey, editor: Member, terms: Terms, questions: Sequence[Draft]) -> Survey:
    """Change a survey. With answers only words can be corrected, and the results will say so; a closed one stays.

    Appends survey.edited when readers can see it. Raises NotAllowed, InvalidText, CivicError.
    """
    with transaction.atomic():
        rules.require(rules.may_arrange(editor))
        space = events.lock(survey.space_id)
        survey = Survey.objects.get(pk=survey.pk)
        if survey.state == Opening.State.CLOSED:
            raise CivicError(_("This survey is closed, so it stays as it is."), code="closed")
        columns = _columns(terms)
        changed = questionnaires.write(survey, questions)
        changed |= any(getattr(survey, name) != value for name, value in columns.items())
        if not changed:
            return survey
        now, was_told = timezone.now(), survey.is_told
        if survey.state == Opening.State.OPEN and terms.closes_at is not None and terms.closes_at <= now:
            raise CivicError(_("The new end is over already; close the survey instead."), code="dates")
        for name, value in columns.items():
            setattr(survey, name, value)
        if survey.responses.exists():
            survey.reworded_at = now
        survey.save(update_fields=[*columns, "reworded_at"])
        if survey.is_told != was_told:
            _tell_words(survey, space)
        if survey.state == Opening.State.OPEN:
            events.append(space, "survey.edited", {"id": survey.pk})
    return survey


def poll(*, space: Space, editor: Member, question: Words, options: Sequence[Words]) -> Survey:
    """Ask one question on the front of the space at once: a survey of one choice that opens when it is made.

    Appends survey.opened. Raises NotAllowed, InvalidText, CivicError.
    """
    asked = Draft(kind=SurveyQuestion.Kind.SINGLE, text=question, options=tuple(options), required=True)
    with transaction.atomic():
        survey = create(
            space=space,
            editor=editor,
            terms=Terms(title=Words(question.written[:TITLE_LIMIT], question.english[:TITLE_LIMIT])),
            questions=[asked],
        )
        survey.is_quick = True
        survey.save(update_fields=["is_quick"])
        return open_now(survey=survey, editor=editor)


def open_now(*, survey: Survey, editor: Member) -> Survey:
    """Let people answer. Appends survey.opened; opening what is open changes nothing."""
    rules.require(rules.may_arrange(editor))
    return _begin(survey.pk)[0]


def close_now(*, survey: Survey, editor: Member) -> Survey:
    """Take no more answers, for good. Appends survey.closed."""
    rules.require(rules.may_arrange(editor))
    return _end(survey.pk)[0]


def keep_time() -> int:
    """Open and close what is due; run by the clockwork. Returns how many surveys changed."""
    return openings.keep_time(Survey.objects.all(), begin_one=lambda pk: _begin(pk)[1], end_one=lambda pk: _end(pk)[1])


def of_space(member, space: Space):
    """The surveys a reader of this space may see, newest first; quick polls are among them."""
    found = Survey.objects.filter(space=space)
    return found if rules.may_arrange(member) else found.exclude(state=Opening.State.DRAFT)


def _begin(pk: int) -> tuple[Survey, bool]:
    with transaction.atomic():
        survey = Survey.objects.select_related("space").get(pk=pk)
        space = events.lock(survey.space_id)
        survey.refresh_from_db()
        changed = openings.begin(survey, timezone.now())
        if changed:
            events.append(space, "survey.opened", {"id": survey.pk})
    return survey, changed


def _end(pk: int) -> tuple[Survey, bool]:
    with transaction.atomic():
        survey = Survey.objects.select_related("space").get(pk=pk)
        space = events.lock(survey.space_id)
        survey.refresh_from_db()
        changed = openings.end(survey, timezone.now())
        if changed:
            if survey.results == Survey.Results.CLOSED:
                _tell_words(survey, space)
            events.append(space, "survey.closed", {"id": survey.pk})
    return survey, changed


def _tell_words(survey: Survey, space: Space) -> None:
    if responses.follow_results(survey):
        enqueue_analysis(space.corpus_id)


def _columns(terms: Terms) -> dict:
    openings.check_dates(terms.opens_at, terms.closes_at)
    if terms.results not in Survey.Results.values:
        raise CivicError(_("Please say when the results are shown."), code="results")
    return {
        "title": wording.cleaned_line(
            terms.title.written, limit=TITLE_LIMIT, missing=_("Please give the survey a title.")
        ),
        "title_en": _optional(terms.title.english, TITLE_LIMIT),
        "introduction": _optional(terms.introduction.written, INTRODUCTION_LIMIT),
        "introduction_en": _optional(terms.introduction.english, INTRODUCTION_LIMIT),
        "opens_at": terms.opens_at,
        "closes_at": terms.closes_at,
        "results": terms.results,
    }


def _optional(text: str, limit: int) -> str:
    return wording.cleaned(text, limit=limit) if text.strip() else ""

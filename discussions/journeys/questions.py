"""Live questions of a member."""

from discussions import reasons
from discussions.journeys.contribution import Contribution
from discussions.models import Question


def of(member, cut, limit: int):
    """The newest `limit` of them behind the cut."""
    found = Question.objects.filter(author=member).select_related("session__space")
    for question in cut.of(found, source="question", at="asked_at", space="session__space")[:limit]:
        yield Contribution(
            source="question",
            key=question.pk,
            space=question.session.space,
            words=question.text,
            at=question.asked_at,
            url=question.session.get_absolute_url() + f"#q{question.pk}",
            hidden_reason=reasons.words(question.hidden_reason),
        )

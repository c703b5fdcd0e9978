"""Live questions of a member."""

from discussions.journeys.contribution import Contribution
from discussions.models import Question


def of(member, edge, limit: int):
    """The newest `limit` of them before the moment `edge`, if one is given."""
    found = Question.objects.filter(author=member).select_related("session__space").order_by("-asked_at")
    for question in (found.filter(asked_at__lt=edge) if edge else found)[:limit]:
        yield Contribution(
            source="question",
            key=question.pk,
            space=question.session.space,
            words=question.text,
            at=question.asked_at,
            url=question.session.get_absolute_url() + f"#q{question.pk}",
            is_gone=question.state == Question.State.HIDDEN,
        )

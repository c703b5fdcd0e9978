"""Statements of a member, and how the votes on them stand."""

from discussions import reasons
from discussions.journeys.contribution import Contribution
from discussions.models import Statement


def of(member, cut, limit: int):
    """The newest `limit` of them behind the cut."""
    found = Statement.objects.filter(author=member, is_seed=False).select_related("space")
    for statement in cut.of(found, source="statement", at="made_at")[:limit]:
        yield Contribution(
            source="statement",
            key=statement.pk,
            space=statement.space,
            words=statement.text,
            at=statement.made_at,
            url=statement.get_absolute_url(),
            hidden_reason=reasons.words(statement.hidden_reason),
            is_gone=statement.state == Statement.State.WITHDRAWN,
            is_held=statement.state == Statement.State.HELD,
            votes=statement.total,
            agree=statement.agree,
        )

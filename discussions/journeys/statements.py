"""Statements of a member, and how the votes on them stand."""

from django.utils.translation import gettext as _

from discussions import reasons
from discussions.journeys.contribution import Contribution, step
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
            more=[step(_("Voting on it is closed"), "done", at=statement.closed_at)] if statement.closed_at else [],
        )

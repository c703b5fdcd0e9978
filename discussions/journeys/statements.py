"""Statements of a member, and how the votes on them stand."""

from django.db.models import Count, Q
from django.urls import reverse

from discussions.journeys.contribution import Contribution
from discussions.models import Statement


def of(member, edge, limit: int):
    """The newest `limit` of them before the moment `edge`, if one is given."""
    found = (
        Statement.objects.filter(author=member)
        .select_related("space")
        .annotate(n_votes=Count("votes"), n_agree=Count("votes", filter=Q(votes__value=1)))
        .order_by("-made_at")
    )
    for statement in (found.filter(made_at__lt=edge) if edge else found)[:limit]:
        yield Contribution(
            source="statement",
            key=statement.pk,
            space=statement.space,
            words=statement.text,
            at=statement.made_at,
            url=reverse("discussions:statements", args=[statement.space.slug]) + f"#s{statement.pk}",
            is_gone=statement.state == Statement.State.HIDDEN,
            is_held=statement.state == Statement.State.HELD,
            votes=statement.n_votes,
            agree=statement.n_agree,
        )

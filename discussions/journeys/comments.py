"""Comments of a member."""

from discussions.journeys.contribution import Contribution
from discussions.models import Comment
from discussions.moderation import REASONS


def of(member, edge, limit: int):
    """The newest `limit` of them before the moment `edge`, if one is given."""
    found = member.comments.select_related("space").order_by("-posted_at")
    for comment in (found.filter(posted_at__lt=edge) if edge else found)[:limit]:
        yield Contribution(
            source="comment",
            key=comment.pk,
            space=comment.space,
            words=comment.text,
            at=comment.posted_at,
            url=comment.get_absolute_url(),
            hidden_reason=str(REASONS.get(comment.hidden_reason, "")),
            is_gone=comment.state == Comment.State.WITHDRAWN,
            is_held=comment.state == Comment.State.HELD,
        )

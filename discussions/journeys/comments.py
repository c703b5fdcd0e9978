"""Comments of a member."""

from discussions import reasons
from discussions.journeys.contribution import Contribution
from discussions.models import Comment


def of(member, cut, limit: int):
    """The newest `limit` of them behind the cut."""
    found = member.comments.select_related("space")
    for comment in cut.of(found, source="comment", at="posted_at")[:limit]:
        yield Contribution(
            source="comment",
            key=comment.pk,
            space=comment.space,
            words=comment.text,
            at=comment.posted_at,
            url=comment.get_absolute_url(),
            hidden_reason=reasons.words(comment.hidden_reason),
            is_gone=comment.state == Comment.State.WITHDRAWN,
            is_held=comment.state == Comment.State.HELD,
        )

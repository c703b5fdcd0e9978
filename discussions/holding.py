"""Which contributions wait until a moderator has looked."""

from discussions.models import Comment, Member, Space, State, Statement


def state_for(*, space: Space, author: Member, text: str) -> State:
    """The state a new contribution of `author` starts in: visible, or held where the space holds first posts.

    At most two queries, and none where the space holds nothing.
    """
    if space.holds_first_posts and not _is_known(author):
        return State.HELD
    return State.VISIBLE


def _is_known(author: Member) -> bool:
    """Has anything of theirs been published before?"""
    return (
        Comment.objects.published().filter(author=author).exists()
        or Statement.objects.published().filter(author=author).exists()
    )

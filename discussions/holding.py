"""Which contributions wait until a moderator has looked."""

from discussions.models import Member, Space, State
from nlp import conf
from nlp.core import abuse
from nlp.models import Opinion


def state_for(*, space: Space, author: Member, text: str) -> State:
    """The state a new contribution of `author` starts in: visible, or held.

    Held is the first contribution of somebody where the space asks for it, and what the score for attacks and
    advertisements is sure about. It only waits: a moderator publishes it or hides it with a reason. At most one query.
    """
    if space.holds_first_posts and not _is_known(author):
        return State.HELD
    return State.HELD if abuse.judge(text).holds else State.VISIBLE


def _is_known(author: Member) -> bool:
    """Has anything of theirs been published before, of whatever kind?"""
    return Opinion.objects.published().filter(author_key=conf.author_key(author.stream_author)).exists()

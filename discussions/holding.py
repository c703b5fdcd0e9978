"""Which contributions wait until a moderator has looked."""

from collections.abc import Mapping

from discussions.models import Member, Space, State
from nlp import conf
from nlp.core import abuse
from nlp.models import Opinion


def read_ahead(*texts: str) -> dict[str, bool]:
    """Whether the score holds each of these words: for `state_for`, asked before the space is locked.

    So nobody waits at the lock while words are read, nor while the first words of a process wait for the model.
    """
    read = [text for text in texts if text]
    return {_key(text): one.holds for text, one in zip(read, abuse.judge_many(read), strict=True)}


def state_for(*, space: Space, author: Member, text: str, ahead: Mapping[str, bool]) -> State:
    """The state a new contribution of `author` starts in: visible, or held.

    Held is the first contribution of somebody where the space asks for it, and what the score for attacks and
    advertisements is sure about. It only waits: a moderator publishes it or hides it with a reason. At most one query.
    `ahead` is what `read_ahead` said of the words; words that it has not seen are read now.
    """
    if space.holds_first_posts and not _is_known(author):
        return State.HELD
    holds = ahead.get(_key(text))
    if holds is None:
        holds = abuse.judge(text).holds
    return State.HELD if holds else State.VISIBLE


def _key(text: str) -> str:
    # Words are trimmed and their line ends put in order before they are kept; that changes nothing the score looks at.
    return " ".join(text.split())


def _is_known(author: Member) -> bool:
    """Has anything of theirs been published before, of whatever kind?"""
    return Opinion.objects.published().filter(author_key=conf.author_key(author.stream_author)).exists()

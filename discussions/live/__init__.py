"""Live consultation: lead a session, ask, raise and vote. One function is one action is one transaction."""

from discussions.live.polls import (
    OPTION_LIMIT,
    OPTIONS,
    POLL_LIMIT,
    add_poll,
    answer_poll,
    close_poll,
    open_poll,
    reveal_poll,
)
from discussions.live.questions import ask, lower_question, mark_answered, mark_current, raise_question
from discussions.live.sessions import TITLE_LIMIT, close_floor, close_session, open_floor, open_session, plan_session

__all__ = [
    "OPTIONS",
    "OPTION_LIMIT",
    "POLL_LIMIT",
    "TITLE_LIMIT",
    "add_poll",
    "answer_poll",
    "ask",
    "close_floor",
    "close_poll",
    "close_session",
    "lower_question",
    "mark_answered",
    "mark_current",
    "open_floor",
    "open_poll",
    "open_session",
    "plan_session",
    "raise_question",
    "reveal_poll",
]

"""What a frame can ask for: a frame becomes a form becomes the same action as over HTTP.

A command takes the space, who asks, and the frame, and returns what the acknowledgement tells besides `ok`. Each noun
has a module of its own here; docs/protocol.md shows each frame.
"""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser

from discussions.commands import comments, hands, lines, polls, questions, reactions, statements
from discussions.commands.shape import Malformed
from discussions.models import Member, Space

__all__ = ["COMMANDS", "Malformed"]

COMMANDS: dict[str, Callable[[Space, Member | AnonymousUser, dict], dict]] = {
    "answer_poll": polls.answer_poll,
    "ask": questions.ask,
    "comment": comments.comment,
    "correct_line": lines.correct_line,
    "hand": hands.hand,
    "raise": questions.raise_question,
    "withdraw": questions.withdraw,
    "react": reactions.react,
    "vote": statements.vote,
    "withdraw_line": lines.withdraw_line,
    "write_line": lines.write_line,
}

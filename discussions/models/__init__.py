"""The civic domain: people, spaces, words, votes, live sessions, answers, and what happened to each."""

from discussions.models.comments import Comment, Report
from discussions.models.events import Event
from discussions.models.live import LiveSession, PollVote, Question, QuestionRaise, QuickPoll
from discussions.models.members import Agency, Member
from discussions.models.moderation import ModerationAct
from discussions.models.replies import Reply
from discussions.models.spaces import Phase, Space
from discussions.models.statements import Statement, Vote

__all__ = [
    "Agency",
    "Comment",
    "Event",
    "LiveSession",
    "Member",
    "ModerationAct",
    "Phase",
    "PollVote",
    "Question",
    "QuestionRaise",
    "QuickPoll",
    "Reply",
    "Report",
    "Space",
    "Statement",
    "Vote",
]

"""The civic domain: people, spaces, words, votes, proposals, live sessions, answers, and what happened to each."""

from discussions.models.budgets import (
    BallotChoice,
    Budget,
    BudgetBallot,
    BudgetDecision,
    BudgetProject,
    BudgetTally,
    Rule,
)
from discussions.models.clocks import AnswerClock, ClockExtension
from discussions.models.comments import Comment, Report
from discussions.models.events import Event
from discussions.models.identity import PhoneProof
from discussions.models.live import LiveSession, PollVote, Question, QuestionRaise, QuickPoll
from discussions.models.members import Agency, Member
from discussions.models.moderation import ModerationAct
from discussions.models.proposals import Proposal, Signature
from discussions.models.replies import Reply
from discussions.models.spaces import Phase, Space
from discussions.models.standing import Channel, Level, State
from discussions.models.statements import Statement, Vote
from discussions.models.surveys import (
    Answer,
    FreeAnswer,
    Survey,
    SurveyOption,
    SurveyQuestion,
    SurveyResponse,
)
from discussions.models.texts import DraftText, Paragraph
from discussions.models.tokens import ApiToken

__all__ = [
    "Agency",
    "Answer",
    "AnswerClock",
    "ApiToken",
    "BallotChoice",
    "Budget",
    "BudgetBallot",
    "BudgetDecision",
    "BudgetProject",
    "BudgetTally",
    "Channel",
    "ClockExtension",
    "Comment",
    "DraftText",
    "Event",
    "FreeAnswer",
    "Level",
    "LiveSession",
    "Member",
    "ModerationAct",
    "Paragraph",
    "Phase",
    "PhoneProof",
    "PollVote",
    "Proposal",
    "Question",
    "QuestionRaise",
    "QuickPoll",
    "Reply",
    "Report",
    "Rule",
    "Signature",
    "Space",
    "State",
    "Statement",
    "Survey",
    "SurveyOption",
    "SurveyQuestion",
    "SurveyResponse",
    "Vote",
]

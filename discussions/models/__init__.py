"""The civic domain: people, spaces, words, votes, proposals, live sessions, answers, and what happened to each."""

from discussions.models.assistance import AssistedAct, PaperForm, Receipt, Sitting
from discussions.models.budgets import (
    BallotChoice,
    Budget,
    BudgetBallot,
    BudgetDecision,
    BudgetProject,
    BudgetTally,
    Rule,
)
from discussions.models.cases import Burst, Case, Watch
from discussions.models.clocks import AnswerClock, AnswerTerms, ClockExtension, ClockReminder
from discussions.models.comments import Comment, CommentEdit, Reaction, ReplyCount
from discussions.models.events import Event
from discussions.models.handovers import HandOver, HandOverGroup, HandOverItem
from discussions.models.identity import PhoneProof
from discussions.models.licences import Licence
from discussions.models.live import LiveSession, PollVote, Question, QuestionRaise, QuickPoll
from discussions.models.members import Agency, Member
from discussions.models.milestones import Milestone, MilestoneChange
from discussions.models.moderation import (
    Appeal,
    ModerationAct,
    ModerationReason,
    ModerationTally,
    ModerationWeek,
    ModeratorNumber,
    Report,
    Target,
)
from discussions.models.notices import Follow, Mute, Notice, NoticeCursor, NoticeSettings, PushSubscription
from discussions.models.proposals import Addendum, Merge, MergeStep, Proposal, Signature
from discussions.models.replies import Reply, ReplyDocument, ReplyPoint, ReplyVersion
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
from discussions.models.texts import (
    DraftText,
    Paragraph,
    ParagraphVote,
    Passage,
    TextVersion,
    VersionCause,
    Wording,
    WordingSupport,
)
from discussions.models.tokens import ApiToken

__all__ = [
    "Addendum",
    "Agency",
    "Answer",
    "AnswerClock",
    "AnswerTerms",
    "ApiToken",
    "Appeal",
    "AssistedAct",
    "BallotChoice",
    "Budget",
    "BudgetBallot",
    "BudgetDecision",
    "BudgetProject",
    "BudgetTally",
    "Burst",
    "Case",
    "Channel",
    "ClockExtension",
    "ClockReminder",
    "Comment",
    "CommentEdit",
    "DraftText",
    "Event",
    "Follow",
    "FreeAnswer",
    "HandOver",
    "HandOverGroup",
    "HandOverItem",
    "Level",
    "Licence",
    "LiveSession",
    "Member",
    "Merge",
    "MergeStep",
    "Milestone",
    "MilestoneChange",
    "ModerationAct",
    "ModerationReason",
    "ModerationTally",
    "ModerationWeek",
    "ModeratorNumber",
    "Mute",
    "Notice",
    "NoticeCursor",
    "NoticeSettings",
    "PaperForm",
    "Paragraph",
    "ParagraphVote",
    "Passage",
    "Phase",
    "PhoneProof",
    "PollVote",
    "Proposal",
    "PushSubscription",
    "Question",
    "QuestionRaise",
    "QuickPoll",
    "Reaction",
    "Receipt",
    "Reply",
    "ReplyCount",
    "ReplyDocument",
    "ReplyPoint",
    "ReplyVersion",
    "Report",
    "Rule",
    "Signature",
    "Sitting",
    "Space",
    "State",
    "Statement",
    "Survey",
    "SurveyOption",
    "SurveyQuestion",
    "SurveyResponse",
    "Target",
    "TextVersion",
    "VersionCause",
    "Vote",
    "Watch",
    "Wording",
    "WordingSupport",
]

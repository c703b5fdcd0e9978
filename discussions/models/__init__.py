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
from discussions.models.handovers import HandOver, HandOverGroup, HandOverItem, OwedQuestion
from discussions.models.identity import PhoneProof
from discussions.models.licences import Licence
from discussions.models.live import AgendaDocument, AgendaItem, Hand, LiveSession, Silence, StatementShown
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
from discussions.models.polls import PollVote, PollWord, QuickPoll
from discussions.models.proposals import Addendum, Merge, MergeStep, Proposal, Signature
from discussions.models.questions import Question, QuestionRaise
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
from discussions.models.transcripts import TranscriptLine

__all__ = [
    "Addendum",
    "Agency",
    "AgendaDocument",
    "AgendaItem",
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
    "Hand",
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
    "OwedQuestion",
    "Phase",
    "PhoneProof",
    "PollVote",
    "PollWord",
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
    "Silence",
    "Sitting",
    "Space",
    "State",
    "Statement",
    "StatementShown",
    "Survey",
    "SurveyOption",
    "SurveyQuestion",
    "SurveyResponse",
    "Target",
    "TextVersion",
    "TranscriptLine",
    "VersionCause",
    "Vote",
    "Watch",
    "Wording",
    "WordingSupport",
]

"""Who may do what, where and when. Pure predicates over objects already loaded; no query is made here
except by Django's own permission check for the few verbs that need a role.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.utils.translation import gettext as _

from discussions import instruments
from discussions.errors import NotAllowed, NotFound, SignInNeeded
from discussions.instruments import Instrument
from discussions.models import (
    Appeal,
    Budget,
    Comment,
    LiveSession,
    Member,
    ModerationAct,
    Phase,
    Question,
    QuickPoll,
    Space,
    State,
    Statement,
    Survey,
)
from discussions.models.openings import Opening


class Verb(StrEnum):
    """What citizens do in a space."""

    COMMENT = "comment"
    STATE = "state"
    VOTE = "vote"
    ASK = "ask"
    PROPOSE = "propose"
    COSIGN = "cosign"
    SUGGEST = "suggest"
    WEIGH = "weigh"
    RESPOND = "respond"
    ALLOCATE = "allocate"


# Which phase allows which verb. Reading is always allowed, except in a draft.
PERMITTED: dict[str, frozenset[Verb]] = {
    Phase.DRAFT: frozenset(),
    Phase.TEXT: frozenset({Verb.COMMENT, Verb.SUGGEST, Verb.WEIGH, Verb.ASK, Verb.RESPOND}),
    Phase.OPEN: frozenset(Verb),
    Phase.VOTING: frozenset({Verb.VOTE, Verb.WEIGH, Verb.COMMENT, Verb.ASK, Verb.COSIGN, Verb.RESPOND, Verb.ALLOCATE}),
    Phase.REVIEW: frozenset({Verb.ASK}),
    Phase.ANSWERED: frozenset(),
    Phase.FOLLOW_UP: frozenset({Verb.COMMENT, Verb.ASK}),
    Phase.ARCHIVED: frozenset(),
}

# The instrument a verb belongs to, unless the caller names another (a comment under a proposal, say).
INSTRUMENT_OF: dict[Verb, Instrument] = {
    Verb.COMMENT: Instrument.COMMENTS,
    Verb.STATE: Instrument.STATEMENTS,
    Verb.VOTE: Instrument.STATEMENTS,
    Verb.ASK: Instrument.LIVE,
    Verb.PROPOSE: Instrument.PROPOSALS,
    Verb.COSIGN: Instrument.PROPOSALS,
    Verb.SUGGEST: Instrument.TEXTS,
    Verb.WEIGH: Instrument.TEXTS,
    Verb.RESPOND: Instrument.SURVEYS,
    Verb.ALLOCATE: Instrument.BUDGETS,
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """May it be done, and if not, why not (a stable code)."""

    allowed: bool
    code: str = ""

    def __bool__(self) -> bool:
        return self.allowed


YES = Verdict(True)


def require(verdict: Verdict) -> None:
    """Raise the error that belongs to a refusal."""
    if verdict.allowed:
        return
    if verdict.code == "sign_in":
        raise SignInNeeded(_("Please sign in first. What you wrote stays in the form."))
    if verdict.code == "other_space":
        raise NotFound(_("What you reply to is not part of this discussion any more."), code=verdict.code)
    raise NotAllowed(explained(verdict.code), code=verdict.code)


def explained(code: str) -> str:
    """A refusal in plain words."""
    return {
        "phase": _(
            "This discussion does not take contributions of this kind at the moment. Everything said so far is safe."
        ),
        "not_here": _("This discussion does not offer that way of taking part."),
        "level_10": _("This needs an account. What you have sent so far stays yours when you make one."),
        "level_20": _("This needs a confirmed e-mail address. You can confirm it under “Email address”."),
        "level_30": _("This needs a confirmed telephone number. You can confirm it under “How we know you”."),
        "level_40": _("This needs your electronic ID. You can show it under “How we know you”."),
        "inactive": _("This account is closed, so it cannot contribute."),
        "withdrawn": _("This was withdrawn or hidden, so it cannot be changed or answered."),
        "not_yours": _("Only the person who wrote this can change it."),
        "yours": _("This is your own contribution; you can edit or withdraw it instead."),
        "role": _("Your account does not have the role this needs."),
        "floor_closed": _("No questions are taken at the moment."),
        "hands_closed": _("Nobody can ask to speak at the moment."),
        "not_begun": _("The session has not begun, so there is nothing to write down yet."),
        "transcript_full": _("The transcript of this session has as many lines as one can hold."),
        "no_lines": _("There is no line here yet."),
        "many_lines": _("More than 500 lines do not fit in one paste. Nothing was taken; please send it in parts."),
        "raised_by_others": _("Others want to hear the answer too, so the question stays."),
        "merged": _("This question was joined with another one. Take it out first; then it can go on by itself."),
        "cannot_join": _("These two questions cannot be joined: one of them has gone on meanwhile. Look again."),
        "yourself": _("You cannot take the floor from yourself."),
        "colleague": _("Somebody who leads the session cannot lose the floor."),
        "no_phase": _("There is no such phase. Nothing was changed."),
        "dates": _("The dates are not in the order of the phases. Nothing was changed; correct the dates."),
        "moved_meanwhile": _("The discussion has moved to another phase meanwhile. Nothing was changed; look again."),
        "unanswered": _(
            "Nobody has answered yet. The phase “Answered” begins with an answer of the agency. Nothing was changed."
        ),
        "poll_closed": _("This poll is not open at the moment."),
        "survey_closed": _("This survey is not open at the moment. Answers sent before stay counted."),
        "budget_closed": _("This budget choice is not open at the moment. Ballots sent before stay counted."),
        "vote_closed": _("Voting on this statement is closed. Every vote cast so far stays counted."),
        "unknown_vote": _("Please choose agree, disagree or pass. Your earlier votes are safe."),
        "own_words": _("You wrote this yourself, so another moderator has to look at it."),
        "own_decision": _("You took this decision, so another moderator has to judge the appeal."),
        "not_hidden": _("Only words that a moderator has hidden can be appealed for."),
        "paragraph_gone": _(
            "This paragraph is not part of the text any more. What was said about it stays readable, and the words you "
            "wrote are kept in the form; they may fit another paragraph."
        ),
        "window_over": _(
            "The time for signing this proposal is over. Every signature that arrived before midnight of its last day "
            "counts."
        ),
        "not_collecting": _("This proposal does not collect signatures any more."),
        "text_changed": _(
            "Its author changed the words after you opened this page. Please read them once more before you sign."
        ),
        "own_signature": _("Your signature belongs to your own proposal. You can withdraw the proposal instead."),
        "signed_by_others": _(
            "Somebody else has signed these words, so they stay as they are. You can add to them below."
        ),
        "everybodys": _(
            "Enough people stand behind this proposal that the agency owes all of them an answer. One person cannot "
            "take it back any more, but you can take your name off it."
        ),
        "many_drafts": _("You have many drafts here. Please publish or delete one of them first."),
        "cannot_merge": _(
            "These two cannot become one now: both have to be open for signatures, and the first must be under its "
            "threshold."
        ),
        "merge_over": _("This request was answered already or is too old. Nothing was changed."),
        "merge_waits": _("There is a request about this proposal already. It has to be answered first."),
        "no_agency": _("Your account does not belong to an agency, so it cannot sign an official answer."),
        "other_agency": _("Another agency owes this answer; only its own officers can give it or ask for more time."),
        "one_target": _("An official answer answers exactly one thing. Points belong to the answer to a discussion."),
        "points": _("Please give each point a decision, and each topic only one point. At most 60 points fit."),
        "documents": _("A document needs a title and an address on this site or on the web. At most 20 fit."),
        "needs_approval": _("Here a second person approves every answer. Please send it as a draft in the desk."),
        "own_changes": _(
            "You have changed these words, so somebody else has to agree to them. Send the draft back with a request "
            "for changes, or let another colleague publish it."
        ),
        "too_early": _("A discussion is answered as a whole once its review has begun."),
        "answered_already": _(
            "Your agency has answered this already. Correct that answer: both versions stay readable."
        ),
        "clock_answered": _("This has been answered, so its date stays as it is."),
        "clock_overdue": _("The date is over. An extension after that would hide the delay, so there is none."),
        "extensions_used": _("The extensions that were announced are used up. The date stays."),
        "not_later": _("The new date has to be later than the one promised now."),
        "too_far": _("The new date is further away than an extension may go here."),
        "no_such_terms": _("Please give days between 1 and 3,650 and at most 9 extensions."),
        "no_such_state": _("A step is planned, done or dropped."),
    }[code]


def permits(space: Space, verb: Verb, at: datetime | None = None) -> bool:
    """Does the phase that holds at this moment, or at `at`, allow the verb?"""
    return verb in PERMITTED[space.phase_at(at) if at is not None else space.phase_now]


def may_see(member, space: Space) -> Verdict:
    """Everybody sees a space once it is no longer a draft; those who prepare and keep it see it before."""
    if space.phase_now != Phase.DRAFT or may_moderate(member) or may_arrange(member):
        return YES
    return Verdict(False, "phase")


def may_contribute(
    member, space: Space, verb: Verb, *, instrument: Instrument | None = None, at: datetime | None = None
) -> Verdict:
    """A member known surely enough, in a phase that allows the verb, where the space offers the instrument.

    `at` is when the contribution arrived, where that was noted before it waited for its turn.
    """
    instrument = instrument or INSTRUMENT_OF[verb]
    if not instruments.is_on(space, instrument):
        return Verdict(False, "not_here")
    if not getattr(member, "is_authenticated", False):
        return Verdict(False, "sign_in")
    if not member.is_active:
        return Verdict(False, "inactive")
    if not permits(space, verb, at):
        return Verdict(False, "phase")
    needed = instruments.level(space, instrument)
    if member.level < needed:
        return Verdict(False, f"level_{needed:d}")
    return YES


def may_comment(
    member, space: Space, parent: Comment | None = None, *, under: Instrument = Instrument.COMMENTS
) -> Verdict:
    """May they write here, or reply to `parent`? `under` is the instrument whose discussion it is."""
    verdict = may_contribute(member, space, Verb.COMMENT, instrument=under)
    if verdict and parent is not None:
        if parent.space_id != space.pk:
            return Verdict(False, "other_space")
        if parent.state != Comment.State.VISIBLE:
            return Verdict(False, "withdrawn")
    return verdict


def discussion_of(comment: Comment) -> Instrument:
    """The instrument whose discussion a comment belongs to."""
    if comment.proposal_id is not None:
        return Instrument.PROPOSALS
    return Instrument.TEXTS if comment.paragraph_id is not None else Instrument.COMMENTS


def may_edit(member, space: Space, comment: Comment) -> Verdict:
    """Only the author, only while the discussion takes comments, only what is still there."""
    verdict = may_contribute(member, space, Verb.COMMENT, instrument=discussion_of(comment))
    if not verdict:
        return verdict
    if comment.author_id != member.pk:
        return Verdict(False, "not_yours")
    return YES if comment.state == Comment.State.VISIBLE else Verdict(False, "withdrawn")


def may_withdraw(member, comment: Comment) -> Verdict:
    """One's own words can be taken back in every phase, also while they wait for a moderator."""
    if not getattr(member, "is_authenticated", False):
        return Verdict(False, "sign_in")
    if comment.author_id != member.pk:
        return Verdict(False, "not_yours")
    return YES if comment.state in (Comment.State.VISIBLE, Comment.State.HELD) else Verdict(False, "withdrawn")


def may_react(member, space: Space, comment: Comment) -> Verdict:
    """As commenting, about somebody else's visible words."""
    verdict = may_contribute(member, space, Verb.COMMENT, instrument=discussion_of(comment))
    if not verdict:
        return verdict
    if comment.author_id == member.pk:
        return Verdict(False, "yours")
    return YES if comment.state == Comment.State.VISIBLE else Verdict(False, "withdrawn")


def may_report(member, target) -> Verdict:
    """Any member, about somebody else's visible words of any kind."""
    if not getattr(member, "is_authenticated", False):
        return Verdict(False, "sign_in")
    if target.author_id == member.pk:
        return Verdict(False, "yours")
    is_gone = target.state in (State.HELD, State.HIDDEN, State.WITHDRAWN)
    return Verdict(False, "withdrawn") if is_gone else YES


def may_vote(member, space: Space, statement: Statement) -> Verdict:
    """A member, on a visible statement that is not closed, in a phase that takes votes."""
    verdict = may_contribute(member, space, Verb.VOTE)
    if verdict and statement.state != Statement.State.VISIBLE:
        return Verdict(False, "withdrawn")
    if verdict and statement.closed_at is not None:
        return Verdict(False, "vote_closed")
    return verdict


def may_seed(member, space: Space) -> Verdict:
    """Communicators put the agency's own statements to the vote, before a discussion opens and while it votes."""
    verdict = may_arrange(member)
    if verdict and not instruments.is_on(space, Instrument.STATEMENTS):
        return Verdict(False, "not_here")
    if verdict and space.phase_now not in (Phase.DRAFT, Phase.TEXT, Phase.OPEN, Phase.VOTING):
        return Verdict(False, "phase")
    return verdict


def may_suggest(member, space: Space, *, is_in_text: bool) -> Verdict:
    """Better words for a paragraph: a member, while the paragraph is part of the text as it stands."""
    return _about_paragraph(may_contribute(member, space, Verb.SUGGEST), is_in_text)


def may_weigh(member, space: Space, *, is_in_text: bool) -> Verdict:
    """For or against a paragraph or words suggested for it."""
    return _about_paragraph(may_contribute(member, space, Verb.WEIGH), is_in_text)


def may_support(member, space: Space, wording, *, is_in_text: bool) -> Verdict:
    """Somebody else's visible suggestion."""
    verdict = may_weigh(member, space, is_in_text=is_in_text)
    if verdict and wording.state != State.VISIBLE:
        return Verdict(False, "withdrawn")
    return Verdict(False, "yours") if verdict and wording.author_id == member.pk else verdict


def may_comment_on(member, space: Space, *, is_in_text: bool) -> Verdict:
    """About a paragraph, while it is part of the text as it stands."""
    return _about_paragraph(may_comment(member, space, under=Instrument.TEXTS), is_in_text)


def _about_paragraph(verdict: Verdict, is_in_text: bool) -> Verdict:
    return Verdict(False, "paragraph_gone") if verdict and not is_in_text else verdict


def may_ask(member, space: Space, session: LiveSession) -> Verdict:
    """A member, while the session has not ended and its floor is open."""
    verdict = may_contribute(member, space, Verb.ASK)
    if verdict and (session.state == LiveSession.State.CLOSED or not session.floor_open):
        return Verdict(False, "floor_closed")
    return verdict


def may_raise(member, space: Space, session: LiveSession, question: Question) -> Verdict:
    """As asking; what others cannot read cannot be raised."""
    verdict = may_ask(member, space, session)
    if verdict and question.state in Question.GONE:
        return Verdict(False, "withdrawn")
    return verdict


def may_withdraw_question(member, question: Question) -> Verdict:
    """One's own question, while it waits for its turn."""
    if not getattr(member, "is_authenticated", False):
        return Verdict(False, "sign_in")
    if question.author_id != member.pk:
        return Verdict(False, "not_yours")
    waits = {Question.State.ASKED, Question.State.SHORTLISTED, Question.State.PARKED, Question.State.HELD}
    return YES if question.state in waits else Verdict(False, "withdrawn")


def may_raise_hand(member, space: Space, session: LiveSession) -> Verdict:
    """A member, while the session is on and takes hands."""
    verdict = may_contribute(member, space, Verb.ASK)
    if verdict and (session.state != LiveSession.State.OPEN or not session.hands_open):
        return Verdict(False, "hands_closed")
    return verdict


def may_silence(member, other: Member) -> Verdict:
    """Facilitators, about anybody who does not lead the session."""
    verdict = may_facilitate(member)
    if verdict and other.pk == member.pk:
        return Verdict(False, "yourself")
    return Verdict(False, "colleague") if verdict and may_facilitate(other) else verdict


def may_answer_poll(member, space: Space, poll: QuickPoll) -> Verdict:
    """A member, while the poll is open."""
    verdict = may_contribute(member, space, Verb.ASK)
    if verdict and poll.state != QuickPoll.State.OPEN:
        return Verdict(False, "poll_closed")
    return verdict


def may_read_opening(member, space: Space, opening: Opening) -> Verdict:
    """A survey or budget choice that is still being prepared exists for those who prepare it."""
    verdict = may_see(member, space)
    if verdict and opening.state == Opening.State.DRAFT and not may_arrange(member):
        return Verdict(False, "phase")
    return verdict


def may_respond(member, space: Space, survey: Survey, now: datetime) -> Verdict:
    """A member, while the survey takes answers: its last moment counts, not when somebody closes it."""
    return _while_open(may_contribute(member, space, Verb.RESPOND), survey, now, "survey_closed")


def may_allocate(member, space: Space, budget: Budget, now: datetime) -> Verdict:
    """A member, while the budget choice takes ballots."""
    return _while_open(may_contribute(member, space, Verb.ALLOCATE), budget, now, "budget_closed")


def _while_open(verdict: Verdict, opening: Survey | Budget, now: datetime, code: str) -> Verdict:
    """The verdict while `opening` takes answers. Nobody is asked to sign in for what is over."""
    if (verdict or verdict.code == "sign_in") and not opening.takes_answers(now):
        return Verdict(False, code)
    return verdict


def may_arrange(member) -> Verdict:
    """Communicators set up spaces, their phases and instruments."""
    return _with_permission(member, "discussions.arrange")


def may_assist(member) -> Verdict:
    """Frontline officers and volunteers enter what somebody said to them."""
    return _with_permission(member, "discussions.assist")


def may_moderate(member) -> Verdict:
    """Moderators and facilitators keep the room fair."""
    return _with_permission(member, "discussions.moderate")


def may_judge(member, target) -> Verdict:
    """A moderator, about anybody's words but their own."""
    verdict = may_moderate(member)
    if verdict and target.author_id == member.pk:
        return Verdict(False, "own_words")
    return verdict


def may_appeal(member, decision) -> Verdict:
    """The author of hidden words, once, about the decision that holds."""
    if not getattr(member, "is_authenticated", False):
        return Verdict(False, "sign_in")
    if decision.act not in (ModerationAct.Act.HIDE, ModerationAct.Act.REJECT):
        return Verdict(False, "not_hidden")
    return YES


def may_judge_appeal(member, appeal: Appeal) -> Verdict:
    """A moderator who neither took the decision nor wrote the words."""
    verdict = may_moderate(member)
    if verdict and appeal.decision.moderator_id == member.pk:
        return Verdict(False, "own_decision")
    if verdict and appeal.author_id == member.pk:
        return Verdict(False, "own_words")
    return verdict


def may_set_reasons(member) -> Verdict:
    """Those who moderate a discussion or set it up."""
    return may_moderate(member) or may_arrange(member)


def may_facilitate(member) -> Verdict:
    """Facilitators run live sessions."""
    return _with_permission(member, "discussions.facilitate")


def may_transcribe(member) -> Verdict:
    """Stenographers write down what is said; facilitators may, too."""
    verdict = _with_permission(member, "discussions.transcribe")
    return verdict if verdict or verdict.code == "sign_in" else may_facilitate(member)


def may_read_opinion(member) -> Verdict:
    """Planners and officers read the opinion desk."""
    return _with_permission(member, "discussions.read_opinion")


def may_edit_topics(member) -> Verdict:
    """Planners name, merge and part the topics that the analysis found."""
    return _with_permission(member, "nlp.add_topicedit")


def may_answer(member) -> Verdict:
    """Officers of an agency answer, under its name."""
    verdict = _with_permission(member, "discussions.answer")
    if verdict and member.agency_id is None:
        return Verdict(False, "no_agency")
    return verdict


def _with_permission(member: Member, permission: str) -> Verdict:
    if not getattr(member, "is_authenticated", False):
        return Verdict(False, "sign_in")
    return YES if member.has_perm(permission) else Verdict(False, "role")

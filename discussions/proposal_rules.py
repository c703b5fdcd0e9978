"""Who may do what with a proposal: pure predicates over rows already loaded, as in `rules`."""

from datetime import datetime

from discussions import rules
from discussions.models import Phase, Proposal, Signature, Space
from discussions.rules import YES, Verb, Verdict

Stage = Proposal.Stage
State = Proposal.State

# Stages in which a proposal still is its author's own affair: they may withdraw it.
AUTHORS_OWN = (Stage.OPEN, Stage.CLOSED)
# Stages in which it belongs to everybody who signed: its author may step back, and it goes on.
EVERYBODYS = (Stage.REACHED, Stage.ANSWERED, Stage.MERGED)


def may_see(member, proposal: Proposal) -> bool:
    """Drafts are read by their author alone, what a moderator holds or has hidden by author and moderators."""
    if proposal.stage != Stage.DRAFT and proposal.state in (State.VISIBLE, State.WITHDRAWN):
        return True
    if getattr(member, "is_authenticated", False) and proposal.author_id == member.pk:
        return True
    return proposal.stage != Stage.DRAFT and bool(rules.may_moderate(member))


def may_propose(member, space: Space) -> Verdict:
    """A member, in a phase that takes proposals, where the space offers them."""
    return rules.may_contribute(member, space, Verb.PROPOSE)


def may_revise(member, proposal: Proposal) -> Verdict:
    """The author, until somebody else has signed: who signs stands behind exactly these words."""
    verdict = _is_author(member, proposal)
    if not verdict:
        return verdict
    if proposal.stage == Stage.DRAFT:
        return YES
    if proposal.state not in (State.VISIBLE, State.HELD):
        return Verdict(False, "withdrawn")
    if proposal.stage != Stage.OPEN:
        return Verdict(False, "not_collecting")
    # The author's own signature is always the first while the proposal is open.
    return YES if proposal.n_signatures <= 1 else Verdict(False, "signed_by_others")


def may_sign(member, space: Space, proposal: Proposal, at: datetime) -> Verdict:
    """A member known surely enough, whose signature arrived (`at`) before the window ended."""
    verdict = rules.may_contribute(member, space, Verb.COSIGN, at=at)
    if verdict and proposal.state != State.VISIBLE:
        return Verdict(False, "withdrawn")
    if verdict and proposal.stage not in (Stage.OPEN, Stage.REACHED, Stage.CLOSED):
        return Verdict(False, "not_collecting")
    if verdict and not proposal.takes_signatures(at):
        return Verdict(False, "window_over")
    return verdict


def may_take_back(member, signature: Signature, at: datetime) -> Verdict:
    """One's own signature, while the window is open or the second thoughts after a merge last."""
    proposal = signature.proposal
    if not getattr(member, "is_authenticated", False):
        return Verdict(False, "sign_in")
    if proposal.author_id == member.pk and proposal.author_left_at is None:
        return Verdict(False, "own_signature")
    return YES if signature.may_be_taken_back(at) else Verdict(False, "window_over")


def may_add(member, space: Space, proposal: Proposal) -> Verdict:
    """The author of a visible proposal that others have signed, until it is answered or merged."""
    verdict = _is_author(member, proposal)
    if verdict and proposal.state != State.VISIBLE:
        return Verdict(False, "withdrawn")
    if verdict and (proposal.stage not in (Stage.OPEN, Stage.REACHED, Stage.CLOSED) or proposal.n_signatures <= 1):
        return Verdict(False, "not_collecting")
    if verdict and space.phase_now in (Phase.DRAFT, Phase.ARCHIVED):
        return Verdict(False, "phase")
    return verdict


def may_discuss(proposal: Proposal) -> Verdict:
    """Is the discussion below it going on? Below one that was withdrawn, hidden or merged it can only be read."""
    is_over = proposal.stage in (Stage.DRAFT, Stage.MERGED, Stage.WITHDRAWN)
    return Verdict(False, "withdrawn") if is_over or proposal.state != State.VISIBLE else YES


def may_withdraw(member, proposal: Proposal) -> Verdict:
    """The author, under the threshold. Over it others have won a right to an answer that one person cannot give up."""
    verdict = _is_author(member, proposal)
    if verdict and proposal.state not in (State.VISIBLE, State.HELD):
        return Verdict(False, "withdrawn")
    if verdict and proposal.stage in EVERYBODYS:
        return Verdict(False, "everybodys")
    return verdict


def may_step_back(member, proposal: Proposal) -> Verdict:
    """The author of a proposal that is not theirs alone any more takes their name off it."""
    verdict = _is_author(member, proposal)
    if verdict and proposal.stage not in EVERYBODYS:
        return Verdict(False, "not_collecting")
    return verdict


def may_ask_merge(member, source: Proposal, target: Proposal) -> Verdict:
    """One of the two authors, or who keeps the room fair."""
    if not getattr(member, "is_authenticated", False):
        return Verdict(False, "sign_in")
    is_author = member.pk in authors(source, target)
    return YES if is_author or rules.may_moderate(member) or rules.may_facilitate(member) else Verdict(False, "role")


def can_merge(source: Proposal, target: Proposal, at: datetime) -> bool:
    """Both are readable and collect signatures, and `source` is not owed an answer of its own already."""
    return (
        source.pk != target.pk
        and source.space_id == target.space_id
        and source.stage == Stage.OPEN
        and source.takes_signatures(at)
        and target.takes_signatures(at)
    )


def authors(*proposals: Proposal) -> set[int]:
    """Whose consent is needed: the authors who still stand by their proposals."""
    return {proposal.author_id for proposal in proposals if proposal.author_left_at is None}


def _is_author(member, proposal: Proposal) -> Verdict:
    if not getattr(member, "is_authenticated", False):
        return Verdict(False, "sign_in")
    if proposal.author_id != member.pk or proposal.author_left_at is not None:
        return Verdict(False, "not_yours")
    return YES

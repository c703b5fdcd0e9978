"""People who take part before they have an account, and what becomes of their words when they make one.

A guest is a member without address and password, known to one browser by its session. Signing up turns the same member
into an account; signing in to an account that exists moves what the guest gave over to it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.lookups import IsNull
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from discussions import instruments, pace, reactions, responses, rules, signatures, voting
from discussions.cursors import number
from discussions.errors import TooSoon
from discussions.instruments import Instrument
from discussions.live import poll_answers
from discussions.models import (
    Addendum,
    Appeal,
    BudgetBallot,
    Case,
    Comment,
    Follow,
    FreeAnswer,
    Hand,
    Level,
    Member,
    Merge,
    MergeStep,
    Mute,
    Notice,
    NoticeSettings,
    ParagraphVote,
    PollVote,
    PollWord,
    Proposal,
    PushSubscription,
    Question,
    QuestionRaise,
    Reaction,
    Report,
    Signature,
    Silence,
    Space,
    Statement,
    SurveyResponse,
    Vote,
    Wording,
    WordingSupport,
)
from discussions.notices import following
from nlp import stream

SESSION_DAYS = 180
ASSISTED = "assisted:"  # the origin of people for whom a helper enters things
PER_HOUR = 20  # new guests from one address
HOUR = 3600
BACKEND = "django.contrib.auth.backends.ModelBackend"

REACTED = ("agree", "thanks", "doubt")  # fields of the form of reactions: the value is the comment

# The addresses at which a visitor without an account may take part, and the verb each stands for.
DOORS: dict[str, rules.Verb] = {
    "post_comment": rules.Verb.COMMENT,
    "comment_on_proposal": rules.Verb.COMMENT,
    "comment_paragraph": rules.Verb.COMMENT,
    "react": rules.Verb.COMMENT,
    "vote": rules.Verb.VOTE,
    "undo_vote": rules.Verb.VOTE,
    "make_statement": rules.Verb.STATE,
    "answer_survey": rules.Verb.RESPOND,
    "answer_quick_poll": rules.Verb.RESPOND,
    "answer_poll": rules.Verb.ASK,
    "ask": rules.Verb.ASK,
    "raise_question": rules.Verb.ASK,
    "raise_hand": rules.Verb.ASK,
    "vote_live_statement": rules.Verb.VOTE,
    "live_react": rules.Verb.ASK,
    "cast_ballot": rules.Verb.ALLOCATE,
    "sign_proposal": rules.Verb.COSIGN,
    "unsign_proposal": rules.Verb.COSIGN,
    "save_proposal": rules.Verb.PROPOSE,
    "vote_paragraph": rules.Verb.WEIGH,
    "support_wording": rules.Verb.WEIGH,
    "suggest_wording": rules.Verb.SUGGEST,
}


def may_enter(space: Space, verb: rules.Verb, instrument: Instrument | None = None) -> bool:
    """May somebody without an account do this here and now? `instrument` is where they comment, if it is not the
    discussion of the space itself.
    """
    instrument = instrument or rules.INSTRUMENT_OF[verb]
    return (
        instruments.is_on(space, instrument)
        and instruments.level(space, instrument) == Level.GUEST
        and rules.permits(space, verb)
    )


def commented_on(name: str, sent: QueryDict) -> Instrument | None:
    """The instrument whose discussion a comment or reaction sent to the address `name` belongs to."""
    if name == "comment_on_proposal":
        return Instrument.PROPOSALS
    if name == "comment_paragraph":
        return Instrument.TEXTS
    fields = {"post_comment": ("parent",), "react": REACTED}.get(name, ())
    pk = next((number(sent[field].removeprefix("-")) for field in fields if sent.get(field)), 0)
    parent = Comment.objects.filter(pk=pk).only("proposal_id", "paragraph_id").first() if pk else None
    return rules.discussion_of(parent) if parent is not None else None


def welcome(request: HttpRequest) -> Member:
    """Make a guest of this visitor and remember them in their session. Raises TooSoon when one address makes many.

    The session gets a new key; the CSRF token stays, so that forms that are open in the page go on working.
    """
    count(request)
    guest = Member.objects.create_user(
        None, None, display_name=_("Guest %(number)s") % {"number": secrets.randbelow(10**4)}, level=Level.GUEST
    )
    request.session.cycle_key()
    request.session[SESSION_KEY] = str(guest.pk)
    request.session[BACKEND_SESSION_KEY] = BACKEND
    request.session[HASH_SESSION_KEY] = guest.get_session_auth_hash()
    request.session.set_expiry(SESSION_DAYS * 24 * HOUR)
    request.user = guest
    return guest


def count(request: HttpRequest, *, what: str = "guests") -> None:
    """Count one more new guest (or try of another kind) from this address. Raises TooSoon after PER_HOUR."""
    if not pace.is_within(f"{what}:{pace.visitor(request)}", most=PER_HOUR, seconds=HOUR):
        raise TooSoon(HOUR)


def join(*, guest: Member, member: Member) -> None:
    """Make everything a guest gave that of an account they sign in to. What both gave counts once: the account's stays.

    The guest is closed afterwards; nobody can act as them again.
    """
    with transaction.atomic():
        guest = Member.objects.select_for_update().get(pk=guest.pk)
        if not guest.is_active or not (guest.is_guest or guest.origin.startswith(ASSISTED)):
            return
        following.drop_contradictions(guest=guest, member=member)
        for given in GIVEN:
            given.move(guest, member)
        stream.change_author(guest.stream_author, member.stream_author)
        guest.is_active = False
        guest.save(update_fields=["is_active"])


@dataclass(frozen=True, slots=True)
class Given:
    """Rows that belong to a person by `field`; of those that agree in `once` a person can have one.

    Without `once` they can have as many as they like; when it is empty, one alone. Columns of `once` in `or_none`
    agree also when both are empty.
    `recount` sets right the counters of what the doubles hung on; it takes the values of the first column of `once`.
    With `leaves`, a double stays with the guest instead of being dropped: others may have answered it. `drop` takes
    away doubles on which other rows hang.
    """

    model: type[models.Model]
    field: str
    once: tuple[str, ...] | None = None
    or_none: frozenset[str] = frozenset()
    recount: Callable[[list[int]], None] | None = None
    leaves: bool = False
    drop: Callable[[models.QuerySet], object] = models.QuerySet.delete

    def move(self, guest: Member, member: Member) -> None:
        """Give the guest's rows to the member, and drop what the member has given as well."""
        theirs = self.model._default_manager.filter(**{self.field: guest})
        if self.once is not None:
            mine = self.model._default_manager.filter(*map(self._agrees, self.once), **{self.field: member})
            if self.leaves:
                theirs.filter(~Exists(mine)).update(**{self.field: member})
                return
            doubles = theirs.filter(Exists(mine))
            touched = list(doubles.values_list(self.once[0], flat=True)) if self.recount is not None else []
            self.drop(doubles)
            if touched and self.recount is not None:
                self.recount(touched)
        theirs.update(**{self.field: member})

    def _agrees(self, name: str) -> Q:
        same = Q(**{name: OuterRef(name)})
        return same | Q(IsNull(OuterRef(name), True), **{name: None}) if name in self.or_none else same


_FOLLOWED, _MUTED = ("space", "proposal", "comment", "topic_number"), ("space", "topic_number")
GIVEN: tuple[Given, ...] = (
    Given(Comment, "author", once=("client_id",), leaves=True),
    Given(Reaction, "member", once=("comment", "kind"), recount=reactions.recount),
    Given(Statement, "author"),
    Given(Vote, "member", once=("statement",), recount=voting.recount),
    Given(Proposal, "author", once=("client_id",), leaves=True),
    Given(Addendum, "author", once=("client_id",), leaves=True),
    Given(Signature, "member", once=("proposal",), recount=signatures.recount),
    Given(Wording, "author", once=("client_id",), leaves=True),
    Given(WordingSupport, "member", once=("wording",)),
    Given(ParagraphVote, "member", once=("paragraph",)),
    Given(SurveyResponse, "member", once=("survey",), drop=responses.drop),
    Given(FreeAnswer, "author"),
    Given(BudgetBallot, "member", once=("budget",)),
    Given(Question, "author", once=("client_id",), leaves=True),
    Given(QuestionRaise, "member", once=("question",)),
    Given(PollVote, "member", once=("poll",)),
    Given(PollWord, "author", once=("poll",), drop=poll_answers.drop),
    Given(Hand, "member", once=("session",)),
    Given(Silence, "member", once=("session",)),
    Given(Notice, "member", once=("event",)),
    Given(Follow, "member", once=_FOLLOWED, or_none=frozenset(_FOLLOWED)),
    Given(Mute, "member", once=_MUTED, or_none=frozenset(_MUTED)),
    Given(NoticeSettings, "member", once=()),
    Given(PushSubscription, "member"),
    Given(Report, "reporter", once=("target", "target_id")),
    Given(Appeal, "author"),
    Given(Case, "author"),
    Given(Merge, "asked_by"),
    Given(MergeStep, "member"),
)


def keep(guest: Member) -> Member:
    """Make an account of a guest; everything they gave is theirs already."""
    guest.level = Level.ACCOUNT
    guest.save(update_fields=["level"])
    return guest

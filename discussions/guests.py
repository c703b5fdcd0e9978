"""People who take part before they have an account, and what becomes of their words when they make one.

A guest is a member without address and password, known to one browser by its session. Signing up turns the same member
into an account; signing in to an account that exists moves what the guest gave over to it.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils.translation import gettext as _

from discussions import instruments, pace, reactions, responses, rules, signatures, voting
from discussions.errors import TooSoon
from discussions.live import poll_answers
from discussions.models import (
    Addendum,
    Appeal,
    BudgetBallot,
    Case,
    Comment,
    FreeAnswer,
    Hand,
    Level,
    Member,
    Merge,
    MergeStep,
    Notice,
    ParagraphVote,
    PollVote,
    PollWord,
    Proposal,
    Question,
    QuestionRaise,
    Reaction,
    Signature,
    Silence,
    Space,
    Statement,
    SurveyResponse,
    Vote,
    Wording,
    WordingSupport,
)
from nlp import stream

SESSION_DAYS = 180
ASSISTED = "assisted:"  # the origin of people for whom a helper enters things
PER_HOUR = 20  # new guests from one address
HOUR = 3600
BACKEND = "django.contrib.auth.backends.ModelBackend"

# The addresses at which a visitor without an account may take part, and the verb each stands for.
DOORS: dict[str, rules.Verb] = {
    "post_comment": rules.Verb.COMMENT,
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


def may_enter(space: Space, verb: rules.Verb) -> bool:
    """May somebody without an account do this here and now?"""
    instrument = rules.INSTRUMENT_OF[verb]
    return (
        instruments.is_on(space, instrument)
        and instruments.level(space, instrument) == Level.GUEST
        and rules.permits(space, verb)
    )


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
        for given in GIVEN:
            given.move(guest, member)
        stream.change_author(guest.stream_author, member.stream_author)
        guest.is_active = False
        guest.save(update_fields=["is_active"])


@dataclass(frozen=True, slots=True)
class Given:
    """Rows that belong to a person by `field`; of those that agree in `once` a person can have one.

    `recount` sets right the counters of what the doubles hung on; it takes the values of the first column of `once`.
    With `leaves`, a double stays with the guest instead of being dropped: others may have answered it. `drop` takes
    away doubles on which other rows hang.
    """

    model: type[models.Model]
    field: str
    once: tuple[str, ...] = ()
    recount: Callable[[list[int]], None] | None = None
    leaves: bool = False
    drop: Callable[[models.QuerySet], object] = models.QuerySet.delete

    def move(self, guest: Member, member: Member) -> None:
        """Give the guest's rows to the member, and drop what the member has given as well."""
        theirs = self.model._default_manager.filter(**{self.field: guest})
        if self.once:
            mine = self.model._default_manager.filter(
                **{self.field: member}, **{name: OuterRef(name) for name in self.once}
            )
            if self.leaves:
                theirs.filter(~Exists(mine)).update(**{self.field: member})
                return
            doubles = theirs.filter(Exists(mine))
            touched = list(doubles.values_list(self.once[0], flat=True))
            self.drop(doubles)
            if touched and self.recount is not None:
                self.recount(touched)
        theirs.update(**{self.field: member})


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

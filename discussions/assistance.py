"""Taking part through somebody else's hands: an officer or volunteer enters what a person says or has written.

The person is counted as themselves, once, by a channel of their own; the helper is on record for every entry.
Everything passes the same actions as on the pages, so phases, levels, moderation and the answer clock hold alike.
"""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import comments, guests, responses, rules, signatures, voting
from discussions.errors import CivicError, NotAllowed, NotFound
from discussions.models import (
    AssistedAct,
    Channel,
    Level,
    Member,
    PaperForm,
    Proposal,
    Receipt,
    Sitting,
    Space,
    State,
    Statement,
    Survey,
)

ORIGIN = guests.ASSISTED
LASTS = timedelta(hours=4)
# No signs that are mistaken for each other when they are read aloud or written by hand.
SIGNS = "ACDEFHJKLMNPQRTUVWXY34679"
RECEIPT_LENGTH, FORM_LENGTH = 12, 6
ON_PAPER = 12  # statements and proposals that fit on one sheet of A4
DOCUMENT = re.compile(r"^[A-Z0-9]{6,20}$")
Kind = AssistedAct.Kind


@dataclass(frozen=True, slots=True)
class Begun:
    """A sitting, and the code of the receipt when the person got one just now ("" when they have one)."""

    sitting: Sitting
    receipt: str


def begin(
    *,
    helper: Member,
    space: Space,
    channel: str,
    consent: str,
    document: str = "",
    receipt: str = "",
    form: PaperForm | None = None,
) -> Begun:
    """Begin to enter what one person says. They are found again by their identity document or receipt, or are new.

    Of the document only a keyed digest is kept, so that one person is one person at every counter. Raises NotAllowed
    (no right, no consent), NotFound (no such receipt), CivicError (no document number).
    """
    rules.require(rules.may_assist(helper))
    if consent not in Sitting.Consent.values:
        raise NotAllowed(
            _("Please note first that the person agrees. Without that nothing is entered."), code="consent"
        )
    if channel not in (Channel.ASSISTED, Channel.PAPER) or (form is not None and form.space_id != space.pk):
        raise CivicError(rules.explained("not_here"), code="unknown_channel")
    with transaction.atomic():
        person, code = _person(document, receipt)
        sitting = Sitting.objects.create(
            helper=helper,
            person=person,
            space=space,
            channel=channel,
            form=form,
            consent=consent,
            identity_seen=bool(document),
            began_at=timezone.now(),
        )
    return Begun(sitting, code)


def enter(
    *,
    sitting: Sitting,
    helper: Member,
    client_id: str,
    comment: str = "",
    votes: Mapping[int, int] | None = None,
    signed: list[int] | None = None,
) -> list[AssistedAct]:
    """Enter a comment, votes (by id of the statement) and signatures (ids of proposals): all of it or nothing.

    Sent again with the same `client_id`, nothing happens twice. Raises what the actions themselves raise.
    """
    with transaction.atomic():
        sitting = _open(sitting, helper)
        person, acts = sitting.person, []
        if comment.strip():
            made = comments.post(
                space=sitting.space, author=person, text=comment, client_id=client_id, channel=sitting.channel
            )
            acts.append(_noted(sitting, Kind.COMMENT, made.pk))
        for statement in _known(Statement, sitting, list(votes or {})):
            voting.cast(statement=statement, member=person, value=votes[statement.pk], channel=sitting.channel)
            acts.append(_noted(sitting, Kind.VOTE, statement.pk))
        for proposal in _known(Proposal, sitting, list(signed or [])):
            signatures.sign(proposal=proposal, member=person, channel=sitting.channel)
            acts.append(_noted(sitting, Kind.SIGNATURE, proposal.pk))
    if not acts:
        raise CivicError(_("There is nothing to enter yet."), code="empty")
    return acts


def respond(*, sitting: Sitting, helper: Member, survey: Survey, answers: Mapping[int, responses.Sent]) -> AssistedAct:
    """Enter a person's answers to a survey. Raises what `responses.respond` raises."""
    with transaction.atomic():
        sitting = _open(sitting, helper)
        if survey.space_id != sitting.space_id:
            raise NotFound(rules.explained("withdrawn"), code="other_space")
        responses.respond(survey=survey, member=sitting.person, answers=answers, channel=sitting.channel)
        return _noted(sitting, Kind.SURVEY, survey.pk)


def make_form(*, space: Space, editor: Member) -> PaperForm:
    """A sheet with the statements and proposals that are open now, the most voted on and signed first."""
    if not rules.may_assist(editor):
        rules.require(rules.may_arrange(editor))
    statements = voting.with_tallies(space).filter(closed_at=None).order_by("-agree", "pk")
    proposals = Proposal.objects.published().filter(space=space, stage=Proposal.Stage.OPEN)
    return PaperForm.objects.create(
        space=space,
        code="".join(secrets.choice(SIGNS) for _sign in range(FORM_LENGTH)),
        statements=list(statements.values_list("pk", flat=True)[:ON_PAPER]),
        proposals=list(proposals.order_by("-n_signatures", "pk").values_list("pk", flat=True)[:ON_PAPER]),
        made_by=editor,
    )


def form_with(code: str) -> PaperForm | None:
    """The sheet that bears this code, however it was typed."""
    return PaperForm.objects.select_related("space__agency").filter(code=_typed(code)).first()


def sheet(form: PaperForm) -> tuple[list[Statement], list[Proposal]]:
    """What a sheet asks, in the order of its print; what was hidden since is left out."""
    statements = Statement.objects.published().in_bulk(form.statements)
    proposals = Proposal.objects.published().in_bulk(form.proposals)
    return (
        [statements[pk] for pk in form.statements if pk in statements],
        [proposals[pk] for pk in form.proposals if pk in proposals],
    )


def owner_of(receipt: str) -> Member | None:
    """Whose receipt this is."""
    found = Receipt.objects.select_related("member").filter(digest=_digest("receipt", _typed(receipt))).first()
    return found.member if found is not None and found.member.is_active else None


def claim(*, receipt: str, member: Member) -> None:
    """Make what was entered for a person theirs in their own account. Raises NotFound, NotAllowed (no account)."""
    person = owner_of(receipt)
    if person is None:
        raise NotFound(_("There is no receipt with this code. Please compare it with the slip."), code="no_receipt")
    if member.is_guest:
        raise NotAllowed(rules.explained("level_10"), code="level_10")
    if person.sat_for.filter(helper=member).exists():
        raise NotAllowed(_("You entered this for somebody else; only they can keep it."), code="helper")
    guests.join(guest=person, member=member)


def _person(document: str, receipt: str) -> tuple[Member, str]:
    if receipt:
        found = owner_of(receipt)
        if found is None:
            raise NotFound(_("There is no receipt with this code. Please compare it with the slip."), code="no_receipt")
        return found, ""
    origin, level = f"{ORIGIN}{secrets.token_hex(16)}", Level.ACCOUNT
    if document:
        number = _typed(document)
        if not DOCUMENT.match(number):
            raise CivicError(
                _("This does not look like the number of a document: 6 to 20 letters and digits."), code="no_document"
            )
        origin, level = f"{ORIGIN}{_digest('document', number)}", Level.EID
        found = Member.objects.filter(origin=origin).first()
        if found is not None:
            return found, ""
    name = _("Neighbour %(number)s") % {"number": secrets.randbelow(9000) + 1000}
    try:
        with transaction.atomic():
            person = Member.objects.create_user(None, None, display_name=name, origin=origin, level=level)
    except IntegrityError:  # the same document at two counters at once
        return Member.objects.get(origin=origin), ""
    code = "".join(secrets.choice(SIGNS) for _sign in range(RECEIPT_LENGTH))
    Receipt.objects.create(member=person, digest=_digest("receipt", code))
    return person, "-".join(code[place : place + 4] for place in range(0, RECEIPT_LENGTH, 4))


def _open(sitting: Sitting, helper: Member) -> Sitting:
    """The sitting, if this helper leads it and it has not ended."""
    rules.require(rules.may_assist(helper))
    sitting = Sitting.objects.select_related("space", "person").get(pk=sitting.pk)
    if sitting.helper_id != helper.pk:
        raise NotAllowed(_("Somebody else began this; only they can go on with it."), code="not_yours")
    if timezone.now() - sitting.began_at > LASTS:
        raise NotAllowed(
            _("This was begun long ago. Please begin anew with the person; what was entered is safe."), code="over"
        )
    return sitting


def _known(model, sitting: Sitting, pks: list[int]) -> list:
    """Rows of the sitting's own space. Raises NotFound when one of them is not there."""
    found = list(model.objects.filter(pk__in=pks, space=sitting.space, state=State.VISIBLE).order_by("pk"))
    if len(found) != len(set(pks)):
        raise NotFound(rules.explained("withdrawn"), code="other_space")
    return found


def _noted(sitting: Sitting, kind: str, target_id: int) -> AssistedAct:
    act, _is_new = AssistedAct.objects.get_or_create(sitting=sitting, kind=kind, target_id=target_id)
    return act


def _typed(code: str) -> str:
    """A code as it was printed: capitals, without spaces and strokes."""
    return re.sub(r"[^A-Z0-9]", "", unicodedata.normalize("NFKC", code).upper())[:40]


def _digest(kind: str, text: str) -> str:
    return hmac.new(settings.AUTHOR_KEY_SECRET.encode(), f"assisted:{kind}:{text}".encode(), sha256).hexdigest()

"""Proposals, what was added to them, and signatures as open data.

A signer gets another pseudonym for every proposal: with one for the whole space, whoever wrote something under a name
there could be found among the signatures, and names of signers are never public.
"""

import hmac
from hashlib import sha256

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from discussions import petitions
from discussions.exports.table import LEVEL, Table, person
from discussions.models import Addendum, Signature


def _proposals(space):
    for proposal in petitions.readable(space).order_by("id").iterator(chunk_size=500):
        yield (
            proposal.pk,
            person(space, None if proposal.author_left_at else proposal.author_id),
            proposal.title,
            proposal.text,
            proposal.stage,
            proposal.n_signatures,
            proposal.threshold,
            proposal.published_at,
            proposal.last_day.isoformat(),
            proposal.reached_at,
            proposal.merged_into_id,
            proposal.get_level_display(),
            proposal.get_channel_display(),
        )


def _addenda(space):
    found = Addendum.objects.published().filter(proposal__in=petitions.readable(space)).order_by("id")
    for addendum in found.iterator(chunk_size=500):
        yield addendum.pk, addendum.proposal_id, addendum.text, addendum.made_at


def published_signatures(space):
    """Signatures under proposals that everybody may read."""
    return Signature.objects.filter(proposal__in=petitions.readable(space))


def _signatures(space):
    given = published_signatures(space).order_by("proposal", "id")
    rows = given.values_list("proposal_id", "member_id", "signed_at", "carried_from_id")
    for proposal, member, signed_at, carried_from in rows.iterator(chunk_size=5000):
        # The day, not the second: exact moments would tell people apart.
        day = timezone.localtime(signed_at).date().isoformat()
        yield proposal, _signer(proposal, member), day, carried_from


def _signer(proposal_id: int, member_id: int) -> str:
    text = f"export:signature:{proposal_id}:{member_id}".encode()
    return hmac.new(settings.AUTHOR_KEY_SECRET.encode(), text, sha256).hexdigest()[:12]


TABLES = (
    Table(
        name="proposals",
        title=_("Proposals"),
        columns={
            "id": _("number of the proposal"),
            "person": _("pseudonym of its author"),
            "title": _("what is proposed"),
            "text": _("the words"),
            "stage": _("how far it has come"),
            "signatures": _("how many have signed"),
            "threshold": _("how many are needed for an answer"),
            "published_at": _("when it was published"),
            "last_day": _("the last day on which signatures count"),
            "reached_at": _("when the threshold was reached"),
            "merged_into": _("number of the proposal it became part of"),
            "level": LEVEL,
            "channel": _("the door it came in by"),
        },
        rows=_proposals,
    ),
    Table(
        name="addenda",
        title=_("Addenda to proposals"),
        columns={
            "id": _("number of the addendum"),
            "proposal": _("number of the proposal it belongs to"),
            "text": _("the words"),
            "made_at": _("when it was added"),
        },
        rows=_addenda,
    ),
    Table(
        name="signatures",
        title=_("Signatures under proposals"),
        columns={
            "proposal": _("number of the proposal"),
            "signer": _("pseudonym of the signer, another one for every proposal"),
            "day": _("the day it was given"),
            "carried_from": _("number of the proposal it was given to, when a merge carried it over"),
        },
        rows=_signatures,
    ),
)

"""Proposals that a member has co-signed: whoever stands behind something hears of every later step."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from discussions import reasons
from discussions.journeys.contribution import Contribution, step
from discussions.journeys.proposals import SOURCE as PROPOSAL
from discussions.journeys.proposals import clocks_of, way_of
from discussions.models import Signature, State

SOURCE = "signature"


@dataclass(slots=True)
class Signed(Contribution):
    """Somebody else's words that this member stands behind."""

    @property
    def steps(self) -> list[dict]:
        """Signed, then the way of the proposal."""
        signed = step(_("Signed by you"), "done", at=self.at, words=_("Your name is not shown to anybody."))
        if self.hidden_reason:
            reason = _("Reason: %(reason)s") % {"reason": self.hidden_reason}
            return [signed, step(_("The proposal was hidden by a moderator"), "now", words=reason)]
        if self.is_gone:
            return [signed, *self.more]
        steps = [signed, *self.more, self._handed_over(), self._answered(), *self._followed()]
        return [one for one in steps if one]


def of(member, cut, limit: int):
    """The newest `limit` of them behind the cut, one's own proposals left out: two queries.

    A signature that a merge carried over is told of with the one it comes from.
    """
    given = Signature.objects.filter(member=member, carried_from=None).exclude(proposal__author=member)
    given = given.select_related("proposal__space", "proposal__merged_into__space")
    signatures = list(cut.of(given, source=SOURCE, at="signed_at", space="proposal__space")[:limit])
    clocks = clocks_of([signature.proposal for signature in signatures])
    for signature in signatures:
        proposal = signature.proposal
        is_hidden = proposal.state in (State.HIDDEN, State.HELD)
        yield Signed(
            source=SOURCE,
            key=signature.pk,
            space=proposal.space,
            words="" if is_hidden else proposal.title,
            at=signature.signed_at,
            url=proposal.get_absolute_url(),
            hidden_reason=reasons.words(proposal.hidden_reason) if is_hidden else "",
            is_gone=proposal.state == State.WITHDRAWN,
            more=way_of(proposal, clocks),
            subject=(PROPOSAL, proposal.merged_into_id or proposal.pk),
        )

"""Proposals of a member, and what becomes of a proposal for everybody who stands behind it."""

from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import clockfaces, petitions, reasons, rules
from discussions.clockfaces import Face
from discussions.journeys.contribution import Contribution, step
from discussions.models import Proposal, State

SOURCE = "proposal"
Stage = Proposal.Stage


def of(member, cut, limit: int):
    """The newest `limit` of the published ones behind the cut: two queries."""
    own = Proposal.objects.filter(author=member).exclude(stage=Stage.DRAFT)
    found = cut.of(own.select_related("space", "merged_into__space"), source=SOURCE, at="published_at")[:limit]
    proposals = list(found)
    clocks = clocks_of(proposals)
    for proposal in proposals:
        yield Contribution(
            source=SOURCE,
            key=proposal.pk,
            space=proposal.space,
            words=proposal.words,
            at=proposal.published_at,
            url=proposal.get_absolute_url(),
            hidden_reason=reasons.words(proposal.hidden_reason),
            is_gone=proposal.state == State.WITHDRAWN,
            is_held=proposal.state == State.HELD,
            more=way_of(proposal, clocks),
            subject=(SOURCE, proposal.merged_into_id) if proposal.merged_into_id else None,
        )


def clocks_of(proposals: list[Proposal]) -> dict[int, Face]:
    """The clocks of proposals and of those they became part of: one query."""
    ids = {proposal.pk for proposal in proposals} | {proposal.merged_into_id for proposal in proposals} - {None}
    return clockfaces.of_proposals(ids)


def way_of(proposal: Proposal, clocks: dict[int, Face]) -> list[dict]:
    """The steps of a proposal between its publication and the answer; those of the one it became part of as well."""
    steps = []
    if proposal.merged_into is not None:
        target = proposal.merged_into
        words = _("“%(title)s”, with every signature") % {"title": target.public_title}
        label = _("Became part of another proposal")
        steps.append(step(label, "done", at=proposal.merged_at, words=words, url=target.get_absolute_url()))
        proposal = target
    is_open = proposal.takes_signatures(timezone.now()) and rules.permits(proposal.space, rules.Verb.COSIGN)
    words = petitions.progress(proposal, timezone.now()).words
    steps.append(step(_("Signatures"), "now" if is_open else "done", words=words, url=proposal.get_absolute_url()))
    if proposal.stage == Stage.WITHDRAWN:
        steps.append(step(_("Withdrawn by its author"), "done", at=proposal.withdrawn_at))
    elif proposal.reached_at is not None:
        steps.append(step(_("Over the threshold"), "done", at=proposal.reached_at, words=_("The agency must answer.")))
        face = clocks.get(proposal.pk)
        if face is not None and face.state != "done":
            steps.append(step(_("The agency’s clock is running"), "now", words=face.words))
    elif not is_open:
        words = _("It stays public and is handed to the agency with others on its topic.")
        steps.append(step(_("Under the threshold when its time was over"), "done", at=proposal.closes_at, words=words))
    return steps

"""Co-signing: one person, one signature, counted at the moment it arrived here.

A proposal knows how many signatures it has, so that signing costs the same however many there are. Every signature
passes the lock of its space: the one that reaches the threshold starts the answer clock, and no other does.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F
from django.utils import timezone

from discussions import clocks, events, proposal_rules, rules, splits
from discussions.models import Channel, Member, Proposal, Signature, Space, State

GRACE = timedelta(minutes=2)
"""How long after its end a window is written down as closed: a signature that arrived in time may still wait for its
turn."""
BATCH = 200
Stage = Proposal.Stage


def sign(
    *,
    proposal: Proposal,
    member: Member,
    received_at: datetime | None = None,
    seen: int | None = None,
    channel: str = Channel.WEB,
) -> Signature:
    """Stand behind a proposal; appends proposal.signed and, at the threshold, proposal.reached. Twice is once.

    What counts is `received_at`, the moment the server received it: now, unless the caller took the time before.
    `seen` is the revision of the words the signer read. Raises NotAllowed.
    """
    at = received_at or timezone.now()
    with transaction.atomic():
        space = events.lock(proposal.space_id)
        proposal = Proposal.objects.get(pk=proposal.pk)
        earlier = Signature.objects.filter(proposal=proposal, member_id=member.pk).first()
        if earlier is not None:
            return earlier
        rules.require(proposal_rules.may_sign(member, space, proposal, at))
        if seen is not None and seen != proposal.revision:
            rules.require(rules.Verdict(False, "text_changed"))
        signature = Signature.objects.create(
            proposal=proposal, member=member, signed_at=at, level=member.level, channel=channel
        )
        counted(space, proposal, 1, at, told="proposal.signed")
    return signature


def take_back(*, proposal: Proposal, member: Member, received_at: datetime | None = None) -> None:
    """Take one's signature back while that is possible; appends proposal.unsigned. Without one nothing happens.

    A threshold that was reached stays reached. Raises NotAllowed.
    """
    at = received_at or timezone.now()
    with transaction.atomic():
        space = events.lock(proposal.space_id)
        mine = Signature.objects.select_related("proposal")
        signature = mine.filter(proposal=proposal.pk, member_id=member.pk).first()
        if signature is None:
            return
        rules.require(proposal_rules.may_take_back(member, signature, at))
        signature.delete()
        counted(space, signature.proposal, -1, at, told="proposal.unsigned")


def first(space: Space, proposal: Proposal, at: datetime) -> None:
    """The author's own signature, when a proposal is published. Under the lock of the space."""
    Signature.objects.create(
        proposal=proposal, member=proposal.author, signed_at=at, level=proposal.level, channel=proposal.channel
    )
    counted(space, proposal, 1, at)


def counted(space: Space, proposal: Proposal, change: int, at: datetime, *, told: str = "") -> None:
    """Set the counter right, tell it, and look whether the threshold is reached. Under the lock of the space."""
    Proposal.objects.filter(pk=proposal.pk).update(n_signatures=F("n_signatures") + change)
    proposal.refresh_from_db(fields=["n_signatures"])
    if told:
        events.append(space, told, {"id": proposal.pk, "n": proposal.n_signatures})
    is_read = proposal.state == State.VISIBLE
    if is_read and proposal.stage == Stage.OPEN and proposal.n_signatures >= proposal.threshold:
        proposal.stage, proposal.reached_at = Stage.REACHED, at
        proposal.save(update_fields=["stage", "reached_at"])
        events.append(space, "proposal.reached", {"id": proposal.pk, "n": proposal.n_signatures})
        clocks.start(space=space, proposal=proposal, now=at)


def close_windows(now: datetime | None = None) -> int:
    """Write down that windows are over; appends proposal.closed for each. Returns how many. Harmless to repeat.

    Nothing waits for this: a signature is refused from the midnight on, whenever the clockwork comes by.
    """
    due = (now or timezone.now()) - GRACE
    ended = Proposal.objects.filter(stage=Stage.OPEN, closes_at__lte=due).order_by("closes_at", "id")
    found = list(ended.values_list("pk", "space_id")[:BATCH])
    return sum(_close(pk, space_id, due) for pk, space_id in found)


def answered(proposal: Proposal) -> None:
    """Write down that the agency has answered. While signatures are collected, an answer does not end that.

    Called with the lock of the space, by whoever publishes the answer.
    """
    Proposal.objects.filter(pk=proposal.pk, stage__in=[Stage.REACHED, Stage.CLOSED]).update(stage=Stage.ANSWERED)


def by_level(proposals: Iterable[Proposal]) -> dict[int, list[tuple[str, int]]]:
    """How many signed with which level, most surely known first, by id of the proposal: one query.

    Levels of few people stand together at the end, and where there is no other there is no split.
    """
    rows = (
        Signature.objects.filter(proposal__in=[proposal.pk for proposal in proposals])
        .order_by("proposal", "-level")
        .values_list("proposal", "level")
        .annotate(n=Count("pk"))
    )
    counts: dict[int, dict[int, int]] = {}
    for pk, level, number in rows:
        counts.setdefault(pk, {})[level] = number
    return {pk: _told(by) for pk, by in counts.items()}


def _told(counts: dict[int, int]) -> list[tuple[str, int]]:
    hidden = splits.folded(counts)
    if len(hidden) == len(counts):
        return []
    shown = [(splits.label("level", str(level)), number) for level, number in counts.items() if level not in hidden]
    return [*shown, (splits.label("level", ""), sum(counts[level] for level in hidden))] if hidden else shown


def signed_among(member, proposals: Iterable[Proposal]) -> dict[int, Signature]:
    """This member's signatures by id of the proposal: one query, none for strangers."""
    if not getattr(member, "is_authenticated", False):
        return {}
    by_id = {proposal.pk: proposal for proposal in proposals}
    mine = {row.proposal_id: row for row in Signature.objects.filter(member=member, proposal__in=by_id)}
    for pk, signature in mine.items():
        signature.proposal = by_id[pk]
    return mine


def recount(proposal_ids: list[int]) -> None:
    """Count anew, when two accounts turned out to be one person who had signed with both."""
    for pk in proposal_ids:
        Proposal.objects.filter(pk=pk).update(n_signatures=Signature.objects.filter(proposal=pk).count())


def _close(pk: int, space_id: int, due: datetime) -> int:
    with transaction.atomic():
        space = events.lock(space_id)
        proposal = Proposal.objects.filter(pk=pk, stage=Stage.OPEN, closes_at__lte=due).first()
        if proposal is None:
            return 0
        proposal.stage = Stage.ANSWERED if proposal.official_replies.exists() else Stage.CLOSED
        proposal.save(update_fields=["stage"])
        events.append(space, "proposal.closed", {"id": proposal.pk, "n": proposal.n_signatures})
    return 1

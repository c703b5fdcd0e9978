"""Two proposals become one: asked for, agreed to by both authors, and only then done.

Signatures go over once for each person, with the moment and level they were given at; nothing is taken from the
proposal they came from, which stays readable as it was. What happened to a request are its steps, never a change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from discussions import events, proposal_rules, rules, signatures, wording
from discussions.errors import Conflict, NotAllowed
from discussions.models import Member, Merge, MergeStep, Proposal, Signature, Space, State
from nlp import similar

OPEN_FOR = timedelta(days=14)
REASON_LIMIT = 1000
BATCH = 1000
COMPARED = 40
"""Proposals that are looked at for suggestions, the newest that collect signatures."""
ALIKE = 0.75
Kind = MergeStep.Kind
Stage = Proposal.Stage


def ask(
    *, source: Proposal, target: Proposal, member: Member, reason: str, client_id: str, now: datetime | None = None
) -> Merge:
    """Ask that `source` become part of `target`; appends proposal.merge_asked. An author who asks has agreed already,
    and where nobody else's consent is needed, it is done at once.

    Raises InvalidText, NotAllowed, Conflict.
    """
    missing = _("Please say why the two proposals should become one; their authors read it.")
    words = wording.cleaned(reason, limit=REASON_LIMIT, missing=missing)
    now = now or timezone.now()
    with transaction.atomic():
        space = events.lock(source.space_id)
        source, target = _fresh(source.pk), _fresh(target.pk)
        rules.require(proposal_rules.may_ask_merge(member, source, target))
        earlier = Merge.objects.filter(asked_by=member, client_id=client_id).first()
        if earlier is not None:
            if (earlier.source_id, earlier.target_id, earlier.reason) == (source.pk, target.pk, words):
                return earlier
            raise Conflict
        _require(proposal_rules.can_merge(source, target, now), "cannot_merge")
        _require(not waiting([source.pk, target.pk], now), "merge_waits")
        merge = Merge.objects.create(
            space=space,
            source=source,
            target=target,
            asked_by=member,
            reason=words,
            client_id=client_id,
            asked_at=now,
            expires_at=now + OPEN_FOR,
        )
        events.append(space, "proposal.merge_asked", _told(merge))
        if member.pk in proposal_rules.authors(source, target):
            _agree(space, merge, member, now)
    return merge


def accept(*, merge: Merge, member: Member, now: datetime | None = None) -> Merge:
    """Agree as one of the authors. With the last consent the two become one; appends proposal.merged then.

    Agreed twice is agreed once. Raises NotAllowed.
    """
    now = now or timezone.now()
    with transaction.atomic():
        space, merge = _locked(merge)
        rules.require(_may_answer(member, merge))
        if merge.steps.filter(kind=Kind.ACCEPTED, member=member).exists():
            return merge
        _require(_is_open(merge, now), "merge_over")
        _require(proposal_rules.can_merge(merge.source, merge.target, now), "cannot_merge")
        _agree(space, merge, member, now)
    return merge


def refuse(*, merge: Merge, member: Member, words: str, now: datetime | None = None) -> Merge:
    """Say no as one of the authors, in words for the other one; nothing else changes. Appends proposal.merge_refused.

    Raises InvalidText, NotAllowed.
    """
    missing = _("Please say why you do not agree; the other author reads it.")
    words = wording.cleaned(words, limit=REASON_LIMIT, missing=missing)
    now = now or timezone.now()
    with transaction.atomic():
        space, merge = _locked(merge)
        rules.require(_may_answer(member, merge))
        _require(_is_open(merge, now), "merge_over")
        MergeStep.objects.create(merge=merge, kind=Kind.REFUSED, member=member, words=words, at=now)
        events.append(space, "proposal.merge_refused", _told(merge))
    return merge


def expire(now: datetime | None = None) -> int:
    """End requests that nobody answered in time; appends proposal.merge_expired for each. Returns how many."""
    now = now or timezone.now()
    late = _open().filter(expires_at__lte=now).order_by("pk").values_list("pk", flat=True)
    return sum(_expire(pk, now) for pk in late[:BATCH])


def waiting(proposal_ids: Iterable[int], now: datetime) -> list[Merge]:
    """Open requests about these proposals, oldest first, with both proposals and what was said so far: two queries."""
    ids = list(proposal_ids)
    found = _open().filter(Q(source__in=ids) | Q(target__in=ids), expires_at__gt=now).order_by("pk")
    return list(_whole(found))


def of_space(space: Space, now: datetime) -> list[Merge]:
    """Open requests of a space, oldest first."""
    return list(_whole(_open().filter(space=space, expires_at__gt=now).order_by("pk")[:100]))


def for_author(member: Member, space: Space, now: datetime) -> list[Merge]:
    """Open requests that wait for this member's word."""
    readable = _open().filter(source__state=State.VISIBLE, target__state=State.VISIBLE)
    found = readable.filter(Q(source__author=member) | Q(target__author=member), space=space, expires_at__gt=now)
    return [merge for merge in _whole(found.order_by("pk")) if is_awaited(merge, member)]


def is_awaited(merge: Merge, member: Member) -> bool:
    """Is this member's consent needed and still missing?"""
    said = {step.member_id for step in merge.steps.all() if step.kind == Kind.ACCEPTED}
    return member.pk in proposal_rules.authors(merge.source, merge.target) - said


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Two proposals that mean nearly the same: the one with fewer signatures could become part of the other."""

    source: Proposal
    target: Proposal
    likeness: float


def suggestions(space: Space, now: datetime) -> list[Suggestion]:
    """Pairs of open proposals that mean nearly the same, most alike first."""
    shown = Proposal.objects.published().filter(space=space, stage=Stage.OPEN, closes_at__gt=now)
    newest = list(shown.select_related("author").order_by("-published_at", "-id")[:COMPARED])
    by_id = {proposal.pk: proposal for proposal in newest}
    pairs: dict[tuple[int, int], float] = {}
    for proposal in newest:
        for _source, key, likeness in similar.nearest(
            space.corpus_id, proposal.words, k=4, sources=("proposal",), least=ALIKE
        ):
            if int(key) != proposal.pk and int(key) in by_id:
                pairs[min(int(key), proposal.pk), max(int(key), proposal.pk)] = likeness
    found = []
    for pair, likeness in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
        fewer, more = sorted((by_id[pk] for pk in pair), key=lambda one: (one.n_signatures, -one.pk))
        found.append(Suggestion(fewer, more, likeness))
    return found


def _agree(space: Space, merge: Merge, member: Member, now: datetime) -> None:
    MergeStep.objects.create(merge=merge, kind=Kind.ACCEPTED, member=member, at=now)
    agreed = set(merge.steps.filter(kind=Kind.ACCEPTED).values_list("member_id", flat=True))
    if proposal_rules.authors(merge.source, merge.target) <= agreed:
        _unite(space, merge, now)


def _unite(space: Space, merge: Merge, now: datetime) -> None:
    """Carry the signatures over and close the source. Who signed both counts once, by their own signature."""
    source, target = merge.source, merge.target
    own = Signature.objects.filter(proposal=target, member=OuterRef("member"))
    rows = [
        Signature(
            proposal=target,
            member_id=signature.member_id,
            signed_at=signature.signed_at,
            level=signature.level,
            channel=signature.channel,
            carried_from=source,
            carried_at=now,
        )
        for signature in Signature.objects.filter(~Exists(own), proposal=source).order_by("pk")
    ]
    carried = len(Signature.objects.bulk_create(rows, batch_size=BATCH))
    source.stage, source.merged_into, source.merged_at = Stage.MERGED, target, now
    source.save(update_fields=["stage", "merged_into", "merged_at"])
    MergeStep.objects.create(merge=merge, kind=Kind.MERGED, at=now)
    events.append(space, "proposal.merged", {**_told(merge), "carried": carried})
    signatures.counted(space, target, carried, now)


def _may_answer(member: Member, merge: Merge) -> rules.Verdict:
    if not getattr(member, "is_authenticated", False):
        return rules.Verdict(False, "sign_in")
    is_author = member.pk in proposal_rules.authors(merge.source, merge.target)
    return rules.YES if is_author else rules.Verdict(False, "not_yours")


def _expire(pk: int, now: datetime) -> int:
    with transaction.atomic():
        merge = _open().filter(pk=pk).first()
        if merge is None:
            return 0
        space = events.lock(merge.space_id)
        if not _open().filter(pk=pk).exists():
            return 0
        MergeStep.objects.create(merge=merge, kind=Kind.EXPIRED, at=now)
        events.append(space, "proposal.merge_expired", _told(merge))
    return 1


def _told(merge: Merge) -> dict[str, int]:
    """What events say of a merge: the ids of both proposals and of the request."""
    return {"id": merge.source_id, "into": merge.target_id, "merge": merge.pk}


def _open():
    """Requests that nothing has ended yet."""
    ended = MergeStep.objects.filter(merge=OuterRef("pk"), kind__in=MergeStep.ENDS)
    return Merge.objects.filter(~Exists(ended))


def _whole(merges):
    return merges.select_related("source__author", "target__author", "asked_by", "space").prefetch_related("steps")


def _is_open(merge: Merge, now: datetime) -> bool:
    return now < merge.expires_at and not merge.steps.filter(kind__in=MergeStep.ENDS).exists()


def _require(holds: bool, code: str) -> None:
    if not holds:
        raise NotAllowed(rules.explained(code), code=code)


def _fresh(pk: int) -> Proposal:
    return Proposal.objects.select_related("author").get(pk=pk)


def _locked(merge: Merge) -> tuple[Space, Merge]:
    space = events.lock(merge.space_id)
    return space, Merge.objects.select_related("source__author", "target__author").get(pk=merge.pk)

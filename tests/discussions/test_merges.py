"""Two proposals become one only when both authors say so; nobody's signature is lost or counted twice."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from discussions import merges, proposals, signatures
from discussions.errors import Conflict, InvalidText, NotAllowed
from discussions.models import AnswerClock, Event, Level, Merge, MergeStep, Proposal, Signature
from tests.discussions.proposing import proposing_space, published, signed
from tests.factories import make_member

pytestmark = pytest.mark.django_db
Stage = Proposal.Stage


@pytest.fixture
def space(agency):
    return proposing_space(agency=agency, threshold=50)


@pytest.fixture
def source(space, member):
    return published(space, member, "校門口設行人時段")


@pytest.fixture
def target(space, neighbour):
    return published(space, neighbour, "放學時段校門口禁止汽車")


def asked(source, target, member, **fields):
    sent = {"reason": "兩個提案說的是同一件事。", "client_id": uuid.uuid4().hex, **fields}
    return merges.ask(source=source, target=target, member=member, **sent)


def told(space) -> list[str]:
    types = Event.objects.filter(space=space, type__startswith="proposal.merge").order_by("seq")
    return list(types.values_list("type", flat=True))


def fresh(*proposals):
    for proposal in proposals:
        proposal.refresh_from_db()


def test_with_both_consents_signatures_are_carried_over_once_for_each_person(space, source, target, member, neighbour):
    both, *_only_here = signed(source, 4, level=Level.EID)
    signatures.sign(proposal=target, member=both)
    signed(target, 2)
    before = {row.member_id: row.signed_at for row in Signature.objects.filter(proposal=source)}
    merge = asked(source, target, member)
    assert Proposal.objects.get(pk=source.pk).stage == Stage.OPEN
    merges.accept(merge=merge, member=neighbour)
    fresh(source, target)
    assert (source.stage, source.merged_into, source.n_signatures) == (Stage.MERGED, target, 5)
    # Two authors, two who signed here alone, three who signed there alone, and one who signed both.
    assert target.n_signatures == Signature.objects.filter(proposal=target).count() == 8
    carried = Signature.objects.filter(proposal=target, carried_from=source)
    assert carried.count() == 4 and all(row.signed_at == before[row.member_id] for row in carried)
    assert Signature.objects.filter(proposal=target, level=Level.EID).count() == 4
    assert told(space) == ["proposal.merge_asked", "proposal.merged"]
    assert Event.objects.get(type="proposal.merged").data["carried"] == 4


def test_a_merge_whose_author_says_no_changes_nothing(space, source, target, member, neighbour):
    signed(source, 2)
    merge = asked(source, target, member)
    merges.refuse(merge=merge, member=neighbour, words="我的提案只談汽車，不談行人。")
    fresh(source, target)
    assert (source.stage, target.stage) == (Stage.OPEN, Stage.OPEN)
    assert (source.n_signatures, target.n_signatures) == (3, 1)
    assert not Signature.objects.exclude(carried_from=None).exists()
    assert told(space) == ["proposal.merge_asked", "proposal.merge_refused"]
    with pytest.raises(NotAllowed) as refusal:
        merges.accept(merge=merge, member=neighbour)
    assert refusal.value.code == "merge_over"


def test_a_no_needs_a_reason_and_comes_from_an_author(source, target, member, neighbour):
    merge = asked(source, target, member)
    with pytest.raises(InvalidText):
        merges.refuse(merge=merge, member=neighbour, words=" ")
    with pytest.raises(NotAllowed):
        merges.refuse(merge=merge, member=make_member(), words="我不喜歡這樣。")
    assert not MergeStep.objects.filter(kind="refused").exists()


def test_who_only_signed_neither_asks_nor_agrees(source, target, member):
    signer = signed(source, 1)[0]
    with pytest.raises(NotAllowed):
        asked(source, target, signer)
    with pytest.raises(NotAllowed):
        merges.accept(merge=asked(source, target, member), member=signer)


def test_a_facilitator_may_ask_but_both_authors_decide(source, target, member, neighbour, facilitator):
    merge = asked(source, target, facilitator)
    merges.accept(merge=merge, member=member)
    fresh(source)
    assert source.stage == Stage.OPEN
    merges.accept(merge=merge, member=neighbour)
    fresh(source)
    assert source.stage == Stage.MERGED


def test_agreeing_twice_is_agreeing_once(source, target, member, neighbour, facilitator):
    merge = asked(source, target, facilitator)
    for _turn in range(2):
        merges.accept(merge=merge, member=member)
    fresh(source)
    assert source.stage == Stage.OPEN and merge.steps.count() == 1


def test_the_author_of_both_needs_nobody_else(space, source, member):
    target = published(space, member, "同一個人的第二個提案")
    asked(source, target, member)
    fresh(source, target)
    assert source.stage == Stage.MERGED and target.n_signatures == 1


def test_a_request_sent_twice_is_one_and_a_second_one_waits(source, target, member, neighbour, space):
    key = uuid.uuid4().hex
    assert asked(source, target, member, client_id=key) == asked(source, target, member, client_id=key)
    with pytest.raises(Conflict):
        asked(source, target, member, client_id=key, reason="別的理由")
    with pytest.raises(NotAllowed) as refusal:
        asked(target, published(space, make_member(), "第三個提案"), neighbour)
    assert refusal.value.code == "merge_waits" and Merge.objects.count() == 1


def test_a_request_nobody_answers_ends_after_14_days(space, source, target, member, neighbour):
    merge = asked(source, target, member)
    late = timezone.now() + timedelta(days=14, minutes=1)
    assert merges.expire() == 0
    with pytest.raises(NotAllowed):
        merges.accept(merge=merge, member=neighbour, now=late)
    assert [merges.expire(late), merges.expire(late)] == [1, 0]
    assert told(space)[-1] == "proposal.merge_expired"
    asked(source, target, member)


def test_merging_over_the_threshold_starts_one_clock(space, source, target, member, neighbour):
    Proposal.objects.update(threshold=6)
    signed(source, 3)
    signed(target, 1)
    merges.accept(merge=asked(source, target, member), member=neighbour)
    fresh(source, target)
    assert (target.stage, target.n_signatures, source.stage) == (Stage.REACHED, 6, Stage.MERGED)
    assert AnswerClock.objects.get().proposal == target
    assert Event.objects.filter(space=space, type="proposal.reached").count() == 1


def test_what_is_owed_an_answer_is_not_merged_away(source, target, member):
    Proposal.objects.filter(pk=source.pk).update(threshold=2)
    signed(source, 1)
    with pytest.raises(NotAllowed) as refusal:
        asked(source, target, member)
    assert refusal.value.code == "cannot_merge"


def test_nothing_is_merged_into_what_takes_no_signatures(source, target, member, neighbour):
    merge = asked(source, target, member)
    proposals.withdraw(proposal=target, author=neighbour)
    with pytest.raises(NotAllowed):
        merges.accept(merge=merge, member=neighbour)
    fresh(source)
    assert source.stage == Stage.OPEN


def test_a_carried_signature_can_be_taken_back_for_14_days_even_after_the_window(source, target, member, neighbour):
    first, second, third = signed(source, 3)
    merges.accept(merge=asked(source, target, member), member=neighbour)
    Proposal.objects.filter(pk=target.pk).update(closes_at=timezone.now() - timedelta(minutes=1))
    signatures.take_back(proposal=target, member=first)
    with pytest.raises(NotAllowed):
        signatures.take_back(proposal=target, member=second, received_at=timezone.now() + timedelta(days=15))
    own = signed_before(target, third)
    fresh(target)
    assert target.n_signatures == Signature.objects.filter(proposal=target).count() == 4
    assert own.carried_from == source


def signed_before(proposal, member):
    return Signature.objects.get(proposal=proposal, member=member)


def test_a_merged_proposal_takes_no_signatures_any_more(source, target, member, neighbour):
    merges.accept(merge=asked(source, target, member), member=neighbour)
    with pytest.raises(NotAllowed) as refusal:
        signatures.sign(proposal=source, member=make_member())
    assert refusal.value.code == "not_collecting"


def test_requests_and_their_steps_are_never_changed_or_deleted(source, target, member):
    merge = asked(source, target, member)
    step = merge.steps.get()
    for act in (merge.save, merge.delete, step.save, step.delete):
        with pytest.raises(ValueError):
            act()
    for kind in ("refused", "expired"):
        with transaction.atomic():
            outcome = _added(merge, kind, member)
        assert outcome is (kind == "refused")


def _added(merge, kind, member) -> bool:
    try:
        with transaction.atomic():
            MergeStep.objects.create(merge=merge, kind=kind, member=member, words="一個理由", at=timezone.now())
    except IntegrityError:
        return False
    return True

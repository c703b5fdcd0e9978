"""Citizens' proposals: from the draft nobody else sees to the day the window ends."""

import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.utils import timezone

from discussions import moderation, proposal_rules, proposals, signatures, windows
from discussions.errors import Conflict, InvalidText, NotAllowed, SignInNeeded, TooSoon
from discussions.models import Addendum, AnswerClock, Event, Phase, Proposal, Signature, State
from nlp.models import Opinion
from tests.discussions.proposing import draft, proposing_space, published, signed
from tests.factories import make_member, make_space, say

pytestmark = pytest.mark.django_db
TAIPEI = ZoneInfo("Asia/Taipei")
Stage = Proposal.Stage


@pytest.fixture
def space(agency):
    return proposing_space(agency=agency)


def told(space) -> list[str]:
    return list(Event.objects.filter(space=space).order_by("seq").values_list("type", flat=True))


# Draft


def test_a_draft_is_seen_by_its_author_alone_and_leaves_no_trace(space, member, neighbour, moderator):
    proposal = draft(space, member)
    assert proposal.stage == Stage.DRAFT
    assert proposal_rules.may_see(member, proposal)
    assert not any(proposal_rules.may_see(one, proposal) for one in (neighbour, moderator, AnonymousUser()))
    assert not Opinion.objects.exists() and told(space) == []


def test_a_draft_sent_twice_is_one_and_with_other_words_a_conflict(space, member):
    key = uuid.uuid4().hex
    sent = {"space": space, "author": member, "client_id": key}
    first = proposals.save(title="一個提案", text="內容", **sent)
    assert proposals.save(title="一個提案", text="內容", **sent) == first
    with pytest.raises(Conflict):
        proposals.save(title="另一個提案", text="內容", **sent)


def test_a_draft_may_lack_its_text_but_is_not_published_without(space, member):
    proposal = draft(space, member, text="")
    with pytest.raises(InvalidText):
        proposals.publish(proposal=proposal, author=member)
    proposal.refresh_from_db()
    assert proposal.stage == Stage.DRAFT and not Signature.objects.exists()


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.VOTING, Phase.REVIEW, Phase.ARCHIVED])
def test_nobody_proposes_outside_the_open_phase(space, member, phase):
    space.phase = phase
    space.save()
    with pytest.raises(NotAllowed):
        draft(space, member)


def test_nobody_proposes_where_it_is_not_offered_or_without_an_account(space, member):
    with pytest.raises(NotAllowed):
        draft(make_space(), member)
    with pytest.raises(SignInNeeded):
        draft(space, AnonymousUser())


def test_somebody_who_only_collects_drafts_is_asked_to_finish_one(space, member):
    for number in range(proposals.MOST_DRAFTS):
        draft(space, member, f"提案{number}")
    with pytest.raises(NotAllowed) as refusal:
        draft(space, member, "再一個提案")
    assert refusal.value.code == "many_drafts"


def test_a_draft_is_deleted_without_a_trace(space, member):
    proposals.withdraw(proposal=draft(space, member), author=member)
    assert not Proposal.objects.exists() and told(space) == []


# Publishing


def test_publishing_counts_the_authors_signature_and_enters_the_stream(space, member):
    proposal = published(space, member)
    assert (proposal.stage, proposal.n_signatures, proposal.threshold) == (Stage.OPEN, 1, 3)
    assert Signature.objects.get().member == member
    opinion = Opinion.objects.get(source="proposal")
    assert opinion.text == proposal.words and opinion.url == f"/p/{space.slug}/proposals/{proposal.pk}/"
    assert told(space) == ["proposal.published"]


def test_publishing_twice_is_publishing_once(space, member):
    proposal = published(space, member)
    assert proposals.publish(proposal=proposal, author=member) == proposal
    assert Signature.objects.count() == 1 and told(space) == ["proposal.published"]


def test_somebody_elses_draft_cannot_be_published(space, member, neighbour):
    with pytest.raises(NotAllowed):
        proposals.publish(proposal=draft(space, member), author=neighbour)


def test_two_proposals_right_after_each_other_are_too_fast(space, member, settings):
    settings.POSTING_INTERVALS = {"new": 30, "known": 5}
    published(space, member)
    second = draft(space, member, "第二個提案")
    with pytest.raises(TooSoon):
        proposals.publish(proposal=second, author=member)


def test_later_terms_of_the_space_do_not_move_the_goalposts(space, member):
    proposal = published(space, member)
    closes_at = proposal.closes_at
    space.instruments["proposals"] = {"threshold": 9000, "days": 5}
    space.save()
    signed(proposal, 2)
    assert (proposal.stage, proposal.threshold, proposal.closes_at) == (Stage.REACHED, 3, closes_at)


def test_without_terms_of_its_own_a_space_asks_for_5000_signatures_in_60_days(space, member):
    space.instruments["proposals"] = {}
    space.save()
    proposal = published(space, member)
    days = (proposal.last_day - timezone.localtime(proposal.published_at).date()).days
    assert (proposal.threshold, days) == (5000, 60)


def test_a_held_proposal_is_read_by_nobody_and_gets_its_whole_window_later(space, member, moderator, neighbour):
    space.holds_first_posts = True
    space.save()
    proposal = published(space, member)
    assert proposal.state == State.HELD and told(space) == ["proposal.held"]
    assert not proposal_rules.may_see(neighbour, proposal) and proposal_rules.may_see(moderator, proposal)
    assert not Opinion.objects.published().filter(source="proposal").exists()
    with pytest.raises(NotAllowed):
        signatures.sign(proposal=proposal, member=neighbour)
    earlier = timezone.now() - timedelta(days=9)
    Proposal.objects.update(published_at=earlier, closes_at=windows.end(earlier, 60))
    proposal.refresh_from_db()
    moderation.release(target=proposal, moderator=moderator)
    proposal.refresh_from_db()
    assert proposal.state == State.VISIBLE
    assert proposal.closes_at == windows.end(timezone.now(), 60)
    signatures.sign(proposal=proposal, member=neighbour)


# Words of record


def test_an_author_changes_the_words_until_somebody_else_has_signed(space, member, neighbour):
    proposal = proposals.revise(proposal=published(space, member), author=member, title="更好的標題", text="更好的內容")
    assert proposal.edited_at is not None and Opinion.objects.get().text == "更好的標題\n\n更好的內容"
    signatures.sign(proposal=proposal, member=neighbour)
    with pytest.raises(NotAllowed) as refusal:
        proposals.revise(proposal=proposal, author=member, title="完全不同", text="別的事情")
    assert refusal.value.code == "signed_by_others"
    proposal.refresh_from_db()
    assert proposal.title == "更好的標題"


def test_nobody_else_changes_the_words(space, member, moderator):
    with pytest.raises(NotAllowed):
        proposals.revise(proposal=published(space, member), author=moderator, title="別的標題", text="別的內容")


def test_changing_a_held_proposal_does_not_publish_its_words(space, member):
    space.holds_first_posts = True
    space.save()
    proposals.revise(proposal=published(space, member), author=member, title="改過的標題", text="改過的內容")
    assert not Opinion.objects.published().exists()


def test_who_signs_after_a_change_is_shown_the_new_words_first(space, member, neighbour):
    proposal = published(space, member)
    seen = proposal.revision
    proposals.revise(proposal=proposal, author=member, title="偷偷換掉", text="別的內容")
    with pytest.raises(NotAllowed) as refusal:
        signatures.sign(proposal=proposal, member=neighbour, seen=seen)
    assert refusal.value.code == "text_changed" and Signature.objects.count() == 1
    signatures.sign(proposal=proposal, member=neighbour, seen=seen + 1)


def test_an_addendum_stands_apart_and_the_signed_words_stay(space, member):
    proposal = published(space, member)
    signed(proposal, 1)
    before = proposal.words
    added = proposals.add(proposal=proposal, author=member, text="補充：家長會也支持。", client_id=uuid.uuid4().hex)
    proposal.refresh_from_db()
    assert proposal.words == before and list(proposal.addenda.all()) == [added]
    assert Opinion.objects.get(source="addendum").text == "補充：家長會也支持。"
    assert told(space)[-1] == "proposal.addendum"


def test_an_addendum_sent_twice_is_one(space, member):
    proposal = published(space, member)
    signed(proposal, 1)
    sent = {"proposal": proposal, "author": member, "client_id": uuid.uuid4().hex}
    assert proposals.add(text="補充說明", **sent) == proposals.add(text="補充說明", **sent)
    with pytest.raises(Conflict):
        proposals.add(text="別的補充", **sent)
    assert Addendum.objects.count() == 1


def test_nobody_adds_to_words_of_somebody_else_or_that_could_still_be_changed(space, member, neighbour):
    proposal = published(space, member)
    with pytest.raises(NotAllowed):
        proposals.add(proposal=proposal, author=member, text="太早的補充", client_id=uuid.uuid4().hex)
    signed(proposal, 1)
    with pytest.raises(NotAllowed):
        proposals.add(proposal=proposal, author=neighbour, text="別人的補充", client_id=uuid.uuid4().hex)


# Withdrawal


def test_a_withdrawn_proposal_keeps_signatures_title_and_discussion(space, member, neighbour):
    proposal = published(space, member)
    signatures.sign(proposal=proposal, member=neighbour)
    say(space, neighbour, "我支持這個", proposal=proposal)
    proposals.add(proposal=proposal, author=member, text="補充一句話", client_id=uuid.uuid4().hex)
    proposals.withdraw(proposal=proposal, author=member)
    proposal.refresh_from_db()
    assert (proposal.stage, proposal.state, proposal.text) == (Stage.WITHDRAWN, State.WITHDRAWN, "")
    assert proposal.title and proposal.n_signatures == 2 and proposal.comments.count() == 1
    assert not Opinion.objects.published().filter(source__in=["proposal", "addendum"]).exists()
    assert Addendum.objects.get().text == ""
    with pytest.raises(NotAllowed):
        signatures.sign(proposal=proposal, member=make_member())


def test_an_unsigned_proposal_is_withdrawn_with_its_title(space, member):
    proposal = published(space, member)
    proposals.withdraw(proposal=proposal, author=member)
    proposal.refresh_from_db()
    assert proposal.words == ""


def test_nobody_else_withdraws_it(space, member, neighbour):
    with pytest.raises(NotAllowed):
        proposals.withdraw(proposal=published(space, member), author=neighbour)


def test_over_the_threshold_the_author_steps_back_and_the_proposal_goes_on(space, member):
    proposal = published(space, member)
    signed(proposal, 2)
    with pytest.raises(NotAllowed) as refusal:
        proposals.withdraw(proposal=proposal, author=member)
    assert refusal.value.code == "everybodys"
    proposal = proposals.step_back(proposal=proposal, author=member)
    assert proposal.signed_by == "" and proposal.text and proposal.stage == Stage.REACHED
    assert AnswerClock.objects.filter(proposal=proposal).count() == 1
    with pytest.raises(NotAllowed):
        proposals.step_back(proposal=proposal, author=member)


def test_under_the_threshold_nobody_steps_back_from_what_they_can_withdraw(space, member):
    with pytest.raises(NotAllowed):
        proposals.step_back(proposal=published(space, member), author=member)


# The database


def test_the_database_itself_refuses_proposals_that_cannot_be(space, member):
    proposal = published(space, member)
    for wrong in (
        {"stage": Stage.MERGED},
        {"stage": Stage.REACHED, "reached_at": None},
        {"stage": Stage.DRAFT},
        {"merged_into": proposal.pk},
        {"state": State.WITHDRAWN},
        {"state": State.HIDDEN},
        {"threshold": 0},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Proposal.objects.filter(pk=proposal.pk).update(**wrong)


def test_the_day_of_publishing_is_not_counted():
    published_at = datetime(2026, 11, 1, 15, 30, tzinfo=TAIPEI)
    assert windows.end(published_at, 60) == datetime(2027, 1, 1, 0, 0, tzinfo=TAIPEI)

"""The queue: everything that waits, in groups; one decision covers a group; nobody does the work twice."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from discussions import cases, comments, moderation, queue
from discussions.errors import NotAllowed, NotFound
from discussions.models import Case, Comment, ModerationAct
from tests.factories import make_member, make_space, propose, say

pytestmark = pytest.mark.django_db

CAMPAIGN = "請支持我們的訴求，公車幹線不要改道，連署到月底為止"


@pytest.fixture
def second(roles):
    return make_member(role="Moderators")


@pytest.fixture
def held_space(agency):
    return make_space(holds_first_posts=True, agency=agency)


def look(moderator, **wanted):
    return queue.page(queue.Wanted(**wanted), moderator=moderator)


def test_held_reported_and_marked_contributions_of_all_kinds_wait_in_one_queue(
    space, held_space, member, neighbour, moderator
):
    say(held_space, make_member(), "第一次來，想說人行道太窄")
    propose(held_space, make_member(), "人行道至少要兩公尺寬")
    moderation.report(target=say(space, member, "有人檢舉的話"), reporter=neighbour, reason="insult")
    page = look(moderator)
    assert page.waiting == 3
    assert [(group.lines[0].case.target, group.causes) for group in page.groups] == [
        ("comment", ["held"]),
        ("statement", ["held"]),
        ("comment", ["reported"]),
    ]
    assert sum(page.groups[2].reports.values()) == 1
    assert look(moderator, cause="held").waiting == 2
    assert look(moderator, kind="statement").waiting == 1
    assert look(moderator, space=space.slug).waiting == 1


def test_the_same_words_are_one_group_with_posts_and_people(held_space, moderator):
    for number in range(4):
        say(held_space, make_member(), CAMPAIGN + "！" * number)
    say(held_space, make_member(), "我有別的意見，站牌要有椅子")
    groups = look(moderator).groups
    assert sorted((group.posts, group.people) for group in groups) == [(1, 1), (4, 4)]


def test_one_decision_covers_the_group_and_a_resend_changes_nothing(held_space, moderator):
    for _number in range(4):
        say(held_space, make_member(), CAMPAIGN)
    group = look(moderator).groups[0].key
    outcome = queue.decide(moderator=moderator, groups=[group], act="hide", reason="spam")
    assert outcome.done == 4
    again = queue.decide(moderator=moderator, groups=[group], act="hide", reason="spam")
    assert again.done == 0
    assert ModerationAct.objects.filter(act="reject", reason="spam").count() == 4
    assert look(moderator).waiting == 0


def test_releasing_publishes_what_was_held_and_keeps_what_was_reported(space, held_space, member, neighbour, moderator):
    held = say(held_space, make_member(), "第一次來，想說人行道太窄")
    reported = say(space, member, "有人檢舉的話")
    moderation.report(target=reported, reporter=neighbour, reason="insult")
    keys = [group.key for group in look(moderator).groups]
    assert queue.decide(moderator=moderator, groups=keys, act="release").done == 2
    assert set(Comment.objects.published()) == {held, reported}
    assert sorted(ModerationAct.objects.values_list("act", flat=True)) == ["keep", "release"]


def test_hiding_needs_a_reason_of_the_space_and_the_role(held_space, moderator, neighbour):
    say(held_space, make_member(), "第一次來，想說人行道太窄")
    group = look(moderator).groups[0].key
    with pytest.raises(NotFound):
        queue.decide(moderator=moderator, groups=[group], act="hide", reason="dislike")
    with pytest.raises(NotAllowed):
        queue.decide(moderator=neighbour, groups=[group], act="hide", reason="spam")
    with pytest.raises(NotAllowed):
        look(neighbour)
    assert not ModerationAct.objects.exists()


def test_ones_own_words_are_left_for_another_moderator(space, moderator, second, neighbour):
    own = say(space, moderator, "版主自己說的話")
    moderation.report(target=own, reporter=neighbour, reason="insult")
    group = look(moderator).groups[0]
    assert group.is_mine
    assert queue.decide(moderator=moderator, groups=[group.key], act="release").own == 1
    assert queue.decide(moderator=second, groups=[group.key], act="release").done == 1


def test_what_one_moderator_looks_at_is_left_alone_by_others_until_the_claim_ends(held_space, moderator, second):
    say(held_space, make_member(), "第一次來，想說人行道太窄")
    group = look(moderator).groups[0].key
    assert cases.claim(group=group, moderator=moderator) == 1
    assert cases.claim(group=group, moderator=second) == 0
    assert look(second).groups[0].claimed_by == moderator
    assert queue.decide(moderator=second, groups=[group], act="release").claimed == 1
    Case.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert queue.decide(moderator=second, groups=[group], act="release").done == 1


def test_a_claim_given_back_is_free_at_once(held_space, moderator, second):
    say(held_space, make_member(), "第一次來，想說人行道太窄")
    group = look(moderator).groups[0].key
    cases.claim(group=group, moderator=moderator)
    cases.give_back(group=group, moderator=second)
    assert queue.decide(moderator=second, groups=[group], act="release").claimed == 1
    cases.give_back(group=group, moderator=moderator)
    assert queue.decide(moderator=second, groups=[group], act="release").done == 1


def test_withdrawn_words_leave_the_queue(held_space, moderator):
    author = make_member()
    comment = say(held_space, author, "第一次來，又改變主意")
    assert look(moderator).waiting == 1
    comments.withdraw(comment=comment, author=author)
    assert look(moderator).waiting == 0


def test_the_queue_is_paged_by_cursor_with_a_fixed_number_of_queries(
    held_space, moderator, django_assert_max_num_queries, monkeypatch
):
    monkeypatch.setattr(queue, "GROUPS", 3)
    subjects = ["人行道", "路燈", "公園", "圖書館", "停車場", "排水溝", "行道樹"]
    for subject in subjects:
        say(held_space, make_member(), f"{subject}的事情請先來現場看一看再決定")
    first = look(moderator)
    with django_assert_max_num_queries(26) as few:
        second = queue.page(queue.Wanted(), moderator=moderator, after=first.next)
    third = queue.page(queue.Wanted(), moderator=moderator, after=second.next)
    keys = [group.key for page in (first, second, third) for group in page.groups]
    assert len(keys) == len(set(keys)) == len(subjects) and not third.next
    for number in range(30):
        say(held_space, make_member(), f"第 {number} 個路口的號誌請調整")
    look(moderator)
    with django_assert_max_num_queries(len(few.captured_queries)):
        queue.page(queue.Wanted(), moderator=moderator, after=first.next)


def test_a_bent_cursor_shows_the_first_page(held_space, moderator):
    say(held_space, make_member(), "第一次來，想說人行道太窄")
    for cursor in ("x", "2026-01-01T00:00:00", ",", "9" * 500):
        assert len(queue.page(queue.Wanted(), moderator=moderator, after=cursor).groups) == 1


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_the_queue_decides_by_plain_buttons(client, site, held_space, moderator, prefix):
    comment = say(held_space, make_member(), "第一次來，想說人行道太窄")
    client.force_login(moderator)
    page = client.get(prefix + reverse("discussions:moderation")).content.decode()
    assert comment.text in page
    group = Case.objects.get().group
    address = reverse("discussions:moderation_decide")
    client.post(address, {"group": group, "act": "hide", "reason": ""})
    assert not ModerationAct.objects.exists()
    client.post(address, {"group": group, "act": "hide", "reason": "off_topic", "note": "請到路平專案"})
    assert ModerationAct.objects.get().note == "請到路平專案"
    assert comment.text not in client.get(prefix + reverse("discussions:moderation")).content.decode()


def test_readers_see_neither_the_queue_nor_its_buttons(client, site, held_space, neighbour, moderator):
    say(held_space, make_member(), "第一次來，想說人行道太窄")
    look(moderator)
    client.force_login(neighbour)
    assert client.get(reverse("discussions:moderation")).status_code == 403
    sent = {"group": Case.objects.get().group, "act": "release"}
    assert client.post(reverse("discussions:moderation_decide"), sent).status_code == 403
    assert client.post(reverse("discussions:moderation_claim"), sent).status_code == 403
    assert client.get(reverse("discussions:appeals")).status_code == 403
    assert not ModerationAct.objects.exists()


def test_a_moderator_stays_on_their_part_of_the_queue_until_it_is_done(client, monkeypatch, held_space, moderator):
    monkeypatch.setattr(queue, "GROUPS", 1)
    for words in ("第一次來，想說人行道太窄", "站牌旁邊要有椅子"):
        say(held_space, make_member(), words)
    client.force_login(moderator)
    address = reverse("discussions:moderation")
    page = client.get(address, {"kind": "comment"}).context["page"]
    there = client.get(address, {"kind": "comment", "after": page.next})
    group, here = there.context["page"].groups[0].key, there.context["here"]
    claimed = client.post(reverse("discussions:moderation_claim"), {"group": group, "query": here})
    assert claimed.url == f"{address}?{here}#case-{group.replace(' ', '-')}"
    assert client.get(claimed.url).context["page"].groups[0].is_claimed
    sent = {"group": group, "query": here, "act": "release", "place": "1"}
    decided = client.post(reverse("discussions:moderation_decide"), sent)
    assert decided.url == f"{address}?{here}#place-1"
    assert client.get(decided.url).url == f"{address}?kind=comment"

"""The watch marks what a moderator should see, notices crowds, and hides nothing."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from discussions import comments, moderation, queue, threads, watch
from discussions.models import Burst, Case, Comment
from nlp.core import abuse
from nlp.models import Opinion
from tests.factories import make_member, make_space, propose, say

pytestmark = pytest.mark.django_db

SCRIPT = "反對公車幹線改道，請交通局立刻撤回草案，還給居民直達醫院的路線"


@pytest.fixture
def campaign(space):
    for number in range(12):
        author = make_member()
        if number % 3:
            say(space, author, SCRIPT + "！" * (number % 4))
        else:
            propose(space, author, SCRIPT)
    for words in ("我覺得班次要密一點，等太久了", "市場口那站不要拿掉", "轉乘站要有電梯和椅子"):
        say(space, make_member(), words)


def test_a_campaign_reaches_the_queue_as_posts_and_people_and_stays_public(space, campaign, moderator):
    watch.run()
    burst = Burst.objects.get(kind="text")
    assert (burst.posts, burst.people) == (12, 12)
    group = queue.page(queue.Wanted(cause="burst"), moderator=moderator).groups[0]
    assert (group.posts, group.people, group.causes) == (12, 12, ["burst"])
    assert Comment.objects.published().count() == 11
    assert [(one["posts"], one["people"]) for one in watch.public(space)] == [(12, 12)]


def test_looking_twice_finds_nothing_new_and_a_growing_campaign_is_updated(space, campaign, moderator):
    watch.run()
    watch.run()
    assert Burst.objects.count() == 1
    watch.see(burst=Burst.objects.get(), moderator=moderator)
    for _number in range(3):
        say(space, make_member(), SCRIPT)
    watch.run()
    burst = Burst.objects.get()
    assert burst.people == 15 and burst.seen_by == moderator
    for _number in range(20):
        say(space, make_member(), SCRIPT)
    watch.run()
    assert Burst.objects.get().seen_at is None


def test_folded_words_leave_the_public_page_when_they_are_hidden(client, site, space, campaign, moderator):
    watch.run()
    address = reverse("discussions:space_moderation_log", args=[space.slug])
    assert SCRIPT in client.get(address).content.decode()
    queue.decide(
        moderator=moderator,
        groups=[group.key for group in queue.page(queue.Wanted(), moderator=moderator).groups],
        act="hide",
        reason="spam",
    )
    assert SCRIPT not in client.get(address).content.decode()
    assert Burst.objects.exists()


def test_words_that_were_kept_are_not_put_before_moderators_again_by_the_same_campaign(space, campaign, moderator):
    watch.run()
    keys = [group.key for group in queue.page(queue.Wanted(), moderator=moderator).groups]
    queue.decide(moderator=moderator, groups=keys, act="release")
    say(space, make_member(), SCRIPT)
    watch.run()
    waiting = Case.objects.filter(settled_at=None)
    assert waiting.count() == 1


def test_an_edit_into_an_attack_reaches_the_moderators(space, member):
    comment = say(space, member, "班次要密一點，等太久了")
    watch.run()
    assert not Case.objects.exists()
    comments.edit(comment=comment, author=member, text="你這個白痴，怎麼不去死")
    watch.run()
    case = Case.objects.get()
    assert case.target_id == comment.pk and (case.is_held or case.is_scored)


def test_words_the_score_is_not_sure_about_are_marked_and_stay_visible(space, member, monkeypatch):
    comment = say(space, member, "大家來看看這個網站說的 www.example.org/new")
    assert comment.state == "visible"
    sure = abuse.Judgement(abuse=0.1, spam=0.5, holds=False, marks=True)
    monkeypatch.setattr(abuse, "judge_many", lambda texts, **options: [sure for _text in texts])
    watch.run()
    case = Case.objects.get()
    assert case.is_scored and case.spam == 0.5 and Comment.objects.published().get() == comment


def test_many_new_accounts_in_an_hour_are_told_to_moderators(client, site, space, moderator):
    for number in range(25):
        newcomer = make_member(date_joined=timezone.now())
        say(space, newcomer, f"第 {number} 個路口的號誌秒數太短，老人家走不完")
    watch.run()
    assert Burst.objects.get(kind="accounts").people == 25
    client.force_login(moderator)
    page = client.get(reverse("discussions:moderation")).content.decode()
    assert reverse("discussions:burst_seen", args=[Burst.objects.get().pk]) in page
    client.post(reverse("discussions:burst_seen", args=[Burst.objects.get().pk]))
    assert not watch.waiting().exists()


def test_without_the_model_rules_hold_what_is_plain_and_nothing_else(tmp_path):
    missing = abuse.load.__wrapped__(tmp_path / "none.npz")
    assert missing is None
    assert abuse.judge("加LINE領飆股明牌，保證獲利，月入十萬 https://shop.example.top/a", model=None).holds
    assert not abuse.judge("政府無能，這政策爛透了，氣死我了", model=None).holds
    broken = tmp_path / "broken.npz"
    broken.write_bytes(b"not a model")
    assert abuse.load.__wrapped__(broken) is None


def test_hidden_and_held_words_are_not_read_by_the_watch(moderator):
    space = make_space(holds_first_posts=True)
    comment = say(space, make_member(), "第一次來，想說人行道太窄")
    watch.run()
    assert Case.objects.get().is_held
    moderation.reject(target=comment, moderator=moderator, reason="off_topic")
    watch.run()
    assert not Case.objects.filter(settled_at=None).exists()


def the_thread(client, space, **query) -> str:
    return client.get(reverse("discussions:space", args=[space.slug]), query).content.decode()


def test_a_campaign_is_one_comment_of_the_thread_that_opens_to_all(client, site, space, campaign):
    assert the_thread(client, space).count(SCRIPT) == 8
    watch.run()
    cache.clear()
    page = the_thread(client, space)
    first = Comment.objects.filter(text__startswith=SCRIPT).order_by("pk").first()
    assert page.count('<article class="comment') == 4 and page.count('<details class="fold"') == 1
    assert "12 則、12 人說的是同一段話" in page
    inside = page.partition('<details class="fold"')[2].partition("</details>")[0]
    assert inside.count(SCRIPT) == 7 and f"/c/{first.pk}/" not in inside
    all_of_them = client.get(reverse("discussions:alike_comments", args=[space.slug, Burst.objects.get().pk]))
    assert all_of_them.content.decode().count(f"{SCRIPT}") == 12


def test_one_of_a_campaign_that_is_hidden_or_says_something_else_by_now_stands_for_itself(space, campaign, moderator):
    watch.run()
    first, second, *_rest, last = Comment.objects.filter(text__startswith=SCRIPT).order_by("pk")
    moderation.hide(target=first, moderator=moderator, reason="spam")
    Comment.objects.filter(pk=last.pk).update(posted_at=timezone.now() - timedelta(minutes=5))
    comments.edit(comment=last, author=last.author, text="我後來想想，改道也可以，但醫院那站要留")
    watch.run()
    folds = {branch.root.pk: branch.fold for branch in threads.page(space, folded=True).branches}
    assert folds[first.pk] is None and folds[last.pk] is None
    assert [one.pk for one in folds[second.pk].others] == [
        one.pk for one in Comment.objects.filter(text__startswith=SCRIPT).order_by("pk") if one not in (first, second)
    ]
    moderation.restore(target=first, moderator=moderator)
    watch.run()
    assert threads.page(space, folded=True).branches[-1].fold is not None


def test_before_the_watch_has_looked_again_nothing_is_lost_with_the_first_of_a_campaign(space, campaign, moderator):
    watch.run()
    first = Comment.objects.filter(text__startswith=SCRIPT).order_by("pk").first()
    moderation.hide(target=first, moderator=moderator, reason="spam")
    assert len(threads.page(space, folded=True).branches) == 11


def test_readers_of_one_kind_or_of_the_unanswered_miss_nothing_that_is_folded(space, campaign):
    watch.run()
    first, second, *_rest = Comment.objects.filter(text__startswith=SCRIPT).order_by("pk")
    Comment.objects.filter(pk=second.pk).update(kind="concern")
    Comment.objects.filter(pk=first.pk).update(is_answered=True)
    assert [branch.root for branch in threads.page(space, kind="concern", folded=True).branches] == [second]
    assert len(threads.page(space, sort="unanswered", folded=True).branches) == 10


def test_a_thread_with_campaigns_takes_one_query_more_however_large_they_are(space, django_assert_num_queries):
    for script in (
        SCRIPT,
        "請把夜間末班車延到十一點半，讓夜校的學生回得了家",
        "轉乘優惠請延長到兩小時，看病買菜才夠用",
    ):
        for _number in range(9):
            say(space, make_member(), script)
    say(space, make_member(), "同意，末班車也一樣", parent_id=Comment.objects.order_by("pk").first().pk)
    watch.run()
    with django_assert_num_queries(4):
        page = threads.page(space, folded=True)
        [one.author.display_name for branch in page.branches for one in branch.fold.others]
    assert [len(branch.fold.others) for branch in page.branches] == [8, 8, 8]
    for _number in range(30):
        say(space, make_member(), SCRIPT)
    watch.run()
    with django_assert_num_queries(4):
        page = threads.page(space, folded=True)
    assert [(branch.fold.posts, len(branch.fold.others)) for branch in page.branches] == [(9, 8), (9, 8), (39, 20)]


def test_a_campaign_that_goes_on_for_days_stays_one(space, campaign):
    watch.run()
    earlier = timezone.now() - timedelta(hours=25)
    Opinion.objects.filter(text__startswith=SCRIPT).update(posted_at=earlier)
    kept = Opinion.objects.filter(text__startswith=SCRIPT, source="comment").order_by("-id").first()
    Opinion.objects.filter(pk=kept.pk).update(posted_at=timezone.now())
    for _number in range(5):
        say(space, make_member(), SCRIPT)
    watch.run()
    assert Burst.objects.filter(kind="text").count() == 1
    assert len([branch for branch in threads.page(space, folded=True).branches if branch.fold]) == 1

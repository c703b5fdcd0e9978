"""Commenting: what a citizen may say, and what becomes of a second try, a slip and a misuse."""

import uuid

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussions import comments, events, moderation
from discussions.errors import Conflict, InvalidText, NotAllowed, NotFound, SignInNeeded, TooSoon
from discussions.models import Comment, Event, Phase, Report
from discussions.models.comments import MAX_DEPTH
from nlp.models import Opinion
from tests.factories import make_member, make_space, say

pytestmark = pytest.mark.django_db


def test_a_comment_is_published_and_enters_the_opinion_stream(space, member):
    comment = say(space, member, "晚上十點以後完全沒有公車。")
    assert comment.state == Comment.State.VISIBLE
    opinion = Opinion.objects.get(source="comment", source_key=str(comment.pk))
    assert opinion.text == "晚上十點以後完全沒有公車。"
    assert opinion.url == f"/p/{space.slug}/c/{comment.pk}/"
    assert [(event.seq, event.type) for event in events.since(space.pk, 0)] == [(1, "comment.posted")]


def test_events_hold_ids_and_never_words(space, member):
    say(space, member, "這句話不該出現在事件裡")
    assert "這句話" not in str(Event.objects.get().data)


def test_a_resend_with_the_same_client_id_is_one_comment(space, member):
    key = uuid.uuid4().hex
    first = comments.post(space=space, author=member, text="只想說一次", client_id=key)
    again = comments.post(space=space, author=member, text="只想說一次", client_id=key)
    assert again.pk == first.pk
    assert (Comment.objects.count(), Opinion.objects.count(), Event.objects.count()) == (1, 1, 1)


def test_the_same_client_id_with_other_words_is_refused(space, member):
    key = uuid.uuid4().hex
    comments.post(space=space, author=member, text="第一種說法", client_id=key)
    with pytest.raises(Conflict):
        comments.post(space=space, author=member, text="另一種說法", client_id=key)
    assert Comment.objects.get().text == "第一種說法"


def test_two_people_may_use_the_same_client_id(space, member, neighbour):
    key = uuid.uuid4().hex
    comments.post(space=space, author=member, text="我的意見", client_id=key)
    comments.post(space=space, author=neighbour, text="我的也是", client_id=key)
    assert Comment.objects.count() == 2


def test_replies_form_a_tree_in_reading_order(space, member, neighbour):
    root = say(space, member, "幹線公車應該再密一點")
    first = say(space, neighbour, "尖峰已經很密了", parent_id=root.pk)
    second = say(space, member, "離峰呢？", parent_id=root.pk)
    below = say(space, neighbour, "離峰確實少", parent_id=first.pk)
    ordered = list(Comment.objects.filter(root=root).order_by("path"))
    assert ordered == [first, below, second]
    assert (below.depth, below.root_id, below.parent_id) == (2, root.pk, first.pk)


def test_below_the_deepest_level_replies_stand_side_by_side(space, member):
    comment = say(space, member, "第一層")
    for level in range(2, MAX_DEPTH + 3):
        comment = say(space, member, f"第 {level} 層", parent_id=comment.pk)
    assert max(Comment.objects.values_list("depth", flat=True)) == MAX_DEPTH - 1
    assert len(set(Comment.objects.values_list("path", flat=True))) == MAX_DEPTH + 2


def test_a_parent_from_another_space_is_refused(space, member):
    elsewhere = say(make_space(), member, "別處的意見")
    with pytest.raises(NotFound):
        say(space, member, "回覆別處", parent_id=elsewhere.pk)
    assert not Comment.objects.filter(space=space).exists()


def test_a_reply_to_nothing_is_refused(space, member):
    with pytest.raises(NotFound):
        say(space, member, "回覆誰呢", parent_id=1)


@pytest.mark.parametrize("phase", [Phase.DRAFT, Phase.REVIEW, Phase.ANSWERED, Phase.ARCHIVED])
def test_a_closed_space_takes_no_comment(member, phase):
    with pytest.raises(NotAllowed):
        say(make_space(phase=phase), member, "還能說嗎")
    assert not Comment.objects.exists() and not Opinion.objects.exists()


def test_a_closed_account_cannot_comment(space):
    with pytest.raises(NotAllowed):
        say(space, make_member(is_active=False), "我還在嗎")


def test_a_stranger_is_asked_to_sign_in(space):
    with pytest.raises(SignInNeeded):
        say(space, AnonymousUser(), "匿名意見")
    assert not Comment.objects.exists()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("   \n\t ", "empty"),
        ("\u200b\u200b\u202e", "empty"),
        ("好", "too_short"),
        ("👍👍🎉", "no_words"),
        ("！？……", "no_words"),
        ("字" * 100_000, "too_long"),
    ],
)
def test_words_that_cannot_be_read_are_refused_with_a_reason(space, member, text, code):
    with pytest.raises(InvalidText) as refusal:
        say(space, member, text)
    assert refusal.value.code == code
    assert not Comment.objects.exists()


def test_direction_changing_and_invisible_characters_are_taken_out(space, member):
    comment = say(space, member, "票價\u202e太貴\u200b了\ufeff")
    assert comment.text == "票價太貴了"


def test_emoji_families_and_accents_survive(space, member):
    comment = say(space, member, "帶著👨‍👩‍👧搭車，café 很好")
    assert comment.text == "帶著👨‍👩‍👧搭車，café 很好"


def test_a_tower_of_accents_is_cut_down(space, member):
    comment = say(space, member, "讚" + "\u0301" * 50 + "好")
    assert len(comment.text) < 10


def test_markup_is_kept_as_words(space, member):
    comment = say(space, member, "<script>alert(1)</script> 票價")
    assert comment.text == "<script>alert(1)</script> 票價"


def test_posting_too_soon_is_refused_and_says_how_long_to_wait(space, member, settings):
    settings.POSTING_INTERVALS = {"new": 30, "known": 5}
    say(space, member, "第一則意見")
    with pytest.raises(TooSoon) as refusal:
        say(space, member, "第二則意見")
    assert 1 <= refusal.value.retry_after <= 5


def test_a_new_account_waits_longer(space, settings):
    settings.POSTING_INTERVALS = {"new": 30, "known": 5}
    newcomer = make_member(date_joined=timezone.now())
    say(space, newcomer, "第一則意見")
    with pytest.raises(TooSoon) as refusal:
        say(space, newcomer, "第二則意見")
    assert refusal.value.retry_after > 20


def test_the_author_can_edit_and_the_stream_follows(space, member):
    comment = say(space, member, "班次太少")
    comments.edit(comment=comment, author=member, text="班次太少，尤其週末")
    comment.refresh_from_db()
    assert comment.text == "班次太少，尤其週末" and comment.edited_at
    assert Opinion.objects.get().text == "班次太少，尤其週末"


def test_nobody_else_can_edit(space, member, neighbour):
    comment = say(space, member, "班次太少")
    with pytest.raises(NotAllowed) as refusal:
        comments.edit(comment=comment, author=neighbour, text="班次太多")
    assert refusal.value.code == "not_yours"
    comment.refresh_from_db()
    assert comment.text == "班次太少"


def test_an_edit_to_nothing_keeps_the_old_words(space, member):
    comment = say(space, member, "班次太少")
    with pytest.raises(InvalidText):
        comments.edit(comment=comment, author=member, text=" ")
    comment.refresh_from_db()
    assert comment.text == "班次太少"


def test_withdrawing_erases_the_words_and_keeps_the_replies(space, member, neighbour):
    comment = say(space, member, "我收回這句話")
    say(space, neighbour, "我回覆了你", parent_id=comment.pk)
    comments.withdraw(comment=comment, author=member)
    comment.refresh_from_db()
    assert (comment.state, comment.text) == (Comment.State.WITHDRAWN, "")
    assert [opinion.text for opinion in Opinion.objects.published()] == ["我回覆了你"]


def test_nobody_else_can_withdraw(space, member, neighbour):
    comment = say(space, member, "我的話")
    with pytest.raises(NotAllowed):
        comments.withdraw(comment=comment, author=neighbour)


def test_a_withdrawn_comment_takes_no_reply(space, member, neighbour):
    comment = say(space, member, "我收回這句話")
    comments.withdraw(comment=comment, author=member)
    with pytest.raises(NotAllowed):
        say(space, neighbour, "回覆已收回的話", parent_id=comment.pk)


def test_a_report_reaches_the_moderators_once(space, member, neighbour):
    comment = say(space, member, "可疑的廣告文字")
    moderation.report(target=comment, reporter=neighbour, reason="spam")
    moderation.report(target=comment, reporter=neighbour, reason="insult")
    assert Report.objects.filter(target="comment", target_id=comment.pk).count() == 1


def test_one_cannot_report_oneself_or_for_no_known_reason(space, member, neighbour):
    comment = say(space, member, "普通的意見")
    with pytest.raises(NotAllowed):
        moderation.report(target=comment, reporter=member, reason="spam")
    with pytest.raises(NotFound):
        moderation.report(target=comment, reporter=neighbour, reason="because")


@pytest.mark.django_db(transaction=True)
def test_posting_costs_at_most_eight_statements(member, django_assert_max_num_queries):
    space = make_space()
    root = say(space, member, "先暖身一下")
    with django_assert_max_num_queries(8):
        say(space, member, "根意見也只要八句")
    with django_assert_max_num_queries(8) as queries:
        say(space, member, "回覆也只要八句", parent_id=root.pk)
    assert isinstance(queries, CaptureQueriesContext)
    assert any("BEGIN" in query["sql"] for query in queries.captured_queries), "the transaction itself is counted"

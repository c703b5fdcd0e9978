"""What a comment said before: kept with every edit, shown to everybody, gone with the words."""

import pytest
from django.urls import reverse

from discussions import comments, moderation
from discussions.models import CommentEdit, State
from nlp.models import Opinion
from tests.factories import make_member, make_space, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]


def change(comment, *texts):
    for text in texts:
        comment = comments.edit(comment=comment, author=comment.author, text=text)
    return comment


def at(space, comment, **query):
    return reverse("discussions:comment_history", args=[space.slug, comment.pk])


def test_every_edit_keeps_the_words_before_it(space, member):
    comment = change(say(space, member, "班次太少"), "班次太少，尤其週末", "班次太少，尤其週末晚上")
    assert list(comment.edits.order_by("id").values_list("text", flat=True)) == ["班次太少", "班次太少，尤其週末"]


def test_an_edit_that_changes_nothing_leaves_no_trace(space, member):
    comment = change(say(space, member, "班次太少"), "班次太少")
    assert comment.edited_at is None and not CommentEdit.objects.exists()


@pytest.mark.parametrize("language", ["", "/en"])
def test_the_page_shows_what_was_taken_out_and_put_in(client, space, member, language):
    comment = change(say(space, member, "尖峰班次應該增加"), "離峰班次應該增加")
    page = client.get(f"{language}/p/{space.slug}/c/{comment.pk}/history/").content.decode()
    assert "尖峰</del>" in page.replace('<span class="visually-hidden">. </span>', "") and "離峰" in page
    assert "<ins>" in page


def test_the_comment_says_that_it_was_edited_and_leads_to_the_history(client, space, member):
    comment = change(say(space, member, "尖峰班次應該增加"), "離峰班次應該增加")
    for address in (space.get_absolute_url(), comment.get_absolute_url()):
        assert f'href="{at(space, comment)}"' in client.get(address).content.decode()


def test_markup_in_earlier_words_is_shown_as_words(client, space, member):
    comment = change(say(space, member, "<script>alert(1)</script> 票價"), "票價太貴")
    page = client.get(at(space, comment)).content.decode()
    assert "<script>alert" not in page and "&lt;script&gt;" in page.replace("&lt;</", "&lt;<")


def test_a_long_history_is_read_in_pages(client, space, member):
    comment = change(
        say(space, member, "公車應該每 0 分鐘一班"), *(f"公車應該每 {number} 分鐘一班" for number in range(1, 46))
    )
    address, seen = at(space, comment), 0
    while address:
        page = client.get(address).content.decode()
        seen += page.count("<del>")
        following = page.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        address = at(space, comment) + following if 'rel="next"' in page else ""
    assert seen == 45 and "每 0 分鐘一班" in page


def test_a_cursor_made_up_begins_at_the_latest(client, space, member):
    comment = change(say(space, member, "第一版"), "第二版")
    assert client.get(at(space, comment), {"before": "1~abc"}).status_code == 200
    assert client.get(at(space, comment), {"before": "9" * 50}).status_code == 200


def test_withdrawing_erases_the_history_too(client, space, member):
    comment = change(say(space, member, "不該說的話"), "改過的話")
    comments.withdraw(comment=comment, author=member)
    assert not CommentEdit.objects.exists()
    assert client.get(at(space, comment)).status_code == 404


def test_hidden_words_show_no_history_until_they_are_restored(client, space, member, moderator):
    comment = change(say(space, member, "不該說的話"), "改過的話")
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    assert client.get(at(space, comment)).status_code == 404
    assert comments.history(type(comment).objects.get(pk=comment.pk)) == ([], None)
    moderation.restore(target=type(comment).objects.get(pk=comment.pk), moderator=moderator)
    assert client.get(at(space, comment)).status_code == 200


def test_new_words_that_a_moderator_should_see_wait_and_keep_their_place(client, space, member, neighbour):
    comment = say(space, member, "票價應該降低")
    say(space, neighbour, "我也這樣覺得", parent_id=comment.pk)
    advertisement = (
        "加賴 abc123 保證獲利 穩賺不賠 立即加入 https://bit.ly/x https://bit.ly/y 免費領取 限時優惠 點擊連結"
    )
    changed = change(comment, advertisement)
    assert changed.state == State.HELD
    assert not Opinion.objects.published().filter(source="comment", source_key=str(comment.pk)).exists()
    for address in (space.get_absolute_url(), comment.get_absolute_url()):
        page = client.get(address).content.decode()
        assert "穩賺不賠" not in page and "票價應該降低" not in page and "我也這樣覺得" in page
    client.force_login(member)
    assert "穩賺不賠" in client.get(space.get_absolute_url()).content.decode()


def test_words_that_wait_are_seen_by_their_author_alone(client, member, neighbour, moderator):
    space = make_space(holds_first_posts=True)
    newcomer = make_member()
    held = say(space, newcomer, "我的第一則意見")
    assert held.state == State.HELD
    for reader in (None, neighbour):
        if reader is not None:
            client.force_login(reader)
        assert "我的第一則意見" not in client.get(space.get_absolute_url()).content.decode()
        assert client.get(held.get_absolute_url()).status_code == 404
    client.force_login(newcomer)
    for address in (space.get_absolute_url(), held.get_absolute_url()):
        assert "我的第一則意見" in client.get(address).content.decode()
    client.force_login(moderator)
    assert client.get(held.get_absolute_url()).status_code == 200


def test_a_held_reply_is_not_among_the_replies_of_others(client, member, neighbour, moderator):
    space = make_space(holds_first_posts=True)
    root = say(space, member, "第一則")
    moderation.release(target=root, moderator=moderator)
    newcomer = make_member()
    say(space, newcomer, "等待中的回覆", parent_id=root.pk)
    client.force_login(neighbour)
    for address in (space.get_absolute_url(), root.get_absolute_url()):
        assert "等待中的回覆" not in client.get(address).content.decode()
    client.force_login(newcomer)
    assert "等待中的回覆" in client.get(root.get_absolute_url()).content.decode()


def test_a_withdrawn_and_a_hidden_parent_keep_their_place_above_living_replies(
    client, space, member, neighbour, moderator
):
    withdrawn, hidden = say(space, member, "我收回這句"), say(space, member, "這句被隱藏")
    for parent in (withdrawn, hidden):
        say(space, neighbour, f"對 {parent.pk} 的回覆", parent_id=parent.pk)
    comments.withdraw(comment=withdrawn, author=member)
    moderation.hide(target=hidden, moderator=moderator, reason="spam")
    page = client.get(space.get_absolute_url()).content.decode()
    assert "我收回這句" not in page and "這句被隱藏" not in page
    for parent in (withdrawn, hidden):
        assert page.index(f'id="c{parent.pk}"') < page.index(f"對 {parent.pk} 的回覆")

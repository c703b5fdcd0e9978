"""Hiding is reasoned, recorded and complete; restoring brings everything back."""

import pytest

from discussions import moderation
from discussions.errors import NotAllowed, NotFound
from discussions.models import Case, Comment, ModerationAct
from nlp.models import Opinion
from tests.factories import say

pytestmark = pytest.mark.django_db


def test_a_hidden_comment_leaves_analysis_at_once_and_comes_back_whole(space, member, moderator):
    comment = say(space, member, "應該被隱藏的話")
    moderation.hide(target=comment, moderator=moderator, reason="insult")
    assert not Opinion.objects.published().exists()
    assert not Comment.objects.published().exists()
    moderation.restore(target=comment, moderator=moderator)
    assert Opinion.objects.published().get().text == "應該被隱藏的話"
    assert [act.act for act in ModerationAct.objects.order_by("id")] == ["hide", "restore"]


def test_hiding_settles_the_reports(space, member, neighbour, moderator):
    comment = say(space, member, "可疑的廣告文字")
    moderation.report(target=comment, reporter=neighbour, reason="spam")
    assert Case.objects.get(settled_at=None).target_id == comment.pk
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    assert not Case.objects.filter(settled_at=None).exists()


def test_a_comment_that_may_stay_leaves_the_queue(space, member, neighbour, moderator):
    comment = say(space, member, "只是不同的意見")
    moderation.report(target=comment, reporter=neighbour, reason="other")
    moderation.keep(target=comment, moderator=moderator)
    assert not Case.objects.filter(settled_at=None).exists()
    assert Comment.objects.published().get() == comment


def test_a_member_without_the_role_cannot_hide(space, member, neighbour):
    comment = say(space, member, "我的話")
    with pytest.raises(NotAllowed):
        moderation.hide(target=comment, moderator=neighbour, reason="spam")
    assert not ModerationAct.objects.exists()


def test_hiding_needs_a_known_reason(space, member, moderator):
    with pytest.raises(NotFound):
        moderation.hide(target=say(space, member, "我的話"), moderator=moderator, reason="")


def test_what_is_hidden_cannot_be_hidden_again_and_what_is_visible_not_restored(space, member, moderator):
    comment = say(space, member, "我的話")
    with pytest.raises(NotAllowed):
        moderation.restore(target=comment, moderator=moderator)
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    with pytest.raises(NotAllowed):
        moderation.hide(target=comment, moderator=moderator, reason="spam")


def test_the_record_can_be_neither_changed_nor_deleted(space, member, moderator):
    moderation.hide(target=say(space, member, "我的話"), moderator=moderator, reason="spam")
    act = ModerationAct.objects.get()
    act.reason = "insult"
    with pytest.raises(ValueError, match="never changed"):
        act.save()
    with pytest.raises(ValueError, match="never deleted"):
        act.delete()

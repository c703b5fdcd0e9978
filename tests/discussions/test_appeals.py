"""An author asks once for a second look; somebody else takes it; the outcome is told and counted."""

import pytest

from discussions import appeals, comments, events, journeys, moderation, modlog
from discussions.errors import CivicError, InvalidText, NotAllowed, NotFound
from discussions.models import Appeal, Comment, ModerationAct
from tests.factories import make_member, make_space, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(roles):
    return make_member(role="Moderators")


@pytest.fixture
def decision(space, member, moderator):
    comment = say(space, member, "市長根本沒有來過這裡")
    moderation.hide(target=comment, moderator=moderator, reason="insult", note="請說明是哪一次")
    return ModerationAct.objects.get()


@pytest.fixture
def appeal(decision, member):
    return appeals.make(decision=decision, author=member, text="這是批評，沒有罵人")


def test_an_overturned_decision_brings_the_words_back_and_is_counted(space, appeal, second, member):
    appeals.judge(appeal=appeal, moderator=second, outcome="overturned", answer="您說得對，這是批評。")
    assert Comment.objects.published().exists()
    found = modlog.summary(space)
    assert (found.appeals, found.overturned, found.upheld, found.open_appeals) == (1, 1, 0, 0)
    assert [event.type for event in events.since(space.pk, 0)][-2:] == ["comment.appealed", "comment.restored"]
    steps = journeys.of(member).items[0].steps
    assert any("您說得對，這是批評。" in step["words"] for step in steps)


def test_an_upheld_decision_is_told_with_words_and_logged(space, appeal, second, member):
    with pytest.raises(InvalidText):
        appeals.judge(appeal=appeal, moderator=second, outcome="upheld")
    appeals.judge(appeal=appeal, moderator=second, outcome="upheld", answer="句中指名道姓罵人，請改寫。")
    assert not Comment.objects.published().exists()
    assert [act.act for act in ModerationAct.objects.order_by("id")] == ["hide", "uphold"]
    assert [event.type for event in events.since(space.pk, 0)][-1] == "comment.upheld"
    assert any("請改寫" in step["words"] for step in journeys.of(member).items[0].steps)


def test_a_decision_is_appealed_once(decision, appeal, member):
    assert appeals.make(decision=decision, author=member, text="這是批評，沒有罵人") == appeal
    with pytest.raises(CivicError) as refusal:
        appeals.make(decision=decision, author=member, text="換個說法再試一次")
    assert refusal.value.code == "appealed"
    assert Appeal.objects.count() == 1


def test_nobody_else_appeals_and_an_empty_appeal_is_none(decision, neighbour, member):
    with pytest.raises(NotAllowed):
        appeals.make(decision=decision, author=neighbour, text="我覺得他說得對")
    with pytest.raises(InvalidText):
        appeals.make(decision=decision, author=member, text=" ")


def test_whoever_decided_does_not_judge_the_appeal(appeal, moderator, member, neighbour):
    with pytest.raises(NotAllowed) as refusal:
        appeals.judge(appeal=appeal, moderator=moderator, outcome="overturned")
    assert refusal.value.code == "own_decision"
    with pytest.raises(NotAllowed):
        appeals.judge(appeal=appeal, moderator=neighbour, outcome="overturned")


def test_an_author_who_moderates_does_not_judge_their_own_appeal(space, moderator, second):
    comment = say(space, second, "版主自己也會生氣")
    moderation.hide(target=comment, moderator=moderator, reason="insult")
    appeal = appeals.make(decision=ModerationAct.objects.get(), author=second, text="這不是罵人")
    with pytest.raises(NotAllowed) as refusal:
        appeals.judge(appeal=appeal, moderator=second, outcome="overturned")
    assert refusal.value.code == "own_words"


def test_an_appeal_is_settled_once(appeal, second):
    appeals.judge(appeal=appeal, moderator=second, outcome="overturned")
    appeals.judge(appeal=appeal, moderator=second, outcome="overturned")
    with pytest.raises(CivicError) as refusal:
        appeals.judge(appeal=appeal, moderator=second, outcome="upheld", answer="還是不行")
    assert refusal.value.code == "settled"
    with pytest.raises(NotFound):
        appeals.judge(appeal=Appeal.objects.get(), moderator=second, outcome="maybe")


def test_what_is_back_already_cannot_be_appealed_for(decision, member, moderator):
    moderation.restore(target=Comment.objects.get(), moderator=moderator)
    with pytest.raises(NotAllowed) as refusal:
        appeals.make(decision=decision, author=member, text="請還給我")
    assert refusal.value.code == "not_hidden"


def test_rejected_words_can_be_appealed_for_too(member, moderator, second):
    space = make_space(holds_first_posts=True)
    comment = say(space, member, "第一次發言就被擋")
    moderation.reject(target=comment, moderator=moderator, reason="off_topic")
    appeal = appeals.make(decision=ModerationAct.objects.get(), author=member, text="這和主題有關")
    appeals.judge(appeal=appeal, moderator=second, outcome="overturned")
    assert Comment.objects.published().get() == comment


def test_restored_by_its_moderator_meanwhile_the_appeal_is_settled_without_a_second_act(appeal, moderator, second):
    moderation.restore(target=Comment.objects.get(), moderator=moderator)
    appeals.judge(appeal=appeal, moderator=second, outcome="overturned")
    assert [act.act for act in ModerationAct.objects.order_by("id")] == ["hide", "restore"]


def test_withdrawn_words_are_not_brought_back_by_an_appeal(appeal, second, member):
    # Hidden words cannot be withdrawn today; should that change, an appeal must not raise the dead.
    with pytest.raises(NotAllowed):
        comments.withdraw(comment=Comment.objects.get(), author=member)

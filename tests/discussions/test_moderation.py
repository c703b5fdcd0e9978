"""Hiding is reasoned, recorded and complete; restoring brings everything back, whatever the kind of contribution."""

import pytest

from discussions import comments, events, frames, live, moderation, reasons, targets
from discussions.errors import CivicError, NotAllowed, NotFound
from discussions.forms import new_client_id
from discussions.models import Case, Comment, ModerationAct, Question, Report, Statement
from discussions.models.standing import Moderated
from nlp.models import Opinion
from tests.factories import make_member, make_space, propose, say

pytestmark = pytest.mark.django_db

AD = "加LINE領飆股明牌，保證獲利，月入十萬 https://shop.example.top/a"


def types(space):
    return [event.type for event in events.since(space.pk, 0)]


@pytest.fixture
def question(space, facilitator, member):
    session = live.open_session(
        session=live.plan_session(space=space, facilitator=facilitator, title="公聽會", starts_at=space.opens_at),
        facilitator=facilitator,
    )
    return live.ask(session=session, author=member, text="末班車為什麼這麼早？", client_id=new_client_id())


def test_everything_that_can_be_moderated_is_listed():
    moderated = {model for model in Moderated.__subclasses__() if not model._meta.abstract}
    assert moderated <= {kind.model for kind in targets.KINDS.values()}


@pytest.mark.parametrize("kind", ["comment", "statement", "question"])
def test_hidden_words_leave_analysis_at_once_and_come_back_whole(kind, space, member, moderator, question):
    made = {
        "comment": lambda: say(space, member, "應該被隱藏的話"),
        "statement": lambda: propose(space, member, "應該被隱藏的主張"),
        "question": lambda: question,
    }
    row = made[kind]()
    hidden = moderation.hide(target=row, moderator=moderator, reason="insult", note="請對事不對人")
    assert (hidden.state, hidden.hidden_reason) == ("hidden", "insult")
    assert not Opinion.objects.published().filter(source=kind).exists()
    moderation.restore(target=row, moderator=moderator)
    assert Opinion.objects.published().get(source=kind).text == row.words
    assert [act.act for act in ModerationAct.objects.order_by("id")] == ["hide", "restore"]
    assert types(space)[-2:] == [f"{kind}.hidden", f"{kind}.restored"]


def test_held_words_are_published_when_a_moderator_lets_them(member, moderator):
    space = make_space(holds_first_posts=True)
    comment = say(space, member, "我第一次來，想說末班車太早")
    assert comment.state == "held" and not Opinion.objects.published().exists()
    assert not frames.load(space.pk, 0).frames
    moderation.release(target=comment, moderator=moderator)
    assert Opinion.objects.published().get().text == comment.text
    assert types(space) == ["comment.held", "comment.released"]
    assert frames.load(space.pk, 0).frames


def test_held_words_are_rejected_with_a_reason(member, moderator):
    space = make_space(holds_first_posts=True)
    comment = say(space, member, "我第一次來，想說末班車太早")
    with pytest.raises(NotFound):
        moderation.reject(target=comment, moderator=moderator, reason="")
    moderation.reject(target=comment, moderator=moderator, reason="off_topic")
    comment.refresh_from_db()
    assert (comment.state, comment.hidden_reason) == ("hidden", "off_topic")
    assert ModerationAct.objects.get().act == "reject"
    with pytest.raises(NotAllowed):
        moderation.release(target=comment, moderator=moderator)


def test_only_held_words_are_released_and_only_visible_ones_hidden(space, member, moderator):
    comment = say(space, member, "看得見的話")
    with pytest.raises(NotAllowed):
        moderation.release(target=comment, moderator=moderator)
    with pytest.raises(NotAllowed):
        moderation.reject(target=comment, moderator=moderator, reason="spam")
    with pytest.raises(NotAllowed):
        moderation.restore(target=comment, moderator=moderator)
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    with pytest.raises(NotAllowed):
        moderation.hide(target=comment, moderator=moderator, reason="spam")


def test_a_second_post_is_not_held_and_an_advertisement_is_held_everywhere(space, member, moderator):
    held_first = make_space(holds_first_posts=True)
    say(space, member, "先在別的地方說過話")
    assert say(held_first, member, "所以這裡不用等").state == "visible"
    assert say(space, member, AD).state == "held"
    assert propose(space, member, AD).state == "held"


def test_hiding_settles_the_reports(space, member, neighbour, moderator):
    comment = say(space, member, "可疑的廣告文字")
    moderation.report(target=comment, reporter=neighbour, reason="spam")
    assert Case.objects.get(settled_at=None).target_id == comment.pk
    moderation.hide(target=comment, moderator=moderator, reason="spam")
    assert not Case.objects.filter(settled_at=None).exists()
    assert Report.objects.get().settled


def test_a_contribution_of_any_kind_can_be_reported_once_by_each_reader(space, member, neighbour, question):
    for row in (propose(space, member, "班次要更密"), question):
        moderation.report(target=row, reporter=neighbour, reason="spam")
        moderation.report(target=row, reporter=neighbour, reason="insult")
        with pytest.raises(NotAllowed):
            moderation.report(target=row, reporter=member, reason="spam")
        with pytest.raises(NotFound):
            moderation.report(target=row, reporter=neighbour, reason="because")
    assert Report.objects.count() == 2


def test_what_may_stay_leaves_the_queue_and_a_new_report_brings_it_back(space, member, neighbour, moderator):
    comment = say(space, member, "只是不同的意見")
    moderation.report(target=comment, reporter=neighbour, reason="other")
    moderation.keep(target=comment, moderator=moderator)
    moderation.keep(target=comment, moderator=moderator)
    assert Comment.objects.published().get() == comment
    assert ModerationAct.objects.get().act == "keep"
    moderation.report(target=comment, reporter=make_member(), reason="insult")
    assert Case.objects.get(settled_at=None).is_reported


def test_a_member_without_the_role_cannot_hide_and_a_moderator_not_their_own_words(space, member, neighbour, moderator):
    comment, own = say(space, member, "我的話"), say(space, moderator, "版主自己的話")
    with pytest.raises(NotAllowed):
        moderation.hide(target=comment, moderator=neighbour, reason="spam")
    for judge in (moderation.keep, moderation.release, moderation.restore):
        with pytest.raises(NotAllowed) as refusal:
            judge(target=own, moderator=moderator)
        assert refusal.value.code == "own_words"
    assert not ModerationAct.objects.exists()


def test_a_space_adds_reasons_in_both_languages(space, member, moderator, neighbour):
    own = reasons.add(
        space=space,
        editor=moderator,
        label="洩漏考題",
        label_en="Leaks exam questions",
        explanation="考試還沒結束。",
        explanation_en="The exam is not over.",
    )
    comment = moderation.hide(target=say(space, member, "第三題選 B"), moderator=moderator, reason=own.code)
    assert reasons.words(comment.hidden_reason) == "洩漏考題"
    other = say(make_space(), member, "別處的話")
    with pytest.raises(NotFound):
        moderation.hide(target=other, moderator=moderator, reason=own.code)
    with pytest.raises(NotAllowed):
        reasons.add(space=space, editor=neighbour, label="不喜歡", label_en="Dislike")
    with pytest.raises(CivicError):
        reasons.add(space=space, editor=moderator, label="洩漏考題", label_en="Again")


def test_a_reason_no_longer_offered_keeps_its_words_in_the_log(space, member, moderator):
    own = reasons.add(space=space, editor=moderator, label="洩漏考題", label_en="Leaks exam questions")
    moderation.hide(target=say(space, member, "第三題選 B"), moderator=moderator, reason=own.code)
    reasons.take_away(reason=own, editor=moderator)
    assert reasons.words(ModerationAct.objects.get().reason) == "洩漏考題"
    with pytest.raises(NotFound):
        moderation.hide(target=say(space, member, "第四題選 C"), moderator=moderator, reason=own.code)


def test_the_record_can_be_neither_changed_nor_deleted(space, member, moderator):
    moderation.hide(target=say(space, member, "我的話"), moderator=moderator, reason="spam")
    act = ModerationAct.objects.get()
    act.reason = "insult"
    for change in (act.save, lambda: ModerationAct.objects.update(reason="insult")):
        with pytest.raises(ValueError, match="never changed"):
            change()
    with pytest.raises(ValueError, match="never changed"):
        ModerationAct.objects.bulk_update([act], ["reason"])
    for remove in (act.delete, ModerationAct.objects.all().delete, ModerationAct._base_manager.all().delete):
        with pytest.raises(ValueError, match="never deleted"):
            remove()
    assert ModerationAct.objects.get().reason == "spam"


def test_words_withdrawn_while_they_wait_need_no_moderator(member, moderator):
    space = make_space(holds_first_posts=True)
    comment = say(space, member, "我第一次來，又改變主意")
    comments.withdraw(comment=comment, author=member)
    with pytest.raises(NotAllowed):
        moderation.release(target=comment, moderator=moderator)


def test_a_hidden_statement_takes_its_votes_out_of_the_groups(space, member, moderator):
    statement = propose(space, member, "班次要更密")
    space.corpus.groups_dirty = False
    space.corpus.save(update_fields=["groups_dirty"])
    moderation.hide(target=statement, moderator=moderator, reason="spam")
    space.corpus.refresh_from_db()
    assert space.corpus.groups_dirty
    assert not Statement.objects.published().exists()


def test_a_hidden_question_leaves_the_panel(question, facilitator, moderator):
    live.mark_current(question=question, facilitator=facilitator)
    moderation.hide(target=question, moderator=moderator, reason="insult")
    assert Question.objects.get().state == "hidden"
    made = frames.load(question.session.space_id, 0).frames
    assert not any(question.text in text for frame in made for text in frame.texts.values())

"""Whoever leaves a reason or a title empty is told what is missing, not that they have no opinion."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from discussions import (
    appeals,
    clocks,
    events,
    merges,
    milestones,
    moderation,
    proposals,
    reasons,
    replies,
    texts,
    tokens,
    versions,
)
from discussions.errors import InvalidText
from discussions.forms import new_client_id
from discussions.models import Appeal, Phase
from discussions.replies import Document, Point
from tests.discussions import proposing
from tests.discussions.proposing import proposing_space
from tests.factories import make_member, make_space, say

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("roles")]
DAY = timedelta(days=1)
OF_OPINIONS = ("有什麼想說", "write what you think", "pictures and signs", "others can follow you")


@pytest.fixture(autouse=True)
def in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def reviewed(agency):
    return make_space(agency=agency, phase=Phase.REVIEW)


def told(act) -> str:
    """What somebody reads who sends nothing, a blank, a sign."""
    found = set()
    for nothing in ("", "  \n", "…", "👍"):
        with pytest.raises(InvalidText) as refusal:
            act(nothing)
        found.add(str(refusal.value.message))
    [words] = found
    assert not any(other in words for other in OF_OPINIONS)
    return words


def test_the_reason_for_more_time(reviewed, officer):
    with transaction.atomic():
        clock = clocks.start(space=events.lock(reviewed.pk), now=timezone.now())
    until = clock.due_at + DAY
    words = told(lambda reason: clocks.extend(clock=clock, officer=officer, until=until, reason=reason))
    assert "more time" in words


def test_the_words_of_an_answer_and_why_they_are_corrected(reviewed, officer):
    def answer(text="試辦。", **parts):
        return replies.answer(
            space=reviewed, officer=officer, text=text, client_id=new_client_id(), whole=True, **parts
        )

    assert "write the answer" in told(answer)
    assert "about" in told(lambda label: answer(points=[Point(label, "accepted", "加開。")]))
    assert "reasons" in told(lambda text: answer(points=[Point("夜間", "accepted", text)]))
    assert "title" in told(lambda title: answer(documents=[Document(title, "/documents/1/")]))
    reply = answer()
    assert "corrected" in told(lambda why: replies.correct(reply=reply, officer=officer, text="不試辦。", why=why))


def test_a_step_and_why_it_is_dropped_or_moved(reviewed, officer):
    due_on = timezone.localdate() + 9 * DAY

    def plan(what):
        return milestones.plan(space=reviewed, officer=officer, what=what, due_on=due_on, client_id=new_client_id())

    assert "step" in told(plan)
    step = plan("公告路線")
    assert "dropped" in told(
        lambda reason: milestones.change(milestone=step, officer=officer, state="dropped", reason=reason)
    )
    assert "date" in told(
        lambda reason: milestones.change(
            milestone=step, officer=officer, state="planned", due_on=due_on + DAY, reason=reason
        )
    )


def test_an_appeal_and_why_a_decision_stands(space, member, moderator):
    comment = say(space, member, "這班車從來不準時")
    moderation.hide(target=comment, moderator=moderator, reason="insult")
    comment.refresh_from_db()
    decision = moderation.last_decision(comment)
    assert "decision was wrong" in told(lambda text: appeals.make(decision=decision, author=member, text=text))
    appeal = appeals.make(decision=decision, author=member, text="這是事實")
    judge = make_member(role="Moderators")
    words = told(
        lambda answer: appeals.judge(appeal=appeal, moderator=judge, outcome=Appeal.Outcome.UPHELD, answer=answer)
    )
    assert "decision stands" in words


def test_the_name_of_a_reason_of_a_space(space, communicator):
    assert "both languages" in told(
        lambda label: reasons.add(space=space, editor=communicator, label=label, label_en="Other")
    )
    assert "both languages" in told(
        lambda label: reasons.add(space=space, editor=communicator, label="其他", label_en=label)
    )


def test_why_two_proposals_become_one_or_stay_two(agency, member, neighbour):
    where = proposing_space(agency=agency)
    one, other = proposing.published(where, member), proposing.published(where, neighbour, title="假日公車也要加開")
    words = told(
        lambda reason: merges.ask(source=one, target=other, member=member, reason=reason, client_id=new_client_id())
    )
    assert "become one" in words
    merge = merges.ask(source=one, target=other, member=member, reason="說的是同一件事", client_id=new_client_id())
    assert "do not agree" in told(lambda words: merges.refuse(merge=merge, member=neighbour, words=words))


def test_titles_and_names(agency, member, communicator):
    where = proposing_space(agency=agency)
    titled = told(
        lambda title: proposals.save(
            space=where, author=member, title=title, text="每晚加開兩班。", client_id=new_client_id()
        )
    )
    assert "title" in titled
    assert "key" in told(lambda name: tokens.make(member=member, name=name))
    assert "draft" in told(versions.read)
    assert "title" in told(
        lambda title: texts.begin(space=where, editor=communicator, title=title, client_id=new_client_id())
    )

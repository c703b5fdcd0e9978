"""Where did my words go: each step, up to the answer and what followed, and no contribution lost between two pages."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from discussions import clocks, events, journeys, milestones, moderation, replies
from discussions.forms import new_client_id
from discussions.journeys import PAGE
from discussions.models import Comment, Phase, Space, Statement
from discussions.replies import Point
from tests.discussions.test_answering import read
from tests.factories import make_space, propose, say

pytestmark = pytest.mark.django_db


def labels(item):
    return [(step["label"], step["state"]) for step in item.steps]


def walk(member, **where):
    """Every contribution, page after page."""
    seen, before = [], ""
    while True:
        page = journeys.of(member, before=before, **where)
        seen += page.items
        before = page.older
        if not before:
            return seen


@pytest.fixture
def asked(agency, member):
    space = make_space(agency=agency)
    return say(space, member, "末班車可以晚一點嗎", kind="question")


def go_into_review(space):
    Space.objects.filter(pk=space.pk).update(phase=Phase.REVIEW)
    with transaction.atomic():
        clocks.start(space=events.lock(space.pk), now=timezone.now())


def test_the_whole_way_of_a_question(client, asked, member, officer):
    space = asked.space
    read(space, {1: [asked]})
    go_into_review(space)
    replies.answer(
        space=space,
        officer=officer,
        text="本局決定如下。",
        client_id=new_client_id(),
        whole=True,
        points=[Point("末班車", "accepted", "延到零點。", topic_number=1)],
    )
    milestones.plan(
        space=space,
        officer=officer,
        what="公告新時刻表",
        due_on=timezone.localdate() + timedelta(days=20),
        client_id=new_client_id(),
    )
    (item,) = journeys.of(member).items
    assert [state for _label, state in labels(item)] == ["done"] * 5 + ["next"]
    assert item.topic.label == "主題1" and item.handover is not None and item.point.label == "末班車"
    client.force_login(member)
    for address in ("/me/", "/en/me/"):
        page = client.get(address).content.decode()
        for words in ("末班車可以晚一點嗎", "延到零點", "公告新時刻表", "主題1"):
            assert words in page, words


def test_an_answer_that_leaves_the_topic_out_says_so(asked, member, officer):
    go_into_review(asked.space)
    replies.answer(space=asked.space, officer=officer, text="如下。", client_id=new_client_id(), whole=True)
    (item,) = journeys.of(member).items
    assert item.whole is not None and item.point is None
    assert item.steps[-1]["state"] == "done" and item.steps[-1]["label"] != "Answered"


def test_hidden_words_show_the_reason_and_the_way_to_object(client, asked, member, moderator):
    moderation.hide(target=asked, moderator=moderator, reason="spam")
    (item,) = journeys.of(member).items
    told = " ".join(step["words"] for step in item.steps)
    (address,) = [step["url"] for step in item.steps if step["url"]]
    client.force_login(member)
    assert item.hidden_reason in told and client.get(address).status_code == 200


def test_nothing_is_lost_or_shown_twice_when_much_happened_at_one_moment(space, member):
    for number in range(PAGE + 12):
        say(space, member, f"第{number}個意見")
        propose(space, member, f"第{number}個主張")
    moment = timezone.now()
    Comment.objects.update(posted_at=moment)
    Statement.objects.update(made_at=moment)
    seen = [(item.source, item.key) for item in walk(member)]
    assert len(seen) == len(set(seen)) == 2 * (PAGE + 12)


def test_pages_stay_in_order_when_moments_differ(space, member):
    for number in range(PAGE + 3):
        say(space, member, f"第{number}個意見")
        propose(space, member, f"第{number}個主張")
    moments = [item.at for item in walk(member)]
    assert len(moments) == 2 * (PAGE + 3) and moments == sorted(moments, reverse=True)


def test_one_discussion_can_be_read_alone(client, space, member):
    elsewhere = make_space(title="電信契約")
    say(space, member, "末班車太早")
    say(elsewhere, member, "違約金太高")
    assert [item.words for item in walk(member, space_id=elsewhere.pk)] == ["違約金太高"]
    client.force_login(member)
    page = client.get(reverse("discussions:me"), {"space": elsewhere.slug}).content.decode()
    assert "違約金太高" in page and "末班車太早" not in page
    assert client.get(reverse("discussions:me"), {"space": "nowhere"}).status_code == 404


@pytest.mark.parametrize("cursor", ["x", "2026-01-01", "2026-01-01T00:00:00,comment,1", "'; --", "2026-13-01,a,b"])
def test_a_cursor_bent_by_hand_shows_the_first_page(client, asked, member, cursor):
    client.force_login(member)
    response = client.get(reverse("discussions:me"), {"before": cursor})
    assert response.status_code == 200 and asked.text in response.content.decode()


def test_somebody_elses_words_are_not_there(asked, neighbour):
    assert journeys.of(neighbour).items == []


def test_the_page_costs_the_same_for_many(client, asked, member, officer):
    client.force_login(member)
    read(asked.space, {1: [asked]})
    go_into_review(asked.space)
    replies.answer(space=asked.space, officer=officer, text="如下。", client_id=new_client_id(), whole=True)
    client.get("/me/")
    with CaptureQueriesContext(connection) as few:
        client.get("/me/")
    for number in range(8):
        space = make_space(agency=officer.agency)
        for comment in (say(space, member, f"第{number}個意見"), say(space, member, "又一個")):
            replies.answer(space=space, officer=officer, text="說明。", client_id=new_client_id(), comment=comment)
    with CaptureQueriesContext(connection) as many:
        client.get("/me/")
    assert len(many) == len(few)

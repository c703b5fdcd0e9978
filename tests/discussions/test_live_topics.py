"""Topics form while people write: placed at once, drawn for everybody, in places and colours that last."""

import math
import re
import time
from datetime import timedelta

import pytest
from channels.db import database_sync_to_async as act
from django.utils import timezone
from django.utils.translation import override

from discussions import live, moderation
from discussions.live import topics
from discussions.models import Question
from nlp import analysis, reports, stream
from nlp.models import Opinion
from nlp.tasks import analyse_corpus
from tests.discussions.browsers import Browser
from tests.nlp.conftest import LATE_BUSES, MONEY, SEATS

pytestmark = pytest.mark.django_db
slow_to_write = pytest.mark.django_db(transaction=True)


@pytest.fixture
def session(space, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    return live.open_session(session=planned, facilitator=facilitator)


@pytest.fixture
def said(space):
    return fill(space)


def fill(space, texts=(*LATE_BUSES, *SEATS, *MONEY)):
    moment = timezone.now() - timedelta(days=1)
    for number, text in enumerate(texts):
        stream.submit(
            corpus_id=space.corpus_id,
            source="x",
            key=f"{space.pk}-{number}",
            text=text,
            author=f"x:{number}",
            posted_at=moment,
        )
    analysis.refresh_topics(space.corpus_id)


def test_the_map_shows_the_topics_with_their_counts_and_draws_none_over_another(space, said):
    drawn = topics.read(space)
    rows = reports.topics(space.corpus)
    assert [(disc.number, disc.label) for disc in drawn.discs] == [(row.number, row.label) for row in rows]
    assert len({disc.slot for disc in drawn.discs}) == len(drawn.discs) >= 2
    for place, one in enumerate(drawn.discs):
        assert one.radius <= one.x <= drawn.width - one.radius
        assert one.radius <= one.y <= drawn.height - one.radius
        for other in drawn.discs[place + 1 :]:
            assert math.hypot(one.x - other.x, one.y - other.y) >= one.radius + other.radius


def test_a_topic_of_few_people_tells_no_numbers(space):
    texts = (*LATE_BUSES, *SEATS)
    fill(space, texts)
    row = reports.topics(space.corpus)[-1]
    kept = Opinion.objects.filter(corpus=space.corpus, topic_number=row.number)
    kept.filter(pk__in=list(kept.values_list("pk", flat=True)[reports.SMALL_CELL - 1 :])).delete()
    disc = next(disc for disc in topics.read(space).discs if disc.number == row.number)
    assert (disc.posts, disc.people) == (None, None)


def test_a_space_in_which_nothing_was_found_yet_has_an_empty_map(space):
    assert topics.read(space).discs == []


def test_a_question_is_placed_within_three_seconds_of_work(space, said, session, member):
    question = live.ask(
        session=session, author=member, text="末班車可不可以延後到半夜十二點？", client_id="first-time-1"
    )
    began = time.process_time()
    analyse_corpus.call(space.corpus_id)
    assert time.process_time() - began < 3
    opinion = Opinion.objects.get(source="question", source_key=str(question.pk))
    late = Opinion.objects.get(corpus=space.corpus, text=LATE_BUSES[2])
    assert opinion.topic_number == late.topic_number


def test_the_map_keeps_places_and_colours_when_it_forms_anew(space, said):
    before = {disc.number: (disc.slot, disc.x, disc.y) for disc in topics.read(space).discs}
    for number in range(3):
        stream.submit(
            corpus_id=space.corpus_id,
            source="x",
            key=f"more-{number}",
            text=f"末班車太早了，第{number}次說",
            author=f"y:{number}",
            posted_at=timezone.now(),
        )
    analysis.refresh_topics(space.corpus_id)
    after = {disc.number: (disc.slot, disc.x, disc.y) for disc in topics.read(space).discs}
    shared = before.keys() & after.keys()
    assert shared
    for number in shared:
        assert after[number][0] == before[number][0]
        assert math.dist(after[number][1:], before[number][1:]) < 0.2 * topics.WIDTH


def test_a_board_is_made_only_for_a_session_that_is_on_and_only_when_it_has_changed(
    space, said, session, facilitator, member
):
    first = topics.boards({space.pk: ""})[space.pk]
    assert "What people talk about" in first.texts["en"] and "data-topics" in first.texts["zh-hant"]
    assert topics.boards({space.pk: first.version}) == {}

    live.ask(session=session, author=member, text="末班車可以延後嗎？", client_id="first-time-1")
    assert topics.boards({space.pk: first.version})

    live.close_session(session=session, facilitator=facilitator)
    assert topics.boards({space.pk: ""}) == {}


def test_hidden_words_leave_the_map(space, said, session, member, moderator):
    question = live.ask(session=session, author=member, text="末班車可以延後嗎？", client_id="first-time-1")
    analysis.refresh_topics(space.corpus_id)
    counted = sum(disc.posts or 0 for disc in topics.read(space).discs)
    moderation.hide(target=Question.objects.get(pk=question.pk), moderator=moderator, reason="insult")
    assert sum(disc.posts or 0 for disc in topics.read(space).discs) == counted - 1


@pytest.mark.parametrize(("tongue", "words"), [("", "大家在談什麼"), ("/en", "What people talk about")])
def test_room_and_wall_show_the_map_while_the_session_is_on(client, space, said, session, facilitator, tongue, words):
    for place in ("", "screen/"):
        page = client.get(f"{tongue}/live/{session.code}/{place}").content.decode()
        assert words in page and 'data-slot="0"' in page
    live.close_session(session=session, facilitator=facilitator)
    assert "data-topics" not in client.get(f"{tongue}/live/{session.code}/screen/").content.decode()


def test_who_comes_before_the_opening_has_a_place_for_the_map(client, space, said, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    for place in ("", "screen/"):
        page = client.get(f"/live/{planned.code}/{place}").content.decode()
        assert re.search(r"data-topics [^>]*hidden", page) and 'data-slot="0"' not in page


def test_the_picture_is_told_in_a_sentence_too(space, said):
    with override("en"):
        assert "most of all" in topics.read(space).sentence


@slow_to_write
async def test_every_open_page_gets_the_map_and_who_comes_later_gets_it_at_once(space, session):
    await act(fill)(space)
    async with Browser(space) as browser:
        await browser.sit()
        frame = await browser.until(type="topics")
        assert frame["topics"] >= 2 and "seq" not in frame
        async with Browser(space) as later:
            await later.sit()
            assert (await later.until(type="topics")) == frame

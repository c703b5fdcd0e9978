"""The page of a session that is over: everything it left behind, for everybody, with JavaScript off too."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from discussions import events, exports, frames, journeys, live, moderation, records, replies, tokens, voting
from discussions.models import LiveSession, Question
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def stenographer(roles):
    return factories.make_member(name="記錄員", role="Stenographers")


@pytest.fixture
def held(space, facilitator, stenographer, member, neighbour):
    """A session with an agenda, a transcript, questions, a poll and a statement; it is over."""
    lead = {"facilitator": facilitator}
    session = live.plan_session(
        space=space, title="公車改點說明會", about="請搭夜間公車的人來。", starts_at=timezone.now(), **lead
    )
    first = live.add_item(session=session, title="開場說明", speakers="局長", minutes=10, **lead)
    live.add_document(item=first, title="時刻表草案", url="https://example.org/table.pdf", **lead)
    live.add_item(session=session, title="臨時動議", speakers="", minutes=5, **lead)
    session = live.open_session(session=session, **lead)
    live.begin_item(item=first, **lead)
    live.write_line(session=session, author=stenographer, text="大家好。", client_id="said-00001", speaker="主席")
    answered = live.ask(session=session, author=member, text="末班車會延後嗎", client_id="asked-0001")
    live.raise_question(question=answered, member=neighbour)
    live.ask(session=session, author=neighbour, text="經費從哪裡來", client_id="asked-0002")
    live.mark_current(question=answered, **lead)
    live.mark_answered(question=answered, answer="十二點以前都有車。", **lead)
    poll = live.open_poll(
        poll=live.add_poll(session=session, question="要加開嗎？", options=["要", "不要"], **lead), **lead
    )
    live.answer_poll(poll=poll, member=member, options=[0])
    live.close_poll(poll=poll, **lead)
    live.reveal_poll(poll=poll, **lead)
    unseen = live.open_poll(
        poll=live.add_poll(session=session, question="還沒公布", options=["是", "否"], **lead), **lead
    )
    live.close_poll(poll=unseen, **lead)
    statement = voting.state(space=space, author=facilitator, text="末班車要等捷運", client_id="stated-001")
    live.put_statement(session=session, statement=statement, **lead)
    live.vote_statement(session=session, statement=statement, member=member, value=1)
    live.reveal_statement(session=session, **lead)
    return live.close_session(session=session, **lead)


def page(client, session, prefix=""):
    return client.get(prefix + session.get_absolute_url()).content.decode()


@pytest.mark.parametrize("prefix", ["", "/en"])
def test_everything_said_is_on_the_page(client, held, prefix):
    shown = page(client, held, prefix)
    for words in (
        "請搭夜間公車的人來。",
        "開場說明",
        "局長",
        "時刻表草案",
        "臨時動議",
        "大家好。",
        "末班車會延後嗎",
        "十二點以前都有車。",
        "經費從哪裡來",
        "要加開嗎？",
        "末班車要等捷運",
    ):
        assert words in shown, words
    assert "還沒公布" not in shown.partition('id="data"')[0].partition('id="polls-title"')[2]
    assert 'id="replay"' in shown and 'id="owed"' in shown and 'name="text"' not in shown


def test_each_moment_leads_to_what_was_said_and_to_the_thing(client, held):
    shown = page(client, held)
    question = Question.objects.get(text="末班車會延後嗎")
    for moment in records.read(held).moments:
        assert f"/lines/?ms={moment.ms}" in shown
        assert not moment.place or f'id="{moment.place}"' in shown, moment
    assert f'href="#q{question.pk}"' in shown
    kinds = [moment.kind for moment in records.read(held).moments]
    assert (kinds[0], kinds[-1]) == ("opened", "closed")
    assert {"item", "question", "poll", "statement"} < set(kinds)


def test_a_room_that_is_open_is_no_record_and_takes_questions_by_plain_form(client, held, facilitator, member):
    live.open_session(session=held, facilitator=facilitator)
    client.force_login(member)
    assert 'id="replay"' not in page(client, held)
    client.post(reverse("discussions:ask", args=[held.code]), {"text": "再問一題", "client_id": "plain-0001"})
    assert "再問一題" in page(client, held)


def test_a_question_that_came_too_late_keeps_its_words(client, held, member):
    client.force_login(member)
    answer = client.post(reverse("discussions:ask", args=[held.code]), {"text": "我晚到了", "client_id": "plain-0001"})
    assert answer.status_code == 403 and "我晚到了" in answer.content.decode()


def test_a_written_answer_stands_with_its_question(client, held, officer, space):
    question = Question.objects.get(text="經費從哪裡來")
    replies.answer(space=space, officer=officer, text="由公庫支應。", client_id="reply-0001", question=question)
    shown = page(client, held)
    assert "由公庫支應。" in shown
    owed = records.read(LiveSession.objects.get(pk=held.pk)).owed
    assert (owed.total, owed.answered, owed.face.state) == (1, 1, "done")


def test_hidden_words_leave_the_record(client, held, moderator):
    question = Question.objects.get(text="經費從哪裡來")
    moderation.hide(target=question, moderator=moderator, reason="insult")
    moderation.hide(target=held.lines.get(), moderator=moderator, reason="personal")
    shown = page(client, held)
    assert "經費從哪裡來" not in shown and "大家好。" not in shown
    part = client.get(reverse("discussions:live_state", args=[held.code]), {"part": "record"}).content.decode()
    assert "大家好。" not in part and 'id="replay"' in part
    told = [json.loads(frame.texts["en"]) for frame in frames.load(held.space_id, 0).frames]
    assert all("html" not in frame for frame in told if frame["type"] == "line.hidden")


def test_the_record_takes_as_many_queries_however_much_was_said(client, held, member, stenographer):
    def counted():
        with CaptureQueriesContext(connection) as captured:
            page(client, held)
        return len(captured)

    few = counted()
    now = timezone.now()
    Question.objects.bulk_create(
        Question(
            session=held,
            author=member,
            text=f"第 {n} 題",
            client_id=f"many-{n:05}",
            asked_at=now,
            state="answered",
            put_at=now,
            answered_at=now,
        )
        for n in range(150)
    )
    said = [live.transcripts.Said(n * 500, f"第 {n} 句", "主席") for n in range(400)]
    live.import_lines(session=held, author=stenographer, lines=said)
    assert counted() == few


def test_the_replay_gives_the_lines_of_a_moment(client, held, stenographer):
    said = [live.transcripts.Said(60_000 + n * 1000, f"第 {n} 句") for n in range(100)]
    live.import_lines(session=held, author=stenographer, lines=said)
    address = reverse("discussions:live_lines", args=[held.code])
    part = client.get(address, {"part": "around", "ms": "110000"}).content.decode()
    assert "第 50 句" in part and "第 20 句" not in part and "<html" not in part


def test_the_open_data_holds_the_record(held, space):
    by_name = {
        table.name: [dict(zip(table.columns, row, strict=True)) for row in table.rows(space)]
        for table in exports.TABLES
    }
    assert [row["title"] for row in by_name["live_agenda"]] == ["開場說明", "臨時動議"]
    (line,) = by_name["live_transcript"]
    assert (line["session"], line["number"], line["speaker"], line["text"]) == (held.code, 1, "主席", "大家好。")
    assert by_name["live_statements"][0]["revealed"] is True
    assert by_name["live_owed_questions"][0]["session"] == held.code
    assert by_name["clocks"][0]["session"] == held.code
    assert by_name["live_questions"][0]["answer"] == "十二點以前都有車。"


def test_a_session_without_anything_has_a_record_too(client, space, facilitator):
    session = live.plan_session(
        space=space, facilitator=facilitator, title="空的", starts_at=timezone.now() - timedelta(days=1)
    )
    live.close_session(session=session, facilitator=facilitator)
    assert client.get(session.get_absolute_url()).status_code == 200
    assert events.last_seq(space.pk)


# For programs


def test_a_program_reads_the_record_and_the_transcript(client, held, space):
    there = f"/api/v1/spaces/{space.slug}/sessions/{held.code}"
    told = client.get(f"{there}/record").json()
    assert (told["asked"], told["answered"], told["people"], told["lines"]) == (2, 1, 2, 1)
    assert [item["title"] for item in told["agenda"]] == ["開場說明", "臨時動議"] and told["owed"]["questions"] == 1
    assert told["statements"][0]["agree"] == 1
    (line,) = client.get(f"{there}/lines").json()["items"]
    assert (line["number"], line["speaker"]) == (1, "主席")
    assert client.get(f"{there}/lines/1").json() == line
    assert client.get(f"{there}/lines/99999999999999999999").status_code == 404


def test_a_stenographers_program_writes_and_others_do_not(client, held, space, stenographer, member):
    there = f"/api/v1/spaces/{space.slug}/sessions/{held.code}/lines"
    keys = {
        who: {"HTTP_AUTHORIZATION": f"Bearer {tokens.make(member=who, name='機器')[1]}"}
        for who in (stenographer, member)
    }
    sent = {"speaker": "科長", "text": "補充一點", "client_id": "program-0001"}

    def post(who):
        return client.post(there, sent, content_type="application/json", **keys[who])

    assert post(member).status_code == 403
    made = post(stenographer)
    assert made.status_code == 201 and made.json()["number"] == 2
    assert post(stenographer).json() == made.json()
    put = client.put(f"{there}/2", {"text": "補充兩點"}, content_type="application/json", **keys[stenographer])
    assert (put.json()["text"], put.json()["speaker"]) == ("補充兩點", "科長")
    assert client.delete(f"{there}/2", **keys[member]).status_code == 403
    assert client.delete(f"{there}/2", **keys[stenographer]).status_code == 204
    assert client.get(f"{there}/2").status_code == 404


def test_whoever_asked_reads_that_the_question_is_in_the_record(held, member, neighbour):
    def steps(who):
        (item,) = journeys.of(who).items
        return [step["label"] for step in item.more]

    with translation.override("en"):
        assert steps(member)[-1] == "In the record of the session"
        assert steps(neighbour)[-2:] == ["Handed to the agency", "In the record of the session"]

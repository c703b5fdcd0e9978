"""The socket of a space: who may open it, what it takes, and what it says when something is wrong."""

import asyncio
import json

import pytest
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.utils import timezone

from discussions import allowances, comments, consumers, hub, live, moderation
from discussions.forms import new_client_id
from discussions.models import Comment, Phase, PollVote, Question, QuestionRaise
from nlp.models import Opinion
from tests import factories
from tests.discussions.browsers import ORIGIN, Browser, act, eventually

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "末班車可以延到十二點嗎"


@pytest.fixture
def session(space, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    return live.open_session(session=planned, facilitator=facilitator)


@pytest.fixture
def question(session, member):
    return live.ask(session=session, author=member, text=WORDS, client_id=new_client_id())


@pytest.fixture
def poll(session, facilitator):
    made = live.add_poll(
        session=session, facilitator=facilitator, question="您常搭夜間公車嗎？", options=["常", "偶爾"]
    )
    return live.open_poll(poll=made, facilitator=facilitator)


# Who may open it

STRANGERS = [
    None,
    b"null",
    b"",
    b"http://evil.example",
    b"http://testserver.evil.example",
    b"http://eviltestserver",
    b"http://evil.example/testserver",
    b"http://testserver@evil.example",
    b"http://evil.example#testserver",
    b"http://evil.example?testserver",
    b"http://testserver:8001",
    b"ws://testserver",
    b"file://testserver",
    b"//testserver",
    b"testserver",
    b"http://testserver/",
    b"http://testserver ",
    b"http://testserver\t",
    b"http://testserver, http://evil.example",
    b"http://[testserver",
    b"http://testserver:port",
    "http://tеstserver".encode(),
]


@pytest.mark.parametrize("origin", STRANGERS)
async def test_pages_of_other_places_cannot_open_it(space, member, origin):
    assert not await Browser(space, member, origin=origin).connect()


async def test_two_origins_are_as_good_as_none(space, member):
    assert not await Browser(space, member, headers=[(b"origin", b"http://evil.example")]).connect()


async def test_a_host_that_is_not_ours_helps_nobody(space):
    browser = Browser(space, origin=b"http://evil.example")
    browser._given[0] = (b"host", b"evil.example")
    assert not await browser.connect()


@pytest.mark.parametrize(
    "origin", [ORIGIN, b"https://testserver", b"http://TESTSERVER", b"http://testserver:80", b"http://localhost:8000"]
)
async def test_our_own_pages_open_it(space, origin):
    async with Browser(space, origin=origin) as browser:
        assert browser.hello["type"] == "hello"


async def test_over_https_a_page_from_http_is_a_stranger(space, settings):
    settings.SESSION_COOKIE_SECURE = True
    assert not await Browser(space).connect()


async def test_a_draft_opens_for_those_who_prepare_it_only(space, member, moderator):
    space.phase = Phase.DRAFT
    space.save()
    assert not await Browser(space, member).connect()
    assert not await Browser(space).connect()
    async with Browser(space, moderator) as browser:
        assert browser.hello["signed_in"]


@pytest.mark.parametrize("path", ["/ws/p/999999/", "/ws/p/99999999999999999999999999/", "/ws/nowhere/", "/ws/p/x/"])
async def test_what_is_not_there_is_refused(space, path):
    assert not await Browser(space, path=path).connect()


# What it takes


async def test_a_question_asked_by_frame_is_stored_and_acknowledged(space, session, member):
    async with Browser(space, member) as browser:
        await browser.sit()
        answer = await browser.ask_for(type="ask", id="question-1", session=session.code, text=WORDS)
    asked = await Question.objects.aget()
    assert answer == {"re": "question-1", "ok": True, "question": str(asked.pk), "state": "asked"}
    assert asked.text == WORDS
    assert await Opinion.objects.filter(source="question", source_key=str(asked.pk)).aexists()


async def test_a_resend_after_a_lost_line_is_one_contribution(space, session, member):
    frame = {"type": "ask", "id": "question-1", "session": session.code, "text": WORDS}
    async with Browser(space, member) as before:
        first = await before.ask_for(**frame)
    async with Browser(space, member) as after:
        again = await after.ask_for(**frame)
        comment = {"type": "comment", "id": "comment-1", "text": "支持延長"}
        said = [await after.ask_for(**comment) for _time in range(3)]
    assert first == again
    assert said[0] == said[1] == said[2]
    assert await Question.objects.acount() == 1
    assert await Comment.objects.acount() == 1


async def test_the_same_id_with_other_words_is_a_conflict(space, session, member):
    async with Browser(space, member) as browser:
        await browser.ask_for(type="ask", id="question-1", session=session.code, text=WORDS)
        refused = await browser.ask_for(type="ask", id="question-1", session=session.code, text="別的問題")
    assert refused["error"] == "conflict"


async def test_raising_and_voting_by_frame(space, question, poll, neighbour):
    async with Browser(space, neighbour) as browser:
        raised = await browser.ask_for(type="raise", id="a1", question=str(question.pk), raised=True)
        again = await browser.ask_for(type="raise", id="a2", question=question.pk, raised=True)
        lowered = await browser.ask_for(type="raise", id="a3", question=str(question.pk), raised=False)
        voted = await browser.ask_for(type="answer_poll", id="a4", poll=str(poll.pk), option=1)
    assert [raised["raises"], again["raises"], lowered["raises"]] == [1, 1, 0]
    assert (voted["total"], voted["option"]) == (1, 1)
    assert not await QuestionRaise.objects.aexists()
    assert (await PollVote.objects.aget()).option == 1


async def test_a_reply_by_frame_stands_below_its_parent(space, member, neighbour):
    parent = await act(factories.say)(space, member, "班次太少了")
    async with Browser(space, neighbour) as browser:
        answer = await browser.ask_for(type="comment", id="comment-1", text="我也這麼想", parent=str(parent.pk))
    reply = await Comment.objects.aget(author=neighbour)
    assert (answer["comment"], answer["root"]) == (str(reply.pk), str(parent.pk))
    assert reply.parent_id == parent.pk


async def test_guests_listen_and_are_asked_to_sign_in(space, session, question, poll):
    async with Browser(space) as browser:
        assert browser.hello["signed_in"] is False
        for frame in (
            {"type": "ask", "session": session.code, "text": WORDS},
            {"type": "raise", "question": str(question.pk), "raised": True},
            {"type": "answer_poll", "poll": str(poll.pk), "option": 0},
            {"type": "comment", "text": WORDS},
        ):
            answer = await browser.ask_for(**frame, id="by-a-guest")
            assert answer["error"] == "sign_in_needed", frame


async def test_things_of_another_space_are_not_found(space, session, question, poll, neighbour):
    elsewhere = await act(factories.make_space)()
    async with Browser(elsewhere, neighbour) as browser:
        answers = [
            await browser.ask_for(type="ask", id="elsewhere", session=session.code, text=WORDS),
            await browser.ask_for(type="raise", id="elsewhere", question=str(question.pk), raised=True),
            await browser.ask_for(type="answer_poll", id="elsewhere", poll=str(poll.pk), option=0),
        ]
    assert [answer["error"] for answer in answers] == ["not_found"] * 3
    assert await Question.objects.acount() == 1


async def test_refusals_speak_the_language_of_the_page(space, session, member):
    async with Browser(space, member, query="?lang=en") as browser:
        answer = await browser.ask_for(type="ask", id="question-1", session=session.code, text="")
    assert (answer["error"], answer["message"]) == (
        "empty",
        "There is nothing to read here yet. Please write what you think.",
    )


# What is wrong

MALFORMED = [
    "",
    "{",
    "[]",
    "null",
    "7",
    '"ask"',
    "{}",
    '{"type": 7}',
    '{"type": "dance"}',
    '{"type": "__class__"}',
    '{"type": "hello"}',
    '{"type": "hello", "seq": -1}',
    '{"type": "hello", "seq": true}',
    '{"type": "hello", "seq": "3"}',
    '{"type": "ask", "id": "question-1", "text": ["a"]}',
    '{"type": "ask", "id": {"a": 1}, "text": "a"}',
    '{"type": "ask", "id": "short", "text": "有兩個字"}',
    '{"type": "raise", "question": "x", "raised": true}',
    '{"type": "raise", "question": "1", "raised": "yes"}',
    '{"type": "raise", "question": "99999999999999999999", "raised": true}',
    '{"type": "answer_poll", "poll": "1", "option": -1}',
    '{"type": "comment", "id": "comment-1", "text": "有兩個字", "kind": "poem"}',
    '{"type": "comment", "id": "comment-1", "text": "有兩個字", "parent": "x"}',
    "[" * 9000,
    "9" * 9000,
]


@pytest.mark.parametrize("text", MALFORMED)
async def test_a_frame_that_makes_no_sense_gets_an_answer_and_breaks_nothing(space, member, session, text):
    async with Browser(space, member) as browser:
        await browser.send_text(text)
        answer = await browser.next()
        assert answer["error"] == "malformed"
        assert (await browser.ask_for(type="ask", id="question-1", session=session.code, text=WORDS))["ok"]


async def test_bytes_and_odd_characters_break_nothing(space, member, session):
    async with Browser(space, member) as browser:
        await browser.socket.send_input({"type": "websocket.receive", "bytes": b"\x00\xff"})
        assert (await browser.next())["error"] == "malformed"
        odd = {"type": "ask", "id": "question-1", "session": session.code, "text": "\ud800 末班車呢 \u202e"}
        await browser.send_text(json.dumps(odd))
        assert (await browser.next())["ok"]
        lost = '{"type": "comment", "id": "comment-1", "text": "有兩個字", "parent": 4611686018427387904000}'
        await browser.send_text(lost)
        assert (await browser.next())["error"] == "other_space"
    assert (await Question.objects.aget()).text == "末班車呢"


async def test_a_frame_over_16_kib_closes_the_socket(space, member):
    browser = Browser(space, member)
    await browser.connect()
    await browser.send(type="comment", id="comment-1", text="字" * 5001)
    assert (await browser.next())["error"] == "too_long"
    await browser.send(type="comment", id="comment-1", text="a" * (consumers.FRAME_LIMIT + 1))
    assert await browser.closed_with() == 1009
    await browser.leave()
    assert not await Comment.objects.aexists()


async def test_more_than_twenty_frames_in_ten_seconds_are_not_acted_on(space, member, question):
    async with Browser(space, member) as browser:
        answers = [
            await browser.ask_for(
                type="raise", id=f"frame-{number}", question=str(question.pk), raised=bool(number % 2)
            )
            for number in range(22)
        ]
    assert [answer.get("error") for answer in answers] == [None] * 20 + ["throttled"] * 2
    assert (await act(live.raise_question)(question=question, member=member)) == 1


async def test_a_flood_closes_the_socket(space, member):
    browser = Browser(space, member)
    await browser.connect()
    for _number in range(allowances.FRAMES_ENDURED + 1):
        await browser.send(type="ping")
    assert await browser.closed_with() == 1008
    await browser.leave()


async def test_a_line_that_is_alive_says_so(space):
    async with Browser(space) as browser:
        await browser.send(type="ping")
        assert await browser.next() == {"type": "pong"}


# Who may stay


async def sit_and_lose(space, member, lose):
    browser = Browser(space, member)
    await browser.connect()
    await browser.sit()
    await act(lose)(browser)
    started = asyncio.get_running_loop().time()
    code = await browser.closed_with()
    took = asyncio.get_running_loop().time() - started
    await browser.leave()
    return code, took, browser.heard[-1]


def sign_out(browser):
    browser.client.logout()


def close_account(browser):
    get_user_model().objects.update(is_active=False)


def change_password(browser):
    member = get_user_model().objects.get(email="stays@example.org")
    member.set_password("another-long-password")
    member.save()


def end_session(browser):
    Session.objects.update(expire_date=timezone.now())


@pytest.mark.parametrize("lose", [sign_out, close_account, change_password, end_session])
async def test_whoever_is_signed_out_leaves_within_five_seconds(space, db, lose):
    member = await act(factories.make_member)(email="stays@example.org")
    code, took, last = await sit_and_lose(space, member, lose)
    assert code == hub.SIGNED_OUT
    assert took <= 5
    assert last["type"] == "signed_out"


async def test_a_closed_account_can_do_nothing_even_before_the_socket_closes(space, session, member):
    async with Browser(space, member) as browser:
        await act(close_account)(browser)
        answer = await browser.ask_for(type="ask", id="question-1", session=session.code, text=WORDS)
    assert answer["error"] == "inactive"


async def test_others_stay_when_one_is_signed_out(space, member, neighbour):
    leaving, guest = Browser(space, member), Browser(space)
    async with Browser(space, neighbour) as staying:
        for browser in (leaving, guest):
            await browser.connect()
        for browser in (leaving, guest, staying):
            await browser.sit()
        await act(sign_out)(leaving)
        assert await leaving.closed_with() == hub.SIGNED_OUT
        posted = await act(factories.say)(space, neighbour, "我還在這裡")
        for browser in (staying, guest):
            await browser.until(type="comment.posted", id=str(posted.pk))
        await leaving.leave()
        await guest.leave()


# What everybody hears


async def test_a_comment_posted_over_http_reaches_the_other_browser_in_its_language(space, member, neighbour):
    async with Browser(space, neighbour) as chinese, Browser(space, query="?lang=en") as english:
        await chinese.sit()
        await english.sit()
        posted = await act(factories.say)(space, member, WORDS)
        heard = [await browser.until(type="comment.posted") for browser in (chinese, english)]
    for frame in heard:
        assert (frame["id"], frame["root"], frame["parent"]) == (str(posted.pk), str(posted.pk), None)
        assert WORDS in frame["html"] and f'id="c{posted.pk}"' in frame["html"]
    assert "/en/p/" in heard[1]["html"] and "/en/p/" not in heard[0]["html"]


async def test_hidden_words_leave_every_screen(space, member, moderator):
    posted = await act(factories.say)(space, member, WORDS)
    async with Browser(space) as browser:
        await browser.sit()
        await act(moderation.hide)(target=posted, moderator=moderator, reason="insult")
        hidden = await browser.until(type="comment.hidden")
        assert hidden["state"] == "hidden" and WORDS not in hidden["html"]
        await act(moderation.restore)(target=posted, moderator=moderator)
        assert WORDS in (await browser.until(type="comment.restored"))["html"]
        await act(comments.withdraw)(comment=posted, author=member)
        assert WORDS not in (await browser.until(type="comment.withdrawn"))["html"]


async def test_the_room_hears_questions_raises_polls_and_the_session(
    space, session, question, poll, member, facilitator
):
    async with Browser(space) as browser:
        await browser.sit()
        await act(live.raise_question)(question=question, member=member)
        raised = await browser.until(type="question.raised")
        await act(live.mark_current)(question=question, facilitator=facilitator)
        current = await browser.until(type="question.state")
        await act(live.answer_poll)(poll=poll, member=member, options=[0])
        voted = await browser.until(type="poll.voted")
        await act(live.reveal_poll)(poll=poll, facilitator=facilitator)
        revealed = await browser.until(type="poll.state")
        await act(live.close_session)(session=session, facilitator=facilitator)
        ended = await browser.until(type="session.state")
    assert (raised["id"], raised["raises"], raised["session"]) == (str(question.pk), 1, session.code)
    assert current["state"] == "current" and WORDS in current["html"]
    assert voted["total"] == 1 and "html" not in voted
    assert revealed["revealed"] and "100%" in revealed["html"].replace(" ", "")
    assert (ended["state"], ended["floor"]) == ("closed", True)


async def test_frames_carry_no_form_tokens_and_no_marks_of_a_person(space, session, member):
    async with Browser(space, member) as browser:
        await browser.sit()
        await browser.ask_for(type="ask", id="question-1", session=session.code, text=WORDS)
        frame = next((heard for heard in browser.heard if heard.get("type") == "question.asked"), None)
        frame = frame or await browser.until(type="question.asked")
    assert "csrf" not in json.dumps(frame)
    assert 'aria-pressed="true"' not in frame["html"]


async def test_presence_counts_people_and_not_windows(space, member, neighbour):
    async with Browser(space, member) as first, Browser(space, member) as second, Browser(space, neighbour) as third:
        for browser in (first, second, third):
            await browser.sit()
        wall = Browser(space)
        await wall.connect()
        await wall.send(type="hello", seq=wall.hello["seq"], watching=True)
        await wall.until(type="presence", people=2)
        await first.until(type="presence", people=2)
        await wall.leave()
    await eventually(lambda: not hub.current().halls)

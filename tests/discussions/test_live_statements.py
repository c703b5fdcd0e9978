"""A statement put to the vote in the room: the same statement and the same vote as on the statements page."""

import threading

import pytest
from django.db import DatabaseError, connection
from django.urls import reverse
from django.utils import timezone, translation

from discussions import events, live, moderation, rooms, stages, voting
from discussions.errors import CivicError, NotAllowed, NotFound, SignInNeeded
from discussions.models import LiveSession, Phase, Statement, Vote
from tests import factories
from tests.discussions.browsers import Browser, act

pytestmark = pytest.mark.django_db

WORDS = "末班車應該延到十二點"


def start(space, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    return live.open_session(session=planned, facilitator=facilitator)


@pytest.fixture
def session(space, facilitator):
    return start(space, facilitator)


@pytest.fixture
def statement(space, neighbour):
    return factories.propose(space, neighbour, WORDS)


@pytest.fixture
def on(session, statement, facilitator):
    """The session with the statement put to the vote."""
    return live.put_statement(session=session, statement=statement, facilitator=facilitator)


def vote(session, statement, member, value):
    return live.vote_statement(session=session, statement=statement, member=member, value=value)


def types(space):
    return [event.type for event in events.since(space.pk, 0)]


def test_a_vote_in_the_room_is_the_vote_of_the_statements_page(on, statement, member, neighbour, space):
    voting.cast(statement=statement, member=member, value=-1)
    vote(on, statement, member, 1)
    vote(on, statement, neighbour, 0)
    statement.refresh_from_db()
    assert (statement.agree, statement.disagree, statement.passed) == (1, 0, 1)
    assert Vote.objects.get(member=member).value == 1
    assert stages.statement_of(on, viewer=member).mine == 1
    told = [event.data["total"] for event in events.since(space.pk, 0) if event.type == "statement.voted"]
    assert told == [1, 2]


def test_the_same_vote_twice_is_one_vote_and_one_word_to_the_room(on, statement, member, space):
    vote(on, statement, member, 1)
    vote(on, statement, member, 1)
    assert types(space).count("statement.voted") == 1


def test_a_statement_comes_on_cue_and_its_result_too(session, statement, facilitator, space):
    before = len(types(space))
    live.put_statement(session=session, statement=statement, facilitator=facilitator)
    live.put_statement(session=session, statement=statement, facilitator=facilitator)
    live.reveal_statement(session=session, facilitator=facilitator)
    session.refresh_from_db()
    assert session.statement_revealed
    live.conceal_statement(session=session, facilitator=facilitator)
    live.take_statement(session=session, facilitator=facilitator)
    live.take_statement(session=session, facilitator=facilitator)
    session.refresh_from_db()
    assert (session.statement, session.statement_revealed) == (None, False)
    assert types(space)[before:] == [*["session.state", "statement.state"] * 3, "session.state"]


def test_another_statement_comes_without_the_result_of_the_one_before(on, facilitator, space, member):
    live.reveal_statement(session=on, facilitator=facilitator)
    other = factories.propose(space, member, "每站都要有遮雨棚")
    now = live.put_statement(session=on, statement=other, facilitator=facilitator)
    assert (now.statement, now.statement_revealed) == (other, False)


def test_members_cannot_put_a_statement_on(session, statement, member):
    with pytest.raises(NotAllowed) as refusal:
        live.put_statement(session=session, statement=statement, facilitator=member)
    assert refusal.value.code == "role"


def test_only_public_statements_of_this_space_come_on_and_one_session_at_a_time(
    session, statement, facilitator, moderator, member, space
):
    elsewhere = factories.propose(factories.make_space(), member, "別處的主張")
    hidden = factories.propose(space, member, "廣告廣告")
    moderation.hide(target=hidden, moderator=moderator, reason="spam")
    for wrong in (elsewhere, hidden):
        with pytest.raises(NotFound):
            live.put_statement(session=session, statement=wrong, facilitator=facilitator)
    live.put_statement(session=session, statement=statement, facilitator=facilitator)
    with pytest.raises(NotAllowed) as refusal:
        live.put_statement(session=start(space, facilitator), statement=statement, facilitator=facilitator)
    assert refusal.value.code == "statement_elsewhere"


def test_there_is_no_result_without_a_statement_and_no_statement_before_the_session(space, statement, facilitator):
    planned = live.plan_session(space=space, facilitator=facilitator, title="說明會", starts_at=timezone.now())
    with pytest.raises(NotAllowed) as refusal:
        live.put_statement(session=planned, statement=statement, facilitator=facilitator)
    assert refusal.value.code == "session_not_open"
    with pytest.raises(NotFound):
        live.reveal_statement(session=planned, facilitator=facilitator)


def test_the_room_votes_on_what_is_on_and_nothing_else(on, statement, facilitator, member, space):
    other = factories.propose(space, member, "每站都要有遮雨棚")
    with pytest.raises(NotAllowed) as refusal:
        vote(on, other, member, 1)
    assert refusal.value.code == "statement_off"
    with pytest.raises(CivicError) as refusal:
        vote(on, statement, member, 7)
    assert refusal.value.code == "unknown_vote"
    live.take_statement(session=on, facilitator=facilitator)
    with pytest.raises(NotAllowed):
        vote(on, statement, member, 1)
    assert not Vote.objects.exists()


def test_where_the_discussion_does_not_vote_the_room_does_not_either(on, statement, member, space):
    space.phase = Phase.REVIEW
    space.save()
    with pytest.raises(NotAllowed) as refusal:
        vote(on, Statement.objects.select_related("space").get(), member, 1)
    assert refusal.value.code == "phase"


def test_the_end_of_a_session_takes_its_statement_off_and_keeps_the_votes(on, statement, member, facilitator):
    vote(on, statement, member, 1)
    live.close_session(session=on, facilitator=facilitator)
    assert LiveSession.objects.get().statement is None
    assert Vote.objects.count() == 1


def test_a_hidden_statement_leaves_room_and_wall(on, statement, moderator):
    assert stages.on_the_wall(rooms.read(on)).statement == statement
    moderation.hide(target=statement, moderator=moderator, reason="insult")
    assert rooms.read(on).statement is None
    assert stages.on_the_wall(rooms.read(on)) is None


def test_the_wall_goes_from_statement_to_question_and_back(on, statement, facilitator, member):
    question = live.ask(session=on, author=member, text="夜間班次會不會增加？", client_id="question-1")
    live.mark_current(question=question, facilitator=facilitator)
    assert stages.on_the_wall(rooms.read(on)) is None
    live.reveal_statement(session=on, facilitator=facilitator)
    assert stages.on_the_wall(rooms.read(LiveSession.objects.get())).statement == statement


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_leave_one_vote(on, statement, member):
    failures = []

    def cast(value):
        try:
            vote(on, statement, member, value)
        except (CivicError, DatabaseError) as error:
            failures.append(error)
        finally:
            connection.close()

    tabs = [threading.Thread(target=cast, args=[value]) for value in (1, -1)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert failures == []
    statement.refresh_from_db()
    assert (Vote.objects.count(), statement.total) == (1, 1)


# Pages


def url(name, session, *args):
    return reverse(f"discussions:{name}", args=[session.code, *args])


def test_without_javascript_the_room_votes_by_buttons_and_sees_the_result_on_cue(
    client, on, statement, member, facilitator
):
    client.force_login(member)
    address = url("vote_live_statement", on)
    page = client.get(on.get_absolute_url()).content.decode()
    assert WORDS in page and f'action="{address}"' in page and "votebar" not in page
    assert client.post(address, {"statement": statement.pk, "value": "1"}).status_code == 302
    assert "votebar" not in client.get(on.get_absolute_url()).content.decode()
    assert "votebar" not in client.get(url("live_screen", on)).content.decode()
    live.reveal_statement(session=on, facilitator=facilitator)
    with translation.override("en"):
        assert "votebar" in client.get(on.get_absolute_url()).content.decode()
        wall = client.get(url("live_screen", on)).content.decode()
    assert "n = 1" in wall and "100%" in wall and "style=" not in wall
    assert client.post(address, {"statement": statement.pk, "value": "9"}).status_code == 400
    assert client.post(address, {"statement": statement.pk + 1, "value": "1"}).status_code == 404


def test_somebody_without_an_account_is_shown_the_way_in(client, on, statement):
    sent = {"statement": statement.pk, "value": "1"}
    refused = client.post(url("vote_live_statement", on), sent, headers={"accept": "application/json"})
    assert (refused.status_code, refused.json()["error"]) == (401, SignInNeeded.code)


def test_a_guest_votes_where_the_statements_let_guests_in(client, on, statement, space):
    space.instruments = {**(space.instruments or {}), "statements": {"level": 0}}
    space.save()
    sent = {"statement": statement.pk, "value": "-1"}
    assert client.post(url("vote_live_statement", on), sent).status_code == 302
    assert (Vote.objects.get().level, Vote.objects.get().value) == (0, -1)


def test_the_desk_puts_on_one_from_the_list_or_a_new_one(client, session, statement, facilitator):
    client.force_login(facilitator)
    desk = url("live_desk", session)
    page = client.get(desk)
    assert WORDS in page.content.decode()
    client_id = page.context["statement_form"]["client_id"].value()
    nothing = client.post(desk, {"act": "put_statement", "client_id": client_id})
    assert nothing.status_code == 422
    long = "很長" * 200
    too_long = client.post(desk, {"act": "put_statement", "client_id": client_id, "text": long})
    assert too_long.status_code == 422 and long in too_long.content.decode()

    chosen = {"act": "put_statement", "client_id": client_id, "statement": statement.pk}
    assert client.post(desk, chosen).status_code == 302
    assert LiveSession.objects.get().statement == statement
    assert 'value="reveal_statement"' in client.get(desk).content.decode()
    assert client.post(desk, {"act": "reveal_statement"}).status_code == 302
    written = {"act": "put_statement", "client_id": client_id, "text": "假日也要有早班車"}
    assert client.post(desk, written).status_code == 302
    assert LiveSession.objects.get().statement.text == "假日也要有早班車"
    assert client.post(desk, {"act": "take_statement"}).status_code == 302
    assert LiveSession.objects.get().statement is None


# Over the socket


@pytest.mark.django_db(transaction=True)
async def test_the_room_hears_the_statement_the_count_and_the_result(space, facilitator, member, moderator, neighbour):
    session = await act(start)(space, facilitator)
    statement = await act(factories.propose)(space, neighbour, WORDS)
    async with Browser(space, member) as browser:
        await browser.sit()
        await act(live.put_statement)(session=session, statement=statement, facilitator=facilitator)
        assert (await browser.until(type="session.state"))["statement"] == str(statement.pk)
        frame = await browser.until(type="statement.state")
        assert (frame["session"], frame["revealed"], frame["total"]) == (session.code, False, 0)
        assert WORDS in frame["html"] and "votebar" not in frame["html"]

        answer = await browser.ask_for(
            type="vote", id="vote-00001", session=session.code, statement=str(statement.pk), value=1
        )
        assert (answer["ok"], answer["value"]) == (True, 1)
        heard = [frame for frame in browser.heard if frame.get("type") == "statement.voted"]
        frame = heard[0] if heard else await browser.until(type="statement.voted")
        assert (frame["total"], "html" in frame) == (1, False)

        await act(live.reveal_statement)(session=session, facilitator=facilitator)
        assert "votebar" in (await browser.until(type="statement.state"))["html"]
        await act(moderation.hide)(target=statement, moderator=moderator, reason="insult")
        frame = await browser.until(type="statement.hidden")
        assert (frame["session"], frame["state"], "html" in frame) == (session.code, "hidden", False)


@pytest.mark.django_db(transaction=True)
async def test_a_frame_that_is_no_vote_is_refused(space, facilitator, member, neighbour):
    session = await act(start)(space, facilitator)
    statement = await act(factories.propose)(space, neighbour, WORDS)
    async with Browser(space, member) as browser:
        await browser.sit()
        for given, code in (({"value": 1}, "statement_off"), ({"value": 5}, "malformed"), ({}, "malformed")):
            refused = await browser.ask_for(
                type="vote", id="vote-00002", session=session.code, statement=str(statement.pk), **given
            )
            assert refused["error"] == code

"""Quick polls on their pages: room, wall, desk, socket, interface for programs, open data and the page of a member."""

import json

import pytest
from django.urls import reverse
from django.utils import translation

from discussions import exports, journeys, live, moderation, tokens
from discussions.models import ModerationAct, PollVote, PollWord, QuickPoll, State
from tests.discussions import polling
from tests.discussions.browsers import Browser, act
from tests.discussions.polling import Kind, choose, crowd, say

pytestmark = pytest.mark.django_db


@pytest.fixture
def session(space, facilitator):
    return polling.begin(space, facilitator)


@pytest.fixture
def prepare(session, facilitator):
    """Prepares a poll of any kind."""
    return lambda kind: polling.prepare(session, facilitator, kind)


@pytest.fixture
def opened(prepare, facilitator):
    """Prepares a poll and opens it."""
    return lambda kind: live.open_poll(poll=prepare(kind), facilitator=facilitator)


# Pages


def url(name, session, *args):
    return reverse(f"discussions:{name}", args=[session.code, *args])


@pytest.mark.parametrize(
    ("kind", "sent", "kept"),
    [
        (Kind.SINGLE, {"option": "1"}, [1]),
        (Kind.MULTIPLE, {"option": ["0", "2"]}, [0, 2]),
        (Kind.SCALE, {"option": "4"}, [4]),
        (Kind.WORDS, {"words": ["準時", "", "便宜"]}, ["準時", "便宜"]),
    ],
)
def test_without_javascript_every_kind_is_answered_by_a_form(client, session, opened, member, kind, sent, kept):
    poll = opened(kind)
    client.force_login(member)
    page = client.get(session.get_absolute_url()).content.decode()
    assert f'action="{url("answer_poll", session, poll.pk)}"' in page and "style=" not in page
    assert client.post(url("answer_poll", session, poll.pk), sent).status_code == 302
    said = (
        PollWord.objects.values_list("text", flat=True)
        if kind == Kind.WORDS
        else PollVote.objects.values_list("option", flat=True)
    )
    assert sorted(said) == sorted(kept)
    again = client.post(url("answer_poll", session, poll.pk), sent, headers={"accept": "application/json"}).json()
    assert (again["ok"], again["poll"], again["total"]) == (True, str(poll.pk), 1)


@pytest.mark.parametrize("sent", [{}, {"option": "x"}, {"option": "99999999999"}, {"words": "字" * 2000}])
def test_what_no_form_of_ours_sends_is_refused(client, session, opened, member, sent):
    poll = opened(Kind.SINGLE)
    client.force_login(member)
    assert client.post(url("answer_poll", session, poll.pk), sent).status_code == 400
    assert not PollVote.objects.exists()


@pytest.mark.parametrize("kind", list(Kind))
def test_results_stand_in_room_wall_and_desk_in_both_languages(client, session, opened, facilitator, kind):
    poll = opened(kind)
    for person in crowd(3):
        say(poll, person, "準時") if kind == Kind.WORDS else choose(poll, person, 1)
    for language, answered in (("zh-hant", "3"), ("en", "people have answered")):
        with translation.override(language):
            assert answered in client.get(url("live_screen", session)).content.decode()
    live.reveal_poll(poll=poll, facilitator=facilitator)
    client.force_login(facilitator)
    with translation.override("en"):
        for name in ("live", "live_screen", "live_desk"):
            page = client.get(url(name, session)).content.decode()
            assert "style=" not in page
            assert poll.question in page
            if name == "live_screen":
                assert "n = 3" in page and "100%" in page


def test_the_desk_prepares_changes_and_removes_and_keeps_a_broken_poll_in_the_form(client, session, facilitator):
    client.force_login(facilitator)
    desk = url("live_desk", session)
    scale = {"act": "add_poll", "question": "等多久可以接受？", "kind": "scale", "options": "短\n長", "steps": "7"}
    assert client.post(desk, scale).status_code == 302
    made = QuickPoll.objects.get()
    page = client.get(desk, {"poll": made.pk}).content.decode()
    assert "短\n長" in page and 'value="change_poll"' in page

    broken = client.post(desk, {**scale, "act": "change_poll", "id": made.pk, "options": "只有一端"})
    assert broken.status_code == 422
    assert "只有一端" in broken.content.decode()
    changed = {"act": "change_poll", "id": made.pk, "question": "用幾個字說", "kind": "words", "options": ""}
    assert client.post(desk, changed).status_code == 302
    made.refresh_from_db()
    assert (made.kind, made.options, made.steps) == ("words", [], 0)
    for act_name in ("copy_poll", "remove_poll"):
        assert client.post(desk, {"act": act_name, "id": made.pk}).status_code == 302
    assert QuickPoll.objects.count() == 1
    assert client.post(desk, {"act": "remove_poll", "id": made.pk}).status_code == 404


def test_the_desk_hides_a_word_for_everybody_who_said_it(client, session, opened, facilitator):
    poll = opened(Kind.WORDS)
    for person in crowd(3):
        say(poll, person, "笨蛋", "準時")
    client.force_login(facilitator)
    assert "笨蛋" in client.get(url("live_desk", session)).content.decode()
    key = PollWord.objects.filter(text="笨蛋").order_by("id").first().pk
    assert (
        client.post(url("live_desk", session), {"act": "hide_words", "word": key, "reason": "insult"}).status_code
        == 302
    )
    assert set(PollWord.objects.filter(text="笨蛋").values_list("state", flat=True)) == {State.HIDDEN}
    assert ModerationAct.objects.filter(target="poll_word", act="hide").count() == 3
    page = client.get(url("live_desk", session)).content.decode()
    assert "笨蛋" not in page and "準時" in page
    assert client.post(url("live_desk", session), {"act": "hide_words", "word": key, "reason": ""}).status_code == 404


# Over the socket


def _opened(space, facilitator, kind):
    poll = polling.prepare(polling.begin(space, facilitator), facilitator, kind)
    return live.open_poll(poll=poll, facilitator=facilitator)


@pytest.mark.django_db(transaction=True)
async def test_the_room_hears_a_count_then_the_result_and_loses_a_hidden_word(
    space, facilitator, member, neighbour, moderator
):
    poll = await act(_opened)(space, facilitator, Kind.WORDS)
    async with Browser(space, member) as browser:
        await browser.sit()
        answer = await browser.ask_for(type="answer_poll", id="words-0001", poll=str(poll.pk), words="笨蛋\n準時")
        assert (answer["words"], answer["held"], answer["total"]) == ("笨蛋\n準時", 0, 1)
        heard = [frame for frame in browser.heard if frame.get("type") == "poll.voted"]
        frame = heard[0] if heard else await browser.until(type="poll.voted")
        assert "html" not in frame and "準時" not in json.dumps(frame, ensure_ascii=False)
        await act(say)(poll, neighbour, "笨蛋", "準時")
        await act(live.reveal_poll)(poll=poll, facilitator=facilitator)
        assert "笨蛋" in (await browser.until(type="poll.state"))["html"]
        word = await act(PollWord.objects.filter(text="笨蛋").first)()
        await act(moderation.hide)(target=word, moderator=moderator, reason="insult")
        frame = await browser.until(type="poll_word.hidden")
        assert (frame["poll"], frame["total"]) == (str(poll.pk), 2)
        assert "笨蛋" not in frame["html"] and "準時" in frame["html"]


@pytest.mark.django_db(transaction=True)
async def test_a_frame_that_is_no_answer_is_refused(space, facilitator, member):
    poll = str((await act(_opened)(space, facilitator, Kind.MULTIPLE)).pk)
    async with Browser(space, member) as browser:
        await browser.sit()
        answer = await browser.ask_for(type="answer_poll", id="many-00001", poll=poll, options="0 1")
        assert (answer["options"], answer["total"]) == ("0 1", 1)
        for given, code in (
            ({"options": "0,1"}, "malformed"),
            ({"options": ""}, "nothing_chosen"),
            ({"option": 7}, "unknown_choice"),
        ):
            refused = await browser.ask_for(type="answer_poll", id="many-00002", poll=poll, **given)
            assert refused["error"] == code


# Outside the room


def test_programs_read_results_once_they_are_shown_and_answer(
    client, session, space, opened, prepare, facilitator, member
):
    prepare(Kind.SINGLE)
    poll = opened(Kind.MULTIPLE)
    address = f"/api/v1/spaces/{space.slug}/sessions/{session.code}/polls"
    _token, secret = tokens.make(member=member, name="試用")
    head = {"authorization": f"Bearer {secret}"}
    kept = client.put(f"{address}/{poll.pk}/answer", {"options": [0, 2]}, content_type="application/json", headers=head)
    assert (kept.status_code, kept.json()["options"], PollVote.objects.first().channel) == (200, [0, 2], "api")
    told = client.get(address).json()["items"]
    assert [one["id"] for one in told] == [poll.pk]
    assert (told[0]["people"], [choice["votes"] for choice in told[0]["choices"]]) == (1, [None] * 3)
    live.reveal_poll(poll=poll, facilitator=facilitator)
    told = client.get(address).json()["items"]
    assert [choice["votes"] for choice in told[0]["choices"]] == [1, 0, 1]
    for wrong, status in ((f"{10**18}", 404), (str(poll.pk), 400)):
        refused = client.put(
            f"{address}/{wrong}/answer", {"options": [9]}, content_type="application/json", headers=head
        )
        assert refused.status_code == status


def test_open_data_follows_the_screens(space, opened, facilitator, member):
    tables = {table.name: table for table in exports.polls.TABLES}

    def rows(name):
        found = list(tables[name].rows(space))
        assert all(len(row) == len(tables[name].columns) for row in found)
        return found

    scale, words = opened(Kind.SCALE), opened(Kind.WORDS)
    people = crowd(2)
    for person in people:
        choose(scale, person, 4)
        say(words, person, "準時", f"只有{person.pk}")
    assert rows("live_polls") == rows("live_poll_votes") == rows("live_poll_words") == []
    for poll in (scale, words):
        live.reveal_poll(poll=poll, facilitator=facilitator)
    assert [row[-3:] for row in rows("live_polls")] == [
        (0, "1 完全不能接受", 0),
        (1, "2", 0),
        (2, "3", 0),
        (3, "4", 0),
        (4, "5 完全可以接受", 2),
        (None, "", None),
    ]
    assert rows("live_poll_words") == [(words.pk, "準時", 2)]
    assert rows("live_poll_votes") == []
    live.close_poll(poll=scale, facilitator=facilitator)
    votes = rows("live_poll_votes")
    assert [row[2] for row in votes] == [4, 4]
    assert not {str(person.pk) for person in people} & {row[1] for row in votes}


def test_words_stand_on_the_page_of_their_author_with_what_became_of_them(opened, member, moderator, facilitator):
    poll = opened(Kind.WORDS)
    say(poll, member, "準時", "笨蛋")
    moderation.hide(target=PollWord.objects.get(text="笨蛋"), moderator=moderator, reason="insult")
    live.reveal_poll(poll=poll, facilitator=facilitator)
    items = {item.words: item for item in journeys.of(member).items}
    assert items["笨蛋"].hidden_reason and len(items["笨蛋"].steps) == 2
    assert [step["state"] for step in items["準時"].steps][:2] == ["done", "done"]
    assert items["準時"].kind_label

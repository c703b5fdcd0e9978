"""The hub: one reading and one rendering for all sockets of a process, nothing lost, nothing growing."""

import asyncio
import json

import pytest
from channels.layers import get_channel_layer
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from discussions import events, frames, halls, hub, live, moderation, seats
from discussions.callers import Caller
from discussions.forms import new_client_id
from discussions.models import Event, Phase
from tests import factories
from tests.discussions.browsers import DEADLINE, Browser, act, eventually

pytestmark = pytest.mark.django_db(transaction=True)


def say_many(space, member, number):
    return [factories.say(space, member, f"第{count}則意見") for count in range(number)]


def ids(frames_heard):
    return [frame["id"] for frame in frames_heard if frame["type"] == "comment.posted"]


class SlowReader:
    """A socket whose other end does not read until it is told to."""

    def __init__(self):
        self.reading = asyncio.Event()
        self.read: list[dict] = []
        self.closed: int | None = None
        caller = Caller(language="zh-hant", address="192.0.2.1")
        self.seat = seats.Seat(caller, send=self.send, close=self.close)

    async def send(self, text, seq):
        await self.reading.wait()
        self.read.append(json.loads(text))

    async def close(self, code):
        self.closed = code


# Nothing is lost


async def test_whoever_comes_back_gets_what_was_missed_once_and_in_order(space, member):
    async with Browser(space) as browser:
        await browser.sit()
        first = await act(factories.say)(space, member, "第一則意見")
        seq = (await browser.until(type="comment.posted"))["seq"]
    missed = await act(say_many)(space, member, 3)
    async with Browser(space) as browser:
        caught_up = await browser.sit(seq)
        assert ids(caught_up) == [str(comment.pk) for comment in missed]
        later = await act(factories.say)(space, member, "回來以後的一則")
        assert (await browser.until(type="comment.posted"))["id"] == str(later.pk)
    assert str(first.pk) not in ids(caught_up)


async def test_those_who_come_back_late_share_one_reading(space, member):
    posted = await act(say_many)(space, member, 5)
    async with Browser(space) as first:
        assert ids(await first.sit(0)) == [str(comment.pk) for comment in posted]
        async with Browser(space) as second:
            hall = hub.current().halls[space.pk]
            remembered = list(hall.recent.values())
            assert ids(await second.sit(0)) == [str(comment.pk) for comment in posted]
            # The second reader was served from memory: the very same frames are still there.
            assert all(one is two for one, two in zip(hall.recent.values(), remembered, strict=True))


async def test_too_much_missed_is_a_gap_and_not_a_flood(space, member, monkeypatch):
    monkeypatch.setattr(events, "PAGE", 5)
    await act(say_many)(space, member, 7)
    async with Browser(space) as browser:
        assert await browser.sit(0) == [{"type": "gap", "seq": 7}]
        later = await act(factories.say)(space, member, "缺口之後的一則")
        assert (await browser.until(type="comment.posted"))["id"] == str(later.pk)


async def test_a_number_from_the_future_does_not_make_anybody_deaf(space, member):
    async with Browser(space) as browser:
        await browser.sit(4_000_000)
        posted = await act(factories.say)(space, member, "現在說的話")
        assert (await browser.until(type="comment.posted"))["id"] == str(posted.pk)


async def test_hidden_words_are_not_in_what_is_told_again(space, member, moderator):
    posted, other = await act(say_many)(space, member, 2)
    await act(moderation.hide)(target=posted, moderator=moderator, reason="insult")
    async with Browser(space) as browser:
        missed = await browser.sit(0)
    assert [frame["type"] for frame in missed] == ["comment.posted", "comment.hidden"]
    assert missed[0]["id"] == str(other.pk)
    assert posted.text not in json.dumps(missed, ensure_ascii=False)


async def test_without_a_ring_news_comes_by_looking(space, member, monkeypatch):
    """As when another process writes and no channel layer joins the two."""
    async with Browser(space) as browser:
        await browser.sit()
        monkeypatch.setattr(events, "ring", lambda space_id: None)
        started = asyncio.get_running_loop().time()
        posted = await act(factories.say)(space, member, "從別處寫進來的")
        assert (await browser.until(type="comment.posted"))["id"] == str(posted.pk)
        assert asyncio.get_running_loop().time() - started < 2.5


async def test_a_broken_channel_layer_costs_a_moment_only(space, member, monkeypatch):
    async def broken(*_arguments):
        raise ConnectionError("no layer here")

    layer = get_channel_layer()
    for name in ("new_channel", "group_add", "group_send", "receive"):
        monkeypatch.setattr(layer, name, broken)
    async with Browser(space) as browser:
        await browser.sit()
        posted = await act(factories.say)(space, member, "沒有鈴聲的一則")
        assert (await browser.until(type="comment.posted"))["id"] == str(posted.pk)


async def test_a_space_that_becomes_a_draft_falls_silent(space, member):
    await act(say_many)(space, member, 1)
    space.phase = Phase.DRAFT
    await space.asave()
    assert (await act(frames.load)(space.pk, 0)).frames == []


# Nothing is done twice


async def test_a_storm_of_raises_and_votes_becomes_a_few_frames_with_the_last_counts(space, facilitator, member):
    def prepare():
        session = live.plan_session(space=space, facilitator=facilitator, title="說明會", starts_at=timezone.now())
        session = live.open_session(session=session, facilitator=facilitator)
        poll = live.add_poll(session=session, facilitator=facilitator, question="常搭公車嗎？", options=["常", "不常"])
        live.open_poll(poll=poll, facilitator=facilitator)
        question = live.ask(session=session, author=member, text="夜間班次呢？", client_id=new_client_id())
        return poll, question, [factories.make_member() for _number in range(25)]

    def storm(poll, question, people):
        for person in people:
            live.raise_question(question=question, member=person)
            live.answer_poll(poll=poll, member=person, options=[0])

    poll, question, people = await act(prepare)()
    async with Browser(space) as browser:
        await browser.sit()
        await act(storm)(poll, question, people)
        await browser.until(type="question.raised", raises=25)
        await browser.until(type="poll.voted", total=25)
        heard = [frame for frame in browser.heard if frame["type"] in {"question.raised", "poll.voted"}]
    assert len(heard) < 25
    assert [frame["seq"] for frame in heard] == sorted(frame["seq"] for frame in heard)


async def test_every_socket_gets_the_very_same_string(space, member):
    async with Browser(space) as one, Browser(space) as two:
        await one.sit()
        await two.sit()
        await act(factories.say)(space, member, "只描一次")
        texts = []
        for browser in (one, two):
            async with asyncio.timeout(DEADLINE):
                while "comment.posted" not in (text := (await browser.socket.receive_output(DEADLINE))["text"]):
                    pass
            texts.append(text)
    assert texts[0] is texts[1]


async def test_a_batch_costs_a_fixed_number_of_queries(space, member):
    def cost(number):
        first = events.last_seq(space.pk)
        say_many(space, member, number)
        with CaptureQueriesContext(connections["default"]) as few:
            batch = frames.load(space.pk, first)
        assert len(batch.frames) == number
        return len(few)

    assert await act(cost)(2) == await act(cost)(40) <= 4


async def test_one_look_serves_all_spaces(space, member):
    def look():
        others = [factories.make_space() for _number in range(9)]
        say_many(others[3], member, 1)
        say_many(others[7], member, 2)
        known = dict.fromkeys([other.pk for other in [space, *others]], 0)
        with CaptureQueriesContext(connections["default"]) as queries:
            found = hub.with_news(known)
        return sorted(found) == sorted([others[3].pk, others[7].pk]), len(queries)

    assert await act(look)() == (True, 1)


# What is counted for a moment


async def test_what_is_counted_for_a_moment_reaches_everybody_as_one_frame_for_each_room(space):
    async with Browser(space) as one, Browser(space) as two:
        await one.sit()
        await two.sit()

        def clap():
            for _time in range(30):
                hub.tally(space.pk, "k7m2qx", "clap")
            hub.tally(space.pk, "k7m2qx", "heart", by=3)
            hub.tally(space.pk, "other", "clap")

        await act(clap)()
        for browser in (one, two):
            counted = {}
            async with asyncio.timeout(DEADLINE):
                while counted != {("k7m2qx", "clap"): 30, ("k7m2qx", "heart"): 3, ("other", "clap"): 1}:
                    frame = await browser.until(type="tally")
                    for name, number in frame["counts"].items():
                        counted[frame["session"], name] = counted.get((frame["session"], name), 0) + number
            assert sum(frame["type"] == "tally" for frame in browser.heard) <= 6


async def test_what_is_counted_in_another_process_is_told_here_and_ours_is_told_there(space):
    layer = get_channel_layer()
    group, there = events.group_name(space.pk), await layer.new_channel()
    await layer.group_add(group, there)
    async with Browser(space) as browser:
        await browser.sit()
        told = {"type": "tally.add", "process": "other", "counts": [["k7m2qx", "clap", 4]]}
        await layer.group_send(group, told)
        assert (await browser.until(type="tally"))["counts"] == {"clap": 4}
        await hub.current().tally(space.pk, "k7m2qx", "heart", by=2)
        async with asyncio.timeout(DEADLINE):
            while (message := await layer.receive(there)).get("process") != hub.current().name or (
                message["type"] != "tally.add"
            ):
                pass
        assert message["counts"] == [["k7m2qx", "heart", 2]]
        # Our own count is not heard a second time.
        assert (await browser.until(type="tally"))["counts"] == {"heart": 2}
        assert not [frame for frame in browser.heard[:-1] if frame.get("counts") == {"heart": 2}]


async def test_a_process_without_pages_of_the_space_tells_the_others_at_once(space):
    layer = get_channel_layer()
    there = await layer.new_channel()
    await layer.group_add(events.group_name(space.pk), there)
    await act(hub.tally)(space.pk, "k7m2qx", "clap")
    async with asyncio.timeout(DEADLINE):
        assert (await layer.receive(there))["counts"] == [["k7m2qx", "clap", 1]]


async def test_what_is_counted_is_bounded(space, monkeypatch):
    monkeypatch.setattr(halls, "TALLIES", 3)
    async with Browser(space) as browser:
        await browser.sit()
        for number in range(9):
            await hub.current().tally(space.pk, "k7m2qx", f"thing-{number}")
        assert len((await browser.until(type="tally"))["counts"]) <= 3
    with pytest.raises(ValueError, match="not something to count"):
        await hub.current().tally(space.pk, "k7m2qx", "a" * 41)


# Nothing grows


async def test_a_reader_who_does_not_read_gets_a_gap_and_holds_up_nobody(space, member, monkeypatch):
    monkeypatch.setattr(seats, "QUEUE", 8)
    slow = SlowReader()
    async with Browser(space) as quick:
        await quick.sit()
        await hub.current().enter(space.pk, slow.seat, await act(events.last_seq)(space.pk))
        for count in range(12):
            posted = await act(factories.say)(space, member, f"第{count}則意見")
            await quick.until(type="comment.posted", id=str(posted.pk))
        assert len(slow.seat._waiting) <= 8
        slow.reading.set()
        await eventually(lambda: any(frame["type"] == "gap" for frame in slow.read))
        await hub.current().leave(space.pk, slow.seat)
    # What came after the gap is there; what came before is to be fetched.
    gap = next(place for place, frame in enumerate(slow.read) if frame["type"] == "gap")
    after = [frame["seq"] for frame in slow.read[gap:] if "seq" in frame]
    assert after == sorted(after)


async def test_a_reader_who_does_not_read_gets_the_newest_of_each_thing_and_no_queue(space, member, facilitator):
    def prepare():
        session = live.plan_session(space=space, facilitator=facilitator, title="說明會", starts_at=timezone.now())
        session = live.open_session(session=session, facilitator=facilitator)
        asked = [
            live.ask(
                session=session, author=factories.make_member(), text=f"第{count}題呢？", client_id=new_client_id()
            )
            for count in range(2)
        ]
        return asked, [factories.make_member() for _number in range(8)]

    questions, people = await act(prepare)()
    slow = SlowReader()
    async with Browser(space) as quick:
        await quick.sit()
        await hub.current().enter(space.pk, slow.seat, await act(events.last_seq)(space.pk))
        # It holds one frame in its hands; everything else waits.
        await eventually(lambda: "synced" not in slow.seat._waiting)
        for count, person in enumerate(people, 1):
            for question in questions:
                await act(live.raise_question)(question=question, member=person)
            for question in questions:
                await quick.until(type="question.raised", id=str(question.pk), raises=count)
        assert sum("question.raised" in key for key in slow.seat._waiting) <= 2
        slow.reading.set()
        await eventually(lambda: sum(frame["type"] == "question.raised" for frame in slow.read) == 2)
        await hub.current().leave(space.pk, slow.seat)
    heard = [frame for frame in slow.read if frame["type"] == "question.raised"]
    assert [(frame["id"], frame["raises"]) for frame in heard] == [(str(question.pk), 8) for question in questions]
    assert [frame["seq"] for frame in heard] == sorted(frame["seq"] for frame in heard)
    assert not any(frame["type"] == "gap" for frame in slow.read)


async def test_what_waits_for_a_reader_is_bounded_in_bytes(space):
    slow = SlowReader()
    for number in range(1, 60):
        slow.seat.push("字" * 4000, number, ("comment", number))
        assert sum(len(text.encode()) for text, _seq, _size in slow.seat._waiting.values()) == slow.seat._bytes
        assert slow.seat._bytes <= seats.QUEUE_BYTES
    assert slow.seat.gaps == 3
    assert next(iter(slow.seat._waiting)) == "gap"


async def test_a_reader_who_never_reads_is_closed(space, member, monkeypatch):
    monkeypatch.setattr(seats, "QUEUE", 2)
    slow = SlowReader()
    async with Browser(space) as quick:
        await quick.sit()
        await hub.current().enter(space.pk, slow.seat, await act(events.last_seq)(space.pk))
        for count in range(20):
            posted = await act(factories.say)(space, member, f"第{count}則意見")
            await quick.until(type="comment.posted", id=str(posted.pk))
            if slow.closed is not None:
                break
        await eventually(lambda: slow.closed == hub.TRY_LATER)
        assert slow.seat not in hub.current().halls[space.pk].seats


async def test_a_hall_remembers_a_page_and_no_more(space, member, monkeypatch):
    monkeypatch.setattr(halls, "KEPT", 3)
    async with Browser(space) as browser:
        await browser.sit()
        for _time in range(3):
            posted = await act(say_many)(space, member, 2)
            await browser.until(type="comment.posted", id=str(posted[-1].pk))
        hall = hub.current().halls[space.pk]
        assert len(hall.recent) == 3
        assert hall.floor == 3
        async with Browser(space) as late:
            assert len(ids(await late.sit(1))) == 5


async def test_an_empty_hall_is_closed_with_its_tasks(space):
    async with Browser(space) as browser:
        await browser.sit()
        assert list(hub.current().halls) == [space.pk]
    await eventually(lambda: not hub.current().halls and not hub.current()._running)


async def test_people_in_other_processes_are_counted_until_they_are_silent(space, monkeypatch):
    async with Browser(space) as browser:
        await browser.sit()
        group = events.group_name(space.pk)
        await get_channel_layer().group_send(group, {"type": "presence.count", "process": "other", "people": 4})
        await browser.until(type="presence", people=5)
        hall = hub.current().halls[space.pk]
        people, said = hall.elsewhere["other"]
        hall.elsewhere["other"] = (people, said - 4 * halls.HEARTBEAT)
        await browser.until(type="presence", people=1)


async def test_numbers_of_events_have_no_gaps_when_many_write_at_once(space, member, neighbour):
    await asyncio.gather(*(act(say_many, thread_sensitive=False)(space, who, 5) for who in (member, neighbour)))
    seqs = [seq async for seq in Event.objects.filter(space=space).order_by("seq").values_list("seq", flat=True)]
    assert seqs == list(range(1, 11))

"""What one person and one address may do over sockets and streams, in one process."""

import pytest
from django.utils import timezone

from discussions import allowances, callers, hub, live
from discussions.callers import Caller
from discussions.forms import new_client_id
from tests import factories
from tests.discussions.browsers import Browser, act

pytestmark = pytest.mark.django_db(transaction=True)


def a_member(number=1, address="192.0.2.1"):
    return Caller(language="zh-hant", address=address, member_id=number)


def a_stranger(address="192.0.2.1"):
    return Caller(language="zh-hant", address=address)


def acted_on(counted, caller, number):
    return sum(counted.frames(caller)[0] for _time in range(number))


@pytest.fixture
def counted():
    return allowances.Allowances()


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(allowances, "time", clock)
    return clock


def test_frames_of_one_person_are_counted_over_all_windows(counted):
    assert acted_on(counted, a_member(1), 15) == 15
    assert acted_on(counted, a_member(1, address="198.51.100.7"), 15) == 5
    assert acted_on(counted, a_member(2), 15) == 15


def test_after_ten_seconds_a_person_is_heard_again(clock, counted):
    assert acted_on(counted, a_member(), 25) == 20
    clock.now += 9.9
    assert acted_on(counted, a_member(), 1) == 0
    clock.now += 10.1
    assert acted_on(counted, a_member(), 20) == 20


def test_a_thousand_people_behind_one_address_can_all_vote_twice_at_once(counted):
    assert sum(acted_on(counted, a_member(number), 2) for number in range(1, 1001)) == 2000


def test_an_address_that_sends_what_no_hall_sends_is_slowed_down(counted):
    people = [a_member(number) for number in range(1, 301)]
    assert sum(acted_on(counted, person, 20) for person in people) == allowances.FRAMES_OF_ADDRESS
    assert acted_on(counted, a_member(9999, address="198.51.100.7"), 1) == 1


def test_a_flood_without_an_account_does_not_silence_the_members_at_the_same_address(counted):
    assert sum(acted_on(counted, a_stranger(), 20) for _line in range(400)) == allowances.FRAMES_OF_ADDRESS * 2 / 3
    assert acted_on(counted, a_member(), 3) == 3


def test_a_flood_of_one_member_is_not_charged_to_the_others(counted):
    acted_on(counted, a_member(1), 100_000)
    assert acted_on(counted, a_member(2), 20) == 20


def test_a_line_may_not_stay_when_one_person_sends_five_times_too_much(counted):
    stays = [counted.frames(a_member())[1] for _time in range(101)]
    assert stays == [True] * 100 + [False]


def test_lines_of_a_person_and_of_an_address_are_bounded_and_given_back(counted, settings):
    settings.LINES_PER_ADDRESS = 30
    lines = [a_member() for _line in range(21)]
    assert [counted.admit(line) for line in lines] == [True] * 20 + [False]
    strangers = [a_stranger() for _line in range(21)]
    assert sum(counted.admit(line) for line in strangers) == 10
    # The hall is full; others elsewhere come in.
    assert not counted.admit(a_member(2))
    assert counted.admit(a_member(2, address="198.51.100.7"))
    counted.release(lines[0])
    assert counted.admit(a_member(2))


def test_strangers_never_take_the_lines_of_members(counted, settings):
    settings.LINES_PER_ADDRESS = 30
    assert sum(counted.admit(a_stranger()) for _line in range(40)) == 20
    assert sum(counted.admit(a_member(number)) for number in range(1, 40)) == 10


def test_nobody_is_remembered_for_longer_than_it_takes(clock, counted):
    for number in range(1, 500):
        counted.frames(a_member(number))
    clock.now += 25
    counted.frames(a_member(1))
    assert len(counted._people._arrivals) == 1


@pytest.mark.parametrize(
    ("client", "forwarded", "behind_proxy", "found"),
    [
        (("192.0.2.1", 5000), [], False, "192.0.2.1"),
        (("192.0.2.1", 5000), [b"198.51.100.7"], False, "192.0.2.1"),
        (("192.0.2.1", 5000), [b"203.0.113.9, 198.51.100.7"], True, "198.51.100.7"),
        (("192.0.2.1", 5000), [b"203.0.113.9", b"198.51.100.7"], True, "198.51.100.7"),
        (("192.0.2.1", 5000), [], True, "192.0.2.1"),
        (("2001:db8:1:2:3:4:5:6", 5000), [], False, "2001:db8:1:2::"),
        (("2001:db8:1:2:ffff::1%eth0", 5000), [], False, "2001:db8:1:2::"),
        (("::ffff:192.0.2.1", 5000), [], False, "192.0.2.1"),
        (("somewhere", 5000), [], False, "somewhere"),
        (None, [], False, ""),
    ],
)
def test_where_a_visitor_stands(settings, client, forwarded, behind_proxy, found):
    settings.BEHIND_PROXY = behind_proxy
    headers = [(b"x-forwarded-for", value) for value in forwarded]
    assert callers.address_of({"client": client, "headers": headers}) == found


async def test_twenty_frames_over_two_windows_and_not_one_more(space, member, facilitator):
    def prepare():
        session = live.plan_session(space=space, facilitator=facilitator, title="說明會", starts_at=timezone.now())
        session = live.open_session(session=session, facilitator=facilitator)
        asker = factories.make_member()
        return live.ask(session=session, author=asker, text="夜間班次呢？", client_id=new_client_id())

    question = await act(prepare)()
    async with Browser(space, member) as one, Browser(space, member) as two:
        answers = [
            await browser.ask_for(
                type="raise", id=f"frame-{number}", question=str(question.pk), raised=bool(number % 2)
            )
            for browser in (one, two)
            for number in range(12)
        ]
    assert [answer.get("error") for answer in answers] == [None] * 20 + ["throttled"] * 4


async def test_one_person_has_a_bounded_number_of_sockets(space, member, monkeypatch):
    monkeypatch.setattr(allowances, "LINES_OF_PERSON", 2)
    async with Browser(space, member), Browser(space, member):
        assert not await Browser(space, member).connect()
        async with Browser(space) as guest:
            assert guest.hello["signed_in"] is False
    async with Browser(space, member):
        pass
    assert not hub.current().allowances._lines


async def test_whoever_cannot_say_hello_is_asked_to_come_later(space, monkeypatch):
    monkeypatch.setattr(allowances, "FRAMES_OF_ADDRESS", 3)  # two of them for people who did not sign in
    async with Browser(space) as first:
        await first.sit()
        await first.send(type="ping")
        late = Browser(space)
        await late.connect()
        await late.send(type="hello", seq=0)
        assert await late.closed_with() == hub.TRY_LATER
        await late.leave()

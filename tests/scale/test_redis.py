"""Two web processes and a real Redis between them, which is then killed and comes back (figure A16).

The news itself is in the database. Redis carries the bell and the count of people; without it both come a little later.
"""

import logging
import os
import signal
import time
from statistics import median
from types import SimpleNamespace

import pytest

from discussions.forms import new_client_id
from tests.factories import make_member, make_space, propose
from tests.scale import processes, visitors
from tests.scale.processes import until
from tests.scale.visitors import Listening

logger = logging.getLogger(__name__)

WITHIN = 1.0  # seconds from the answer to a comment until another process's page has it
PAGES = ("/", "/p/{}/", "/p/{}/statements/", "/p/{}/results/", "/p/{}/answers/", "/accounts/login/", "/healthz")
COUNTED = 25.0  # seconds until every process knows how many people are here: two heartbeats and a look


@pytest.fixture(scope="module")
def redis_server(redis_server_path, site_folder):
    running = processes.redis(redis_server_path, site_folder)
    yield running
    running.end()


@pytest.fixture
def redis(redis_server):
    """Redis, awake; a test may do to it what it likes."""
    if redis_server.process is None or redis_server.has_fallen():
        redis_server.start()
        redis_server.wait()
    return redis_server


@pytest.fixture(scope="module")
def houses(redis_server, site_folder):
    """Web processes A and B as they run anywhere, and `deaf`, which hears of news by the bell alone."""
    url = f"redis://127.0.0.1:{redis_server.port}/0"
    applications = {
        "a": "civic.asgi:application",
        "b": "civic.asgi:application",
        "deaf": "tests.scale.deaf:application",
    }
    running = {
        name: processes.web(application, var=site_folder, log=site_folder / f"web-{name}.log", REDIS_URL=url)
        for name, application in applications.items()
    }
    try:
        for process in running.values():
            process.start()
        for process in running.values():
            process.wait()
        yield SimpleNamespace(**running)
    finally:
        for process in running.values():
            process.end()


@pytest.fixture
def house(redis, houses):
    return houses


@pytest.fixture
def people(shared):
    """Sessions of people who have not written yet: each may write at once."""
    return (visitors.session_of(make_member()) for _ in iter(int, 1))


@pytest.fixture
def listen():
    opened = []

    def open_page(process, space, **named):
        opened.append(Listening(process.port, space, **named))
        return opened[-1]

    yield open_page
    for page in opened:
        page.close()


def say_through(process, space, people, text):
    answer = visitors.post(process.port, space, session=next(people), text=text, client_id=new_client_id())
    assert answer.status == 201, answer.body
    return answer


def seconds_until_heard(page, words):
    """Counted from now, when the writer has the answer."""
    began = time.monotonic()
    page.hear_words(words)
    return time.monotonic() - began


def test_what_is_said_in_one_process_is_heard_in_the_other_within_a_second(house, shared, people, listen):
    space = make_space()
    page, deaf = listen(house.a, space), listen(house.deaf, space)
    delays = []
    for number in range(9):
        words = f"第 {number} 站的候車亭漏水"
        say_through(house.b, space, people, words)
        delays.append(seconds_until_heard(page, words))
        deaf.hear_words(words)
    logger.info("heard in the other process after %.3f s (median), %.3f s (longest)", median(delays), max(delays))
    assert median(delays) < WITHIN


def test_people_in_both_processes_are_counted(house, shared, people, listen):
    space = make_space()
    first, second = listen(house.a, space, session=next(people)), listen(house.b, space, session=next(people))
    first.hear_people(2, patience=COUNTED)
    second.hear_people(2, patience=COUNTED)
    second.close()
    first.hear_people(1, patience=COUNTED)


@pytest.mark.slow
def test_without_redis_people_write_and_hear_each_other_and_nothing_is_restarted_when_it_is_back(
    house, redis, shared, people, listen
):
    space = make_space()
    statement = propose(space, make_member(), "末班車應該延後半小時")
    page, deaf = listen(house.a, space), listen(house.deaf, space)
    say_through(house.b, space, people, "有 Redis 的時候")
    page.hear_words("有 Redis 的時候")
    deaf.hear_words("有 Redis 的時候")

    redis.kill()
    answered, heard = [], []
    for number in range(4):
        words = f"沒有 Redis 的時候之{number}"
        answered.append(say_through(house.b, space, people, words).seconds)
        heard.append(seconds_until_heard(page, words))
    vote = f"/p/{space.slug}/statements/{statement.pk}/vote/"
    assert visitors.ask(house.a.port, vote, session=next(people), form={"value": "1"}).status == 302
    # The counting of failed attempts is a matter of the cache too.
    stranger = {"login": "nobody@example.org", "password": "not the password"}
    for process in (house.a, house.b):
        pages = [visitors.ask(process.port, address.format(space.slug)) for address in PAGES]
        pages.append(visitors.ask(process.port, "/accounts/login/", form=stranger))
        assert [page.status for page in pages] == [200] * len(pages)
    late = listen(house.b, space)
    say_through(house.a, space, people, "後來的人也聽得到")
    late.hear_words("後來的人也聽得到")
    logger.info("without Redis: answered after %.3f s, heard after %.3f s (longest)", max(answered), max(heard))
    assert max(answered) < 2
    assert max(heard) < 3

    redis.start()
    redis.wait()
    began = time.monotonic()

    def rings():
        words = f"Redis 回來了 {new_client_id()}"
        say_through(house.b, space, people, words)
        return deaf.happens_to_hear(words, patience=0.5)

    until(rings, what="the bell rang again", patience=30)
    logger.info("the bell rang again %.1f s after Redis was back", time.monotonic() - began)
    say_through(house.b, space, people, "一切如常")
    page.hear_words("一切如常")
    assert not any(process.has_fallen() for process in (house.a, house.b, house.deaf))


def test_a_redis_that_never_answers_holds_up_nobody_for_long(house, redis, shared, people, listen):
    space = make_space()
    page = listen(house.a, space)
    say_through(house.b, space, people, "Redis 還醒著")
    page.hear_words("Redis 還醒著")
    os.kill(redis.pid, signal.SIGSTOP)
    try:
        answered = say_through(house.b, space, people, "Redis 睡著了").seconds
        heard = seconds_until_heard(page, "Redis 睡著了")
        front = visitors.ask(house.a.port, f"/p/{space.slug}/")
    finally:
        os.kill(redis.pid, signal.SIGCONT)
    logger.info("Redis asleep: answered after %.3f s, heard %.3f s later, front %.3f s", answered, heard, front.seconds)
    assert front.status == 200, front.body[:2000]
    assert max(answered, front.seconds) < 2

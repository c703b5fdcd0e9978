"""A hearing that goes on while the web server, the worker and Redis are killed in turn (figure A16)."""

import http.client
import itertools
import logging
import os
import signal
import sys
import time
from statistics import median
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.utils import timezone

from discussions import live
from discussions.forms import new_client_id
from discussions.models import Comment, PollVote
from tests.factories import make_member, make_space
from tests.scale import processes, visitors
from tests.scale.attending import Attending
from tests.scale.processes import until

logger = logging.getLogger(__name__)

ROUND = 8  # votes and comments in each part of the hearing
BACK_WITHIN = 10.0  # seconds until a page is served again
ADDED = 0.3  # seconds that a request may take more without Redis


@pytest.fixture
def redis(redis_server_path, shared):
    running = processes.redis(redis_server_path, shared)
    running.start()
    running.wait()
    yield running
    running.end()


@pytest.fixture
def house(shared, redis):
    """Web process A, which is replaced when it is killed; web process B; a worker."""
    url = f"redis://127.0.0.1:{redis.port}/0"
    serving = shared / "hearing"
    a = processes.Listener(
        lambda port: [sys.executable, "-m", "tests.scale.forks", str(port), str(serving)],
        log=shared / "hearing-a.log",
        env=processes.environment(shared, REDIS_URL=url),
    )
    b = processes.web("civic.asgi:application", var=shared, log=shared / "hearing-b.log", REDIS_URL=url)
    worker = processes.worker(var=shared, log=shared / "hearing-worker.log")

    def kill_a():
        pid = serving.read_text()
        os.kill(int(pid), signal.SIGKILL)
        until(lambda: serving.read_text() != pid, what="another process took its place")

    try:
        for process in (a, b, worker):
            process.start()
        a.wait()
        b.wait()
        until(serving.exists, what="a web process served")
        yield SimpleNamespace(a=a, b=b, worker=worker, kill_a=kill_a)
    finally:
        for process in (a, b, worker):
            process.end()


@pytest.fixture
def hearing(shared):
    """A session with an open poll."""
    space, facilitator = make_space(), make_member(role="Facilitators")
    session = live.plan_session(space=space, facilitator=facilitator, title="公車改點說明會", starts_at=timezone.now())
    session = live.open_session(session=session, facilitator=facilitator)
    poll = live.add_poll(session=session, facilitator=facilitator, question="要加開嗎？", options=["要", "不要"])
    return SimpleNamespace(space=space, session=session, poll=live.open_poll(poll=poll, facilitator=facilitator))


@pytest.fixture
def attend(hearing):
    opened = []

    def open_page(process, **named):
        opened.append(Attending(process.port, hearing.space, seed=len(opened), **named))
        return opened[-1]

    yield open_page
    for page in opened:
        page.close()


class Crowd:
    """People of the hearing: some vote over A's socket, some by B's plain forms, some write through B."""

    def __init__(self, house, hearing, attend):
        self.house, self.hearing, self.attend = house, hearing, attend
        self.over_socket: list[tuple[Attending, str]] = []
        self.votes = 0
        self.words: list[str] = []

    def voters(self, number: int) -> list[Attending]:
        """Pages of people who have not voted yet, open in A."""
        pages = [self.attend(self.house.a, session=visitors.session_of(make_member())) for _number in range(number)]
        until(lambda: all(page.is_synced for page in pages), what="voters have come in")
        return pages

    def vote_over_socket(self, page: Attending) -> None:
        key = new_client_id()
        page.send(type="answer_poll", id=key, poll=str(self.hearing.poll.pk), option=self.votes % 2)
        self.over_socket.append((page, key))
        self.votes += 1

    def vote_by_form(self) -> visitors.Answer:
        """As without JavaScript, through B."""
        address = f"/live/{self.hearing.session.code}/polls/{self.hearing.poll.pk}/vote/"
        session = visitors.session_of(make_member())
        self.votes += 1
        return visitors.ask(self.house.b.port, address, session=session, form={"option": "0"})

    def write(self) -> visitors.Answer:
        """An opinion through B."""
        self.words.append(f"第{len(self.words) + 1}位居民的意見")
        return visitors.post(
            self.house.b.port,
            self.hearing.space,
            session=visitors.session_of(make_member()),
            text=self.words[-1],
            client_id=new_client_id(),
        )

    def look(self) -> visitors.Answer:
        """A page that is read, in B."""
        addresses = (f"/live/{self.hearing.session.code}/", f"/p/{quote(self.hearing.space.slug)}/")
        return visitors.ask(self.house.b.port, addresses[self.votes % 2])

    def go_on(self) -> list[float]:
        """A part of the hearing: every request is answered well; the seconds they took."""
        took = []
        for act in itertools.islice(itertools.cycle([self.vote_by_form, self.write, self.look]), 3 * ROUND // 2):
            answer = act()
            assert answer.status in {200, 201, 302}, (act.__name__, answer.status, answer.body[:2000])
            took.append(answer.seconds)
        return took


@pytest.mark.slow
def test_a_hearing_goes_on_while_server_worker_and_redis_are_killed_in_turn(house, redis, shared, hearing, attend):
    crowd = Crowd(house, hearing, attend)
    in_a, in_b = attend(house.a), attend(house.b)
    voters = crowd.voters(ROUND)
    until(lambda: in_a.is_synced and in_b.is_synced, what="the pages are open")

    crowd.go_on()
    calm = crowd.go_on()

    # The web server dies under people who are voting.
    for number, page in enumerate(voters):
        crowd.vote_over_socket(page)
        if number == ROUND // 2:
            began = time.monotonic()
            house.kill_a()
    crowd.go_on()
    until(lambda: all(key in page.answers for page, key in crowd.over_socket), what="every vote was acknowledged")
    until(lambda: in_a.is_synced, what="the page is served again")
    logger.info("the page was served again %.1f s after the server was killed", in_a.returns[-1] - began)
    assert in_a.returns[-1] - began <= BACK_WITHIN
    assert all(answer["ok"] for page, key in crowd.over_socket for answer in [page.answers[key]])

    # The worker dies: nobody in the room notices.
    house.worker.kill()
    crowd.go_on()
    house.worker.start()

    # Redis dies. What is said in B is heard in A by looking at the letter-box.
    redis.kill()
    try:
        without = crowd.go_on()
        until(lambda: knows(in_a, crowd), what="the other process heard without Redis", patience=BACK_WITHIN)
        more = crowd.voters(2)
        for page in more:
            crowd.vote_over_socket(page)
        until(lambda: all(key in page.answers for page, key in crowd.over_socket), what="votes were taken without it")
    except http.client.HTTPException as error:
        raise AssertionError("a request was not answered while Redis was away") from error
    finally:
        redis.start()
        redis.wait()
    logger.info("requests took %.3f s, without Redis %.3f s (median)", median(calm), median(without))
    assert median(without) - median(calm) <= ADDED
    crowd.go_on()

    until(lambda: knows(in_a, crowd) and knows(in_b, crowd), what="both pages know everything")
    assert PollVote.objects.filter(poll=hearing.poll).count() == crowd.votes
    assert sorted(Comment.objects.filter(space=hearing.space).values_list("text", flat=True)) == sorted(crowd.words)
    for page in (in_a, in_b):
        told = [frame for frame in page.heard if frame["type"] == "comment.posted"]
        assert [sum(words in frame["html"] for frame in told) for words in crowd.words] == [1] * len(crowd.words)
        assert not any(frame["type"] == "gap" for frame in page.heard)
        numbers = [frame["seq"] for frame in page.heard if frame.get("seq")]
        assert numbers == sorted(numbers)
    assert len(in_a.losses) == 1
    assert not in_b.losses
    assert not house.b.has_fallen()


def knows(page: Attending, crowd: Crowd) -> bool:
    """Whether a page has the last count and every comment."""
    heard = list(page.heard)
    totals = [frame["total"] for frame in heard if frame["type"] == "poll.voted"]
    words = sum(frame["type"] == "comment.posted" for frame in heard)
    return totals[-1:] == [crowd.votes] and words == len(crowd.words)

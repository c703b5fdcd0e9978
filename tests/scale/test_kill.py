"""kill -9 at any moment: what was accepted is there once, and what was begun is finished (figures A13, A14)."""

import http.client
import logging
import os
import random
import signal
import sys
import threading
from collections import Counter
from statistics import median
from types import SimpleNamespace

import pytest
from django_tasks_db.models import DBTaskResult

from discussions.forms import new_client_id
from discussions.models import Comment, Event
from nlp.models import Corpus, Opinion, Run
from tests.factories import make_member, make_space, say
from tests.scale import processes, visitors
from tests.scale.processes import until

logger = logging.getLogger(__name__)

COMMENTS, CALM = 60, 5  # opinions sent, and how many of them in peace, to learn how long one takes
ENOUGH = 8  # opinions cut off on either side of being saved


@pytest.fixture
def web(shared):
    """A web server whose process is replaced when it is killed."""
    serving = shared / "serving"
    running = processes.Listener(
        lambda port: [sys.executable, "-m", "tests.scale.forks", str(port), str(serving)],
        log=shared / "web.log",
        env=processes.environment(shared),
    )

    def kill():
        pid = serving.read_text()
        os.kill(int(pid), signal.SIGKILL)
        until(lambda: serving.read_text() != pid, what="another process took its place and was ready")

    try:
        running.start()
        running.wait()
        until(serving.exists, what="a web process served")
        yield SimpleNamespace(port=running.port, kill=kill)
    finally:
        running.end()


@pytest.fixture
def start_worker(shared):
    started = []

    def start():
        worker = processes.worker(var=shared, log=shared / "worker.log")
        worker.start()
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.end()


@pytest.mark.slow
def test_a_web_process_killed_while_people_write_loses_nothing_and_doubles_nothing(web):
    chance = random.Random(9)
    space = make_space()
    # A person waits some seconds between two opinions, so each comes from another.
    letters = [
        (visitors.session_of(make_member()), new_client_id(), f"第 {number} 班公車太早開走了")
        for number in range(COMMENTS)
    ]
    told: dict[str, str] = {}
    seconds: list[float] = []
    cuts = Counter()

    def is_accepted(session, client_id, text):
        try:
            answer = visitors.post(web.port, space, session=session, text=text, client_id=client_id)
        except (OSError, http.client.HTTPException):
            cuts["after" if Comment.objects.filter(client_id=client_id).exists() else "before"] += 1
            return False
        assert answer.status == 201, answer.body
        told[client_id] = answer.body
        seconds.append(answer.seconds)
        return True

    for number, letter in enumerate(letters):
        # Strike at any moment of a request, and of its second half once enough were cut before they were saved; until
        # enough were cut after it, too. How long one takes was learnt in peace: what is sent again to a process that
        # has just begun waits for its model.
        if number >= CALM and min(cuts["before"], cuts["after"]) < ENOUGH:
            moment = chance.uniform(0.5 if cuts["before"] >= ENOUGH else 0, 1)
            blow = threading.Timer(moment * median(seconds[:CALM]), web.kill)
            blow.start()
            until(lambda letter=letter: is_accepted(*letter), what=f"opinion {number} was accepted")
            blow.join()
        else:
            until(lambda letter=letter: is_accepted(*letter), what=f"opinion {number} was accepted")

    stored = list(Comment.objects.filter(space=space))
    assert sorted(comment.client_id for comment in stored) == sorted(told) == sorted(key for _, key, _ in letters)
    assert {comment.client_id: comment.text for comment in stored} == {key: text for _, key, text in letters}
    assert all(f"c{comment.pk}" in told[comment.client_id] for comment in stored)
    opinions = Opinion.objects.filter(corpus=space.corpus, source="comment").values_list("source_key", flat=True)
    assert sorted(opinions) == sorted(str(comment.pk) for comment in stored)
    events = list(Event.objects.filter(space=space).order_by("seq"))
    assert [event.seq for event in events] == list(range(1, COMMENTS + 1))
    assert sorted(event.data["id"] for event in events) == sorted(comment.pk for comment in stored)
    # The test is only worth something when blows hit letters on their way.
    assert cuts["before"] and cuts["after"]
    assert sum(cuts.values()) >= ENOUGH
    logger.info("cut off before being saved: %s, after: %s", cuts["before"], cuts["after"])


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_of_an_analysis_is_replaced_and_the_analysis_completes(shared, start_worker):
    space = make_space()
    for text in opinions_of_a_town():
        say(space, make_member(), text)
    DBTaskResult.objects.exclude(queue_name="nlp", args_kwargs__args=[space.corpus_id]).delete()
    task = DBTaskResult.objects.get()

    first = start_worker()
    until(lambda: status_of(task) == "RUNNING", what="the analysis began")
    first.kill()
    assert status_of(task) == "RUNNING"
    second = start_worker()
    until(lambda: Opinion.objects.filter(corpus=space.corpus).exclude(vector=None).exists(), what="vectors were saved")
    second.kill()
    was_cut_short = not Run.objects.filter(corpus=space.corpus).exists()
    start_worker()
    until(lambda: status_of(task) == "SUCCESSFUL", what="the analysis was done")

    assert was_cut_short, "the second worker was faster than the blow"
    task.refresh_from_db()
    assert len(task.worker_ids) == 3
    run = Run.objects.get(corpus=space.corpus)
    assert run.topics.exists()
    opinions = Opinion.objects.filter(corpus=space.corpus)
    assert opinions.count() == 60
    assert not opinions.filter(vector=None).exists() and not opinions.filter(sentiment="").exists()
    corpus = Corpus.objects.get(pk=space.corpus_id)
    assert (corpus.topics_dirty, corpus.changes_since_run) == (False, 0)


def status_of(task: DBTaskResult) -> str:
    return DBTaskResult.objects.values_list("status", flat=True).get(pk=task.pk)


def opinions_of_a_town() -> list[str]:
    """Sixty opinions about five things."""
    things = ["末班車", "博愛座", "公車站牌", "轉乘優惠", "車廂冷氣"]
    thoughts = [
        "{}應該再想一想，現在的做法不方便",
        "我覺得{}比以前好多了",
        "{}讓老人家很困擾",
        "希望市政府說明{}的計畫",
        "上班的人最在意的是{}",
        "{}的問題已經說了好幾年",
        "學生也需要{}",
        "請先調查大家對{}的看法",
        "{}在郊區和市中心完全不同",
        "我不認為{}需要改",
        "{}花太多錢了",
        "下雨天的時候{}特別糟",
    ]
    return [thought.format(thing) for thing in things for thought in thoughts]

"""One contract, three places where work is done."""

import os
import signal
import subprocess
import sys
import threading
from functools import partial
from multiprocessing.context import SpawnProcess

import pytest

from nlp.core import executors


@pytest.fixture(scope="module")
def ray_executor():
    with executors.load("ray", workers=2) as executor:
        yield executor


@pytest.fixture(scope="module")
def process_executor():
    with executors.load("processes", workers=2) as executor:
        yield executor


@pytest.fixture(params=["serial", "processes", pytest.param("ray", marks=pytest.mark.scale)])
def executor(request):
    """Each of the three in turn."""
    if request.param == "serial":
        return executors.load("serial")
    return request.getfixturevalue("ray_executor" if request.param == "ray" else "process_executor")


@pytest.fixture(params=["processes", pytest.param("ray", marks=pytest.mark.scale)])
def remote(request):
    """The two whose workers can die."""
    return request.getfixturevalue("ray_executor" if request.param == "ray" else "process_executor")


def doubled(number):
    return 2 * number


def refuse_three(number):
    if number == 3:
        raise LookupError("three is missing")
    return number


def threads(_):
    import numpy as np
    from threadpoolctl import threadpool_info

    np.ones((4, 4)) @ np.ones((4, 4))
    return max(pool["num_threads"] for pool in threadpool_info())


def die_once(folder, number):
    """The first worker that meets seven is killed, as a machine without memory would do it."""
    mark = folder / "met"
    if number == 7 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def die_at_seven(number):
    if number == 7:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_results_come_in_the_order_of_the_items(executor):
    assert list(executor.map(doubled, range(20))) == [2 * number for number in range(20)]


def test_no_items_give_no_results(executor):
    assert list(executor.map(doubled, [])) == []


def test_items_are_read_as_they_are_needed(executor):
    read = []

    def items():
        for number in range(1000):
            read.append(number)
            yield number

    results = executor.map(doubled, items())
    assert next(results) == 0 and len(read) < 100


def test_what_a_function_raises_reaches_the_caller(executor):
    results = executor.map(refuse_three, range(5))
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(LookupError) as raised:
        next(results)
    assert str(raised.value) == "three is missing"


def test_blas_has_one_thread_everywhere(executor):
    assert list(executor.map(threads, range(2))) == [1, 1]


def test_an_item_whose_worker_is_killed_is_tried_again(remote, tmp_path):
    assert list(remote.map(partial(die_once, tmp_path), range(12))) == list(range(12))


def test_an_item_that_kills_every_worker_is_given_up_and_only_that_one(remote):
    results = list(remote.map(die_at_seven, range(12)))
    assert results[7] == executors.Lost(3)
    assert results[:7] + results[8:] == [number for number in range(12) if number != 7]


def test_a_worker_killed_while_another_is_starting_is_replaced(monkeypatch):
    """The other one is started, but not yet known to the pool, when the pool gives up all the workers it knows."""
    starting, begun = SpawnProcess.start, []

    def start(worker):
        starting(worker)
        begun.append(worker)
        if len(begun) == 2:
            begun[0].kill()
            until = threading.Event()
            while not executor._pool._broken:
                until.wait(0.01)

    monkeypatch.setattr(SpawnProcess, "start", start)
    with executors.load("processes", workers=2) as executor:
        assert list(executor.map(doubled, range(5))) == [0, 2, 4, 6, 8]
    assert not any(worker.is_alive() for worker in begun)


def test_workers_end_when_the_program_that_started_them_is_killed():
    """They hold its output open as long as they live, so that waiting for its end is waiting for theirs."""
    script = (
        "import os, signal\n"
        "from nlp.core import executors\n"
        "executor = executors.load('processes', workers=2)\n"
        "print(*executor.map(abs, [-1, -2]), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert ended.stdout.split() == ["1", "2"] and ended.returncode == -signal.SIGKILL


@pytest.mark.parametrize(
    ("name", "workers", "says"), [("threads", 1, "No executor is called 'threads'"), ("processes", 0, "at least one")]
)
def test_an_unknown_executor_and_no_workers_are_refused(name, workers, says):
    with pytest.raises(executors.ExecutorUnavailable, match=says):
        executors.load(name, workers=workers)


def test_a_missing_ray_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(executors, "find_spec", lambda name: None)
    with pytest.raises(executors.ExecutorUnavailable, match="make install SCALE=1"):
        executors.load("ray")

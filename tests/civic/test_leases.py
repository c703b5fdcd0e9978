"""A task whose worker is gone does not stay RUNNING for ever (figure A14)."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from civic import leases, ticks
from civic.models import WorkerLease
from civic.processes import Process, this_machine, this_process
from tests.civic import lease_tasks

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def drill(tmp_path):
    """Run one drill of ``lease_drill`` with real worker processes on a database of its own; returns what it found."""

    def run(name, *, seed):
        finished = subprocess.run(
            [sys.executable, "-m", "tests.civic.lease_drill", name, str(seed)],
            cwd=ROOT,
            env=os.environ | {"MINYI_VAR": str(tmp_path)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert finished.returncode == 0, finished.stderr[-3000:]
        return json.loads(finished.stdout.splitlines()[-1]), finished.stderr

    return run


# Real workers, really killed


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_twenty_kills_over_two_hundred_tasks_lose_nothing_and_book_nothing_twice(drill, seed):
    found, _ = drill("killed_at_random", seed=seed)

    assert found["unfinished"] == 0
    assert found["successful"] + found["failed"] == 200
    assert found["booked"] == found["booked_numbers"] >= found["successful"]
    # A task struck three times by chance is a dead letter; nothing else may fail.
    assert found["failed"] <= 3
    assert found["most_attempts"] <= leases.MAX_ATTEMPTS
    assert found["seconds_after_last_start"] <= 60
    # The drill is only worth something when kills hit running tasks.
    assert found["tried_again"] >= 5


def test_a_task_that_takes_down_three_workers_is_given_up_and_reported(drill):
    found, log = drill("always_fatal", seed=0)

    assert found["deaths"] == found["attempts"] == leases.MAX_ATTEMPTS
    assert found["dead_letters"] == [1]
    assert "ALERT: task" in log
    # Its neighbours were not held up: one succeeded, one failed on its own and is no dead letter.
    assert (found["successful"], found["failed"], found["unfinished"]) == (1, 2, 0)


def test_four_reapers_at_once_give_each_task_back_once(drill):
    found, _ = drill("reaped_by_two", seed=0)

    assert sum(found["requeued"]) == found["ready"] == 60


def test_a_worker_stopped_in_order_leaves_no_lease(drill):
    found, _ = drill("stopped_in_order", seed=0)

    assert (found["successful"], found["leases_while_working"], found["leases_left"]) == (5, 1, 0)


# Who counts as lost


@pytest.fixture
def running(db):
    """A task taken by worker ``w``."""
    lease_tasks.book.enqueue(1)
    result = DBTaskResult.objects.get()
    result.claim("w")
    return result


def sign(worker_id="w", *, age, machine=None, pid=None, birth=None):
    """Put a lease into the table, last signed ``age`` seconds ago; by default of this very process."""
    me, beat_at = this_process(), timezone.now() - timedelta(seconds=age)
    WorkerLease.objects.create(
        worker_id=worker_id,
        machine=me.machine if machine is None else machine,
        pid=me.pid if pid is None else pid,
        birth=me.birth if birth is None else birth,
        started_at=beat_at,
        beat_at=beat_at,
    )


def state(result):
    result.refresh_from_db()
    return result.status


def test_a_task_of_a_silent_worker_elsewhere_goes_back_to_the_queue(running):
    sign(age=leases.LEASE_SECONDS + 1, machine="another")

    assert leases.reap() == leases.Reaped(requeued=1)
    assert state(running) == "READY"
    assert list(DBTaskResult.objects.ready()) == [running]


def test_a_task_of_a_worker_elsewhere_that_still_signs_is_left_alone(running):
    sign(age=leases.LEASE_SECONDS - 5, machine="another")

    assert leases.reap() == leases.Reaped()
    assert state(running) == "RUNNING"


def test_a_living_process_of_this_machine_is_left_alone_even_when_its_signature_is_late(running):
    sign(age=leases.LEASE_SECONDS * 3)

    assert leases.reap() == leases.Reaped()


def test_a_living_process_that_stays_silent_for_minutes_loses_its_task(running):
    sign(age=leases.HUNG_SECONDS + 1)

    assert leases.reap() == leases.Reaped(requeued=1)


def test_a_number_given_to_a_new_process_is_not_the_worker_we_knew(running):
    if not this_process().birth:
        pytest.skip("this system does not tell when a process was born")
    sign(age=0, birth="1")

    assert leases.reap() == leases.Reaped(requeued=1)


def test_a_dead_process_of_this_machine_is_known_at_once(running):
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    sign(age=0, pid=child.pid, birth="")

    assert leases.reap() == leases.Reaped(requeued=1)


def test_a_task_nobody_signed_for_is_given_a_lease_of_time_first(running):
    assert leases.reap() == leases.Reaped()
    assert leases.reap(now=timezone.now() + timedelta(seconds=leases.LEASE_SECONDS + 1)) == leases.Reaped(requeued=1)


def test_only_the_machine_itself_can_say_whether_a_process_lives():
    me = this_process()

    assert me.is_alive() is True
    assert Process(machine=this_machine() + " other", pid=me.pid, birth=me.birth).is_alive() is None


# Late words and dead letters


@pytest.mark.parametrize("second_has_ended", [True, False])
def test_a_worker_that_comes_back_late_cannot_overwrite_the_second_attempt(running, second_has_ended):
    late = DBTaskResult.objects.get()
    sign(age=leases.LEASE_SECONDS + 1, machine="another")
    leases.reap()
    second = DBTaskResult.objects.ready().get()
    second.claim("v")
    if second_has_ended:
        second.set_successful("done")

    late.save = lambda *, update_fields: leases.settle(late, update_fields=update_fields)
    late.set_failed(OSError("woke up late"))

    assert state(running) == ("SUCCESSFUL" if second_has_ended else "RUNNING")
    assert running.return_value == ("done" if second_has_ended else None)
    assert running.worker_ids == ["w", "v"]


def test_the_third_loss_is_a_dead_letter_with_its_story(running, caplog):
    running.worker_ids = ["a", "b", "w"]
    running.save(update_fields=["worker_ids"])
    sign(age=leases.LEASE_SECONDS + 1, machine="another")

    assert leases.reap() == leases.Reaped(buried=1)
    assert list(leases.dead_letters()) == [running]
    assert state(running) == "FAILED"
    assert "a, b, w" in running.traceback
    assert "ALERT" in caplog.text
    assert leases.reap() == leases.Reaped()


def test_an_ordinary_failure_is_no_dead_letter(running):
    running.set_failed(ValueError("wrong"))

    assert not leases.dead_letters().exists()


def test_a_closed_lease_gives_back_what_was_held(running):
    leases.beat("w")
    leases.close("w")

    assert state(running) == "READY"
    assert not WorkerLease.objects.exists()


def test_beating_signs_one_lease_again_and_again(db):
    leases.beat("w", now=timezone.now() - timedelta(days=2))
    leases.beat("v")
    assert WorkerLease.objects.count() == 2
    assert leases.forget_old() == 1
    leases.beat("v")
    assert [lease.worker_id for lease in WorkerLease.objects.all()] == ["v"]


# The clockwork


def test_the_clockwork_gives_lost_tasks_back(running):
    sign(age=leases.LEASE_SECONDS + 1, machine="another")

    outcomes = {outcome.name: outcome for outcome in ticks.run()}

    assert outcomes["lost tasks"].result == leases.Reaped(requeued=1)
    assert not [outcome for outcome in outcomes.values() if outcome.error]


def test_a_job_that_fails_stops_no_other_and_tick_says_so(db, monkeypatch, capsys):
    def broken():
        raise RuntimeError("the cog is bent")

    done = []
    jobs = (ticks.Job("bent", broken), ticks.Job("sound", lambda: done.append(1)))
    monkeypatch.setattr(ticks, "JOBS", jobs)

    with pytest.raises(CommandError, match="1 of 2 jobs failed: bent"):
        call_command("tick")
    assert done == [1]
    assert "the cog is bent" in capsys.readouterr().out


def test_old_results_are_pruned_and_failures_kept_longer(db):
    for status, days in [("SUCCESSFUL", 15), ("SUCCESSFUL", 1), ("FAILED", 15), ("FAILED", 91)]:
        lease_tasks.book.enqueue(days)
        DBTaskResult.objects.filter(status="READY").update(
            status=status, finished_at=timezone.now() - timedelta(days=days)
        )

    ticks.prune_results()

    kept = sorted((result.status, result.args_kwargs["args"][0]) for result in DBTaskResult.objects.all())
    assert kept == [("FAILED", 15), ("SUCCESSFUL", 1)]

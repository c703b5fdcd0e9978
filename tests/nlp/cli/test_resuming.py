"""A run that was stopped, killed or robbed of its workers ends as one that was not."""

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from nlp.cli.main import STOPPED, main
from nlp.core.checkpoints import Checkpoints
from nlp.core.executors import Processes
from tests.nlp.core.conftest import BUSES, RUBBISH, SCHOOLS

SAME = ("opinions.csv", "topics.json", "report.html")
ROOT = Path(__file__).parents[3]
KILLED_IN_THE_MIDDLE = """
import os, signal, sys
from nlp.cli.main import main
from nlp.core.checkpoints import Checkpoints

keep, kept = Checkpoints.keep, []


def keep_and_die(self, key, arrays):
    keep(self, key, arrays)
    kept.append(key)
    if len(kept) == 3:
        os.kill(os.getpid(), signal.SIGKILL)


Checkpoints.keep = keep_and_die
sys.exit(main(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def opinions(tmp_path_factory):
    """Three hundred different opinions: three batches."""
    path = tmp_path_factory.mktemp("opinions") / "opinions.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "text", "author"])
        lines = [*BUSES, *SCHOOLS, *RUBBISH]
        for i in range(300):
            writer.writerow([i, f"{lines[i % 30]}，{lines[(i * 7 + i // 30) % 30][:6]}", f"p{i}"])
    return path


@pytest.fixture(scope="module")
def uninterrupted(opinions, tmp_path_factory):
    out = tmp_path_factory.mktemp("uninterrupted")
    assert main(["analyse", str(opinions), "--out", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def remains(opinions, tmp_path_factory):
    """What a run leaves behind that was killed in the middle."""
    out = tmp_path_factory.mktemp("killed")
    arguments = [sys.executable, "-c", KILLED_IN_THE_MIDDLE, "analyse", str(opinions), "--out", str(out)]
    assert subprocess.run(arguments, cwd=ROOT).returncode == -signal.SIGKILL
    return out


@pytest.fixture
def killed(remains, tmp_path):
    return shutil.copytree(remains, tmp_path / "killed")


def same(one, two):
    """Whether two folders hold the same results; of run.json all but times and versions."""
    records = [json.loads((folder / "run.json").read_text(encoding="utf-8")) for folder in (one, two)]
    for record in records:
        del record["timings"], record["versions"]
    return records[0] == records[1] and all((one / name).read_bytes() == (two / name).read_bytes() for name in SAME)


def test_two_workers_give_the_same_files(opinions, uninterrupted, tmp_path):
    assert main(["analyse", str(opinions), "--out", str(tmp_path), "--workers", "2"]) == 0
    assert same(tmp_path, uninterrupted)


@pytest.mark.scale
def test_ray_gives_the_same_files(opinions, uninterrupted, tmp_path):
    assert main(["analyse", str(opinions), "--out", str(tmp_path), "--workers", "2", "--executor", "ray"]) == 0
    assert same(tmp_path, uninterrupted)


def test_a_run_that_was_killed_goes_on(opinions, uninterrupted, killed, capsys):
    assert not (killed / "run.json").exists() and len(list((killed / ".work").rglob("*.checkpoint"))) == 3
    assert main(["analyse", str(opinions), "--out", str(killed), "--resume"]) == 0
    assert same(killed, uninterrupted) and not (killed / ".work").exists()
    assert "damaged" not in capsys.readouterr().out


def test_a_damaged_checkpoint_is_told_and_made_again(opinions, uninterrupted, killed, capsys):
    path = sorted((killed / ".work").rglob("*.checkpoint"))[0]
    path.write_bytes(path.read_bytes()[:-7])
    assert main(["analyse", str(opinions), "--out", str(killed), "--resume"]) == 0
    assert same(killed, uninterrupted) and "1 checkpoint damaged and made again" in capsys.readouterr().out


def test_without_resume_what_was_kept_is_not_used(opinions, uninterrupted, killed, capsys):
    sorted((killed / ".work").rglob("*.checkpoint"))[0].write_bytes(b"")
    assert main(["analyse", str(opinions), "--out", str(killed)]) == 0
    assert same(killed, uninterrupted) and "damaged" not in capsys.readouterr().out


def test_ctrl_c_says_how_to_go_on(opinions, uninterrupted, tmp_path, capsys, monkeypatch):
    keep = Checkpoints.keep

    def interrupted(self, key, arrays):
        keep(self, key, arrays)
        raise KeyboardInterrupt

    arguments = ["analyse", str(opinions), "--out", str(tmp_path)]
    with monkeypatch.context() as patched:
        patched.setattr(Checkpoints, "keep", interrupted)
        assert main(arguments) == STOPPED
    said = capsys.readouterr()
    assert "--resume" in said.err and said.err.count("\n") == 1
    assert main([*arguments, "--resume"]) == 0 and same(tmp_path, uninterrupted)


def test_a_worker_that_is_killed_changes_nothing(opinions, uninterrupted, tmp_path, monkeypatch):
    """Killed from outside with its first batch, as a machine short of memory does it."""
    submit, killed = Processes._submit, []

    def submit_and_kill(self, function, item):
        future = submit(self, function, item)
        if not killed:
            killed.extend(self._pool._processes)
            os.kill(killed[0], signal.SIGKILL)
        return future

    monkeypatch.setattr(Processes, "_submit", submit_and_kill)
    assert main(["analyse", str(opinions), "--out", str(tmp_path), "--workers", "2"]) == 0
    assert killed and same(tmp_path, uninterrupted)


def test_resuming_where_nothing_was_stopped_begins_anew(opinions, uninterrupted, tmp_path, capsys):
    assert main(["analyse", str(opinions), "--out", str(tmp_path), "--resume"]) == 0
    assert "There is no stopped run" in capsys.readouterr().err and same(tmp_path, uninterrupted)


def test_a_cache_spares_encoding_and_stays(opinions, uninterrupted, tmp_path):
    arguments = ["analyse", str(opinions), "--cache", str(tmp_path / "cache"), "--out"]
    assert main([*arguments, str(tmp_path / "one")]) == 0
    kept = sorted((tmp_path / "cache").rglob("*.checkpoint"))
    assert kept and main([*arguments, str(tmp_path / "two"), "--seed", "0"]) == 0
    assert sorted((tmp_path / "cache").rglob("*.checkpoint")) == kept
    assert same(tmp_path / "one", uninterrupted) and same(tmp_path / "two", uninterrupted)

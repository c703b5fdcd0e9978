"""``make demo``: what it says, and that it leaves nothing running behind. Real processes, no network."""

import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import time
from contextlib import closing
from pathlib import Path

import pytest

from scripts import demo, find_chromium, terminal

ROOT = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 60


def eventually(condition, *, what):
    """Wait for something to become true, and say what it was when it does not."""
    limit = time.monotonic() + DEADLINE_SECONDS
    while not (found := condition()):
        if time.monotonic() > limit:
            pytest.fail(f"waited {DEADLINE_SECONDS} s in vain: {what}")
        time.sleep(0.02)
    return found


def is_running(pid):
    """Whether a process lives; a zombie that waits for its parent does not."""
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        except OSError:
            return False
        return stat.rpartition(")")[2].split()[0] != "Z"
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True).stdout.strip()
    return bool(state) and not state.startswith("Z")


# Starting and stopping the demo


@pytest.fixture
def taken_port():
    with closing(socket.socket()) as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_port_in_use_is_said_at_once_and_another_is_offered(taken_port, tmp_path):
    started = time.monotonic()
    refused = subprocess.run(
        [sys.executable, "scripts/boot.py", "demo", "--port", str(taken_port)],
        cwd=ROOT,
        env=os.environ | {"MINYI_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert f"Port {taken_port} is in use. Choose another: make demo PORT=" in refused.stderr
    assert refused.stdout == ""
    assert list(tmp_path.iterdir()) == []
    # Before anything slow: well under the time Django takes to start on a slow machine.
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("port", ["", "http", "0", "65536", "-1", "８０００", "80.5"])
def test_a_port_that_is_no_port_is_refused(port, capsys):
    with pytest.raises(SystemExit) as end:
        demo.usable_port(port)
    assert end.value.code == 1
    assert "PORT must be a number" in capsys.readouterr().err


HOUSEHOLD = """
    import sys, time
    from pathlib import Path
    from scripts.services import Services, Stopped
    from scripts.terminal import fail

    folder = Path(sys.argv[1])
    try:
        with Services(python=Path(sys.executable), environment={"PATH": "/usr/bin:/bin"}) as services:
            for name in sys.argv[2:]:
                services.start(name, [str(folder / f"{name}.py")], log=folder / f"{name}.log")
            while True:
                if fallen := services.fallen():
                    fail(f"{fallen.name} fell: {fallen.last_lines()}")
                time.sleep(0.05)
    except Stopped:
        print("stopped in order")
"""
PATIENT = "import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(600)\n"
# Deaf to polite words, and with a child of its own.
STUBBORN = """import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid(), child.pid, flush=True)
time.sleep(600)
"""
# Falls once its neighbour is up: one that is stopped before it has said its name could not be asked about.
SHORT = """import os, time
from pathlib import Path
neighbour = Path(__file__).with_name("patient.log")
while not (neighbour.exists() and neighbour.read_text().endswith("\\n")):
    time.sleep(0.02)
print(os.getpid(), flush=True)
raise SystemExit("the well is dry")
"""


@pytest.fixture
def household(tmp_path):
    """Start a few named toy services under one parent; whatever the test does, nothing of it survives."""
    for name, source in {"patient": PATIENT, "stubborn": STUBBORN, "short": SHORT}.items():
        (tmp_path / f"{name}.py").write_text(source)
    (tmp_path / "household.py").write_text(textwrap.dedent(HOUSEHOLD))
    parents, seen = [], []

    def pids(name):
        log = tmp_path / f"{name}.log"
        return [int(word) for word in log.read_text().split("\n")[0].split()] if log.exists() else []

    def start(*names):
        parent = subprocess.Popen(
            [sys.executable, tmp_path / "household.py", tmp_path, *names],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        parents.append(parent)
        for name in names:
            seen.extend(eventually(lambda name=name: pids(name), what=f"{name} to start"))
        return parent, list(seen)

    yield start
    for pid in [parent.pid for parent in parents if parent.poll() is None] + seen:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass


@pytest.mark.parametrize("wish", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_a_kill_and_a_closed_terminal_stop_everything(household, wish):
    parent, children = household("patient", "patient")

    parent.send_signal(wish)

    assert parent.communicate(timeout=DEADLINE_SECONDS) == ("stopped in order\n", "")
    assert parent.returncode == 0
    assert not any(map(is_running, children))


def test_a_service_that_does_not_listen_is_stopped_with_its_children(household):
    parent, children = household("stubborn")
    assert len(children) == 2

    parent.send_signal(signal.SIGTERM)
    parent.send_signal(signal.SIGINT)

    parent.communicate(timeout=DEADLINE_SECONDS)
    eventually(lambda: not any(map(is_running, children)), what="the stubborn service and its child to end")


def test_a_terminal_that_is_closed_is_noticed_without_a_signal():
    """Make takes the hang-up for itself when the terminal is its own, and waits for us for ever."""
    master, slave = os.openpty()
    code = (
        "import sys, time; from scripts.demo import Starter; starter = Starter(with_parent=False);"
        "assert not starter.is_gone(); print('here', file=sys.stderr, flush=True)\n"
        "while not starter.is_gone(): time.sleep(0.02)"
    )
    # Not its controlling terminal: no SIGHUP will come.
    watcher = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdin=slave, stderr=subprocess.PIPE, text=True)
    os.close(slave)
    assert watcher.stderr.readline() == "here\n"

    os.close(master)

    assert watcher.wait(DEADLINE_SECONDS) == 0
    watcher.stderr.close()


@pytest.mark.slow
def test_killing_the_demo_outright_leaves_no_orphan(household):
    parent, children = household("patient", "stubborn")
    assert len(children) == 3

    parent.kill()

    eventually(lambda: not any(map(is_running, children)), what="the orphans to end")


def test_a_service_that_falls_brings_the_rest_down_and_its_last_words_are_shown(household):
    parent, children = household("patient", "short")

    _, said = parent.communicate(timeout=DEADLINE_SECONDS)

    assert parent.returncode == 1
    assert "short fell" in said
    assert "the well is dry" in said
    assert not any(map(is_running, children))


def test_the_demo_is_ready_only_while_database_and_code_are_those_of_the_last_start(tmp_path, monkeypatch):
    import sqlite3

    monkeypatch.setattr(demo, "VAR", tmp_path)
    monkeypatch.setattr(demo, "STATE", tmp_path / "demo.json")
    monkeypatch.delenv("DATABASE_URL", raising=False)
    file = tmp_path / "minyi.sqlite3"

    def migrate(name):
        with closing(sqlite3.connect(file)) as database, database:
            database.execute("CREATE TABLE IF NOT EXISTS django_migrations (id INTEGER PRIMARY KEY, name TEXT)")
            database.execute("INSERT INTO django_migrations (name) VALUES (?)", [name])

    def remember():
        state = {"fingerprint": demo.fingerprint(), "applied": demo.applied()}
        demo.STATE.write_text(json.dumps(state), encoding="utf-8")

    assert not demo.is_ready()
    migrate("0001")
    remember()
    assert demo.is_ready()
    # Another database under the same name, a wish to seed left open, none at all.
    migrate("0002")
    assert not demo.is_ready()
    remember()
    (tmp_path / "demo.seeding").touch()
    assert not demo.is_ready()
    (tmp_path / "demo.seeding").unlink()
    assert demo.is_ready()
    file.unlink()
    assert not demo.is_ready()


def test_the_welcome_shows_the_address_and_an_account_for_each_kind_of_user(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "VAR", tmp_path)
    accounts = [
        {"role": "citizen", "role_zh": "市民", "email": "citizen@example.org", "what": "comment and vote"},
        {"role": "planner", "role_zh": "規劃人員", "email": "planner@example.org", "what": "read the dashboard"},
    ]
    seeded = {"password": "open sesame 7", "accounts": accounts}
    (tmp_path / "demo_accounts.json").write_text(json.dumps(seeded), encoding="utf-8")

    said = demo.welcome("http://127.0.0.1:8010")

    assert "http://127.0.0.1:8010/" in said
    assert "open sesame 7" in said
    rows = [line for line in said.splitlines() if "@" in line]
    assert len(rows) == 2
    # Columns stand under each other, Han characters counted as the two columns they take.
    assert len({terminal.width(row[: row.index("@")]) - len(row.split("@")[0].split()[-1]) for row in rows}) == 1


def test_the_welcome_needs_no_demo_accounts(tmp_path, monkeypatch):
    monkeypatch.setattr(demo, "VAR", tmp_path)

    assert "Sign in" not in demo.welcome("http://127.0.0.1:8000")


# The browser


def test_a_chromium_that_is_named_is_the_one_and_a_wrong_name_is_none(tmp_path, monkeypatch):
    browser = tmp_path / "my-chromium"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)

    monkeypatch.setenv("CHROMIUM", str(browser))
    assert find_chromium.find() == str(browser)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "nothing"))
    assert find_chromium.find() is None


def test_a_machine_without_chromium_is_told_so(tmp_path, monkeypatch):
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(find_chromium, "PLACES", ())

    assert find_chromium.find() is None

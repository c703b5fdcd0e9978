"""The two commands: what they say, and that they leave nothing running behind. Real processes, no network."""

import base64
import hashlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import textwrap
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from scripts import boot, compile_messages, demo, find_chromium, install, packages, terminal

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


# Installing


@pytest.fixture
def house(tmp_path):
    """A small copy of the project: the scripts, and lock files that list one package of our own making."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "shelf").mkdir()
    lock(tmp_path, "1.0")
    return tmp_path


def lock(house, version):
    """Put a wheel of ``pebble`` on the shelf and write it into the lock file."""
    wheel = house / "shelf" / f"pebble-{version}-py3-none-any.whl"
    info = f"pebble-{version}.dist-info"
    files = {
        "pebble.py": f"VERSION = {version!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: pebble\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},"
        f"{len(text)}\n"
        for name, text in files.items()
    )
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in (files | {f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}).items():
            archive.writestr(name, text)
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (house / "requirements.txt").write_text(f"pebble=={version} \\\n    --hash=sha256:{digest}\n", encoding="utf-8")


def run_install(house, *arguments, **variables):
    """``make install``'s own command, with a shelf instead of a package index."""
    return subprocess.run(
        [sys.executable, "scripts/boot.py", "install", *arguments],
        cwd=house,
        env=os.environ | {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(house / "shelf"), **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )


def installed_version(house):
    command = [house / ".venv/bin/python", "-c", "import pebble; print(pebble.VERSION)"]
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


@pytest.mark.slow
def test_installing_twice_does_nothing_and_a_new_lock_or_a_broken_environment_is_mended(house):
    first = run_install(house)
    assert first.returncode == 0, first.stderr
    assert "Installed into .venv" in first.stdout
    assert installed_version(house) == "1.0"

    # Pip that cannot even start shows that it is not asked.
    pip = next((house / ".venv").glob("lib/python*/site-packages/pip/__main__.py"))
    working_pip = pip.read_text(encoding="utf-8")
    pip.write_text("raise SystemExit('pip was started')", encoding="utf-8")
    second = run_install(house)
    assert (second.returncode, second.stdout) == (0, "Everything is installed already.\n")
    pip.write_text(working_pip, encoding="utf-8")

    lock(house, "1.1")
    assert run_install(house).returncode == 0
    assert installed_version(house) == "1.1"

    # Cut off in the middle: half an environment is not built upon.
    (house / ".venv/bin/python").unlink()
    mended = run_install(house)
    assert mended.returncode == 0, mended.stderr
    assert "making it anew" in mended.stdout
    assert installed_version(house) == "1.1"


@pytest.mark.slow
def test_two_installations_at_once_wait_for_each_other(house):
    with ThreadPoolExecutor() as both:
        ended = list(both.map(run_install, [house, house]))

    assert [one.returncode for one in ended] == [0, 0], ended
    assert sorted("waiting for it" in one.stdout for one in ended) == [False, True]
    assert sum("Everything is installed already." in one.stdout for one in ended) == 1
    assert installed_version(house) == "1.0"


@pytest.mark.slow
def test_a_package_that_is_not_the_locked_one_is_refused_in_one_line(house):
    text = (house / "requirements.txt").read_text(encoding="utf-8")
    (house / "requirements.txt").write_text(text[:-5] + "0000\n", encoding="utf-8")

    refused = run_install(house)

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "hash differs" in refused.stderr
    assert installed_version(house) == ""


@pytest.mark.slow
def test_a_package_nobody_has_is_named(house):
    (house / "requirements.txt").write_text("boulder==9 \\\n    --hash=sha256:" + "0" * 64 + "\n", encoding="utf-8")

    refused = run_install(house)

    assert refused.returncode == 1
    assert len(refused.stderr.splitlines()) == 1
    assert "boulder" in refused.stderr


def test_a_python_that_is_too_old_says_so_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.setenv("PYTHON", "/usr/bin/python3.9")

    assert boot.main(["install"]) == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert "3.11 or newer" in said
    assert "/usr/bin/python3.9 is 3.9.2" in said


def test_a_newer_python_beside_an_old_one_is_found_and_one_that_only_pretends_is_not(tmp_path, monkeypatch):
    pretender = tmp_path / "python3.13"
    pretender.write_text("#!/bin/sh\necho 'python3.13 is not set up' >&2\nexit 127\n")
    pretender.chmod(0o755)
    (tmp_path / "python3.12").symlink_to(sys.executable)
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))
    monkeypatch.delenv("PYTHON", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(os, "chdir", lambda folder: None)
    started = []
    monkeypatch.setattr(os, "execvp", lambda command, arguments: started.append(command))

    boot.main(["install"])

    assert started == ["python3.12"]


def test_an_old_python_can_read_the_first_script():
    """No syntax newer than what Python 2.7 and 3.6 know: they must get as far as the message."""
    source = (ROOT / "scripts/boot.py").read_text(encoding="utf-8")

    compile(source, "boot.py", "exec", dont_inherit=True, flags=0)
    assert 'f"' not in source and ":=" not in source and "->" not in source and "async" not in source


def test_a_missing_venv_module_names_the_package_to_install(monkeypatch, capsys):
    real = install.importlib.util.find_spec
    monkeypatch.setattr(install.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else real(name))

    with pytest.raises(SystemExit) as end:
        install.make_venv()
    assert end.value.code == 1
    assert "apt install python3-venv" in capsys.readouterr().err


def test_a_disk_without_room_is_said_before_anything_is_fetched(monkeypatch, capsys):
    full = shutil._ntuple_diskusage(10**9, 10**9 - 5 * 2**20, 5 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda place: full)

    with pytest.raises(SystemExit) as end:
        install.check_room(["default"])
    assert end.value.code == 1
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 1
    assert f"{install.ROOM['default']} MB are needed and 5 MB are free" in said


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"], "disk is full"),
        (["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."], "hash differs"),
        (["WARNING: Retrying: NewConnectionError('refused')", "ERROR: No matching distribution"], "cannot be reached"),
        (["ERROR: No matching distribution found for boulder==9"], "No matching distribution found for boulder==9"),
        ([], "said nothing"),
    ],
)
def test_what_pip_complains_of_becomes_one_line(lines, expected):
    said = packages.explain(lines, what="pip")

    assert expected in said
    assert "\n" not in said


def test_pins_are_read_with_their_markers_and_without_their_hashes(tmp_path):
    file = tmp_path / "lock.txt"
    file.write_text(
        "# made\na==1 \\\n    --hash=sha256:00\n    # via b\nb-c==2.0 ; sys_platform == 'x' \\\n    --hash=sha256:11\n",
        encoding="utf-8",
    )

    assert packages.pins(file) == ["a==1", "b-c==2.0 ; sys_platform == 'x'"]


# Translations


def test_a_catalogue_is_compiled_once_and_again_when_it_changes(tmp_path):
    folder = tmp_path / "civic/locale/zh_Hant/LC_MESSAGES"
    folder.mkdir(parents=True)
    po = folder / "django.po"
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    po.write_text(f'{header}\nmsgid "Send"\nmsgstr "送出意見"\n', encoding="utf-8")

    assert compile_messages.compile_all(tmp_path) == 1
    assert "送出意見".encode() in po.with_suffix(".mo").read_bytes()
    assert compile_messages.compile_all(tmp_path) == 0

    later = po.stat().st_mtime_ns + 2 * 10**9
    po.write_text(f'{header}\nmsgid "Send"\nmsgstr "送出"\n', encoding="utf-8")
    os.utime(po, ns=(later, later))
    os.utime(po.with_suffix(".mo"), ns=(later - 1, later - 1))
    assert compile_messages.stale(tmp_path) == [po]
    assert compile_messages.compile_all(tmp_path) == 1
    assert "送出意見".encode() not in po.with_suffix(".mo").read_bytes()


def test_a_broken_catalogue_is_refused_and_the_old_one_stays(tmp_path):
    folder = tmp_path / "civic/locale/zh_Hant/LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(b"old")
    os.utime(folder / "django.mo", (0, 0))
    (folder / "django.po").write_text('msgid "Send"\nmsgstr "送"出"\n', encoding="utf-8")

    with pytest.raises((OSError, ValueError)):
        compile_messages.compile_all(tmp_path)
    assert (folder / "django.mo").read_bytes() == b"old"


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not on this machine")
def test_a_placeholder_lost_in_translation_is_complained_of(tmp_path):
    folder = tmp_path / "civic/locale/zh_Hant/LC_MESSAGES"
    folder.mkdir(parents=True)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
    entry = '#, python-format\nmsgid "%(count)s votes"\nmsgstr "%(total)s 票"\n'
    (folder / "django.po").write_text(f"{header}\n{entry}", encoding="utf-8")

    assert "count" in compile_messages.complaints(tmp_path)

    (folder / "django.po").write_text(f"{header}\n{entry.replace('total', 'count')}", encoding="utf-8")
    assert compile_messages.complaints(tmp_path) == ""


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
SHORT = "import os\nprint(os.getpid(), flush=True)\nraise SystemExit('the well is dry')\n"


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

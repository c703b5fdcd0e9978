"""``make install``: what it makes, what it mends, and how it says what is missing. Real processes, no network."""

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from scripts import boot, compile_messages, install, packages

ROOT = Path(__file__).resolve().parents[2]


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

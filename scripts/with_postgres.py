"""A PostgreSQL for one command: ``python -m scripts.with_postgres pytest tests/discussions``.

Starts an empty server in a folder of its own on a free port of this machine, names it to the command as
TEST_DATABASE_URL, and takes it away when the command has ended. Needs the programs of PostgreSQL, no running server.
"""

import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scripts.terminal import fail

HOST = "127.0.0.1"
ROLE = "minyi"
START_SECONDS = 60
# Nothing here must outlive a fall of the machine, so nothing waits for the disk.
HASTE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


def main() -> None:
    command = sys.argv[1:]
    if not command:
        fail("usage: python -m scripts.with_postgres COMMAND [ARGUMENT ...]", code=2)
    programs = find_programs()
    if programs is None:
        fail("PostgreSQL is not on this machine. On Debian: apt install postgresql")
    # However the command is ended, the server is taken away.
    for wish in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(wish, lambda number, frame: sys.exit(128 + number))
    try:
        with cluster(programs) as url:
            code = run(command, url)
    except RuntimeError as error:
        fail(str(error))
    sys.exit(code)


def run(command: list[str], url: str) -> int:
    """Run the command with the URL in its environment, and return its exit code."""
    process = subprocess.Popen(command, env=os.environ | {"TEST_DATABASE_URL": url})
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal has told the command too.
        return process.wait()
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def find_programs() -> Path | None:
    """The folder with ``initdb`` and ``postgres``: that on PATH, else the newest where Debian keeps them."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    kept = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    return max(kept, key=lambda path: [int(part) for part in re.findall(r"\d+", str(path))], default=None)


@contextmanager
def cluster(programs: Path, *, options: tuple[str, ...] = HASTE) -> Iterator[str]:
    """A running server with one empty database; gives its URL. RuntimeError when it does not start."""
    owner = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="minyi-postgres-", dir=_place(owner)))
    try:
        if owner:
            os.chown(folder, owner["user"], owner["group"])
            owner["cwd"] = folder
        data, log, port = folder / "data", folder / "log", free_port()
        _run(
            [programs / "initdb", "-D", data, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"], owner
        )
        settings = (f"port={port}", f"listen_addresses={HOST}", f"unix_socket_directories={folder}", *options)
        with log.open("wb") as output:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, *(word for setting in settings for word in ("-c", setting))],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C at the terminal is for the command; the server is still needed then.
                start_new_session=True,
                **owner,
            )
        try:
            _wait_for(server, programs, port, log)
            _run([programs / "createdb", "-h", HOST, "-p", str(port), "-U", ROLE, ROLE], owner)
            yield f"postgres://{ROLE}@{HOST}:{port}/{ROLE}"
        finally:
            # "Immediate": its own children end too, and nothing is worth a checkpoint.
            server.send_signal(signal.SIGQUIT)
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port nothing listens on just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def _unprivileged() -> dict[str, Any]:
    """PostgreSQL refuses to run as root: who runs it instead, as Popen wants it."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            person = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []}
    raise RuntimeError("PostgreSQL does not run as root, and there is no user `postgres` here.")


def _place(owner: Mapping[str, Any]) -> Path | None:
    """The folder for temporary things, unless root keeps it from others: then one where they may walk."""
    if not owner:
        return None
    for place in (Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")):
        if all(folder.stat().st_mode & stat.S_IXOTH for folder in (place, *place.parents)):
            return place
    raise RuntimeError("There is no temporary folder that the user who runs PostgreSQL could reach.")


def _run(command: list[str | Path], owner: Mapping[str, Any]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **owner)
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name}: {done.stderr.strip()}")


def _wait_for(server: subprocess.Popen, programs: Path, port: int, log: Path) -> None:
    ask = [programs / "pg_isready", "-q", "-h", HOST, "-p", str(port), "-U", ROLE]
    limit = time.monotonic() + START_SECONDS
    while subprocess.run(ask).returncode:
        if server.poll() is not None or time.monotonic() > limit:
            raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.05)


if __name__ == "__main__":
    main()

"""``make demo``: install, prepare the database, start the web server and the worker, and end them together."""

import argparse
import errno
import hashlib
import http.client
import json
import os
import shutil
import socket
import sqlite3
import termios
import time
from contextlib import closing
from pathlib import Path

from scripts import install
from scripts.services import Services, Stopped
from scripts.terminal import ROOT, Progress, fail, padded, say, width

HOST = "127.0.0.1"
VAR = Path(os.environ.get("MINYI_VAR") or ROOT / "var").resolve()
STATE = VAR / "demo.json"
ROOM_MB = 300
START_SECONDS = 300
LOOK_SECONDS = 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description="Run Minyi on this machine.")
    parser.add_argument("--port", default="8000", help="port to listen on (%(default)s)")
    parser.add_argument("--with-parent", action="store_true", help="stop when the one who started this is gone")
    asked = parser.parse_args()
    starter = Starter(with_parent=asked.with_parent)
    # First what can be said at once, then what takes time.
    port = usable_port(asked.port)
    address = f"http://{HOST}:{port}"
    install.install(quiet=True)
    environment = {"SITE_URL": address} | os.environ | {"MINYI_VAR": str(VAR), "PYTHONUNBUFFERED": "1"}
    try:
        with Services(python=install.PYTHON, environment=environment) as services:
            prepare(services)
            serve(services, port, starter)
            say(welcome(address))
            while True:
                look(services, starter)
    except Stopped:
        say("\nMinyi has stopped.")


def usable_port(text: str) -> int:
    """The port as a number. Ends the program when nothing can listen there."""
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text) <= 65535:
        fail(f"PORT must be a number from 1 to 65535, not {text!r}: make demo PORT=8010")
    port = int(text)
    try:
        listen_once(port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            fail(f"Port {port} is in use. Choose another: make demo PORT={free_port_after(port)}")
        fail(f"Port {port} cannot be used ({error.strerror}). Choose another: make demo PORT=8010")
    return port


def listen_once(port: int) -> None:
    """Listen and let go again, as the web server will. Raises OSError."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((HOST, port))
        probe.listen()


def free_port_after(port: int) -> int:
    """The next port something could listen on, in steps of ten as people count them."""
    for other in range(port + 10, 65536, 10):
        try:
            listen_once(other)
        except OSError:
            continue
        return other
    return 8010


class Starter:
    """Who started this: the process above, when asked to follow it, and the terminal it was started from."""

    def __init__(self, *, with_parent: bool) -> None:
        self._parent = os.getppid() if with_parent else None
        self._terminal = next((number for number in (0, 1, 2) if os.isatty(number)), None)

    def is_gone(self) -> bool:
        """Whether the parent has ended or the terminal was closed. Neither always comes as a signal: make, when the
        terminal is its own, takes the SIGHUP for itself and waits for us."""
        if self._parent is not None and os.getppid() != self._parent:
            return True
        if self._terminal is None:
            return False
        try:
            termios.tcgetattr(self._terminal)
        except termios.error:
            return True
        return False


# The database


def prepare(services: Services) -> None:
    """Migrate and seed, unless the last run left the database just as it is now."""
    if (free := shutil.disk_usage(existing(VAR)).free // 2**20) < ROOM_MB:
        fail(f"The disk is nearly full: {ROOM_MB} MB are needed and {free} MB are free at {VAR}.")
    if is_ready():
        return
    if services.run("prepare", ["scripts.prepare", str(VAR)]):
        fail("The database could not be prepared; the reason stands above. The next `make demo` goes on from here.")
    STATE.write_text(json.dumps({"fingerprint": fingerprint(), "applied": applied()}), encoding="utf-8")


def is_ready() -> bool:
    """Whether code, settings and database are those of the last good start."""
    try:
        state = json.loads(STATE.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return state == {"fingerprint": fingerprint(), "applied": applied()} and not (VAR / "demo.seeding").exists()


def fingerprint() -> str:
    """Changes when a migration of ours, a package, the settings or the choice of database do."""
    digest = hashlib.sha256(os.environ.get("DATABASE_URL", "").encode())
    for file in [ROOT / "requirements.txt", ROOT / "civic/settings.py", *sorted(ROOT.glob("*/migrations/*.py"))]:
        digest.update(file.relative_to(ROOT).as_posix().encode() + file.read_bytes())
    return digest.hexdigest()


def applied() -> list[int] | str:
    """How many migrations the SQLite file holds and the last one's number; a word where that cannot be read here."""
    if os.environ.get("DATABASE_URL"):
        return "elsewhere"
    try:
        with closing(sqlite3.connect(f"file:{VAR / 'minyi.sqlite3'}?mode=ro", uri=True)) as database:
            return list(database.execute("SELECT count(*), max(id) FROM django_migrations").fetchone())
    except sqlite3.Error:
        return "nothing"


def existing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    return next(place for place in (folder, *folder.parents) if place.exists())


# The servers


def serve(services: Services, port: int, starter: Starter) -> None:
    """Start web server and worker and wait until the first answers."""
    web = ["uvicorn", "civic.asgi:application", "--host", HOST, "--port", str(port), "--lifespan", "on"]
    web += ["--ws-per-message-deflate", "false", "--ws-max-size", "65536", "--timeout-graceful-shutdown", "3"]
    services.start("web server", web, log=VAR / "log" / "web.log")
    services.start("worker", ["manage.py", "worker"], log=VAR / "log" / "worker.log")
    limit = time.monotonic() + START_SECONDS
    with Progress("Starting the web server and the worker") as step:
        while not is_healthy(port):
            look(services, starter)
            if time.monotonic() > limit:
                fail(f"The web server gave no answer in {START_SECONDS} s; see {VAR / 'log' / 'web.log'}")
            step.tick()


def is_healthy(port: int) -> bool:
    """Whether /healthz answers. Asked directly: a proxy set in the environment is not ours to trouble."""
    asking = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        asking.request("GET", "/healthz")
        return asking.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asking.close()


def look(services: Services, starter: Starter) -> None:
    """One look at all that could have ended, and a short rest."""
    report_fallen(services)
    if starter.is_gone():
        raise Stopped
    time.sleep(LOOK_SECONDS)


def report_fallen(services: Services) -> None:
    """When a service has ended by itself, show its last words and end."""
    if fallen := services.fallen():
        say(fallen.last_lines())
        fail(f"The {fallen.name} ended by itself (exit code {fallen.process.returncode}); see {fallen.log}")


def welcome(address: str) -> str:
    """The address, and an account for each kind of user as the seed wrote them down."""
    lines = ["", f"  民議 Minyi is at {address}/"]
    try:
        seeded = json.loads((VAR / "demo_accounts.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        seeded = {}
    if accounts := seeded.get("accounts"):
        lines += ["", f"  Sign in at {address}/accounts/login/ with the password {seeded['password']}", ""]
        names = [f"{account['role']} {account['role_zh']}" for account in accounts]
        first, second = max(map(width, names)), max(width(account["email"]) for account in accounts)
        for name, account in zip(names, accounts, strict=True):
            lines.append(f"  {padded(name, first)}  {padded(account['email'], second)}  {account['what']}".rstrip())
    return "\n".join([*lines, "", f"  Logs are in {VAR / 'log'}. Ctrl-C stops everything.", ""])


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("\nStopped. Run the same command again to go on.", code=130)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            fail("The disk is full: make room and run the same command again.")
        raise

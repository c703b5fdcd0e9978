"""Two hundred people vote at once on one set of statements, through the real ASGI server over HTTP.

Every voter keeps a connection open and sends the next vote as soon as the last was answered; one in ten has two tabs
open and votes in both at once. Afterwards every vote that was answered is there once and every counter equals its rows.
Peer: the same site with a view that saves one row for each request, without rules and counters (plain_votes.py), to
which nobody votes twice. On PostgreSQL: python -m scripts.with_postgres .venv/bin/python -m benchmarks.voters.
"""

import asyncio
import os
import random
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

from benchmarks import place
from benchmarks.crowd import cookie_of as session_cookie

VOTERS, STATEMENTS = 200, 10
TABS_FOR = 10  # every so many voters one has two tabs open
TOKEN = "v" * 32
STARTING = 60.0


def main() -> None:
    place.prepare()
    from django.db import connection

    people = place.members(VOTERS)
    cookies = [session_cookie(member) for member in people]
    failures: list[str] = []
    ours = _run("civic.asgi:application", "ours", people, cookies, failures, tabs=True)
    peer = _run("benchmarks.plain_votes:application", "peer", people, cookies, failures, tabs=False)
    for name, figures in (("Minyi", ours), ("one save per request", peer)):
        print(f"{name}: " + ", ".join(f"{label} {figure:.4g}" for label, figure in figures.items()))
    print(
        f"{connection.vendor}: {VOTERS} voters at once on {STATEMENTS} statements, "
        f"{ours['votes/s'] / peer['votes/s']:.2f} times the votes per second of the peer"
    )
    place.finish(failures)


def _run(application: str, slug: str, people, cookies, failures: list[str], *, tabs: bool) -> dict[str, float]:
    from django.utils import timezone

    from discussions.models import Statement

    space = place.space(slug)
    statements = [
        Statement.objects.create(space=space, text=f"主張 {number}", client_id=str(number), made_at=timezone.now())
        for number in range(STATEMENTS)
    ]
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--lifespan", "on", "--log-level", "error", "--no-access-log"]
    server = subprocess.Popen(command, cwd=place.ROOT, env={**os.environ, "LOG_LEVEL": "ERROR"})
    try:
        answers, seconds, busy = asyncio.run(_voted(port, slug, statements, cookies, server.pid, tabs=tabs))
    finally:
        server.terminate()
        server.wait(20)
    figures = _judged(slug, people, statements, answers, seconds, failures, counters=tabs)
    return figures | {"server's processor ms": 1000 * busy / len(answers)}


async def _voted(port: int, slug: str, statements, cookies, pid: int, *, tabs: bool):
    """[(voter, statement, value, status, seconds)] of every request, how long all of it took, and how long the server
    had the processor for it.
    """
    answers: list[tuple[int, int, int, int, float]] = []
    gate = asyncio.Event()

    async def tab(voter: int, seed: int) -> None:
        chance = random.Random(seed)
        order = [statement.pk for statement in statements]
        random.Random(voter).shuffle(order)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        await gate.wait()
        for statement in order:
            value, began = chance.choice([1, 0, -1]), time.perf_counter()
            status = await _post(
                reader, writer, f"/p/{slug}/statements/{statement}/vote/", cookies[voter], {"value": value}
            )
            answers.append((voter, statement, value, status, time.perf_counter() - began))
        writer.close()

    await _until_open(port)
    # A server that runs knows its addresses; the first request of all reads them in.
    await _warmed(port, f"/p/{slug}/statements/{statements[0].pk}/vote/")
    jobs = [asyncio.create_task(tab(voter, voter)) for voter in range(len(cookies))]
    if tabs:
        jobs += [asyncio.create_task(tab(voter, -voter - 1)) for voter in range(0, len(cookies), TABS_FOR)]
    await asyncio.sleep(1)
    began, busy = time.perf_counter(), _processor(pid)
    gate.set()
    await asyncio.gather(*jobs)
    return answers, time.perf_counter() - began, _processor(pid) - busy


def _processor(pid: int) -> float:
    """Seconds that a process has had the processor."""
    times = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return sum(map(int, times)) / os.sysconf("SC_CLK_TCK")


async def _post(reader, writer, path: str, cookie: str, fields: dict) -> int:
    """Send a form as a browser does and return the status of the answer."""
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}; csrftoken={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    answer = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(answer.partition("content-length:")[2].split("\r\n", 1)[0] or 0)
    await reader.readexactly(length)
    return int(answer.split(" ", 2)[1])


async def _warmed(port: int, path: str) -> None:
    """Ask for an address that only takes forms, as a stranger."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
    await reader.read()
    writer.close()


async def _until_open(port: int) -> None:
    ends = time.monotonic() + STARTING
    while True:
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        except OSError:
            if time.monotonic() > ends:
                raise
            await asyncio.sleep(0.2)


def _judged(slug, people, statements, answers, seconds, failures: list[str], *, counters: bool) -> dict[str, float]:
    """Compare what was answered with what is there."""
    from discussions.models import Statement, Vote

    statuses = [status for *_rest, status, _seconds in answers]
    if refused := [status for status in statuses if status != 302]:
        failures.append(f"{slug}: {len(refused)} answers other than 302, such as {sorted(set(refused))}")
    member = {person.pk: number for number, person in enumerate(people)}
    rows = list(Vote.objects.filter(statement__in=statements).values_list("member_id", "statement_id", "value"))
    sent: dict[tuple[int, int], set[int]] = {}
    for voter, statement, value, status, _seconds in answers:
        if status == 302:
            sent.setdefault((voter, statement), set()).add(value)
    found = {(member[person], statement): value for person, statement, value in rows}
    if len(found) != len(rows):
        failures.append(f"{slug}: {len(rows) - len(found)} votes are there twice")
    if lost := [pair for pair, values in sent.items() if found.get(pair) not in values]:
        failures.append(f"{slug}: {len(lost)} votes were answered and are not there")
    if counters:
        for statement in Statement.objects.filter(pk__in=[one.pk for one in statements]):
            cast = [value for _person, pk, value in rows if pk == statement.pk]
            counted = (cast.count(1), cast.count(-1), cast.count(0))
            told = (statement.agree, statement.disagree, statement.passed)
            if told != counted:
                failures.append(f"{slug}: statement {statement.pk} tells {told}, {counted} are there")
    waits = sorted(wait for *_rest, wait in answers)
    return {
        "votes": len(rows),
        "requests": len(answers),
        "votes/s": len(answers) / seconds,
        "p50 s": statistics.median(waits),
        "p99 s": waits[int(0.99 * (len(waits) - 1))],
    }


if __name__ == "__main__":
    main()

"""One comment to a thousand open pages: how soon all have it, and what a delivery costs the server.

Starts the ASGI server on a database of its own; readers listen over WebSocket, members post over theirs. Peer: a plain
Channels consumer (plain_channels.py) in one process as well, which stores and renders the same comments and sends each
in full through the channel layer. The first comment warms the server up and is not counted.
"""

import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import time
import uuid
from pathlib import Path

from benchmarks import place

READERS = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
MESSAGES, EVERY, DRAIN = 8, 2.0, 30.0
P99_WANTED, MEMORY_WANTED, RATIO_WANTED = 0.5, 60.0, 5.0
OPENING = 50  # sockets opened at a time
TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    place.prepare()
    space = place.space()
    people = [(member.pk, _cookie(member)) for member in place.members(2 * (1 + MESSAGES))]
    failures = []
    ours = asyncio.run(_with_server("civic.asgi:application", space, people[: 1 + MESSAGES], is_peer=False))
    peer = asyncio.run(
        _with_server("benchmarks.plain_channels:application", space, people[1 + MESSAGES :], is_peer=True)
    )
    for name, figures in (("Minyi", ours), ("plain Channels", peer)):
        print(f"{name}: " + ", ".join(f"{label} {figure:.4g}" for label, figure in figures.items()))
    ratio = peer["CPU us per delivery"] / ours["CPU us per delivery"]
    print(f"{READERS} readers, {MESSAGES} comments: {ratio:.1f} times the deliveries per CPU second of the peer")
    if ours["delivered"] < 1:
        failures.append(f"delivered {ours['delivered']:.4f} of all")
    if ours["p99 s"] > P99_WANTED:
        failures.append(f"p99 {ours['p99 s']:.2f} s, wanted {P99_WANTED}")
    if ours["KiB per socket"] > MEMORY_WANTED:
        failures.append(f"{ours['KiB per socket']:.0f} KiB per socket, wanted {MEMORY_WANTED}")
    if ratio < RATIO_WANTED:
        failures.append(f"{ratio:.1f} times the peer, wanted {RATIO_WANTED}")
    place.finish(failures)


async def _with_server(application: str, space, people: list, *, is_peer: bool) -> dict[str, float]:
    """Figures of one server: every one of `people`, (member id, cookie), posts one comment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", application, "--host", "127.0.0.1", "--port", str(port)]
    command += ["--lifespan", "on", "--log-level", "error", "--ws-per-message-deflate", "false"]
    server = subprocess.Popen(command, cwd=place.ROOT)
    try:
        return await _measured(server.pid, port, space, people, is_peer)
    finally:
        server.terminate()
        server.wait(20)


async def _measured(pid: int, port: int, space, people: list, is_peer: bool) -> dict[str, float]:
    from websockets.asyncio.client import connect

    arrivals: dict[str, list[float]] = {}

    async def opened(cookie: str = ""):
        headers = {"Cookie": cookie} if cookie else {}
        line = await connect(
            f"ws://127.0.0.1:{port}/ws/p/{space.pk}/",
            origin=f"http://127.0.0.1:{port}",
            additional_headers=headers,
            compression=None,
            open_timeout=60,
            ping_interval=None,
        )
        if not is_peer:
            hello = json.loads(await line.recv())
            await line.send(json.dumps({"type": "hello", "seq": hello["seq"]}))
        return line

    async def listen(line):
        async for text in line:
            if "token-" in text:
                token = text[(start := text.index("token-")) : start + 38]
                arrivals.setdefault(token, []).append(time.perf_counter())

    await _until_open(opened)
    speakers = [await opened(cookie) for _member_id, cookie in people]
    before = _memory(pid)
    readers = []
    for start in range(0, READERS, OPENING):
        readers += await asyncio.gather(*(opened() for _number in range(start, min(start + OPENING, READERS))))
    tasks = [asyncio.create_task(listen(line)) for line in readers]
    await asyncio.sleep(3)
    memory, cpu = _memory(pid) - before, 0.0
    sent = {}
    for (member_id, _cookie_text), speaker in zip(people, speakers, strict=True):
        token = f"token-{uuid.uuid4().hex}"
        said = {"type": "comment", "id": uuid.uuid4().hex, "text": f"末班車可以晚一點嗎 {token}"}
        if is_peer:
            said |= {"member": member_id, "space": space.pk}
        sent[token] = time.perf_counter()
        await speaker.send(json.dumps(said))
        await asyncio.sleep(EVERY)
        if not cpu:
            cpu, sent = _cpu(pid), {}
            arrivals.clear()
    wanted, ends = READERS * MESSAGES, time.monotonic() + DRAIN
    while (got := sum(len(arrivals.get(token, ())) for token in sent)) < wanted and time.monotonic() < ends:
        await asyncio.sleep(0.1)
    spent = _cpu(pid) - cpu
    for task in tasks:
        task.cancel()
    await asyncio.gather(*(line.close() for line in [*readers, *speakers]), return_exceptions=True)
    waits = sorted(at - began for token, began in sent.items() for at in arrivals.get(token, ()))
    return {
        "delivered": got / wanted,
        "p50 s": statistics.median(waits),
        "p99 s": waits[int(0.99 * len(waits))],
        "CPU us per delivery": 1e6 * spent / got,
        "KiB per socket": memory / READERS,
    }


async def _until_open(opened) -> None:
    ends = time.monotonic() + 120
    while True:
        try:
            await (await opened()).close()
            return
        except OSError:
            if time.monotonic() > ends:
                raise
            await asyncio.sleep(0.5)


def _cookie(member) -> str:
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(member.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = member.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _memory(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
        if line.startswith("VmRSS"):
            return float(line.split()[1])
    raise ValueError("no memory figure for this process")


if __name__ == "__main__":
    main()

"""A hearing: what live pages cost, how soon all have the news, and what happens when a server dies.

``python -m benchmarks.live [fanout] [stalled] [ramp] [storm]``; without a name `fanout` and `stalled`. The peer of
`fanout` is a plain Channels consumer (plain_channels.py) in one process as well.
"""

import argparse
import asyncio
import itertools
import random
import re
import shutil
import statistics
import subprocess
import tempfile
import time
import uuid
from bisect import bisect_left
from collections import Counter
from functools import partial

import uvloop

from benchmarks import crowd, place
from benchmarks.crowd import Reader, Server, until

OURS, PEERS = "civic.asgi:application", "benchmarks.plain_channels:application"
COMMENTS, EVERY = 8, 2.0
VOTES_A_SECOND, VOTES, PEERS_VOTES = 50, 400, 25
DRAIN = 60.0
ROUNDS, STUBBORN = 5, 10
VOTERS = 200
TICK = 0.2  # seconds between two deliveries
TOTAL, SEQ = re.compile(rb'"total": ?(\d+)'), re.compile(rb'"seq": ?(\d+)')
TOKEN = re.compile(rb"token-[0-9]+")
# All different: what many people say in the same words is held for a moderator.
WORDS = (
    "末班車可以再晚一點嗎",
    "候車亭下雨時會積水",
    "博愛座的標示太小，長輩看不清楚",
    "學生月票能不能用在兩家公司",
    "這條路線尖峰時間總是過站不停",
    "希望站牌有語音報站給視障朋友",
    "冷氣太強，夏天上車要穿外套",
    "請公布每個月的準點率",
)
RAMP = (1000, 2000, 4000, 6000, 8000, 10000)
STEADY = {"p99 s": 0.5, "KiB per socket": 60.0}


class Report:
    """What was found, line by line, and what missed its bound."""

    def __init__(self):
        self.failures: list[str] = []

    def line(self, what: str, figure: float, bound: float | None = None, *, least: bool = False) -> None:
        """One figure; with a bound it passes or misses."""
        if bound is None:
            print(f"        {what}: {figure:.4g}", flush=True)
            return
        passes = figure >= bound if least else figure <= bound
        words = f"{what}: {figure:.4g} (wanted at {'least' if least else 'most'} {bound:.4g})"
        print(f"{'pass' if passes else 'MISSED':<7} {words}", flush=True)
        if not passes:
            self.failures.append(words)


class Stage:
    """A space with an open poll, and people who may speak; each speaks once."""

    def __init__(self, name: str, people: int):
        from django.utils import timezone

        from discussions import live
        from discussions.models import Member

        self.space = place.space(name)
        facilitator = Member.objects.create_superuser(email=f"{name}@example.org", password=None)
        session = live.plan_session(space=self.space, facilitator=facilitator, title="說明會", starts_at=timezone.now())
        self.session = live.open_session(session=session, facilitator=facilitator)
        self._facilitator = facilitator
        self.people = [(member.pk, crowd.cookie_of(member)) for member in place.members(people)]

    def take(self, number: int) -> list[tuple[int, str]]:
        """(id, cookie) of people who have not spoken yet."""
        taken, self.people = self.people[:number], self.people[number:]
        return taken

    async def poll(self) -> int:
        """A poll that is open and that nobody has answered."""
        from channels.db import database_sync_to_async

        return await database_sync_to_async(self._poll)()

    def _poll(self) -> int:
        from discussions import live

        poll = live.add_poll(
            session=self.session, facilitator=self._facilitator, question="要加開夜間班次嗎？", options=["要", "不要"]
        )
        return live.open_poll(poll=poll, facilitator=self._facilitator).pk


def heard_votes(reader: Reader, frame: bytes, at: float) -> None:
    """Note every number of answers, every comment, and the number of the event."""
    if (seq := SEQ.search(frame, 0, 80)) is not None:
        reader.seq = max(reader.seq or 0, int(seq[1]))
    if b"poll.voted" in frame[:30]:
        reader.notes.append((int(TOTAL.search(frame)[1]), at))
    elif (token := TOKEN.search(frame)) is not None:
        reader.notes.append((token[0].decode(), at))


_tokens = itertools.count(1)


def new_token() -> str:
    """What one comment is known by: short, for what looks like noise is held for a moderator."""
    return f"token-{next(_tokens)}"


def p99(values: list[float]) -> float:
    return sorted(values)[int(0.99 * len(values))] if values else float("inf")


class Hall:
    """Readers and speakers of one server, and what they do."""

    def __init__(self, stage: Stage, servers: list[Server], *, is_peer: bool = False):
        self.stage, self.servers, self.is_peer = stage, servers, is_peer
        self.readers: list[Reader] = []

    async def speakers(self, number: int) -> list[tuple[int, Reader]]:
        """(member id, line) of people who will each say one thing."""
        lines = []
        for member_id, cookie in self.stage.take(number):
            line = Reader(
                self.servers[len(lines) % len(self.servers)].port,
                self.stage.space.pk,
                lambda *_heard: None,
                cookie=cookie,
                speaks_minyi=not self.is_peer,
            )
            line.is_quiet = True
            lines.append((member_id, line))
        await crowd.seat_all([line for _member, line in lines], first=100 * crowd.PER_ADDRESS)
        return lines

    async def fill(self, number: int) -> None:
        """Open pages until there are so many."""
        new = []
        for count in range(len(self.readers), number):
            port = self.servers[count % len(self.servers)].port
            new.append(Reader(port, self.stage.space.pk, heard_votes, speaks_minyi=not self.is_peer))
        await crowd.seat_all(new, first=len(self.readers))
        self.readers += new

    def frame(self, member_id: int, **frame) -> dict:
        """A frame as this server wants it."""
        frame |= {"id": uuid.uuid4().hex}
        return frame | {"member": member_id, "space": self.stage.space.pk} if self.is_peer else frame

    async def comment(self, number: int, every: float = EVERY, drain: float = DRAIN) -> dict[str, float]:
        """Say so many things, one after the other; when each was sent."""
        sent = {}
        for count, (member_id, line) in enumerate(await self.speakers(number)):
            token = new_token()
            sent[token] = time.perf_counter()
            line.say(**self.frame(member_id, type="comment", text=f"{WORDS[count % len(WORDS)]} {token}"))
            await asyncio.sleep(every)
            line.transport.close()
        wanted = number * len(self.readers)
        await until(lambda: sum(len(self.waits(sent, reader)) for reader in self.readers) >= wanted, drain)
        return sent

    @staticmethod
    def waits(sent: dict[str, float], reader: Reader) -> list[float]:
        """Seconds until a reader had each comment, as often as it had it."""
        return [at - sent[what] for what, at in reader.notes if what in sent]

    async def vote(self, number: int) -> tuple[list[tuple[int, float]], float]:
        """VOTES_A_SECOND until so many have voted: (the number of answers with it, when it was sent) of each vote, and
        the processor seconds of the servers until all had heard the last one."""
        poll = await self.stage.poll()
        await asyncio.sleep(2)
        for reader in self.readers:
            reader.notes.clear()
        lines = await self.speakers(number)
        before, began, votes = sum(server.cpu() for server in self.servers), time.perf_counter(), []
        for count, (member_id, line) in enumerate(lines):
            await asyncio.sleep(max(0.0, began + count / VOTES_A_SECOND - time.perf_counter()))
            frame = self.frame(member_id, type="answer_poll", poll=str(poll), option=count % 2)
            votes.append((line.ask_for(**frame), time.perf_counter()))
        told = [((await answer)["total"], sent) for answer, sent in votes]
        await until(lambda: all(reader.notes and reader.notes[-1][0] >= number for reader in self.readers), DRAIN)
        spent = sum(server.cpu() for server in self.servers) - before
        for _member, line in lines:
            line.transport.close()
        return told, spent

    def vote_waits(self, told: list[tuple[int, float]]) -> list[float]:
        """Seconds until each reader knew of each vote."""
        waits = []
        for reader in self.readers:
            totals = [total for total, _at in reader.notes]
            for total, sent in told:
                place_ = bisect_left(totals, total)
                if place_ < len(totals):
                    waits.append(reader.notes[place_][1] - sent)
        return waits

    def close(self) -> None:
        """Everybody goes home."""
        for reader in self.readers:
            reader.transport.close()


async def fanout(report: Report, stage: Stage, count: int) -> None:
    """One process, `count` readers, comments and a storm of votes; then the peer."""
    costs = {}
    for name, application in (("Minyi", OURS), ("peer", PEERS)):
        server = Server(application)
        try:
            await server.ready()
            hall = Hall(stage, [server], is_peer=application == PEERS)
            await hall.fill(1)
            await hall.comment(2, every=1.0)  # the server is warm
            empty = server.memory()
            await hall.fill(count)
            await asyncio.sleep(2)
            before = server.cpu()
            sent = await hall.comment(COMMENTS)
            costs[name] = 1e6 * (server.cpu() - before) / max(1, COMMENTS * count)
            waits = [hall.waits(sent, reader) for reader in hall.readers]
            flat = [wait for some in waits for wait in some]
            print(f"{name}: {count} readers, {COMMENTS} comments, one every {EVERY:.0f} s")
            if not hall.is_peer:
                times = Counter(
                    Counter(what for what, _at in reader.notes if what in sent)[token]
                    for reader in hall.readers
                    for token in sent
                )
                report.line("deliveries that came exactly once", times[1] / (COMMENTS * count), 1, least=True)
                report.line(
                    "deliveries that came twice", sum(number for often, number in times.items() if often > 1), 0
                )
                report.line("p99 s", p99(flat), STEADY["p99 s"])
            else:
                report.line("delivered", len(flat) / (COMMENTS * count))
                report.line("p99 s", p99(flat))
            report.line("p50 s", statistics.median(flat))
            report.line("processor us for each delivery", costs[name])
            number = PEERS_VOTES if hall.is_peer else VOTES
            told, spent = await hall.vote(number)
            storm = hall.vote_waits(told)
            print(f"{name}: {number} votes, {VOTES_A_SECOND} a second")
            if not hall.is_peer:
                report.line("votes known to all", len(storm) / (number * count), 1, least=True)
                report.line("votes counted twice", float(sorted(n for n, _at in told) != list(range(1, number + 1))), 0)
                report.line("p99 s", p99(storm), TICK + 0.75)
                report.line("processor us for each vote delivered", 1e6 * spent / (number * count), 40)
                report.line("KiB for each socket", (server.memory() - empty) / count, STEADY["KiB per socket"])
            else:
                report.line("votes known to all", len(storm) / (number * count))
                report.line("p99 s", p99(storm))
                report.line("processor us for each vote delivered", 1e6 * spent / (number * count))
            hall.close()
        finally:
            server.stop()
    report.line("deliveries for each processor second, times the peer's", costs["peer"] / costs["Minyi"], 5, least=True)


async def stalled(report: Report, stage: Stage, count: int) -> None:
    """Some who do not read among `count` who do. Rounds with and without them take turns on the same server."""
    server = Server(OURS)
    try:
        await server.ready()
        hall = Hall(stage, [server])
        await hall.fill(count)
        await hall.comment(2, every=1.0)
        waits: dict[bool, list[float]] = {True: [], False: []}
        for number in range(2 * ROUNDS):
            some = []
            if is_with := bool(number % 2):
                for place_ in range(STUBBORN):
                    reader = Reader(server.port, stage.space.pk, lambda *_heard: None)
                    await crowd.seat(reader, 200 * crowd.PER_ADDRESS + place_)
                    reader.transport.pause_reading()
                    some.append(reader)
            # What so many say within a minute may be held for a moderator: then nobody has it, and nobody waits for it.
            sent = await hall.comment(4, every=0.7, drain=3.0)
            waits[is_with].append(statistics.median(p99(list(at)) for at in _by_comment(hall, sent)))
            for reader in some:
                reader.transport.abort()
        print(f"{count} readers, {STUBBORN} of whom do not read in every other round of {2 * ROUNDS}")
        report.line("p99 s without them", statistics.median(waits[False]))
        report.line("p99 s beside them", statistics.median(waits[True]))
        ratio = statistics.median(waits[True]) / statistics.median(waits[False])
        report.line("delay of the others, percent", 100 * (ratio - 1), 5)
        hall.close()
    finally:
        server.stop()


def _by_comment(hall: Hall, sent: dict[str, float]) -> list[list[float]]:
    found: dict[str, list[float]] = {token: [] for token in sent}
    for reader in hall.readers:
        for what, at in reader.notes:
            if what in found:
                found[what].append(at - sent[what])
    return [at for at in found.values() if at]


async def ramp(report: Report, stage: Stage, most: int, processes: int) -> None:
    """More and more readers in several processes with Redis between them, until something bends."""
    redis = _redis()
    url = f"redis://{crowd.HOST}:{redis.port}/0"
    servers = [Server(OURS, REDIS_URL=url) for _number in range(processes)]
    try:
        for server in servers:
            await server.ready()
        hall = Hall(stage, servers)
        await hall.fill(processes)
        await hall.comment(processes, every=1.0)  # each has loaded what it writes with
        empty = sum(server.memory() for server in servers)
        print(f"{processes} web processes, Redis between them")
        for count in [step for step in RAMP if step < most] + [most]:
            began, before = time.perf_counter(), sum(server.cpu() for server in servers)
            have = len(hall.readers)
            await hall.fill(count)
            opening, seconds = sum(server.cpu() for server in servers) - before, time.perf_counter() - began
            await asyncio.sleep(2)
            before, own, began = [server.cpu() for server in servers], time.process_time(), time.perf_counter()
            sent = await hall.comment(5)
            seconds_told = time.perf_counter() - began
            waits = [wait for reader in hall.readers for wait in hall.waits(sent, reader)]
            busy = [100 * (server.cpu() - was) / seconds_told for server, was in zip(servers, before, strict=True)]
            memory = (sum(server.memory() for server in servers) - empty) / count
            print(
                f"{count:>7} readers: {len(waits) / (5 * count):.4f} delivered, p50 {statistics.median(waits):.3f} s, "
                f"p99 {p99(waits):.3f} s, {memory:.1f} KiB each; {(count - have) / seconds:.0f} opened a second at "
                f"{1e6 * opening / (count - have):.0f} us each; processor: servers "
                f"{', '.join(f'{share:.0f}' for share in busy)} %, this crowd "
                f"{100 * (time.process_time() - own) / seconds_told:.0f} %",
                flush=True,
            )
        report.line("delivered", len(waits) / (5 * count), 1, least=True)
        report.line("KiB for each socket", memory, STEADY["KiB per socket"])
        hall.close()
    finally:
        for server in servers:
            server.stop()
        redis.end()


async def storm(report: Report, stage: Stage, count: int) -> None:
    """Kill the server under `count` readers and people who vote, start it again, and see everybody come back."""
    server = Server(OURS)
    chance = random.Random(5)
    try:
        await server.ready()
        hall = Hall(stage, [server])
        await hall.fill(count)
        await hall.comment(2, every=1.0)
        poll = await stage.poll()
        lines = await hall.speakers(VOTERS)
        began = time.perf_counter()

        async def come_back(reader: Reader, number: int) -> float:
            """As socket.js does: full jitter, doubled with each failure up to ten seconds."""
            failures = 0
            while True:
                failures += 1
                await asyncio.sleep(chance.random() * min(10.0, 2.0 ** (failures - 1)))
                try:
                    await crowd.seat(reader, number)
                except (OSError, TimeoutError):
                    continue
                return time.perf_counter()

        async def vote(number: int, member_id: int, line: Reader) -> dict:
            """Until it is acknowledged, under the same id."""
            frame = hall.frame(member_id, type="answer_poll", poll=str(poll), option=number % 2)
            await asyncio.sleep(number * 10.0 / VOTERS)
            while True:
                try:
                    answer = await line.ask_for(**frame)
                except (OSError, RuntimeError):
                    await come_back(line, 150 * crowd.PER_ADDRESS + number)
                    continue
                if answer.get("ok"):
                    return answer
                await asyncio.sleep(2)

        votes = [asyncio.create_task(vote(number, *line)) for number, line in enumerate(lines)]
        await asyncio.sleep(5)
        server.kill()
        killed = time.perf_counter()
        # Everybody comes again within ten seconds, whether or not the server is there.
        returns = [asyncio.create_task(come_back(reader, number)) for number, reader in enumerate(hall.readers)]
        await asyncio.sleep(1)
        server.start()
        await server.ready()
        listening = time.perf_counter()
        answers = await asyncio.gather(*votes)
        back = await asyncio.gather(*returns)
        await until(lambda: all(reader.notes and reader.notes[-1][0] == VOTERS for reader in hall.readers), 30)
        known = sum(bool(reader.notes) and reader.notes[-1][0] == VOTERS for reader in hall.readers)
        print(
            f"{count} readers, {VOTERS} votes in ten seconds; killed after {killed - began:.0f} s, "
            f"took connections again {listening - killed:.1f} s later"
        )
        report.line("all were caught up after s (p50)", statistics.median(back) - listening)
        report.line("all were caught up after s (last)", max(back) - listening, 30)
        report.line("readers who know the last count", known, count, least=True)
        report.line("votes acknowledged", len(answers), VOTERS, least=True)
        report.line("votes stored", await _stored(poll), VOTERS, least=True)
        report.line("votes stored", await _stored(poll), VOTERS)
        doubled = sum(
            len(told) != len(set(told))
            for told in ([w for w, _ in r.notes if isinstance(w, str)] for r in hall.readers)
        )
        report.line("readers who heard a comment twice", doubled, 0)
        hall.close()
    finally:
        server.stop()


async def _stored(poll: int) -> int:
    from discussions.models import PollVote

    return await PollVote.objects.filter(poll=poll).acount()


def _redis():
    """A Redis of our own that keeps nothing."""

    class Redis:
        def __init__(self):
            binary = shutil.which("redis-server")
            if binary is None:
                raise SystemExit("redis-server is not installed")
            import socket

            with socket.socket() as probe:
                probe.bind((crowd.HOST, 0))
                self.port = probe.getsockname()[1]
            command = [binary, "--bind", crowd.HOST, "--port", str(self.port), "--save", "", "--appendonly", "no"]
            folder = tempfile.gettempdir()
            self._process = subprocess.Popen([*command, "--dir", folder], stdout=subprocess.DEVNULL)

        def end(self) -> None:
            self._process.terminate()
            self._process.wait(20)

    return Redis()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["fanout", "stalled"], help="fanout, stalled, ramp, storm")
    parser.add_argument("--readers", type=int, help="1,000; storm 5,000; ramp 10,000")
    parser.add_argument("--processes", type=int, default=3, help="web processes of ramp")
    asked = parser.parse_args()
    crowd.open_many_files()
    report = Report()
    parts = {
        "fanout": (fanout, 2 * (2 + COMMENTS) + VOTES + PEERS_VOTES, asked.readers or 1000),
        "stalled": (stalled, 2 + ROUNDS * 2 * 4, asked.readers or 1000),
        "ramp": (partial(ramp, processes=asked.processes), asked.processes + 5 * len(RAMP), asked.readers or 10000),
        "storm": (storm, 2 + VOTERS, asked.readers or 5000),
    }
    place.prepare()
    for name in asked.parts:
        print(f"--- {name}", flush=True)
        run, people, readers = parts[name]
        uvloop.run(run(report, Stage(name, people), readers))
    place.finish(report.failures)


if __name__ == "__main__":
    main()

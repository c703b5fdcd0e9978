"""The hall of one space in this process: who sits there, what they were told last, and how they are told more."""

import asyncio
import logging
import time
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer

from discussions import events, frames
from discussions.live.topics import Board
from discussions.seats import Seat

if TYPE_CHECKING:
    from discussions.hub import Hub

logger = logging.getLogger(__name__)

KEPT = events.PAGE  # frames a hall remembers
TICK = 0.2  # seconds between two deliveries of a hall
WATCH = 1.0  # seconds between two looks at the Event table
HEARTBEAT = 10.0  # seconds between two words to the other processes
LAYER_PATIENCE = 2.0  # seconds the channel layer may take
TALLIES = 64  # different things that are counted in one tick; what comes on top is not told
TALLY_NAME = 40  # characters

Tally = tuple[str, str]  # room code ("" for the whole space), what is counted


class Hall:
    """The sockets of one space in this process, and what they were told last."""

    def __init__(self, hub: "Hub", space_id: int):
        self.hub, self.space_id = hub, space_id
        self.seats: dict[Seat, asyncio.Task] = {}
        self.arriving = 0
        self.seq: int | None = None  # everything up to here has been handed out
        self.floor = 0  # `recent` is complete after this event
        self.recent: dict[frames.Key, frames.Frame] = {}
        self.public_until = 0.0  # when it has to be asked again whether everybody may see the space
        self.bell = asyncio.Event()
        self._has_news = False
        self._counted: Counter[Tally] = Counter()  # since the last tick, in every process
        self._counted_here: Counter[Tally] = Counter()  # since the last tick, and not told to the others yet
        self.elsewhere: dict[str, tuple[int, float]] = {}  # people in other processes, and when they said so
        self.board: Board | None = None  # the map of topics everybody here sees
        self._told = -1
        self._channel = ""
        self._lock = asyncio.Lock()
        self.tasks = [hub.spawn(self._serve()), hub.spawn(self._listen())]

    async def enter(self, seat: Seat, after: int) -> None:
        """Give a socket what it missed since event `after`, then everything that happens."""
        async with self._lock:
            if self.seq is None:
                self.seq = self.floor = await database_sync_to_async(events.last_seq)(self.space_id)
            if after > self.seq:
                await self._advance()
            seat.seq = min(after, self.seq)
            if seat.seq < self.floor:
                await self._reach_back(seat)
            for frame in self.recent.values():
                seat.offer(frame)
            seat.seq = self.seq
            self.seats[seat] = self.hub.spawn(seat.write())
            seat.push(frames.encoded({"type": "synced", "seq": self.seq}), self.seq, "synced")
            seat.mention(self._presence(), "presence")
            if self.board is not None:
                seat.mention(self.board.texts[seat.caller.language], "topics")

    def leave(self, seat: Seat) -> None:
        """Forget a socket."""
        writer = self.seats.pop(seat, None)
        if writer is not None:
            writer.cancel()

    def people(self) -> int:
        """How many people are here, in every process."""
        here = len({seat.caller.who for seat in self.seats if seat.counted})
        fresh = time.monotonic() - 3 * HEARTBEAT
        return here + sum(number for number, said in self.elsewhere.values() if said > fresh)

    def tell_presence(self) -> bool:
        """Say how many people are here when that has changed. True when it has."""
        people = self.people()
        if people == self._told:
            return False
        self._told = people
        text = self._presence()
        for seat in self.seats:
            seat.mention(text, "presence")
        return True

    def show(self, board: Board) -> None:
        """Hand a new map of topics to everybody."""
        self.board = board
        for seat in self.seats:
            seat.mention(board.texts[seat.caller.language], "topics")

    def ring(self) -> None:
        """There are events to read."""
        self._has_news = True
        self.bell.set()

    def count(self, tallies: Counter[Tally], *, here: bool) -> None:
        """Add to what is told at the next tick; `here`: the other processes do not know of it."""
        for pot in (self._counted, self._counted_here) if here else (self._counted,):
            for tally, number in tallies.items():
                if tally in pot or len(pot) < TALLIES:
                    pot[tally] += number
        self.bell.set()

    async def announce(self, *, gone: bool = False) -> None:
        """Tell the other processes how many people sit here, and keep the subscription fresh."""
        here = 0 if gone else len({seat.caller.who for seat in self.seats if seat.counted})
        group, layer = events.group_name(self.space_id), get_channel_layer()
        message = {"type": "presence.count", "process": self.hub.name, "people": here}
        try:
            async with asyncio.timeout(LAYER_PATIENCE):
                if gone and self._channel:
                    await layer.group_discard(group, self._channel)
                elif self._channel:
                    await layer.group_add(group, self._channel)
                await layer.group_send(group, message)
        except Exception:  # noqa: BLE001 - whatever the layer throws, people here are served without it
            logger.warning("The channel layer did not take the presence of space %s.", self.space_id)

    async def _serve(self) -> None:
        """Deliver when the bell rings, at most once per TICK: a storm of votes becomes a few frames."""
        while True:
            await self.bell.wait()
            self.bell.clear()
            self._tell_tallies()
            if self._has_news:
                self._has_news = False
                await self._deliver_news()
            await asyncio.sleep(TICK)

    async def _deliver_news(self) -> None:
        try:
            async with self._lock:
                if self.seq is not None:
                    await self._advance()
        except Exception:
            logger.warning("News of space %s could not be read; trying again.", self.space_id, exc_info=True)
            await asyncio.sleep(WATCH)
            self.ring()

    def _tell_tallies(self) -> None:
        """What was counted since the last tick: one frame for each room, which a slow reader may miss."""
        if self._counted_here:
            self.hub.spawn(spread(self.space_id, self.hub.name, self._counted_here))
            self._counted_here = Counter()
        rooms: dict[str, dict[str, int]] = defaultdict(dict)
        for (room, name), number in self._counted.items():
            rooms[room][name] = number
        self._counted.clear()
        for room, counts in rooms.items():
            text = frames.encoded({"type": "tally", "session": room, "counts": counts})
            for seat in self.seats:
                seat.mention(text, ("tally", room))

    async def _listen(self) -> None:
        """One subscription of this process to the space."""
        while True:
            try:
                layer = get_channel_layer()
                channel = await layer.new_channel()
                await layer.group_add(events.group_name(self.space_id), channel)
                self._channel = channel
                while True:
                    self._hear(await layer.receive(channel))
            except Exception:  # noqa: BLE001 - whatever the layer throws, the watch over the Event table goes on
                logger.warning("The channel layer is away; news of space %s comes by looking.", self.space_id)
                self._channel = ""
                await asyncio.sleep(LAYER_PATIENCE)

    def _hear(self, message: dict) -> None:
        if message["type"] == "event.ring":
            self.ring()
        elif message["type"] == "tally.add":
            if message["process"] != self.hub.name:
                self.count(Counter({(room, name): number for room, name, number in message["counts"]}), here=False)
        elif message["type"] == "presence.count" and message["process"] != self.hub.name:
            self.elsewhere[message["process"]] = (message["people"], time.monotonic())

    async def _advance(self) -> None:
        batch = await database_sync_to_async(frames.load)(self.space_id, self.seq)
        if not batch.complete:
            self._start_anew(batch.seq)
            return
        for frame in batch.frames:
            self.recent.pop(frame.key, None)
            self.recent[frame.key] = frame
        self._hand_out(batch)
        while len(self.recent) > KEPT:
            oldest = self.recent.pop(next(iter(self.recent)))
            self.floor = max(self.floor, oldest.seq)

    async def _reach_back(self, seat: Seat) -> None:
        """Somebody comes from further back than we remember: read again from there, and remember that for the next."""
        batch = await database_sync_to_async(frames.load)(self.space_id, seat.seq)
        if not batch.complete:
            seat.push(frames.gap(self.seq), self.seq, "gap")
            seat.seq = self.seq
            return
        self.floor = seat.seq
        self.recent = {frame.key: frame for frame in batch.frames}
        self._hand_out(batch)

    def _hand_out(self, batch: frames.Batch) -> None:
        """Give the seats what is new to this hall."""
        for frame in batch.frames:
            if frame.seq > self.seq:
                for seat in self.seats:
                    seat.offer(frame)
        self.seq = max(self.seq, batch.seq)
        self.hub.close_the_stalled(self)

    def _start_anew(self, seq: int) -> None:
        self.seq = self.floor = seq
        self.recent.clear()
        for seat in self.seats:
            seat.push(frames.gap(seq), seq, "gap")

    def _presence(self) -> str:
        return frames.encoded({"type": "presence", "people": self.people()})


async def spread(space_id: int, process: str, tallies: Counter[Tally]) -> None:
    """Tell the other processes what was counted here. Lost without harm when the layer is away."""
    counts = [[room, name, number] for (room, name), number in tallies.items()]
    try:
        async with asyncio.timeout(LAYER_PATIENCE):
            message = {"type": "tally.add", "process": process, "counts": counts}
            await get_channel_layer().group_send(events.group_name(space_id), message)
    except Exception:  # noqa: BLE001 - whatever the layer throws, people here have seen it
        logger.warning("The channel layer did not take the counts of space %s.", space_id)

"""All sockets of one process: each sits in the hall of its space, and news is read, rendered and encoded once for all.

A ring of the channel layer, or a look at the Event table about once a second, wakes a hall; it reads the letter-box
(`frames.load`) and hands the same strings to every seat. A lost ring, a layer that is down or an event written by
another process cost at most that second. Memory is bounded: a hall keeps the newest frames for those who come back
after a short break, and a seat that does not read is told to fetch the page anew instead of growing a queue.
"""

import asyncio
import contextvars
import logging
import time
import uuid
from collections.abc import Iterable
from functools import reduce
from operator import or_
from weakref import WeakKeyDictionary

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from discussions import events, frames
from discussions.models import Event, Member
from discussions.seats import GAPS, Seat

logger = logging.getLogger(__name__)

KEPT = events.PAGE  # frames a hall remembers
TICK = 0.2  # seconds between two deliveries of a hall
WATCH = 1.0  # seconds between two looks at the Event table
CHECK = 2.0  # seconds between two looks at the sessions of those who sit here
HEARTBEAT = 10.0  # seconds between two words to the other processes
LAYER_PATIENCE = 2.0  # seconds the channel layer may take
SPACES_PER_QUERY = 200

SIGNED_OUT = 4401
TRY_LATER = 1013


class Hall:
    """The sockets of one space in this process, and what they were told last."""

    def __init__(self, hub: "Hub", space_id: int):
        self.hub, self.space_id = hub, space_id
        self.seats: dict[Seat, asyncio.Task] = {}
        self.arriving = 0
        self.seq: int | None = None  # everything up to here has been handed out
        self.floor = 0  # `recent` is complete after this event
        self.recent: dict[frames.Key, frames.Frame] = {}
        self.bell = asyncio.Event()
        self.elsewhere: dict[str, tuple[int, float]] = {}  # people in other processes, and when they said so
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
            seat.push(frames.encoded({"type": "synced", "seq": self.seq}), self.seq)
            seat.push(self._presence(), self.seq)

    def leave(self, seat: Seat) -> None:
        """Forget a socket."""
        writer = self.seats.pop(seat, None)
        if writer is not None:
            writer.cancel()

    def people(self) -> int:
        """How many people are here, in every process."""
        here = len({seat.who for seat in self.seats if seat.counted})
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
            seat.mention(text)
        return True

    async def announce(self, *, gone: bool = False) -> None:
        """Tell the other processes how many people sit here, and keep the subscription fresh."""
        here = 0 if gone else len({seat.who for seat in self.seats if seat.counted})
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
            try:
                async with self._lock:
                    if self.seq is not None:
                        await self._advance()
            except Exception:
                logger.warning("News of space %s could not be read; trying again.", self.space_id, exc_info=True)
                await asyncio.sleep(WATCH)
                self.bell.set()
            await asyncio.sleep(TICK)

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
            self.bell.set()
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
            seat.push(frames.gap(self.seq), self.seq)
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
            seat.push(frames.gap(seq), seq)

    def _presence(self) -> str:
        return frames.encoded({"type": "presence", "people": self.people()})


class Hub:
    """All halls of this process (more exactly: of one event loop). Get it with `current()`."""

    def __init__(self):
        self.name = uuid.uuid4().hex
        self.halls: dict[int, Hall] = {}
        self._watch: asyncio.Task | None = None
        self._running: set[asyncio.Task] = set()

    def spawn(self, work) -> asyncio.Task:
        """Run something that belongs to no single request."""
        task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def enter(self, space_id: int, seat: Seat, after: int) -> None:
        """Seat a socket in the hall of a space. Raises DatabaseError when the letter-box cannot be read."""
        hall = self.halls.get(space_id)
        if hall is None:
            hall = self.halls[space_id] = Hall(self, space_id)
        if self._watch is None:
            self._watch = self.spawn(self._keep_watch())
        hall.arriving += 1
        try:
            await hall.enter(seat, after)
        finally:
            hall.arriving -= 1
            await self._close_if_empty(hall)

    async def leave(self, space_id: int, seat: Seat) -> None:
        """The socket is gone."""
        hall = self.halls.get(space_id)
        if hall is not None:
            hall.leave(seat)
            await self._close_if_empty(hall)

    def close_the_stalled(self, hall: Hall) -> None:
        """Part with sockets that fell behind again and again without reading anything."""
        for seat in [seat for seat in hall.seats if seat.gaps >= GAPS]:
            hall.leave(seat)
            self.spawn(seat.dismiss(TRY_LATER))

    async def _close_if_empty(self, hall: Hall) -> None:
        if hall.seats or hall.arriving or self.halls.get(hall.space_id) is not hall:
            return
        del self.halls[hall.space_id]
        if not self.halls and self._watch is not None:
            self._watch.cancel()
            self._watch = None
        for task in hall.tasks:
            task.cancel()
        await hall.announce(gone=True)

    async def _keep_watch(self) -> None:
        """What is done by the clock: look for news, count people, see who was signed out."""
        checked = beaten = time.monotonic()
        while True:
            await asyncio.sleep(WATCH)
            now = time.monotonic()
            try:
                await self._look_for_news()
                if now - checked >= CHECK - WATCH / 2:
                    checked = now
                    await self._see_off_the_signed_out()
                is_beat = now - beaten >= HEARTBEAT
                beaten = now if is_beat else beaten
                for hall in list(self.halls.values()):
                    if hall.tell_presence() or is_beat:
                        await hall.announce()
            except DatabaseError:
                logger.warning("The database did not answer the watch; trying again.", exc_info=True)
            except Exception:
                # Nobody would be signed out any more if the watch ended.
                logger.exception("The watch stumbled and goes on.")

    async def _look_for_news(self) -> None:
        known = {hall.space_id: hall.seq for hall in self.halls.values() if hall.seq is not None}
        for space_id in await database_sync_to_async(with_news)(known):
            if space_id in self.halls:
                self.halls[space_id].bell.set()

    async def _see_off_the_signed_out(self) -> None:
        seated = [(hall, seat) for hall in self.halls.values() for seat in hall.seats if seat.member_id]
        if not seated:
            return
        keys = {(seat.member_id, seat.session_key, seat.session_hash) for _hall, seat in seated}
        valid = await database_sync_to_async(still_signed_in)(keys)
        for hall, seat in seated:
            if (seat.member_id, seat.session_key, seat.session_hash) not in valid:
                hall.leave(seat)
                self.spawn(seat.dismiss(SIGNED_OUT, signed_out(seat.language)))


def with_news(known: dict[int, int]) -> list[int]:
    """Of these spaces with the last event known of each, those where more has happened: one query for all."""
    found: list[int] = []
    spaces = list(known.items())
    for start in range(0, len(spaces), SPACES_PER_QUERY):
        newer = (Q(space_id=space_id, seq__gt=seq) for space_id, seq in spaces[start : start + SPACES_PER_QUERY])
        found += Event.objects.filter(reduce(or_, newer)).values_list("space_id", flat=True).distinct()
    return found


def still_signed_in(keys: Iterable[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    """Of (member, session key, session hash): those whose session lives, whose account is open and whose password is
    the one the session began with. Two queries for all sockets of a process."""
    keys = list(keys)
    alive = set(
        Session.objects.filter(
            session_key__in={session_key for _member, session_key, _hash in keys}, expire_date__gt=timezone.now()
        ).values_list("session_key", flat=True)
    )
    members = Member.objects.filter(pk__in={member for member, _key, _hash in keys}, is_active=True).only("password")
    hashes = {member.pk: member.get_session_auth_hash() for member in members}
    return {key for key in keys if key[1] in alive and hashes.get(key[0]) == key[2]}


def signed_out(language: str) -> str:
    """The last frame to somebody whose session has ended."""
    with translation.override(language):
        words = _("You have been signed out. What you sent is safe; sign in again to go on.")
    return frames.encoded({"type": "signed_out", "message": words})


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def current() -> Hub:
    """The hub of the running event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _hubs:
        _hubs[loop] = Hub()
    return _hubs[loop]

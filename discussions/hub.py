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
from collections import Counter
from collections.abc import Iterable
from functools import reduce
from operator import or_
from weakref import WeakKeyDictionary

from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.contrib.sessions.models import Session
from django.db import DatabaseError
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from discussions import frames
from discussions.allowances import Allowances
from discussions.callers import opening
from discussions.halls import HEARTBEAT, TALLY_NAME, WATCH, Hall, spread
from discussions.live.topics import boards
from discussions.models import Event, Member
from discussions.seats import GAPS, Seat

logger = logging.getLogger(__name__)

CHECK = 2.0  # seconds between two looks at the sessions of those who sit here, and at the topics
SPACES_PER_QUERY = 200

SIGNED_OUT = 4401
TRY_LATER = 1013


class Hub:
    """All halls of this process (more exactly: of one event loop). Get it with `current()`."""

    def __init__(self):
        self.name = uuid.uuid4().hex
        self.halls: dict[int, Hall] = {}
        self.allowances = Allowances()
        self._watch: asyncio.Task | None = None
        self._running: set[asyncio.Task] = set()

    def spawn(self, work) -> asyncio.Task:
        """Run something that belongs to no single request."""
        task = asyncio.get_running_loop().create_task(work, context=contextvars.Context())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task

    async def opening(self, space_id: int, member_id: int | None) -> int | None:
        """The number of an event after which a page can begin to listen; None when this person may not see the space.

        When thousands come back at once, a hall that is open to everybody does not ask the database for each of them.
        """
        hall = self.halls.get(space_id)
        if hall is not None and hall.seq is not None and time.monotonic() < hall.public_until:
            return hall.seq
        seq, is_public = await opening(space_id, member_id)
        if hall is not None and is_public:
            hall.public_until = time.monotonic() + WATCH
        return seq

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

    async def tally(self, space_id: int, room: str, name: str, by: int = 1) -> None:
        """Count something that is shown for a moment and stored nowhere; see the function of the same name."""
        if not 0 < len(name) <= TALLY_NAME or by < 1:
            raise ValueError(f"not something to count: {by} times {name!r}")
        counted = Counter({(room, name): by})
        hall = self.halls.get(space_id)
        if hall is not None:
            hall.count(counted, here=True)
        else:
            # Nobody sits here: the request came to a process without sockets of this space.
            await spread(space_id, self.name, counted)

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
                    await self._look_at_topics()
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
                self.halls[space_id].ring()

    async def _look_at_topics(self) -> None:
        known = {hall.space_id: hall.board.version if hall.board else "" for hall in self.halls.values()}
        for space_id, board in (await database_sync_to_async(boards)(known)).items():
            if space_id in self.halls:
                self.halls[space_id].show(board)

    async def _see_off_the_signed_out(self) -> None:
        seated = [(hall, seat) for hall in self.halls.values() for seat in hall.seats if seat.caller.member_id]
        if not seated:
            return
        valid = await database_sync_to_async(still_signed_in)({_pass(seat) for _hall, seat in seated})
        for hall, seat in seated:
            if _pass(seat) not in valid:
                hall.leave(seat)
                self.spawn(seat.dismiss(SIGNED_OUT, signed_out(seat.caller.language)))


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


def _pass(seat: Seat) -> tuple[int, str, str]:
    caller = seat.caller
    return caller.member_id, caller.session_key, caller.session_hash


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


def tally(space_id: int, room: str, name: str, by: int = 1) -> None:
    """Count something that is shown for a moment and stored nowhere: hands that clap, people who write.

    For actions and views, from any thread; `await current().tally(...)` is the same for coroutines. `room` is the code
    of a live session, or "" for the whole space; `name` says what is counted, in at most TALLY_NAME characters of the
    protocol ("clap"). It costs no query. All that is counted in a tick (0.2 s), here and in other processes, reaches
    every open page of the space as one frame per room::

        {"type": "tally", "session": "k7m2qx", "counts": {"clap": 12, "heart": 3}}

    with numbers *since the tick before*: the only frame that says what to add. It has no `seq` and is never told again;
    whoever was away, reads slowly or is beyond a channel layer that is down has missed it, and nothing is wrong. Call
    it after the rules have let the person in and the pace was checked; never for anything that is counted for good.
    """
    async_to_sync(_tally)(space_id, room, name, by)


async def _tally(space_id: int, room: str, name: str, by: int) -> None:
    await current().tally(space_id, room, name, by)

"""How many lines one person and one address may hold, and how many frames may come over them, in one process.

A person's frames are counted together, whatever the number of windows. An address is not a person: a school or a whole
mobile network may stand behind one, so it is given what a full hall needs and only stops what no hall would send.
Frames of people who did not sign in have a share of their own, and so have their lines: whoever floods the process
from there without an account cannot silence the members at the same address.

Counted in memory, never in the database or the cache: what protects the process must cost less than what it stops. What
is refused is sent again by the page.
"""

import time
from collections import Counter, deque
from collections.abc import Hashable

from django.conf import settings

from discussions.callers import Caller

FRAMES_ALLOWED, WINDOW = 20, 10.0  # of one person, in seconds
FRAMES_ENDURED = 5 * FRAMES_ALLOWED  # in one window; then the line is closed
FRAMES_OF_ADDRESS = 3000  # in one window: a thousand people who vote, and some who vote twice
LINES_OF_PERSON = 20
STRANGERS_SHARE = 2 / 3  # of what an address may, for those who did not sign in


class Pace:
    """How often each of many came in the last WINDOW seconds."""

    def __init__(self):
        self._arrivals: dict[Hashable, deque[float]] = {}
        self._swept = time.monotonic()

    def count(self, key: Hashable, *, most: int) -> int:
        """Count one more and say how many that makes, at most `most` + 1."""
        now = time.monotonic()
        self._sweep(now)
        arrivals = self._arrivals.setdefault(key, deque(maxlen=most + 1))
        while arrivals and arrivals[0] <= now - WINDOW:
            arrivals.popleft()
        arrivals.append(now)
        return len(arrivals)

    def _sweep(self, now: float) -> None:
        """Forget those who have been quiet: nothing grows with the people of a day."""
        if now - self._swept < WINDOW:
            return
        self._swept = now
        quiet = [key for key, arrivals in self._arrivals.items() if arrivals[-1] <= now - WINDOW]
        for key in quiet:
            del self._arrivals[key]


class Allowances:
    """What the lines of one process may do. It belongs to the hub."""

    def __init__(self):
        self._people, self._addresses = Pace(), Pace()
        self._lines: Counter[Hashable] = Counter()

    def admit(self, caller: Caller) -> bool:
        """May this caller open one more line? Then it is counted until `release`."""
        keys = _lines(caller)
        if any(self._lines[key] >= most for key, most in keys.items()):
            return False
        self._lines.update(keys.keys())
        return True

    def release(self, caller: Caller) -> None:
        """A line that was admitted is closed."""
        for key in _lines(caller):
            self._lines[key] -= 1
            if self._lines[key] <= 0:
                del self._lines[key]

    def frames(self, caller: Caller) -> tuple[bool, bool]:
        """Count a frame. (it may be acted on, the line may stay)."""
        of_person = self._people.count(caller.who, most=FRAMES_ENDURED)
        is_fine = of_person <= FRAMES_ALLOWED
        if is_fine:
            # A flood of one person is not charged to the others at the address.
            key, most = (caller.address, caller.member_id is not None), _share(FRAMES_OF_ADDRESS, caller)
            is_fine = self._addresses.count(key, most=most) <= most
        return is_fine, of_person <= FRAMES_ENDURED


def _lines(caller: Caller) -> dict[Hashable, int]:
    """What a line counts for, and how many there may be."""
    most = settings.LINES_PER_ADDRESS
    if caller.member_id is None:
        # Strangers are counted among all, so that their share is never more than that.
        return {("strangers", caller.address): _share(most, caller), ("all", caller.address): most}
    return {("member", caller.member_id): LINES_OF_PERSON, ("all", caller.address): most}


def _share(most: int, caller: Caller) -> int:
    return most if caller.member_id is not None else int(most * STRANGERS_SHARE)

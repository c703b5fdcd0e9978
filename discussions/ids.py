"""Ids that grow with time, made before the row is written: the path of a comment holds its own id."""

import secrets
import threading
import time

EPOCH_MS = 1_735_689_600_000  # 2025-01-01 UTC
RANDOM_BITS = 20
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PATH_STEP = 12  # base-36 digits that hold any id of 62 bits


_lock = threading.Lock()
_latest = 0


def new_id() -> int:
    """A 62-bit id: 42 bits of milliseconds, 20 random ones; within a process each is larger than the one before.

    Two processes clash only when they draw the same number of a million in the same millisecond; the primary key
    refuses that one.
    """
    global _latest
    milliseconds = time.time_ns() // 1_000_000 - EPOCH_MS
    drawn = (milliseconds << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)
    with _lock:
        _latest = max(drawn, _latest + 1)
        return _latest


def path_step(number: int) -> str:
    """`number` in base 36, padded so that paths sort as text in the order of time."""
    digits = []
    while number:
        number, digit = divmod(number, 36)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits)).rjust(PATH_STEP, "0")

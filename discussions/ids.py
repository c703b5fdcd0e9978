"""Ids that grow with time, made before the row is written: the path of a comment holds its own id."""

import secrets
import time

EPOCH_MS = 1_735_689_600_000  # 2025-01-01 UTC
RANDOM_BITS = 20
DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
PATH_STEP = 12  # base-36 digits that hold any id of 62 bits


def new_id() -> int:
    """A 62-bit id: 42 bits of milliseconds, 20 random ones.

    The primary key still refuses the one clash in a million.
    """
    milliseconds = time.time_ns() // 1_000_000 - EPOCH_MS
    return (milliseconds << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)


def path_step(number: int) -> str:
    """`number` in base 36, padded so that paths sort as text in the order of time."""
    digits = []
    while number:
        number, digit = divmod(number, 36)
        digits.append(DIGITS[digit])
    return "".join(reversed(digits)).rjust(PATH_STEP, "0")

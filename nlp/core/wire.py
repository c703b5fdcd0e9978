"""Protocol Buffers on the wire, as far as SentencePiece models are read and ONNX graphs are written.

Reference: https://protobuf.dev/programming-guides/encoding/ . Varints, 32-bit values and length-delimited bytes;
groups and 64-bit values occur in neither format.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

VARINT, BYTES, FIXED32 = 0, 2, 5


def fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """(number, value) of each field in the order they stand; 32-bit values come as their four bytes.

    Raises ValueError where the message is cut short or is none.
    """
    at, end = 0, len(message)
    try:
        while at < end:
            key, at = _varint(message, at)
            kind = key & 7
            if kind == VARINT:
                number, at = _varint(message, at)
                yield key >> 3, number
                continue
            if kind == BYTES:
                size, at = _varint(message, at)
            elif kind == FIXED32:
                size = 4
            else:
                raise ValueError(f"fields of wire type {kind} are not read here")
            if at + size > end:
                raise ValueError(f"field {key >> 3} is cut short")
            yield key >> 3, message[at : at + size]
            at += size
    except IndexError:
        raise ValueError("the message is cut short") from None


def field(number: int, value: int | float | str | bytes) -> bytes:
    """One field: integers as varints (negative ones in 64-bit two's complement), floats as 32 bits."""
    if isinstance(value, int):
        return _as_varint(number << 3 | VARINT) + _as_varint(value & (1 << 64) - 1)
    if isinstance(value, float):
        return _as_varint(number << 3 | FIXED32) + struct.pack("<f", value)
    content = value.encode() if isinstance(value, str) else value
    return _as_varint(number << 3 | BYTES) + _as_varint(len(content)) + content


def _varint(message: bytes, at: int) -> tuple[int, int]:
    byte = message[at]
    if byte < 0x80:
        return byte, at + 1
    number, shift = byte & 0x7F, 7
    while True:
        at += 1
        byte = message[at]
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return number, at + 1
        shift += 7


def _as_varint(number: int) -> bytes:
    content = bytearray()
    while number > 0x7F:
        content.append(number & 0x7F | 0x80)
        number >>= 7
    content.append(number)
    return bytes(content)

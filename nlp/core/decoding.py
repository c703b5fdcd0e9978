"""The characters of a file whose sender did not say how they are written: UTF-8 or one of the two kinds of Big5."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO, NamedTuple

BIG5 = ("cp950", "big5hkscs")
"""Big5 as Windows writes it, then with the Hong Kong characters; the first that fits is taken."""
BLOCK = 1 << 20
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class UnknownEncoding(ValueError):
    """Neither UTF-8, UTF-16 with its mark, nor Big5: guessing on would turn words into other words."""


class Decoded(NamedTuple):
    """`encoding` is the name Python knows it by; `is_damaged` when some bytes were replaced by U+FFFD."""

    text: str
    encoding: str
    is_damaged: bool


class Encoding(NamedTuple):
    """`name` as Python knows it; `is_damaged` when some bytes are not text in it and have to be replaced."""

    name: str
    is_damaged: bool


def decoded(data: bytes) -> Decoded:
    """The text of a file without its byte order mark. Raises UnknownEncoding rather than guess."""
    name, is_damaged = detect(io.BytesIO(data))
    try:
        return Decoded(data.decode(name, "replace" if is_damaged else "strict"), name, is_damaged)
    except UnicodeDecodeError as error:
        raise UnknownEncoding from error


def detect(stream: BinaryIO) -> Encoding:
    """How a file is written, found by reading it once or twice in pieces, from its beginning. Raises UnknownEncoding.

    A UTF-8 file with a few broken lines must not be taken for Big5: most of its lines still are UTF-8.
    """
    if stream.read(2) in UTF_16_MARKS:
        return Encoding("utf-16", False)
    stream.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for block in iter(lambda: stream.read(BLOCK), b""):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        stream.seek(0)
        return _by_lines(stream)
    return Encoding("utf-8-sig", False)


def _by_lines(stream: BinaryIO) -> Encoding:
    foreign = readable = 0
    possible = list(BIG5)
    for line in stream:
        if not line.isascii():
            foreign += 1
            readable += decodes(line, "utf-8")
            possible = [encoding for encoding in possible if decodes(line, encoding)]
    if readable * 2 > foreign:
        return Encoding("utf-8-sig", True)
    if possible:
        return Encoding(possible[0], False)
    raise UnknownEncoding


def decodes(data: bytes, encoding: str) -> bool:
    """Are these bytes text in that encoding?"""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True

"""The characters of a file whose sender did not say how they are written: UTF-8 or one of the two kinds of Big5."""

from __future__ import annotations

from typing import NamedTuple

BIG5 = ("cp950", "big5hkscs")
"""Big5 as Windows writes it, then with the Hong Kong characters; the first that fits is taken."""
UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")


class UnknownEncoding(ValueError):
    """Neither UTF-8, UTF-16 with its mark, nor Big5: guessing on would turn words into other words."""


class Decoded(NamedTuple):
    """`encoding` is the name Python knows it by; `is_damaged` when some bytes were replaced by U+FFFD."""

    text: str
    encoding: str
    is_damaged: bool


def decoded(data: bytes) -> Decoded:
    """The text of a file without its byte order mark. Raises UnknownEncoding rather than guess.

    A UTF-8 file with a few broken lines must not be taken for Big5: most of its lines still are UTF-8.
    """
    if data.startswith(UTF_16_MARKS):
        try:
            return Decoded(data.decode("utf-16"), "utf-16", False)
        except UnicodeDecodeError as error:
            raise UnknownEncoding from error
    try:
        return Decoded(data.decode("utf-8-sig"), "utf-8-sig", False)
    except UnicodeDecodeError:
        foreign = [line for line in data.split(b"\n") if not line.isascii()]
        if sum(decodes(line, "utf-8") for line in foreign) * 2 > len(foreign):
            return Decoded(data.decode("utf-8-sig", "replace"), "utf-8-sig", True)
    for encoding in BIG5:
        if decodes(data, encoding):
            return Decoded(data.decode(encoding), encoding, False)
    raise UnknownEncoding


def decodes(data: bytes, encoding: str) -> bool:
    """Are these bytes text in that encoding?"""
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True

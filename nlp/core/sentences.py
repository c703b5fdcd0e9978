"""A written text as its sentences."""

from __future__ import annotations

import re

END = re.compile(r"(?<=[。！？!?…；])[」』”’）)\"']*\s*|(?<=[.])[”’)\"']*\s+(?=[A-Z\"“‘(\d])|\s*\n\s*")
"""After a full stop; in English only where something follows that can begin a sentence; at a new line."""
COUNT = r"[一二三四五六七八九十]{1,2}"
BULLET = re.compile(rf"^\s*(?:[-*•・‧]|\(?\d{{1,2}}[.)、]|[（(]{COUNT}[)）]|{COUNT}、)\s*")
LEAST = 2
"""Fewer letters than this make no sentence."""


def split(text: str) -> list[str]:
    """The sentences of a text in order, without list marks; pieces without words are left out."""
    found = []
    start = 0
    for end in [*END.finditer(text), None]:
        closing = end.group() if end is not None else ""
        piece = text[start : end.start() if end is not None else len(text)] + closing.strip()
        start = end.end() if end is not None else len(text)
        piece = BULLET.sub("", piece).strip()
        if sum(character.isalnum() for character in piece) >= LEAST:
            found.append(piece)
    return found

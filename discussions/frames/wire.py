"""What a frame is, and how it goes over the wire."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)

Key = tuple[str, int]
# The facts of a frame and what renders its HTML (None: it has none); None when there is nothing to tell.
Made = tuple[dict, Callable[[], str] | None] | None


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing as it stands after event `seq`. `texts` holds the encoded frame by language code."""

    key: Key
    seq: int
    texts: dict[str, str]


@dataclass(frozen=True, slots=True)
class Batch:
    """All news up to event `seq`. When not `complete`, more was missed than a page of events: fetch the page anew."""

    seq: int
    frames: list[Frame]
    complete: bool = True


def encoded(content: dict) -> str:
    """A frame as it goes over the wire."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def gap(seq: int) -> str:
    """The frame that says: too much was missed, fetch the page anew; what follows continues after `seq`."""
    return encoded({"type": "gap", "seq": seq})

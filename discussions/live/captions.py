"""A transcript as a WebVTT file, read and written. Cues that cannot be read are named; the others are kept."""

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import webvtt
from django.utils.translation import gettext as _
from webvtt.errors import MalformedCaptionError

from discussions.errors import InvalidText
from discussions.live.transcripts import LATEST_MS, Said
from discussions.models import TranscriptLine

FILE_LIMIT = 2 * 1024 * 1024  # bytes
CUE_LIMIT = 20_000
SHOWN = 20  # broken cues that are named; the others are counted
LAST_MS = 4000  # how long the last line of a transcript stands
_BLOCKS = re.compile(r"\n{2,}")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?[ \t]+([^>]*)>")
_TIMES = re.compile(r"(?:^|\n)[^\n]*-->[^\n]*")


@dataclass(frozen=True, slots=True)
class Broken:
    """A cue that was not taken: its place in the file (from 1), its times as written, and why."""

    place: int
    times: str
    why: str


@dataclass(slots=True)
class Captions:
    """What a file holds."""

    lines: list[Said] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)


def read(content: bytes) -> Captions:
    """The lines of a file, a voice becoming the speaker. Raises InvalidText for what is no WebVTT, or too much."""
    if len(content) > FILE_LIMIT:
        raise InvalidText(_("The file is larger than 2 MiB. Please send it in parts."), code="too_long")
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise InvalidText(_("The file is not written in UTF-8, as WebVTT is."), code="not_webvtt") from error
    if not re.match(r"WEBVTT(?=[ \t\n]|$)", text):
        raise InvalidText(_("This is not a WebVTT file: it does not begin with WEBVTT."), code="not_webvtt")
    blocks = [block for block in _BLOCKS.split(text)[1:] if "-->" in block and not block.startswith("NOTE")]
    if len(blocks) > CUE_LIMIT:
        words = _("The file has more than %(most)s cues. Please send it in parts.") % {"most": f"{CUE_LIMIT:,}"}
        raise InvalidText(words, code="too_long")
    found = Captions()
    for place, block in enumerate(blocks, start=1):
        try:
            found.lines += _cue(block)
        except InvalidText as refusal:
            times = _TIMES.search(block)
            found.broken.append(Broken(place, times[0].strip()[:60] if times else "", refusal.message))
    return found


def written(lines: Iterable[TranscriptLine]) -> Iterator[str]:
    """A file, piece by piece, of lines in the order of their moments. Reading it again gives the same lines."""
    yield "WEBVTT\n"
    before = None
    for line in lines:
        if before is not None:
            yield _written(before, line.starts_ms)
        before = line
    if before is not None:
        yield _written(before, before.starts_ms + LAST_MS)


def stamp(ms: int) -> str:
    """A moment as WebVTT writes it."""
    seconds, ms = divmod(ms, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}.{ms:03}"


def _cue(block: str) -> list[Said]:
    """The lines of one cue: one for each voice in it. Raises InvalidText."""
    try:
        captions = webvtt.from_string(f"WEBVTT\n\n{block}").captions
    except MalformedCaptionError as error:
        raise InvalidText(_("Its times cannot be read."), code="times") from error
    if not captions:
        raise InvalidText(_("Its times cannot be read."), code="times")
    # Without an empty line between them, several cues stand in one block.
    return [said for caption in captions for said in _said(caption)]


def _said(caption: webvtt.Caption) -> list[Said]:
    starts, ends = (moment.in_milliseconds() for moment in (caption.start_time, caption.end_time))
    if not starts <= ends <= LATEST_MS:
        raise InvalidText(_("It ends before it begins, or too far away."), code="times")
    return [Said(starts, words, speaker, ends).cleaned() for speaker, words in _voices(caption)]


def _voices(caption: webvtt.Caption) -> list[tuple[str, str]]:
    """(speaker, words) in the order of a cue; words before the first voice are nobody's."""
    parts = _VOICE.split(caption.raw_text)
    spoken = [("", parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]
    found = []
    for speaker, raw in spoken:
        words = html.unescape(webvtt.Caption(caption.start, caption.end, raw).text)
        if words.strip():
            found.append((html.unescape(speaker), words))
    if not found:
        raise InvalidText(_("It has no words."), code="empty")
    return found


def _written(line: TranscriptLine, next_ms: int) -> str:
    ends_ms = line.ends_ms if line.ends_ms is not None else max(next_ms, line.starts_ms)
    voice = f"<v {_escaped(line.speaker)}>" if line.speaker else ""
    return f"\n{line.number}\n{stamp(line.starts_ms)} --> {stamp(ends_ms)}\n{voice}{_escaped(line.text)}\n"


def _escaped(words: str) -> str:
    """No tag and no arrow comes out of somebody's words."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

"""What is said in a session, written down: a line, its correction, many lines at once. One function is one action.

The words of the panel are no citizens' opinion: they do not enter the opinion stream (docs/decisions/0027).
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from discussions import events, rules, wording
from discussions.errors import Conflict, InvalidText
from discussions.live.leading import changed, locked_session
from discussions.models import LiveSession, Member, Space, State, TranscriptLine

LINE_LIMIT = 500
SPEAKER_LIMIT = 80
PASTED_LIMIT = 500  # lines in one paste
LINES_LIMIT = 60_000  # lines of one session; a day of speech has fewer
LATEST_MS = 2**31 - 1
BATCH = 1000
# "主席：……" and "Ms Lin: …": a short name without marks, then a colon. An address of the web is none.
_NAMED = re.compile(r"([^\s：:，。！？,.!?][^：:，。！？,!?]{0,29})(?:：\s*|:\s+)(\S.*)")


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one speaker at a time, counted in milliseconds from the opening of the session."""

    starts_ms: int
    text: str
    speaker: str = ""
    ends_ms: int | None = None

    def cleaned(self) -> "Said":
        """With safe words. Raises InvalidText."""
        speaker = self.speaker.strip()
        return Said(
            starts_ms=min(max(self.starts_ms, 0), LATEST_MS),
            text=wording.cleaned_line(self.text, limit=LINE_LIMIT, least=1),
            speaker=wording.cleaned_line(speaker, limit=SPEAKER_LIMIT, least=1) if speaker else "",
            ends_ms=None if self.ends_ms is None else min(self.ends_ms, LATEST_MS),
        )


def write_line(
    *, session: LiveSession, author: Member, text: str, client_id: str, speaker: str = "", now: datetime | None = None
) -> TranscriptLine:
    """Write down what was just said; appends line.added. `author` types, `speaker` speaks.

    Sent again with the same `client_id`, the first line comes back.

    Raises InvalidText, NotAllowed (no role, not begun, full), Conflict (same client id, other session).
    """
    now = now or timezone.now()
    with transaction.atomic():
        rules.require(rules.may_transcribe(author))
        space, session = locked_session(session)
        earlier = TranscriptLine.objects.filter(author=author, client_id=client_id).first()
        if earlier is not None:
            return _same_or_conflict(earlier, session)
        said = Said(_since_opening(session, now), text, speaker).cleaned()
        number = _first_free(session)
        line = _row(session, author, number, said, client_id, now)
        line.save()
        _tell(space, line, "added")
    return line


def correct_line(*, line: TranscriptLine, author: Member, text: str, speaker: str | None = None) -> TranscriptLine:
    """Put right what was heard wrong; number and moment stay. Appends line.corrected when something is different.

    Any stenographer corrects any line. Raises InvalidText, NotAllowed (also for a line that is not shown any more).
    """
    with transaction.atomic():
        space, line = _written(line, author)
        said = Said(line.starts_ms, text, line.speaker if speaker is None else speaker).cleaned()
        if changed(line, {"text": said.text, "speaker": said.speaker}):
            changed(line, {"revised_at": timezone.now()})
            _tell(space, line, "corrected")
    return line


def withdraw_line(*, line: TranscriptLine, author: Member) -> TranscriptLine:
    """Take back a line typed in error: its words are erased, its number is not given again. Appends line.withdrawn.

    Raises NotAllowed.
    """
    with transaction.atomic():
        space, line = _written(line, author)
        changed(line, {"state": State.WITHDRAWN.value, "text": "", "speaker": "", "revised_at": timezone.now()})
        _tell(space, line, "withdrawn")
    return line


def paste_lines(
    *, session: LiveSession, author: Member, text: str, client_id: str, speaker: str = "", now: datetime | None = None
) -> int:
    """Write down many lines at this moment; "主席：……" at the head of one names who speaks from there on.

    Appends lines.imported. Returns how many are new: sent again with the same `client_id`, none.

    Raises InvalidText (a line that cannot be taken is named, and none is written), NotAllowed.
    """
    now = now or timezone.now()
    with transaction.atomic():
        rules.require(rules.may_transcribe(author))
        space, session = locked_session(session)
        moment = _since_opening(session, now)
        lines = [Said(moment, words, who).cleaned() for who, words in read_speakers(text, speaker)]
        if not lines:
            raise InvalidText(rules.explained("no_lines"), code="empty")
        if len(lines) > PASTED_LIMIT:
            raise InvalidText(rules.explained("many_lines"), code="too_long")
        # Each line has its own place in the paste, so that something said twice stands twice.
        return _add(space, session, author, ((said, f"{client_id}:{n}") for n, said in enumerate(lines)), now)


def import_lines(*, session: LiveSession, author: Member, lines: Iterable[Said], now: datetime | None = None) -> int:
    """Write down lines with moments of their own; appends lines.imported. Returns how many are new.

    What the session has already (the same words of the same speaker at the same moment, or what was imported so and
    corrected or taken back since) is left out, so the same file twice adds nothing.

    Raises InvalidText, NotAllowed (no role, not begun, full).
    """
    now = now or timezone.now()
    cleaned = [said.cleaned() for said in lines]
    with transaction.atomic():
        rules.require(rules.may_transcribe(author))
        space, session = locked_session(session)
        _since_opening(session, now)
        present = set(session.lines.values_list("starts_ms", "speaker", "text").iterator(chunk_size=BATCH))
        fresh = (said for said in cleaned if (said.starts_ms, said.speaker, said.text) not in present)
        named = ((said, f"{session.pk}:{said.starts_ms}:{said.speaker}:{said.text}") for said in fresh)
        return _add(space, session, author, named, now)


def read_speakers(text: str, speaker: str = "") -> list[tuple[str, str]]:
    """(speaker, words) of each line that has words. Whoever was named last goes on speaking."""
    found = []
    for line in text.splitlines():
        words = line.strip()
        named = _NAMED.fullmatch(words)
        if named:
            speaker, words = named[1].strip(), named[2]
        if words:
            found.append((speaker, words))
    return found


def _add(space: Space, session: LiveSession, author: Member, named: Iterable[tuple[Said, str]], now: datetime) -> int:
    """Write lines, each under a name of its own: what was written under that name in this session stays alone."""
    by_id = {_digest(name): said for said, name in named}
    known = set()
    ids = list(by_id)
    for start in range(0, len(ids), BATCH):
        part = session.lines.filter(client_id__in=ids[start : start + BATCH])
        known.update(part.values_list("client_id", flat=True))
    fresh = [(key, said) for key, said in by_id.items() if key not in known]
    if fresh:
        first = _first_free(session, len(fresh))
        rows = (_row(session, author, first + place, said, key, now) for place, (key, said) in enumerate(fresh))
        TranscriptLine.objects.bulk_create(rows, batch_size=BATCH)
        events.append(space, "lines.imported", {"id": session.pk, "lines": len(fresh)})
    return len(fresh)


def _row(
    session: LiveSession, author: Member, number: int, said: Said, client_id: str, now: datetime
) -> TranscriptLine:
    return TranscriptLine(
        session=session,
        number=number,
        author=author,
        speaker=said.speaker,
        text=said.text,
        starts_ms=said.starts_ms,
        ends_ms=said.ends_ms,
        client_id=client_id,
        typed_at=now,
    )


def _since_opening(session: LiveSession, now: datetime) -> int:
    """Milliseconds on the clock of the session; it stands still once the session is closed. Raises NotAllowed."""
    if session.opened_at is None:
        rules.require(rules.Verdict(False, "not_begun"))
    return min(session.ms_of(min(now, session.closed_at or now)), LATEST_MS)


def _first_free(session: LiveSession, wanted: int = 1) -> int:
    last = session.lines.aggregate(last=Max("number"))["last"] or 0
    if last + wanted > LINES_LIMIT:
        rules.require(rules.Verdict(False, "transcript_full"))
    return last + 1


def _written(line: TranscriptLine, author: Member) -> tuple[Space, TranscriptLine]:
    """The space, locked, and the line, for somebody who may change it."""
    rules.require(rules.may_transcribe(author))
    space = events.lock(line.session.space_id)
    line = TranscriptLine.objects.select_related("session").get(pk=line.pk)
    if line.state != State.VISIBLE:
        rules.require(rules.Verdict(False, "withdrawn"))
    return space, line


def _same_or_conflict(earlier: TranscriptLine, session: LiveSession) -> TranscriptLine:
    """The first line, whatever became of its words since: lines are corrected by others, too."""
    if earlier.session_id != session.pk:
        raise Conflict
    return earlier


def _tell(space: Space, line: TranscriptLine, verb: str) -> None:
    events.append(space, f"line.{verb}", {"id": line.pk, "session": line.session_id, "number": line.number})


def _digest(name: str) -> str:
    """A name of any length as a client id."""
    return hashlib.sha256(name.encode()).hexdigest()[:48]

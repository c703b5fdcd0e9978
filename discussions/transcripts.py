"""Reading a transcript: in the order of the moments, by stretches; a fixed number of queries, however long it is."""

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from discussions import cursors
from discussions.models import LiveSession, Question, TranscriptLine

LATEST = 30  # lines that the room shows
STRETCH = 100
AROUND = 5  # lines shown before the one that is cited
ORDER = "lines"


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some lines in their order, and the cursors of what stands before and after them ("": nothing).

    Each line carries `put`: the questions that went to the panel between the line before and this one; `put` of the
    stretch are those after its last line, at the end of the transcript.
    """

    lines: list[TranscriptLine] = field(default_factory=list)
    before: str = ""
    after: str = ""
    put: list[Question] = field(default_factory=list)


def lines_of(session: LiveSession) -> QuerySet[TranscriptLine]:
    """Every line that the public reads, in its order."""
    rows = TranscriptLine.objects.published().filter(session=session)
    return rows.select_related("session").order_by("starts_ms", "id")


def latest(session: LiveSession, most: int = LATEST) -> Stretch:
    """The last lines, as the room shows them."""
    found = list(lines_of(session).reverse()[: most + 1])
    return _stretch(session, found[:most][::-1], since=found[most].starts_ms if len(found) > most else None)


def page(session: LiveSession, *, after: str = "", before: str = "", at: int = 0) -> Stretch:
    """STRETCH lines behind or in front of a cursor, or round the line numbered `at`, or from the beginning."""
    rows = lines_of(session)
    if edge := cursors.read(ORDER, before, 2):
        found = list(rows.filter(_earlier(*edge)).reverse()[: STRETCH + 1])
        since = found[STRETCH].starts_ms if len(found) > STRETCH else None
        return _stretch(session, found[:STRETCH][::-1], since=since, has_after=bool(found))
    edge = cursors.read(ORDER, after, 2) or _before_line(session, rows, at)
    found = list((rows.filter(_later(*edge)) if edge else rows)[: STRETCH + 1])
    return _stretch(session, found[:STRETCH], since=edge[0] if edge else None, has_after=len(found) > STRETCH)


def around(session: LiveSession, ms: int) -> Stretch:
    """A few lines at a moment, for the replay."""
    found = page(session, at=number_at(session, ms))
    return Stretch(found.lines[: 2 * AROUND + 1])


def number_at(session: LiveSession, ms: int) -> int:
    """The number of the line that was said at a moment: the last that began by then, else the first; 0 without any."""
    rows = lines_of(session).values_list("number", flat=True)
    last = rows.filter(starts_ms__lte=ms).reverse().first()
    return last or rows.first() or 0


def clock(ms: int) -> str:
    """A moment as the pages write it: 4:05, or 1:04:05 from the first hour on."""
    minutes, seconds = divmod(ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def speakers(session: LiveSession, most: int = 9) -> list[str]:
    """Who spoke lately, the latest first: what the stenographer's keys choose from."""
    lately = lines_of(session).exclude(speaker="").reverse().values_list("speaker", flat=True)[:200]
    return list(dict.fromkeys(lately))[:most]


def _before_line(session: LiveSession, rows: QuerySet[TranscriptLine], number: int) -> tuple[int, int] | None:
    """The edge some lines before the one with this number."""
    cited = rows.filter(number=number).values_list("starts_ms", "id").first() if number else None
    if cited is None:
        return None
    earlier = list(rows.filter(_earlier(*cited)).reverse().values_list("starts_ms", "id")[: AROUND + 1])
    return earlier[AROUND] if len(earlier) > AROUND else None


def _earlier(ms: int, pk: int) -> Q:
    # The bound alone is what an index range is made of.
    return Q(starts_ms__lte=ms) & (Q(starts_ms__lt=ms) | Q(pk__lt=pk))


def _later(ms: int, pk: int) -> Q:
    return Q(starts_ms__gte=ms) & (Q(starts_ms__gt=ms) | Q(pk__gt=pk))


def _stretch(
    session: LiveSession, lines: list[TranscriptLine], *, since: int | None = None, has_after: bool = False
) -> Stretch:
    """`since` is the moment of the line before the first of these; None when there is none."""
    if not lines:
        return Stretch()
    late = _tie_questions(session, lines, since=since, has_after=has_after)
    first, last = lines[0], lines[-1]
    return Stretch(
        lines,
        cursors.made(ORDER, first.starts_ms, first.pk) if since is not None else "",
        cursors.made(ORDER, last.starts_ms, last.pk) if has_after else "",
        late,
    )


def _tie_questions(
    session: LiveSession, lines: list[TranscriptLine], *, since: int | None, has_after: bool
) -> list[Question]:
    """Hang each question that went to the panel meanwhile on the first line that was said after it. Returns those
    after which nothing was said yet."""
    put = Question.objects.published().filter(session=session, put_at__isnull=False).exclude(state="merged")
    if since is not None:
        put = put.filter(put_at__gt=session.at_ms(since))
    if has_after:
        put = put.filter(put_at__lte=session.at_ms(lines[-1].starts_ms))
    waiting = list(put.order_by("put_at", "id")[:STRETCH])
    for question in waiting:
        question.put_ms = session.ms_of(question.put_at)
    for line in lines:
        line.put = []
        while waiting and waiting[0].put_ms <= line.starts_ms:
            line.put.append(waiting.pop(0))
    return waiting

"""Exports of Polis conversations: what a folder holds, read row by row.

comments.csv            comment-id, comment-body; welcome: author-id, timestamp (milliseconds), moderated (-1 hidden)
votes.csv               comment-id, voter-id, vote (1 agree, -1 disagree, 0 pass); welcome: timestamp
participants-votes.csv  participant and one column per comment-id, read where votes.csv is missing
summary.csv             name and value: topic, url, conversation-description
"""

import hashlib
import re
from array import array
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.text import slugify
from django.utils.translation import gettext as _

from discussions import wording
from discussions.errors import CivicError, InvalidText
from discussions.exports.writing import original
from discussions.models import Statement
from discussions.tables import Table, TableError, pairs

COMMENTS, VOTES, WIDE_VOTES, SUMMARY = "comments.csv", "votes.csv", "participants-votes.csv", "summary.csv"
STATEMENT_LIMIT = Statement._meta.get_field("text").max_length
KEY_LIMIT = 30
PROBLEMS_KEPT = 1000
SECONDS_BELOW = 100_000_000_000  # a smaller number is seconds; as milliseconds it would lie before March 1973
EVERY = 2000  # rows between two reports of progress
WHOLE = re.compile(r"([+-]?[0-9]{1,18})(\.0+)?")  # spreadsheets like to write 5 as 5.0

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Problem:
    """A row that was not taken, and why."""

    file: str
    row: int
    reason: str


@dataclass(slots=True)
class Problems:
    """Every row that was not taken is counted; the first thousand are kept."""

    kept: list[Problem] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, file: str, row: int, reason: str) -> None:
        self.counts[file] = self.counts.get(file, 0) + 1
        if len(self.kept) < PROBLEMS_KEPT:
            self.kept.append(Problem(file, row, reason))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A statement of the export, its words already fit to be kept. `made_at` is None where the export does not say."""

    number: int
    author: int | None
    text: str
    is_hidden: bool
    made_at: datetime | None


@dataclass(slots=True)
class Ballots:
    """Votes as columns of plain numbers, 25 bytes a vote: row i is one vote. Times are in milliseconds, 0 unknown."""

    statements: array = field(default_factory=lambda: array("q"))
    participants: array = field(default_factory=lambda: array("q"))
    times: array = field(default_factory=lambda: array("q"))
    values: array = field(default_factory=lambda: array("b"))

    def __len__(self) -> int:
        return len(self.values)

    def add(self, statement: int, participant: int, time: int, value: int) -> None:
        self.statements.append(statement)
        self.participants.append(participant)
        self.times.append(time)
        self.values.append(value)

    def last_of_each_pair(self):
        """(statements, participants, times, values) as numpy arrays, sorted; of each pair only its last vote.

        The last is the one with the latest time; of equal times the one written further down.
        """
        import numpy as np

        statements, participants, times = (
            np.frombuffer(column, dtype=np.int64) for column in (self.statements, self.participants, self.times)
        )
        values = np.frombuffer(self.values, dtype=np.int8)
        order = np.lexsort((times, participants, statements))  # stable: equal votes keep the order of the file
        statements, participants = statements[order], participants[order]
        is_last = np.ones(len(order), dtype=bool)
        is_last[:-1] = (statements[1:] != statements[:-1]) | (participants[1:] != participants[:-1])
        return statements[is_last], participants[is_last], times[order][is_last], values[order][is_last]


class Export:
    """A folder with one conversation. Raises TableError when there is no such folder or no comments.csv in it.

    `key` names the conversation for ever: the last part of its address, or the folder's name where there is no address.
    """

    def __init__(self, folder: Path):
        self.folder = Path(folder)
        if not self.folder.is_dir():
            raise TableError(_("There is no folder %(folder)s.") % {"folder": self.folder}, code="folder_missing")
        if not any(self.folder.glob("*.csv")):
            message = _("There is no CSV file in %(folder)s. A Polis export has comments.csv and votes.csv.")
            raise TableError(message % {"folder": self.folder}, code="folder_empty")
        self.problems = Problems()
        self.notes: list[str] = []
        self.comments = Table(self.folder / COMMENTS)
        self.comments.require(["comment-id", "comment-body"])
        self.refused: set[int] = set()

    @cached_property
    def summary(self) -> dict[str, str]:
        """summary.csv, or nothing where it is missing or cannot be read."""
        try:
            return pairs(self.folder / SUMMARY)
        except CivicError as error:
            self.notes.append(error.message)
            return {}

    @cached_property
    def key(self) -> str:
        address = urlsplit(self.summary.get("url", "")).path.rstrip("/").rsplit("/", 1)[-1]
        name = slugify(address.replace(".", "-")) or self.slug
        if len(name) <= KEY_LIMIT:
            return name
        return f"{name[: KEY_LIMIT - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"

    @property
    def slug(self) -> str:
        """An address made from the folder's name."""
        name = self.folder.resolve().name.replace(".", "-")
        return slugify(name, allow_unicode=True)[:120].strip("-_") or "polis"

    @property
    def title(self) -> str:
        return (" ".join(self.summary.get("topic", "").split()) or self.folder.resolve().name)[:200]

    @property
    def introduction(self) -> str:
        """The description as its organisers wrote it, in lines, without the marks of Markdown."""
        try:
            return wording.cleaned(_without_marks(self.summary.get("conversation-description", "")), limit=20_000)
        except InvalidText:
            return ""

    @property
    def question(self) -> str:
        """The first paragraph of the introduction, as far as whole sentences fit in 300 characters."""
        paragraph = " ".join(self.introduction.split("\n", 1)[0].split())
        fitting = ""
        for sentence in re.findall(r".+?(?:[。！？?!]|\.(?=\s)|$)", paragraph):
            if len(fitting) + len(sentence) > 300:
                break
            fitting += sentence
        return fitting.strip()

    def origin(self, participant: int | str) -> str:
        """The lasting name of a participant."""
        return f"polis:{self.key}:{participant}"

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The statements that can be taken, oldest first; the others are told in `problems`."""
        at = {name: position for position, name in enumerate(self.comments.names)}
        found: dict[int, tuple[int, Sentence]] = {}
        for row, cells in self.comments.rows():
            if isinstance(cells, str):
                self.problems.add(COMMENTS, row, cells)
                continue
            cell = {name: cells[position].strip() for name, position in at.items()}
            number = _whole(cell["comment-id"])
            if number is None or number < 0:
                self.problems.add(
                    COMMENTS, row, _("comment-id “%(id)s” is not a number") % {"id": cell["comment-id"][:20]}
                )
            elif number in found or number in self.refused:
                self.problems.add(COMMENTS, row, _("comment-id %(id)d occurs a second time") % {"id": number})
            else:
                try:
                    found[number] = (row, _sentence(number, cell))
                except ValueError as error:
                    self.refused.add(number)
                    self.problems.add(COMMENTS, row, str(error))
        sentences = [sentence for _row, sentence in found.values()]
        beginning = datetime.min.replace(tzinfo=UTC)
        return sorted(sentences, key=lambda sentence: (sentence.made_at or beginning, sentence.number))

    def ballots(self, statements: set[int], progress: Progress) -> Ballots:
        """All votes on these statements, in the order of the file; what cannot be taken is told in `problems`."""
        votes, wide = self.folder / VOTES, self.folder / WIDE_VOTES
        if votes.exists() or not wide.exists():
            table, read = self._vote_table(votes, ["comment-id", "voter-id", "vote"]), self._long
        else:
            table, read = self._vote_table(wide, ["participant"]), self._wide
            if table:
                self.notes.append(
                    _("votes.csv is missing; the votes come from participants-votes.csv, without their times.")
                )
        ballots = Ballots()
        if table is None:
            return ballots
        for count, vote in enumerate(read(table)):
            if count % EVERY == 0:
                progress("reading", table.position, table.size)
            row, statement, participant, time, value = vote
            if statement in statements:
                ballots.add(statement, participant, time, value)
            elif statement in self.refused:
                reason = _("it is a vote on comment %(id)d, which was not taken") % {"id": statement}
                self.problems.add(table.path.name, row, reason)
            else:
                reason = _("it is a vote on comment %(id)d, which comments.csv does not have") % {"id": statement}
                self.problems.add(table.path.name, row, reason)
        progress("reading", table.size, table.size)
        return ballots

    def _vote_table(self, path: Path, columns: list[str]) -> Table | None:
        try:
            table = Table(path)
            table.require(columns)
        except TableError as error:
            self.notes.append(error.message)
            return None
        return table

    def _long(self, table: Table) -> Iterator[tuple[int, int, int, int, int]]:
        at = table.names.index
        statement_at, participant_at, value_at = at("comment-id"), at("voter-id"), at("vote")
        time_at = at("timestamp") if "timestamp" in table.names else None
        for row, cells in table.rows():
            if isinstance(cells, str):
                self.problems.add(VOTES, row, cells)
                continue
            statement, participant = _whole(cells[statement_at]), _whole(cells[participant_at])
            time = _milliseconds(cells[time_at]) if time_at is not None else 0
            value = _whole(cells[value_at])
            problem = ""
            if statement is None:
                problem = _("comment-id “%(id)s” is not a number") % {"id": cells[statement_at][:20]}
            elif participant is None or participant < 0:
                problem = _("voter-id “%(id)s” is not a number") % {"id": cells[participant_at][:20]}
            elif value not in (-1, 0, 1):
                problem = _("vote “%(vote)s” is neither 1, -1 nor 0") % {"vote": cells[value_at][:20]}
            elif time is None:
                problem = _("timestamp “%(time)s” cannot be read") % {"time": cells[time_at][:20]}
            if problem:
                self.problems.add(VOTES, row, problem)
            else:
                yield row, statement, participant, time, value

    def _wide(self, table: Table) -> Iterator[tuple[int, int, int, int, int]]:
        participant_at = table.names.index("participant")
        columns = [(at, number) for at, name in enumerate(table.names) if (number := _whole(name)) is not None]
        for row, cells in table.rows():
            if isinstance(cells, str):
                self.problems.add(WIDE_VOTES, row, cells)
                continue
            participant = _whole(cells[participant_at])
            if participant is None or participant < 0:
                shown = {"id": cells[participant_at][:20]}
                self.problems.add(WIDE_VOTES, row, _("participant “%(id)s” is not a number") % shown)
                continue
            for at, statement in columns:
                if not cells[at].strip():
                    continue
                value = _whole(cells[at])
                if value in (-1, 0, 1):
                    yield row, statement, participant, 0, value
                else:
                    shown = {"vote": cells[at][:20]}
                    self.problems.add(WIDE_VOTES, row, _("vote “%(vote)s” is neither 1, -1 nor 0") % shown)


def moment(milliseconds: int) -> datetime | None:
    """A time of the export; None for 0, which stands for an unknown time."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if milliseconds else None


def _without_marks(text: str) -> str:
    text = re.sub(r"\[([^\]\n]+)\]\((https?://[^)\s]+)\)", r"\1 (\2)", text)
    text = re.sub(r"(?m)^[ \t]*[*-][ \t]+", "• ", text)
    return re.sub(r"(\*\*|__|(?<!\w)[*_])(?=\S)([^*\n]+?)(?<=\S)\1(?!\w)", r"\2", text)


def _sentence(number: int, cell: dict[str, str]) -> Sentence:
    """A row of comments.csv. Raises ValueError with the reason when it cannot be taken."""
    author = _whole(cell["author-id"]) if cell.get("author-id") else None
    if cell.get("author-id") and (author is None or author < 0):
        raise ValueError(_("author-id “%(id)s” is not a number") % {"id": cell["author-id"][:20]})
    time = _milliseconds(cell.get("timestamp", ""))
    if time is None:
        raise ValueError(_("timestamp “%(time)s” cannot be read") % {"time": cell["timestamp"][:20]})
    moderated = _whole(cell["moderated"]) if cell.get("moderated") else 0
    if moderated not in (-1, 0, 1):
        raise ValueError(_("moderated “%(value)s” is neither 1, 0 nor -1") % {"value": cell["moderated"][:20]})
    try:
        # An apostrophe before a sign of formulas is how spreadsheets, and our own exports, mark text.
        text = wording.cleaned_line(original(cell["comment-body"]), limit=STATEMENT_LIMIT)
    except InvalidText as error:
        raise ValueError(_reason(error.code)) from error
    return Sentence(number, author, text, moderated == -1, moment(time))


def _reason(code: str) -> str:
    return {
        "empty": _("it has no words"),
        "no_words": _("it has only pictures and signs, no words"),
        "too_short": _("it has fewer than two characters"),
        "too_long": _("it is longer than %(limit)d characters; nothing was cut off") % {"limit": STATEMENT_LIMIT},
    }[code]


def _whole(text: str) -> int | None:
    found = WHOLE.fullmatch(text.strip())
    return int(found[1]) if found else None


def _milliseconds(text: str) -> int | None:
    """Milliseconds since 1970; 0 for nothing; None when it cannot be a time."""
    if not text.strip():
        return 0
    number = _whole(text)
    if number is None or number < 0:
        return None
    milliseconds = number * 1000 if number < SECONDS_BELOW else number
    return milliseconds if milliseconds < 7_258_118_400_000 else None  # the year 2200

"""`python -m nlp groups`: opinion groups of a file of votes."""

from __future__ import annotations

import argparse
from array import array
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from nlp.cli import arguments, tables, writing
from nlp.core import groups, lockstep
from nlp.core.records import LEFT_OVER, GroupResult
from nlp.core.votes import VoteTable

PARTICIPANT = ("participant", "voter-id")
STATEMENT = ("statement", "comment-id")
VALUES = {"1": 1, "0": 0, "-1": -1, "1.0": 1, "0.0": 0, "-1.0": -1, "-0.0": 0, "+1": 1}


def add_parser(subparsers: Any) -> None:
    """The command and its options."""
    parser = subparsers.add_parser(
        "groups",
        help="opinion groups of a CSV file of votes",
        description="Finds people who vote alike, what unites them and what sets them apart. The file has one vote per "
        "row (participant, statement, vote: 1 agree, -1 disagree, 0 pass; or a Polis export's voter-id, comment-id, "
        "vote), or one participant per row and one numbered column per statement. Writes groups.csv and groups.json.",
    )
    parser.add_argument("file", type=Path, metavar="VOTES.csv")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder for the results")
    arguments.add_seed(parser)
    parser.add_argument(
        "--min-votes", type=int, default=7, metavar="N", help="votes that place a participant in a group (default: 7)"
    )
    parser.add_argument("--max-groups", type=int, default=5, metavar="N", help="at most so many groups (default: 5)")
    parser.set_defaults(run=run, stopped=stopped)


def run(options: argparse.Namespace) -> int:
    """Group the participants; 0 when it worked. Raises what `main` tells in one line."""
    table = tables.Table(options.file)
    votes = read(table)
    chosen = {"seed": options.seed, "min_votes": options.min_votes, "max_groups": options.max_groups}
    try:
        result = groups.find_groups(votes, **chosen)
    except ValueError as error:
        raise tables.BadInput(str(error)) from error
    result = lockstep.mark(votes, result, **chosen)
    writing.write_csv(options.out / "groups.csv", ("participant", "group", "x", "y"), _rows(result))
    writing.write_json(options.out / "groups.json", document(votes, table, result))
    writing.show(summary(votes, table, result, options.out))
    return 0


def stopped(options: argparse.Namespace) -> str:
    """What to know after Ctrl-C."""
    return f"Nothing was written to {options.out}: run the same command again."


def read(table: tables.Table) -> VoteTable:
    """The votes of a table in long or wide form; cells that are no votes go to its problems. Raises tables.BadInput
    where there is no vote at all.

    Of several votes of one participant on one statement the latest counts, where every vote has a `timestamp`;
    otherwise the one further down.
    """
    people, subjects = _Names(), _Names()
    who, what, how, when = array("i"), array("i"), array("b"), array("d")
    for number, participant, statement, vote, time in _votes(table):
        value = VALUES.get(vote.strip())
        if not participant or not statement or value is None:
            missing = "no participant" if not participant else "no statement" if not statement else ""
            table.problems.add(number, missing or f"not a vote on statement {statement[:40]}: {vote[:40]!r}")
            continue
        who.append(people[participant])
        what.append(subjects[statement])
        how.append(value)
        when.append(time)
    if not how:
        raise tables.BadInput(
            f"{table.path}: no votes found; expected participant, statement and vote (1, 0 or -1), or one numbered "
            f"column per statement{_first_problem(table)}"
        )
    times = np.frombuffer(when, dtype=np.float64)
    return VoteTable.from_arrays(
        people.of(np.frombuffer(who, dtype=np.intc)),
        subjects.of(np.frombuffer(what, dtype=np.intc)),
        np.frombuffer(how, dtype=np.int8),
        cast_at=times if np.isfinite(times).all() else None,
    )


def document(votes: VoteTable, table: tables.Table, result: GroupResult) -> dict[str, Any]:
    """Everything about the groups but who is in them, which groups.csv tells."""
    told = {each.name: getattr(result, each.name) for each in fields(result) if each.name != "participants"}
    told = {name: value for name, value in told.items() if not isinstance(value, np.ndarray)}
    told["groups"] = [
        {each.name: getattr(group, each.name) for each in fields(group) if each.name != "members"}
        for group in result.groups
    ]
    return {
        **told,
        "input": {
            "votes": len(votes),
            "participants": len(votes.participants),
            "statements": len(votes.statements),
            "rows_skipped": table.problems.count,
        },
        "skipped_rows": table.problems.shown,
    }


def summary(votes: VoteTable, table: tables.Table, result: GroupResult, folder: Path) -> str:
    """What a person at the terminal wants to know, in words."""
    sizes = ", ".join(f"{group.size:,}" for group in result.groups)
    people = f"{sizes} {'person' if sizes == '1' else 'people'}"
    found = {0: "nobody could be placed", 1: f"one group: no division worth telling ({people})"}
    lines = [
        f"{writing.counted(len(votes), 'vote')} by {writing.counted(len(votes.participants), 'participant')} on "
        f"{writing.counted(len(votes.statements), 'statement')}, "
        f"{found.get(result.k, f'{result.k} groups ({people})')}: {folder}"
    ]
    if result.thin:
        lines.append(f"Too few votes to be placed in a group: {writing.counted(len(result.thin), 'participant')}.")
    if table.problems.count:
        lines.append(
            f"{writing.counted(table.problems.count, 'vote')} left out as unreadable (see groups.json): row "
            f"{table.problems}"
        )
    return "\n".join(lines) + "\n"


class _Names:
    """Ids as small numbers, so that a million votes need no million strings."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def __getitem__(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    def of(self, numbers: np.ndarray) -> Any:
        """The ids behind the numbers: whole numbers where all are, otherwise strings."""
        names = list(self._numbers)
        if all(name.isascii() and name.isdecimal() and len(name) < 18 and str(int(name)) == name for name in names):
            return np.array([int(name) for name in names], dtype=np.int64)[numbers]
        return np.array(names, dtype=object)[numbers].tolist()


def _votes(table: tables.Table) -> Iterator[tuple[int, str, str, str, float]]:
    """(row number, participant, statement, vote, time or NaN) for each vote of the table, as they are written."""
    who = _first(table, PARTICIPANT)
    if who is None:
        raise tables.BadInput(f"{table.path}: there is no column participant; found {', '.join(table.columns)[:300]}")
    subject, vote = _first(table, STATEMENT), _first(table, ("vote",))
    if vote is not None and subject is None:
        raise tables.BadInput(f"{table.path}: there is no column statement; found {', '.join(table.columns)[:300]}")
    if vote is not None and subject is not None:
        time = _first(table, ("timestamp",))
        for number, cells in table.rows():
            yield number, cells[who].strip(), cells[subject].strip(), cells[vote], _time(cells, time)
        return
    statements = [(place, name) for place, name in enumerate(table.columns) if name.isascii() and name.isdecimal()]
    for number, cells in table.rows():
        participant = cells[who].strip()
        for place, name in statements:
            if cells[place].strip():
                yield number, participant, name, cells[place], float("nan")


def _first_problem(table: tables.Table) -> str:
    return "".join(f"; row {problem['row']}: {problem['reason']}" for problem in table.problems.shown[:1])


def _first(table: tables.Table, names: tuple[str, ...]) -> int | None:
    return next((table.columns.index(name) for name in names if name in table.columns), None)


def _time(cells: list[str], place: int | None) -> float:
    try:
        return float(cells[place]) if place is not None else float("nan")
    except ValueError:
        return float("nan")


def _rows(result: GroupResult) -> Iterator[list[Any]]:
    for participant, number, (x, y) in zip(result.participants, result.assignment, result.placements, strict=True):
        yield [participant, None if number == LEFT_OVER else int(number), float(x), float(y)]

"""The votes of one conversation: who said agree, disagree or pass to which statement."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True)
class VoteTable:
    """Votes in long form: participant rows[k] voted `values[k]` (1 agree, -1 disagree, 0 pass) on statement columns[k].

    participants: ids, sorted; statements: ids, sorted; rows and columns: int32 arrays (v,), positions into those two,
    in the order of participants, then statements; values: int8 array (v,). A pair occurs once. cast_at: float64
    array (v,), when each vote was cast in seconds (any origin), or None. Build it with `from_arrays` or `from_rows`.
    """

    participants: tuple[Any, ...]
    statements: tuple[Any, ...]
    rows: np.ndarray
    columns: np.ndarray
    values: np.ndarray
    cast_at: np.ndarray | None = None

    @classmethod
    def from_arrays(
        cls,
        participants: Sequence[Any] | np.ndarray,
        statements: Sequence[Any] | np.ndarray,
        values: Sequence[Any] | np.ndarray,
        *,
        cast_at: Sequence[float] | np.ndarray | None = None,
        known_participants: Iterable[Hashable] = (),
        known_statements: Iterable[Hashable] = (),
    ) -> VoteTable:
        """Build from three equally long columns in the order cast: the last vote of a pair counts.

        With `cast_at` the latest vote of a pair counts, and of equally late ones the last. Arrays of numbers or
        strings are read fastest. `known_participants` and `known_statements` may name ids nobody has votes for.
        Raises ValueError for columns of different length, for a value that is not -1, 0 or 1 and for a time that is
        not finite.
        """
        cast = _checked_values(values)
        people, rows = _numbered(participants, known_participants)
        subjects, columns = _numbered(statements, known_statements)
        times = None if cast_at is None else np.asarray(cast_at, dtype=np.float64)
        if not len(cast) == len(rows) == len(columns) == (len(cast) if times is None else len(times)):
            raise ValueError("participants, statements, values and times must be equally long")
        if times is not None and not np.isfinite(times).all():
            raise ValueError("the time of a vote is missing or not finite")
        pairs = rows * max(len(subjects), 1) + columns
        order = np.argsort(pairs, kind="stable") if times is None else np.lexsort((times, pairs))
        last = np.ones(len(order), dtype=bool)
        last[:-1] = pairs[order[1:]] != pairs[order[:-1]]
        kept = order[last]
        return cls(
            people,
            subjects,
            rows[kept].astype(np.int32),
            columns[kept].astype(np.int32),
            cast[kept],
            None if times is None else times[kept],
        )

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[tuple[Hashable, Hashable, int]],
        *,
        participants: Iterable[Hashable] = (),
        statements: Iterable[Hashable] = (),
    ) -> VoteTable:
        """Build from (participant, statement, value) in the order cast, as `from_arrays` does; `participants` and
        `statements` may name ids nobody has votes for. Raises ValueError for a value that is not -1, 0 or 1.
        """
        voters: list[Hashable] = []
        subjects: list[Hashable] = []
        values: list[int] = []
        for voter, subject, value in rows:
            voters.append(voter)
            subjects.append(subject)
            values.append(value)
        return cls.from_arrays(voters, subjects, values, known_participants=participants, known_statements=statements)

    def only(self, kept: np.ndarray) -> VoteTable:
        """The table of the participants `kept` (bool, per participant); statements keep their place."""
        chosen = kept[self.rows]
        row = np.cumsum(kept, dtype=np.int32) - 1
        return VoteTable(
            tuple(self.participants[i] for i in np.flatnonzero(kept).tolist()),
            self.statements,
            row[self.rows[chosen]].astype(np.int32),
            self.columns[chosen],
            self.values[chosen],
            None if self.cast_at is None else self.cast_at[chosen],
        )

    def matrix(self) -> np.ndarray:
        """Dense float32 array (participants, statements), NaN where there is no vote; for small tables."""
        dense = np.full((len(self.participants), len(self.statements)), np.nan, dtype=np.float32)
        dense[self.rows, self.columns] = self.values
        return dense

    def __len__(self) -> int:
        return len(self.values)


def _checked_values(values: Sequence[Any] | np.ndarray) -> np.ndarray:
    """The votes as int8; booleans and whole floats count as numbers. Raises ValueError naming the first other value."""
    given = np.asarray(values)
    if given.dtype.kind not in "iufb":
        for value in given.tolist():
            if not isinstance(value, int | float) or value not in (-1, 0, 1):
                raise ValueError(f"a vote is -1, 0 or 1, not {value!r}")
    cast = given.astype(np.float32).reshape(-1)
    wrong = ~np.isin(cast, (-1.0, 0.0, 1.0))
    if wrong.any():
        raise ValueError(f"a vote is -1, 0 or 1, not {given.reshape(-1)[wrong.argmax()].item()!r}")
    return cast.astype(np.int8)


def _numbered(ids: Sequence[Any] | np.ndarray, known: Iterable[Hashable]) -> tuple[tuple[Any, ...], np.ndarray]:
    """The different ids in order, and for each given one its position among them (int64)."""
    extra = list(known)
    if isinstance(ids, np.ndarray) and ids.dtype.kind in "iuSU" and not extra:
        names, codes = np.unique(ids, return_inverse=True)
        return tuple(names.tolist()), codes.reshape(-1).astype(np.int64)
    first_seen: dict[Hashable, int] = {}
    plain = ids.tolist() if isinstance(ids, np.ndarray) else ids
    codes = np.fromiter((first_seen.setdefault(name, len(first_seen)) for name in plain), np.int64, len(plain))
    for name in extra:
        first_seen.setdefault(name, len(first_seen))
    ordered = _sorted(first_seen)
    rank = np.empty(len(ordered), dtype=np.int64)
    rank[[first_seen[name] for name in ordered]] = np.arange(len(ordered))
    return ordered, rank[codes] if len(codes) else codes


def _sorted(ids: Iterable[Any]) -> tuple[Any, ...]:
    """Sort ids; ids of mixed types are sorted by type name, then by their text."""
    try:
        return tuple(sorted(ids))
    except TypeError:
        return tuple(sorted(ids, key=lambda value: (type(value).__name__, str(value))))

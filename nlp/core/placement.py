"""Where people stand on the map of a conversation: two principal axes of their votes.

The formulas are those of Polis (Small et al., "Polis: Scaling Deliberation by Mapping High Dimensional Opinion
Spaces", 2021): unseen votes are filled with the statement's mean, which makes them zero once the mean is taken off, so
that only the votes that were cast are ever stored; a place is moved outwards by the square root of statements / votes,
because few votes pull to the middle.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.core.votes import VoteTable

FEW_STATEMENTS = 128
"""Up to here the statements' whole covariance is solved; above, only its two leading axes are looked for."""
BLOCK = 4096
NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class Placement:
    """Everybody's place. positions: float64 (participants, 2), NaN rows for people without a vote; axes: float64
    (statements, 2); variance: share of the variance each axis explains; counts: int (participants,), votes cast;
    spread: float64 (participants, 3), variance of x, covariance, variance of y of each place, see `spread`.
    """

    positions: np.ndarray
    axes: np.ndarray
    variance: tuple[float, float]
    counts: np.ndarray
    spread: np.ndarray


def sparse(votes: VoteTable, dtype: type = np.float64) -> Any:
    """The votes as scipy CSR (participants, statements); a pass is a stored zero, an unseen statement is not stored."""
    from scipy.sparse import csr_matrix

    people, statements = len(votes.participants), len(votes.statements)
    starts = np.zeros(people + 1, dtype=np.int32)
    np.cumsum(np.bincount(votes.rows, minlength=people), out=starts[1:])
    return csr_matrix((votes.values.astype(dtype), votes.columns, starts), shape=(people, statements))


def place(table: Any, shown: np.ndarray) -> Placement:
    """Place everybody in `table` (see `sparse`); statements that are not `shown` (bool, per statement) pull nobody."""
    centred = centre(table, shown)
    axes, variance = principal_axes(centred)
    counts = np.diff(table.indptr)
    positions, stretch = project(centred, axes, shown)
    positions[counts == 0] = np.nan
    return Placement(positions, axes, variance, counts, _spread(centred, axes, stretch))


def means(table: Any) -> np.ndarray:
    """The mean vote on each statement (statements,), 0 where nobody voted."""
    statements = table.shape[1]
    cast = np.bincount(table.indices, minlength=statements)
    return np.bincount(table.indices, table.data, minlength=statements) / np.maximum(cast, 1)


def place_one(
    votes: Mapping[Hashable, int], pulls: Mapping[Hashable, Sequence[float]], *, statements: int
) -> tuple[float, float] | None:
    """Where somebody who voted like this stands on a map that is there: (x, y), None without a vote on what it shows.

    `pulls` holds (mean vote, x, y) of each statement the map shows, x and y being its weights on the two axes;
    `statements` counts all of the map, those taken out by moderation too. The same formula as `place`, for one person.
    """
    met = [(value, pulls[statement]) for statement, value in votes.items() if statement in pulls]
    if not met:
        return None
    stretch = (statements / max(len(met) + statements - len(pulls), 1)) ** 0.5
    x, y = (sum((value - pull[0]) * pull[axis] for value, pull in met) * stretch for axis in (1, 2))
    return x, y


def centre(table: Any, shown: np.ndarray) -> Any:
    """The votes less their statement's mean, zero where the statement is not shown; the same cells are stored."""
    mean = means(table)
    centred = table.copy()
    centred.data = np.where(shown[table.indices], table.data - mean[table.indices], 0.0)
    return centred


def principal_axes(centred: Any, precision: float = 1e-9) -> tuple[np.ndarray, tuple[float, float]]:
    """The two leading axes (statements, 2), each with its largest entry positive, and the share each explains, to a
    relative `precision` of the share. Axes that explain nothing are zero.
    """
    statements = centred.shape[1]
    axes, shares = np.zeros((statements, 2)), [0.0, 0.0]
    total = float((centred.data**2).sum())
    if total <= NOTHING:
        return axes, (0.0, 0.0)
    values, vectors = _leading(centred, precision)
    for axis in range(min(2, len(values))):
        if values[axis] <= 1e-9 * total:
            break
        direction = vectors[:, axis]
        axes[:, axis] = direction * np.sign(direction[np.abs(direction.round(9)).argmax()])
        shares[axis] = float(values[axis] / total)
    return axes, (shares[0], shares[1])


def project(centred: Any, axes: np.ndarray, shown: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places (participants, 2) and the factor each was moved outwards by (participants,)."""
    # As in Polis a statement taken out by moderation counts as voted on by all: without that the map is stretched.
    known = np.bincount(_row_of(centred), shown[centred.indices], minlength=centred.shape[0]) + (~shown).sum()
    stretch = np.sqrt(centred.shape[1] / np.maximum(known, 1))
    return (centred @ axes) * stretch[:, None], stretch


def _spread(centred: Any, axes: np.ndarray, stretch: np.ndarray) -> np.ndarray:
    """How much each place owes to which statements a person happened to meet: the sampling variance of the sum of n
    pulls out of S statements, n s^2 (1 - n / S) with s^2 the variance of the person's own pulls (simple random
    sampling, Cochran 1977, 2.4), stretched like the place. NaN for fewer than two votes.
    """
    people, statements = centred.shape
    n = np.diff(centred.indptr).astype(np.float64)
    pulls = centred @ axes
    squares = centred.power(2) @ np.column_stack([axes[:, 0] ** 2, axes[:, 0] * axes[:, 1], axes[:, 1] ** 2])
    products = np.column_stack([pulls[:, 0] ** 2, pulls[:, 0] * pulls[:, 1], pulls[:, 1] ** 2])
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = (squares - products / n[:, None]) / (n - 1)[:, None] * (n * (1 - n / max(statements, 1)))[:, None]
    variance[n < 2] = np.nan
    return variance * (stretch**2)[:, None]


def _row_of(table: Any) -> np.ndarray:
    return np.repeat(np.arange(table.shape[0]), np.diff(table.indptr))


def _leading(centred: Any, precision: float) -> tuple[np.ndarray, np.ndarray]:
    """Up to two largest eigenvalues of the statements' scatter, largest first, with their vectors as columns."""
    from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

    statements = centred.shape[1]
    if statements > FEW_STATEMENTS:
        scatter = LinearOperator((statements, statements), matvec=lambda x: centred.T @ (centred @ x), dtype=np.float64)
        # The diagonal of the scatter is a start that knows nothing of the order of rows.
        first = np.sqrt(np.bincount(centred.indices, centred.data**2, minlength=statements)) + NOTHING
        try:
            values, vectors = eigsh(scatter, k=2, v0=first, tol=precision)
            return values[::-1], vectors[:, ::-1]
        except ArpackNoConvergence:
            pass  # Axes of almost equal weight: solved in full below.
    scatter = np.zeros((statements, statements))
    for begin in range(0, centred.shape[0], BLOCK):
        block = centred[begin : begin + BLOCK].toarray()
        scatter += block.T @ block
    values, vectors = np.linalg.eigh(scatter)
    return values[::-1][:2], vectors[:, ::-1][:, :2]

"""Tests and intervals for shares that stay right when counts are small. Every function takes arrays of one shape."""

from __future__ import annotations

import numpy as np

Z_90 = 1.2816
"""One-sided 90 % level, Polis's own."""
Z_95 = 1.959964
"""Two-sided 95 % level."""
EXPECTED = 5.0
"""Where a cell of the table is expected to hold fewer than this the exact test is used."""
CHUNK = 1 << 22


def wilson(part: np.ndarray, whole: np.ndarray, z: float = Z_95) -> tuple[np.ndarray, np.ndarray]:
    """Score interval of a share (Wilson 1927); 0 to 1 where nobody voted."""
    n = np.maximum(np.asarray(whole, dtype=np.float64), 1.0)
    share = np.asarray(part) / n
    middle = share + z * z / (2 * n)
    reach = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    empty = np.asarray(whole) == 0
    low = np.where(empty, 0.0, (middle - reach) / scale)
    high = np.where(empty, 1.0, (middle + reach) / scale)
    return np.clip(low, 0.0, 1.0), np.clip(high, 0.0, 1.0)


def newcombe(
    part: np.ndarray, whole: np.ndarray, other: np.ndarray, other_whole: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Difference of two shares and its 95 % interval (Newcombe 1998, method 10); NaN where one side has no votes."""
    with np.errstate(invalid="ignore", divide="ignore"):
        p, q = np.asarray(part) / np.asarray(whole), np.asarray(other) / np.asarray(other_whole)
    (low, high), (other_low, other_high) = wilson(part, whole), wilson(other, other_whole)
    apart = p - q
    return (
        apart,
        apart - np.sqrt((p - low) ** 2 + (other_high - q) ** 2),
        apart + np.sqrt((high - p) ** 2 + (q - other_low) ** 2),
    )


def more_than_half(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """One-sided mid-p value of the binomial test that a share is above one half (Lancaster 1961); 1 without votes."""
    from scipy.special import bdtrc

    part, whole = np.asarray(part, dtype=np.int64), np.asarray(whole, dtype=np.int64)
    beyond = bdtrc(part.astype(np.float64), np.maximum(whole, 1), 0.5)
    reached = np.where(part > 0, bdtrc(np.maximum(part - 1.0, 0.0), np.maximum(whole, 1), 0.5), 1.0)
    return np.where(whole > 0, (beyond + reached) / 2, 1.0)


def differs(part: np.ndarray, whole: np.ndarray, other: np.ndarray, other_whole: np.ndarray) -> np.ndarray:
    """Two-sided p value of two shares being the same: the smaller mid-p tail of Fisher's exact test, doubled, where a
    count below 5 is expected; elsewhere the chi-squared test with N - 1 (Campbell 2007). 1 where one side has no votes.
    """
    from scipy.special import ndtr

    a, n, b, m = (np.asarray(x, dtype=np.float64).ravel() for x in np.broadcast_arrays(part, whole, other, other_whole))
    total, hits = n + m, a + b
    misses = total - hits
    p = np.ones(len(a))
    real = (n > 0) & (m > 0) & (hits > 0) & (misses > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        least = np.minimum(n, m) * np.minimum(hits, misses) / total
        z = np.abs(a * (m - b) - b * (n - a)) * np.sqrt((total - 1) / (n * m * hits * misses))
    large = real & (least >= EXPECTED)
    p[large] = 2 * ndtr(-z[large])
    small = np.flatnonzero(real & (least < EXPECTED))
    # The smaller margins come first: the shorter of the two is the number of tables to add up.
    rows, columns = np.minimum(n, m), np.minimum(hits, misses)
    cell = np.where(n <= m, np.where(hits <= misses, a, n - a), np.where(hits <= misses, b, m - b))
    order = small[np.argsort(-np.minimum(rows, columns)[small], kind="stable")]
    begin = 0
    while begin < len(order):
        width = int(min(rows[order[begin]], columns[order[begin]])) + 1  # The widest of what is left.
        end = min(len(order), begin + max(1, CHUNK // (4 * width)))
        one = order[begin:end]
        p[one] = _mid_p(cell[one], rows[one], columns[one], total[one])
        begin = end
    return p.reshape(np.broadcast(part, whole, other, other_whole).shape)


def adjusted(p: np.ndarray) -> np.ndarray:
    """p values corrected for their number so that the false discovery rate holds (Benjamini and Hochberg 1995)."""
    p = np.asarray(p, dtype=np.float64)
    order = np.argsort(p, kind="stable")
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return corrected


def _mid_p(cell: np.ndarray, row: np.ndarray, column: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Doubled smaller mid-p tail of the hypergeometric distribution, for arrays (t,)."""
    from scipy.special import gammaln

    count = np.arange(int(np.minimum(row, column).max()) + 1)
    x, r, c, n = count[None], row[:, None], column[:, None], total[:, None]
    possible = (x <= np.minimum(r, c)) & (n - r - c + x >= 0)
    with np.errstate(invalid="ignore"):
        weight = -(gammaln(x + 1) + gammaln(r - x + 1) + gammaln(c - x + 1) + gammaln(n - r - c + x + 1))
    weight = np.where(possible, weight, -np.inf)
    weight = np.exp(weight - weight.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    at = (weight * (x == cell[:, None])).sum(axis=1)
    below = (weight * (x < cell[:, None])).sum(axis=1)
    return np.minimum(2 * np.minimum(below + at / 2, 1 - below - at / 2), 1.0)

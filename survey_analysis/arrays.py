"""Checks of the arrays that functions take, so that nothing impossible turns into NaN."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from survey_analysis.errors import InvalidCountsError, MissingIdentifierError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def floats(values: ArrayLike, what: str) -> Floats:
    """One-dimensional finite floats.

    Raises
    ------
    InvalidCountsError
        If a value is missing or infinite, or the array has another shape.

    """
    found = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if found.ndim != 1:
        raise InvalidCountsError(f"{what} must be a list of numbers")
    if not np.isfinite(found).all():
        at = int(np.flatnonzero(~np.isfinite(found))[0])
        raise InvalidCountsError(f"{what}: value {at} is missing or infinite")
    return found


def codes(values: ArrayLike, what: str, length: int | None = None) -> Ints:
    """Integer codes from 0; a negative code stands for a missing id and is refused.

    Raises
    ------
    InvalidCountsError
        If codes are no integers or not as many as ``length``.
    MissingIdentifierError
        If a code is negative.

    """
    found = np.atleast_1d(np.asarray(values))
    if found.size == 0:
        found = found.astype(np.int64)
    if found.ndim != 1 or found.dtype.kind not in "iu":
        raise InvalidCountsError(f"{what} must be integer codes from 0")
    if length is not None and len(found) != length:
        raise InvalidCountsError(f"{what}: {len(found)} codes for {length} rows")
    if len(found) and found.min() < 0:
        at = int(np.flatnonzero(found < 0)[0])
        raise MissingIdentifierError(f"{what}: row {at} has no id; leave it out, never code it")
    return found.astype(np.int64, copy=False)


def successes(x: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Successes and trials of equal length with 0 ≤ x ≤ n.

    Raises
    ------
    InvalidCountsError
        If lengths differ or counts are impossible; names the first such row.

    """
    found, trials = floats(x, "successes"), floats(n, "trials")
    if len(found) != len(trials):
        raise InvalidCountsError(f"{len(found)} successes for {len(trials)} trials")
    wrong = (found < 0) | (found > trials)
    if wrong.any():
        at = int(np.flatnonzero(wrong)[0])
        raise InvalidCountsError(f"row {at}: {found[at]:g} of {trials[at]:g} is no proportion")
    return found, trials


def sums(group: Ints, values: ArrayLike, groups: int) -> Floats:
    """Sum of the values of each group code below ``groups``."""
    return np.asarray(np.bincount(group, np.asarray(values), groups), dtype=np.float64)

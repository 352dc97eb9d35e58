"""How many independent ratings weighted or clustered ones are worth."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from survey_analysis.errors import (
    InvalidCountsError,
    InvalidWeightsError,
    MissingIdentifierError,
)
from survey_analysis.results import Interval

Array = NDArray[np.float64]


def checked_weights(weights: ArrayLike, n: int | None = None) -> Array:
    """The weights as an array, once they are known to be weights.

    Parameters
    ----------
    weights : array_like
        One weight a respondent.
    n : int, optional
        How many there must be.

    Returns
    -------
    ndarray of float

    Raises
    ------
    InvalidWeightsError
        If one is negative or not finite, if all are zero, or their number is not ``n``.

    """
    w = np.asarray(weights, dtype=float)
    if w.ndim != 1 or (n is not None and len(w) != n):
        raise InvalidWeightsError(f"{w.shape} weights for {n} respondents")
    if not np.isfinite(w).all() or (w < 0).any() or w.sum() <= 0:
        raise InvalidWeightsError("weights are negative, not finite, or all zero")
    return w


def codes(labels: Sequence[Hashable] | NDArray[np.generic], what: str, n: int) -> NDArray[np.intp]:
    """Whole numbers from 0 for the labels of respondents.

    Parameters
    ----------
    labels : sequence of hashable
        One label a respondent; None and NaN are missing.
    what : str
        What the label names, for the error.
    n : int
        How many there must be.

    Raises
    ------
    MissingIdentifierError
        If a label is missing or their number is not ``n``: a missing identifier is no group.

    """
    if len(labels) != n:
        raise MissingIdentifierError(f"{len(labels)} identifiers of {what} for {n} rows")
    known: dict[Hashable, int] = {}
    found = np.empty(n, dtype=np.intp)
    for row, label in enumerate(labels):
        if label is None or (isinstance(label, float) and math.isnan(label)):
            raise MissingIdentifierError(f"row {row} has no {what}")
        found[row] = known.setdefault(label, len(known))
    return found


def kish_effective_size(weights: ArrayLike) -> float:
    """Effective size of weighted ratings, (Σw)²/Σw² (Kish 1965).

    Parameters
    ----------
    weights : array_like
        One weight a rating, none negative.

    Returns
    -------
    float
        In [1, n]; n for equal weights.

    Raises
    ------
    InvalidWeightsError
        If weights cannot be.

    Examples
    --------
    >>> kish_effective_size([1, 1, 2])
    2.6666666666666665

    """
    w = checked_weights(weights)
    w = w / w.max()
    return float(w.sum() ** 2 / (w**2).sum())


def clustered_size(n: float, mean_cluster: float, icc: float) -> float:
    """Effective size of clustered ratings, n/(1 + (m̄ − 1)ρ).

    Parameters
    ----------
    n : float
        Ratings, or their Kish effective size.
    mean_cluster : float
        Mean size of a cluster, at least 1.
    icc : float
        Correlation ρ within clusters, in [0, 1].

    Returns
    -------
    float
        In (0, n].

    Raises
    ------
    InvalidCountsError
        If an argument lies outside its range.

    Examples
    --------
    >>> round(clustered_size(300, 11, 0.05), 1)
    200.0

    """
    if n <= 0 or mean_cluster < 1 or not 0 <= icc <= 1:
        raise InvalidCountsError(f"{n} ratings in clusters of {mean_cluster} correlated by {icc}")
    return n / (1 + (mean_cluster - 1) * icc)


def size_from_variance(p: float, variance: float, n: float) -> float:
    """Effective size that a share's replicate variance speaks of, p(1−p)/Var, at most ``n``.

    Parameters
    ----------
    p : float
        Share strictly between 0 and 1.
    variance : float
        Variance of the share, for instance from ``jackknife``; 0 gives ``n``.
    n : float
        Ratings.

    Raises
    ------
    InvalidCountsError
        If the share is 0 or 1 (no variance can be seen there) or an argument cannot be.

    Examples
    --------
    >>> round(size_from_variance(0.5, 0.005, 80), 6)
    50.0

    """
    if not 0 < p < 1 or not variance >= 0 or n <= 0:
        raise InvalidCountsError(f"no effective size from a share of {p}, variance {variance}")
    return float(n) if variance == 0 else min(float(n), p * (1 - p) / variance)


def finite_population(found: Interval, n: float, population: float) -> Interval:
    """The interval for this period's dossiers themselves: drawn in by √(1 − n/N).

    Only for "what did this month's dossiers think". An officer is judged by what the next dossiers
    would say: there this is wrong, and the figure must be labelled wherever it is shown.

    Parameters
    ----------
    found : Interval
        Interval of the superpopulation.
    n, population : float
        Rated and all dossiers of the period.

    Raises
    ------
    InvalidCountsError
        If ``n`` is not positive or exceeds ``population``.

    Examples
    --------
    >>> finite_population(Interval(0.5, 0.25, 0.75), 75, 100)
    Interval(estimate=0.5, low=0.375, high=0.625)

    """
    if n <= 0 or population < n:
        raise InvalidCountsError(f"{n} rated of {population} dossiers")
    keep = math.sqrt(1 - n / population)
    return Interval(
        found.estimate, found.estimate - keep * (found.estimate - found.low),
        found.estimate + keep * (found.high - found.estimate),
    )

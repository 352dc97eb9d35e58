"""Run chart: too long a run or too few crossings of the median, without limits."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr

from survey_analysis.arrays import floats
from survey_analysis.errors import NotEstimableError


@dataclass(frozen=True)
class RunsTest:
    """Runs about the median.

    Attributes
    ----------
    useful : int
        Points not on the median.
    longest, longest_limit : int
        Longest run on one side, and the longest that chance would give.
    crossings, crossings_limit : int
        Crossings of the median, and the fewest that chance would give.
    signal : bool
        Whether either limit is broken.

    """

    useful: int
    longest: int
    longest_limit: int
    crossings: int
    crossings_limit: int
    signal: bool


def longest_run_limit(n: int) -> int:
    """round(log₂ n + 3): longer runs are a signal."""
    return round(math.log2(n) + 3)


def crossings_limit(n: int) -> int:
    """5 % quantile of Binomial(n−1, ½): fewer crossings are a signal."""
    wanted = 0
    while bdtr(wanted, n - 1, 0.5) < 0.05:
        wanted += 1
    return wanted


def runs_test(x: ArrayLike, median: float | None = None) -> RunsTest:
    """Anhøj's rules for non-random variation; usable from ten points.

    Parameters
    ----------
    x : array of float
        Values in time order.
    median : float, optional
        Centre line; the median of x by default.

    Raises
    ------
    NotEstimableError
        If fewer than two points lie off the median.

    References
    ----------
    Anhøj J, Olesen AV (2014), PLoS ONE 9:e113825; Anhøj J (2015), PLoS ONE 10:e0121349.

    Examples
    --------
    >>> runs_test([1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]).signal
    False
    >>> runs_test([1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2]).signal
    True

    """
    values = floats(x, "values")
    centre = float(np.median(values)) if median is None and len(values) else float(median or 0)
    side = np.sign(values - centre)
    side = side[side != 0]
    n = len(side)
    if n < 2:
        raise NotEstimableError("fewer than two points lie off the median")
    change = np.flatnonzero(np.diff(side))
    edges = np.concatenate([[-1], change, [n - 1]])
    longest = int(np.diff(edges).max())
    most, fewest = longest_run_limit(n), crossings_limit(n)
    return RunsTest(
        n, longest, most, len(change), fewest, longest > most or len(change) < fewest
    )

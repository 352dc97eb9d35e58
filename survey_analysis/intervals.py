"""Intervals of proportions, of their difference, and of the mean of a five-level scale."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from survey_analysis.defaults import DEFAULTS
from survey_analysis.errors import InvalidCountsError
from survey_analysis.results import Interval


def _check(x: float, n: float) -> None:
    if n <= 0 or x < 0 or x > n:
        raise InvalidCountsError(f"{x} of {n} is no proportion")


def wilson(x: float, n: float, z: float = DEFAULTS.z) -> Interval:
    """Score interval of a proportion (Wilson 1927; Newcombe 1998, method 3).

    Parameters
    ----------
    x, n : float
        Successes and trials; ``n`` may be an effective size.
    z : float
        Normal quantile.

    Returns
    -------
    Interval
        In [0, 1].

    Raises
    ------
    InvalidCountsError
        If ``n`` is not positive or ``x`` lies outside [0, n].

    """
    _check(x, n)
    p, scale = x / n, 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale
    low = 0.0 if x == 0 else max(0.0, centre - half)
    high = 1.0 if x == n else min(1.0, centre + half)
    return Interval(p, low, high)


def newcombe(x1: float, n1: float, x2: float, n2: float, z: float = DEFAULTS.z) -> Interval:
    """Hybrid score interval of p1 − p2 (Newcombe 1998, method 10).

    Returns
    -------
    Interval
        In [−1, 1].

    """
    first, second = wilson(x1, n1, z), wilson(x2, n2, z)
    difference = first.estimate - second.estimate
    down = math.hypot(first.estimate - first.low, second.high - second.estimate)
    up = math.hypot(first.high - first.estimate, second.estimate - second.low)
    return Interval(difference, difference - down, difference + up)


def dirichlet_mean(levels: Sequence[int], *, draws: int = 2000, seed: int = 1) -> Interval:
    """Mean of an ordinal scale with a Dirichlet interval, prior of total mass 1 (Perks 1947).

    Parameters
    ----------
    levels : sequence of int
        Counts of levels 1 … K.
    draws, seed : int
        Size and seed of the posterior sample.

    Returns
    -------
    Interval
        Raw mean, 2.5 % and 97.5 % quantiles, in [1, K].

    """
    counts = np.asarray(levels, dtype=float)
    n = counts.sum()
    if n <= 0 or (counts < 0).any():
        raise InvalidCountsError("counts of levels are negative or empty")
    values = np.arange(1, len(counts) + 1)
    sample = np.random.default_rng(seed).dirichlet(counts + 1 / len(counts), size=draws) @ values
    low, high = np.quantile(sample, [0.025, 0.975])
    return Interval(float(counts @ values / n), float(low), float(high))

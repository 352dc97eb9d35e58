"""Intervals of proportions and of their difference.

All functions take counts that may be effective sizes (fractions are meant), the quantile ``z`` of
the wished two-sided level (``normal_quantile``), and return limits inside the parameter's range.
Never a Wald interval: for 0 of 20 it is the single point 0.
"""

from __future__ import annotations

import math

from scipy import special

from survey_analysis.defaults import DEFAULTS
from survey_analysis.errors import InvalidCountsError
from survey_analysis.results import Interval


def normal_quantile(confidence: float) -> float:
    """Two-sided normal quantile of a confidence level.

    Parameters
    ----------
    confidence : float
        In (0, 1), for instance 0.95.

    Returns
    -------
    float

    Raises
    ------
    InvalidCountsError
        If the level lies outside (0, 1).

    Examples
    --------
    >>> round(normal_quantile(0.95), 4)
    1.96

    """
    if not 0 < confidence < 1:
        raise InvalidCountsError(f"a confidence level of {confidence} lies outside (0, 1)")
    return float(special.ndtri((1 + confidence) / 2))


def tail(z: float) -> float:
    """Probability beyond ``z`` on one side: half of what an interval may miss.

    Examples
    --------
    >>> round(tail(1.96), 5)
    0.025

    """
    return float(special.ndtr(-z))


def _check(x: float, n: float) -> None:
    if not (math.isfinite(x) and math.isfinite(n)) or n <= 0 or x < 0 or x > n:
        raise InvalidCountsError(f"{x} of {n} is no proportion")


def wilson(x: float, n: float, z: float = DEFAULTS.z) -> Interval:
    """Score interval of a proportion, the house's default (Wilson 1927; Newcombe 1998a, method 3).

    Estimand: the share in the population the raters are drawn from. Assumes independent ratings,
    or an effective size that accounts for their dependence.
    Centre (p + z²/2n)/(1 + z²/n), half-width z·√(p(1−p)/n + z²/4n²)/(1 + z²/n).
    Average coverage over p is near the nominal one and dips below 90 % near 0 and 1 for small n.

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

    Examples
    --------
    >>> found = wilson(0, 20)
    >>> (found.estimate, found.low, round(found.high, 4))
    (0.0, 0.0, 0.1611)

    """
    _check(x, n)
    p, scale = x / n, 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale
    low = 0.0 if x == 0 else max(0.0, centre - half)
    high = 1.0 if x == n else min(1.0, centre + half)
    return Interval(p, min(low, p), max(high, p))


def wilson_corrected(x: float, n: float, z: float = DEFAULTS.z) -> Interval:
    """Score interval with continuity correction: wider, its least coverage is nominal.

    Newcombe (1998a, Stat Med 17:857), method 4.

    Parameters
    ----------
    x, n, z : float
        As in ``wilson``.

    Returns
    -------
    Interval
        In [0, 1].

    Raises
    ------
    InvalidCountsError
        As ``wilson``.

    Examples
    --------
    >>> found = wilson_corrected(81, 263)
    >>> (round(found.low, 4), round(found.high, 4))
    (0.2535, 0.3682)

    """
    _check(x, n)
    p, scale = x / n, 2 * (n + z * z)
    down = z * z - 2 - 1 / n + 4 * p * (n * (1 - p) + 1)
    up = z * z + 2 - 1 / n + 4 * p * (n * (1 - p) - 1)
    low = (2 * x + z * z - 1 - z * math.sqrt(max(0.0, down))) / scale
    high = (2 * x + z * z + 1 + z * math.sqrt(max(0.0, up))) / scale
    return Interval(
        p, 0.0 if x == 0 else min(p, max(0.0, low)), 1.0 if x == n else max(p, min(1.0, high))
    )


def agresti_coull(x: float, n: float, z: float = DEFAULTS.z) -> Interval:
    """Wald interval on (x + z²/2) of (n + z²), cut to [0, 1] (Agresti & Coull 1998).

    The same centre as ``wilson`` and never narrower.

    Parameters
    ----------
    x, n, z : float
        As in ``wilson``.

    Returns
    -------
    Interval
        In [0, 1].

    Raises
    ------
    InvalidCountsError
        As ``wilson``.

    Examples
    --------
    >>> found = agresti_coull(81, 263)
    >>> (round(found.low, 3), round(found.high, 3))
    (0.255, 0.366)

    """
    _check(x, n)
    size = n + z * z
    centre = (x + z * z / 2) / size
    half = z * math.sqrt(centre * (1 - centre) / size)
    return Interval(x / n, max(0.0, centre - half), min(1.0, centre + half))


def jeffreys(x: float, n: float, z: float = DEFAULTS.z) -> Interval:
    """Equal-tailed posterior interval with Jeffreys' prior (Brown, Cai & DasGupta 2001).

    Quantiles of Beta(x + ½, n − x + ½); the limit at the edge is the edge itself for x = 0, x = n.
    For 0 of 20 the upper limit is .1166 where Wilson's is .1611.

    Parameters
    ----------
    x, n, z : float
        As in ``wilson``.

    Returns
    -------
    Interval
        In [0, 1].

    Raises
    ------
    InvalidCountsError
        As ``wilson``.

    Examples
    --------
    >>> round(jeffreys(0, 20).high, 4)
    0.1166

    """
    _check(x, n)
    a, b, q = x + 0.5, n - x + 0.5, tail(z)
    low = 0.0 if x == 0 else float(special.betaincinv(a, b, q))
    high = 1.0 if x == n else float(special.betainccinv(a, b, q))
    return Interval(x / n, min(low, x / n), max(high, x / n))


def clopper_pearson(x: float, n: float, z: float = DEFAULTS.z) -> Interval:
    """Exact interval: covers at least nominally for every p (Clopper & Pearson 1934).

    Limits are the q-quantile of Beta(x, n − x + 1) and the 1 − q one of Beta(x + 1, n − x).

    Parameters
    ----------
    x, n, z : float
        As in ``wilson``.

    Returns
    -------
    Interval
        In [0, 1].

    Raises
    ------
    InvalidCountsError
        As ``wilson``.

    Examples
    --------
    >>> found = clopper_pearson(1, 29)
    >>> (round(found.low, 4), round(found.high, 4))
    (0.0009, 0.1776)

    """
    _check(x, n)
    q = tail(z)
    low = 0.0 if x == 0 else float(special.betaincinv(x, n - x + 1, q))
    high = 1.0 if x == n else float(special.betainccinv(x + 1, n - x, q))
    return Interval(x / n, low, high)


def korn_graubard(
    p: float, n: float, n_eff: float, df: float, z: float = DEFAULTS.z
) -> Interval:
    """Clopper–Pearson on an effective size, cut for few clusters (Korn & Graubard 1998).

    n* = n_eff·(t(n−1)/t(df))², where the t quantiles are those of the level of ``z``.

    Parameters
    ----------
    p : float
        Weighted share in [0, 1].
    n : float
        Ratings, more than 1.
    n_eff : float
        Effective size; more than ``n`` counts as ``n``.
    df : float
        Clusters minus strata, at least 1.
    z : float
        Normal quantile.

    Returns
    -------
    Interval
        In [0, 1].

    Raises
    ------
    InvalidCountsError
        If a size, the share or the degrees of freedom cannot be.

    Examples
    --------
    >>> wide, narrow = korn_graubard(0.9, 200, 80, 5), korn_graubard(0.9, 200, 80, 199)
    >>> wide.low < narrow.low and wide.high > narrow.high
    True

    """
    if not 0 <= p <= 1 or n <= 1 or n_eff <= 0 or df < 1:
        raise InvalidCountsError(f"a share of {p}, sizes of {n} and {n_eff}, {df} free clusters")
    q = tail(z)
    ratio = float(special.stdtrit(n - 1, 1 - q) / special.stdtrit(df, 1 - q))
    size = min(n_eff, n) * ratio * ratio
    found = clopper_pearson(p * size, size, z)
    return Interval(p, found.low, found.high)


def newcombe(x1: float, n1: float, x2: float, n2: float, z: float = DEFAULTS.z) -> Interval:
    """Hybrid score interval of p1 − p2 (Newcombe 1998b, Stat Med 17:873, method 10).

    d − √((p1−l1)² + (u2−p2)²), d + √((u1−p1)² + (p2−l2)²) with Wilson's limits l, u. Assumes two
    independent groups. Overlap of two single intervals is no test: use this one.

    Parameters
    ----------
    x1, n1, x2, n2 : float
        Successes and trials of both groups.
    z : float
        Normal quantile.

    Returns
    -------
    Interval
        In [−1, 1].

    Raises
    ------
    InvalidCountsError
        As ``wilson``.

    Examples
    --------
    >>> found = newcombe(56, 70, 48, 80)
    >>> (round(found.low, 4), round(found.high, 4))
    (0.0524, 0.3339)

    """
    first, second = wilson(x1, n1, z), wilson(x2, n2, z)
    difference = first.estimate - second.estimate
    down = math.hypot(first.estimate - first.low, second.high - second.estimate)
    up = math.hypot(first.high - first.estimate, second.estimate - second.low)
    return Interval(difference, max(-1.0, difference - down), min(1.0, difference + up))

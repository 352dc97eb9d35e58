"""How well ratings tell officers apart, and how many more are needed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.arrays import Floats, floats
from survey_analysis.errors import InvalidCountsError, NotEstimableError


def unit_reliability(tau2: float, variance: ArrayLike) -> Floats:
    """Share of the variance of an officer's figure that is true difference: τ²/(τ²+s²).

    Parameters
    ----------
    tau2 : float
        Variance between officers, on the scale of ``variance``; ≥ 0.
    variance : array of float
        Sampling variance of each officer's figure; > 0.

    Returns
    -------
    array of float
        In [0, 1); 0 where officers do not differ (τ² = 0).

    Raises
    ------
    InvalidCountsError
        If a variance is not positive or τ² negative.

    References
    ----------
    Adams JL (2009), The reliability of provider profiling, RAND TR-653.

    Examples
    --------
    >>> unit_reliability(0.0004, [0.0004, 0.0012]).round(4).tolist()
    [0.5, 0.25]

    """
    s2 = floats(variance, "variances")
    if tau2 < 0 or not math.isfinite(tau2) or (s2 <= 0).any():
        raise InvalidCountsError("variances are positive, and τ² is not negative")
    return np.asarray(tau2 / (tau2 + s2))


def spearman_brown(single: float, n: float) -> float:
    """Reliability of the mean of ``n`` ratings from that of one: nρ/(1+(n−1)ρ).

    Raises
    ------
    InvalidCountsError
        If ρ lies outside (−1/(n−1), 1] or n is not positive.

    References
    ----------
    Spearman C (1910), Brown W (1910), Br. J. Psychol. 3:271–322.

    Examples
    --------
    >>> round(spearman_brown(0.05, 45), 3)
    0.703

    """
    scale = 1 + (n - 1) * single
    if n <= 0 or single > 1 or scale <= 0:
        raise InvalidCountsError("a reliability is at most 1 and the number of ratings positive")
    return n * single / scale


def ratings_for(wanted: float, icc: float) -> int | None:
    """Ratings per officer for a wanted reliability: the smallest whole n ≥ R(1−ρ)/((1−R)ρ).

    Returns
    -------
    int or None
        None where officers do not differ (ρ ≤ 0): no number of ratings suffices.

    Raises
    ------
    InvalidCountsError
        If ``wanted`` is not in (0, 1) or ρ exceeds 1.

    Examples
    --------
    >>> ratings_for(0.7, 0.05), ratings_for(0.8, 0.01), ratings_for(0.7, 0.0)
    (45, 396, None)

    """
    if not 0 < wanted < 1 or icc > 1:
        raise InvalidCountsError("a wanted reliability lies between 0 and 1")
    if icc <= 0:
        return None
    return max(1, math.ceil(wanted * (1 - icc) / ((1 - wanted) * icc) - 1e-9))


def still_needed(
    n: ArrayLike, reliable: ArrayLike, wanted: float
) -> tuple[int | None, ...]:
    """Further ratings that each officer needs for a wanted reliability, of like cases.

    The sampling variance falls as 1/n, so that n·R'(1−R)/((1−R')R) ratings are needed in all.

    Returns
    -------
    tuple of int or None
        0 where it is reached; None where officers do not differ (R = 0), because then no number
        of ratings will do.

    Examples
    --------
    >>> still_needed([40, 40, 40], [0.8, 0.5, 0.0], 0.7)
    (0, 54, None)

    """
    counts, found = floats(n, "ratings"), floats(reliable, "reliabilities")
    if len(counts) != len(found) or not 0 < wanted < 1:
        raise InvalidCountsError("as many reliabilities as officers, and 0 < wanted < 1")
    return tuple(_needed(float(c), float(r), wanted) for c, r in zip(counts, found, strict=True))


def _needed(n: float, found: float, wanted: float) -> int | None:
    if found >= wanted:
        return 0
    if found <= 0 or n <= 0:
        return None
    total = n * wanted * (1 - found) / ((1 - wanted) * found)
    return max(1, math.ceil(total - n - 1e-9))


@dataclass(frozen=True)
class MeanSquares:
    """Mean squares of a targets × judges table and the six intraclass correlations.

    Attributes
    ----------
    between, within, judges, error : float
        BMS, WMS, JMS and EMS.
    icc11, icc21, icc31 : float
        One rating: judges nested, random, fixed.
    icc14, icc24, icc34 : float
        Mean over the judges, in the same order.

    """

    between: float
    within: float
    judges: float
    error: float
    icc11: float
    icc21: float
    icc31: float
    icc14: float
    icc24: float
    icc34: float


def shrout_fleiss(ratings: ArrayLike) -> MeanSquares:
    """Six intraclass correlations of a complete table of ratings.

    Parameters
    ----------
    ratings : array, targets × judges
        At least two of each, none missing.

    Raises
    ------
    NotEstimableError
        If the table is too small, incomplete, or all ratings are equal.

    References
    ----------
    Shrout PE, Fleiss JL (1979), Psychol. Bull. 86:420–428.

    Examples
    --------
    >>> found = shrout_fleiss([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8],
    ...                        [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> round(found.icc11, 2), round(found.icc34, 2)
    (0.17, 0.91)

    """
    table = np.asarray(ratings, dtype=np.float64)
    if table.ndim != 2 or min(table.shape) < 2 or not np.isfinite(table).all():
        raise NotEstimableError("a complete table of two or more targets and judges is needed")
    n, k = table.shape
    mean = table.mean()
    targets, judges = table.mean(axis=1), table.mean(axis=0)
    bms = k * float(((targets - mean) ** 2).sum()) / (n - 1)
    wms = float(((table - targets[:, None]) ** 2).sum()) / (n * (k - 1))
    jms = n * float(((judges - mean) ** 2).sum()) / (k - 1)
    rest = table - targets[:, None] - judges[None, :] + mean
    ems = float((rest**2).sum()) / ((n - 1) * (k - 1))
    if bms <= 0:
        raise NotEstimableError("targets do not differ at all: no reliability can be told")
    return MeanSquares(
        bms, wms, jms, ems,
        (bms - wms) / (bms + (k - 1) * wms),
        (bms - ems) / (bms + (k - 1) * ems + k * (jms - ems) / n),
        (bms - ems) / (bms + (k - 1) * ems),
        (bms - wms) / bms, (bms - ems) / (bms + (jms - ems) / n), (bms - ems) / bms,
    )


def icc_oneway(n: ArrayLike, mean: ArrayLike, variance: ArrayLike) -> float:
    """Intraclass correlation of officers with unequal numbers of ratings, by ANOVA.

    ρ = (MSB − MSW)/(MSB + (n₀−1)·MSW) with n₀ = (N − Σn²/N)/(k−1); not truncated at 0.

    Parameters
    ----------
    n, mean, variance : array of float
        Ratings, mean and variance (divisor n−1; 0 for n = 1) of each officer.

    Raises
    ------
    NotEstimableError
        With fewer than two officers, no officer with two ratings, or no variance at all.

    References
    ----------
    Donner A (1986), Int. Stat. Rev. 54:67–82.

    Examples
    --------
    >>> round(icc_oneway([3, 3], [2.0, 4.0], [1.0, 1.0]), 4)
    0.625

    """
    counts, means = floats(n, "ratings"), floats(mean, "means")
    spread = floats(variance, "variances")
    total, k = counts.sum(), len(counts)
    if k < 2 or total <= k or (counts < 1).any():
        raise NotEstimableError("two officers with ratings are needed, one of them with two")
    grand = float(counts @ means / total)
    msb = float(counts @ (means - grand) ** 2) / (k - 1)
    msw = float((counts - 1) @ spread) / (total - k)
    n0 = (total - float(counts @ counts) / total) / (k - 1)
    scale = msb + (n0 - 1) * msw
    if scale <= 0:
        raise NotEstimableError("all ratings are equal: no reliability can be told")
    return float((msb - msw) / scale)

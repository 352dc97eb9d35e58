"""Control charts with frozen baselines: p, p′ and XmR. They are drawn; they never alarm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.arrays import Bools, Floats, Ints, floats, successes
from survey_analysis.errors import InvalidCountsError, NotEstimableError

D2, D4 = 1.128, 3.267
NHS_FACTOR = 2.66
EXACT_FACTOR = 3 / D2
FEWEST_POINTS = 12
LEAST_EVENTS = 3.0


@dataclass(frozen=True)
class Rebase:
    """A new baseline from a point on, and why; a reason must be recorded."""

    start: int
    reason: str


@dataclass(frozen=True)
class ControlChart:
    """Points, centre line and limits of a chart.

    Attributes
    ----------
    value : array of float
        Points; where ``empty``, the centre stands in.
    centre, low, high : array of float
        Centre line and limits at each point (±3σ).
    sigma : array of float
        Distance of one σ at each point: (high−centre)/3 before clipping.
    segment : array of int
        Number of the baseline each point is judged by, from 0.
    empty : array of bool
        Points without ratings.
    adequate : array of bool
        Whether the point has events enough (n·min(p̄, 1−p̄) ≥ 3) for limits to hold; always true
        for XmR.
    trial : tuple of bool
        For each segment, whether fewer than 12 points made its baseline.
    reasons : tuple of str
        Reason of each segment after the first.
    dispersion : tuple of float
        For each segment: σ_z (p′), 1 (p), mean moving range (XmR).

    """

    value: Floats
    centre: Floats
    low: Floats
    high: Floats
    sigma: Floats
    segment: Ints
    empty: Bools
    adequate: Bools
    trial: tuple[bool, ...]
    reasons: tuple[str, ...]
    dispersion: tuple[float, ...]

    @property
    def outside(self) -> Bools:
        """Points beyond their limits."""
        return ((self.value < self.low) | (self.value > self.high)) & ~self.empty


def _segments(k: int, rebase: Sequence[Rebase]) -> list[tuple[int, int]]:
    starts = [0, *(one.start for one in rebase)]
    if any(not one.reason.strip() for one in rebase):
        raise InvalidCountsError("a new baseline needs a recorded reason")
    if any(b <= a for a, b in zip(starts, [*starts[1:], k], strict=True)):
        raise InvalidCountsError("new baselines start in order, inside the series")
    return list(zip(starts, [*starts[1:], k], strict=True))


def _baseline(
    start: int, end: int, baseline: int | None, exclude: Sequence[int], empty: Bools
) -> Ints:
    """Points that make the baseline of a segment."""
    stop = end if baseline is None else min(end, start + baseline)
    at = np.arange(start, stop)
    at = at[~np.isin(at, np.asarray(exclude, dtype=np.int64)) & ~empty[start:stop]]
    if not len(at):
        raise NotEstimableError(f"no point with ratings is left for the baseline from {start} on")
    return at


def _p_like(
    x: ArrayLike, n: ArrayLike, baseline: int | None, exclude: Sequence[int],
    rebase: Sequence[Rebase], laney: bool, least: float,
) -> ControlChart:
    hits, size = successes(x, n)
    k = len(hits)
    if not k:
        raise NotEstimableError("a chart needs points")
    empty = size == 0
    share = hits / np.maximum(size, 1e-300)
    centre, sigma, segment = np.empty(k), np.empty(k), np.empty(k, dtype=np.int64)
    trial, scales = [], []
    for number, (start, end) in enumerate(_segments(k, rebase)):
        at = _baseline(start, end, baseline, exclude, empty)
        mean = float(hits[at].sum() / size[at].sum())
        here = slice(start, end)
        own = np.sqrt(mean * (1 - mean) / np.maximum(size[here], 1e-300))
        scale = max(least, _laney(share[at], size[at], mean)) if laney else 1.0
        centre[here], sigma[here], segment[here] = mean, own * scale, number
        trial.append(len(at) < FEWEST_POINTS)
        scales.append(scale)
    sigma = np.where(empty, 1.0, sigma)
    return ControlChart(
        np.where(empty, centre, share), centre, np.maximum(centre - 3 * sigma, 0.0),
        np.minimum(centre + 3 * sigma, 1.0), sigma, segment, empty,
        size * np.minimum(centre, 1 - centre) >= LEAST_EVENTS,
        tuple(trial), tuple(one.reason for one in rebase), tuple(scales),
    )


def _laney(share: Floats, n: Floats, mean: float) -> float:
    if mean in (0.0, 1.0) or len(share) < 2:
        return 1.0
    z = (share - mean) / np.sqrt(mean * (1 - mean) / n)
    return float(np.abs(np.diff(z)).mean() / D2)


def p_chart(
    x: ArrayLike, n: ArrayLike, *, baseline: int | None = None, exclude: Sequence[int] = (),
    rebase: Sequence[Rebase] = (),
) -> ControlChart:
    """Chart of shares: p̄ ± 3·sqrt(p̄(1−p̄)/nᵢ), clipped to [0, 1].

    Assumes that nothing but binomial chance moves the points while the process is stable.

    Parameters
    ----------
    x, n : array of float
        Successes and ratings of each period; n may be 0.
    baseline : int, optional
        Points (from the start of each segment) that fix the limits; all of them by default.
    exclude : sequence of int
        Points left out of the baseline for a known cause, from 0.
    rebase : sequence of Rebase
        Starts of new baselines with their reasons.

    Raises
    ------
    NotEstimableError
        If a baseline has no point with ratings.
    InvalidCountsError
        If counts are impossible, or a new baseline has no reason.

    References
    ----------
    Montgomery DC, Introduction to Statistical Quality Control, section 7.2.

    Examples
    --------
    >>> found = p_chart([12, 15, 8, 10], [50, 50, 50, 50])
    >>> [round(float(line[0]), 3) for line in (found.low, found.centre, found.high)]
    [0.048, 0.225, 0.402]

    """
    return _p_like(x, n, baseline, exclude, rebase, laney=False, least=0.0)


def p_prime_chart(
    x: ArrayLike, n: ArrayLike, *, baseline: int | None = None, exclude: Sequence[int] = (),
    rebase: Sequence[Rebase] = (), refuse_under_dispersion: bool = False,
) -> ControlChart:
    """Laney's p′ chart: p̄ ± 3·σᵢ·σ_z, for large n whose share moves more than chance.

    zᵢ = (pᵢ−p̄)/σᵢ and σ_z = mean|zᵢ−zᵢ₋₁|/1.128 over the baseline. From the moving range, not from
    the standard deviation, so that shifts do not widen the limits that are to show them.

    Parameters
    ----------
    x, n, baseline, exclude, rebase
        As for ``p_chart``.
    refuse_under_dispersion : bool
        Whether σ_z below 1 counts as 1.

    References
    ----------
    Laney DB (2002), Qual. Eng. 14:531–537.

    Examples
    --------
    >>> found = p_prime_chart([900, 950, 880, 930], [1000, 1000, 1000, 1000])
    >>> round(found.dispersion[0], 2)
    5.7

    """
    least = 1.0 if refuse_under_dispersion else 0.0
    return _p_like(x, n, baseline, exclude, rebase, laney=True, least=least)


def xmr_chart(
    x: ArrayLike, *, baseline: int | None = None, exclude: Sequence[int] = (),
    rebase: Sequence[Rebase] = (), screened: bool = True, factor: float = NHS_FACTOR,
) -> ControlChart:
    """Chart of single values: mean ± 2.66 × mean moving range.

    Parameters
    ----------
    x : array of float
        Values in time order.
    baseline, exclude, rebase
        As for ``p_chart``.
    screened : bool
        Whether moving ranges of 3.267 times their mean or more are dropped once before averaging,
        as the R package of the NHS does and its workbook does not.
    factor : float
        2.66 as the NHS rounds it; ``EXACT_FACTOR`` = 3/1.128 elsewhere.

    Raises
    ------
    NotEstimableError
        If a baseline has fewer than two points.

    References
    ----------
    NHS England, Making Data Count; NIST/SEMATECH e-Handbook, section 6.3.2.2.

    Examples
    --------
    >>> found = xmr_chart([4.0, 6.0, 5.0, 7.0], screened=False)
    >>> [round(float(line[0]), 3) for line in (found.low, found.centre, found.high)]
    [1.067, 5.5, 9.933]

    """
    values = floats(x, "values")
    k = len(values)
    if not k:
        raise NotEstimableError("a chart needs points")
    none = np.zeros(k, dtype=np.bool_)
    centre, sigma, segment = np.empty(k), np.empty(k), np.empty(k, dtype=np.int64)
    trial, ranges = [], []
    for number, (start, end) in enumerate(_segments(k, rebase)):
        at = _baseline(start, end, baseline, exclude, none)
        spread = _moving_range(values, at, screened)
        here = slice(start, end)
        centre[here], segment[here] = float(values[at].mean()), number
        sigma[here] = factor * spread / 3
        trial.append(len(at) < FEWEST_POINTS)
        ranges.append(spread)
    return ControlChart(
        values, centre, centre - 3 * sigma, centre + 3 * sigma, sigma, segment, none, ~none,
        tuple(trial), tuple(one.reason for one in rebase), tuple(ranges),
    )


def _moving_range(values: Floats, at: Ints, screened: bool) -> float:
    if len(at) < 2:
        raise NotEstimableError("a moving range needs two points in the baseline")
    ranges = np.abs(np.diff(values[at]))
    mean = float(ranges.mean())
    if screened and mean > 0:
        mean = float(ranges[ranges < D4 * mean].mean())
    return mean

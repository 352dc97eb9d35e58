"""Segmented regression of one series: what is left when nobody can be compared with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.effects.panel import Floats
from survey_analysis.errors import InvalidCountsError

Family = Literal["quasi-binomial", "quasi-poisson"]


@dataclass(frozen=True)
class SeriesChange:
    """Step of a series on the log-odds (or log) scale, and as a ratio.

    ``evidence`` is always "weak": whatever else happened at the same time is in it.
    """

    step: float
    standard_error: float
    low: float
    high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    points: float
    dispersion: float
    coefficients: Floats
    evidence: str = "weak"


def harmonics(time: ArrayLike, pairs: int, period: float) -> Floats:
    """Fourier pairs of a season: sin and cos of 2π k t / period, k = 1 … pairs."""
    angle = 2 * np.pi * np.asarray(time, float)[:, None] * np.arange(1, pairs + 1) / period
    return np.column_stack([f(angle[:, k]) for k in range(pairs) for f in (np.sin, np.cos)]) if (
        pairs
    ) else np.zeros((len(angle), 0))


def _mean(eta: Floats, family: Family) -> tuple[Floats, Floats]:
    """Mean and its derivative by the linear predictor."""
    if family == "quasi-poisson":
        mu: Floats = np.exp(np.clip(eta, -700, 700))
        return mu, mu
    share = np.asarray(1 / (1 + np.exp(-np.clip(eta, -700, 700))))
    return share, share * (1 - share)


def _fit(x: Floats, y: Floats, n: Floats, family: Family) -> tuple[Floats, Floats, Floats]:
    """Iteratively reweighted least squares; coefficients, weights, working scores."""
    rate = (y + 0.5) / (n + 1)
    eta: Floats = np.log(rate / (1 - rate)) if family == "quasi-binomial" else np.log(rate)
    beta: Floats = np.zeros(x.shape[1])
    for _ in range(100):
        mu, slope = _mean(eta, family)
        weight = n * slope
        target = eta + (y / n - mu) / np.maximum(slope, 1e-300)
        root = np.sqrt(weight)
        found = np.linalg.lstsq(x * root[:, None], target * root, rcond=None)
        new = np.asarray(found[0], dtype=np.float64)
        eta, change = np.asarray(x @ new, dtype=float), float(np.abs(new - beta).max())
        beta = new
        if change < 1e-10:
            break
    else:
        raise InvalidCountsError("the series has no finite step: one side is all or nothing")
    mu, slope = _mean(eta, family)
    return beta, n * slope, (y / n - mu) * n


def _newey_west(x: Floats, score: Floats, lags: int) -> Floats:
    u = x * score[:, None]
    meat = u.T @ u
    for lag in range(1, lags + 1):
        part = u[lag:].T @ u[:-lag]
        meat += (1 - lag / (lags + 1)) * (part + part.T)
    return np.asarray(meat)


def interrupted_series(
    successes: ArrayLike, totals: ArrayLike, start: int, *, family: Family = "quasi-binomial",
    season_pairs: int = 0, period: float = 12, slope_change: bool = False,
    lags: int | None = None, z: float = 1.96,
) -> SeriesChange:
    """Step at a known date in a series with a trend, seasons and over-dispersion.

    Parameters
    ----------
    successes, totals : array
        Counts of each period and the number behind them (or expected, for rates).
    start : int
        Position of the first period after.
    family : {"quasi-binomial", "quasi-poisson"}
        Shares of ratings, or rates with ``totals`` as the offset.
    season_pairs, period : int, float
        Fourier pairs and length of the season in periods.
    slope_change : bool
        Let the trend change as well; the step is then that at the start.
    lags : int, optional
        Newey–West lags; None takes the model's errors times the dispersion.
    z : float
        Normal quantile of the intervals.

    Returns
    -------
    SeriesChange
        ``points`` is the change of the share just after the start, in units of the share.

    Raises
    ------
    InvalidCountsError
        If there are fewer periods than needed, impossible counts, or no finite step.

    Notes
    -----
    Estimand: the step relative to the continued trend. Assumes that nothing else changed at the
    same time; evidence is therefore labelled weak. Segmented regression as in Lopez Bernal,
    Cummins & Gasparrini (2017, Int J Epidemiol 46:348); Newey & West (1987).

    Examples
    --------
    >>> series = interrupted_series([80, 81, 79, 80, 90, 91, 89, 90], [100] * 8, 4)
    >>> series.evidence, series.ratio > 1
    ('weak', True)

    """
    y, n = np.asarray(successes, float), np.asarray(totals, float)
    time = np.arange(len(y), dtype=float)
    after = (time >= start).astype(float)
    columns = [np.ones(len(y)), after, time + 1]
    if slope_change:
        columns.append(after * (time - start))
    x = np.column_stack([*columns, harmonics(time + 1, season_pairs, period)])
    if len(y) < x.shape[1] + 2 or not 2 <= start <= len(y) - 2:
        raise InvalidCountsError("too few periods before or after for a trend and a step")
    if (n <= 0).any() or (y < 0).any() or (family == "quasi-binomial" and (y > n).any()):
        raise InvalidCountsError("counts must be ≥ 0, totals positive and not below them")
    beta, weight, score = _fit(x, y, n, family)
    bread = np.linalg.pinv((x * weight[:, None]).T @ x)
    dispersion = float((score**2 / np.maximum(weight, 1e-300)).sum() / (len(y) - x.shape[1]))
    if lags is None:
        covariance = bread * dispersion
    else:
        covariance = bread @ _newey_west(x, score, lags) @ bread * len(y) / (len(y) - x.shape[1])
    step, error = float(beta[1]), float(np.sqrt(max(covariance[1, 1], 0.0)))
    without = x[start] @ beta - step
    points = float(_mean(np.array([without + step]), family)[0][0])
    points -= float(_mean(np.array([without]), family)[0][0])
    low, high = step - z * error, step + z * error
    return SeriesChange(
        step, error, low, high, float(np.exp(step)), float(np.exp(low)), float(np.exp(high)),
        points, dispersion, beta,
    )

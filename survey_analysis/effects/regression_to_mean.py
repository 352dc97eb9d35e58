"""How far selected officers come back by themselves, and comparisons that allow for it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.effects.regression import Fit, least_squares
from survey_analysis.errors import InvalidCountsError


def expected_return(reliability: float, mean: float, selected: float) -> float:
    """Change to be expected of selected officers without any effect.

    Parameters
    ----------
    reliability : float
        Reliability of the measurement the choice was made on, in [0, 1].
    mean, selected : float
        Mean of all who could have been chosen, and of those chosen, in the same unit.

    Returns
    -------
    float
        (1 − R)(mean − selected), in that unit.

    Raises
    ------
    InvalidCountsError
        If the reliability lies outside [0, 1].

    Notes
    -----
    Assumes that true levels and noise are both normal, or the choice linear in the measurement
    (Galton 1886; Bland & Altman 1994).

    Examples
    --------
    >>> round(expected_return(0.5, 0.9, 0.8), 6)
    0.05

    """
    if not 0 <= reliability <= 1:
        raise InvalidCountsError("a reliability lies between 0 and 1")
    return (1 - reliability) * (mean - selected)


def expected_return_at_cut(
    mean: float, sd: float, cut: float, reliability: float, *, below: bool = True
) -> float:
    """The same for everybody beyond a cut-off of a normal measurement.

    Parameters
    ----------
    mean, sd : float
        Of the measurement over all who could have been chosen; ``sd`` is the total one.
    cut : float
        Chosen were those beyond it.
    below : bool
        Whether low measurements were chosen, or high ones.
    reliability : float
        Share of the variance that is true, in [0, 1]: correlation of two measurements.

    Returns
    -------
    float
        Size of the return, ≥ 0, in the unit of the measurement.

    Notes
    -----
    σ_w²/√(σ_w² + σ_b²) · φ(z)/(1 − Φ(z)), z = (μ − c)/σ for a low cut (Barnett, van der Pols &
    Dobson 2005, Int J Epidemiol 34:215, eq. 1).

    Examples
    --------
    >>> round(expected_return_at_cut(60, 15, 40, 0.5), 3)
    13.486

    """
    from scipy.special import log_ndtr

    if not 0 <= reliability <= 1 or sd < 0:
        raise InvalidCountsError("a reliability lies between 0 and 1, a deviation is not negative")
    if sd == 0:
        return 0.0
    z = (mean - cut) / sd if below else (cut - mean) / sd
    hazard = math.exp(-z * z / 2 - 0.5 * math.log(2 * math.pi) - float(log_ndtr(-z)))
    return sd * (1 - reliability) * hazard


def baseline_adjusted(
    post: ArrayLike, treated: ArrayLike, baseline: ArrayLike, baseline_variance: ArrayLike,
    *, weights: ArrayLike | None = None,
) -> Fit:
    """Analysis of covariance: outcome on treatment and the shrunken baseline.

    Parameters
    ----------
    post, baseline : array
        One value an officer after and before.
    treated : array of bool
        Who was trained.
    baseline_variance : array
        Sampling variance of each baseline.
    weights : array, optional
        Precision of ``post``.

    Returns
    -------
    Fit
        Coefficients: constant, treatment, baseline; HC1 errors with t(rows − 3).

    Raises
    ------
    InvalidCountsError
        For fewer than four officers, or only one group.

    Notes
    -----
    Estimand: difference of trained and not trained of equal true baseline. Each baseline is pulled
    to the mean by its own reliability τ²/(τ² + s²) (τ² by moments), since noise in a regressor
    leaves part of the selection in the effect (Frost & Thompson 2000).

    Examples
    --------
    >>> x = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    >>> mark = [True, False, True, False, True, False]
    >>> y = [b + 0.05 * t for b, t in zip(x, mark)]
    >>> round(float(baseline_adjusted(y, mark, x, [0.0] * 6).coefficients[1]), 6)
    0.05

    """
    y, x, s2 = (np.asarray(v, float) for v in (post, baseline, baseline_variance))
    mark = np.asarray(treated, bool)
    if len(y) < 4 or mark.all() or not mark.any():
        raise InvalidCountsError("four officers, some trained and some not, are needed")
    tau2 = max(float(x.var(ddof=1) - s2.mean()), 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        reliability = np.where(s2 > 0, tau2 / (tau2 + s2), 1.0)
    shrunken = x.mean() + reliability * (x - x.mean())
    design = np.column_stack([np.ones(len(y)), mark, shrunken - shrunken.mean()])
    return least_squares(y, design, weights=weights, kind="HC1")

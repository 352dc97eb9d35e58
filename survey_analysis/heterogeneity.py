"""Variance between units, beyond what sampling explains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.arrays import Floats, floats
from survey_analysis.errors import InvalidCountsError, NotEstimableError


@dataclass(frozen=True)
class Heterogeneity:
    """Variance between units.

    Attributes
    ----------
    tau2 : float
        Variance between units, on the squared scale of the effects; ≥ 0.
    mean, se : float
        Inverse-variance mean under that τ², and its standard error.
    q : float
        Cochran's Q about the fixed-effect mean, on k−1 degrees of freedom.
    i2 : float
        Share of the total variation that is not sampling, in [0, 1].

    """

    tau2: float
    mean: float
    se: float
    q: float
    i2: float


def _effects(effect: ArrayLike, variance: ArrayLike) -> tuple[Floats, Floats]:
    y, v = floats(effect, "effects"), floats(variance, "variances")
    if len(y) != len(v) or (v <= 0).any():
        raise InvalidCountsError("one positive variance for each effect")
    if len(y) < 2:
        raise NotEstimableError("a variance between units needs two units")
    return y, v


def _q(y: Floats, w: Floats) -> float:
    mean = float(w @ y / w.sum())
    return float(w @ (y - mean) ** 2)


def _result(y: Floats, v: Floats, tau2: float) -> Heterogeneity:
    w = 1 / (v + tau2)
    q, k = _q(y, 1 / v), len(y)
    i2 = max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0
    return Heterogeneity(
        tau2, float(w @ y / w.sum()), float(np.sqrt(1 / w.sum())), q, i2
    )


def dersimonian_laird(effect: ArrayLike, variance: ArrayLike) -> Heterogeneity:
    """Moment estimate of τ²: max(0, (Q−(k−1))/(Σw−Σw²/Σw)), w = 1/s².

    Estimand: the variance of the true effects. Assumes independent effects with known variances.

    Parameters
    ----------
    effect, variance : array of float
        Effects and their sampling variances.

    Raises
    ------
    NotEstimableError
        With fewer than two units.
    InvalidCountsError
        If a variance is not positive.

    References
    ----------
    DerSimonian R, Laird N (1986), Control. Clin. Trials 7:177–188.

    Examples
    --------
    >>> round(dersimonian_laird([0.0, 1.0, 2.0], [0.1, 0.1, 0.1]).tau2, 4)
    0.9

    """
    y, v = _effects(effect, variance)
    w = 1 / v
    excess = _q(y, w) - (len(y) - 1)
    tau2 = max(0.0, float(excess / (w.sum() - (w @ w) / w.sum())))
    return _result(y, v, tau2)


def paule_mandel(effect: ArrayLike, variance: ArrayLike) -> Heterogeneity:
    """τ² at which the generalised Q equals its expectation k−1; 0 where none exists.

    Parameters, errors as for ``dersimonian_laird``.

    References
    ----------
    Paule RC, Mandel J (1982), J. Res. Natl. Bur. Stand. 87:377–385.

    Examples
    --------
    >>> round(paule_mandel([0.0, 1.0, 2.0], [0.1, 0.1, 0.1]).tau2, 4)
    0.9

    """
    y, v = _effects(effect, variance)
    wanted = len(y) - 1
    if _q(y, 1 / v) <= wanted:
        return _result(y, v, 0.0)
    low, high = 0.0, float(np.ptp(y)) ** 2
    for _ in range(200):
        middle = (low + high) / 2
        if _q(y, 1 / (v + middle)) > wanted:
            low = middle
        else:
            high = middle
        if high - low <= 1e-14 * max(high, 1e-300):
            break
    return _result(y, v, (low + high) / 2)

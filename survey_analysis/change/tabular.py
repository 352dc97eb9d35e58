"""Tabular CUSUM and EWMA of a continuous series, with the run lengths they promise."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from survey_analysis.arrays import Bools, Floats, Ints, floats
from survey_analysis.errors import InvalidCountsError


@dataclass(frozen=True)
class TabularCusum:
    """Two one-sided cumulative sums.

    Attributes
    ----------
    plus, minus : array of float
        C⁺ and C⁻ ≥ 0, in units of x (or of σ where σ is given).
    plus_since, minus_since : array of int
        Points since the sum was last 0.
    signal : array of bool
        Whether either sum exceeds h.
    first : int or None
        First signal, from 0.
    change : int or None
        First point after the last 0 before it: where the change is thought to begin.

    """

    plus: Floats
    minus: Floats
    plus_since: Ints
    minus_since: Ints
    signal: Bools
    first: int | None
    change: int | None


def _one_sided(z: Floats, k: float, start: float) -> tuple[Floats, Ints]:
    path, since = np.empty(len(z)), np.empty(len(z), dtype=np.int64)
    s, count = start, 0
    for i, value in enumerate(z.tolist()):
        s = max(0.0, s + value - k)
        count = count + 1 if s > 0 else 0
        path[i], since[i] = s, count
    return path, since


def tabular_cusum(
    x: ArrayLike, *, target: float = 0.0, sigma: float = 1.0, k: float = 0.5, h: float = 5.0,
    headstart: float = 0.0,
) -> TabularCusum:
    """C⁺ = max(0, C⁺+z−k) and C⁻ = max(0, C⁻−z−k), z = (x−target)/σ; signal beyond h.

    Parameters
    ----------
    x : array of float
        Series, say weekly residuals of a centre.
    target, sigma : float
        Mean and standard deviation while stable; σ > 0.
    k : float
        Allowance in σ, half the shift to be found.
    h : float
        Threshold in σ; 4.77 for one false alarm in 370 points, 5 for 465.
    headstart : float
        Value both sums start from; h/2 finds a process that starts off target sooner.

    References
    ----------
    Page ES (1954), Biometrika 41:100–115; Montgomery DC, section 9.1.

    Examples
    --------
    >>> found = tabular_cusum([0.0, 2.0, 2.0, 2.0, 2.0], h=4.0)
    >>> found.plus.tolist(), found.first, found.change
    ([0.0, 1.5, 3.0, 4.5, 6.0], 3, 1)

    """
    if sigma <= 0 or k < 0 or h <= 0 or headstart < 0:
        raise InvalidCountsError("σ and h are positive, k and the head start not negative")
    z = (floats(x, "values") - target) / sigma
    plus, up = _one_sided(z, k, headstart)
    minus, down = _one_sided(-z, k, headstart)
    signal = (plus > h) | (minus > h)
    if not signal.any():
        return TabularCusum(plus, minus, up, down, signal, None, None)
    first = int(np.argmax(signal))
    since = int(up[first] if plus[first] > h else down[first])
    return TabularCusum(plus, minus, up, down, signal, first, first - since + 1)


@dataclass(frozen=True)
class Ewma:
    """Exponentially weighted moving average with its limits."""

    value: Floats
    low: Floats
    high: Floats
    signal: Bools


def ewma(
    x: ArrayLike, *, target: float = 0.0, sigma: float = 1.0, weight: float = 0.1,
    limit: float = 2.814,
) -> Ewma:
    """zᵢ = λxᵢ+(1−λ)zᵢ₋₁ with limits target ± L·σ·sqrt(λ/(2−λ)·(1−(1−λ)^2i)).

    Parameters
    ----------
    x : array of float
        Series.
    target, sigma : float
        Mean and standard deviation while stable.
    weight : float
        λ in (0, 1].
    limit : float
        L; 2.814 with λ = 0.1 for one false alarm in 500 points.

    References
    ----------
    Roberts SW (1959), Technometrics 1:239–250; Lucas JM, Saccucci MS (1990), Technometrics 32:1–12.

    Examples
    --------
    >>> ewma([1.0, 1.0], weight=0.5).value.tolist()
    [0.5, 0.75]

    """
    if sigma <= 0 or not 0 < weight <= 1 or limit <= 0:
        raise InvalidCountsError("σ and L are positive, λ lies in (0, 1]")
    values = floats(x, "values")
    path, z = np.empty(len(values)), target
    for i, value in enumerate(values.tolist()):
        z = weight * value + (1 - weight) * z
        path[i] = z
    t = np.arange(1, len(values) + 1)
    half = limit * sigma * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t)))
    return Ewma(path, target - half, target + half, np.abs(path - target) > half)


def _density(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.exp(-0.5 * x * x) / math.sqrt(2 * math.pi))


def _one_sided_arl(shift: float, k: float, h: float, starts: Floats, nodes: int) -> Floats:
    """ARL of one CUSUM from given starts: Page's integral equation by Gauss–Legendre nodes."""
    t, w = np.polynomial.legendre.leggauss(nodes)
    u, w = h * (t + 1) / 2, w * h / 2
    at = np.concatenate([[0.0], u])
    kernel = np.empty((nodes + 1, nodes + 1))
    kernel[:, 0] = ndtr(k - at - shift)
    kernel[:, 1:] = w * _density(u[None, :] + k - at[:, None] - shift)
    run = np.linalg.solve(np.eye(nodes + 1) - kernel, np.ones(nodes + 1))
    reach = w * _density(u[None, :] + k - starts[:, None] - shift)
    return np.asarray(1 + run[0] * ndtr(k - starts - shift) + reach @ run[1:])


def cusum_arl(
    h: float, *, k: float = 0.5, shift: float = 0.0, two_sided: bool = True,
    headstart: float = 0.0, nodes: int = 80,
) -> float:
    """Average run length of a tabular CUSUM of independent normal values, in points.

    Solves L(u) = 1 + L(0)Φ(k−u−δ) + ∫₀ʰ L(y)φ(y+k−u−δ)dy; the two sides combine as
    1/L = 1/L⁺ + 1/L⁻, with a head start after Lucas and Crosier.

    Parameters
    ----------
    h, k : float
        Threshold and allowance in σ.
    shift : float
        True shift in σ; 0 gives the run length between false alarms.
    two_sided : bool
        Whether both sides alarm; else the upper one.
    headstart : float
        Start of the sums.
    nodes : int
        Quadrature nodes.

    References
    ----------
    Goel AL, Wu SM (1971), Technometrics 13:221–230; Lucas JM, Crosier RB (1982), Technometrics
    24:199–205.

    Examples
    --------
    >>> round(cusum_arl(5.0)), round(cusum_arl(5.0, shift=1.0), 1)
    (465, 10.4)

    """
    if h <= 0 or k < 0 or not 0 <= headstart <= h:
        raise InvalidCountsError("h is positive, k not negative, the head start inside [0, h]")
    starts = np.array([0.0, headstart])
    up, up_head = _one_sided_arl(shift, k, h, starts, nodes)
    if not two_sided:
        return float(up_head)
    down, down_head = _one_sided_arl(-shift, k, h, starts, nodes)
    return float((up_head * down + up * down_head - up * down) / (up + down))


def ewma_arl(weight: float, limit: float, *, shift: float = 0.0, nodes: int = 101) -> float:
    """Average run length of a two-sided EWMA with constant limits, in points.

    Solves L(u) = 1 + (1/λ)∫ L(y)φ((y−(1−λ)u)/λ − δ)dy over ±L·sqrt(λ/(2−λ)).

    References
    ----------
    Crowder SV (1987), Technometrics 29:401–407.

    Examples
    --------
    >>> round(ewma_arl(0.1, 2.814))
    500

    """
    if not 0 < weight <= 1 or limit <= 0:
        raise InvalidCountsError("L is positive and λ lies in (0, 1]")
    half = limit * math.sqrt(weight / (2 - weight))
    t, w = np.polynomial.legendre.leggauss(nodes)
    y, w = half * t, half * w

    def kernel(u: Floats) -> NDArray[np.float64]:
        return np.asarray(
            w / weight * _density((y[None, :] - (1 - weight) * u[:, None]) / weight - shift)
        )

    run = np.linalg.solve(np.eye(nodes) - kernel(y), np.ones(nodes))
    return float(1 + kernel(np.zeros(1))[0] @ run)


def cusum_threshold(arl0: float, *, k: float = 0.5, two_sided: bool = True) -> float:
    """Threshold h (in σ) whose run length between false alarms is ``arl0`` points.

    Examples
    --------
    >>> round(cusum_threshold(370.0), 2)
    4.77

    """
    return _solved(lambda h: cusum_arl(h, k=k, two_sided=two_sided), arl0)


def ewma_limit(arl0: float, weight: float = 0.1) -> float:
    """Limit L of an EWMA whose run length between false alarms is ``arl0`` points.

    Examples
    --------
    >>> round(ewma_limit(500.0), 3)
    2.814

    """
    return _solved(lambda limit: ewma_arl(weight, limit), arl0)


def _solved(arl: Callable[[float], float], arl0: float) -> float:
    if not 2 <= arl0 <= 1e7:
        raise InvalidCountsError("a run length between 2 and 10 million points")
    low, high = 1e-3, 1.0
    while arl(high) < arl0:
        low, high = high, high * 1.5
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if arl(middle) < arl0 else (low, middle)
    return high

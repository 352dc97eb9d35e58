"""Funnel limits: what chance alone would give around a target, with and without over-dispersion.

Spiegelhalter DJ (2005), Stat. Med. 24:1185–1202; Verburg IW et al. (2018), BMC Med. Res. Methodol.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, bdtrik, betainc, chdtr, gammaincinv, ndtr

from survey_analysis.arrays import Bools, Floats, floats, successes
from survey_analysis.errors import InvalidCountsError, NotEstimableError

Z95, Z998 = 1.959963984540054, 3.090232306167813
METHODS = ("winsorise", "truncate", "none")
SCALES = ("arcsine", "log", "sqrt", "log_counts")
FEW_UNITS = "too_few_units_for_over_dispersion"
NO_EXCESS = "no_over_dispersion"


@dataclass(frozen=True)
class Limits:
    """Limits of a funnel at each size.

    Attributes
    ----------
    low, high : array of float
        On the scale of the figure: [0, 1] for shares, [0, ∞) for ratios.
    target : float
        Centre line.

    """

    low: Floats
    high: Floats
    target: float


def _share_target(target: float, n: ArrayLike) -> Floats:
    sizes = floats(n, "sizes")
    if not 0 <= target <= 1:
        raise InvalidCountsError("the target is a share in [0, 1]")
    if (sizes < 0).any():
        raise InvalidCountsError("sizes are not negative")
    return sizes


def funnel_approximate(target: float, n: ArrayLike, z: float = Z95) -> Limits:
    """Normal limits θ ± z·sqrt(θ(1−θ)/n), clipped to [0, 1].

    They are the points where a Wilson interval just touches the target. With n = 0 nothing is
    known and the limits are 0 and 1.

    Parameters
    ----------
    target : float
        Share θ that all units are held against.
    n : array of float
        Ratings.
    z : float
        Normal quantile: 1.96 for 95 %, 3.09 for 99.8 %.

    Raises
    ------
    InvalidCountsError
        If θ lies outside [0, 1] or a size is negative.

    References
    ----------
    Spiegelhalter DJ (2005), section 2.1.

    Examples
    --------
    >>> found = funnel_approximate(0.9, [25, 100], 2.0)
    >>> found.low.round(3).tolist(), found.high.round(3).tolist()
    ([0.78, 0.84], [1.0, 0.96])

    """
    sizes = _share_target(target, n)
    half = np.full(len(sizes), 1.0)
    known = sizes > 0
    half[known] = z * np.sqrt(target * (1 - target) / sizes[known])
    return Limits(np.maximum(target - half, 0.0), np.minimum(target + half, 1.0), target)


def _interpolated(q: float, n: Floats, target: float) -> Floats:
    """(r−α)/n with r the smallest count of F(r) ≥ q and α = (F(r)−q)/(F(r)−F(r−1))."""
    whole = n.astype(np.int64)
    guess = bdtrik(q, whole, target)
    r = np.clip(np.ceil(np.nan_to_num(guess, nan=0.0) - 1e-6), 0, n)
    r = np.where((r > 0) & (bdtr(np.maximum(r - 1, 0), whole, target) >= q), r - 1, r)
    r = np.where(bdtr(r, whole, target) < q, np.minimum(r + 1, n), r)
    at = bdtr(r, whole, target)
    before = np.where(r > 0, bdtr(np.maximum(r - 1, 0), whole, target), 0.0)
    alpha = (at - q) / np.maximum(at - before, 1e-300)
    return np.asarray(np.clip((r - alpha) / n, 0.0, 1.0))


def funnel_exact(target: float, n: ArrayLike, z: float = Z95) -> Limits:
    """Interpolated binomial limits, wanted for n < 50.

    For tail q: r is the smallest count with F(r; n, θ) ≥ q, α = (F(r)−q)/(F(r)−F(r−1)), limit
    (r−α)/n. Interpolation takes most of the teeth out of the discrete limits, not all: they
    narrow with n but for small steps back (under 1/n). Where a limit would fall on the near side
    of the target, the target itself is the limit.

    Parameters
    ----------
    target, z
        As for ``funnel_approximate``.
    n : array of float
        Whole numbers of ratings.

    Examples
    --------
    >>> found = funnel_exact(0.9, [40])
    >>> found.low.round(4).tolist(), found.high.round(4).tolist()
    ([0.784], [0.9711])

    """
    sizes = _share_target(target, n)
    if (sizes != np.floor(sizes)).any():
        raise InvalidCountsError("exact limits need whole numbers of ratings")
    low, high = np.zeros(len(sizes)), np.ones(len(sizes))
    known = sizes > 0
    if target in (0.0, 1.0):
        low[known] = high[known] = target
        return Limits(low, high, target)
    tail = float(ndtr(-z))
    low[known] = np.minimum(_interpolated(tail, sizes[known], target), target)
    high[known] = np.maximum(_interpolated(1 - tail, sizes[known], target), target)
    return Limits(low, high, target)


def funnel_poisson(expected: ArrayLike, z: float = Z95, target: float = 1.0) -> Limits:
    """Exact Poisson limits of observed/expected: χ²_q(2E)/2E and χ²_{1−q}(2E+2)/2E.

    Parameters
    ----------
    expected : array of float
        Expected counts E > 0 at ratio 1.
    z : float
        Normal quantile.
    target : float
        Ratio at the centre; the limits are those of E·target, divided by E.

    Raises
    ------
    InvalidCountsError
        If an expectation is not positive.

    References
    ----------
    Spiegelhalter DJ (2005), appendix A; Dobson AJ et al. (1991), Stat. Med. 10:457–462.

    Examples
    --------
    >>> found = funnel_poisson([15.0])
    >>> found.low.round(4).tolist(), found.high.round(4).tolist()
    ([0.5597], [1.6493])

    """
    e = floats(expected, "expected counts")
    if (e <= 0).any() or target <= 0:
        raise InvalidCountsError("expected counts and the target are positive")
    tail = float(ndtr(-z))
    centre = e * target
    return Limits(gammaincinv(centre, tail) / e, gammaincinv(centre + 1, 1 - tail) / e, target)


@dataclass(frozen=True)
class Dispersion:
    """Over-dispersion of z-scores.

    Attributes
    ----------
    phi : float
        Mean of the squared (winsorised or truncated) z-scores.
    tau2 : float
        Additive variance between units on the transformed scale; ≥ 0.
    p_value : float
        Chance of so large a kφ if units differed by chance only (χ² on k degrees of freedom).
    k : int
        Units used.
    statement : str
        ``too_few_units_for_over_dispersion`` under ten units (then τ² = 0 and φ is for
        information), ``no_over_dispersion`` where τ² is 0, else empty.

    """

    phi: float
    tau2: float
    p_value: float
    k: int
    statement: str


def trimmed(z: Floats, method: str, share: float) -> tuple[Floats, Bools]:
    """z-scores after winsorising or truncating, and which of them are kept.

    ``winsorise`` pulls the scores beyond the ``share`` and 1−``share`` quantiles (R type 7) in to
    them; ``truncate`` leaves out the outer groups of 1/``share`` rank groups, as the English SHMI
    does; ``none`` keeps all.
    """
    if method not in METHODS:
        raise InvalidCountsError(f"method must be one of {', '.join(METHODS)}")
    if not 0 <= share < 0.5:
        raise InvalidCountsError("the share trimmed at each end lies in [0, 0.5)")
    everything = np.ones(len(z), dtype=np.bool_)
    if method == "none" or share == 0 or not len(z):
        return z, everything
    if method == "winsorise":
        low, high = np.quantile(z, [share, 1 - share])
        return np.clip(z, low, high), everything
    order = np.argsort(z, kind="stable")
    rank = np.empty(len(z))
    rank[order] = np.arange(1, len(z) + 1)
    values, inverse = np.unique(z, return_inverse=True)
    rank = (np.bincount(inverse, rank) / np.bincount(inverse))[inverse] if len(values) else rank
    groups = 1 / share
    group = np.floor(rank * groups / (len(z) + 1) + 1e-12)
    keep = (group > 0) & (group < groups - 1)
    return z[keep], keep


def overdispersion(
    z: ArrayLike, s: ArrayLike, *, method: str = "winsorise", share: float = 0.10,
    min_units: int = 10,
) -> Dispersion:
    """Over-dispersion φ and additive τ² from z-scores and their standard errors.

    φ = Σz²/k after trimming; τ² = max(0, (kφ−(k−1))/(Σw−Σw²/Σw)), w = 1/s². Assumes units'
    true figures scatter about the target with one variance.

    Parameters
    ----------
    z, s : array of float
        Scores (figure − target)/s and standard errors s > 0.
    method : {"winsorise", "truncate", "none"}
        What is done to the outer scores, so that true outliers do not excuse themselves.
    share : float
        Trimmed at each end.
    min_units : int
        Fewest units for a τ²; below it the unadjusted limits are to be used.

    Raises
    ------
    NotEstimableError
        Without units.
    InvalidCountsError
        If a standard error is not positive.

    References
    ----------
    Spiegelhalter DJ (2005), sections 3.2–3.3; Spiegelhalter DJ et al. (2012), J. R. Stat. Soc. A
    175:1–47.

    Examples
    --------
    >>> found = overdispersion([-3, -2, -1, 0, 0, 0, 1, 2, 3, 4.], [1.0] * 10, method="none")
    >>> round(found.phi, 2), round(found.tau2, 4)
    (4.4, 3.8889)

    """
    scores, errors = floats(z, "z-scores"), floats(s, "standard errors")
    if not len(scores):
        raise NotEstimableError("over-dispersion needs units")
    if len(scores) != len(errors) or (errors <= 0).any():
        raise InvalidCountsError("one positive standard error for each z-score")
    used, keep = trimmed(scores, method, share)
    k = len(used)
    if k == 0:
        raise NotEstimableError("nothing is left after trimming")
    phi = float(used @ used) / k
    p_value = float(1 - chdtr(k, k * phi))
    if len(scores) < min_units:
        return Dispersion(phi, 0.0, p_value, k, FEW_UNITS)
    w = 1 / errors[keep] ** 2
    spread = float(w.sum() - (w @ w) / w.sum())
    tau2 = max(0.0, (k * phi - (k - 1)) / spread) if spread > 0 else 0.0
    return Dispersion(phi, tau2, p_value, k, "" if tau2 > 0 else NO_EXCESS)


@dataclass(frozen=True)
class Transformed:
    """Figures on a scale of stable variance.

    Attributes
    ----------
    y, s, z : array of float
        Transformed figures, their standard errors, and (y − target)/s.
    target : float
        Target on the transformed scale.
    scale : str
        ``arcsine`` (shares), ``log`` or ``sqrt`` (ratios O/E), ``log_counts`` (ratio of counts).

    """

    y: Floats
    s: Floats
    z: Floats
    target: float
    scale: str


def stabilise(
    observed: ArrayLike, denominator: ArrayLike, scale: str, target: float | None = None
) -> Transformed:
    """Put figures on a scale where their variance does not depend on themselves.

    arcsine: asin√(x/n), s = 1/(2√n). log: ln(O/E), s = 1/√E. sqrt: √(O/E), s = 1/(2√E).
    log_counts: ln((a+½)/(b+½)), s² = a/(a+½)² + b/(b+½)².

    Parameters
    ----------
    observed, denominator : array of float
        x and n, O and E, or two counts; denominators > 0, and O > 0 on the log scale.
    scale : str
        One of ``SCALES``.
    target : float, optional
        Share or ratio at the centre; pooled share or ratio by default, 1 for O/E.

    Raises
    ------
    InvalidCountsError
        If counts are impossible on that scale.

    References
    ----------
    Spiegelhalter DJ (2005), appendix A.3; NHS Digital, SHMI specification.

    Examples
    --------
    >>> stabilise([100, 150], [108.0, 112.0], "log").z.round(4).tolist()
    [-0.7998, 3.0917]

    """
    if scale not in SCALES:
        raise InvalidCountsError(f"scale must be one of {', '.join(SCALES)}")
    if scale == "arcsine":
        x, d = successes(observed, denominator)
    else:
        x, d = floats(observed, "observed"), floats(denominator, "denominators")
    if len(x) != len(d) or (x < 0).any() or (d <= 0).any() or not len(x):
        raise InvalidCountsError("counts ≥ 0 over as many positive denominators")
    pooled = float(x.sum() / d.sum())
    centre = target if target is not None else (1.0 if scale in ("log", "sqrt") else pooled)
    y, s = _scaled(x, d, scale)
    middle = float(_forward(np.array([centre]), scale)[0])
    return Transformed(y, s, (y - middle) / s, middle, scale)


def _scaled(x: Floats, d: Floats, scale: str) -> tuple[Floats, Floats]:
    if scale == "log_counts":
        s = np.sqrt(x / (x + 0.5) ** 2 + d / (d + 0.5) ** 2)
        return np.log((x + 0.5) / (d + 0.5)), s
    if scale == "log":
        if (x <= 0).any():
            raise InvalidCountsError("the log scale needs at least one event everywhere")
        return np.log(x / d), 1 / np.sqrt(d)
    return _forward(x / d, scale), 1 / (2 * np.sqrt(d))


def _forward(value: Floats, scale: str) -> Floats:
    if scale == "arcsine":
        return np.asarray(np.arcsin(np.sqrt(value)))
    return np.asarray(np.sqrt(value) if scale == "sqrt" else np.log(value))


def _back(y: Floats, scale: str) -> Floats:
    """Back from the transformed scale; the angle is clipped before its sine is squared."""
    if scale == "arcsine":
        return np.asarray(np.sin(np.clip(y, 0.0, math.pi / 2)) ** 2)
    return np.asarray(np.maximum(y, 0.0) ** 2 if scale == "sqrt" else np.exp(y))


def funnel_overdispersed(
    denominator: ArrayLike, scale: str, target: float, *, tau2: float = 0.0, phi: float = 1.0,
    z: float = Z95,
) -> Limits:
    """Limits widened for over-dispersion, back on the scale of the figures.

    Additive (the default way): target ± z·sqrt(s²+τ²). Multiplicative: target ± z·s·√φ, where φ
    below 1 counts as 1. Give one of the two.

    Parameters
    ----------
    denominator : array of float
        n or E > 0.
    scale : {"arcsine", "log", "sqrt"}
        Scale on which τ² or φ was estimated.
    target : float
        Share or ratio at the centre.
    tau2, phi : float
        From ``overdispersion``, or τ² from history.
    z : float
        Normal quantile.

    Raises
    ------
    InvalidCountsError
        If a denominator is not positive, or τ² negative, or both τ² and φ are given.

    References
    ----------
    Spiegelhalter DJ (2005), section 3.

    Examples
    --------
    >>> found = funnel_overdispersed([100, 400], "arcsine", 0.9, tau2=0.0025)
    >>> found.low.round(3).tolist(), found.high.round(3).tolist()
    ([0.803, 0.825], [0.967, 0.956])

    """
    d = floats(denominator, "denominators")
    if scale not in SCALES[:3]:
        raise InvalidCountsError(f"scale must be one of {', '.join(SCALES[:3])}")
    if (d <= 0).any() or tau2 < 0 or phi < 0 or (tau2 > 0 and phi != 1):
        raise InvalidCountsError("positive denominators, and either τ² ≥ 0 or φ ≥ 0")
    s = 1 / np.sqrt(d) if scale == "log" else 1 / (2 * np.sqrt(d))
    half = z * np.sqrt((s * s + tau2) * max(1.0, phi))
    middle = float(_forward(np.array([target]), scale)[0])
    return Limits(_back(middle - half, scale), _back(middle + half, scale), target)


def outside(figure: ArrayLike, limits: Limits) -> tuple[Bools, Bools]:
    """Which figures lie below the lower and above the upper limit."""
    value = floats(figure, "figures")
    return value < limits.low, value > limits.high


def binomial_tail(x: float, n: float, target: float) -> float:
    """Chance of at most x successes of n at share θ (exact; n need not be whole)."""
    return 1.0 if x >= n else float(betainc(n - x, x + 1, 1 - target))

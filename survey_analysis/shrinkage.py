"""Empirical-Bayes shrinkage: figures of few ratings move towards what is known of all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv, betaln, digamma

from survey_analysis.arrays import Floats, floats, successes
from survey_analysis.errors import InvalidCountsError, NotEstimableError

INDISTINGUISHABLE = "units_indistinguishable"
_FEW_UNITS = 20
_BOUND = 12.0


@dataclass(frozen=True)
class Shrunken:
    """Shrunken figures of k units.

    Attributes
    ----------
    estimate, low, high : array of float
        Posterior mean and 95 % interval, on the scale of the figures.
    sd : array of float
        Posterior standard deviation.
    weight : array of float
        Weight of a unit's own figure, in [0, 1]; the rest is the common figure's.
    mean : float
        The common figure.
    statement : str
        ``units_indistinguishable`` where nothing speaks for differences: then every estimate is
        the common figure and only that may be shown; else empty.

    """

    estimate: Floats
    low: Floats
    high: Floats
    sd: Floats
    weight: Floats
    mean: float
    statement: str = ""


@dataclass(frozen=True)
class BetaPrior:
    """Distribution of units' true shares.

    Attributes
    ----------
    a, b : float
        Parameters of the Beta; infinite where units are indistinguishable.
    loglik : float
        Log likelihood at its maximum, without the binomial coefficients.
    indistinguishable : bool
        Whether the likelihood grows without end in a+b.

    """

    a: float
    b: float
    loglik: float
    indistinguishable: bool

    @property
    def mean(self) -> float:
        """a/(a+b)."""
        return self._mean if self.indistinguishable else self.a / (self.a + self.b)

    _mean: float = 0.5


def beta_moments(successful: ArrayLike, n: ArrayLike) -> BetaPrior:
    """Beta prior from mean and variance of the raw shares: t = μ(1−μ)/s²−1, a = μt, b = (1−μ)t.

    Every unit counts alike and sampling error is not taken off, so the prior is too wide for
    small n: a start for ``fit_beta_binomial``, and the published first step of the rat tumours.

    References
    ----------
    Gelman A et al. (2013), Bayesian Data Analysis, section 5.1.

    Examples
    --------
    >>> prior = beta_moments([1, 2, 3], [10, 10, 10])
    >>> round(prior.a, 2), round(prior.b, 2)
    (3.0, 12.0)

    """
    x, trials = _units(successful, n)
    shares = x / trials
    mean, variance = float(shares.mean()), float(shares.var(ddof=1))
    t = mean * (1 - mean) / variance - 1 if variance > 0 else math.inf
    if not 0 < t < math.inf:
        return BetaPrior(math.inf, math.inf, math.nan, True, mean)
    return BetaPrior(mean * t, (1 - mean) * t, _loglik(mean * t, (1 - mean) * t, x, trials), False)


def _units(successful: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    x, trials = successes(successful, n)
    keep = trials > 0
    if keep.sum() < 2:
        raise NotEstimableError("shrinkage needs two units with ratings")
    return x[keep], trials[keep]


def _loglik(a: float, b: float, x: Floats, n: Floats) -> float:
    return float((betaln(a + x, b + n - x) - betaln(a, b)).sum())


def _negative(at: Floats, x: Floats, n: Floats) -> tuple[float, Floats]:
    """Negative log likelihood and its gradient in (logit mean, ln size)."""
    mean, size = 1 / (1 + math.exp(-at[0])), math.exp(at[1])
    a, b = mean * size, (1 - mean) * size
    common = digamma(n + size) - digamma(size)
    da = float((digamma(a + x) - digamma(a) - common).sum())
    db = float((digamma(b + n - x) - digamma(b) - common).sum())
    slope = a * (1 - mean)
    return -_loglik(a, b, x, n), np.array([-slope * (da - db), -(a * da + b * db)])


def fit_beta_binomial(successful: ArrayLike, n: ArrayLike) -> BetaPrior:
    """Maximum-likelihood Beta distribution of true shares.

    Maximises Σ[ln B(a+x, b+n−x) − ln B(a, b)] over the mean and ln(a+b). Assumes units drawn
    independently from one Beta, ratings independent given the unit.

    Parameters
    ----------
    successful, n : array of float
        Successes and trials of each unit; units with n = 0 are left out.

    Returns
    -------
    BetaPrior
        ``indistinguishable`` if no finite a+b does better than one common share.

    Raises
    ------
    NotEstimableError
        With fewer than two units that have ratings.
    InvalidCountsError
        If counts are impossible.

    References
    ----------
    Skellam JG (1948), J. R. Stat. Soc. B 10:257–261; Tarone RE (1982), Biometrics 38:215–220.

    Examples
    --------
    >>> fit_beta_binomial([1, 9, 2, 8], [10, 10, 10, 10]).indistinguishable
    False
    >>> fit_beta_binomial([5, 5, 5, 5], [10, 10, 10, 10]).indistinguishable
    True

    """
    from scipy.optimize import minimize

    x, trials = _units(successful, n)
    pooled = float(x.sum() / trials.sum())
    if pooled in (0.0, 1.0):
        return BetaPrior(math.inf, math.inf, 0.0, True, pooled)
    common = float((x * math.log(pooled) + (trials - x) * math.log1p(-pooled)).sum())
    logit = math.log(pooled / (1 - pooled))
    best = None
    for size in (1.5, 5.0):
        found = minimize(
            _negative, np.array([logit, size]), args=(x, trials), jac=True, method="L-BFGS-B",
            bounds=[(-_BOUND, _BOUND), (-_BOUND, _BOUND)],
            options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 300},
        )
        if best is None or found.fun < best.fun:
            best = found
    if best is None or -best.fun <= common + 1e-7 or best.x[1] >= _BOUND - 1e-6:
        return BetaPrior(math.inf, math.inf, common, True, pooled)
    mean, size = 1 / (1 + math.exp(-best.x[0])), math.exp(best.x[1])
    return BetaPrior(mean * size, (1 - mean) * size, float(-best.fun), False)


def beta_binomial(successful: ArrayLike, n: ArrayLike, prior: BetaPrior | None = None) -> Shrunken:
    """Shrunken shares without case mix: posterior Beta(a+x, b+n−x) of each unit.

    From 20 units on the prior is the maximum-likelihood one; below, the uncertainty of (a, b) is
    integrated out on a grid (``beta_binomial_grid``), since intervals that ignore it are too
    short. Units with n = 0 get the common figure.

    Parameters
    ----------
    successful, n : array of float
        Successes and trials of each unit.
    prior : BetaPrior, optional
        A prior known from history.

    Returns
    -------
    Shrunken
        Estimates lie between the raw share and the common one.

    References
    ----------
    Efron B, Morris C (1975), J. Am. Stat. Assoc. 70:311–319; Gelman A et al. (2013), ch. 5.

    Examples
    --------
    >>> prior = BetaPrior(1.4, 8.6, 0.0, False)
    >>> found = beta_binomial([4, 0], [14, 20], prior)
    >>> found.estimate.round(3).tolist(), found.sd.round(3).tolist()
    ([0.225, 0.047], [0.084, 0.038])

    """
    x, trials = successes(successful, n)
    if prior is None:
        prior = fit_beta_binomial(x, trials)
        if not prior.indistinguishable and int((trials > 0).sum()) < _FEW_UNITS:
            return beta_binomial_grid(x, trials).shrunken
    if prior.indistinguishable:
        return _common(x, trials, prior.mean)
    size = prior.a + prior.b
    a, b = prior.a + x, prior.b + trials - x
    sd = np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    return Shrunken(
        a / (a + b), betaincinv(a, b, 0.025), betaincinv(a, b, 0.975), sd,
        trials / (trials + size), prior.mean,
    )


def _common(x: Floats, n: Floats, mean: float) -> Shrunken:
    """Every unit at the common share, with its Jeffreys interval."""
    total, hits = float(n.sum()), float(x.sum())
    a, b = hits + 0.5, total - hits + 0.5
    low = 0.0 if hits == 0 else float(betaincinv(a, b, 0.025))
    high = 1.0 if hits == total else float(betaincinv(a, b, 0.975))
    sd = math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
    one = np.ones(len(x))
    return Shrunken(
        mean * one, low * one, high * one, sd * one, 0 * one, mean, INDISTINGUISHABLE
    )


@dataclass(frozen=True)
class BetaGrid:
    """Posterior of (a, b) on a grid, and what it says of the units.

    Attributes
    ----------
    shrunken : Shrunken
        Units, with the uncertainty of (a, b) inside their intervals.
    a, b : float
        Posterior means over the grid; they depend on how far the grid reaches.
    draws : array, draws × units
        Joint draws of the units' true shares, for ranks.

    """

    shrunken: Shrunken
    a: float
    b: float
    draws: NDArray[np.float64]


def beta_binomial_grid(
    successful: ArrayLike, n: ArrayLike, *, log_odds: tuple[float, float] | None = None,
    log_size: tuple[float, float] = (-1.0, 12.0), points: int = 120, draws: int = 10_000,
    seed: int = 1,
) -> BetaGrid:
    """Full Bayes on a grid of (ln a/b, ln(a+b)) with prior density (a+b)^(−5/2) of (a, b).

    Parameters
    ----------
    successful, n : array of float
        Successes and trials of each unit; units with n = 0 get the prior's figure.
    log_odds : (float, float), optional
        Reach of ln(a/b); by default wide about the pooled share.
    log_size : (float, float)
        Reach of ln(a+b).
    points : int
        Grid points each way.
    draws, seed : int
        Size and seed of the sample that gives intervals.

    References
    ----------
    Gelman A et al. (2013), Bayesian Data Analysis, section 5.3.

    Examples
    --------
    >>> found = beta_binomial_grid([1, 9, 2, 8], [10, 10, 10, 10])
    >>> bool(0.1 < found.shrunken.estimate[0] < 0.5)
    True

    """
    x, trials = successes(successful, n)
    if int((trials > 0).sum()) < 2:
        raise NotEstimableError("shrinkage needs two units with ratings")
    pooled = (x.sum() + 0.5) / (trials.sum() + 1)
    middle = math.log(pooled / (1 - pooled))
    u, v = np.meshgrid(
        np.linspace(*(log_odds or (middle - 4, middle + 4)), points),
        np.linspace(*log_size, points), indexing="ij",
    )
    size = np.exp(v).ravel()
    a = size / (1 + np.exp(-u.ravel()))
    b = size - a
    density = np.log(a) + np.log(b) - 2.5 * np.log(size)
    alone = betaln(a, b)
    like, times = np.unique(np.stack([x, trials]), axis=1, return_counts=True)
    for (xi, ni), again in zip(like.T, times, strict=True):
        density += again * (betaln(a + xi, b + ni - xi) - alone)
    weight = np.exp(density - density.max())
    heavy = weight > 1e-12
    a, b, weight = a[heavy], b[heavy], weight[heavy] / weight[heavy].sum()
    return _integrated(a, b, weight, x, trials, draws, seed)


def _integrated(
    a: Floats, b: Floats, weight: Floats, x: Floats, n: Floats, draws: int, seed: int
) -> BetaGrid:
    mean, square = np.empty(len(x)), np.empty(len(x))
    own = np.empty(len(x))
    for i, (xi, ni) in enumerate(zip(x, n, strict=True)):
        first = (a + xi) / (a + b + ni)
        mean[i] = weight @ first
        square[i] = weight @ (first * (a + xi + 1) / (a + b + ni + 1))
        own[i] = weight @ (ni / (a + b + ni))
    generator = np.random.default_rng(seed)
    at = generator.choice(len(weight), size=draws, p=weight)
    sample = generator.beta(a[at, None] + x, b[at, None] + n - x)
    low, high = np.quantile(sample, [0.025, 0.975], axis=0)
    shrunken = Shrunken(
        mean, low, high, np.sqrt(np.maximum(square - mean**2, 0)), own,
        float(weight @ (a / (a + b))),
    )
    return BetaGrid(shrunken, float(weight @ a), float(weight @ b), sample)


def normal_normal(
    effect: ArrayLike, variance: ArrayLike, tau2: float, *, mean: float | None = 0.0,
    morris: bool = True, z: float = 1.96,
) -> Shrunken:
    """Shrunken effects with known sampling variances.

    B = s²/(s²+τ²); estimate m + (1−B)(d−m); variance (1−B)s², plus Morris's 2B²(d−m)²/(k−3) for
    the uncertainty of τ² where k > 3.

    Parameters
    ----------
    effect, variance : array of float
        Differences d and their sampling variances s² > 0.
    tau2 : float
        Variance between units; 0 gives ``units_indistinguishable``.
    mean : float or None
        Common effect; None for the inverse-variance mean.
    morris : bool
        Whether to widen for the estimated τ²; leave out where τ² is known from history.
    z : float
        Normal quantile of the intervals.

    Raises
    ------
    InvalidCountsError
        If a variance is not positive or τ² negative.

    References
    ----------
    Morris CN (1983), J. Am. Stat. Assoc. 78:47–55.

    Examples
    --------
    >>> normal_normal([1.0, -1.0], [1.0, 1.0], 1.0).estimate.tolist()
    [0.5, -0.5]

    """
    d, s2 = floats(effect, "effects"), floats(variance, "variances")
    if len(d) != len(s2) or (s2 <= 0).any() or not 0 <= tau2 < math.inf:
        raise InvalidCountsError("one positive variance for each effect, and τ² ≥ 0")
    k = len(d)
    w = 1 / (s2 + tau2)
    centre = mean if mean is not None else (float(w @ d / w.sum()) if k else 0.0)
    shrink = s2 / (s2 + tau2)
    estimate = centre + (1 - shrink) * (d - centre)
    spread = (1 - shrink) * s2
    if morris and k > 3 and tau2 > 0:
        spread = spread + 2 * shrink**2 * (d - centre) ** 2 / (k - 3)
    sd = np.sqrt(spread)
    return Shrunken(
        estimate, estimate - z * sd, estimate + z * sd, sd, 1 - shrink, centre,
        INDISTINGUISHABLE if tau2 == 0 else "",
    )


def james_stein(
    values: ArrayLike, variance: float, *, positive: bool = True
) -> tuple[Floats, float]:
    """Shrink k ≥ 4 means of equal variance towards their grand mean (Efron and Morris).

    Returns
    -------
    (array of float, float)
        ȳ + c(y−ȳ) and c = 1−(k−3)s²/Σ(y−ȳ)²; c is not below 0 with ``positive``.

    Raises
    ------
    NotEstimableError
        With fewer than four units.

    References
    ----------
    Efron B, Morris C (1977), Sci. Am. 236(5):119–127.

    Examples
    --------
    >>> james_stein([0.0, 1.0, 2.0, 3.0], 1.0)[1]
    0.8

    """
    y = floats(values, "values")
    if len(y) < 4:
        raise NotEstimableError("shrinkage towards the grand mean needs four units")
    if variance <= 0:
        raise InvalidCountsError("the variance is positive")
    mean = float(y.mean())
    spread = float(((y - mean) ** 2).sum())
    c = 1 - (len(y) - 3) * variance / spread if spread > 0 else 0.0
    c = max(0.0, c) if positive else c
    return np.asarray(mean + c * (y - mean)), c

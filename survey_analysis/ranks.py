"""Ranks with their uncertainty, never alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincinv, ndtr, ndtri

from survey_analysis.arrays import Floats, Ints, floats, successes
from survey_analysis.errors import InvalidCountsError, NotEstimableError

DRAWS = 10_000
_EXACT_UNITS, _EXACT_POINTS = 120, 400


@dataclass(frozen=True)
class RankIntervals:
    """Ranks of k units; rank 1 is the lowest value.

    Attributes
    ----------
    low, median, high : array of int
        2.5 %, 50 % and 97.5 % of each unit's rank over the draws.
    bottom_fifth : array of float
        Chance of a rank within the lowest fifth (at least one unit).
    below : array of float
        Chance of lying more than δ under the mean of all units; 0 where δ is not asked.
    supported : bool
        Whether a ranking may be printed at all: the mean width of the intervals is at most half
        the number of units.

    """

    low: Ints
    median: Ints
    high: Ints
    bottom_fifth: Floats
    below: Floats
    supported: bool

    @property
    def statement(self) -> str:
        """Plain words for the table's head."""
        return "ranking_supported" if self.supported else "no_ranking_supported"


def rank_counts(draws: NDArray[np.floating]) -> Ints:
    """How often each unit held each rank: an array units × ranks.

    Parameters
    ----------
    draws : array, draws × units
        Values drawn; ties are broken by the order of units.

    """
    size, k = draws.shape
    order = np.argsort(draws, axis=1)
    flat = order + k * np.arange(k)
    counts = np.bincount(flat.ravel(), minlength=k * k).reshape(k, k).T
    if int(counts.sum()) != size * k:
        raise InvalidCountsError("draws must be finite")
    return np.asarray(counts).astype(np.int64)


def quantiles_of(counts: Ints, probability: float) -> Ints:
    """Smallest rank whose cumulative share reaches a probability, for each unit."""
    cumulative = np.cumsum(counts, axis=1)
    total = cumulative[:, -1:]
    return np.asarray(np.argmax(cumulative >= probability * total - 1e-9, axis=1) + 1, np.int64)


def fifth(k: int) -> int:
    """Units in the bottom fifth of k: a fifth rounded down, at least one."""
    return max(1, k // 5)


def rank_draws(draws: ArrayLike, delta: float | None = None) -> RankIntervals:
    """Rank intervals from joint draws of the units' true values.

    Estimand: the rank of each true value among the units. Each draw is ranked as a whole;
    quantiles are over draws.

    Parameters
    ----------
    draws : array, draws × units
        Draws from the posterior; 10 000 are customary.
    delta : float, optional
        Difference that matters, on the scale of the draws.

    Raises
    ------
    NotEstimableError
        Without draws or units.
    InvalidCountsError
        If a draw is missing or infinite.

    References
    ----------
    Goldstein H, Spiegelhalter DJ (1996), J. R. Stat. Soc. A 159:385–443.

    Examples
    --------
    >>> import numpy as np
    >>> drawn = np.random.default_rng(1).normal([0.0, 3.0, 0.1], 1.0, (10_000, 3))
    >>> found = rank_draws(drawn)
    >>> found.low.tolist(), found.high.tolist(), found.supported
    ([1, 2, 1], [2, 3, 2], True)

    """
    values = np.asarray(draws, dtype=np.float64)
    if values.ndim != 2 or 0 in values.shape:
        raise NotEstimableError("ranks need draws of at least one unit")
    if not np.isfinite(values).all():
        raise InvalidCountsError("draws must be finite")
    k = values.shape[1]
    below = np.zeros(k)
    if delta is not None:
        below = (values < values.mean(axis=1, keepdims=True) - delta).mean(axis=0)
    return _intervals(rank_counts(values), below)


def _intervals(counts: Ints, below: Floats) -> RankIntervals:
    k = len(counts)
    low, median, high = (quantiles_of(counts, q) for q in (0.025, 0.5, 0.975))
    bottom = counts[:, : fifth(k)].sum(axis=1) / counts.sum(axis=1)
    return RankIntervals(low, median, high, bottom, below, supported(low, high))


def drawn(
    mean: Floats, sd: Floats, delta: float, noise: NDArray[np.float32]
) -> RankIntervals:
    """Ranks of independent normal posteriors from draws in single precision, for large tables.

    Parameters
    ----------
    mean, sd : array of float
        Posterior of each unit.
    delta : float
        Difference that matters.
    noise : array, draws × at least as many units
        Standard normal draws; centres may share them, for no statement joins two centres.

    """
    if not len(mean):
        raise NotEstimableError("ranks need at least one unit")
    values = noise[:, : len(mean)] * sd.astype(np.float32)
    values += mean.astype(np.float32)
    return _intervals(_packed_counts(values), _below_mean(mean, sd, delta))


def _packed_counts(values: NDArray[np.float32]) -> Ints:
    """``rank_counts`` by sorting integers that carry the unit in their lowest bits."""
    k = values.shape[1]
    bits = max(1, (k - 1).bit_length())
    low, high = float(values.min()), float(values.max())
    values -= np.float32(low)
    reach = high - low
    values *= np.float32((2 ** (31 - bits) - 129) / reach if reach > 1e-20 else 0.0)
    packed = values.astype(np.int32)
    packed <<= bits
    packed |= np.arange(k, dtype=np.int32)
    packed.sort(axis=1)
    packed &= (1 << bits) - 1
    packed *= np.int32(k)
    packed += np.arange(k, dtype=np.int32)
    return np.bincount(packed.ravel(), minlength=k * k).reshape(k, k)


def supported(low: Ints, high: Ints) -> bool:
    """Whether the mean width of the rank intervals is at most half the number of units."""
    return len(low) > 1 and bool(np.mean(high - low) <= len(low) / 2)


def _independent(
    points: NDArray[np.float64], cdf: Callable[[Floats, int], Floats]
) -> NDArray[np.float64]:
    """Chance of each rank for each unit, when the posteriors are independent.

    Given unit i's value v, its rank is 1 + the number of others below v, a sum of independent
    Bernoulli variables with chances Fⱼ(v); averaged over points v of equal probability.

    Parameters
    ----------
    points : array, units × points
        Quantiles of each unit at the middles of equal shares of probability.
    cdf : callable
        Distribution function of unit j at values.

    """
    k, size = points.shape
    values = points.ravel()
    owner = np.repeat(np.arange(k), size)
    below = np.zeros((k, k * size))
    below[0] = 1.0
    for j in range(k):
        p = np.where(owner == j, 0.0, cdf(values, j))
        moved = below[:-1] * p
        below *= 1 - p
        below[1:] += moved
    return np.asarray(below.reshape(k, k, size).mean(axis=2).T)


def _exact(chances: NDArray[np.float64], below: Floats) -> RankIntervals:
    cumulative = np.cumsum(chances, axis=1)
    low, median, high = (
        np.argmax(cumulative >= q * cumulative[:, -1:], axis=1).astype(np.int64) + 1
        for q in (0.025, 0.5, 0.975)
    )
    bottom = chances[:, : fifth(len(chances))].sum(axis=1)
    return RankIntervals(low, median, high, bottom, below, supported(low, high))


def _middles() -> Floats:
    return (np.arange(_EXACT_POINTS) + 0.5) / _EXACT_POINTS


def rank_normal(
    mean: ArrayLike, sd: ArrayLike, *, delta: float | None = None, draws: int = DRAWS,
    seed: int = 1,
) -> RankIntervals:
    """Rank intervals of independent normal posteriors.

    Up to 120 units the chances of the ranks are computed, not drawn, so that no seed decides.

    Parameters
    ----------
    mean, sd : array of float
        Posterior mean and standard deviation of each unit; sd ≥ 0.
    delta : float, optional
        Difference that matters, on the scale of ``mean``.
    draws, seed : int
        Size and seed of the sample.

    Examples
    --------
    >>> rank_normal([0.0, 1.0], [0.1, 0.1]).median.tolist()
    [1, 2]

    """
    centre, width = floats(mean, "means"), floats(sd, "standard deviations")
    if len(centre) != len(width) or (width < 0).any():
        raise InvalidCountsError("one standard deviation ≥ 0 for each mean")
    if not len(centre):
        raise NotEstimableError("ranks need at least one unit")
    if len(centre) <= _EXACT_UNITS:
        s = np.maximum(width, 1e-12 * max(1.0, float(np.abs(centre).max())))
        points = centre[:, None] + s[:, None] * ndtri(_middles())
        chances = _independent(points, lambda v, j: np.asarray(ndtr((v - centre[j]) / s[j])))
        return _exact(chances, _below_mean(centre, s, delta))
    drawn = np.random.default_rng(seed).standard_normal((draws, len(centre)))
    return rank_draws(centre + width * drawn, delta)


def _below_mean(mean: Floats, sd: Floats, delta: float | None) -> Floats:
    """Chance that a normal unit lies more than δ under the mean of all units."""
    k = len(mean)
    if delta is None:
        return np.zeros(k)
    spread = np.sqrt(sd**2 * (1 - 2 / k) + float(sd @ sd) / k**2)
    gap = -delta - (mean - mean.mean())
    return np.asarray(ndtr(gap / np.maximum(spread, 1e-300)))


def rank_shares(
    successful: ArrayLike, n: ArrayLike, *, prior: tuple[float, float] = (1.0, 1.0),
    delta: float | None = None, draws: int = DRAWS, seed: int = 1,
) -> RankIntervals:
    """Rank intervals of shares with Beta posteriors, Beta(a+x, b+n−x).

    Parameters
    ----------
    successful, n : array of float
        Successes and trials of each unit.
    prior : (float, float)
        a and b of the Beta prior; (1, 1) is the independent model of the BUGS example "Surgical".
    delta : float, optional
        Difference that matters, in shares.
    draws, seed : int
        Size and seed of the sample, drawn beyond 120 units or where ``delta`` is asked.

    Examples
    --------
    >>> rank_shares([0, 30, 31], [40, 40, 40]).low.tolist()
    [1, 2, 2]

    """
    x, trials = successes(successful, n)
    a, b = prior
    if a <= 0 or b <= 0:
        raise InvalidCountsError("a Beta prior has positive parameters")
    if not len(x):
        raise NotEstimableError("ranks need at least one unit")
    if len(x) <= _EXACT_UNITS and delta is None:
        alpha, omega = a + x, b + trials - x
        points = betaincinv(alpha[:, None], omega[:, None], _middles())
        chances = _independent(points, lambda v, j: np.asarray(betainc(alpha[j], omega[j], v)))
        return _exact(chances, np.zeros(len(x)))
    drawn = np.random.default_rng(seed).beta(a + x, b + trials - x, size=(draws, len(x)))
    return rank_draws(drawn, delta)


def pairwise_half_width(se: ArrayLike, z: float = 1.96) -> Floats:
    """Half-widths for reading units against each other: intervals that just fail to overlap.

    For standard errors s₁ … s_k each half-width is c·sᵢ with c = z·mean over pairs of
    sqrt(sᵢ²+sⱼ²)/(sᵢ+sⱼ); 1.39·s for equal errors (83.4 % intervals).

    References
    ----------
    Goldstein H, Healy MJR (1995), J. R. Stat. Soc. A 158:175–177.

    Examples
    --------
    >>> pairwise_half_width([1.0, 1.0]).round(2).tolist()
    [1.39, 1.39]

    """
    s = floats(se, "standard errors")
    if len(s) < 2 or (s <= 0).any():
        raise NotEstimableError("two units with positive standard errors are needed")
    i, j = np.triu_indices(len(s), 1)
    ratio = np.hypot(s[i], s[j]) / (s[i] + s[j])
    return np.asarray(z * math.fsum(ratio) / len(ratio) * s)

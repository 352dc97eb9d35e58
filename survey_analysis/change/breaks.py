"""Where a series broke, looking back."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from survey_analysis.arrays import Floats, floats, successes
from survey_analysis.errors import InvalidCountsError, NotEstimableError


@dataclass(frozen=True)
class Break:
    """A single break.

    Attributes
    ----------
    at : int
        First point of the new level, from 0.
    before, after : float
        Levels on both sides.
    low, high : int
        Range of ``at`` that the data allow: profile log likelihood within 1.92 of the best.
    p_value : float
        Chance of so clear a break anywhere if there were none (permutation of the points, or
        simulation for shares); assumes points independent of one another.
    supported : bool
        Whether the break is worth its price by BIC.

    """

    at: int
    before: float
    after: float
    low: int
    high: int
    p_value: float
    supported: bool


def _losses(x: Floats, fewest: int) -> Floats:
    """Sum of squares about two means for each first point of the second level; inf if too near."""
    n = len(x)
    total, square = np.cumsum(x), np.cumsum(x * x)
    at = np.arange(1, n)
    left = square[:-1] - total[:-1] ** 2 / at
    right = square[-1] - square[:-1] - (total[-1] - total[:-1]) ** 2 / (n - at)
    loss = np.full(n, np.inf)
    loss[1:] = np.maximum(left, 0) + np.maximum(right, 0)
    loss[:fewest] = np.inf
    loss[n - fewest + 1 :] = np.inf
    return loss


def single_break(
    x: ArrayLike, *, fewest: int = 2, permutations: int = 999, seed: int = 1
) -> Break:
    """Least-squares break in the mean of a series.

    Parameters
    ----------
    x : array of float
        Values in time order.
    fewest : int
        Fewest points on each side.
    permutations, seed : int
        Size and seed of the test.

    Raises
    ------
    NotEstimableError
        If the series is too short or does not vary.

    References
    ----------
    Cobb GW (1978), Biometrika 65:243–251 (the Nile); Bai J (1997), Rev. Econ. Stat. 79:551–563.

    Examples
    --------
    >>> found = single_break([5.0, 6.0, 5.0, 6.0, 9.0, 8.0, 9.0, 8.0])
    >>> found.at, found.before, found.after
    (4, 5.5, 8.5)

    """
    values = floats(x, "values")
    n = len(values)
    if n < 2 * fewest or fewest < 1:
        raise NotEstimableError(f"a break needs {2 * fewest} points")
    values = values - values.mean()
    shift = floats(x, "values").mean()
    none = float(values @ values)
    if none <= 1e-300:
        raise NotEstimableError("the series does not vary: there is no break to find")
    loss = _losses(values, fewest)
    at = int(np.argmin(loss))
    best = max(float(loss[at]), 1e-12 * none)
    gain = n / 2 * np.log(np.maximum(loss, best) / best)
    near = np.flatnonzero(gain <= 1.92)
    generator = np.random.default_rng(seed)
    beaten = sum(
        float(_losses(generator.permutation(values), fewest).min()) <= best
        for _ in range(permutations)
    )
    supported = n * math.log(none / best) > 2 * math.log(n)
    return Break(
        at, float(shift + values[:at].mean()), float(shift + values[at:].mean()),
        int(near.min()), int(near.max()), (1 + beaten) / (1 + permutations), supported,
    )


def _log_likelihoods(x: Floats, n: Floats) -> Floats:
    """Binomial log likelihood of two levels for each first point of the second."""
    hits, size = np.cumsum(x), np.cumsum(n)

    def level(h: Floats, s: Floats) -> Floats:
        share = h / np.maximum(s, 1e-300)
        return np.asarray(xlogy(h, share) + xlogy(s - h, 1 - share))

    result = np.full(len(x), -np.inf)
    result[1:] = level(hits[:-1], size[:-1]) + level(hits[-1] - hits[:-1], size[-1] - size[:-1])
    result[1:][(size[:-1] <= 0) | (size[:-1] >= size[-1])] = -np.inf
    return result


def binomial_break(
    x: ArrayLike, n: ArrayLike, *, replicates: int = 999, seed: int = 1
) -> Break:
    """Maximum-likelihood break in a share, for counts of periods or single ratings.

    Parameters
    ----------
    x, n : array of float
        Successes and ratings of each period; n may be 0.
    replicates, seed : int
        Size and seed of the simulated test.

    Raises
    ------
    NotEstimableError
        With ratings in fewer than two periods, or all alike.

    References
    ----------
    Hinkley DV, Hinkley EA (1970), Biometrika 57:477–488.

    Examples
    --------
    >>> found = binomial_break([9, 9, 9, 5, 5, 5], [10] * 6)
    >>> found.at, found.before, found.after
    (3, 0.9, 0.5)

    """
    hits, size = successes(x, n)
    total = float(size.sum())
    if int((size > 0).sum()) < 2 or not 0 < hits.sum() < total:
        raise NotEstimableError("a break needs two periods with ratings that are not all alike")
    found = _log_likelihoods(hits, size)
    at = int(np.argmax(found))
    share = float(hits.sum() / total)
    none = total * (share * math.log(share) + (1 - share) * math.log1p(-share))
    gain = float(found[at]) - none
    if (size != np.floor(size)).any():
        raise InvalidCountsError("ratings are whole numbers")
    generator = np.random.default_rng(seed)
    beaten = sum(
        _simulated_gain(generator.binomial(size.astype(np.int64), share).astype(float), size) >= gain
        for _ in range(replicates)
    )
    near = np.flatnonzero(found >= found[at] - 1.92)
    return Break(
        at, float(hits[:at].sum() / size[:at].sum()), float(hits[at:].sum() / size[at:].sum()),
        int(near.min()), int(near.max()), (1 + beaten) / (1 + replicates),
        2 * gain > 2 * math.log(int((size > 0).sum())),
    )


def _simulated_gain(x: Floats, n: Floats) -> float:
    total, hits = float(n.sum()), float(x.sum())
    share = hits / total
    none = float(xlogy(hits, share) + xlogy(total - hits, 1 - share))
    return float(_log_likelihoods(x, n).max()) - none


def optimal_breaks(x: ArrayLike, *, penalty: float | None = None, fewest: int = 2) -> list[int]:
    """All breaks in the mean by optimal partitioning, each at a price.

    Minimises squares + penalty·(number of breaks); the default price is 2σ²·ln n with σ from the
    first differences, so it presumes independent noise: autocorrelation makes phantom breaks.

    Parameters
    ----------
    x : array of float
        Values in time order.
    penalty : float, optional
        Price of a break, in squared units of x.
    fewest : int
        Fewest points of a level.

    Returns
    -------
    list of int
        First point of each new level, from 0.

    References
    ----------
    Jackson B et al. (2005), IEEE Signal Process. Lett. 12:105–108; Killick R et al. (2012), J. Am.
    Stat. Assoc. 107:1590–1598.

    Examples
    --------
    >>> optimal_breaks([1.0, 1.1, 0.9, 5.0, 5.1, 4.9, 1.0, 1.1, 0.9], fewest=2)
    [3, 6]

    """
    values = floats(x, "values")
    n = len(values)
    if n < 2 or fewest < 1:
        raise NotEstimableError("breaks need two points")
    if penalty is None:
        steps = np.abs(np.diff(values))
        sigma = float(np.median(steps)) / 0.9539
        penalty = 2 * sigma**2 * math.log(n)
    total = np.concatenate([[0.0], np.cumsum(values)])
    square = np.concatenate([[0.0], np.cumsum(values**2)])
    best, last = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=np.int64)
    best[0] = -penalty
    for end in range(fewest, n + 1):
        start = np.arange(end - fewest + 1)
        cost = square[end] - square[start] - (total[end] - total[start]) ** 2 / (end - start)
        value = best[start] + cost + penalty
        last[end] = int(np.argmin(value))
        best[end] = value[last[end]]
    found, end = [], n
    while last[end] > 0:
        found.append(int(last[end]))
        end = int(last[end])
    return found[::-1]

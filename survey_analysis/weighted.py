"""Weighted and clustered figures with intervals on the size they are worth."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.effective_size import (
    checked_weights,
    clustered_size,
    codes,
    finite_population,
    kish_effective_size,
    size_from_variance,
)
from survey_analysis.errors import InvalidCountsError, TooFewClustersError
from survey_analysis.intervals import korn_graubard, newcombe, wilson
from survey_analysis.replicates import jackknife
from survey_analysis.results import Interval
from survey_analysis.scale_intervals import dirichlet_mean, net_satisfaction

Array = NDArray[np.float64]


@dataclass(frozen=True)
class WeightedInterval:
    """A weighted figure with what its interval rests on.

    Attributes
    ----------
    estimate, low, high : float
        The figure and its limits.
    n, n_eff : float
        Ratings, and the independent ratings they are worth (never more than ``n``).
    df : int or None
        Clusters minus strata; None without clusters.
    method : str
        How the size was found: ``kish``, ``replicates``, ``assumed_icc`` (all alike, so that the
        data show no correlation), with ``finite_population`` added where that was asked for.

    """

    estimate: float
    low: float
    high: float
    n: int
    n_eff: float
    df: int | None
    method: str


def _size(
    p: float, y: Array, w: Array, clusters: Sequence[Hashable] | None,
    strata: Sequence[Hashable] | None, rules: Defaults,
) -> tuple[float, int | None, str]:
    n, kish = len(w), kish_effective_size(w)
    if clusters is None:
        return min(float(n), kish), None, "kish"
    found = jackknife(lambda v: float(v @ y / v.sum()), w, clusters, strata)
    if 0 < p < 1 and found.variance > 0:
        return size_from_variance(p, found.variance, n), found.df, "replicates"
    count = int(codes(clusters, "cluster", n).max()) + 1
    return clustered_size(kish, max(1.0, n / count), rules.icc_assumed), found.df, "assumed_icc"


def weighted_share(
    satisfied: ArrayLike, weights: ArrayLike | None = None,
    clusters: Sequence[Hashable] | None = None, strata: Sequence[Hashable] | None = None, *,
    exact: bool = False, population: float | None = None, rules: Defaults = DEFAULTS,
) -> WeightedInterval:
    """Weighted share with Wilson's interval on the effective size.

    Estimand: the share among all dossiers the weights stand for. Size: Kish's without clusters,
    p(1−p)/Var of the delete-one-cluster jackknife with them, never more than n.

    Parameters
    ----------
    satisfied : array_like of 0 and 1
        One entry a rating.
    weights : array_like, optional
        Equal if not given.
    clusters, strata : sequence of hashable, optional
        Cluster (citizen, or counter and day) and stratum of each rating.
    exact : bool
        Korn and Graubard's interval instead of Wilson's; needs clusters.
    population : float, optional
        Dossiers of the period. Shrinks the interval by √(1 − n/N) and labels it: only for "what
        did this month's dossiers think", never when judging an officer.
    rules : Defaults
        ``z`` and the correlation assumed where all ratings are alike.

    Returns
    -------
    WeightedInterval

    Raises
    ------
    InvalidCountsError
        If there are no ratings, values other than 0 and 1, or fewer dossiers than ratings.
    InvalidWeightsError, MissingIdentifierError, TooFewClustersError
        As ``jackknife``.

    Examples
    --------
    >>> found = weighted_share([1, 1, 1, 0, 1, 1], [1, 1, 1, 1, 2, 2])
    >>> (round(found.estimate, 3), round(found.n_eff, 2), found.method)
    (0.875, 5.33, 'kish')

    """
    y = np.asarray(satisfied, dtype=float)
    if y.ndim != 1 or len(y) == 0 or not np.isin(y, (0.0, 1.0)).all():
        raise InvalidCountsError("one 0 or 1 a rating is needed, at least one")
    w = checked_weights(np.ones(len(y)) if weights is None else weights, len(y))
    p = min(1.0, float(w @ y / w.sum()))
    size, df, method = _size(p, y, w, clusters, strata, rules)
    if exact:
        if df is None:
            raise TooFewClustersError("Korn and Graubard's interval needs clusters")
        found = korn_graubard(p, len(y), size, df, rules.z)
    else:
        found = wilson(p * size, size, rules.z)
    if population is not None:
        found = finite_population(found, len(y), population)
        method += "+finite_population"
    return WeightedInterval(p, found.low, found.high, len(y), size, df, method)


def weighted_difference(
    first: WeightedInterval, second: WeightedInterval, z: float = DEFAULTS.z
) -> Interval:
    """Newcombe's interval of two weighted shares on their effective sizes.

    Assumes that the two groups share no respondents and no clusters.

    Examples
    --------
    >>> a = weighted_share([1] * 56 + [0] * 14)
    >>> b = weighted_share([1] * 48 + [0] * 32)
    >>> round(weighted_difference(a, b).low, 4)
    0.0524

    """
    return newcombe(
        first.estimate * first.n_eff, first.n_eff, second.estimate * second.n_eff, second.n_eff, z
    )


def weighted_levels(
    levels: ArrayLike, weights: ArrayLike, size: float, k: int = 5
) -> tuple[float, ...]:
    """Weighted shares of levels 1 … K times an effective size: counts for the scale's intervals.

    Give them to ``dirichlet_mean`` or, in sums, to ``net_satisfaction``.

    Parameters
    ----------
    levels : array_like of int
        Level of each rating, 1 … k.
    weights : array_like
        One weight a rating.
    size : float
        Effective size, for instance ``kish_effective_size(weights)``.
    k : int
        Levels of the scale.

    Raises
    ------
    InvalidCountsError
        If there is no rating, a level outside the scale, or no positive size.
    InvalidWeightsError
        If weights cannot be.

    Examples
    --------
    >>> weighted_levels([5, 5, 4, 1], [1, 1, 2, 0], 10)
    (0.0, 0.0, 0.0, 5.0, 5.0)

    """
    found = np.asarray(levels)
    if found.ndim != 1 or len(found) == 0 or not np.isin(found, np.arange(1, k + 1)).all():
        raise InvalidCountsError(f"levels outside 1 to {k}, or none")
    if not size > 0:
        raise InvalidCountsError(f"an effective size of {size}")
    w = checked_weights(weights, len(found))
    counts = np.bincount(found.astype(int) - 1, weights=w, minlength=k)
    return tuple(float(c) for c in counts / w.sum() * size)


def weighted_mean(
    levels: ArrayLike, weights: ArrayLike, *, size: float | None = None, k: int = 5,
    z: float = DEFAULTS.z,
) -> Interval:
    """Weighted mean level with its Dirichlet interval on the effective size (Kish's if not given).

    Examples
    --------
    >>> found = weighted_mean([5, 5, 4, 1], [1, 1, 2, 1])
    >>> (found.estimate, 1 <= found.low <= found.high <= 5)
    (3.8, True)

    """
    worth = kish_effective_size(weights) if size is None else size
    return dirichlet_mean(weighted_levels(levels, weights, worth, k), z=z)


def weighted_net(
    levels: ArrayLike, weights: ArrayLike, *, size: float | None = None, z: float = DEFAULTS.z,
) -> Interval:
    """Weighted net satisfaction of five levels, adjusted Wald on the effective size.

    Examples
    --------
    >>> round(weighted_net([5, 5, 4, 1], [1, 1, 2, 1]).estimate, 3)
    0.6

    """
    worth = kish_effective_size(weights) if size is None else size
    one, two, _, four, five = weighted_levels(levels, weights, worth)
    return net_satisfaction(four + five, one + two, worth, z)

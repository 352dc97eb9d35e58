"""Case mix: what the same cases would have brought in other officers' hands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaincinv, ndtr

from survey_analysis.arrays import Floats, Ints, codes, floats, successes, sums
from survey_analysis.errors import InvalidCountsError, NotEstimableError

Z95 = 1.959963984540054
_PRIOR_MOST, _PRIOR_LEAST = 1e4, 0.5


@dataclass(frozen=True)
class Standardised:
    """Observed against expected of k officers.

    Attributes
    ----------
    n, observed : array of float
        Ratings, and those satisfied (or whatever was counted).
    expected : array of float
        What the other officers' ratings of like cases lead one to expect.
    variance : array of float
        Σπ(1−π): variance of ``observed`` if the officer is like the others.
    expectation_variance : array of float
        Variance of ``expected`` itself, from the finite number of others' ratings.
    borrowed : array of float
        Share of the ratings whose stratum has fewer than ``few`` ratings of others, so that the
        expectation leans on a coarser stratum.
    overall : array of float
        Pooled share of each officer's family.

    """

    n: Floats
    observed: Floats
    expected: Floats
    variance: Floats
    expectation_variance: Floats
    borrowed: Floats
    overall: Floats

    @property
    def difference(self) -> Floats:
        """(O−E)/n, 0 without ratings."""
        return (self.observed - self.expected) / np.maximum(self.n, 1.0)

    @property
    def z(self) -> Floats:
        """(O−E)/√Σπ(1−π), 0 where the variance is 0."""
        root = np.sqrt(self.variance)
        safe = np.where(root > 0, root, 1.0)
        return np.where(root > 0, (self.observed - self.expected) / safe, 0.0)


@dataclass(frozen=True)
class _Level:
    """Ratings of (officer, stratum) pairs at one level, and the totals of the strata."""

    stratum: Ints
    n: Floats
    x: Floats
    total_n: Floats
    total_x: Floats


def prior_size(n: Floats, x: Floats, parent: Ints, parents: int) -> Floats:
    """Size of the Beta prior that strata of one parent share, by the moments of their shares.

    Parameters
    ----------
    n, x : array of float
        Ratings and satisfied of each stratum.
    parent : array of int
        Parent of each stratum, codes below ``parents``.
    parents : int
        Number of parents.

    Returns
    -------
    array of float
        One size for each stratum, equal within a family; between 0.5 and 10 000.

    References
    ----------
    Kleinman JC (1973), J. Am. Stat. Assoc. 68:46–54.

    """
    total = sums(parent, n, parents)
    share = sums(parent, x, parents) / np.maximum(total, 1e-300)
    square = sums(parent, n * n, parents)
    k = sums(parent, n > 0, parents)
    raw = x / np.maximum(n, 1e-300)
    q = sums(parent, n * (raw - share[parent]) ** 2, parents)
    v = share * (1 - share)
    within = v * np.maximum(k - 1, 0)
    between = v * (total - square / np.maximum(total, 1e-300)) - within
    rho = (q - within).sum() / max(float(between.sum()), 1e-300)
    size = 1 / rho - 1 if rho > 0 else _PRIOR_MOST
    return np.full(len(n), float(np.clip(size, _PRIOR_LEAST, _PRIOR_MOST)))


def _pairs(
    officer: Ints, stratum: Ints, n: Floats, x: Floats, k: int, strata: int
) -> tuple[Ints, Ints, Floats, Floats]:
    """Cells summed to one row a pair of officer and stratum, without empty pairs."""
    key = officer * strata + stratum
    if k * strata <= 8 * len(key) + 1_000_000:
        size = sums(key, n, k * strata)
        at = np.flatnonzero(size)
        return at // strata, at % strata, size[at], sums(key, x, k * strata)[at]
    unique, inverse = np.unique(key, return_inverse=True)
    size = sums(inverse, n, len(unique))
    full = size > 0
    unique = unique[full]
    return unique // strata, unique % strata, size[full], sums(inverse, x, len(unique))[full]


def _level(officer: Ints, stratum: Ints, n: Floats, x: Floats, strata: int) -> _Level:
    """Own totals of each pair in its stratum, when several finer pairs fall into one."""
    pairs, inverse = np.unique(officer * strata + stratum, return_inverse=True)
    return _Level(
        stratum, sums(inverse, n, len(pairs))[inverse], sums(inverse, x, len(pairs))[inverse],
        sums(stratum, n, strata), sums(stratum, x, strata),
    )


def _chain(stratum: Ints, coarser: Sequence[ArrayLike], strata: int) -> list[tuple[Ints, int]]:
    """Stratum of each pair at each level from the coarsest to the finest, with their numbers."""
    levels = [(stratum, strata)]
    for parents in coarser:
        mapped = codes(parents, "coarser strata")
        if len(mapped) < strata:
            raise InvalidCountsError(f"{len(mapped)} coarser strata for {strata} strata")
        levels.append((mapped[stratum], int(mapped.max(initial=0)) + 1))
    return levels[::-1]


def indirect_standardisation(
    officer: ArrayLike, stratum: ArrayLike, n: ArrayLike, satisfied: ArrayLike, *,
    family: ArrayLike | None = None, coarser: Sequence[ArrayLike] = (),
    officers: int | None = None, few: float = 10.0,
) -> Standardised:
    """Indirect standardisation, leaving each officer out of his or her own expectation.

    Estimand: the difference between the officer's share and the share that the family's other
    officers reach on like cases. π of a stratum is the others' share there, drawn towards their
    share in the next coarser stratum with a Beta prior whose size the strata themselves tell
    (empirical Bayes), and so on up to the family's share. E = Σnπ, variance Σnπ(1−π). Assumes
    that strata hold all that differs between cases and is not the officer's doing.

    Parameters
    ----------
    officer, stratum : array of int
        Codes from 0 of each cell.
    n, satisfied : array of float
        Ratings of the cell, and those satisfied. Count dissatisfied instead if a ratio O/E is
        wanted: with nine in ten satisfied their ratio cannot exceed 1.11.
    family : array of int, optional
        Family (centre) of each officer; strata of different families are kept apart.
    coarser : sequence of arrays of int
        For each stratum code its code at coarser and coarser levels (procedure × mode →
        procedure → field).
    officers : int, optional
        Number of officers, when some have no cell.
    few : float
        Under so many ratings of others a stratum counts as borrowing from a coarser one.

    Returns
    -------
    Standardised
        Arrays over officers; an officer alone in the family is expected to be as he is.

    Raises
    ------
    InvalidCountsError
        If counts are impossible, ids missing, or lengths differ.

    References
    ----------
    Breslow NE, Day NE (1987), Statistical Methods in Cancer Research II, ch. 2;
    Jones HE, Spiegelhalter DJ (2011), Am. Stat. 65:154–163 (leaving the unit out).

    Examples
    --------
    >>> found = indirect_standardisation([0, 1, 2], [0, 0, 0], [100, 100, 100], [80, 90, 90])
    >>> found.expected.round(1).tolist(), found.difference.round(3).tolist()
    ([90.0, 85.0, 85.0], [-0.1, 0.05, 0.05])

    """
    x, size = successes(satisfied, n)
    who, what = codes(officer, "officers", len(size)), codes(stratum, "strata", len(size))
    k = max(officers or 0, int(who.max(initial=-1)) + 1)
    strata = int(what.max(initial=-1)) + 1
    home = np.zeros(k, dtype=np.int64) if family is None else codes(family, "families", k)
    who, what, size, x = _pairs(who, what, size, x, k, strata)
    pi, spread, others = _expectation(who, what, size, x, home, coarser, strata)
    total_n = sums(home, sums(who, size, k), int(home.max(initial=0)) + 1)
    total_x = sums(home, sums(who, x, k), len(total_n))
    overall = total_x / np.maximum(total_n, 1e-300)
    rated = sums(who, size, k)
    return Standardised(
        rated, sums(who, x, k), sums(who, size * pi, k),
        sums(who, size * pi * (1 - pi), k), sums(who, size**2 * spread, k),
        sums(who, size * (others < few), k) / np.maximum(rated, 1.0), overall[home],
    )


def _expectation(
    who: Ints, what: Ints, n: Floats, x: Floats, home: Ints, coarser: Sequence[ArrayLike],
    strata: int,
) -> tuple[Floats, Floats, Floats]:
    """Expected share of each pair, its variance, and the others' ratings in its stratum."""
    families = int(home.max(initial=0)) + 1
    at_home = home[who]
    top = _level(who, at_home, n, x, families)
    others_n, others_x = top.total_n[at_home] - top.n, top.total_x[at_home] - top.x
    pooled = top.total_x[at_home] / np.maximum(top.total_n[at_home], 1e-300)
    pi = np.where(others_n > 0, others_x / np.maximum(others_n, 1e-300), pooled)
    others, above = others_n, at_home
    spread = pi * (1 - pi) / np.maximum(others_n, 1.0)
    for parent, count in _chain(what, coarser, strata):
        _, group = np.unique(at_home * count + parent, return_inverse=True)
        group = group.astype(np.int64)
        level = _level(who, group, n, x, int(group.max(initial=-1)) + 1)
        up = np.zeros(len(level.total_n), dtype=np.int64)
        up[group] = above
        prior = prior_size(level.total_n, level.total_x, up, int(above.max(initial=-1)) + 1)[group]
        others = np.maximum(level.total_n[group] - level.n, 0.0)
        hits = np.clip(level.total_x[group] - level.x, 0.0, others)
        own = others / (others + prior)
        pi = (hits + prior * pi) / (others + prior)
        spread = pi * (1 - pi) / (others + prior + 1) + (1 - own) ** 2 * spread
        above = group
    return pi, spread, others


@dataclass(frozen=True)
class Ratios:
    """Standardised ratios O/E with their intervals."""

    ratio: Floats
    low: Floats
    high: Floats


def _byar(observed: Floats, z: float) -> tuple[Floats, Floats]:
    base = np.maximum(observed, 1e-300)
    up = observed + 1
    low = observed * (1 - 1 / (9 * base) - z / (3 * np.sqrt(base))) ** 3
    high = up * (1 - 1 / (9 * up) + z / (3 * np.sqrt(up))) ** 3
    return np.where(observed > 0, low, 0.0), high


def standardised_ratio(observed: ArrayLike, expected: ArrayLike, z: float = Z95) -> Ratios:
    """O/E with Byar's limits, exact Poisson limits where fewer than ten events were seen.

    Assumes E is known without error and O is Poisson; for a count of dissatisfied this errs on
    the wide side.

    Parameters
    ----------
    observed, expected : array of float
        Events seen and expected (> 0).
    z : float
        Normal quantile.

    Raises
    ------
    InvalidCountsError
        If an expectation is not positive or an observation negative.

    References
    ----------
    Breslow NE, Day NE (1987), p. 69; Public Health England, Technical Guide: Confidence Intervals.

    Examples
    --------
    >>> found = standardised_ratio([9, 91], [835.883561, 835.883561])
    >>> found.low.round(6).tolist(), found.high.round(6).tolist()
    ([0.004923, 0.08765], [0.020439, 0.133666])

    """
    o, e = floats(observed, "observed"), floats(expected, "expected")
    if len(o) != len(e) or (o < 0).any() or (e <= 0).any():
        raise InvalidCountsError("observed ≥ 0 against as many positive expectations")
    tail = float(ndtr(-z))
    low, high = _byar(o, z)
    few = o < 10
    low = np.where(few, np.where(o > 0, gammaincinv(np.maximum(o, 1e-300), tail), 0.0), low)
    high = np.where(few, gammaincinv(o + 1, 1 - tail), high)
    return Ratios(o / e, low / e, high / e)


def expected_count(n: ArrayLike, events: ArrayLike, reference: ArrayLike) -> float:
    """Σ n·(events/reference) over strata: what reference rates make of these cases.

    Examples
    --------
    >>> expected_count([10, 20], [1, 4], [10, 40])
    3.0

    """
    cases, hits, base = (
        floats(a, w) for a, w in ((n, "cases"), (events, "events"), (reference, "reference"))
    )
    if not len(cases) == len(hits) == len(base) or (base <= 0).any():
        raise InvalidCountsError("as many events and positive reference counts as cases")
    return float(cases @ (hits / base))


@dataclass(frozen=True)
class AdjustedMeans:
    """Means of officers at the case mix of all.

    Attributes
    ----------
    mean, adjusted : array of float
        Raw and adjusted mean of each officer.
    se : array of float
        Standard error of the adjusted mean (common residual variance).
    coefficients : array of float
        Effects of the adjusters within officers.

    """

    mean: Floats
    adjusted: Floats
    se: Floats
    coefficients: Floats


def adjusted_means(
    officer: ArrayLike, score: ArrayLike, adjusters: ArrayLike, *, weight: ArrayLike | None = None
) -> AdjustedMeans:
    """CAHPS case-mix adjustment of means: officer fixed effects and common slopes.

    y = officer + β(x−x̄); adjusted mean = ȳ_o − β̂'(x̄_o−x̄). β is estimated *within* officers, or
    true differences between them would leak into it. Assumes slopes alike for all officers.

    Parameters
    ----------
    officer : array of int
        Officer of each rating (or cell), codes from 0 without gaps.
    score : array of float
        Rating, or mean rating of the cell.
    adjusters : array, ratings × adjusters
        What officers do not control; dummies for categories.
    weight : array of float, optional
        Ratings of each cell; 1 by default.

    Raises
    ------
    NotEstimableError
        If an adjuster does not vary within any officer, or nothing is left to estimate the spread.
    InvalidCountsError
        If lengths differ, ids or values are missing.

    References
    ----------
    O'Malley AJ et al. (2005), Health Serv. Res. 40:2162–2181 (PMC1361241).

    Examples
    --------
    >>> found = adjusted_means([0, 0, 1, 1], [3.0, 4.0, 4.0, 5.0], [[0.0], [1.0], [1.0], [2.0]])
    >>> found.mean.tolist(), found.adjusted.tolist(), found.coefficients.tolist()
    ([3.5, 4.5], [4.0, 4.0], [1.0])

    """
    y = floats(score, "scores")
    who = codes(officer, "officers", len(y))
    x = np.asarray(adjusters, dtype=np.float64)
    w = np.ones(len(y)) if weight is None else floats(weight, "weights")
    if x.ndim != 2 or len(x) != len(y) or len(w) != len(y) or (w <= 0).any():
        raise InvalidCountsError("one row of adjusters and one positive weight for each score")
    if not np.isfinite(x).all():
        raise InvalidCountsError("adjusters: a value is missing; make it a category of its own")
    k = int(who.max(initial=-1)) + 1
    total = sums(who, w, k)
    if not len(y) or (total == 0).any():
        raise NotEstimableError("every officer needs a rating")
    mean = sums(who, w * y, k) / total
    means = np.stack([sums(who, w * c, k) / total for c in x.T], axis=1).reshape(k, -1)
    beta, inverse, sigma2 = _within(x - means[who], y - mean[who], w, k)
    shift = means - (w @ x) / w.sum()
    se = np.sqrt(sigma2 * (1 / total + np.einsum("ij,jk,ik->i", shift, inverse, shift)))
    return AdjustedMeans(mean, mean - shift @ beta, se, beta)


def _within(
    x: NDArray[np.float64], y: Floats, w: Floats, k: int
) -> tuple[Floats, NDArray[np.float64], float]:
    """Weighted least squares within officers."""
    cross = x.T @ (w[:, None] * x)
    if x.shape[1] and np.linalg.matrix_rank(cross) < x.shape[1]:
        raise NotEstimableError("an adjuster does not vary within officers, or repeats another")
    inverse = np.asarray(np.linalg.inv(cross) if x.shape[1] else cross, dtype=np.float64)
    beta = np.asarray(inverse @ (x.T @ (w * y)))
    left = y - x @ beta
    freedom = len(y) - k - x.shape[1]
    if freedom < 1:
        raise NotEstimableError("too few ratings beyond officers and adjusters")
    return beta, inverse, float(w @ left**2) / freedom

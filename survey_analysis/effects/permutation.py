"""Randomisation inference: signs flipped, labels exchanged within strata, intervals by inversion."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from survey_analysis.effects.panel import Flags, Floats
from survey_analysis.errors import InvalidCountsError

MAX_EXACT = 20_000
TIE = 1e-9


@dataclass(frozen=True)
class Randomisation:
    """Outcome of a randomisation test.

    Attributes
    ----------
    statistic : float
        Of the data as observed.
    greater, equal : int
        Arrangements whose statistic is greater, or the same.
    arrangements : int
        All of them when ``exact``, else the number drawn.
    p_value : float
        Two-sided, in (0, 1].
    p_greater : float
        Share of arrangements whose statistic is smaller (ties half): how sure a positive sign is.
    exact : bool
        Whether every arrangement was looked at.

    """

    statistic: float
    greater: int
    equal: int
    arrangements: int
    p_value: float
    p_greater: float
    exact: bool


def judge(statistic: float, drawn: Floats, exact: bool) -> Randomisation:
    """Compare a statistic with those of other arrangements; ties count against it."""
    slack = TIE * max(1.0, abs(statistic))
    greater = int(np.sum(drawn > statistic + slack))
    equal = int(np.sum(np.abs(drawn - statistic) <= slack))
    extreme = int(np.sum(np.abs(drawn) >= abs(statistic) - slack))
    total = len(drawn)
    p = extreme / total if exact else (1 + extreme) / (total + 1)
    below = (total - greater - equal + equal / 2) / total
    return Randomisation(statistic, greater, equal, total, p, below, exact)


def sign_flip(
    differences: ArrayLike, *, draws: int = 9_999, seed: int = 1, max_exact: int = 2**16
) -> Randomisation:
    """Test that differences of pairs are symmetric about 0 by flipping signs.

    Parameters
    ----------
    differences : array
        One difference a pair, or one change an officer.
    draws, seed : int
        Sample of sign patterns when there are more than ``max_exact``.
    max_exact : int
        Most patterns that are enumerated.

    Returns
    -------
    Randomisation
        Statistic: the sum.

    Raises
    ------
    InvalidCountsError
        Without differences.

    Notes
    -----
    Estimand: none; exact under the hypothesis of no effect on any pair. Two-sided
    p = #(|S*| ≥ |S|) / 2ⁿ, or (1 + #)/(B + 1) over draws (Fisher 1935, § 21).

    Examples
    --------
    >>> sign_flip([1.0, 2.0, 3.0]).p_value
    0.25

    """
    d = np.asarray(differences, float)
    if d.size == 0 or np.isnan(d).any():
        raise InvalidCountsError("differences are needed, one a pair, none missing")
    if 2 ** len(d) <= max_exact:
        sums = np.zeros(1)
        for value in d:
            sums = np.concatenate([sums + value, sums - value])
        return judge(float(d.sum()), sums, exact=True)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws, len(d)))
    return judge(float(d.sum()), signs @ d, exact=False)


def arrangements(
    treated: Flags, strata: NDArray[np.int64], draws: int, seed: int
) -> tuple[Flags, bool]:
    """Label vectors with as many treated in each stratum: all when few, else a sample.

    Returns
    -------
    labels : bool array, shape (arrangements, units)
    exact : bool

    """
    blocks = [np.flatnonzero(strata == s) for s in np.unique(strata)]
    counts = [int(treated[b].sum()) for b in blocks]
    number = math.prod(math.comb(len(b), c) for b, c in zip(blocks, counts, strict=True))
    if number <= max(MAX_EXACT, draws):
        labels = np.zeros((1, len(treated)), dtype=bool)
        for block, count in zip(blocks, counts, strict=True):
            chosen = list(combinations(block, count))
            one = np.zeros((len(chosen), len(treated)), dtype=bool)
            one[np.arange(len(chosen))[:, None], np.array(chosen, dtype=int)] = True
            labels = (labels[:, None, :] | one[None, :, :]).reshape(-1, len(treated))
        return labels, True
    rng = np.random.default_rng(seed)
    labels = np.zeros((draws, len(treated)), dtype=bool)
    for block, count in zip(blocks, counts, strict=True):
        order = rng.random((draws, len(block))).argsort(axis=1)[:, :count]
        labels[np.arange(draws)[:, None], block[order]] = True
    return labels, False


def strata_of(strata: ArrayLike | None, units: int) -> NDArray[np.int64]:
    """Positions of strata; one stratum when none are given."""
    if strata is None:
        return np.zeros(units, dtype=np.int64)
    return np.unique(np.asarray(strata), return_inverse=True)[1].ravel().astype(np.int64)


def exchange_labels(
    values: ArrayLike, treated: ArrayLike, *, strata: ArrayLike | None = None,
    draws: int = 9_999, seed: int = 1,
) -> Randomisation:
    """Test that treated and others differ in mean, by exchanging labels within strata.

    Parameters
    ----------
    values : array
        One value a unit (for a training effect, its change).
    treated : array of bool
        Labels.
    strata : array, optional
        Labels are exchanged only within a stratum.
    draws, seed : int
        Sample when there are more than 20,000 arrangements.

    Raises
    ------
    InvalidCountsError
        Unless there are treated and others, without missing values.

    Notes
    -----
    Exact for random labels; a good approximation when changes are exchangeable. Statistic: mean
    of the treated − mean of the others (Pitman 1937).

    Examples
    --------
    >>> exchange_labels([1.0, 2.0, 3.0, 4.0], [False, False, True, True]).p_value
    0.3333333333333333

    """
    x, mark = np.asarray(values, float), np.asarray(treated, bool)
    if np.isnan(x).any() or mark.all() or not mark.any():
        raise InvalidCountsError("treated and others are needed, without missing values")
    labels, exact = arrangements(mark, strata_of(strata, len(x)), draws, seed)
    n1, n0 = mark.sum(), (~mark).sum()
    inside = labels @ x
    drawn = inside / n1 - (x.sum() - inside) / n0
    return judge(float(x[mark].mean() - x[~mark].mean()), drawn, exact)


def invert(
    p_value: Callable[[float], float], estimate: float, scale: float, alpha: float = 0.05,
    steps: int = 24,
) -> tuple[float, float]:
    """Ends of the set of hypotheses around an estimate that a test does not reject.

    Parameters
    ----------
    p_value : callable
        p of the hypothesis that the effect has a given size.
    estimate, scale : float
        Start of the search and its first step; 0 scale gives a point.
    alpha : float
        Hypotheses with p ≤ alpha lie outside.
    steps : int
        Halvings of the bracket of each end.

    Returns
    -------
    low, high : float
        ±inf where no hypothesis within 2¹² steps is rejected: too few arrangements for an interval.

    """
    if scale <= 0:
        return estimate, estimate
    ends = []
    for sign in (-1.0, 1.0):
        inside, outside = 0.0, scale
        while p_value(estimate + sign * outside) > alpha:
            inside, outside = outside, outside * 2
            if outside > scale * 2**12:
                break
        else:
            for _ in range(steps):
                middle = (inside + outside) / 2
                if p_value(estimate + sign * middle) > alpha:
                    inside = middle
                else:
                    outside = middle
            ends.append(estimate + sign * outside)
            continue
        ends.append(sign * math.inf)
    return ends[0], ends[1]

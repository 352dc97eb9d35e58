"""Who was heard: coverage, response, bounds without assumptions, representativeness.

Coverage (rated of eligible dossiers of a step) and response (rated of invited) are two figures
with two names. Silence is never a score.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from survey_analysis.effective_size import codes
from survey_analysis.errors import InvalidCountsError, NotConvergedError
from survey_analysis.results import Interval

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Coverage:
    """Dossiers of a step: rated, eligible, invited (None where invitations are not recorded)."""

    rated: int
    eligible: int
    invited: int | None = None

    def __post_init__(self) -> None:
        """Refuse counts that cannot be."""
        if not 0 <= self.rated <= self.eligible:
            raise InvalidCountsError(f"{self.rated} rated of {self.eligible} eligible dossiers")
        if self.invited is not None and not self.rated <= self.invited <= self.eligible:
            raise InvalidCountsError(
                f"{self.invited} invited of {self.eligible} eligible, {self.rated} rated"
            )

    @property
    def coverage(self) -> float | None:
        """Rated of eligible, 0–1; None without eligible dossiers."""
        return self.rated / self.eligible if self.eligible else None

    @property
    def response(self) -> float | None:
        """Rated of invited, 0–1; None without invitations."""
        return self.rated / self.invited if self.invited else None


def worst_case_bounds(share: float | None, coverage: float) -> Interval:
    """Bounds of the share among all dossiers, whatever the silent ones think (Manski 1989).

    [c·p, c·p + 1 − c] with coverage c: exact bounds for these dossiers, no confidence interval.

    Parameters
    ----------
    share : float or None
        Share satisfied among the rated, 0–1; None if nobody rated (then coverage must be 0).
    coverage : float
        Rated of eligible, 0–1.

    Returns
    -------
    Interval
        The estimate is ``share``, or the middle where nobody rated.

    Raises
    ------
    InvalidCountsError
        If an argument lies outside [0, 1], or a share is missing though somebody rated.

    Examples
    --------
    >>> found = worst_case_bounds(0.9, 0.4)
    >>> (round(found.low, 2), round(found.high, 2))
    (0.36, 0.96)

    """
    if not 0 <= coverage <= 1 or (share is not None and not 0 <= share <= 1):
        raise InvalidCountsError(f"a share of {share} at a coverage of {coverage}")
    if share is None:
        if coverage > 0:
            raise InvalidCountsError("dossiers are rated but no share is given")
        return Interval(0.5, 0.0, 1.0)
    low = coverage * share
    return Interval(share, low, min(1.0, low + 1 - coverage))


def indicator_columns(factors: Sequence[Sequence[Hashable]]) -> Array:
    """Design of main effects: a column of ones, then one column a category but the first.

    Parameters
    ----------
    factors : sequence of sequence of hashable
        One sequence of labels a factor, all of one length.

    Returns
    -------
    ndarray, shape (rows, columns)

    Raises
    ------
    MissingIdentifierError
        If a label is missing or lengths differ.

    Examples
    --------
    >>> indicator_columns([["a", "b", "a"], ["x", "x", "y"]]).tolist()
    [[1.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 0.0, 1.0]]

    """
    n = len(factors[0]) if factors else 0
    columns = [np.ones(n)]
    for number, labels in enumerate(factors, 1):
        code = codes(labels, f"category of factor {number}", n)
        columns += [(code == level).astype(float) for level in range(1, int(code.max()) + 1)]
    return np.column_stack(columns)


def fit_logistic(
    x: ArrayLike, successes: ArrayLike, trials: ArrayLike, *, tolerance: float = 1e-10,
    iterations: int = 50,
) -> Array:
    """Coefficients of a binomial logistic model by iteratively reweighted least squares.

    Parameters
    ----------
    x : array_like, shape (rows, k)
        Design with its column of ones.
    successes, trials : array_like, shape (rows,)
        Counts of each row; rows may be single dossiers (0 or 1 of 1) or cells.
    tolerance : float
        Largest change of the linear predictor, relative to its size, at which it stops.
    iterations : int
        Most steps.

    Returns
    -------
    ndarray, shape (k,)

    Raises
    ------
    InvalidCountsError
        If counts cannot be or columns depend on one another.
    NotConvergedError
        If a column separates those who rated from those who did not: leave it out or merge
        categories.

    Examples
    --------
    >>> fit_logistic([[1, 0], [1, 1]], [20, 30], [100, 50]).round(3).tolist()
    [-1.386, 1.792]

    """
    design, y, n = (np.asarray(a, dtype=float) for a in (x, successes, trials))
    if design.ndim != 2 or y.shape != n.shape or y.shape != design.shape[:1]:
        raise InvalidCountsError("one row of the design, of successes and of trials each")
    if not (np.isfinite(design).all() and (y >= 0).all() and (y <= n).all() and n.sum() > 0):
        raise InvalidCountsError("successes outside 0 to trials, or no trials")
    seen = n > 0
    design, y, n = design[seen], y[seen], n[seen]
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise InvalidCountsError("columns of the design depend on one another")
    linear = special.logit((y + 0.5) / (n + 1))
    beta = np.zeros(design.shape[1])
    for _ in range(iterations):
        p = special.expit(linear)
        weight = np.maximum(n * p * (1 - p), 1e-300)
        target = linear + (y - n * p) / weight
        root = np.sqrt(weight)
        beta = np.asarray(
            np.linalg.lstsq(design * root[:, None], target * root, rcond=None)[0]
        )
        before, linear = linear, design @ beta
        if not np.isfinite(linear).all() or np.abs(linear).max() > 25:
            break
        if np.abs(linear - before).max() <= tolerance * (1 + np.abs(linear).max()):
            return beta
    raise NotConvergedError("a column separates those who rated from those who did not")


@dataclass(frozen=True)
class Representativeness:
    """How alike the rated are to all dossiers, on what the frame knows.

    Attributes
    ----------
    indicator : float
        R = 1 − 2·SD of the response propensities, in [0, 1]; 1 means all equally likely heard.
    mean_propensity : float
        Coverage over the frame.
    max_bias : float
        Largest absolute bias of a mean whose standard deviation is ``spread``.
    propensities : tuple of float
        One a row.

    """

    indicator: float
    mean_propensity: float
    max_bias: float
    propensities: tuple[float, ...]


def representativeness(
    x: ArrayLike, rated: ArrayLike, eligible: ArrayLike, spread: float = 0.5
) -> Representativeness:
    """R-indicator from a logistic response model on frame variables (Schouten et al. 2009).

    R = 1 − 2·SD(ρ̂), weighted by dossiers (divisor N − 1); maximal absolute bias
    (1 − R)·S/(2·mean ρ̂). It knows only what the frame knows: it cannot see the angry who leave.

    Parameters
    ----------
    x : array_like, shape (rows, k)
        Design, for instance of ``indicator_columns``.
    rated, eligible : array_like, shape (rows,)
        Counts of each row.
    spread : float
        Standard deviation S of the figure; 0.5 is the most a share can have.

    Returns
    -------
    Representativeness

    Raises
    ------
    InvalidCountsError, NotConvergedError
        As ``fit_logistic``; also if nobody rated.

    Examples
    --------
    >>> found = representativeness(indicator_columns([["a", "b"]]), [20, 30], [100, 50])
    >>> (round(found.indicator, 3), round(found.max_bias, 3))
    (0.622, 0.284)

    """
    y, n = np.asarray(rated, dtype=float), np.asarray(eligible, dtype=float)
    if y.sum() <= 0 or n.sum() <= 1:
        raise InvalidCountsError("nobody rated: there is no response to model")
    design = np.asarray(x, dtype=float)
    if (y == n).all():
        propensity = np.ones_like(n)
    else:
        propensity = special.expit(design @ fit_logistic(design, y, n))
    mean = float(n @ propensity / n.sum())
    sd = math.sqrt(float(n @ (propensity - mean) ** 2) / (float(n.sum()) - 1))
    indicator = max(0.0, 1 - 2 * sd)
    return Representativeness(
        indicator, mean, min(1.0, (1 - indicator) * spread / (2 * mean)),
        tuple(float(p) for p in propensity),
    )


@dataclass(frozen=True)
class RankingSurvival:
    """Whether an order of shares would survive if the silent were less satisfied.

    Attributes
    ----------
    survives : bool
        No pair changes its order.
    agreement : float
        Kendall's tau-a between both orders, −1 … 1; 1 for fewer than two.
    turned : tuple of pairs
        Pairs (was above, would be below).
    assumed : mapping
        Name → share over all its dossiers under the assumption.

    """

    survives: bool
    agreement: float
    turned: tuple[tuple[Hashable, Hashable], ...]
    assumed: Mapping[Hashable, float]


def ranking_survival(
    shares: Mapping[Hashable, float], coverages: Mapping[Hashable, float], gap: float = 0.10
) -> RankingSurvival:
    """Would the ranking survive if those who did not rate were ``gap`` less satisfied?

    share' = c·p + (1 − c)·max(0, p − gap): who is heard less loses more.

    Parameters
    ----------
    shares, coverages : mapping
        Name → share satisfied and coverage, 0–1.
    gap : float
        How much lower the share of the silent is assumed to be (10 points).

    Returns
    -------
    RankingSurvival

    Raises
    ------
    InvalidCountsError
        If names differ or a figure lies outside [0, 1].

    Examples
    --------
    >>> found = ranking_survival({"a": 0.91, "b": 0.90}, {"a": 0.2, "b": 0.8})
    >>> (found.survives, found.turned)
    (False, (('a', 'b'),))

    """
    if set(shares) != set(coverages):
        raise InvalidCountsError("shares and coverages of different names")
    figures = (*shares.values(), *coverages.values(), gap)
    if not all(0 <= figure <= 1 for figure in figures):
        raise InvalidCountsError("a share, coverage or gap outside 0 to 1")
    assumed = {
        name: coverages[name] * p + (1 - coverages[name]) * max(0.0, p - gap)
        for name, p in shares.items()
    }
    names = sorted(shares, key=lambda name: -shares[name])
    turned, agree = [], 0
    for i, above in enumerate(names):
        for below in names[i + 1:]:
            before, after = shares[above] - shares[below], assumed[above] - assumed[below]
            if before > 0 > after:
                turned.append((above, below))
            agree += int(np.sign(before) * np.sign(after))
    pairs = len(names) * (len(names) - 1) // 2
    return RankingSurvival(not turned, agree / pairs if pairs else 1.0, tuple(turned), assumed)

"""Wild cluster restricted bootstrap-t for few clusters, with the interval by inversion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis.effects.panel import Floats, Ints
from survey_analysis.effects.permutation import TIE, invert
from survey_analysis.effects.regression import codes
from survey_analysis.errors import InvalidCountsError, TooFewClustersError

Multipliers = Literal["auto", "rademacher", "enumerated", "webb"]
ENUMERATED_UP_TO = 12
WEBB = np.sqrt(np.array([1.5, 1.0, 0.5]))


def multipliers(groups: int, draws: int, seed: int, kind: Multipliers) -> tuple[Floats, bool]:
    """Cluster weights v with mean 0 and variance 1, shape (draws, groups); and whether all.

    "auto": Webb's six points below 12 clusters, all 2¹² signs at 12, random signs above.
    """
    if kind == "auto":
        kind = "webb" if groups < ENUMERATED_UP_TO else (
            "enumerated" if groups == ENUMERATED_UP_TO else "rademacher"
        )
    if kind == "enumerated":
        if groups > 16:
            raise InvalidCountsError(f"2^{groups} sign patterns are too many to enumerate")
        return np.array(list(product((-1.0, 1.0), repeat=groups))), True
    rng = np.random.default_rng(seed)
    points = np.array([-1.0, 1.0]) if kind == "rademacher" else np.concatenate([-WEBB, WEBB])
    return rng.choice(points, size=(draws, groups)), False


@dataclass(frozen=True)
class WildBootstrap:
    """Test and interval of one coefficient; ``p_positive`` is the share of t* below t (CR0).

    With four or fewer treated clusters the test rejects far too seldom and permutation is the
    only honest look (MacKinnon & Webb 2017); the caller knows who is treated.
    """

    estimate: float
    t: float
    p_value: float
    p_positive: float
    low: float
    high: float
    exact: bool


@dataclass(frozen=True)
class Draws:
    """Bootstrap numerators and cluster scores: those of a hypothesis h are y − h · d."""

    shift_y: Floats
    shift_d: Floats
    score_y: Floats
    score_d: Floats


@dataclass(frozen=True)
class ClusterScores:
    """What the bootstrap of one coefficient needs, cleared of all other regressors.

    ``outcome`` and ``treatment`` are residuals on the controls; ``clear`` takes the controls out
    of any column.
    """

    outcome: Floats
    treatment: Floats
    weight: Floats
    cluster: Ints
    groups: int
    clear: Callable[[Floats], Floats]

    @cached_property
    def _denominator(self) -> float:
        return float(self.weight * self.treatment @ self.treatment)

    @cached_property
    def estimate(self) -> float:
        """Least-squares coefficient."""
        return float(self.weight * self.treatment @ self.outcome / self._denominator)

    def _sum(self, values: Floats) -> Floats:
        return np.bincount(self.cluster, values, minlength=self.groups).astype(float)

    def _parts(self, column: Floats) -> tuple[Floats, Floats]:
        """Numerators a_g, and C[g, h]: score of cluster g from residuals kept only in h."""
        blocks = np.zeros((len(column), self.groups))
        blocks[np.arange(len(column)), self.cluster] = column
        cleared = self.clear(blocks) * (self.weight * self.treatment)[:, None]
        cross = np.zeros((self.groups, self.groups))
        np.add.at(cross, self.cluster, cleared)
        return self._sum(self.weight * self.treatment * column), cross

    @cached_property
    def _prepared(self) -> tuple[Floats, Floats, Floats, Floats, Floats]:
        a_y, c_y = self._parts(self.outcome)
        a_d, c_d = self._parts(self.treatment)
        return a_y, c_y, a_d, c_d, self._sum(self.weight * self.treatment**2)

    def drawn_with(self, v: Floats) -> Draws:
        """Numerators and scores of every bootstrap sample, both linear in the hypothesis."""
        a_y, c_y, a_d, c_d, q = self._prepared
        over = self._denominator
        shift_y, shift_d = v @ a_y / over, v @ a_d / over
        return Draws(
            shift_y, shift_d, v @ c_y.T - np.outer(shift_y, q), v @ c_d.T - np.outer(shift_d, q)
        )

    def t_statistics(self, draws: Draws, null: float) -> tuple[float, Floats]:
        """T of the data and of each bootstrap sample, the null imposed; CR0 errors."""
        shift = draws.shift_y - null * draws.shift_d
        spread = np.linalg.norm(draws.score_y - null * draws.score_d, axis=1)
        own = self._sum(
            self.weight * self.treatment * (self.outcome - self.estimate * self.treatment)
        )
        scale = float(np.sqrt(own @ own))
        gap = self.estimate - null
        t = gap * self._denominator / scale if scale > 0 else (np.inf * np.sign(gap) if gap else 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            drawn = np.where(
                spread > 0, shift * self._denominator / spread, np.sign(shift) * np.inf
            )
        return float(t), np.nan_to_num(drawn, nan=0.0, posinf=np.inf, neginf=-np.inf)


def wild_cluster_bootstrap(
    scores: ClusterScores, *, null: float = 0.0, draws: int = 9_999, seed: int = 1,
    kind: Multipliers = "auto", alpha: float = 0.05,
) -> WildBootstrap:
    """Wild cluster restricted bootstrap-t of one coefficient (Cameron, Gelbach & Miller 2008).

    Parameters
    ----------
    scores : ClusterScores
        From :func:`cluster_scores` or a two-way design.
    null : float
        Hypothesis; it is imposed on the residuals.
    draws, seed : int
        Samples of cluster weights.
    kind : {"auto", "rademacher", "enumerated", "webb"}
        Distribution of the weights.
    alpha : float
        The interval holds the effects whose p is above it.

    Raises
    ------
    TooFewClustersError
        For fewer than two clusters.

    Notes
    -----
    Estimand: the coefficient. Assumes independent clusters, symmetric enough errors, five or more
    treated clusters. p = (1 + #(|t*| ≥ |t|))/(B + 1), or # / 2^G over all signs. Computed from
    G × G matrices (Roodman, MacKinnon, Nielsen & Webb 2019), so that inverting costs little.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> cluster = np.repeat(np.arange(12), 5)
    >>> d = (cluster < 6).astype(float)
    >>> y = d + 0.1 * rng.normal(size=60)
    >>> outcome = wild_cluster_bootstrap(cluster_scores(y, d, np.ones((60, 1)), cluster))
    >>> outcome.p_value < 0.01 and outcome.low < 1 < outcome.high
    True

    """
    if scores.groups < 2:
        raise TooFewClustersError("one cluster shows no variance between clusters")
    v, exact = multipliers(scores.groups, draws, seed, kind)
    samples = scores.drawn_with(v)

    def p_of(hypothesis: float) -> float:
        t, drawn = scores.t_statistics(samples, hypothesis)
        slack = TIE * max(1.0, abs(t)) if np.isfinite(t) else 0.0
        extreme = int(np.sum(np.abs(drawn) >= abs(t) - slack))
        return extreme / len(drawn) if exact else (1 + extreme) / (len(drawn) + 1)

    t, drawn = scores.t_statistics(samples, null)
    at_zero = scores.t_statistics(samples, scores.estimate)[1]
    finite = np.abs(at_zero[np.isfinite(at_zero)])
    error = abs(scores.estimate - null) / abs(t) if t and np.isfinite(t) else 0.0
    reach = float(np.quantile(finite, 1 - alpha)) * error if len(finite) else 0.0
    low, high = invert(p_of, scores.estimate, reach / 2, alpha)
    below = float(np.mean(drawn < t) + 0.5 * np.mean(drawn == t))
    return WildBootstrap(scores.estimate, t, p_of(null), below, low, high, exact)


def cluster_scores(
    y: ArrayLike, treatment: ArrayLike, controls: ArrayLike, clusters: ArrayLike,
    weights: ArrayLike | None = None,
) -> ClusterScores:
    """Clear outcome and treatment of control columns (a constant only if one is given).

    Raises
    ------
    InvalidCountsError
        If the controls explain the treatment wholly.

    """
    outcome, d = np.asarray(y, float), np.asarray(treatment, float)
    x = np.asarray(controls, float)
    w = np.ones_like(outcome) if weights is None else np.asarray(weights, float)
    inverse = np.linalg.pinv(x * np.sqrt(w)[:, None])

    def clear(columns: Floats) -> Floats:
        root = np.sqrt(w)[:, None] if columns.ndim == 2 else np.sqrt(w)
        return np.asarray(columns - x @ (inverse @ (columns * root)))

    cleared = clear(d)
    if float(np.abs(cleared).max(initial=0.0)) < 1e-10:
        raise InvalidCountsError("the other regressors explain the treatment wholly")
    position, groups = codes(clusters)
    return ClusterScores(clear(outcome), cleared, w, position, groups, clear)

"""Least squares with fixed effects of two kinds and standard errors for few clusters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from survey_analysis import cluster_robust
from survey_analysis.effects.panel import Floats, Ints
from survey_analysis.errors import InvalidCountsError, TooFewClustersError

Kind = Literal["classical", "HC1", "CR1", "CR2"]


@dataclass(frozen=True)
class Fit:
    """Coefficients with covariance, and what tests of them need.

    ``degrees`` are the degrees of freedom of t: clusters − 1, or rows − parameters.
    """

    coefficients: Floats
    covariance: Floats
    degrees: int
    residuals: Floats

    @property
    def standard_errors(self) -> Floats:
        """Square roots of the diagonal."""
        return np.asarray(np.sqrt(np.clip(np.diag(self.covariance), 0, None)))

    def interval(self, at: int, level: float = 0.95) -> tuple[float, float]:
        """Two-sided t interval of one coefficient."""
        from scipy.special import stdtrit

        half = float(stdtrit(self.degrees, 0.5 + level / 2)) * float(self.standard_errors[at])
        return float(self.coefficients[at]) - half, float(self.coefficients[at]) + half

    def p_value(self, at: int) -> float:
        """Two-sided p of the hypothesis that a coefficient is 0."""
        from scipy.special import stdtr

        error = float(self.standard_errors[at])
        if error == 0:
            return 1.0 if self.coefficients[at] == 0 else 0.0
        return float(2 * stdtr(self.degrees, -abs(float(self.coefficients[at]) / error)))


def codes(values: ArrayLike) -> tuple[Ints, int]:
    """Positions 0 … k − 1 of distinct values, and k."""
    distinct, position = np.unique(np.asarray(values), return_inverse=True)
    return position.ravel().astype(np.int64), len(distinct)


def absorb(values: Floats, first: Ints, second: Ints, weights: Floats) -> Floats:
    """Residuals of weighted least squares on two sets of fixed effects, exactly.

    Parameters
    ----------
    values : float array, shape (rows,) or (rows, k)
        Columns to be cleared of the effects.
    first, second : int array
        Positions of officer and month, each 0 … without gaps.
    weights : float array
        Positive weights.

    Notes
    -----
    The first set is eliminated by hand; the second solves a small symmetric system
    (Abowd, Kramarz & Margolis 1999). Disconnected panels are solved by least norm.

    Examples
    --------
    >>> y = np.array([1.0, 2.0, 3.0, 4.0])
    >>> i, t = np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1])
    >>> bool(np.abs(absorb(y, i, t, np.ones(4))).max() < 1e-12)
    True

    """
    columns = values.reshape(len(values), -1)
    k1, k2 = int(first.max()) + 1, int(second.max()) + 1
    cross = np.zeros((k1, k2))
    np.add.at(cross, (first, second), weights)
    weighted = columns * weights[:, None]
    by_first, by_second = np.zeros((k1, columns.shape[1])), np.zeros((k2, columns.shape[1]))
    np.add.at(by_first, first, weighted)
    np.add.at(by_second, second, weighted)
    share = cross / cross.sum(axis=1, keepdims=True)
    system = np.diag(cross.sum(axis=0)) - cross.T @ share
    effect2 = np.linalg.lstsq(system, by_second - share.T @ by_first, rcond=1e-12)[0]
    effect1 = by_first / cross.sum(axis=1, keepdims=True) - share @ effect2
    left = columns - effect1[first] - effect2[second]
    return np.asarray(left.reshape(values.shape))


def _bias_reduced(x: Floats, u: Floats, bread: Floats, clusters: Ints, groups: int) -> Floats:
    """CR2 scores: residuals of each cluster times (I − H_gg)^−½."""
    meat = np.zeros((x.shape[1], x.shape[1]))
    for group in range(groups):
        rows = np.flatnonzero(clusters == group)
        part = x[rows]
        values, vectors = np.linalg.eigh(np.eye(len(rows)) - part @ bread @ part.T)
        root = np.where(values > 1e-9, 1 / np.sqrt(np.clip(values, 1e-9, None)), 0.0)
        score = part.T @ (vectors @ (root * (vectors.T @ u[rows])))
        meat += np.outer(score, score)
    return meat


def least_squares(
    y: ArrayLike, x: ArrayLike, *, weights: ArrayLike | None = None, kind: Kind = "CR1",
    clusters: ArrayLike | None = None, absorbed: int = 0,
) -> Fit:
    """Weighted least squares with a robust covariance.

    Parameters
    ----------
    y, x : arrays, shapes (rows,) and (rows, k)
        Outcome and regressors; a constant only if ``x`` holds one.
    weights : array, optional
        Positive precision weights.
    kind : {"classical", "HC1", "CR1", "CR2"}
        Covariance; the last two need ``clusters``.
    clusters : array, optional
        Cluster of each row.
    absorbed : int
        Parameters taken out before the call that are not nested in the clusters.

    Returns
    -------
    Fit
        With clusters, t has (clusters − 1) degrees of freedom.

    Raises
    ------
    InvalidCountsError
        For fewer rows than parameters, or missing clusters.
    TooFewClustersError
        For one cluster.

    Notes
    -----
    Estimand: best linear predictor. Assumes independent clusters; normal errors nowhere.
    CR1 is that of :mod:`survey_analysis.cluster_robust`, G/(G−1) · (N−1)/(N−k) (Liang & Zeger
    1986); CR2 by Bell & McCaffrey (2002); both with t(G − 1).

    Examples
    --------
    >>> x = np.column_stack([np.ones(4), [0, 0, 1, 1]])
    >>> fit = least_squares([1, 2, 3, 5], x, kind="classical")
    >>> fit.coefficients.round(2).tolist()
    [1.5, 2.5]

    """
    root = np.ones(len(np.asarray(y))) if weights is None else np.sqrt(np.asarray(weights, float))
    target, design = np.asarray(y, float) * root, np.asarray(x, float) * root[:, None]
    rows = len(design)
    k_all = int(np.linalg.matrix_rank(design)) + absorbed
    if rows <= k_all:
        raise InvalidCountsError(f"{rows} rows cannot tell {k_all} parameters apart")
    bread = np.linalg.pinv(design.T @ design)
    beta = bread @ (design.T @ target)
    u = target - design @ beta
    plain = u / root
    if kind == "classical":
        cov = bread * float(u @ u) / (rows - k_all)
        return Fit(beta, cov, rows - k_all, plain)
    if kind == "HC1":
        meat = (design * u[:, None]).T @ (design * u[:, None]) * rows / (rows - k_all)
        return Fit(beta, bread @ meat @ bread, rows - k_all, plain)
    if clusters is None:
        raise InvalidCountsError(f"{kind} needs clusters")
    position, groups = codes(clusters)
    if groups < 2:
        raise TooFewClustersError("one cluster shows no variance between clusters")
    if kind == "CR2":
        cov = bread @ _bias_reduced(design, u, bread, position, groups) @ bread
    else:
        shared = cluster_robust.least_squares(target, design, position.tolist())
        cov = shared.covariance * (rows - k_all + absorbed) / (rows - k_all)
    return Fit(beta, np.asarray(cov), groups - 1, plain)

"""Ordinary least squares whose standard errors know that ratings come in clusters."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from survey_analysis.effective_size import codes
from survey_analysis.errors import InvalidCountsError, TooFewClustersError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class LeastSquares:
    """Coefficients, their covariance, and the clusters it rests on (the fewest of a way)."""

    coefficients: Array
    covariance: Array
    clusters: int | None

    @property
    def se(self) -> Array:
        """Standard errors."""
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))


def _meat(x: Array, residual: Array, group: NDArray[np.intp]) -> tuple[Array, int]:
    size = int(group.max()) + 1
    scores = np.zeros((size, x.shape[1]))
    np.add.at(scores, group, x * residual[:, None])
    return scores.T @ scores, size


def least_squares(
    y: ArrayLike, x: ArrayLike, clusters: Sequence[Hashable] | None = None,
    second: Sequence[Hashable] | None = None,
) -> LeastSquares:
    """Least squares with White, cluster-robust or two-way cluster-robust covariance.

    (X'X)⁻¹·M·(X'X)⁻¹ with M from squared residuals (White 1980, HC1: n/(n−k)) or from the sums of
    scores of clusters (Liang & Zeger 1986; CR1: G/(G−1)·(n−1)/(n−k)). Two ways: first + second −
    both (Cameron, Gelbach & Miller 2011).
    Refer to t with G − 1 degrees of freedom; below 30 clusters use the permutation or wild
    bootstrap of the training effect instead.

    Parameters
    ----------
    y : array_like, shape (n,)
        Outcomes.
    x : array_like, shape (n, k)
        Design with its column of ones.
    clusters, second : sequence of hashable, optional
        One or two ways of clustering.

    Returns
    -------
    LeastSquares

    Raises
    ------
    InvalidCountsError
        If shapes do not fit, there are not more rows than columns, or columns depend on another.
    TooFewClustersError
        If a way has fewer than two clusters.
    MissingIdentifierError
        If a row has no cluster.

    Examples
    --------
    >>> found = least_squares([1, 2, 3, 5], [[1, 0], [1, 1], [1, 2], [1, 3]], ["a", "a", "b", "b"])
    >>> found.coefficients.round(2).tolist(), found.clusters
    ([0.8, 1.3], 2)

    """
    target, design = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    if design.ndim != 2 or target.shape != design.shape[:1]:
        raise InvalidCountsError(f"{target.shape} outcomes for a design of {design.shape}")
    n, k = design.shape
    if n <= k or np.linalg.matrix_rank(design) < k:
        raise InvalidCountsError(f"{n} rows do not determine {k} coefficients")
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ (design.T @ target)
    residual = target - design @ coefficients
    if clusters is None:
        scores = design * residual[:, None]
        covariance = n / (n - k) * bread @ (scores.T @ scores) @ bread
        return LeastSquares(coefficients, covariance, None)
    ways = [codes(clusters, "cluster", n)]
    if second is not None:
        ways.append(codes(second, "cluster of the second way", n))
        pairs = list(zip(ways[0].tolist(), ways[1].tolist(), strict=True))
        ways.append(codes(pairs, "cluster", n))
    covariance, sizes = np.zeros((k, k)), []
    for number, group in enumerate(ways):
        meat, size = _meat(design, residual, group)
        if size < 2:
            raise TooFewClustersError("one cluster shows no variance between clusters")
        part = size / (size - 1) * (n - 1) / (n - k) * bread @ meat @ bread
        covariance = covariance - part if number == 2 else covariance + part
        sizes.append(size)
    return LeastSquares(coefficients, covariance, min(sizes))

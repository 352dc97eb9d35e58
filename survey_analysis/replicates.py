"""Delete-one-cluster variance of any figure that is computed from weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from survey_analysis.effective_size import checked_weights, codes
from survey_analysis.errors import InvalidCountsError, TooFewClustersError

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Jackknife:
    """Estimate, delete-one-cluster variance and degrees of freedom (clusters minus strata)."""

    estimate: float
    variance: float
    df: int
    replicates: tuple[float, ...]

    @property
    def se(self) -> float:
        """Standard error."""
        return math.sqrt(self.variance)


def jackknife(
    estimate: Callable[[Array], float], weights: ArrayLike, clusters: Sequence[Hashable],
    strata: Sequence[Hashable] | None = None, sampled: float | None = None,
) -> Jackknife:
    """Delete-one-cluster jackknife of any estimate that is computed from weights.

    Var = Σ_h (n_h − 1)/n_h·Σ_j (θ_(hj) − θ̄_h)² over strata h and clusters j (Rust & Rao 1996; JK1
    without strata, JKn with). Deleting a cluster sets its weights to 0 and multiplies those of the
    others of its stratum by n_h/(n_h − 1). An estimate that rakes inside itself is re-raked in
    every replicate: that is what makes the variance right.

    Parameters
    ----------
    estimate : callable
        Takes the weights (same order as ``weights``) and returns the figure.
    weights : array_like
        Weights of the respondents.
    clusters : sequence of hashable
        Cluster of each respondent: citizen, or counter and day. Clusters of different strata are
        different ones even if named alike.
    strata : sequence of hashable, optional
        Stratum of each respondent.
    sampled : float, optional
        Share of the clusters in the population that is in the sample. Multiplies the variance by
        1 − ``sampled``: only for "what did this month's dossiers think", never when judging an
        officer.

    Returns
    -------
    Jackknife

    Raises
    ------
    TooFewClustersError
        If a stratum has fewer than two clusters.
    InvalidWeightsError, MissingIdentifierError
        If weights cannot be, or an identifier is missing.
    InvalidCountsError
        If ``sampled`` lies outside [0, 1).

    Examples
    --------
    >>> import numpy as np
    >>> y = np.array([1.0, 2, 3, 4])
    >>> found = jackknife(lambda w: float(w @ y / w.sum()), np.ones(4), [0, 1, 2, 3])
    >>> (found.estimate, round(found.variance, 6), found.df)
    (2.5, 0.416667, 3)

    """
    w = checked_weights(weights)
    if sampled is not None and not 0 <= sampled < 1:
        raise InvalidCountsError(f"a sampled share of {sampled}")
    stratum = np.zeros(len(w), dtype=np.intp) if strata is None else codes(strata, "stratum", len(w))
    named = codes(clusters, "cluster", len(w))
    cluster = codes(list(zip(stratum.tolist(), named.tolist(), strict=True)), "cluster", len(w))
    variance, df, replicates = 0.0, 0, []
    for h in range(int(stratum.max()) + 1):
        members = np.unique(cluster[stratum == h])
        size = len(members)
        if size < 2:
            raise TooFewClustersError(f"stratum {h + 1} of {stratum.max() + 1} has one cluster")
        found = []
        for j in members:
            replica = np.where(stratum == h, w * size / (size - 1), w)
            replica[cluster == j] = 0.0
            found.append(float(estimate(replica)))
        spread = np.asarray(found)
        variance += (size - 1) / size * float(((spread - spread.mean()) ** 2).sum())
        df += size - 1
        replicates += found
    return Jackknife(
        float(estimate(w)), variance * (1 - (sampled or 0.0)), df, tuple(replicates)
    )

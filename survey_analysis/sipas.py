"""SIPAS-like index of satisfaction by factor.

SIPAS is the index of the Ministry of Home Affairs (households, 2022: break of method). This is a
kiosk exit sample: the same reading of the scale ("bình thường" is not satisfied), another survey.
Every report calls it "SIPAS-like".
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import ArrayLike, NDArray

from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.effective_size import (
    checked_weights,
    clustered_size,
    kish_effective_size,
    size_from_variance,
)
from survey_analysis.errors import InvalidCountsError
from survey_analysis.intervals import wilson
from survey_analysis.replicates import Jackknife, jackknife

Array = NDArray[np.float64]

FACTORS = ("access", "procedure", "staff", "result", "complaints")
"""Access to the service, procedures, staff, results, receiving and handling of opinions."""


@dataclass(frozen=True)
class FactorIndex:
    """Share satisfied on one factor (0–1), its limits, answers and effective size."""

    index: float
    low: float
    high: float
    n: int
    n_eff: float


@dataclass(frozen=True)
class SipasLike:
    """Indices by factor, the weighted overall index, and what is missing.

    ``overall`` is None unless every factor with a weight has answers.
    """

    factors: Mapping[str, FactorIndex]
    overall: FactorIndex | None
    missing: tuple[str, ...]


def _satisfied(answers: Mapping[str, ArrayLike], wanted: Sequence[str]) -> dict[str, Array]:
    """Factor → respondents × criteria of 0, 1 and NaN."""
    unknown = set(answers) - set(wanted)
    if unknown:
        raise InvalidCountsError(f"factors without a weight: {sorted(unknown)}")
    found = {}
    for factor, levels in answers.items():
        array = np.asarray(levels, dtype=float)
        array = array[:, None] if array.ndim == 1 else array
        if not np.isin(array[~np.isnan(array)], (1, 2, 3, 4, 5)).all():
            raise InvalidCountsError(f"factor {factor!r}: levels outside 1 to 5")
        found[factor] = np.where(np.isnan(array), np.nan, (array >= 4).astype(float))
    if len({len(a) for a in found.values()}) > 1:
        raise InvalidCountsError("factors of different numbers of respondents")
    return found


def _share(y: Array, w: Array) -> float:
    """Mean over the criteria of each one's weighted share."""
    seen = ~np.isnan(y)
    totals = w @ seen
    if (totals <= 0).any():
        raise InvalidCountsError("a criterion all of whose answers lie in one cluster, or none")
    return float(((w @ np.where(seen, y, 0.0)) / totals).mean())


def _index(
    found: Jackknife, rows: Sequence[Hashable], weights: Array, rules: Defaults
) -> FactorIndex:
    p, n = min(1.0, max(0.0, found.estimate)), len(rows)
    if 0 < p < 1 and found.variance > 0:
        size = size_from_variance(p, found.variance, n)
    else:
        size = clustered_size(
            kish_effective_size(weights), n / len(set(rows)), rules.icc_assumed
        )
    limits = wilson(p * size, size, rules.z)
    return FactorIndex(p, limits.low, limits.high, n, size)


def sipas_like(
    answers: Mapping[str, ArrayLike], weights: ArrayLike | None = None,
    clusters: Sequence[Hashable] | None = None, *, factor_weights: Mapping[str, float] | None = None,
    rules: Defaults = DEFAULTS,
) -> SipasLike:
    """Index by factor and overall, with the variance of replicate weights.

    index_f = weighted share of "satisfied" and "very satisfied"; overall = Σ w_f·index_f with w
    fixed in configuration. Respondents answer several factors, so their variances are never added:
    the overall index is computed anew in every delete-one-cluster replicate.

    Parameters
    ----------
    answers : mapping
        Factor → level 1 … 5 of each respondent, NaN where not answered; the same respondents in
        the same order for each factor. A factor of several criteria has a column for each, and its
        index is the mean of theirs.
    weights : array_like, optional
        One weight a respondent; equal if not given.
    clusters : sequence of hashable, optional
        Cluster of each respondent (citizen, or counter and day); each respondent alone if not
        given.
    factor_weights : mapping, optional
        Factor → weight of the overall index, summing to anything; equal over ``FACTORS`` if not
        given.
    rules : Defaults
        ``z``, and the correlation assumed where all answers are alike.

    Returns
    -------
    SipasLike
        Factors without an answer are named in ``missing``.

    Raises
    ------
    InvalidCountsError
        If a factor is unknown, a level lies outside 1 to 5, or respondents differ between factors.
    TooFewClustersError
        With fewer than two clusters.

    Examples
    --------
    >>> found = sipas_like({"staff": [5, 4, 3, 5], "result": [4, 4, 2, 1]},
    ...                    factor_weights={"staff": 0.5, "result": 0.5})
    >>> (found.factors["staff"].index, found.overall.index)
    (0.75, 0.625)

    """
    shares = dict.fromkeys(FACTORS, 1.0) if factor_weights is None else dict(factor_weights)
    if not shares or min(shares.values()) < 0 or sum(shares.values()) <= 0:
        raise InvalidCountsError("weights of factors are negative or all zero")
    satisfied = _satisfied(answers, tuple(shares))
    missing = tuple(
        f for f in shares if f not in satisfied or bool(np.isnan(satisfied[f]).all())
    )
    present = {f: y for f, y in satisfied.items() if f not in missing}
    if not present:
        return SipasLike({}, None, missing)
    n = len(next(iter(present.values())))
    w = checked_weights(np.ones(n) if weights is None else weights, n)
    named: Sequence[Hashable] = range(n) if clusters is None else clusters
    factors = {}
    for factor, y in present.items():
        rows = np.flatnonzero((~np.isnan(y)).any(axis=1)).tolist()
        own, part = [named[i] for i in rows], y[rows]
        factors[factor] = _index(
            jackknife(partial(_share, part), w[rows], own), own, w[rows], rules
        )
    if any(shares[f] > 0 for f in missing):
        return SipasLike(factors, None, missing)
    total = sum(shares[f] for f in present)
    overall = jackknife(
        lambda v: sum(shares[f] * _share(y, v) for f, y in present.items()) / total, w, named
    )
    return SipasLike(factors, _index(overall, named, w, rules), missing)

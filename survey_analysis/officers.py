"""The full table of officers on integer-coded arrays: case mix, shrinkage, tiers, limits, ranks.

``comparison.compare`` is the same for rows of objects. The cost is linear in cells.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from survey_analysis import multiplicity, ranks
from survey_analysis.arrays import Bools, Floats, Ints, codes, floats, sums
from survey_analysis.casemix import Standardised, indirect_standardisation
from survey_analysis.connectivity import COMPARABLE, Connectivity, check_connectivity
from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.errors import InvalidCountsError
from survey_analysis.funnel import Z95, Z998, overdispersion
from survey_analysis.heterogeneity import paule_mandel
from survey_analysis.shrinkage import normal_normal

TIERS = ("clearly_above", "no_difference", "clearly_below", "too_few", "not_comparable")
ABOVE, SAME, BELOW, TOO_FEW, NOT_COMPARABLE = range(5)
NEVER = -1


@dataclass(frozen=True)
class Cells:
    """Ratings of officers in strata of like cases, as integer-coded arrays of equal length.

    Attributes
    ----------
    officer, stratum : array of int
        Codes from 0; a month's cells may repeat a pair.
    n, satisfied : array of float or int
        Ratings, and those of levels 4 and 5.
    procedure_of : array of int
        Procedure of each stratum code: what ties officers to each other.
    family_of : array of int
        Centre of each officer; comparisons stay inside it.
    coarser : sequence of arrays of int
        Further coarser groupings of each stratum code, beyond the procedure (its field, say).

    """

    officer: NDArray[np.integer]
    stratum: NDArray[np.integer]
    n: NDArray[np.floating] | NDArray[np.integer]
    satisfied: NDArray[np.floating] | NDArray[np.integer]
    procedure_of: NDArray[np.integer]
    family_of: NDArray[np.integer]
    coarser: Sequence[NDArray[np.integer]] = ()


@dataclass(frozen=True)
class RankColumns:
    """Ranks within the centre, 1 the lowest share; 0 for officers that are not estimable.

    Attributes
    ----------
    low, median, high : array of int
        2.5 %, 50 % and 97.5 % of the rank.
    bottom_fifth, below : array of float
        Chance of the bottom fifth, and of lying more than δ under the centre's mean.
    supported : array of bool
        Whether the officer's centre may print a ranking at all.

    """

    low: Ints
    median: Ints
    high: Ints
    bottom_fifth: Floats
    below: Floats
    supported: Bools


@dataclass(frozen=True)
class OfficerTable:
    """Arrays over officers.

    Attributes
    ----------
    standardised : Standardised
        Observed, expected and their variances.
    ties : Connectivity
        Who is comparable, and why not.
    estimable : array of bool
        Comparable and enough ratings; elsewhere estimates are the centre's figure with the widest
        interval, and reliability is 0.
    adjusted, low, high : array of float
        Centre's share + difference, with its interval; in [0, 1].
    difference, difference_low, difference_high, se : array of float
        (O−E)/n with its interval, and its standard error if the officer is like the others.
    tau2, between : array of float
        Variance between officers of the centre: winsorised, for limits and tests; and by
        Paule–Mandel, for shrinkage and reliability.
    few_officers : array of bool
        Whether the centre has too few officers to estimate them.
    reliability : array of float
        In [0, 1).
    still_needed : array of int
        Further ratings for a comparison; 0 enough, −1 no number will do as things are.
    shrunken, shrunken_low, shrunken_high, shrunken_sd : array of float
        Empirical-Bayes difference.
    p_value : array of float
        Two-sided, of the over-dispersed z.
    tier : array of int
        Index in ``TIERS``.
    limits95, limits998 : array, officers × 2
        Over-dispersed funnel limits of the adjusted share at the officer's size.
    rank : RankColumns or None
        None unless asked for.

    """

    standardised: Standardised
    ties: Connectivity
    estimable: Bools
    adjusted: Floats
    low: Floats
    high: Floats
    difference: Floats
    difference_low: Floats
    difference_high: Floats
    se: Floats
    tau2: Floats
    between: Floats
    few_officers: Bools
    reliability: Floats
    still_needed: Ints
    shrunken: Floats
    shrunken_low: Floats
    shrunken_high: Floats
    shrunken_sd: Floats
    p_value: Floats
    tier: Ints
    limits95: NDArray[np.float64]
    limits998: NDArray[np.float64]
    rank: RankColumns | None


def _wilson(x: Floats, n: Floats, z: float) -> tuple[Floats, Floats]:
    n = np.maximum(n, 1e-300)
    p, scale = x / n, 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def difference_interval(found: Standardised, z: float = Z95) -> tuple[Floats, Floats]:
    """Interval of (O−E)/n: Wilson's for O/n and a normal one for E/n, combined as for two shares.

    References
    ----------
    Newcombe RG (1998), Stat. Med. 17:873–890; Zou GY, Donner A (2008), Stat. Med. 27:1693–1702.

    """
    n = np.maximum(found.n, 1.0)
    share, expected = found.observed / n, found.expected / n
    low, high = _wilson(found.observed, n, z)
    half = z * np.sqrt(found.expectation_variance) / n
    d = share - expected
    return (
        np.maximum(d - np.hypot(share - low, half), -1.0),
        np.minimum(d + np.hypot(high - share, half), 1.0),
    )


def _standard_error(found: Standardised) -> Floats:
    """Of (O−E)/n for an officer like the others; never 0, also where everybody was satisfied."""
    total = np.maximum(found.n, 1.0)
    share = (found.overall * 1e4 + 0.5) / (1e4 + 1)
    floor = total * share * (1 - share) * 1e-2
    variance = np.maximum(found.variance, floor) + found.expectation_variance
    return np.sqrt(variance) / total


def _groups(family: Ints, chosen: Bools) -> Iterator[Ints]:
    """Positions of the chosen officers of each family."""
    at = np.flatnonzero(chosen)
    order = at[np.argsort(family[at], kind="stable")]
    cuts = np.flatnonzero(np.diff(family[order])) + 1
    return iter(np.split(order, cuts)) if len(order) else iter(())


def _spread(
    d: Floats, se: Floats, at: Ints, rules: Defaults, history: float | None
) -> tuple[float, float, bool]:
    """Winsorised τ², Paule–Mandel τ², and whether the officers are too few for either."""
    if history is not None:
        return history, history, False
    if len(at) < rules.min_officers:
        return 0.0, 0.0, True
    found = overdispersion(
        d[at] / se[at], se[at], share=rules.winsorise, min_units=rules.min_officers
    )
    return found.tau2, paule_mandel(d[at], se[at] ** 2).tau2, False


def officer_table(
    cells: Cells, rules: Defaults = DEFAULTS, *, with_ranks: bool = False,
    history_tau2: float | None = None, draws: int = ranks.DRAWS, seed: int = 1,
) -> OfficerTable:
    """Compare the officers of every centre on like cases.

    Steps: ties (§ connectivity), leave-one-out indirect standardisation on strata within
    procedures, over-dispersion of the centre's z-scores, shrinkage, reliability, Benjamini–
    Hochberg within the centre, tiers, funnel limits and, if asked for, ranks.

    Tiers: *not comparable* outside the largest component; *too few* under ``rules.min_rate_n``
    ratings or a reliability under ``rules.reliability_compare``; *clearly above* or *below* where
    the over-dispersed z is significant at false-discovery rate ``rules.fdr_q`` and the shrunken
    difference exceeds ``rules.delta``; else *no difference shown*.

    Parameters
    ----------
    cells : Cells
        Ratings; cells of n = 0 are allowed.
    rules : Defaults
        Thresholds.
    with_ranks : bool
        Whether to draw ranks.
    history_tau2 : float, optional
        Variance between officers known from history, for centres of few officers.
    draws, seed : int
        Size and seed of the rank draws.

    Raises
    ------
    InvalidCountsError
        If counts are impossible, ids missing or lengths differ.

    References
    ----------
    Spiegelhalter DJ (2005), Stat. Med. 24:1185; Benjamini Y, Hochberg Y (1995), J. R. Stat. Soc. B
    57:289; Goldstein H, Spiegelhalter DJ (1996), J. R. Stat. Soc. A 159:385.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(1)
    >>> true = np.r_[0.6, np.full(11, 0.9)]
    >>> hits = rng.binomial(400, true)
    >>> one = np.zeros(12, dtype=int)
    >>> found = officer_table(Cells(np.arange(12), one, np.full(12, 400), hits, one[:1], one))
    >>> [TIERS[t] for t in found.tier[:2]]
    ['clearly_below', 'no_difference']

    """
    family = codes(cells.family_of, "families")
    if history_tau2 is not None and not 0 <= history_tau2 < 1:
        raise InvalidCountsError("a variance between shares lies in [0, 1)")
    chain = (cells.procedure_of, *cells.coarser)
    found = indirect_standardisation(
        cells.officer, cells.stratum, cells.n, cells.satisfied, family=family, coarser=chain,
        officers=len(family),
    )
    ties = _ties(cells, family)
    estimable = np.asarray((ties.reason == COMPARABLE) & (found.n >= rules.min_rate_n))
    return _table(found, ties, family, estimable, rules, history_tau2, with_ranks, draws, seed)


def _ties(cells: Cells, family: Ints) -> Connectivity:
    stratum = codes(cells.stratum, "strata")
    procedure = codes(cells.procedure_of, "procedures")
    kinds = int(procedure.max(initial=-1)) + 1
    n = floats(cells.n, "ratings")
    groupings = [procedure[stratum], *(codes(c, "coarser strata")[stratum] for c in cells.coarser)]
    who = codes(cells.officer, "officers", len(n))
    if not cells.coarser and len(family) * kinds <= 8 * len(n) + 1_000_000:
        size = sums(who * kinds + groupings[0], n, len(family) * kinds)
        at = np.flatnonzero(size)
        who, groupings, n = at // kinds, [at % kinds], size[at]
    return check_connectivity(who, groupings, n, family=family, officers=len(family))


def _table(
    found: Standardised, ties: Connectivity, family: Ints, estimable: Bools, rules: Defaults,
    history: float | None, with_ranks: bool, draws: int, seed: int,
) -> OfficerTable:
    k = len(family)
    d = np.where(estimable, found.difference, 0.0)
    se = _standard_error(found)
    tau2, between, few = np.zeros(k), np.zeros(k), np.zeros(k, dtype=np.bool_)
    shrunken, spread = np.zeros(k), np.ones(k)
    p_value, significant = np.ones(k), np.zeros(k, dtype=np.bool_)
    for at in _groups(family, estimable):
        tau2[at], between[at], few[at] = _spread(d, se, at, rules, history)
        own = normal_normal(d[at], se[at] ** 2, float(between[at[0]]), morris=history is None)
        shrunken[at], spread[at] = own.estimate, own.sd
        p_value[at] = 2 * ndtr(-np.abs(d[at]) / np.sqrt(se[at] ** 2 + tau2[at]))
        significant[at] = multiplicity.bh_rejected(p_value[at], rules.fdr_q)
    reliable = np.where(estimable, between / (between + se**2), 0.0)
    low, high = difference_interval(found, rules.z)
    low, high = np.where(estimable, low, -1.0), np.where(estimable, high, 1.0)
    width = np.sqrt(se**2 + tau2)
    clear = estimable & (reliable >= rules.reliability_compare)
    clear &= significant & (np.abs(shrunken) > rules.delta)
    return OfficerTable(
        found, ties, estimable,
        _share(found.overall + d), _share(found.overall + low), _share(found.overall + high),
        d, low, high, se, tau2, between, few, reliable,
        _needed(found.n, reliable, rules.reliability_compare),
        shrunken, _bounded(shrunken - rules.z * spread), _bounded(shrunken + rules.z * spread),
        spread, p_value, _tier(ties, reliable, clear, shrunken, rules),
        _limits(found.overall, Z95 * width), _limits(found.overall, Z998 * width),
        _ranks(shrunken, spread, family, estimable, rules, draws, seed) if with_ranks else None,
    )


def _share(value: Floats) -> Floats:
    return np.clip(value, 0.0, 1.0)


def _bounded(value: Floats) -> Floats:
    return np.clip(value, -1.0, 1.0)


def _limits(centre: Floats, half: Floats) -> NDArray[np.float64]:
    return np.stack([_share(centre - half), _share(centre + half)], axis=1)


def _needed(n: Floats, reliable: Floats, wanted: float) -> Ints:
    ratio = wanted * (1 - reliable) / ((1 - wanted) * np.maximum(reliable, 1e-12))
    total = np.minimum(np.ceil(n * ratio - n - 1e-9), 1e12)
    needed = np.where(reliable >= wanted, 0.0, np.maximum(total, 1.0))
    return np.where((reliable <= 0) | (n <= 0), NEVER, needed).astype(np.int64)


def _tier(
    ties: Connectivity, reliable: Floats, clear: Bools, shrunken: Floats, rules: Defaults
) -> Ints:
    tier = np.where(reliable >= rules.reliability_compare, SAME, TOO_FEW)
    tier = np.where(clear, np.where(shrunken > 0, ABOVE, BELOW), tier)
    return np.where(ties.reason == COMPARABLE, tier, NOT_COMPARABLE).astype(np.int64)


def _ranks(
    mean: Floats, sd: Floats, family: Ints, estimable: Bools, rules: Defaults, draws: int, seed: int
) -> RankColumns:
    k = len(mean)
    columns = [np.zeros(k, dtype=np.int64) for _ in range(3)]
    bottom, below = np.zeros(k), np.zeros(k)
    supported = np.zeros(k, dtype=np.bool_)
    largest = int(np.bincount(family[estimable], minlength=1).max())
    noise = np.random.default_rng(seed).standard_normal((draws, largest), dtype=np.float32)
    for at in _groups(family, estimable):
        one = ranks.drawn(mean[at], sd[at], rules.delta, noise)
        for column, values in zip(columns, (one.low, one.median, one.high), strict=True):
            column[at] = values
        bottom[at], below[at], supported[at] = one.bottom_fifth, one.below, one.supported
    return RankColumns(columns[0], columns[1], columns[2], bottom, below, supported)

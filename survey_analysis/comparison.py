"""Fair comparison of officers, counters, procedures or units given as rows of objects."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from survey_analysis.connectivity import REASONS
from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.errors import MissingIdentifierError
from survey_analysis.officers import (
    NOT_COMPARABLE,
    TIERS,
    Cells,
    OfficerTable,
    officer_table,
)

__all__ = ["TIERS", "Comparison", "OfficerCounts", "compare"]


@dataclass(frozen=True)
class OfficerCounts:
    """Ratings of one officer in one stratum of like cases.

    ``procedure`` is what connects officers: two who share none cannot be compared. ``officer`` may
    as well be a counter or a unit.
    """

    officer: Hashable
    procedure: Hashable
    stratum: Hashable
    n: int
    satisfied: int


@dataclass(frozen=True)
class Comparison:
    """One officer against the others on like cases; shares 0–1, None where not estimable.

    Attributes
    ----------
    officer : hashable
        As given.
    n : int
        Ratings.
    adjusted, adjusted_low, adjusted_high : float or None
        Overall share + difference, with its 95 % interval.
    reliability : float or None
        Share of the variance that is true difference.
    still_needed : int or None
        Further ratings for a comparison; 0 enough, None where no number can be told.
    tier : str
        One of ``TIERS``.
    reason : str
        Why no figure is given: ``other_component``, ``own_procedures``, ``few_ratings``,
        ``few_officers`` (a spread between so few cannot be estimated), or empty.
    difference, difference_low, difference_high : float or None
        Observed minus expected share, with its 95 % interval.
    shrunken, shrunken_low, shrunken_high : float or None
        The same shrunk towards no difference.
    expected : float or None
        Share that the others reach on like cases.
    borrowed : float
        Share of the ratings whose expectation leans on a coarser stratum.
    rank_low, rank_median, rank_high : int or None
        Rank among the officers compared, 1 the lowest; only when asked for.
    bottom_fifth : float or None
        Chance of the bottom fifth; only when asked for.
    ranking_supported : bool or None
        Whether ranks may be printed at all; only when asked for.

    """

    officer: Hashable
    n: int
    adjusted: float | None
    adjusted_low: float | None
    adjusted_high: float | None
    reliability: float | None
    still_needed: int | None
    tier: str
    reason: str = ""
    difference: float | None = None
    difference_low: float | None = None
    difference_high: float | None = None
    shrunken: float | None = None
    shrunken_low: float | None = None
    shrunken_high: float | None = None
    expected: float | None = None
    borrowed: float = 0.0
    rank_low: int | None = None
    rank_median: int | None = None
    rank_high: int | None = None
    bottom_fifth: float | None = None
    ranking_supported: bool | None = None


def compare(
    rows: Sequence[OfficerCounts], rules: Defaults = DEFAULTS, *, with_ranks: bool = False,
    history_tau2: float | None = None, seed: int = 1,
) -> Mapping[Hashable, Comparison]:
    """Compare officers of one centre, period and kind.

    Estimand: the difference between an officer's share satisfied and the share that the other
    officers reach on like cases. See ``officer_table`` for method, assumptions and references.

    Parameters
    ----------
    rows : sequence of OfficerCounts
        Released counts per officer and stratum; rows with n = 0 are ignored.
    rules : Defaults
        Thresholds.
    with_ranks : bool
        Whether to add rank intervals.
    history_tau2 : float, optional
        Variance between officers known from history; without it fewer than
        ``rules.min_officers`` officers get no tier but *too few*.
    seed : int
        Seed of the rank draws.

    Returns
    -------
    mapping
        Officer → Comparison; empty without ratings.

    Raises
    ------
    MissingIdentifierError
        If a row has no officer.
    InvalidCountsError
        If counts are impossible.

    Examples
    --------
    >>> rows = [OfficerCounts(f"officer {i}", "p", "p", 400, 360) for i in range(11)]
    >>> found = compare([OfficerCounts("late", "p", "p", 400, 240), *rows])
    >>> found["late"].tier, round(found["late"].difference, 2)
    ('clearly_below', -0.3)

    """
    if any(row.officer is None for row in rows):
        raise MissingIdentifierError("a row has no officer; leave it out of the comparison")
    used = [row for row in rows if row.n > 0 or row.satisfied != 0]
    if not used:
        return {}
    officers = list(dict.fromkeys(row.officer for row in used))
    table = officer_table(
        _cells(used, officers), rules, with_ranks=with_ranks, history_tau2=history_tau2, seed=seed
    )
    return {name: _one(name, i, table) for i, name in enumerate(officers)}


def _cells(rows: Sequence[OfficerCounts], officers: Sequence[Hashable]) -> Cells:
    """Integer codes; a stratum that spans procedures is no part of either, so they are crossed."""
    place = {name: i for i, name in enumerate(officers)}
    procedures = {p: i for i, p in enumerate(dict.fromkeys(row.procedure for row in rows))}
    strata = {
        pair: i
        for i, pair in enumerate(dict.fromkeys((row.procedure, row.stratum) for row in rows))
    }
    return Cells(
        np.array([place[row.officer] for row in rows]),
        np.array([strata[row.procedure, row.stratum] for row in rows]),
        np.array([row.n for row in rows], dtype=np.float64),
        np.array([row.satisfied for row in rows], dtype=np.float64),
        np.array([procedures[procedure] for procedure, _ in strata]),
        np.zeros(len(officers), dtype=np.int64),
    )


def _one(name: Hashable, i: int, table: OfficerTable) -> Comparison:
    n = int(table.standardised.n[i])
    tier = TIERS[table.tier[i]]
    if not table.estimable[i]:
        reason = REASONS[table.ties.reason[i]] or "few_ratings"
        return Comparison(name, n, None, None, None, None, None, tier, reason)
    needed = int(table.still_needed[i])
    few = bool(table.few_officers[i]) and table.tier[i] != NOT_COMPARABLE
    rank = table.rank
    return Comparison(
        name, n, float(table.adjusted[i]), float(table.low[i]), float(table.high[i]),
        float(table.reliability[i]), None if needed < 0 else needed, tier,
        "few_officers" if few else "",
        float(table.difference[i]), float(table.difference_low[i]), float(table.difference_high[i]),
        float(table.shrunken[i]), float(table.shrunken_low[i]), float(table.shrunken_high[i]),
        float(table.standardised.expected[i]) / n, float(table.standardised.borrowed[i]),
        None if rank is None else int(rank.low[i]),
        None if rank is None else int(rank.median[i]),
        None if rank is None else int(rank.high[i]),
        None if rank is None else float(rank.bottom_fifth[i]),
        None if rank is None else bool(rank.supported[i]),
    )

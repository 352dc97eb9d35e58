"""Summary of ratings on five levels: shares, mean, net. Each None without ratings, never NaN."""

from __future__ import annotations

from collections.abc import Sequence

from survey_analysis.defaults import DEFAULTS
from survey_analysis.errors import InvalidCountsError
from survey_analysis.intervals import wilson
from survey_analysis.results import Interval, Satisfaction
from survey_analysis.scale_intervals import dirichlet_mean, net_satisfaction


def summarise(levels: Sequence[int], z: float = DEFAULTS.z) -> Satisfaction:
    """Count and share satisfied (levels 4 and 5) with its Wilson interval.

    Parameters
    ----------
    levels : sequence of five int
        Counts of levels 1 … 5.
    z : float
        Normal quantile.

    Returns
    -------
    Satisfaction
        Its ``share`` is None without ratings.

    Raises
    ------
    InvalidCountsError
        Unless five counts ≥ 0 are given.

    Examples
    --------
    >>> found = summarise([1, 2, 3, 14, 30])
    >>> (found.n, found.satisfied, round(found.share.low, 3))
    (50, 44, 0.762)
    >>> summarise([0, 0, 0, 0, 0]).share is None
    True

    """
    if len(levels) != 5 or min(levels) < 0:
        raise InvalidCountsError("five counts of levels are needed, none negative")
    one, two, three, four, five = (int(v) for v in levels)
    n = one + two + three + four + five
    share = wilson(four + five, n, z) if n else None
    return Satisfaction(n, (one, two, three, four, five), share)


def dissatisfied_share(levels: Sequence[int], z: float = DEFAULTS.z) -> Interval | None:
    """Share of levels 1 and 2 with its Wilson interval; None without ratings.

    Raises
    ------
    InvalidCountsError
        As ``summarise``.

    Examples
    --------
    >>> round(dissatisfied_share([1, 2, 3, 14, 30]).estimate, 3)
    0.06

    """
    found = summarise(levels, z)
    return wilson(found.dissatisfied, found.n, z) if found.n else None


def mean_level(levels: Sequence[int], z: float = DEFAULTS.z) -> Interval | None:
    """Mean level with its Dirichlet interval; None without ratings.

    Raises
    ------
    InvalidCountsError
        As ``summarise``.

    Examples
    --------
    >>> mean_level([1, 2, 3, 14, 30]).estimate
    4.4

    """
    found = summarise(levels, z)
    return dirichlet_mean(found.levels, z=z) if found.n else None


def net_share(levels: Sequence[int], z: float = DEFAULTS.z) -> Interval | None:
    """Satisfied minus dissatisfied with its adjusted Wald interval; None without ratings.

    Raises
    ------
    InvalidCountsError
        As ``summarise``.

    Examples
    --------
    >>> round(net_share([1, 2, 3, 14, 30]).estimate, 3)
    0.82

    """
    found = summarise(levels, z)
    return net_satisfaction(found.satisfied, found.dissatisfied, found.n, z) if found.n else None

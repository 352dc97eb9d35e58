"""Summary of ratings on five levels."""

from __future__ import annotations

from collections.abc import Sequence

from survey_analysis.defaults import DEFAULTS
from survey_analysis.errors import InvalidCountsError
from survey_analysis.intervals import wilson
from survey_analysis.results import Satisfaction


def summarise(levels: Sequence[int], z: float = DEFAULTS.z) -> Satisfaction:
    """Count and share satisfied (levels 4 and 5) with its Wilson interval.

    Parameters
    ----------
    levels : sequence of five int
        Counts of levels 1 … 5.
    z : float
        Normal quantile.

    Raises
    ------
    InvalidCountsError
        Unless five counts ≥ 0 are given.

    """
    if len(levels) != 5 or min(levels) < 0:
        raise InvalidCountsError("five counts of levels are needed, none negative")
    one, two, three, four, five = (int(v) for v in levels)
    n = one + two + three + four + five
    share = wilson(four + five, n, z) if n else None
    return Satisfaction(n, (one, two, three, four, five), share)

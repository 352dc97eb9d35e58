"""The one table of defaults that screens, reports and the gate follow."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Defaults:
    """Defaults of intervals, disclosure and comparison.

    Attributes
    ----------
    z : float
        Normal quantile of the intervals (95 %).
    min_rate_n : int
        Fewest raters for which a rate is shown inside the house.
    min_count : int
        Counts below it are hidden.
    min_comments : int
        Fewest comments of a list.
    reliability_own, reliability_compare : float
        Reliability from which an officer sees the own figure, and is compared.
    fdr_q : float
        False-discovery rate of Benjamini and Hochberg (1995).
    delta : float
        Difference that matters, as a share (3 points).
    winsorise : float
        Quantile at which z-scores are winsorised (Spiegelhalter 2005).
    min_officers : int
        Fewest officers for which an over-dispersion is estimated.

    """

    z: float = 1.96
    min_rate_n: int = 10
    min_count: int = 5
    min_comments: int = 5
    reliability_own: float = 0.5
    reliability_compare: float = 0.7
    fdr_q: float = 0.10
    delta: float = 0.03
    winsorise: float = 0.10
    min_officers: int = 10


DEFAULTS = Defaults()

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
    min_count_public : int
        Counts below it are hidden from the public.
    min_single_level : int
        Below it a cell of one single level is hidden: it tells what each known rater said.
    protection : int
        Fewest counts by which the bounds of a hidden cell must lie apart.
    min_new : int
        Fewest new ratings between two editions of one figure.
    round_base, round_below : int
        Public counts below ``round_below`` are multiples of ``round_base``, shares whole per cent.
    min_comments : int
        Fewest comments of a list.
    weight_cap : float
        Weights are cut at this multiple of their median.
    deff_beside : float
        Design effect above which the unweighted figure stands beside the weighted one.
    min_cell, min_cell_wished : int
        Fewest respondents of a cell of post-stratification.
    icc_assumed : float
        Correlation within clusters that is assumed where the data cannot show one (all equal).
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
    misuse_q : float
        False-discovery rate of the tests of misuse, over officer and test of one month.
    months_before, months_after : int
        Fewest months on either side of a training; otherwise it cannot be told yet.
    permutations : int
        Draws of permutation and bootstrap; the seed stands in the report.

    """

    z: float = 1.96
    min_rate_n: int = 10
    min_count: int = 5
    min_count_public: int = 10
    min_single_level: int = 10
    protection: int = 3
    min_new: int = 5
    round_base: int = 5
    round_below: int = 100
    min_comments: int = 5
    weight_cap: float = 5.0
    deff_beside: float = 2.0
    min_cell: int = 5
    min_cell_wished: int = 10
    icc_assumed: float = 0.05
    reliability_own: float = 0.5
    reliability_compare: float = 0.7
    fdr_q: float = 0.10
    delta: float = 0.03
    winsorise: float = 0.10
    min_officers: int = 10
    misuse_q: float = 0.05
    months_before: int = 6
    months_after: int = 2
    permutations: int = 9_999


DEFAULTS = Defaults()

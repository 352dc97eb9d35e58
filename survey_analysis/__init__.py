"""Statistics that make comparisons of citizen ratings fair.

Pure functions on counts: no web, no database, no clock, no globals, no rounding. Methods and
defaults are those of the project's one table (``defaults.Defaults``).
"""

from __future__ import annotations

from survey_analysis.comparison import Comparison, OfficerCounts, compare
from survey_analysis.defaults import DEFAULTS, Defaults
from survey_analysis.disclosure import complement, house, single_level
from survey_analysis.errors import InvalidCountsError
from survey_analysis.intervals import dirichlet_mean, newcombe, wilson
from survey_analysis.results import Interval, Satisfaction
from survey_analysis.satisfaction import summarise

__all__ = [
    "DEFAULTS", "Comparison", "Defaults", "Interval", "InvalidCountsError", "OfficerCounts",
    "Satisfaction", "compare", "complement", "dirichlet_mean", "house", "newcombe",
    "single_level", "summarise", "wilson",
]

"""Statistics that make comparisons of citizen ratings fair.

Pure functions on counts and arrays: no web, no database, no clock, no globals, no rounding.
Methods and defaults are those of the project's one table (``defaults.Defaults``).

Names are loaded when they are first asked for, so that importing the package costs nothing and a
web worker never loads what only jobs need. A new public name is added in two places that a test
holds together: the row of its module in ``_EXPORTS`` and the import for type checkers above it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from survey_analysis.comparison import Comparison as Comparison
    from survey_analysis.comparison import OfficerCounts as OfficerCounts
    from survey_analysis.comparison import compare as compare
    from survey_analysis.defaults import DEFAULTS as DEFAULTS
    from survey_analysis.defaults import Defaults as Defaults
    from survey_analysis.disclosure import complement as complement
    from survey_analysis.disclosure import house as house
    from survey_analysis.disclosure import single_level as single_level
    from survey_analysis.errors import InvalidCountsError as InvalidCountsError
    from survey_analysis.intervals import dirichlet_mean as dirichlet_mean
    from survey_analysis.intervals import newcombe as newcombe
    from survey_analysis.intervals import wilson as wilson
    from survey_analysis.results import Interval as Interval
    from survey_analysis.results import Satisfaction as Satisfaction
    from survey_analysis.satisfaction import summarise as summarise

_EXPORTS = {
    "comparison": ("Comparison", "OfficerCounts", "compare"),
    "defaults": ("DEFAULTS", "Defaults"),
    "disclosure": ("complement", "house", "single_level"),
    "errors": ("InvalidCountsError",),
    "intervals": ("dirichlet_mean", "newcombe", "wilson"),
    "results": ("Interval", "Satisfaction"),
    "satisfaction": ("summarise",),
}
_MODULE_OF = {name: module for module, names in _EXPORTS.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})

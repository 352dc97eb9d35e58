"""Charts in the house style; the only part that imports matplotlib, and only when one is drawn.

Each gives a `Chart`: a figure, a text alternative and the underlying table. Texts are Vietnamese
unless other `Words` are passed.
"""

from __future__ import annotations

from survey_analysis.charts.chart import Chart, Table
from survey_analysis.charts.coverage import CoverageRow, coverage
from survey_analysis.charts.event_study import EventPoint, event_study
from survey_analysis.charts.funnel import FunnelLimits, FunnelPoint, funnel
from survey_analysis.charts.heat import HeatCell, heat
from survey_analysis.charts.levels import LevelRow, draw_levels, levels
from survey_analysis.charts.pareto import ReasonCount, pareto
from survey_analysis.charts.slope import slope
from survey_analysis.charts.style import prepare
from survey_analysis.charts.svg import to_svg
from survey_analysis.charts.time_cut import time_cut
from survey_analysis.charts.trend import ControlPoint, TrendPoint, draw_trend, trend
from survey_analysis.charts.whiskers import WhiskerRow, whiskers
from survey_analysis.charts.words import ENGLISH, VIETNAMESE, Words

__all__ = [
    "ENGLISH", "VIETNAMESE", "Chart", "ControlPoint", "CoverageRow", "EventPoint", "FunnelLimits",
    "FunnelPoint", "HeatCell", "LevelRow", "ReasonCount", "Table", "TrendPoint", "WhiskerRow",
    "Words", "coverage", "draw_levels", "draw_trend", "event_study", "funnel", "heat", "levels",
    "pareto", "prepare", "slope", "time_cut", "to_svg", "trend", "whiskers",
]

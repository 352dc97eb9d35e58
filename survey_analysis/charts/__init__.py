"""Charts in the house style; the only part that imports matplotlib."""

from __future__ import annotations

from survey_analysis.charts.levels import draw_levels
from survey_analysis.charts.style import prepare
from survey_analysis.charts.svg import to_svg
from survey_analysis.charts.trend import TrendPoint, draw_trend

__all__ = ["TrendPoint", "draw_levels", "draw_trend", "prepare", "to_svg"]

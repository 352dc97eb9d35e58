"""A report from any table of ratings: tables, charts, one page in plain words."""

from __future__ import annotations

from survey_analysis.report.figures import Findings, Group, analyse
from survey_analysis.report.ratings import Ratings, UnreadableTableError
from survey_analysis.report.reading import read_ratings

__all__ = ["Findings", "Group", "Ratings", "UnreadableTableError", "analyse", "read_ratings"]

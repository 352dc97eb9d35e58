"""The thresholds that pages explain to their readers: the one table of the statistics."""

from __future__ import annotations

from survey_analysis import DEFAULTS as LIMITS

__all__ = ["LIMITS"]

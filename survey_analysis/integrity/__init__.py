"""Signs of misuse, conditioned on the flow of dossiers: reasons to look, never a judgement."""

from __future__ import annotations

from survey_analysis.integrity.bursts import bursts
from survey_analysis.integrity.closing import closing_time
from survey_analysis.integrity.expectation import expected_levels
from survey_analysis.integrity.invitation import noncentral_lower, selective_invitation
from survey_analysis.integrity.latency import hypergeometric_upper, latencies
from survey_analysis.integrity.records import Finding, Flow, Ratings, Rules, flow, ratings
from survey_analysis.integrity.review import Review, Screening, judge, screen
from survey_analysis.integrity.self_rating import self_ratings
from survey_analysis.integrity.streaks import longest_run, run_probability, streaks
from survey_analysis.integrity.variation import variation

__all__ = [
    "Finding", "Flow", "Ratings", "Review", "Rules", "Screening", "bursts", "closing_time",
    "expected_levels", "flow", "hypergeometric_upper", "judge", "latencies", "longest_run",
    "noncentral_lower", "ratings", "run_probability", "screen", "selective_invitation",
    "self_ratings", "streaks", "variation",
]

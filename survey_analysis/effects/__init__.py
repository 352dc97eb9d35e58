"""Did the training help? Comparisons of officers trained and not trained, and their planning."""

from __future__ import annotations

from survey_analysis.effects.bootstrap import (
    ClusterScores,
    WildBootstrap,
    cluster_scores,
    wild_cluster_bootstrap,
)
from survey_analysis.effects.decomposition import Decomposition, decompose
from survey_analysis.effects.differences import (
    Difference,
    TwoWay,
    four_cells,
    mean_difference,
    two_way,
)
from survey_analysis.effects.evaluation import (
    Naive,
    TrainingEffect,
    TrainingRules,
    evaluate_training,
    randomisation_test,
)
from survey_analysis.effects.event_months import EventMonth, EventStudy, event_study, joint_test
from survey_analysis.effects.interrupted import SeriesChange, interrupted_series
from survey_analysis.effects.panel import OfficerMonths, officer_months
from survey_analysis.effects.permutation import Randomisation, exchange_labels, sign_flip
from survey_analysis.effects.planner import WavePlan, plan_waves
from survey_analysis.effects.power import (
    change_variance,
    minimum_detectable_effect,
    ratings_wanted,
)
from survey_analysis.effects.regression_to_mean import (
    baseline_adjusted,
    expected_return,
    expected_return_at_cut,
)
from survey_analysis.effects.staggered import (
    Aggregate,
    GroupTime,
    Staggered,
    group_time_effects,
)
from survey_analysis.effects.verdict import Evidence, Verdict, judge_effect

__all__ = [
    "Aggregate", "ClusterScores", "Decomposition", "Difference", "EventMonth", "EventStudy",
    "Evidence", "GroupTime", "Naive", "OfficerMonths", "Randomisation", "SeriesChange",
    "Staggered", "TrainingEffect", "TrainingRules", "TwoWay", "Verdict", "WavePlan",
    "WildBootstrap", "baseline_adjusted", "change_variance", "cluster_scores", "decompose",
    "evaluate_training", "event_study", "exchange_labels", "expected_return",
    "expected_return_at_cut", "four_cells", "group_time_effects", "interrupted_series",
    "joint_test", "judge_effect", "mean_difference", "minimum_detectable_effect",
    "officer_months", "plan_waves", "randomisation_test", "ratings_wanted", "sign_flip", "two_way",
    "wild_cluster_bootstrap",
]

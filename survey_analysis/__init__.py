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
    from survey_analysis.casemix import AdjustedMeans as AdjustedMeans
    from survey_analysis.casemix import Ratios as Ratios
    from survey_analysis.casemix import Standardised as Standardised
    from survey_analysis.casemix import adjusted_means as adjusted_means
    from survey_analysis.casemix import expected_count as expected_count
    from survey_analysis.casemix import indirect_standardisation as indirect_standardisation
    from survey_analysis.casemix import standardised_ratio as standardised_ratio
    from survey_analysis.change.alerts import Alert as Alert
    from survey_analysis.change.alerts import Budget as Budget
    from survey_analysis.change.alerts import alerts_of as alerts_of
    from survey_analysis.change.alerts import budget as budget
    from survey_analysis.change.alerts import one_per_fortnight as one_per_fortnight
    from survey_analysis.change.bernoulli import CaseMix as CaseMix
    from survey_analysis.change.bernoulli import RiskAdjustedCusum as RiskAdjustedCusum
    from survey_analysis.change.bernoulli import bernoulli_arl as bernoulli_arl
    from survey_analysis.change.bernoulli import case_mix as case_mix
    from survey_analysis.change.bernoulli import guaranteed_threshold as guaranteed_threshold
    from survey_analysis.change.bernoulli import risk_adjusted_cusum as risk_adjusted_cusum
    from survey_analysis.change.bernoulli import threshold_for as threshold_for
    from survey_analysis.change.breaks import Break as Break
    from survey_analysis.change.breaks import binomial_break as binomial_break
    from survey_analysis.change.breaks import optimal_breaks as optimal_breaks
    from survey_analysis.change.breaks import single_break as single_break
    from survey_analysis.change.control import ControlChart as ControlChart
    from survey_analysis.change.control import Rebase as Rebase
    from survey_analysis.change.control import p_chart as p_chart
    from survey_analysis.change.control import p_prime_chart as p_prime_chart
    from survey_analysis.change.control import xmr_chart as xmr_chart
    from survey_analysis.change.nhs_rules import Signals as Signals
    from survey_analysis.change.nhs_rules import assurance as assurance
    from survey_analysis.change.nhs_rules import nhs_signals as nhs_signals
    from survey_analysis.change.runs import RunsTest as RunsTest
    from survey_analysis.change.runs import runs_test as runs_test
    from survey_analysis.change.season import BinomialFit as BinomialFit
    from survey_analysis.change.season import Design as Design
    from survey_analysis.change.season import calendar_design as calendar_design
    from survey_analysis.change.season import fit_binomial as fit_binomial
    from survey_analysis.change.season import tet_terms as tet_terms
    from survey_analysis.change.shewhart import RunsRule as RunsRule
    from survey_analysis.change.shewhart import shewhart_arl as shewhart_arl
    from survey_analysis.change.tabular import Ewma as Ewma
    from survey_analysis.change.tabular import TabularCusum as TabularCusum
    from survey_analysis.change.tabular import cusum_arl as cusum_arl
    from survey_analysis.change.tabular import cusum_threshold as cusum_threshold
    from survey_analysis.change.tabular import ewma as ewma
    from survey_analysis.change.tabular import ewma_arl as ewma_arl
    from survey_analysis.change.tabular import ewma_limit as ewma_limit
    from survey_analysis.change.tabular import tabular_cusum as tabular_cusum
    from survey_analysis.cluster_robust import LeastSquares as LeastSquares
    from survey_analysis.cluster_robust import least_squares as least_squares
    from survey_analysis.comparison import Comparison as Comparison
    from survey_analysis.comparison import OfficerCounts as OfficerCounts
    from survey_analysis.comparison import compare as compare
    from survey_analysis.connectivity import Connectivity as Connectivity
    from survey_analysis.connectivity import check_connectivity as check_connectivity
    from survey_analysis.connectivity import component_families as component_families
    from survey_analysis.coverage import Coverage as Coverage
    from survey_analysis.coverage import RankingSurvival as RankingSurvival
    from survey_analysis.coverage import Representativeness as Representativeness
    from survey_analysis.coverage import fit_logistic as fit_logistic
    from survey_analysis.coverage import indicator_columns as indicator_columns
    from survey_analysis.coverage import ranking_survival as ranking_survival
    from survey_analysis.coverage import representativeness as representativeness
    from survey_analysis.coverage import worst_case_bounds as worst_case_bounds
    from survey_analysis.defaults import DEFAULTS as DEFAULTS
    from survey_analysis.defaults import Defaults as Defaults
    from survey_analysis.disclosure.audit import Bounds as Bounds
    from survey_analysis.disclosure.audit import attack as attack
    from survey_analysis.disclosure.blocks import Block as Block
    from survey_analysis.disclosure.blocks import BlockSuppression as BlockSuppression
    from survey_analysis.disclosure.blocks import Pattern as Pattern
    from survey_analysis.disclosure.blocks import disclosing as disclosing
    from survey_analysis.disclosure.blocks import suppress_block as suppress_block
    from survey_analysis.disclosure.lattice import Cell as Cell
    from survey_analysis.disclosure.lattice import CellKey as CellKey
    from survey_analysis.disclosure.lattice import Lattice as Lattice
    from survey_analysis.disclosure.lattice import Relation as Relation
    from survey_analysis.disclosure.lattice import build_lattice as build_lattice
    from survey_analysis.disclosure.lattice import quarter_of as quarter_of
    from survey_analysis.disclosure.lattice import table_lattice as table_lattice
    from survey_analysis.disclosure.lattice import week_of as week_of
    from survey_analysis.disclosure.ledger import Decision as Decision
    from survey_analysis.disclosure.ledger import Ledger as Ledger
    from survey_analysis.disclosure.primary import comments_shown as comments_shown
    from survey_analysis.disclosure.primary import difference_allowed as difference_allowed
    from survey_analysis.disclosure.primary import discloses as discloses
    from survey_analysis.disclosure.primary import house as house
    from survey_analysis.disclosure.primary import least_count as least_count
    from survey_analysis.disclosure.primary import may_refresh as may_refresh
    from survey_analysis.disclosure.primary import single_level as single_level
    from survey_analysis.disclosure.rounding import PublicFigure as PublicFigure
    from survey_analysis.disclosure.rounding import public_count as public_count
    from survey_analysis.disclosure.rounding import public_figure as public_figure
    from survey_analysis.disclosure.rounding import public_percent as public_percent
    from survey_analysis.disclosure.row import complement as complement
    from survey_analysis.disclosure.sums import Sums as Sums
    from survey_analysis.disclosure.sums import Units as Units
    from survey_analysis.disclosure.sums import sums_shown as sums_shown
    from survey_analysis.disclosure.suppression import Suppression as Suppression
    from survey_analysis.disclosure.suppression import suppress as suppress
    from survey_analysis.disclosure.weeks import suppress_weeks as suppress_weeks
    from survey_analysis.effective_size import clustered_size as clustered_size
    from survey_analysis.effective_size import finite_population as finite_population
    from survey_analysis.effective_size import kish_effective_size as kish_effective_size
    from survey_analysis.effective_size import size_from_variance as size_from_variance
    from survey_analysis.effects import Aggregate as Aggregate
    from survey_analysis.effects import ClusterScores as ClusterScores
    from survey_analysis.effects import Decomposition as Decomposition
    from survey_analysis.effects import Difference as Difference
    from survey_analysis.effects import EventMonth as EventMonth
    from survey_analysis.effects import EventStudy as EventStudy
    from survey_analysis.effects import Evidence as Evidence
    from survey_analysis.effects import GroupTime as GroupTime
    from survey_analysis.effects import Naive as Naive
    from survey_analysis.effects import OfficerMonths as OfficerMonths
    from survey_analysis.effects import Randomisation as Randomisation
    from survey_analysis.effects import SeriesChange as SeriesChange
    from survey_analysis.effects import Staggered as Staggered
    from survey_analysis.effects import TrainingEffect as TrainingEffect
    from survey_analysis.effects import TrainingRules as TrainingRules
    from survey_analysis.effects import TwoWay as TwoWay
    from survey_analysis.effects import Verdict as Verdict
    from survey_analysis.effects import WavePlan as WavePlan
    from survey_analysis.effects import WildBootstrap as WildBootstrap
    from survey_analysis.effects import baseline_adjusted as baseline_adjusted
    from survey_analysis.effects import change_variance as change_variance
    from survey_analysis.effects import cluster_scores as cluster_scores
    from survey_analysis.effects import decompose as decompose
    from survey_analysis.effects import evaluate_training as evaluate_training
    from survey_analysis.effects import event_study as event_study
    from survey_analysis.effects import exchange_labels as exchange_labels
    from survey_analysis.effects import expected_return as expected_return
    from survey_analysis.effects import expected_return_at_cut as expected_return_at_cut
    from survey_analysis.effects import four_cells as four_cells
    from survey_analysis.effects import group_time_effects as group_time_effects
    from survey_analysis.effects import interrupted_series as interrupted_series
    from survey_analysis.effects import joint_test as joint_test
    from survey_analysis.effects import judge_effect as judge_effect
    from survey_analysis.effects import mean_difference as mean_difference
    from survey_analysis.effects import minimum_detectable_effect as minimum_detectable_effect
    from survey_analysis.effects import officer_months as officer_months
    from survey_analysis.effects import plan_waves as plan_waves
    from survey_analysis.effects import randomisation_test as randomisation_test
    from survey_analysis.effects import ratings_wanted as ratings_wanted
    from survey_analysis.effects import sign_flip as sign_flip
    from survey_analysis.effects import two_way as two_way
    from survey_analysis.effects import wild_cluster_bootstrap as wild_cluster_bootstrap
    from survey_analysis.errors import AnalysisError as AnalysisError
    from survey_analysis.errors import EmptyMarginError as EmptyMarginError
    from survey_analysis.errors import InvalidCountsError as InvalidCountsError
    from survey_analysis.errors import InvalidWeightsError as InvalidWeightsError
    from survey_analysis.errors import LatticeError as LatticeError
    from survey_analysis.errors import LedgerConflictError as LedgerConflictError
    from survey_analysis.errors import MissingIdentifierError as MissingIdentifierError
    from survey_analysis.errors import NotConvergedError as NotConvergedError
    from survey_analysis.errors import NotEstimableError as NotEstimableError
    from survey_analysis.errors import TooFewClustersError as TooFewClustersError
    from survey_analysis.funnel import Dispersion as Dispersion
    from survey_analysis.funnel import Limits as Limits
    from survey_analysis.funnel import Transformed as Transformed
    from survey_analysis.funnel import funnel_approximate as funnel_approximate
    from survey_analysis.funnel import funnel_exact as funnel_exact
    from survey_analysis.funnel import funnel_overdispersed as funnel_overdispersed
    from survey_analysis.funnel import funnel_poisson as funnel_poisson
    from survey_analysis.funnel import outside as outside
    from survey_analysis.funnel import overdispersion as overdispersion
    from survey_analysis.funnel import stabilise as stabilise
    from survey_analysis.heterogeneity import Heterogeneity as Heterogeneity
    from survey_analysis.heterogeneity import dersimonian_laird as dersimonian_laird
    from survey_analysis.heterogeneity import paule_mandel as paule_mandel
    from survey_analysis.hierarchical import HierarchicalShares as HierarchicalShares
    from survey_analysis.hierarchical import gamma_precision as gamma_precision
    from survey_analysis.hierarchical import half_normal as half_normal
    from survey_analysis.hierarchical import hierarchical_logit as hierarchical_logit
    from survey_analysis.integrity import bursts as bursts
    from survey_analysis.integrity import closing_time as closing_time
    from survey_analysis.integrity import expected_levels as expected_levels
    from survey_analysis.integrity import hypergeometric_upper as hypergeometric_upper
    from survey_analysis.integrity import latencies as latencies
    from survey_analysis.integrity import longest_run as longest_run
    from survey_analysis.integrity import noncentral_lower as noncentral_lower
    from survey_analysis.integrity import run_probability as run_probability
    from survey_analysis.integrity import selective_invitation as selective_invitation
    from survey_analysis.integrity import self_ratings as self_ratings
    from survey_analysis.integrity import streaks as streaks
    from survey_analysis.integrity import variation as variation
    from survey_analysis.intervals import agresti_coull as agresti_coull
    from survey_analysis.intervals import clopper_pearson as clopper_pearson
    from survey_analysis.intervals import jeffreys as jeffreys
    from survey_analysis.intervals import korn_graubard as korn_graubard
    from survey_analysis.intervals import newcombe as newcombe
    from survey_analysis.intervals import normal_quantile as normal_quantile
    from survey_analysis.intervals import wilson as wilson
    from survey_analysis.intervals import wilson_corrected as wilson_corrected
    from survey_analysis.multiplicity import benjamini_hochberg as benjamini_hochberg
    from survey_analysis.multiplicity import bh_rejected as bh_rejected
    from survey_analysis.multiplicity import bonferroni as bonferroni
    from survey_analysis.officers import Cells as Cells
    from survey_analysis.officers import OfficerTable as OfficerTable
    from survey_analysis.officers import RankColumns as RankColumns
    from survey_analysis.officers import officer_table as officer_table
    from survey_analysis.official import Band as Band
    from survey_analysis.official import CriterionScore as CriterionScore
    from survey_analysis.official import FormTotal as FormTotal
    from survey_analysis.official import OfficialScore as OfficialScore
    from survey_analysis.official import RuleSet as RuleSet
    from survey_analysis.official import official_rule_sets as official_rule_sets
    from survey_analysis.official import rule_set as rule_set
    from survey_analysis.official import rules_in_force as rules_in_force
    from survey_analysis.official import score_criterion as score_criterion
    from survey_analysis.official import score_period as score_period
    from survey_analysis.official import total_form as total_form
    from survey_analysis.ranks import RankIntervals as RankIntervals
    from survey_analysis.ranks import pairwise_half_width as pairwise_half_width
    from survey_analysis.ranks import rank_draws as rank_draws
    from survey_analysis.ranks import rank_normal as rank_normal
    from survey_analysis.ranks import rank_shares as rank_shares
    from survey_analysis.reliability import MeanSquares as MeanSquares
    from survey_analysis.reliability import icc_oneway as icc_oneway
    from survey_analysis.reliability import ratings_for as ratings_for
    from survey_analysis.reliability import shrout_fleiss as shrout_fleiss
    from survey_analysis.reliability import spearman_brown as spearman_brown
    from survey_analysis.reliability import still_needed as still_needed
    from survey_analysis.reliability import unit_reliability as unit_reliability
    from survey_analysis.replicates import Jackknife as Jackknife
    from survey_analysis.replicates import jackknife as jackknife
    from survey_analysis.results import Interval as Interval
    from survey_analysis.results import Satisfaction as Satisfaction
    from survey_analysis.satisfaction import dissatisfied_share as dissatisfied_share
    from survey_analysis.satisfaction import mean_level as mean_level
    from survey_analysis.satisfaction import net_share as net_share
    from survey_analysis.satisfaction import summarise as summarise
    from survey_analysis.scale_intervals import dirichlet_mean as dirichlet_mean
    from survey_analysis.scale_intervals import dirichlet_moments as dirichlet_moments
    from survey_analysis.scale_intervals import net_satisfaction as net_satisfaction
    from survey_analysis.shrinkage import BetaGrid as BetaGrid
    from survey_analysis.shrinkage import BetaPrior as BetaPrior
    from survey_analysis.shrinkage import Shrunken as Shrunken
    from survey_analysis.shrinkage import beta_binomial as beta_binomial
    from survey_analysis.shrinkage import beta_binomial_grid as beta_binomial_grid
    from survey_analysis.shrinkage import beta_moments as beta_moments
    from survey_analysis.shrinkage import fit_beta_binomial as fit_beta_binomial
    from survey_analysis.shrinkage import james_stein as james_stein
    from survey_analysis.shrinkage import normal_normal as normal_normal
    from survey_analysis.sipas import FACTORS as FACTORS
    from survey_analysis.sipas import FactorIndex as FactorIndex
    from survey_analysis.sipas import SipasLike as SipasLike
    from survey_analysis.sipas import sipas_like as sipas_like
    from survey_analysis.weighted import WeightedInterval as WeightedInterval
    from survey_analysis.weighted import weighted_difference as weighted_difference
    from survey_analysis.weighted import weighted_levels as weighted_levels
    from survey_analysis.weighted import weighted_mean as weighted_mean
    from survey_analysis.weighted import weighted_net as weighted_net
    from survey_analysis.weighted import weighted_share as weighted_share
    from survey_analysis.weights import PostStratified as PostStratified
    from survey_analysis.weights import Raked as Raked
    from survey_analysis.weights import WeightReport as WeightReport
    from survey_analysis.weights import post_stratify as post_stratify
    from survey_analysis.weights import rake as rake
    from survey_analysis.weights import rake_and_trim as rake_and_trim
    from survey_analysis.weights import raked_mean as raked_mean
    from survey_analysis.weights import report_weights as report_weights
    from survey_analysis.weights import trim as trim

_EXPORTS = {
    "casemix": (
        "AdjustedMeans", "Ratios", "Standardised", "adjusted_means", "expected_count",
        "indirect_standardisation", "standardised_ratio",
    ),
    "change.alerts": ("Alert", "Budget", "alerts_of", "budget", "one_per_fortnight"),
    "change.bernoulli": (
        "CaseMix", "RiskAdjustedCusum", "bernoulli_arl", "case_mix", "guaranteed_threshold",
        "risk_adjusted_cusum", "threshold_for",
    ),
    "change.breaks": ("Break", "binomial_break", "optimal_breaks", "single_break"),
    "change.control": ("ControlChart", "Rebase", "p_chart", "p_prime_chart", "xmr_chart"),
    "change.nhs_rules": ("Signals", "assurance", "nhs_signals"),
    "change.runs": ("RunsTest", "runs_test"),
    "change.season": ("BinomialFit", "Design", "calendar_design", "fit_binomial", "tet_terms"),
    "change.shewhart": ("RunsRule", "shewhart_arl"),
    "change.tabular": (
        "Ewma", "TabularCusum", "cusum_arl", "cusum_threshold", "ewma", "ewma_arl", "ewma_limit",
        "tabular_cusum",
    ),
    "cluster_robust": ("LeastSquares", "least_squares"),
    "comparison": ("Comparison", "OfficerCounts", "compare"),
    "connectivity": ("Connectivity", "check_connectivity", "component_families"),
    "coverage": (
        "Coverage", "RankingSurvival", "Representativeness", "fit_logistic", "indicator_columns",
        "ranking_survival", "representativeness", "worst_case_bounds",
    ),
    "defaults": ("DEFAULTS", "Defaults"),
    "disclosure.audit": ("Bounds", "attack"),
    "disclosure.blocks": ("Block", "BlockSuppression", "Pattern", "disclosing", "suppress_block"),
    "disclosure.lattice": (
        "Cell", "CellKey", "Lattice", "Relation", "build_lattice", "quarter_of", "table_lattice",
        "week_of",
    ),
    "disclosure.ledger": ("Decision", "Ledger"),
    "disclosure.primary": (
        "comments_shown", "difference_allowed", "discloses", "house", "least_count", "may_refresh",
        "single_level",
    ),
    "disclosure.rounding": ("PublicFigure", "public_count", "public_figure", "public_percent"),
    "disclosure.row": ("complement",),
    "disclosure.sums": ("Sums", "Units", "sums_shown"),
    "disclosure.suppression": ("Suppression", "suppress"),
    "disclosure.weeks": ("suppress_weeks",),
    "effective_size": (
        "clustered_size", "finite_population", "kish_effective_size", "size_from_variance",
    ),
    "effects": (
        "Aggregate", "ClusterScores", "Decomposition", "Difference", "EventMonth", "EventStudy",
        "Evidence", "GroupTime", "Naive", "OfficerMonths", "Randomisation", "SeriesChange",
        "Staggered", "TrainingEffect", "TrainingRules", "TwoWay", "Verdict", "WavePlan",
        "WildBootstrap", "baseline_adjusted", "change_variance", "cluster_scores", "decompose",
        "evaluate_training", "event_study", "exchange_labels", "expected_return",
        "expected_return_at_cut", "four_cells", "group_time_effects", "interrupted_series",
        "joint_test", "judge_effect", "mean_difference", "minimum_detectable_effect",
        "officer_months", "plan_waves", "randomisation_test", "ratings_wanted", "sign_flip",
        "two_way", "wild_cluster_bootstrap",
    ),
    "errors": (
        "AnalysisError", "EmptyMarginError", "InvalidCountsError", "InvalidWeightsError",
        "LatticeError", "LedgerConflictError", "MissingIdentifierError", "NotConvergedError",
        "NotEstimableError", "TooFewClustersError",
    ),
    "funnel": (
        "Dispersion", "Limits", "Transformed", "funnel_approximate", "funnel_exact",
        "funnel_overdispersed", "funnel_poisson", "outside", "overdispersion", "stabilise",
    ),
    "heterogeneity": ("Heterogeneity", "dersimonian_laird", "paule_mandel"),
    "hierarchical": ("HierarchicalShares", "gamma_precision", "half_normal", "hierarchical_logit"),
    "integrity": (
        "bursts", "closing_time", "expected_levels", "hypergeometric_upper", "latencies",
        "longest_run", "noncentral_lower", "run_probability", "selective_invitation",
        "self_ratings", "streaks", "variation",
    ),
    "intervals": (
        "agresti_coull", "clopper_pearson", "jeffreys", "korn_graubard", "newcombe",
        "normal_quantile", "wilson", "wilson_corrected",
    ),
    "multiplicity": ("benjamini_hochberg", "bh_rejected", "bonferroni"),
    "officers": ("Cells", "OfficerTable", "RankColumns", "officer_table"),
    "official": (
        "Band", "CriterionScore", "FormTotal", "OfficialScore", "RuleSet", "official_rule_sets",
        "rule_set", "rules_in_force", "score_criterion", "score_period", "total_form",
    ),
    "ranks": ("RankIntervals", "pairwise_half_width", "rank_draws", "rank_normal", "rank_shares"),
    "reliability": (
        "MeanSquares", "icc_oneway", "ratings_for", "shrout_fleiss", "spearman_brown",
        "still_needed", "unit_reliability",
    ),
    "replicates": ("Jackknife", "jackknife"),
    "results": ("Interval", "Satisfaction"),
    "satisfaction": ("dissatisfied_share", "mean_level", "net_share", "summarise"),
    "scale_intervals": ("dirichlet_mean", "dirichlet_moments", "net_satisfaction"),
    "shrinkage": (
        "BetaGrid", "BetaPrior", "Shrunken", "beta_binomial", "beta_binomial_grid", "beta_moments",
        "fit_beta_binomial", "james_stein", "normal_normal",
    ),
    "sipas": ("FACTORS", "FactorIndex", "SipasLike", "sipas_like"),
    "weighted": (
        "WeightedInterval", "weighted_difference", "weighted_levels", "weighted_mean",
        "weighted_net", "weighted_share",
    ),
    "weights": (
        "PostStratified", "Raked", "WeightReport", "post_stratify", "rake", "rake_and_trim",
        "raked_mean", "report_weights", "trim",
    ),
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

"""Published values of fair comparison; each case names its source."""

from __future__ import annotations

import numpy as np
import pytest

from survey_analysis import (
    benjamini_hochberg,
    beta_binomial,
    beta_binomial_grid,
    beta_moments,
    bh_rejected,
    bonferroni,
    dersimonian_laird,
    expected_count,
    fit_beta_binomial,
    funnel_approximate,
    funnel_poisson,
    gamma_precision,
    hierarchical_logit,
    james_stein,
    overdispersion,
    pairwise_half_width,
    paule_mandel,
    rank_draws,
    rank_shares,
    ratings_for,
    shrout_fleiss,
    spearman_brown,
    stabilise,
    standardised_ratio,
)
from survey_analysis.funnel import Z998
from tests.unit.survey_analysis.reference_cases import case

SURGICAL_DEATHS = [0, 18, 8, 46, 8, 13, 9, 31, 14, 8, 29, 24]
SURGICAL_OPERATIONS = [47, 148, 119, 810, 211, 196, 148, 215, 207, 97, 256, 360]


def test_funnel_of_a_proportion() -> None:
    """PHEindicatormethods 2.1.0, testdata_funnel_prop_outputs.csv."""
    found = case("funnel_phe_proportion")
    target, n = found.inputs["target_pct"] / 100, found.inputs["n"]
    near, far = funnel_approximate(target, n), funnel_approximate(target, n, Z998)
    columns = 100 * np.stack([near.low, near.high, far.low, far.high], axis=1)
    assert columns == pytest.approx(np.array(found.expected), abs=found.tolerance)


def test_funnel_of_counts() -> None:
    """FunnelPlotR 0.6.0, test-poisson_limits.R."""
    found = case("funnel_poisson_limits")
    near = funnel_poisson(found.inputs["expected_events"])
    far = funnel_poisson(found.inputs["expected_events"], Z998)
    for name, line in (("ll95", near.low), ("ul95", near.high), ("ll998", far.low),
                       ("ul998", far.high)):
        assert line == pytest.approx(np.array(found.expected[name]), abs=found.tolerance)


def test_over_dispersion_of_log_ratios() -> None:
    """FunnelPlotR 0.6.0, test-classes_methods.R (SHMI: log ratio, truncation)."""
    found = case("funnel_phi_shmi")
    on_log = stabilise(found.inputs["observed"], found.inputs["expected"], "log")
    phi = overdispersion(on_log.z, on_log.s, method="truncate").phi
    assert phi == pytest.approx(found.expected["phi"], abs=found.tolerance)


def test_indirect_standardisation() -> None:
    """PHEindicatormethods 2.1.0, testdata_DSR_ISR.xlsx."""
    found = case("indirect_standardisation_phe")
    rows = found.rows()
    pop, count, base = (
        [float(row[c]) for row in rows] for c in ("pop", "refcount", "refpop")
    )
    expected = expected_count(pop, count, base)
    assert expected == pytest.approx(found.expected["expected"], abs=found.tolerance)
    ratio = standardised_ratio([895, 91, 9], [expected] * 3)
    columns = np.stack([ratio.ratio, ratio.low, ratio.high], axis=1)
    assert columns == pytest.approx(np.array(found.expected["smr"]), abs=found.tolerance)


def test_rank_intervals_of_the_independent_model() -> None:
    """MultiBUGS, Examples/Surgical: all twelve rows."""
    found = case("league_surgical_rank_intervals")
    ranks = rank_shares(found.inputs["r"], found.inputs["n"])
    columns = np.stack([ranks.low, ranks.median, ranks.high], axis=1)
    assert columns.tolist() == found.expected


def test_random_effects_of_the_surgical_hospitals() -> None:
    """MultiBUGS, Examples/Surgical, random effects model: means, medians, limits.

    The published digits are of 20,000 Gibbs draws with an effective size near 7,000.
    """
    published = np.array([
        [0.05298, 0.05224, 0.01785, 0.09385], [0.1031, 0.1007, 0.06719, 0.1511],
        [0.07048, 0.06921, 0.03968, 0.109], [0.05918, 0.05892, 0.04444, 0.07532],
        [0.05152, 0.05083, 0.02742, 0.07889], [0.06895, 0.06804, 0.04248, 0.1004],
        [0.0668, 0.0657, 0.0386, 0.1017], [0.1231, 0.1218, 0.08342, 0.1703],
        [0.0698, 0.06891, 0.04407, 0.1007], [0.0784, 0.07658, 0.04463, 0.1225],
        [0.1023, 0.101, 0.07186, 0.1403], [0.06838, 0.06786, 0.04695, 0.09286],
    ])
    found = hierarchical_logit(
        SURGICAL_DEATHS, SURGICAL_OPERATIONS, sigma_prior=gamma_precision()
    )
    assert found.mean == pytest.approx(published[:, 0], abs=4e-4)
    assert found.median == pytest.approx(published[:, 1], abs=5e-4)
    limits = np.stack([found.low, found.high], axis=1)
    assert limits == pytest.approx(published[:, 2:], abs=1.2e-3)
    medians = rank_draws(found.draws).median
    assert medians.tolist() == [2, 10, 6, 4, 2, 6, 5, 12, 6, 8, 10, 6]


def test_rat_tumours() -> None:
    """Gelman et al., Bayesian Data Analysis ch. 5; Tarone 1982."""
    found = case("shrink_bda_rat_tumours")
    history = np.array(found.inputs["y_n_70_historical"])
    shares = history[:, 0] / history[:, 1]
    expected, tolerance = found.expected, found.tolerance
    assert shares.mean() == pytest.approx(expected["mean"], abs=tolerance)
    assert shares.std(ddof=1) == pytest.approx(expected["sd"], abs=tolerance)
    prior = beta_moments(history[:, 0], history[:, 1])
    assert (prior.a, prior.b) == pytest.approx((1.3561, 8.6151), abs=1e-4)
    current = beta_binomial([4], [14], prior)
    assert current.estimate[0] == pytest.approx(expected["post_mean"], abs=tolerance)
    assert current.sd[0] == pytest.approx(expected["post_sd"], abs=tolerance)
    every = np.vstack([history, found.inputs["current"]])
    grid = beta_binomial_grid(
        every[:, 0], every[:, 1], log_odds=(-2.5, -1), log_size=(1, 5.5), draws=100
    )
    assert (grid.a, grid.b) == pytest.approx((2.4, 14.3), abs=0.05)
    likely = fit_beta_binomial(every[:, 0], every[:, 1])
    assert (likely.a, likely.b) == pytest.approx((2.342, 14.115), abs=5e-4)


def test_baseball() -> None:
    """Efron and Morris 1977, Scientific American."""
    found = case("shrink_efron_morris_1977")
    n = found.inputs["at_bats"]
    averages = np.array(found.inputs["hits"]) / n
    mean = averages.mean()
    shrunken, c = james_stein(averages, mean * (1 - mean) / n)
    assert mean == pytest.approx(found.expected["grand_mean"], abs=found.tolerance)
    assert c == pytest.approx(found.expected["c"], abs=found.tolerance)
    assert shrunken[0] == pytest.approx(found.expected["clemente"], abs=found.tolerance)
    assert shrunken[-2:] == pytest.approx(found.expected["munson_8_alvis_7"], abs=found.tolerance)


def test_variance_between_the_bcg_trials() -> None:
    """Colditz et al. 1994 as in Viechtbauer 2010, J. Stat. Softw. 36(3): τ² of log risk ratios."""
    table = np.array([
        (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13536, 248, 12619),
        (33, 5036, 47, 5761), (180, 1361, 372, 1079), (8, 2537, 10, 619),
        (505, 87886, 499, 87892), (29, 7470, 45, 7232), (17, 1699, 65, 1600),
        (186, 50448, 141, 27197), (5, 2493, 3, 2338), (27, 16886, 29, 17825),
    ], dtype=float)
    a, b, c, d = table.T
    effect = np.log(a / (a + b)) - np.log(c / (c + d))
    variance = 1 / a - 1 / (a + b) + 1 / c - 1 / (c + d)
    laird, mandel = dersimonian_laird(effect, variance), paule_mandel(effect, variance)
    assert laird.tau2 == pytest.approx(0.3088, abs=5e-5)
    assert mandel.tau2 == pytest.approx(0.3181, abs=5e-5)
    assert (laird.q, laird.i2) == pytest.approx((152.233, 0.9212), abs=5e-4)


def test_intraclass_correlations() -> None:
    """Shrout and Fleiss 1979, Psychol. Bull. 86:420–428."""
    found = case("reliability_shrout_fleiss")
    squares = shrout_fleiss(found.inputs["ratings"])
    names = {"BMS": "between", "WMS": "within", "JMS": "judges", "EMS": "error"}
    for name, value in found.expected.items():
        if name != "spearman_brown_of_icc11":
            mine = getattr(squares, names.get(name, name))
            assert mine == pytest.approx(value, abs=found.tolerance), name
    assert spearman_brown(squares.icc11, 4) == pytest.approx(
        found.expected["spearman_brown_of_icc11"], abs=found.tolerance
    )


@pytest.mark.parametrize(
    ("icc", "wanted"),
    [(0.005, (465, 797, 1792)), (0.01, (231, 397, 892)), (0.02, (115, 197, 442)),
     (0.03, (76, 130, 292)), (0.05, (45, 77, 171)), (0.1, (21, 37, 82))],
)
def test_ratings_for_a_reliability(icc: float, wanted: tuple[int, ...]) -> None:
    """Spearman–Brown turned round: n = R(1−ρ)/((1−R)ρ).

    Where that is a whole number the table mostly names the next one (397 for 396.0); the smallest
    number that is enough is what counts.
    """
    for r, table in zip((0.7, 0.8, 0.9), wanted, strict=True):
        n = ratings_for(r, icc)
        assert n is not None
        assert n in (table, table - 1)
        assert spearman_brown(icc, n) >= r - 1e-12
        assert spearman_brown(icc, n - 1) < r


def test_benjamini_and_hochberg_s_example() -> None:
    """Benjamini and Hochberg 1995, section 4."""
    found = case("multiplicity_bh1995")
    p, q = found.inputs["p"], found.inputs["q"]
    assert bh_rejected(p, q).sum() == found.expected["bh_rejected"]
    assert (benjamini_hochberg(p) <= q).sum() == found.expected["bh_rejected"]
    assert (bonferroni(p) <= q).sum() == found.expected["bonferroni_rejected"]


def test_intervals_for_pairwise_reading() -> None:
    """Goldstein and Healy 1995: 1.39 standard errors where these are equal."""
    assert pairwise_half_width([2.0] * 5) == pytest.approx(2 * 1.386, abs=1e-3)

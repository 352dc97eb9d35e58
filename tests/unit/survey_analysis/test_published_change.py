"""Published values of change detection; each case names its source."""

from __future__ import annotations

import numpy as np
import pytest

from survey_analysis import (
    cusum_arl,
    cusum_threshold,
    ewma_arl,
    ewma_limit,
    optimal_breaks,
    p_chart,
    p_prime_chart,
    shewhart_arl,
    single_break,
    tabular_cusum,
    xmr_chart,
)
from survey_analysis.change import nhs_rules, shewhart
from survey_analysis.change.bernoulli import scores
from survey_analysis.change.control import EXACT_FACTOR
from tests.unit.survey_analysis.reference_cases import case

NILE = [
    1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960, 1180,
    799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694, 940, 833,
    701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764, 821, 768, 845,
    864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822, 1010, 771, 676, 649,
    846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050, 918, 986, 797, 923, 975, 815,
    1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
]


def test_tabular_cusum() -> None:
    """Montgomery, Table 9.2."""
    found = case("cusum_montgomery_9_1")
    path = tabular_cusum(
        found.inputs["x"], target=found.inputs["mu0"], k=found.inputs["K"], h=found.inputs["H"]
    )
    assert path.plus == pytest.approx(np.array(found.expected["c_plus"]), abs=1e-9)
    assert path.minus == pytest.approx(np.array(found.expected["c_minus"]), abs=1e-9)
    assert path.first is not None
    assert path.first + 1 == found.expected["first_signal"]
    assert path.change == 22


def test_run_lengths_of_the_tabular_cusum() -> None:
    """Montgomery, Table 9.3 (Lucas and Crosier 1982)."""
    found = case("cusum_arl_montgomery")
    for h in found.inputs["h"]:
        mine = [cusum_arl(h, k=found.inputs["k"], shift=s) for s in found.inputs["shift"]]
        assert mine == pytest.approx(found.expected[f"h{h}"], abs=found.tolerance)
    assert cusum_threshold(370.0) == pytest.approx(4.77, abs=0.006)


def test_head_start() -> None:
    """Lucas and Crosier 1982, Table 1 as in Montgomery 9.1.5: h = 5, head start 2.5."""
    assert cusum_arl(5.0, headstart=2.5) == pytest.approx(430, abs=0.6)
    assert cusum_arl(5.0, headstart=2.5, shift=1.0) == pytest.approx(6.35, abs=0.006)


@pytest.mark.parametrize(
    ("weight", "limit", "arl"), [(0.1, 2.814, 500.0), (0.2, 2.962, 500.0), (0.25, 2.998, 500.0),
                                 (0.05, 2.615, 500.0), (0.4, 3.054, 500.0)],
)
def test_run_lengths_of_the_ewma(weight: float, limit: float, arl: float) -> None:
    """Lucas and Saccucci 1990, Table 3 (Montgomery, Table 9.11)."""
    assert ewma_arl(weight, limit) == pytest.approx(arl, rel=0.004)
    assert ewma_limit(arl, weight) == pytest.approx(limit, abs=0.002)


def test_a_shift_is_found_by_the_ewma() -> None:
    """Lucas and Saccucci 1990, Table 3: λ = .1, L = 2.814, shifts of .5, 1 and 2 σ."""
    assert [ewma_arl(0.1, 2.814, shift=s) for s in (0.5, 1.0, 2.0)] == pytest.approx(
        [31.3, 10.3, 4.36], abs=0.06
    )


def test_run_lengths_of_runs_rules() -> None:
    """Champ and Woodall 1987, Table 1."""
    one, two, four, eight = (
        shewhart.BEYOND_3, shewhart.TWO_OF_THREE, shewhart.FOUR_OF_FIVE, shewhart.RUN_OF_EIGHT
    )
    mine = [shewhart_arl(*r) for r in ((one,), (one, two), (one, eight), (one, two, eight),
                                       (one, two, four, eight))]
    assert mine == pytest.approx([370.40, 225.44, 152.73, 122.05, 91.75], abs=0.006)
    assert shewhart_arl(one, shift=1.0) == pytest.approx(43.89, abs=0.006)


def test_p_chart() -> None:
    """Montgomery, Example 7.1; revised limits without samples 15 and 23."""
    found = case("spc_p_chart_montgomery_7_1")
    count = found.inputs["count"]
    n = [found.inputs["n"]] * len(count)
    left_out = [i - 1 for i in found.inputs["exclude_1based"]]
    for name, exclude in (("trial", []), ("revised", left_out)):
        chart = p_chart(count, n, exclude=exclude)
        mine = (chart.centre[0], chart.high[0], chart.low[0])
        assert mine == pytest.approx(found.expected[name], abs=found.tolerance)
    assert np.flatnonzero(p_chart(count, n).outside).tolist() == left_out


def test_laney_s_chart() -> None:
    """Mohammed et al. 2013: nearly all points outside on p, none on p′."""
    found = case("spc_laney_pprime_nhs")
    r, n, expected = found.inputs["r"], found.inputs["n"], found.expected
    plain, prime = p_chart(r, n), p_prime_chart(r, n)
    assert plain.outside.sum() == expected["p_chart_points_outside"]
    assert prime.outside.sum() == expected["pprime_points_outside"]
    assert prime.centre[0] == pytest.approx(expected["pbar"], abs=5e-5)
    assert prime.dispersion[0] == pytest.approx(expected["sigma_z"], abs=5e-5)
    assert (prime.low[0], prime.high[0]) == pytest.approx(
        (expected["first_lcl"], expected["first_ucl"]), abs=5e-6
    )


def test_chart_of_single_values() -> None:
    """NIST/SEMATECH e-Handbook 6.3.2.2."""
    found = case("spc_xmr_nist")
    chart = xmr_chart(found.inputs["x"], screened=False, factor=EXACT_FACTOR)
    mine = (chart.centre[0], chart.dispersion[0], chart.high[0], chart.low[0])
    expected = found.expected
    assert mine == pytest.approx(
        (expected["mean"], expected["mrbar"], expected["ucl"], expected["lcl"]),
        abs=found.tolerance,
    )


def test_rules_of_the_nhs() -> None:
    """NHSRplotthedots 0.2.2, test-ptd_calculate_point_type.R."""
    found = case("spc_nhs_rules")
    given, expected = found.inputs, found.expected
    mine = [nhs_rules.seven_one_side(v).tolist() for v in given["one_side"]]
    assert mine == expected["one_side"]
    assert [nhs_rules.seven_point_trend(v).tolist() for v in given["trend"]] == expected["trend"]
    assert [nhs_rules.part_of_seven(v).tolist() for v in given["part_of_seven"]] == expected["part"]
    pairs = zip(given["two_in_three_close"], given["two_in_three_side"], strict=True)
    assert [nhs_rules.two_in_three(c, s).tolist() for c, s in pairs] == expected["two"]
    close, side = given["two_in_three_opposite"]
    assert nhs_rules.two_in_three(close, side).tolist() == expected["opp"]


def test_risk_adjusted_scores() -> None:
    """Steiner et al. 2000; digits asserted in vlad 0.2.2, test-llr_score.R (rounded there)."""
    found = case("racusum_scores_steiner")
    eta = -3.68 + 0.077 * np.array(found.inputs["score"])
    p = 1 / (1 + np.exp(-eta))
    for ratio, name in zip(found.inputs["RA"], ("RA2", "RA_half"), strict=True):
        mine = scores(found.inputs["y"], p, ratio).round(3)
        assert mine == pytest.approx(np.array(found.expected[name]), abs=found.tolerance)
    one = 1 / (1 + np.exp(3.67 - 0.077 * 19))  # Rigdon and Fricker p. 226 round to −3.67
    assert scores([0], [one], 0.5)[0].round(5) == pytest.approx(
        found.expected["rigdon_19_0_half"], abs=found.tolerance
    )


def test_the_nile() -> None:
    """Cobb 1978, Biometrika 65:243–251: one break after 1898; levels 1097.75 and 849.97."""
    found = single_break(NILE, permutations=199)
    assert 1871 + found.at == 1899
    assert (found.before, found.after) == pytest.approx((1097.75, 849.97), abs=0.005)
    assert found.supported
    assert found.p_value == pytest.approx(0.005)
    assert 1871 + found.low <= 1899 <= 1871 + found.high
    assert optimal_breaks(NILE) == [28]

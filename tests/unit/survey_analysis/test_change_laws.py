"""Laws of change detection: sums ≥ 0, run lengths grow, invariances, errors by name."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey_analysis import (
    InvalidCountsError,
    NotConvergedError,
    NotEstimableError,
    Rebase,
    alerts_of,
    assurance,
    bernoulli_arl,
    binomial_break,
    budget,
    calendar_design,
    case_mix,
    cusum_arl,
    fit_binomial,
    guaranteed_threshold,
    nhs_signals,
    one_per_fortnight,
    p_chart,
    p_prime_chart,
    risk_adjusted_cusum,
    runs_test,
    single_break,
    tabular_cusum,
    tet_terms,
    threshold_for,
    xmr_chart,
)
from survey_analysis.change.season import lag_one, residuals, window

ratings = st.lists(st.tuples(st.integers(0, 1), st.floats(0.01, 0.6)), min_size=1, max_size=120)


@given(ratings, st.sampled_from([2.0, 0.5]), st.floats(0.3, 4))
@settings(deadline=None)
def test_sums_are_never_negative_and_alarms_lie_above_the_threshold(
    rated: list[tuple[int, float]], ratio: float, h: float
) -> None:
    y, p = zip(*rated, strict=True)
    found = risk_adjusted_cusum(y, p, h, ratio)
    assert (found.path >= 0).all()
    assert (found.path[found.alarms] > h).all()
    assert set(np.flatnonzero(found.path > h)) == set(found.alarms.tolist())
    assert (found.starts <= found.alarms).all()
    higher = risk_adjusted_cusum(y, p, h * 1.5, ratio)
    assert len(higher.alarms) <= len(found.alarms)


@given(st.lists(st.floats(-5, 5), min_size=1, max_size=60), st.floats(-3, 3), st.floats(0.5, 3))
@settings(deadline=None)
def test_tabular_sums_do_not_depend_on_the_unit(z: list[float], shift: float, scale: float) -> None:
    plain = tabular_cusum(z)
    moved = tabular_cusum(np.array(z) * scale + shift, target=shift, sigma=scale)
    assert (plain.plus >= 0).all()
    assert (plain.minus >= 0).all()
    assert plain.plus == pytest.approx(moved.plus, abs=1e-9)
    mirrored = tabular_cusum(-np.array(z))
    assert mirrored.minus.tolist() == plain.plus.tolist()


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=3, max_size=30))
@settings(deadline=None)
def test_charts_keep_their_centre_inside_their_limits(rows: list[tuple[int, int]]) -> None:
    n = np.array([a + b for a, b in rows])
    x = np.array([a for a, _ in rows])
    if n.sum() == 0:
        with pytest.raises(NotEstimableError, match="baseline"):
            p_chart(x, n)
        return
    for chart in (p_chart(x, n), p_prime_chart(x, n), p_prime_chart(x, n, refuse_under_dispersion=True)):
        for line in (chart.value, chart.low, chart.high, chart.centre, chart.sigma):
            assert np.isfinite(line).all()
        assert (chart.low <= chart.centre + 1e-12).all()
        assert (chart.centre <= chart.high + 1e-12).all()
        assert not chart.outside[chart.empty].any()
        signals = nhs_signals(chart)
        assert len(signals.kind) == len(rows)
        assert set(signals.meaning()) <= {"improvement", "concern", "common_cause"}


def test_limits_stay_frozen_when_points_are_added() -> None:
    x, n = [18, 17, 19, 16, 18, 17, 19, 18, 17, 18, 16, 19], [20] * 12
    before = p_chart(x, n, baseline=12)
    after = p_chart([*x, 5, 4], [*n, 20, 20], baseline=12)
    assert after.high[:12].tolist() == before.high.tolist()
    assert after.outside[-2:].all()
    assert after.trial == (False,)
    assert p_chart(x[:11], n[:11]).trial == (True,)


def test_a_new_baseline_needs_its_reason_and_its_order() -> None:
    values = [1.0, 2.0, 1.0, 2.0, 8.0, 9.0, 8.0, 9.0]
    chart = xmr_chart(values, rebase=[Rebase(4, "new questionnaire")])
    assert (chart.centre[0], chart.centre[-1]) == (1.5, 8.5)
    assert chart.reasons == ("new questionnaire",)
    with pytest.raises(InvalidCountsError, match="reason"):
        xmr_chart(values, rebase=[Rebase(4, " ")])
    with pytest.raises(InvalidCountsError, match="order"):
        xmr_chart(values, rebase=[Rebase(9, "late")])


def test_screening_drops_a_wild_moving_range_once() -> None:
    values = [1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 30.0, 1.0, 2.0, 1.0, 2.0, 1.0]
    raw, screened = xmr_chart(values, screened=False), xmr_chart(values)
    assert screened.dispersion[0] == 1.0
    assert raw.dispersion[0] > 4


def test_points_without_ratings_break_runs_and_never_signal() -> None:
    x, n = [20, 10, 20, 10] + [20] * 3 + [0] + [20] * 3, [20] * 7 + [0] + [20] * 3
    signals = nhs_signals(p_chart(x, n, baseline=4))
    assert not signals.one_side.any()
    assert signals.kind[7] == ""


def test_precedence_of_signals() -> None:
    rising = xmr_chart([5.0, 5.2, 4.8, 5.0, 5.1, 4.9, 5.0, 5.2, 5.4, 5.6, 5.8, 6.0, 6.2, 9.0],
                       baseline=7, screened=False)
    kind = nhs_signals(rising).kind
    assert kind[-1] == "a"
    assert "c" in kind
    near = xmr_chart([0.0, 2.0] * 6 + [5.0, 1.5, 5.0], baseline=12, screened=False)
    assert nhs_signals(near).kind[-3:] == ("d", "", "d")
    assert nhs_signals(near).meaning(higher_is_better=False)[-1] == "concern"


@pytest.mark.parametrize(
    ("target", "better", "said"),
    [(99.0, True, "consistently_miss"), (-99.0, True, "consistently_meet"),
     (99.0, False, "consistently_meet"), (5.5, True, "hit_and_miss")],
)
def test_assurance(target: float, better: bool, said: str) -> None:
    chart = xmr_chart([5.0, 6.0, 5.0, 6.0])
    assert assurance(chart, target, higher_is_better=better) == said


def test_run_lengths_grow_with_the_threshold_and_fall_with_the_change() -> None:
    mix = case_mix([0.05, 0.1, 0.2])
    lengths = [bernoulli_arl(h, mix) for h in (0.5, 1.0, 2.0, 3.0)]
    assert lengths == sorted(lengths)
    worse = case_mix([0.05, 0.1, 0.2], true=[0.1, 0.2, 0.35])
    assert bernoulli_arl(2.0, worse) < bernoulli_arl(2.0, mix) / 3
    assert bernoulli_arl(2.0, mix, headstart=1.0) < bernoulli_arl(2.0, mix)
    assert cusum_arl(5.0) < cusum_arl(5.5)
    assert guaranteed_threshold(500.0, mix, 200) > guaranteed_threshold(500.0, mix, 20_000)
    assert threshold_for(500.0, mix) < threshold_for(1000.0, mix)


def test_the_budget_is_shared_by_all_charts() -> None:
    small = budget([[0.08, 0.1, 0.12]] * 3, [200, 400, 800])
    assert small.arl0 == (200.0, 400.0, 800.0)
    assert small.worse[0] < small.worse[1] < small.worse[2]
    assert small.false_alarms == 6.0
    with pytest.raises(NotEstimableError, match="too few ratings"):
        budget([[0.1]], [2])


def test_an_alert_waits_for_ten_ratings_and_says_what_changed() -> None:
    y, p = [0] * 30 + [1] * 6 + [0, 1] * 6, [0.1] * 48
    found = alerts_of(y, p, 2.0, 50.0)
    assert found[0].worse
    assert (found[0].start, found[0].n, found[0].at) == (30, 10, 39)
    assert found[0].change == pytest.approx(found[0].share - 0.1)
    assert found[0].low < found[0].change < found[0].high
    assert found[0].severity >= 1
    assert alerts_of([0] * 3 + [1] * 6, [0.1] * 9, 2.0, 50.0) == ()
    better = alerts_of([0] * 60, [0.3] * 60, 50.0, 2.0)
    assert better
    assert not better[0].worse
    assert better[0].change < 0


def test_one_alert_a_unit_and_fortnight() -> None:
    assert one_per_fortnight([14, 0, 13], [2, 2, 2]).tolist() == [True, True, False]
    assert one_per_fortnight([], []).tolist() == []


def test_the_calendar_is_seen_and_taken_off() -> None:
    """Weekday, Tết and season are planted and come back; the residuals are white."""
    rng = np.random.default_rng(8)
    days = np.arange("2016-01-01", "2019-01-01", dtype="datetime64[D]")
    tet = ["2016-02-08", "2017-01-28", "2018-02-16"]
    monday = (days.astype(int) + 3) % 7 == 0
    angle = 2 * np.pi * days.astype(int) / 365.2425
    terms = tet_terms(days, tet)
    eta = 2 - 0.5 * monday - 0.8 * terms["before_tet"] + 0.4 * np.sin(angle)
    n = rng.poisson(60, len(days))
    x = rng.binomial(n, 1 / (1 + np.exp(-eta)))
    design = calendar_design(days, events=terms)
    assert design.seasonal
    found = fit_binomial(x, n, design.matrix)
    by_name = dict(zip(design.names, found.coefficients, strict=True))
    assert by_name["before_tet"] == pytest.approx(-0.8, abs=0.12)
    assert by_name["weekday_tue"] == pytest.approx(0.5, abs=0.1)
    assert by_name["sin_1"] == pytest.approx(0.4, abs=0.05)
    assert by_name["after_tet"] == pytest.approx(0.0, abs=0.2)
    z = residuals(x, n, found.expected)
    assert z.std() == pytest.approx(1, abs=0.06)
    assert abs(lag_one(z)) < 0.1
    assert found.predict(design.matrix) == pytest.approx(found.expected)


def test_under_two_years_there_are_no_season_terms() -> None:
    days = np.arange("2018-01-01", "2018-12-31", dtype="datetime64[D]")
    design = calendar_design(days, events={"never": np.zeros(len(days))})
    assert not design.seasonal
    assert not any(name.startswith(("sin", "cos", "never")) for name in design.names)
    assert window(days[:3], "2018-01-02").tolist() == [0, 1, 0]


def test_what_cannot_be_estimated_is_refused_by_name() -> None:
    with pytest.raises(NotEstimableError, match="points"):
        p_chart([], [])
    with pytest.raises(NotEstimableError, match="two points"):
        xmr_chart([1.0])
    with pytest.raises(NotEstimableError, match="median"):
        runs_test([1.0, 1.0, 1.0])
    with pytest.raises(NotEstimableError, match="does not vary"):
        single_break([2.0] * 8)
    with pytest.raises(NotEstimableError, match="all alike"):
        binomial_break([5, 5], [5, 5])
    with pytest.raises(InvalidCountsError, match="strictly"):
        risk_adjusted_cusum([1], [1.0], 2.0)
    with pytest.raises(InvalidCountsError, match="0 or 1"):
        risk_adjusted_cusum([2], [0.5], 2.0)
    with pytest.raises(InvalidCountsError, match="not 1"):
        risk_adjusted_cusum([1], [0.5], 2.0, 1.0)
    with pytest.raises(NotEstimableError, match="nothing or everything"):
        fit_binomial([0, 0], [5, 5], [[1.0], [1.0]])
    with pytest.raises(NotConvergedError, match="separates"):
        fit_binomial([0, 0, 9, 9], [9, 9, 9, 9], [[1, 0], [1, 0], [1, 1], [1, 1.0]])
    with pytest.raises(InvalidCountsError, match="value 1"):
        xmr_chart([1.0, math.nan, 2.0])
    assert xmr_chart([3.0, 3.0, 3.0]).outside.tolist() == [False] * 3

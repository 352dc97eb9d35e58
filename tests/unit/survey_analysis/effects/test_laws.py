"""Laws of the training effect: invariances, uniform p, and what happens at the edges."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from survey_analysis import effects
from survey_analysis.errors import AnalysisError, InvalidCountsError

shares = st.floats(0.05, 0.95)
FAST = effects.TrainingRules(draws=499)


def panel(
    residual: np.ndarray, weight: np.ndarray | None = None
) -> effects.OfficerMonths:
    """Officers × months of residuals as a panel."""
    officers, months = residual.shape
    w = np.full(residual.shape, 20.0) if weight is None else weight
    return effects.OfficerMonths(
        tuple(range(officers)), np.repeat(np.arange(officers), months),
        np.tile(np.arange(months), officers), residual.ravel(), w.ravel(), w.ravel(),
        np.full(residual.size, 0.005),
    )


points = st.integers(-50, 50).map(lambda v: v / 100)
tables = arrays(np.float64, (6, 5), elements=points)
weights = arrays(np.float64, (6, 5), elements=st.floats(1, 50))


@given(tables, weights, arrays(np.float64, (6, 1), elements=st.floats(-1, 1)),
       arrays(np.float64, (1, 5), elements=st.floats(-1, 1)))
def test_shifts_of_officers_and_months_change_nothing(table, weight, officer, month) -> None:
    plain = effects.two_way(panel(table, weight), [0, 1, 2], 3)
    moved = effects.two_way(panel(table + officer + month, weight), [0, 1, 2], 3)
    assert moved.effect == pytest.approx(plain.effect, abs=1e-8)
    assert moved.fit("CR2").standard_errors[0] == pytest.approx(
        plain.fit("CR2").standard_errors[0], abs=1e-8
    )


@given(tables, st.floats(-0.4, 0.4))
def test_an_added_effect_is_found_whole(table, size) -> None:
    plain = effects.two_way(panel(table), [0, 1, 2], 3).effect
    table = table.copy()
    table[:3, 3:] += size
    assert effects.two_way(panel(table), [0, 1, 2], 3).effect == pytest.approx(plain + size)


@given(arrays(np.float64, (8, 1), elements=st.floats(-1, 1)),
       arrays(np.float64, (1, 6), elements=st.floats(-1, 1)),
       st.sampled_from(["never", "not_yet"]), st.sampled_from(["varying", "universal"]))
def test_group_time_effects_are_nothing_without_an_effect(officer, month, control, base) -> None:
    cohort = [0, 0, 2, 2, 4, 4, 6, 6]
    done = effects.group_time_effects(officer + month, cohort, control=control, base=base)
    assert max(abs(c.estimate) for c in done.cells) < 1e-9
    assert done.simple().estimate == pytest.approx(0, abs=1e-9)


@settings(max_examples=40)
@given(tables)
def test_the_wild_bootstrap_interval_holds_the_estimate_and_p_agrees_with_it(table) -> None:
    design = effects.two_way(panel(table), [0, 1, 2], 3)
    from survey_analysis.effects.evaluation import _scores

    done = effects.wild_cluster_bootstrap(_scores(design), kind="enumerated")
    assert done.low <= done.estimate <= done.high
    assert 0 < done.p_value <= 1
    if done.low > 0 or done.high < 0:
        assert done.p_value <= 0.05 + 1e-9


def test_permutation_p_is_uniform_without_an_effect() -> None:
    rng = np.random.default_rng(31)
    p = np.array([
        effects.exchange_labels(rng.normal(size=9), np.arange(9) < 4).p_value
        for _ in range(2_000)
    ])
    for level in (0.05, 0.1, 0.25, 0.5):
        # Exact test: never above its level, and no further below than one arrangement of 126.
        share = np.mean(p <= level)
        assert share <= level + 3 * math.sqrt(level * (1 - level) / len(p))
        assert share >= level - 2 / 126 - 3 * math.sqrt(level * (1 - level) / len(p))


@given(st.permutations(range(7)))
def test_the_plan_of_waves_does_not_depend_on_the_order_of_the_list(order) -> None:
    names, scores = list("abcdefg"), [0.7, 0.9, 0.8, 0.95, 0.6, 0.85, 0.75]
    first = effects.plan_waves(names, scores, ["x"] * 7, 3, seed=4, change_variance=0.004)
    again = effects.plan_waves(
        [names[i] for i in order], [scores[i] for i in order], ["x"] * 7, 3, seed=4,
        change_variance=0.004,
    )
    assert first.waves == again.waves
    assert first.strata == again.strata


@given(st.integers(2, 5), st.integers(5, 40), st.integers(0, 10_000))
def test_waves_are_even_overall_and_within_strata(waves, officers, seed) -> None:
    names = list(range(officers))
    desks = [f"d{i % 3}" for i in names]
    plan = effects.plan_waves(
        names, np.linspace(0.5, 1, officers), desks, waves, seed=seed, change_variance=0.004
    )
    assert sum(plan.sizes) == officers
    assert max(plan.sizes) - min(plan.sizes) <= 1
    assert plan.waves.keys() == set(names)


def test_every_officer_has_the_same_chance_of_each_wave() -> None:
    first = np.zeros(12)
    for seed in range(600):
        plan = effects.plan_waves(
            range(12), np.arange(12) / 12, ["a"] * 7 + ["b"] * 5, 3, seed=seed,
            change_variance=0.004,
        )
        first += [plan.waves[o] == 1 for o in range(12)]
    assert np.abs(first / 600 - 1 / 3).max() < 0.08


def test_seats_are_kept() -> None:
    plan = effects.plan_waves(
        range(10), np.arange(10), ["a"] * 10, 2, seed=1, change_variance=0.004, capacity=[3, 7]
    )
    assert plan.sizes == (3, 7)
    with pytest.raises(InvalidCountsError, match="seats"):
        effects.plan_waves(
            range(10), np.arange(10), ["a"] * 10, 2, seed=1, change_variance=0.004,
            capacity=[3, 6],
        )


@settings(max_examples=40)
@given(st.integers(0, 2**31))
def test_an_evaluation_says_something_finite(seed) -> None:
    rng = np.random.default_rng(seed)
    table = rng.choice([-0.2, 0.0, 0.1], size=(7, 9))
    found = effects.evaluate_training(
        panel(table), [0, 1, 2], 6, exclude=[5], selection=[4], rules=FAST
    )
    for name, value in dataclasses.asdict(found).items():
        if isinstance(value, float):
            assert not math.isnan(value), name
    assert found.low <= found.estimate <= found.high


def test_nothing_ever_changes() -> None:
    """All equal: the effect is 0, not undefined."""
    found = effects.evaluate_training(panel(np.zeros((12, 9))), range(6), 7, rules=FAST)
    assert (found.estimate, found.low, found.high) == (0, 0, 0)
    assert found.p_permutation == 1
    assert found.p_bias_reduced == 1
    assert found.verdict.code == "no_change_shown"


def test_few_trained_get_a_permutation_interval_only() -> None:
    rng = np.random.default_rng(1)
    found = effects.evaluate_training(
        panel(rng.normal(0, 0.05, (12, 9))), [0, 1, 2], 7, rules=FAST
    )
    assert found.method == "permutation"
    assert found.p_bootstrap is None
    lonely = effects.evaluate_training(
        panel(rng.normal(0, 0.05, (6, 9))), [0], 7, rules=FAST
    )
    assert (lonely.low, lonely.high) == (-math.inf, math.inf)
    assert lonely.verdict.code == "cannot_tell"


@pytest.mark.parametrize(("months", "start", "reason", "more"), [
    (7, 4, "months_before", None), (8, 7, "months_after", 1), (8, 6, "interval", None),
])
def test_too_few_months_say_nothing(months, start, reason, more) -> None:
    table = np.zeros((12, months))
    table[:6, start:] = 0.2
    table += np.random.default_rng(2).normal(0, 0.01, table.shape)
    verdict = effects.evaluate_training(panel(table), range(6), start, rules=FAST).verdict
    assert verdict.reason == reason
    assert verdict.months_needed == more
    assert verdict.code == ("helped" if reason == "interval" else "cannot_tell")


def test_harm_is_called_harm() -> None:
    table = np.random.default_rng(3).normal(0, 0.01, (12, 10))
    table[:6, 7:] -= 0.1
    assert effects.evaluate_training(panel(table), range(6), 7, rules=FAST).verdict.code == "harmed"


def test_waiting_helps_only_where_it_can() -> None:
    open_end = effects.Evidence(-0.05, 0.05, 0.06, 12, 3, 40.0, 0.05)
    verdict = effects.judge_effect(open_end)
    assert (verdict.code, verdict.months_needed) == ("cannot_tell", 12)
    assert verdict.ratings_needed == 480
    closed = dataclasses.replace(open_end, pre_share=0.5)
    assert effects.judge_effect(closed).months_needed is None


@pytest.mark.parametrize(("officers", "hits", "expected", "n"), [
    ([], [], [], []),
    (["a", None], [1, 1], [0.5, 0.5], [1, 1]),
    (["a", ""], [1, 1], [0.5, 0.5], [1, 1]),
    (["a", float("nan")], [1, 1], [0.5, 0.5], [1, 1]),
    (["a"], [3], [0.5], [2]),
    (["a"], [-1], [0.5], [2]),
    (["a"], [1], [1.5], [2]),
    (["a"], [1], [float("nan")], [2]),
    (["a"], [0], [0.5], [0]),
    (["a", "b"], [1], [0.5], [2]),
])
def test_impossible_ratings_have_a_name(officers, hits, expected, n) -> None:
    with pytest.raises(AnalysisError):
        effects.officer_months(officers, [1] * len(officers), hits, expected, n)


def test_one_officer_or_one_group_cannot_be_compared() -> None:
    with pytest.raises(InvalidCountsError, match="not trained"):
        effects.evaluate_training(panel(np.zeros((1, 9))), [0], 7)
    with pytest.raises(InvalidCountsError, match="not trained"):
        effects.evaluate_training(panel(np.zeros((4, 9))), [0, 1, 2, 3], 7)
    with pytest.raises(InvalidCountsError, match="no ratings of 9"):
        effects.evaluate_training(panel(np.zeros((4, 9))), [9], 7)


def test_a_dip_before_the_training_shows_in_the_event_study() -> None:
    rng = np.random.default_rng(6)
    table = rng.normal(0, 0.02, (16, 10))
    table[:8, 6] -= 0.15
    months = effects.event_study(panel(table), range(8), 8, exclude=[6, 7]).months
    dip = next(m for m in months if m.month == 6)
    assert dip.role == "selection"
    assert dip.high < 0
    assert [m.distance for m in months] == list(range(-8, 2))
    assert effects.event_study(panel(table), range(8), 8, exclude=[6, 7]).p_before > 0.05
    table[:8, :3] -= 0.1
    assert effects.event_study(panel(table), range(8), 8, exclude=[6, 7]).p_before < 0.05


def test_seasons_and_trend_do_not_pass_for_a_step() -> None:
    time = np.arange(48)
    share = 0.7 + 0.002 * time + 0.05 * np.sin(2 * np.pi * time / 12)
    found = effects.interrupted_series(np.round(share * 1e5), np.full(48, 1e5), 24, season_pairs=2)
    assert abs(found.points) < 0.006
    assert found.evidence == "weak"
    with pytest.raises(InvalidCountsError, match="too few"):
        effects.interrupted_series([1] * 4, [2] * 4, 2)
    with pytest.raises(InvalidCountsError, match="counts"):
        effects.interrupted_series([3] * 12, [2] * 12, 6)

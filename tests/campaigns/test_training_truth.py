"""Training effects against known truths: the sample's two classes, and other worlds."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from survey_analysis import effects
from survey_analysis.integrity import expected_levels
from tests.campaigns import length
from tests.campaigns.sample_events import case_of, counted, positions, truth
from tests.campaigns.training_worlds import AUGUST, OCTOBER, SEPTEMBER, world

WORLDS = 1_000 if length.FULL else 24
RULES = effects.TrainingRules(draws=999)


def centre_panel(treated: list[str], others: list[str]) -> tuple[effects.OfficerMonths, ...]:
    """Case-mix residuals, and raw shares, of 2018; like cases are those of the centre."""
    rows = [
        r for r in counted()
        if r["dossier"]["unit_id"] == "HL-TTHCC" and r["time"] < np.datetime64("2019-01-01")
    ]
    names = [r["dossier"]["officer_code"] for r in rows]
    cases = [case_of(r["dossier"]) for r in rows]
    good = np.array([int(r["level"]) >= 4 for r in rows])
    expected = expected_levels(
        positions(names), good + 1, [positions([c[k] for c in cases]) for k in range(3)], levels=2
    )[:, 1]
    month = np.array([int(str(r["time"])[5:7]) for r in rows])
    keep = np.flatnonzero(np.isin(names, treated + others))
    chosen = [names[i] for i in keep]
    return (
        effects.officer_months(chosen, month[keep], good[keep], expected[keep]),
        effects.officer_months(chosen, month[keep], good[keep], [0.5] * len(keep), rho=0.0),
    )


def plain_width(raw: effects.OfficerMonths, treated: list[str]) -> float:
    """Width of plain two-way regression of raw shares with clustered errors."""
    fit = effects.two_way(raw, treated, OCTOBER, [AUGUST, SEPTEMBER]).fit("CR1")
    low, high = fit.interval(0)
    return high - low


@pytest.mark.parametrize("at", [0, 1])
def test_the_classes_of_september(at: int) -> None:
    known = truth()["training"][at]
    panel, raw = centre_panel(known["treated"], known["control_never_trained"])
    found = effects.evaluate_training(
        panel, known["treated"], OCTOBER, exclude=[SEPTEMBER], selection=[AUGUST]
    )
    points = known["effect_points"] / 100
    assert found.low <= points <= found.high
    assert found.high - found.low <= 1.2 * plain_width(raw, known["treated"])
    assert (found.months_before, found.months_after) == (7, 3)
    # Before and after of the trained alone stands beside it, and misleads upwards.
    naive = found.naive
    assert naive.against_selection == pytest.approx(
        known["naive_post_minus_august_points"] / 100, abs=0.01
    )
    assert naive.against_selection - points > 0.015
    assert naive.expected_return > 0.01
    assert abs(found.estimate - points) < naive.against_selection - points
    assert found.p_before > 0.05
    assert found.p_placebo > 0.05
    assert found.verdict.code == ("helped" if points else "cannot_tell")
    length.keep("training", known["session"], {
        "truth": points, "estimate": round(found.estimate, 4), "low": round(found.low, 4),
        "high": round(found.high, 4), "plain_width": round(plain_width(raw, known["treated"]), 4),
        "naive_against_selection": round(naive.against_selection, 4),
        "expected_return": round(naive.expected_return, 4), "detectable": round(found.detectable, 4),
        "p_permutation": found.p_permutation, "verdict": found.verdict.code,
    })


def within(share: float, wanted: float, n: int, more: float = 0.0) -> bool:
    return abs(share - wanted) <= 3.3 * math.sqrt(wanted * (1 - wanted) / n) + more


@pytest.mark.timeout(3_600)
@pytest.mark.parametrize(("name", "logit"), [("none", 0.0), ("help", 0.6), ("harm", -0.5)])
def test_worlds_of_other_truths(name: str, logit: float) -> None:
    """Low scorers were chosen: unbiased, intervals hold the truth, errors at their rate."""
    worlds = WORLDS if logit == 0 else max(WORLDS // 2, 12)
    miss, inside, wild, labels, reduced, ratio, naive = [], 0, 0, 0, 0, [], []
    codes: Counter[str] = Counter()
    for seed in range(worlds):
        made = world(10_000 + seed, logit)
        found = effects.evaluate_training(
            made.panel, made.treated, OCTOBER, exclude=[SEPTEMBER], selection=[AUGUST], rules=RULES
        )
        miss.append(found.estimate - made.effect)
        inside += found.low <= made.effect <= found.high
        wild += found.p_bootstrap is not None and found.p_bootstrap <= 0.05
        labels += found.p_permutation <= 0.05
        reduced += found.p_bias_reduced <= 0.05
        ratio.append((found.high - found.low) / plain_width(made.raw, made.treated))
        naive.append(found.naive.against_selection - made.effect)
        codes[found.verdict.code] += 1
    error = np.std(miss) / math.sqrt(worlds)
    assert abs(np.mean(miss)) < 3.3 * error + 0.002
    assert within(inside / worlds, 0.95, worlds, 0.01)
    assert np.mean(ratio) <= 1.2
    # What a before-after comparison reports is off by far more, and upwards.
    assert np.mean(naive) > max(0.015, 3 * abs(np.mean(miss)))
    if logit == 0:
        for rejections in (wild, labels, reduced):
            assert rejections / worlds <= 0.05 + 3.3 * math.sqrt(0.05 * 0.95 / worlds)
    else:
        assert codes["helped" if logit < 0 else "harmed"] == 0
    length.keep("training", f"worlds {name}", {
        "worlds": worlds, "logit": logit, "bias": round(float(np.mean(miss)), 5),
        "bias_error": round(float(error), 5), "naive_bias": round(float(np.mean(naive)), 5),
        "coverage": round(inside / worlds, 4), "rejected_bootstrap": round(wild / worlds, 4),
        "rejected_permutation": round(labels / worlds, 4),
        "rejected_bias_reduced": round(reduced / worlds, 4),
        "width_to_plain": round(float(np.mean(ratio)), 3), "verdicts": dict(codes),
    })


def test_staggered_effects_that_grow_mislead_the_two_way_regression_only() -> None:
    """Group-time effects stay unbiased where already trained controls bias the plain one."""
    rng = np.random.default_rng(77)
    cohort = np.repeat([0, 5, 8, 11], 8)
    periods = np.arange(1, 13)
    grown = np.where(
        (cohort > 0)[:, None], 0.01 * np.maximum(periods - cohort[:, None] + 1, 0), 0.0
    )
    true = grown[(cohort > 0)[:, None] & (periods >= cohort[:, None])].mean()
    worlds = 400 if length.FULL else 60
    plain, fair, inside = [], [], 0
    for seed in range(worlds):
        y = 0.9 + rng.normal(0, 0.03, (32, 1)) + rng.normal(0, 0.03, (32, 12)) + grown
        plain.append(effects.decompose(y, cohort).estimate)
        found = effects.group_time_effects(y, cohort, control="not_yet").simple(500, seed)
        fair.append(found.estimate)
        inside += found.low <= true <= found.high
    assert np.mean(fair) == pytest.approx(true, abs=3.3 * np.std(fair) / math.sqrt(worlds))
    assert abs(np.mean(plain) - true) > 0.004
    assert inside / worlds > 0.86
    length.keep("training", "staggered", {
        "worlds": worlds, "truth": round(float(true), 4), "plain": round(float(np.mean(plain)), 4),
        "group_time": round(float(np.mean(fair)), 4), "coverage": round(inside / worlds, 3),
    })

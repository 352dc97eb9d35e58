"""Alarms keep the budget that is printed beside them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from survey_analysis import (
    bernoulli_arl,
    budget,
    case_mix,
    cusum_arl,
    cusum_threshold,
    ewma_arl,
    ewma_limit,
    guaranteed_threshold,
    threshold_for,
)
from survey_analysis.change.bernoulli import BETTER, WORSE, CaseMix
from tests.campaigns import length

RUNS = 20_000 if length.FULL else 3_000


def run_lengths(
    threshold: float, mix: CaseMix, ratio: float, runs: int, rng: np.random.Generator
) -> np.ndarray:
    """Ratings until the first alarm, of many charts at once."""
    none = -np.log1p(mix.p * (ratio - 1))
    sums, alive, found = np.zeros(runs), np.arange(runs), np.zeros(runs)
    edges = np.cumsum(mix.weight)[:-1]
    time = 0
    while len(alive):
        time += 1
        case = np.searchsorted(edges, rng.random(len(alive)), side="right")
        event = rng.random(len(alive)) < mix.true[case]
        sums = np.maximum(0, sums + none[case] + event * np.log(ratio))
        over = sums > threshold
        found[alive[over]] = time
        alive, sums = alive[~over], sums[~over]
    return found


def long_run_alarms(
    mixes: list[CaseMix], thresholds: list[float], ratio: float, ratings: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Alarms of each chart over so many ratings, each starting again after an alarm."""
    sums, alarms = np.zeros(len(mixes)), np.zeros(len(mixes))
    h = np.array(thresholds)
    p = np.stack([m.p for m in mixes])
    none = -np.log1p(p * (ratio - 1))
    chart = np.arange(len(mixes))
    for _ in range(ratings):
        case = rng.integers(0, p.shape[1], len(mixes))
        event = rng.random(len(mixes)) < p[chart, case]
        sums = np.maximum(0, sums + none[chart, case] + event * np.log(ratio))
        over = sums > h
        alarms += over
        sums[over] = 0
    return alarms


@pytest.mark.parametrize("ratio", [WORSE, BETTER])
def test_simulated_run_lengths_are_the_solver_s(ratio: float) -> None:
    rng = np.random.default_rng(7)
    worst = 0.0
    for seed in range(12 if length.FULL else 4):
        mix = case_mix(np.random.default_rng(seed).beta(2, 18, 4000))
        h = threshold_for(400.0, mix, ratio)
        solved, drawn = bernoulli_arl(h, mix, ratio), run_lengths(h, mix, ratio, RUNS, rng)
        worst = max(worst, abs(drawn.mean() / solved - 1))
    assert worst < 0.05
    length.keep("alarm-budget", f"run lengths, R = {ratio:g}", {"largest_deviation": round(worst, 4)})


def test_a_centre_keeps_its_budget_of_six_false_alarms() -> None:
    """40 officers of different size and case mix; alarms in the long run, per centre-year."""
    rng = np.random.default_rng(11)
    officers, years = 40, 400 if length.FULL else 60
    per_year = rng.integers(300, 1200, officers)
    chances = [rng.beta(2, rng.uniform(15, 30), 2000) for _ in range(officers)]
    found = budget(chances, per_year.tolist())
    mixes = [case_mix(p) for p in chances]
    total, used = 0.0, 0.0
    steps = int(years * per_year.mean())
    for ratio, thresholds in ((WORSE, found.worse), (BETTER, found.better)):
        alarms = long_run_alarms(mixes, list(thresholds), ratio, steps, rng)
        total += float((alarms / steps * per_year).sum())
        used += float(alarms.sum())
    assert abs(total - 6) <= 0.6
    length.keep("alarm-budget", "centre of 40 officers", {
        "budget": 6.0, "alarms_per_centre_year": round(total, 3), "alarms_seen": int(used),
        "centre_years": years,
    })


@pytest.mark.parametrize("ratio", [WORSE, BETTER])
@pytest.mark.parametrize("size", [500, 2000])
def test_nine_baselines_in_ten_keep_the_run_length(size: int, ratio: float) -> None:
    """Computed over all baselines, not drawn: the further off its count, the worse a baseline."""
    mix, wanted = case_mix(np.random.default_rng(5).beta(2, 18, 4000)), 800.0
    rate = float(mix.weight @ mix.p)

    def kept(count: int) -> bool:
        # the chart's expectations come from a baseline; the truth is the mix
        share = count / size
        odds = mix.p / (1 - mix.p) * (share / (1 - share)) / (rate / (1 - rate))
        own = CaseMix(odds / (1 + odds), mix.weight, odds / (1 + odds))
        h = guaranteed_threshold(wanted, own, size, ratio)
        return bernoulli_arl(h, CaseMix(own.p, mix.weight, mix.p), ratio) >= wanted

    spread = 5 * np.sqrt(size * rate * (1 - rate))
    bad, good = int(size * rate - spread), int(size * rate + spread)
    if ratio < 1:
        bad, good = good, bad
    assert kept(good)
    assert not kept(bad)
    while abs(good - bad) > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if kept(middle) else (good, middle)
    share_kept = binom.sf(good - 1, size, rate) if ratio > 1 else binom.cdf(good, size, rate)
    assert 0.89 <= share_kept <= 0.95
    length.keep("alarm-budget", f"guaranteed in control, R = {ratio:g}, {size} ratings", {
        "kept": round(float(share_kept), 4), "promised": 0.9,
    })


def test_simulated_run_lengths_of_normal_series_are_the_solver_s() -> None:
    rng = np.random.default_rng(3)
    h, limit = cusum_threshold(200.0), ewma_limit(200.0, 0.2)
    half = limit * np.sqrt(0.2 / 1.8)
    for shift in (0.0, 1.0):
        up, down, mean = np.zeros(RUNS), np.zeros(RUNS), np.zeros(RUNS)
        cusum, average = np.zeros(RUNS), np.zeros(RUNS)
        time = 0
        while (cusum == 0).any() or (average == 0).any():
            time += 1
            z = rng.normal(shift, 1, RUNS)
            up, down = np.maximum(0, up + z - 0.5), np.maximum(0, down - z - 0.5)
            mean = 0.2 * z + 0.8 * mean
            cusum[(cusum == 0) & ((up > h) | (down > h))] = time
            average[(average == 0) & (np.abs(mean) > half)] = time
        assert cusum.mean() == pytest.approx(cusum_arl(h, shift=shift), rel=0.05)
        assert average.mean() == pytest.approx(ewma_arl(0.2, limit, shift=shift), rel=0.05)

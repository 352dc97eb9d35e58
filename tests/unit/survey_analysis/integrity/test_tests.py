"""Each test of misuse: published numbers, independent oracles, and what it must not flag."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from survey_analysis import integrity
from survey_analysis.errors import AnalysisError, MissingIdentifierError
from survey_analysis.integrity.bursts import crowding
from survey_analysis.integrity.expectation import highest_shift, own_shift, shifted
from survey_analysis.integrity.variation import daily_dispersion, likelihood_ratio
from tests.unit.survey_analysis.reference_cases import case

INPUTS = 200
DAY = np.datetime64("2024-03-04T08:00:00")


def test_runs_of_coin_tosses() -> None:
    """OEIS A000073 (504 of 1024 sequences without three heads); Schilling 1990."""
    found = case("gaming_longest_run")
    short, long = (
        integrity.run_probability([found.inputs["p"]] * n, k) for n, k in found.inputs["n_k"]
    )
    # The first is the share of sequences without such a run, the second that with one.
    assert [1 - short, long] == pytest.approx(found.expected, abs=found.tolerance)


def test_a_long_run_of_a_good_officer_is_ordinary() -> None:
    assert integrity.run_probability([0.8] * 300, 25) > 0.15


def test_runs_like_enumeration() -> None:
    rng = np.random.default_rng(41)
    for _ in range(INPUTS):
        n = int(rng.integers(1, 9))
        p, k = rng.random(n), int(rng.integers(0, n + 2))
        hand = sum(
            float(np.prod(np.where(x, p, 1 - p)))
            for x in product((True, False), repeat=n) if integrity.longest_run(x) >= k
        )
        assert integrity.run_probability(p, k) == pytest.approx(hand)


def test_hypergeometric_like_scipy() -> None:
    rng = np.random.default_rng(42)
    for _ in range(INPUTS):
        total = int(rng.integers(1, 400))
        marked, drawn = (int(v) for v in rng.integers(0, total + 1, 2))
        x = int(rng.integers(0, min(marked, drawn) + 1))
        assert integrity.hypergeometric_upper(x, marked, drawn, total) == pytest.approx(
            float(stats.hypergeom.sf(x - 1, total, marked, drawn)), rel=1e-7, abs=1e-12
        )


def test_noncentral_hypergeometric_like_scipy() -> None:
    rng = np.random.default_rng(43)
    for _ in range(INPUTS):
        total = int(rng.integers(2, 200))
        marked, drawn = (int(v) for v in rng.integers(1, total, 2))
        low, high = max(0, drawn + marked - total), min(marked, drawn)
        x, odds = int(rng.integers(low, high + 1)), float(rng.uniform(0.2, 3))
        assert integrity.noncentral_lower(x, marked, drawn, total, odds) == pytest.approx(
            float(stats.nchypergeom_fisher.cdf(x, total, marked, drawn, odds)), rel=1e-6, abs=1e-9
        )


def test_crowding_like_counting() -> None:
    rng = np.random.default_rng(44)
    for _ in range(INPUTS):
        n = int(rng.integers(1, 15))
        day = np.sort(rng.integers(0, 3, n))
        time = rng.integers(0, 3_000, n).astype(float)
        order = np.lexsort((time, day))
        time = time[order]
        hand = 0
        for d in np.unique(day):
            own = time[day == d]
            most = max(int(((own >= t) & (own <= t + 600)).sum()) for t in own)
            hand += most * (most - 1) // 2
        assert crowding(time[None, :], day, 600.0)[0] == hand


def test_statistics_of_variation_like_scipy() -> None:
    rng = np.random.default_rng(45)
    for _ in range(INPUTS):
        size = rng.integers(2, 20, 6)
        hits = rng.binomial(size, 0.6)
        if 0 < hits.sum() < size.sum():
            theirs = stats.chi2_contingency(np.stack([hits, size - hits]), correction=False)
            mine = daily_dispersion(hits[None, :].astype(float), size.astype(float))[0]
            assert mine == pytest.approx(theirs.statistic)
        profile = rng.dirichlet(np.ones(5))
        counts = rng.multinomial(40, profile).astype(float)
        theirs = stats.power_divergence(counts, profile * 40, lambda_="log-likelihood")
        assert likelihood_ratio(counts[None, :], profile * 40)[0] == pytest.approx(theirs.statistic)


def test_expected_levels_like_leaving_one_out() -> None:
    rng = np.random.default_rng(46)
    for _ in range(INPUTS):
        n = 20
        who, level, stratum = (rng.integers(0, k, n) for k in (3, 5, 2))
        made = integrity.expected_levels(who, level + 1, [stratum], prior=4.0)
        whole = np.bincount(level, minlength=5) / n
        for i in range(n):
            others = level[(stratum == stratum[i]) & (who != who[i])]
            hand = (np.bincount(others, minlength=5) + 4 * whole) / (len(others) + 4)
            assert made[i] == pytest.approx(hand)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(1, 10))
def test_longer_runs_are_rarer(p, k) -> None:
    one, two = integrity.run_probability(p, k), integrity.run_probability(p, k + 1)
    assert 0 <= two <= one + 1e-12 <= 1 + 1e-12


@given(st.lists(st.floats(0.01, 1), min_size=5, max_size=5), st.floats(-4, 4))
def test_a_shift_moves_profiles_and_keeps_them_profiles(weights, shift) -> None:
    profile = np.array([weights]) / sum(weights)
    moved = shifted(profile, shift)
    assert moved.sum() == pytest.approx(1)
    assert moved.min() >= -1e-12
    mean = [float((p * np.arange(5)).sum()) for p in (profile, moved)]
    assert mean[1] >= mean[0] - 1e-9 if shift >= 0 else mean[1] <= mean[0] + 1e-9
    assert shifted(profile, 0.0) == pytest.approx(profile, abs=1e-6)


def test_the_own_shift_gives_the_own_number() -> None:
    profile = np.tile([[0.05, 0.05, 0.1, 0.3, 0.5]], (100, 1))
    level = np.where(np.arange(100) < 70, 5, 3)
    assert shifted(profile, own_shift(profile, level))[:, -1].sum() == pytest.approx(70, abs=0.01)
    assert highest_shift([0.0] * 20) == pytest.approx(0.2)
    assert highest_shift([]) == highest_shift([5.0] * 9) == 1.0


def honest(
    seed: int, officers: int = 4, days: int = 20, share: float = 0.3
) -> tuple[integrity.Ratings, integrity.Flow]:
    """Queues in the morning, some dossiers rated a minute or so after their end."""
    rng = np.random.default_rng(seed)
    who, ended = [], []
    for officer in range(officers):
        for day in range(days):
            n = int(rng.integers(8, 20))
            second = np.where(
                rng.random(n) < 0.6, rng.normal(2 * 3_600, 900, n), rng.uniform(0, 8.9 * 3_600, n)
            ).clip(0, 8.9 * 3_600)
            ended.append(DAY + day * 86_400 + second.astype(int))
            who.append(np.full(n, officer))
    officer, end = np.concatenate(who), np.concatenate(ended)
    rated = rng.random(len(end)) < share
    n = int(rated.sum())
    profile = np.array([0.03, 0.04, 0.08, 0.25, 0.6])
    seen = integrity.ratings(
        officer[rated], rng.integers(0, 3, n), end[rated] + rng.lognormal(4.2, 0.7, n).astype(int),
        end[rated], rng.choice(5, n, p=profile) + 1, np.tile(profile, (n, 1)),
    )
    late = rng.random(len(end)) < 0.15
    return seen, integrity.flow(officer, end, rated, {"late": late})


def test_honest_queues_are_no_bursts() -> None:
    p = np.array([
        f.p_value for seed in range(4) for f in integrity.bursts(*honest(seed), seed=seed)
    ])
    assert len(p) == 16
    assert np.mean(p <= 0.05) <= 0.25
    assert 0.15 < np.median(p) < 0.85


def test_no_test_is_beside_its_level_without_misuse() -> None:
    """Over many honest months each p ≤ 0.05 in about one of twenty, or fewer."""
    p: dict[str, list[float]] = {}
    for seed in range(20):
        seen, steps = honest(100 + seed, officers=5)
        for f in [
            *integrity.latencies(seen), *integrity.streaks(seen),
            *integrity.variation(seen, seed=seed), *integrity.closing_time(seen, steps),
            *integrity.selective_invitation(steps),
        ]:
            p.setdefault(f.code, []).append(f.p_value)
    for code, values in p.items():
        assert len(values) >= 100, code
        limit = 0.05 + 3 * np.sqrt(0.05 * 0.95 / len(values))
        assert np.mean(np.array(values) <= 0.05) <= limit, code


def test_self_rating_before_closing_is_reviewed_with_its_reasons() -> None:
    seen, steps = honest(7)
    own = np.flatnonzero(seen.officer == 2)[:40]
    rated = seen.rated.copy()
    midnight = seen.ended[own].astype("datetime64[D]").astype("datetime64[s]")
    rated[own] = midnight + 16 * 3_600 + 50 * 60 + own % 300
    made = integrity.screen(
        integrity.ratings(seen.officer, seen.procedure, rated, seen.ended, seen.level,
                          seen.expected), steps,
    )
    assert [r.officer for r in made.reviews] == [2]
    assert {"burst", "closing_time"} <= set(made.reviews[0].codes)
    assert made.expected_false < 1


def test_taps_at_hand_over_are_reviewed_with_their_reasons() -> None:
    seen, steps = honest(8)
    own = seen.officer == 1
    made = integrity.screen(
        integrity.ratings(
            seen.officer, seen.procedure, np.where(own, seen.ended + 4, seen.rated), seen.ended,
            np.where(own, 5, seen.level), seen.expected,
        ), steps,
    )
    assert [r.officer for r in made.reviews] == [1]
    assert made.reviews[0].codes[0] == "fast_taps"
    assert {"streak", "narrow_profile"} & set(made.reviews[0].codes)


def test_inviting_only_the_unblemished_is_reviewed_with_its_reasons() -> None:
    rng = np.random.default_rng(9)
    seen, steps = honest(9, officers=12)
    marks = {name: rng.random(len(steps.officer)) < 0.2 for name in ("late", "supplement")}
    rated = steps.rated & ~((steps.officer == 3) & (marks["late"] | marks["supplement"]))
    found = integrity.selective_invitation(
        integrity.flow(steps.officer, steps.ended, rated, marks)
    )
    made = integrity.judge(found)
    assert [r.officer for r in made.reviews] == [3]
    assert set(made.reviews[0].codes) == {
        "selective_invitation:late", "selective_invitation:supplement"
    }
    worst = max(found, key=lambda f: f.evidence["ratio"])
    assert worst.officer == 3


def test_one_test_alone_asks_for_nothing_and_a_hard_rule_for_a_review() -> None:
    found = [
        integrity.Finding(o, 5, t, p, 1, 1, 20)
        for o, t, p in ((0, "streak", 1e-9), (0, "burst", 0.9), (1, "streak", 0.5), (1, "burst", 0.6))
    ]
    made = integrity.judge(found)
    assert made.reviews == ()
    assert [f.code for f in made.rejected] == ["streak"]
    hard = [*found, integrity.Finding(1, 5, "own_device", 0.0, 1, 0, 20)]
    assert [r.officer for r in integrity.judge(hard).reviews] == [1]


def test_tests_of_different_months_do_not_add_up() -> None:
    found = [
        integrity.Finding(0, m, t, p, 1, 1, 20)
        for m, t, p in ((5, "streak", 1e-9), (6, "burst", 1e-9), (5, "burst", 0.8), (6, "streak", 0.7))
    ]
    assert integrity.judge(found).reviews == ()


def test_a_screening_can_be_repeated() -> None:
    seen, steps = honest(11, officers=2)
    assert integrity.screen(seen, steps, seed=3) == integrity.screen(seen, steps, seed=3)


@settings(max_examples=15)
@given(st.integers(0, 2**31), st.integers(0, 40), st.integers(1, 3), st.booleans())
def test_every_p_is_a_probability(seed, n, officers, equal) -> None:
    """Also with no ratings, one officer, and nothing but one level."""
    rng = np.random.default_rng(seed)
    end = DAY + np.sort(rng.integers(0, 20 * 86_400, n))
    who = rng.integers(0, officers, n)
    level = np.full(n, 5) if equal else rng.integers(1, 6, n)
    rules = integrity.Rules(draws=99, first_draws=49)
    seen = integrity.ratings(
        who, np.zeros(n, int), end + rng.integers(0, 300, n), end, level,
        np.tile([0.1, 0.1, 0.1, 0.2, 0.5], (n, 1)),
    )
    steps = integrity.flow(who, end, np.ones(n, bool), {"late": rng.random(n) < 0.3})
    made = integrity.screen(seen, steps, rules=rules)
    assert np.isfinite(made.expected_false)
    found = [*integrity.bursts(seen, steps, rules=rules), *integrity.variation(seen, rules=rules),
             *integrity.streaks(seen, rules), *integrity.latencies(seen, rules),
             *integrity.closing_time(seen, steps, rules)]
    for f in found:
        assert 0 <= f.p_value <= 1
        assert np.isfinite([f.observed, f.expected]).all()


@pytest.mark.parametrize("change", [
    {"officer": [-1]}, {"officer": [None]}, {"officer": [0.5]}, {"level": [6]}, {"level": [0]},
    {"rated": [None]}, {"expected": [[0.5, 0.1, 0.1, 0.1, 0.1]]}, {"level": [5, 5]},
])
def test_impossible_ratings_have_a_name(change) -> None:
    whole = {"officer": [0], "procedure": [0], "rated": [DAY], "ended": [DAY], "level": [5],
             "expected": [[0.2] * 5]} | change
    with pytest.raises(AnalysisError):
        integrity.ratings(**whole)


def test_a_step_without_officer_has_a_name() -> None:
    with pytest.raises(MissingIdentifierError):
        integrity.flow([None], [DAY], [True])
    with pytest.raises(AnalysisError, match="length"):
        integrity.flow([0, 1], [DAY], [True])

"""Change detection against independent computations on 200 random inputs each."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from survey_analysis import (
    Rebase,
    RunsRule,
    bernoulli_arl,
    binomial_break,
    case_mix,
    cusum_arl,
    ewma,
    ewma_arl,
    fit_binomial,
    nhs_signals,
    optimal_breaks,
    p_chart,
    p_prime_chart,
    risk_adjusted_cusum,
    runs_test,
    shewhart_arl,
    single_break,
    tabular_cusum,
    xmr_chart,
)
from survey_analysis.change.bernoulli import scores
from survey_analysis.errors import NotConvergedError

TIMES = 200


def generators() -> list[np.random.Generator]:
    return [np.random.default_rng(seed) for seed in range(TIMES)]


def test_charts_follow_their_formulas() -> None:
    for rng in generators():
        k = int(rng.integers(6, 40))
        n = rng.integers(5, 200, k)
        x = rng.binomial(n, 0.8)
        base, cut = int(rng.integers(3, k)), int(rng.integers(3, k - 2))
        chart = p_chart(x, n, baseline=base)
        prime = p_prime_chart(x, n, rebase=[Rebase(cut, "new scale")])
        p = x[:base].sum() / n[:base].sum()
        for i in range(k):
            s = math.sqrt(p * (1 - p) / n[i])
            assert chart.low[i] == pytest.approx(max(0, p - 3 * s), abs=1e-12)
            assert chart.high[i] == pytest.approx(min(1, p + 3 * s), abs=1e-12)
        for part in (slice(0, cut), slice(cut, k)):
            q = x[part].sum() / n[part].sum()
            if q in (0.0, 1.0):
                continue
            z = (x[part] / n[part] - q) / np.sqrt(q * (1 - q) / n[part])
            ranges = [abs(b - a) for a, b in itertools.pairwise(z)]
            scale = sum(ranges) / len(ranges) / 1.128
            assert prime.sigma[part] == pytest.approx(
                scale * np.sqrt(q * (1 - q) / n[part]), abs=1e-12
            )
        values = rng.normal(10, 2, k)
        single = xmr_chart(values, screened=bool(k % 2))
        moves = [abs(b - a) for a, b in itertools.pairwise(values)]
        if k % 2:
            first = sum(moves) / len(moves)
            moves = [m for m in moves if m < 3.267 * first]
        spread = sum(moves) / len(moves)
        assert single.high[0] == pytest.approx(values.mean() + 2.66 * spread, abs=1e-9)


def test_signals_agree_with_a_plain_reading_of_the_rules() -> None:
    for rng in generators():
        k = int(rng.integers(8, 50))
        values = np.round(np.cumsum(rng.normal(0, 0.6, k)) * (rng.random() < 0.5)
                          + rng.normal(0, 1, k), int(rng.integers(0, 3)))
        if np.ptp(values) == 0:
            continue
        chart = xmr_chart(values, screened=False)
        mean, sigma = chart.centre[0], chart.sigma[0]
        kinds = [""] * k
        up, down = values > mean, values < mean
        for i in range(k):
            window7 = [range(a, a + 7) for a in range(max(0, i - 6), min(i, k - 7) + 1)]
            window3 = [range(a, a + 3) for a in range(max(0, i - 2), min(i, k - 3) + 1)]
            steps = [[values[j + 1] - values[j] for j in list(w)[:-1]] for w in window7]
            near = [2 * sigma < abs(v - mean) <= 3 * sigma for v in values]
            if abs(values[i] - mean) > 3 * sigma:
                kinds[i] = "a"
            elif any(all(s > 0 for s in step) or all(s < 0 for s in step) for step in steps):
                kinds[i] = "c"
            elif near[i] and any(
                sum(near[j] for j in w) >= 2 and (all(up[j] for j in w) or all(down[j] for j in w))
                for w in window3
            ):
                kinds[i] = "d"
            elif any(all(up[j] for j in w) or all(down[j] for j in w) for w in window7):
                kinds[i] = "b"
        assert list(nhs_signals(chart).kind) == kinds


def test_runs_agree_with_a_count() -> None:
    for rng in generators():
        values = rng.normal(0, 1, int(rng.integers(10, 60)))
        if rng.random() < 0.5:
            values = np.cumsum(values)
        found = runs_test(values)
        side = [v > np.median(values) for v in values if v != np.median(values)]
        groups = [len(list(g)) for _, g in itertools.groupby(side)]
        assert (found.longest, found.crossings) == (max(groups), len(groups) - 1)
        assert found.longest_limit == round(math.log2(len(side)) + 3)
        assert found.crossings_limit == stats.binom.ppf(0.05, len(side) - 1, 0.5)


def test_sums_agree_with_their_closed_form() -> None:
    """Without a reset S is the random walk above its running minimum."""
    for rng in generators():
        n = int(rng.integers(1, 300))
        p = rng.uniform(0.02, 0.4, n)
        y = (rng.random(n) < p).astype(float)
        ratio = (2.0, 0.5)[int(rng.integers(2))]
        walk = np.concatenate([[0.0], np.cumsum(scores(y, p, ratio))])
        closed = (walk - np.minimum.accumulate(walk))[1:]
        assert risk_adjusted_cusum(y, p, 1e6, ratio).path == pytest.approx(closed, abs=1e-9)
        z = rng.normal(0, 1, n)
        for sign, path in ((1, tabular_cusum(z).plus), (-1, tabular_cusum(z).minus)):
            drift = np.concatenate([[0.0], np.cumsum(sign * z - 0.5)])
            assert path == pytest.approx((drift - np.minimum.accumulate(drift))[1:], abs=1e-9)
        weights = 0.9 ** np.arange(n)[::-1] * 0.1
        assert ewma(z).value[-1] == pytest.approx(float(weights @ z), abs=1e-9)


def test_scores_are_likelihood_ratios() -> None:
    for rng in generators():
        p, ratio = rng.uniform(0.01, 0.99, 20), float(rng.uniform(0.2, 5))
        y = rng.integers(0, 2, 20)
        odds = ratio * p / (1 - p)
        expected = stats.bernoulli.logpmf(y, odds / (1 + odds)) - stats.bernoulli.logpmf(y, p)
        assert scores(y, p, ratio) == pytest.approx(expected, abs=1e-9)


def test_run_lengths_of_normal_sums_agree_with_a_markov_chain() -> None:
    """Brook and Evans 1972, with midpoints of 100 states, extrapolated from 50."""

    def chain(h: float, k: float, shift: float, states: int) -> float:
        width = 2 * h / (2 * states - 1)
        i = np.arange(states)
        edge = width * (i[None, :] - i[:, None] + 0.5) + k - shift
        q = stats.norm.cdf(edge) - stats.norm.cdf(edge - width)
        q[:, 0] = stats.norm.cdf(edge[:, 0])
        return float(np.linalg.solve(np.eye(states) - q, np.ones(states))[0])

    for rng in generators():
        h, k, shift = rng.uniform(0.5, 4.5), rng.uniform(0.1, 1), rng.uniform(-0.5, 2)
        coarse, fine = chain(h, k, shift, 50), chain(h, k, shift, 100)
        exact = fine + (fine - coarse) / 3
        assert cusum_arl(h, k=k, shift=shift, two_sided=False) == pytest.approx(exact, rel=3e-3)


def test_run_lengths_of_averages_agree_with_a_markov_chain() -> None:
    def chain(weight: float, limit: float, shift: float, states: int) -> float:
        half = limit * math.sqrt(weight / (2 - weight))
        width = 2 * half / states
        middle = -half + width * (np.arange(states) + 0.5)
        after = (middle[None, :] - (1 - weight) * middle[:, None]) / weight - shift
        reach = width / 2 / weight
        q = stats.norm.cdf(after + reach) - stats.norm.cdf(after - reach)
        return float(np.linalg.solve(np.eye(states) - q, np.ones(states))[states // 2])

    for rng in generators():
        weight, limit = rng.uniform(0.15, 0.9), rng.uniform(1.5, 3)
        shift = rng.uniform(0, 2)
        coarse, fine = chain(weight, limit, shift, 51), chain(weight, limit, shift, 101)
        exact = fine + (fine - coarse) / 3
        assert ewma_arl(weight, limit, shift=shift) == pytest.approx(exact, rel=5e-3)


def test_run_lengths_of_runs_agree_with_their_closed_form() -> None:
    """m successive points beyond d σ above, or below: waiting time of the first such run."""
    for rng in generators():
        m, d, shift = int(rng.integers(1, 6)), float(rng.uniform(0, 2)), float(rng.uniform(0, 1))
        up, down = stats.norm.sf(d - shift), stats.norm.cdf(-d - shift)

        def rate(p: float, m: int = m) -> float:
            return p**m * (1 - p) / (1 - p**m) if p > 0 else 0.0

        exact = 1 / (rate(up) + rate(down))
        assert shewhart_arl(RunsRule(m, m, d), shift=shift) == pytest.approx(exact, rel=1e-9)


def test_run_lengths_of_ratings_agree_with_a_dense_chain() -> None:
    """States every hundredth, steps rounded to them: exact for chances chosen to land on them."""
    for rng in generators():
        ratio = 2.0 if rng.random() < 0.5 else 0.5
        step = 0.01
        down = step * rng.integers(4, 14, 3)
        share = (np.exp(-down) - 1) / (1 - ratio) if ratio < 1 else (np.exp(down) - 1) / (ratio - 1)
        share = np.abs(share)
        event = np.log(ratio) - np.log1p(share * (ratio - 1))
        none = -np.log1p(share * (ratio - 1))
        h = float(rng.uniform(0.6, 1.6))
        states = int(h / step) + 1
        q = np.zeros((states, states))
        for p, w1, w0 in zip(share, event, none, strict=True):
            for w, chance in ((w1, p / 3), (w0, (1 - p) / 3)):
                for i in range(states):
                    j = (max(0.0, i * step + w)) / step
                    left, part = int(j + 1e-9), max(0.0, j - int(j + 1e-9))
                    if i * step + w > h:
                        continue
                    q[i, min(left, states - 1)] += chance * (1 - part)
                    if left + 1 < states:
                        q[i, left + 1] += chance * part
        exact = float(np.linalg.solve(np.eye(states) - q, np.ones(states))[0])
        assert bernoulli_arl(h, case_mix(share), ratio) == pytest.approx(exact, rel=0.05)


def test_calendar_models_agree_with_statsmodels() -> None:
    checked = 0
    for rng in generators():
        k, columns = int(rng.integers(15, 60)), int(rng.integers(1, 4))
        design = np.hstack([np.ones((k, 1)), rng.normal(0, 0.5, (k, columns))])
        n = rng.integers(0, 40, k)
        x = rng.binomial(n, 1 / (1 + np.exp(-(design @ rng.normal(0.5, 0.6, columns + 1)))))
        try:
            found = fit_binomial(x, n, design)
        except NotConvergedError:
            continue
        used = n > 0
        other = sm.GLM(
            np.stack([x, n - x], axis=1)[used], design[used], family=sm.families.Binomial()
        ).fit(tol=1e-12)
        assert found.coefficients == pytest.approx(other.params, abs=1e-6)
        assert found.se == pytest.approx(other.bse, rel=1e-5)
        assert found.deviance == pytest.approx(other.deviance, rel=1e-7, abs=1e-7)
        assert found.loglik == pytest.approx(other.llf, rel=1e-7)
        assert found.dispersion == pytest.approx(
            other.pearson_chi2 / other.df_resid, rel=1e-6
        )
        checked += 1
    assert checked == TIMES


def test_breaks_agree_with_trying_them_all() -> None:
    for rng in generators():
        k = int(rng.integers(4, 9))
        values = rng.normal(0, 1, k) + 2 * (np.arange(k) >= rng.integers(1, k))

        def squares(part: np.ndarray) -> float:
            return float(((part - part.mean()) ** 2).sum())

        losses = {a: squares(values[:a]) + squares(values[a:]) for a in range(2, k - 1)}
        assert single_break(values, permutations=1).at == min(losses, key=losses.__getitem__)
        price = float(rng.uniform(0.2, 4))
        best, where = math.inf, list[int]()
        for many in range(k // 2):
            for cuts in itertools.combinations(range(1, k), many):
                edges = [0, *cuts, k]
                if min(b - a for a, b in itertools.pairwise(edges)) < 2:
                    continue
                loss = price * many + sum(
                    squares(values[a:b]) for a, b in itertools.pairwise(edges)
                )
                if loss < best - 1e-12:
                    best, where = loss, list(cuts)
        assert optimal_breaks(values, penalty=price) == where
        n = rng.integers(1, 30, k)
        x = rng.binomial(n, np.where(np.arange(k) < k // 2, 0.9, 0.6))
        if 0 < x.sum() < n.sum():
            def level(a: int, b: int, x: np.ndarray = x, n: np.ndarray = n) -> float:
                return float(stats.binom.logpmf(
                    x[a:b], n[a:b], x[a:b].sum() / n[a:b].sum()
                ).sum())

            likelihood = {a: level(0, a) + level(a, k) for a in range(1, k)}
            best_at = max(likelihood, key=likelihood.__getitem__)
            found = binomial_break(x, n, replicates=1)
            assert likelihood[found.at] == pytest.approx(likelihood[best_at], abs=1e-9)

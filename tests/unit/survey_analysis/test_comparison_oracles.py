"""Fair comparison against independent computations on 200 random inputs each."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import brentq
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from survey_analysis import (
    adjusted_means,
    benjamini_hochberg,
    beta_binomial,
    bh_rejected,
    bonferroni,
    check_connectivity,
    dersimonian_laird,
    fit_beta_binomial,
    funnel_approximate,
    funnel_exact,
    funnel_overdispersed,
    funnel_poisson,
    half_normal,
    hierarchical_logit,
    icc_oneway,
    indirect_standardisation,
    normal_normal,
    overdispersion,
    paule_mandel,
    rank_normal,
    rank_shares,
    shrout_fleiss,
    spearman_brown,
    standardised_ratio,
)
from survey_analysis.shrinkage import BetaPrior

TIMES = 200


def generators() -> list[np.random.Generator]:
    return [np.random.default_rng(seed) for seed in range(TIMES)]


def test_benjamini_hochberg_agrees_with_statsmodels() -> None:
    for rng in generators():
        p = np.round(rng.beta(0.4, 1.0, rng.integers(1, 40)), int(rng.integers(2, 8)))
        q = float(rng.uniform(0.01, 0.3))
        reject, adjusted, _, _ = multipletests(p, q, "fdr_bh")
        assert benjamini_hochberg(p) == pytest.approx(adjusted, abs=1e-12)
        assert bh_rejected(p, q).tolist() == reject.tolist()
        assert bonferroni(p) == pytest.approx(multipletests(p, q, "bonferroni")[1], abs=1e-12)


def test_exact_limits_are_the_interpolated_binomial_s() -> None:
    for rng in generators():
        n, theta = int(rng.integers(1, 400)), float(rng.uniform(0.02, 0.98))
        found = funnel_exact(theta, [n])

        def limit(q: float, n: int = n, theta: float = theta) -> float:
            r = int(stats.binom.ppf(q, n, theta))
            top, below = stats.binom.cdf(r, n, theta), stats.binom.cdf(r - 1, n, theta)
            return (r - (top - q) / (top - below)) / n

        assert found.low[0] == pytest.approx(min(theta, max(0, limit(0.025))), abs=1e-9)
        assert found.high[0] == pytest.approx(max(theta, limit(0.975)), abs=1e-9)


def test_approximate_limits_are_where_wilson_touches_the_target() -> None:
    for rng in generators():
        n, theta = int(rng.integers(20, 2000)), float(rng.uniform(0.1, 0.9))
        found = funnel_approximate(theta, [n])
        if found.low[0] > 0:
            upper = proportion_confint(found.low[0] * n, n, method="wilson")[1]
            assert upper == pytest.approx(theta, abs=1e-9)
        if found.high[0] < 1:
            lower = proportion_confint(found.high[0] * n, n, method="wilson")[0]
            assert lower == pytest.approx(theta, abs=1e-9)


def test_limits_of_counts_are_chi_squared_quantiles() -> None:
    for rng in generators():
        e, target = float(rng.uniform(0.05, 500)), float(rng.uniform(0.5, 2))
        found = funnel_poisson([e], target=target)
        low = stats.chi2.ppf(0.025, 2 * e * target) / (2 * e)
        high = stats.chi2.ppf(0.975, 2 * e * target + 2) / (2 * e)
        assert (found.low[0], found.high[0]) == pytest.approx((low, high), rel=1e-9)


def test_over_dispersion_follows_its_definition() -> None:
    for rng in generators():
        k = int(rng.integers(10, 60))
        s = rng.uniform(0.5, 2, k)
        z = rng.normal(0, rng.uniform(0.5, 4), k)
        method = ("winsorise", "truncate", "none")[int(rng.integers(3))]
        used, errors = z.copy(), s
        if method == "winsorise":
            low, high = np.percentile(z, [10, 90])
            used = np.array([min(max(v, low), high) for v in z])
        if method == "truncate":
            group = np.floor(stats.rankdata(z) * 10 / (k + 1))
            used, errors = z[(group > 0) & (group < 9)], s[(group > 0) & (group < 9)]
        phi = sum(v * v for v in used) / len(used)
        w = [1 / e**2 for e in errors]
        tau2 = max(0, (len(used) * phi - (len(used) - 1)) / (
            sum(w) - sum(v * v for v in w) / sum(w)
        ))
        found = overdispersion(z, s, method=method)
        assert (found.phi, found.tau2) == pytest.approx((phi, tau2), rel=1e-9)
        assert found.p_value == pytest.approx(stats.chi2.sf(len(used) * phi, len(used)), abs=1e-9)


def test_over_dispersed_limits_go_back_from_the_angle() -> None:
    for rng in generators():
        n, theta, tau = rng.uniform(5, 2000), rng.uniform(0.05, 0.95), rng.uniform(0, 0.2)
        found = funnel_overdispersed([n], "arcsine", theta, tau2=tau**2)
        half = stats.norm.ppf(0.975) * math.hypot(1 / (2 * math.sqrt(n)), tau)
        angle = math.asin(math.sqrt(theta))
        assert found.low[0] == pytest.approx(math.sin(max(0, angle - half)) ** 2, abs=1e-9)
        assert found.high[0] == pytest.approx(
            math.sin(min(math.pi / 2, angle + half)) ** 2, abs=1e-9
        )


def test_variance_between_units_agrees_with_statsmodels() -> None:
    for rng in generators():
        k = int(rng.integers(2, 30))
        v = rng.uniform(0.05, 2, k)
        y = rng.normal(0, np.sqrt(v + rng.uniform(0, 2)))
        moment = combine_effects(y, v, method_re="chi2", use_t=False)
        assert dersimonian_laird(y, v).tau2 == pytest.approx(max(0, moment.tau2), abs=1e-9)

        def excess(tau2: float, y: np.ndarray = y, v: np.ndarray = v, k: int = k) -> float:
            mean = np.average(y, weights=1 / (v + tau2))
            return float(((y - mean) ** 2 / (v + tau2)).sum()) - (k - 1)

        root = brentq(excess, 0, 1e4, xtol=1e-14) if excess(0) > 0 else 0.0
        assert paule_mandel(y, v).tau2 == pytest.approx(root, abs=1e-9)
        assert dersimonian_laird(y, v).q == pytest.approx(moment.q, rel=1e-9)


def test_beta_binomial_maximises_scipy_s_likelihood() -> None:
    for rng in generators():
        k = int(rng.integers(8, 40))
        n = rng.integers(5, 200, k)
        a, b = rng.uniform(1, 20), rng.uniform(1, 20)
        x = rng.binomial(n, rng.beta(a, b, k))
        found = fit_beta_binomial(x, n)

        def likelihood(a: float, b: float, x: np.ndarray = x, n: np.ndarray = n) -> float:
            return float(stats.betabinom.logpmf(x, n, a, b).sum())

        if found.indistinguishable:
            pooled = x.sum() / n.sum()
            common = float(stats.binom.logpmf(x, n, pooled).sum())
            assert max(likelihood(pooled * m, (1 - pooled) * m) for m in (20, 200, 2000)) <= common
            continue
        best = likelihood(found.a, found.b)
        steps = ((1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98), (1.02, 1.02), (0.98, 0.98), (3, 3),
                 (0.3, 0.3))
        assert best >= max(likelihood(found.a * f, found.b * g) for f, g in steps) - 1e-9


def test_beta_posteriors_are_scipy_s() -> None:
    for rng in generators():
        n = rng.integers(0, 100, 25)
        x = rng.binomial(n, 0.8)
        a, b = rng.uniform(0.5, 20, 2)
        found = beta_binomial(x, n, BetaPrior(a, b, 0.0, False))
        posterior = stats.beta(a + x, b + n - x)
        assert found.estimate == pytest.approx(posterior.mean(), abs=1e-12)
        assert found.sd == pytest.approx(posterior.std(), abs=1e-12)
        assert found.low == pytest.approx(posterior.ppf(0.025), abs=1e-9)
        assert found.high == pytest.approx(posterior.ppf(0.975), abs=1e-9)


def test_normal_shrinkage_is_the_posterior_of_the_normal_model() -> None:
    for rng in generators():
        k = int(rng.integers(1, 20))
        d, s2, tau2 = rng.normal(0, 1, k), rng.uniform(0.1, 2, k), float(rng.uniform(0.01, 2))
        found = normal_normal(d, s2, tau2, morris=False)
        precision = 1 / s2 + 1 / tau2
        assert found.estimate == pytest.approx(d / s2 / precision, abs=1e-12)
        assert found.sd == pytest.approx(np.sqrt(1 / precision), abs=1e-12)
        if k > 3:
            wide = normal_normal(d, s2, tau2)
            share = s2 / (s2 + tau2)
            assert wide.sd**2 == pytest.approx(
                (1 - share) * s2 + 2 * share**2 * d**2 / (k - 3), abs=1e-12
            )


def test_hierarchical_logit_agrees_with_brute_integration() -> None:
    """A plain sum over a fixed lattice of common logit, spread and the units' own logits."""
    b = np.linspace(-8, 8, 201)
    half = (b[1] - b[0]) / 2
    mu = np.linspace(-9, 9, 36)[:, None, None]
    sigma = np.exp(np.linspace(math.log(0.01), math.log(5), 36))[None, :, None]
    edges = np.concatenate([b - half, [b[-1] + half]])
    prior = np.diff(stats.norm.cdf(edges[None, None, :], mu, sigma), axis=2).reshape(-1, len(b))
    spread = np.broadcast_to(sigma[:, :, 0], (36, 36)).ravel()
    base = np.exp(half_normal()(spread)) * spread
    share = 1 / (1 + np.exp(-b))
    for rng in generators():
        n = rng.integers(1, 60, 3)
        x = rng.binomial(n, rng.uniform(0.1, 0.9))
        found = hierarchical_logit(x, n, points=21, nodes=11, draws=1)
        log_like = x[:, None] * -np.logaddexp(0, -b) + (n - x)[:, None] * -np.logaddexp(0, b)
        like = np.exp(log_like - log_like.max(axis=1, keepdims=True))
        each, first = prior @ like.T, prior @ (like * share).T
        weight = base * each.prod(axis=1)
        mean = weight @ (first / np.maximum(each, 1e-300)) / weight.sum()
        assert found.mean == pytest.approx(mean, abs=0.012)


def test_chances_of_ranks_agree_with_draws() -> None:
    for seed, rng in enumerate(generators()):
        k = int(rng.integers(2, 9))
        if seed % 2:
            mean, sd = rng.normal(0, 1, k), rng.uniform(0.1, 1, k)
            found = rank_normal(mean, sd, delta=0.3)
            drawn = rng.normal(mean, sd, (8_000, k))
            under = (drawn < drawn.mean(axis=1, keepdims=True) - 0.3).mean(axis=0)
            assert found.below == pytest.approx(under, abs=0.03)
        else:
            n = rng.integers(1, 50, k)
            x = rng.binomial(n, 0.7)
            found = rank_shares(x, n)
            drawn = rng.beta(1 + x, 1 + n - x, (8_000, k))
        ranks = stats.rankdata(drawn, axis=1)
        bottom = (ranks <= max(1, k // 5)).mean(axis=0)
        assert found.bottom_fifth == pytest.approx(bottom, abs=0.03)
        for got, q in ((found.low, 2.5), (found.median, 50), (found.high, 97.5)):
            near = [np.percentile(ranks, max(0, q - 2), axis=0) - 1e-9,
                    np.percentile(ranks, min(100, q + 2), axis=0) + 1e-9]
            assert ((got >= near[0]) & (got <= near[1])).all()


def test_components_agree_with_a_search() -> None:
    for rng in generators():
        k, kinds, rows = int(rng.integers(1, 12)), int(rng.integers(1, 14)), int(rng.integers(1, 25))
        who, what, n = rng.integers(0, k, rows), rng.integers(0, kinds, rows), rng.integers(0, 9, rows)
        found = check_connectivity(who, [what], n, officers=k)
        edges = [(int(o), int(p)) for o, p, m in zip(who, what, n, strict=True) if m > 0]
        component: dict[int, set[int]] = {}
        for o in range(k):
            seen, waiting = set[int](), [o]
            while waiting:
                one = waiting.pop()
                if one not in seen:
                    seen.add(one)
                    mine = {p for a, p in edges if a == one}
                    waiting += [a for a, p in edges if p in mine]
            component[o] = seen
        rated = {o for o, _ in edges}
        sizes = {o: len(component[o]) for o in rated}
        for o in range(k):
            if o not in rated:
                assert found.component[o] == -1
                continue
            same = set(np.flatnonzero(found.component == found.component[o]).tolist())
            assert same == component[o]
            own = sum(m for a, p, m in zip(who, what, n, strict=True) if a == o and all(
                b == o for b, q in edges if q == p))
            total = sum(m for a, m in zip(who, n, strict=True) if a == o)
            assert found.own_share[o] == pytest.approx(own / total)
            if found.comparable[o]:
                assert sizes[o] == max(sizes.values())
                assert own / total <= 0.5


def test_indirect_standardisation_agrees_with_loops() -> None:
    for rng in generators():
        k, strata, rows = int(rng.integers(2, 8)), int(rng.integers(1, 6)), int(rng.integers(5, 60))
        who, what = rng.integers(0, k, rows), rng.integers(0, strata, rows)
        n = rng.integers(0, 30, rows).astype(float)
        x = rng.binomial(n.astype(int), 0.8).astype(float)
        if n.sum() == 0:
            continue
        found = indirect_standardisation(who, what, n, x, officers=k)
        strata_n = [n[what == s].sum() for s in range(strata)]
        strata_x = [x[what == s].sum() for s in range(strata)]
        p, total = x.sum() / n.sum(), n.sum()
        used = [s for s in range(strata) if strata_n[s] > 0]
        q = sum(strata_n[s] * (strata_x[s] / strata_n[s] - p) ** 2 for s in used)
        within = p * (1 - p) * (len(used) - 1)
        between = p * (1 - p) * (total - sum(m * m for m in strata_n) / total) - within
        rho = (q - within) / max(between, 1e-300)
        m = min(max(1 / rho - 1, 0.5), 1e4) if rho > 0 else 1e4
        for o in range(k):
            rest_n, rest_x = n[who != o].sum(), x[who != o].sum()
            base = rest_x / rest_n if rest_n > 0 else p
            expected = variance = 0.0
            for s in range(strata):
                mine = n[(who == o) & (what == s)].sum()
                others_n = n[(who != o) & (what == s)].sum()
                others_x = x[(who != o) & (what == s)].sum()
                pi = (others_x + m * base) / (others_n + m)
                expected += mine * pi
                variance += mine * pi * (1 - pi)
            assert found.expected[o] == pytest.approx(expected, abs=1e-6)
            assert found.variance[o] == pytest.approx(variance, abs=1e-6)


def test_ratios_have_exact_or_byar_s_limits() -> None:
    for rng in generators():
        o, e = float(rng.integers(0, 60)), float(rng.uniform(0.5, 50))
        found = standardised_ratio([o], [e])
        z = stats.norm.ppf(0.975)
        if o < 10:
            low = stats.gamma.ppf(0.025, o) if o else 0.0
            high = stats.gamma.ppf(0.975, o + 1)
        else:
            low = o * (1 - 1 / (9 * o) - z / (3 * math.sqrt(o))) ** 3
            high = (o + 1) * (1 - 1 / (9 * (o + 1)) + z / (3 * math.sqrt(o + 1))) ** 3
        assert (found.low[0], found.high[0]) == pytest.approx((low / e, high / e), rel=1e-9)


def test_adjusted_means_agree_with_least_squares_on_dummies() -> None:
    for rng in generators():
        k, rows, adjusters = int(rng.integers(2, 6)), int(rng.integers(30, 60)), int(rng.integers(1, 4))
        who = np.concatenate([np.arange(k), rng.integers(0, k, rows - k)])
        x = rng.normal(0, 1, (rows, adjusters)) + who[:, None] * 0.3
        y = 3 + 0.2 * who + x @ rng.normal(0, 0.5, adjusters) + rng.normal(0, 0.5, rows)
        w = rng.uniform(0.5, 3, rows)
        found = adjusted_means(who, y, x, weight=w)
        centred = x - (w @ x) / w.sum()
        other = sm.WLS(y, np.hstack([np.eye(k)[who], centred]), weights=w).fit()
        assert found.adjusted == pytest.approx(other.params[:k], abs=1e-8)
        assert found.coefficients == pytest.approx(other.params[k:], abs=1e-8)
        assert found.se == pytest.approx(other.bse[:k], rel=1e-7)


def test_intraclass_correlations_agree_with_anova() -> None:
    for rng in generators():
        n, k = int(rng.integers(2, 10)), int(rng.integers(2, 6))
        table = rng.normal(0, 1, (n, k)) + rng.normal(0, 1, (n, 1)) + rng.normal(0, 1, (1, k))
        found = shrout_fleiss(table)
        target, judge = np.repeat(np.arange(n), k), np.tile(np.arange(k), n)
        dummies = [np.ones((n * k, 1)), np.eye(n)[target][:, 1:], np.eye(k)[judge][:, 1:]]
        y = table.ravel()
        rss = [sm.OLS(y, np.hstack(d)).fit().ssr for d in (dummies[:1], dummies[:2], dummies)]
        bms, jms = (rss[0] - rss[1]) / (n - 1), (rss[1] - rss[2]) / (k - 1)
        ems, wms = rss[2] / ((n - 1) * (k - 1)), rss[1] / (n * (k - 1))
        assert (found.between, found.judges, found.error, found.within) == pytest.approx(
            (bms, jms, ems, wms), rel=1e-7
        )
        assert found.icc14 == pytest.approx(spearman_brown(found.icc11, k), rel=1e-9)
        balanced = icc_oneway([k] * n, table.mean(axis=1), table.var(axis=1, ddof=1))
        assert balanced == pytest.approx(found.icc11, rel=1e-9)

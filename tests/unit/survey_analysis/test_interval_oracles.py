"""The intervals against independent programs and brute force, on inputs nobody chose."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from survey_analysis import (
    agresti_coull,
    clopper_pearson,
    dirichlet_mean,
    dirichlet_moments,
    jeffreys,
    korn_graubard,
    least_squares,
    net_satisfaction,
    newcombe,
    normal_quantile,
    wilson,
)

CASES = 300


def pairs(seed: int) -> list[tuple[int, int]]:
    random = np.random.default_rng(seed)
    sizes = np.ceil(10 ** random.uniform(0, 4, CASES)).astype(int)
    return [(int(random.integers(0, n + 1)), int(n)) for n in sizes]


@pytest.mark.parametrize(
    ("method", "name"),
    [(wilson, "wilson"), (agresti_coull, "agresti_coull"), (clopper_pearson, "beta"),
     (jeffreys, "jeffreys")],
)
def test_single_proportions_agree_with_statsmodels(method, name: str) -> None:
    random = np.random.default_rng(7)
    for x, n in pairs(1):
        alpha = float(random.choice([0.2, 0.05, 0.002]))
        found = method(x, n, normal_quantile(1 - alpha))
        low, high = proportion_confint(x, n, alpha=alpha, method=name)
        if name == "jeffreys":
            low, high = (0.0 if x == 0 else low), (1.0 if x == n else high)
        assert found.low == pytest.approx(max(0.0, low), abs=1e-9)
        assert found.high == pytest.approx(min(1.0, high), abs=1e-9)
        assert found.estimate == x / n


def test_differences_agree_with_statsmodels() -> None:
    for (x1, n1), (x2, n2) in zip(pairs(2), pairs(3), strict=True):
        found = newcombe(x1, n1, x2, n2, normal_quantile(0.95))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            low, high = confint_proportions_2indep(
                x1, n1, x2, n2, method="newcomb", compare="diff"
            )
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)


def test_exact_limits_are_where_the_binomial_tail_is_half_of_alpha() -> None:
    for x, n in pairs(4)[:200]:
        found = clopper_pearson(x, n, 1.96)
        half = stats.norm.sf(1.96)
        if x > 0:
            assert stats.binom.sf(x - 1, n, found.low) == pytest.approx(half, rel=1e-6)
        if x < n:
            assert stats.binom.cdf(x, n, found.high) == pytest.approx(half, rel=1e-6)


def test_korn_graubard_agrees_with_its_formula_from_quantiles() -> None:
    """Independent route: F quantiles of the Clopper–Pearson limits (SAS SURVEYFREQ, type CP)."""
    random = np.random.default_rng(5)
    for _ in range(CASES):
        n = int(random.integers(5, 500))
        p, size, df = random.uniform(0.02, 0.98), random.uniform(2, n), int(random.integers(1, n))
        found = korn_graubard(p, n, size, df, normal_quantile(0.95))
        star = size * (stats.t.ppf(0.975, n - 1) / stats.t.ppf(0.975, df)) ** 2
        x = p * star
        f1 = stats.f.ppf(0.025, 2 * x, 2 * (star - x + 1))
        f2 = stats.f.ppf(0.975, 2 * (x + 1), 2 * (star - x))
        low = 2 * x * f1 / (2 * (star - x + 1) + 2 * x * f1)
        high = 2 * (x + 1) * f2 / (2 * (star - x) + 2 * (x + 1) * f2)
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-8)


def imhof_cdf(q: float, alpha: np.ndarray, values: np.ndarray) -> float:
    """P(Σ value·θ ≤ q) for a Dirichlet θ: the sign of a sum of gammas (Imhof 1961)."""
    weights = (values - q)[:, None]
    u = np.concatenate([[0.0], np.geomspace(1e-6, 1e5, 4000)])
    phase = (alpha[:, None] * np.arctan(weights * u)).sum(axis=0)
    modulus = np.exp((alpha[:, None] / 2 * np.log1p((weights * u) ** 2)).sum(axis=0))
    with np.errstate(invalid="ignore", over="ignore"):
        y = np.sin(phase) / (u * modulus)
    y[0] = alpha @ weights[:, 0]
    return float(0.5 - np.trapezoid(y, u) / math.pi)


def test_the_mean_s_limits_are_quantiles_of_the_exact_posterior() -> None:
    """200 posteriors of random counts, by inversion instead of draws."""
    random = np.random.default_rng(8)
    values = np.arange(1, 6)
    for _ in range(200):
        counts = random.multinomial(int(random.integers(5, 60)), random.dirichlet([1] * 5))
        found = dirichlet_mean(counts.tolist(), draws=4000, seed=int(random.integers(1000)))
        alpha = counts + 0.2
        noise = 5 * math.sqrt(0.025 * 0.975 / 4000)
        if found.low < found.estimate:
            assert abs(imhof_cdf(found.low, alpha, values) - 0.025) < noise + 0.002
        if found.high > found.estimate:
            assert abs(imhof_cdf(found.high, alpha, values) - 0.975) < noise + 0.002


def test_the_posterior_s_moments_are_those_of_many_draws() -> None:
    random = np.random.default_rng(9)
    for _ in range(200):
        counts = random.multinomial(int(random.integers(0, 60)), random.dirichlet([1] * 5))
        mean, variance = dirichlet_moments(counts.tolist())
        sample = random.dirichlet(counts + 0.2, 4000) @ np.arange(1, 6)
        assert mean == pytest.approx(sample.mean(), abs=5 * math.sqrt(variance / 4000))
        assert variance == pytest.approx(sample.var(), rel=0.25)


def test_many_ratings_have_student_s_interval() -> None:
    random = np.random.default_rng(10)
    for _ in range(200):
        counts = random.multinomial(int(random.integers(201, 3000)), random.dirichlet([2] * 5))
        if counts.max() == counts.sum():
            continue
        ratings = np.repeat(np.arange(1, 6), counts)
        found = dirichlet_mean(counts.tolist(), z=normal_quantile(0.95))
        low, high = stats.t.interval(
            0.95, len(ratings) - 1, ratings.mean(), stats.sem(ratings)
        )
        assert (found.low, found.high) == pytest.approx((max(1, low), min(5, high)), abs=1e-9)


def test_net_satisfaction_is_the_mean_of_ratings_with_three_added() -> None:
    """Independent route: mean and variance of −1, 0, 1 with ¾ added at the ends, 1½ between."""
    random = np.random.default_rng(11)
    for _ in range(CASES):
        bad, neutral, good = random.multinomial(
            int(random.integers(1, 500)), random.dirichlet([0.5, 0.5, 2])
        ).tolist()
        n = bad + neutral + good
        found = net_satisfaction(good, bad, n)
        weights = np.array([bad + 0.75, neutral + 1.5, good + 0.75])
        mean = np.average([-1, 0, 1], weights=weights)
        se = math.sqrt(np.average((np.array([-1, 0, 1]) - mean) ** 2, weights=weights) / (n + 3))
        raw = (good - bad) / n
        assert found.estimate == pytest.approx(raw)
        assert found.low == pytest.approx(min(raw, max(-1, mean - 1.96 * se)), abs=1e-12)
        assert found.high == pytest.approx(max(raw, min(1, mean + 1.96 * se)), abs=1e-12)


def test_cluster_robust_errors_agree_with_statsmodels() -> None:
    random = np.random.default_rng(12)
    for _ in range(200):
        n, groups = int(random.integers(20, 200)), int(random.integers(3, 15))
        first = random.integers(0, groups, n)
        second = random.integers(0, 6, n)
        x = np.column_stack([np.ones(n), random.normal(size=(n, int(random.integers(1, 3))))])
        y = x.sum(axis=1) + random.normal(size=groups)[first] + random.normal(size=n)
        model = sm.OLS(y, x)
        one = model.fit(cov_type="cluster", cov_kwds={"groups": first})
        assert least_squares(y, x, first.tolist()).se == pytest.approx(one.bse, rel=1e-8)
        white = model.fit(cov_type="HC1")
        assert least_squares(y, x).se == pytest.approx(white.bse, rel=1e-8)
        two = model.fit(
            cov_type="cluster", cov_kwds={"groups": np.column_stack([first, second])}
        )
        own = np.diag(least_squares(y, x, first.tolist(), second.tolist()).covariance)
        assert own == pytest.approx(np.diag(two.cov_params()), rel=1e-6, abs=1e-12)

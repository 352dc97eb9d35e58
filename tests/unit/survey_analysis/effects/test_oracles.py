"""The same answers as independent programs, and as brute force, on random inputs."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
import statsmodels.api as sm

from survey_analysis import effects
from survey_analysis.effects.interrupted import harmonics
from survey_analysis.effects.regression import absorb, least_squares
from tests.campaigns.length import FULL

INPUTS = 200


def panel_of(rng: np.random.Generator) -> tuple[effects.OfficerMonths, list[int], int]:
    """Unbalanced officer-months: some are missing, numbers of ratings differ."""
    officers, months = int(rng.integers(5, 12)), int(rng.integers(4, 9))
    rows = [(o, m) for o in range(officers) for m in range(months)
            if m in (0, months - 1) or rng.random() < 0.85]
    n = rng.integers(3, 60, len(rows))
    level = rng.uniform(0.6, 0.95, officers)
    hits = rng.binomial(n, [level[o] for o, _ in rows])
    panel = effects.officer_months(
        [o for o, _ in rows], [m for _, m in rows], hits, [0.8] * len(rows), n, rho=0.02
    )
    return panel, list(range(int(rng.integers(2, officers - 1)))), months // 2


def dummies(panel: effects.OfficerMonths, treated: list[int], start: int) -> np.ndarray:
    officer, month = np.eye(len(panel.officers))[panel.officer], np.eye(99)[panel.month]
    month = month[:, month.any(axis=0)][:, 1:]
    d = np.isin(panel.officer, panel.marked(treated).nonzero()[0]) & (panel.month >= start)
    return np.column_stack([d, officer, month])


def test_two_way_effect_and_clustered_errors_like_statsmodels() -> None:
    rng = np.random.default_rng(11)
    for _ in range(INPUTS):
        panel, treated, start = panel_of(rng)
        x = dummies(panel, treated, start)
        model = sm.WLS(panel.residual, x, weights=panel.weight).fit(
            cov_type="cluster", cov_kwds={"groups": panel.officer}, use_t=True
        )
        fit = effects.two_way(panel, treated, start).fit("CR1")
        # statsmodels counts officer effects, which are nested in the clusters, as parameters.
        rows, k = x.shape
        nested = len(panel.officers)
        scale = np.sqrt((rows - k) / (rows - k + nested))
        assert fit.coefficients[0] == pytest.approx(model.params[0], abs=1e-9)
        assert fit.standard_errors[0] == pytest.approx(model.bse[0] * scale, rel=1e-7)
        assert fit.degrees == nested - 1


def reduced_by_definition(
    x: np.ndarray, y: np.ndarray, w: np.ndarray, cluster: np.ndarray
) -> np.ndarray:
    """CR2 spelled out: hat matrix, symmetric inverse roots, sandwich."""
    root = np.sqrt(w)
    xs, ys = x * root[:, None], y * root
    inverse = np.linalg.pinv(xs.T @ xs)
    hat = xs @ inverse @ xs.T
    u = ys - hat @ ys
    meat = np.zeros((x.shape[1], x.shape[1]))
    for g in np.unique(cluster):
        i = cluster == g
        values, vectors = np.linalg.eigh(np.eye(i.sum()) - hat[np.ix_(i, i)])
        half = np.array([v**-0.5 if v > 1e-9 else 0.0 for v in values])
        s = xs[i].T @ (vectors * half) @ vectors.T @ u[i]
        meat += np.outer(s, s)
    return inverse @ meat @ inverse


def test_bias_reduced_errors_like_their_definition() -> None:
    rng = np.random.default_rng(12)
    for _ in range(INPUTS):
        groups = int(rng.integers(3, 9))
        cluster = rng.integers(0, groups, 40)
        cluster[:groups] = np.arange(groups)
        x = np.column_stack([np.ones(40), rng.normal(size=(40, 2))])
        w = rng.uniform(0.5, 3, 40)
        y = rng.normal(size=40) + rng.normal(size=groups)[cluster]
        fit = least_squares(y, x, weights=w, kind="CR2", clusters=cluster)
        assert fit.covariance == pytest.approx(reduced_by_definition(x, y, w, cluster), rel=1e-8)


def test_fixed_effects_like_dummies() -> None:
    rng = np.random.default_rng(13)
    for _ in range(INPUTS):
        panel, treated, start = panel_of(rng)
        x = dummies(panel, treated, start)[:, 1:]
        root = np.sqrt(panel.weight)
        by_hand = panel.residual - x @ np.linalg.lstsq(
            x * root[:, None], panel.residual * root, rcond=None
        )[0]
        cleared = absorb(panel.residual, panel.officer, panel.month, panel.weight)
        assert cleared == pytest.approx(by_hand, abs=1e-9)


def test_label_permutation_like_enumeration() -> None:
    rng = np.random.default_rng(14)
    for _ in range(INPUTS):
        n = int(rng.integers(4, 9))
        values = rng.integers(0, 6, n).astype(float)
        k = int(rng.integers(1, n))
        mark = np.arange(n) < k
        gap = [
            values[list(c)].mean() - np.delete(values, list(c)).mean()
            for c in combinations(range(n), k)
        ]
        seen = values[mark].mean() - values[~mark].mean()
        p = np.mean(np.abs(gap) >= abs(seen) - 1e-12)
        assert effects.exchange_labels(values, mark).p_value == pytest.approx(p)


def test_label_permutation_keeps_to_strata() -> None:
    rng = np.random.default_rng(15)
    for _ in range(50):
        values = rng.normal(size=8)
        mark = np.array([1, 0, 1, 0, 0, 1, 0, 0], bool)
        strata = ["a"] * 4 + ["b"] * 4
        gap = [
            values[[*a, *b]].mean() - np.delete(values, [*a, *b]).mean()
            for a, b in product(combinations(range(4), 2), combinations(range(4, 8), 1))
        ]
        seen = values[mark].mean() - values[~mark].mean()
        test = effects.exchange_labels(values, mark, strata=strata)
        assert test.arrangements == 24
        assert test.p_value == pytest.approx(np.mean(np.abs(gap) >= abs(seen) - 1e-12))


def test_sign_flip_like_enumeration() -> None:
    rng = np.random.default_rng(16)
    for _ in range(INPUTS):
        d = rng.integers(-4, 9, int(rng.integers(1, 9))).astype(float)
        sums = [np.dot(s, d) for s in product((-1, 1), repeat=len(d))]
        p = np.mean(np.abs(sums) >= abs(d.sum()) - 1e-12)
        assert effects.sign_flip(d).p_value == pytest.approx(p)


def test_randomisation_of_the_two_way_effect_like_refitting() -> None:
    """Effects under exchanged labels come from two products; refit some by least squares."""
    rng = np.random.default_rng(17)
    for _ in range(12):
        panel, treated, start = panel_of(rng)
        design = effects.two_way(panel, treated, start)
        test, _, _ = effects.randomisation_test(design)
        if not test.exact:
            continue
        extreme = 0
        labels = list(combinations(range(len(panel.officers)), len(treated)))
        for chosen in labels:
            beta = sm.WLS(
                panel.residual, dummies(panel, list(chosen), start), weights=panel.weight
            ).fit().params[0]
            extreme += abs(beta) >= abs(design.effect) - 1e-10
        assert test.p_value == pytest.approx(extreme / len(labels))


def refit_bootstrap(
    y: np.ndarray, d: np.ndarray, x: np.ndarray, w: np.ndarray, cluster: np.ndarray, null: float
) -> float:
    """Wild cluster restricted bootstrap over all signs, each sample fitted anew."""
    full = np.column_stack([d, x])
    root = np.sqrt(w)

    def t_of(target: np.ndarray) -> float:
        fit = least_squares(target, full, weights=w, kind="CR1", clusters=cluster)
        return float((fit.coefficients[0] - null) / fit.standard_errors[0])

    inner = np.linalg.lstsq(x * root[:, None], (y - null * d) * root, rcond=None)[0]
    fitted = x @ inner + null * d
    u = y - fitted
    t = t_of(y)
    drawn = [
        t_of(fitted + np.array(v)[cluster] * u)
        for v in product((-1.0, 1.0), repeat=int(cluster.max()) + 1)
    ]
    return float(np.mean(np.abs(drawn) >= abs(t) - 1e-9 * max(1, abs(t))))


def test_wild_bootstrap_like_refitting() -> None:
    rng = np.random.default_rng(18)
    for at in range(INPUTS):
        groups, size = 4 + at % 2, 5
        cluster = np.repeat(np.arange(groups), size)
        d = ((cluster < groups // 2) & (np.tile(np.arange(size), groups) > 1)).astype(float)
        x = np.column_stack([np.ones(len(d)), rng.normal(size=len(d))])
        y = rng.normal(size=len(d)) + rng.normal(size=groups)[cluster] + 0.4 * d
        w = rng.uniform(0.5, 2, len(d))
        null = float(rng.choice([0.0, 0.3]))
        mine = effects.wild_cluster_bootstrap(
            effects.cluster_scores(y, d, x, cluster, w), null=null, kind="enumerated"
        )
        assert mine.p_value == pytest.approx(refit_bootstrap(y, d, x, w, cluster, null))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_group_time_effects_like_csdid() -> None:
    import pandas as pd
    from csdid.att_gt import ATTgt

    rng = np.random.default_rng(20)
    for at in range(INPUTS if FULL else 8):
        n, periods = int(rng.integers(24, 40)), int(rng.integers(3, 6))
        cohort = rng.choice([0, *range(2, periods + 1)], n)
        cohort[:7], cohort[7:10] = 0, 2
        y = rng.normal(size=(n, 1)) + rng.normal(size=(n, periods))
        long = pd.DataFrame({
            "id": np.repeat(np.arange(n), periods), "t": np.tile(np.arange(1, periods + 1), n),
            "g": np.repeat(cohort, periods), "y": y.ravel(),
        })
        control = ("nevertreated", "notyettreated")[at % 2]
        theirs = ATTgt(
            yname="y", tname="t", idname="id", gname="g", data=long, control_group=[control],
            xformla="y~1", panel=True, allow_unbalanced_panel=False, cband=False,
        ).fit(est_method="reg", base_period="varying", bstrap=False).results
        mine = effects.group_time_effects(
            y, cohort, control="never" if control == "nevertreated" else "not_yet"
        )
        key = {(int(g), int(t)): i for i, (g, t) in enumerate(
            zip(theirs["group"], theirs["year"], strict=True)
        )}
        assert len(key) == len(mine.cells)
        for i, cell in enumerate(mine.cells):
            j = key[cell.group, cell.period]
            assert cell.estimate == pytest.approx(float(theirs["att"][j]), abs=1e-8)
            assert mine.standard_errors[i] == pytest.approx(
                float(np.ravel(theirs["se"])[j]), rel=1e-6
            )


def test_group_time_effects_like_four_means() -> None:
    """By hand for every cell: controls, base and missing months."""
    rng = np.random.default_rng(21)
    for at in range(INPUTS):
        n, periods = 14, 5
        cohort = rng.choice([0, 2, 3, 5], n)
        cohort[:4] = [0, 0, 3, 5]
        y = rng.normal(size=(n, periods))
        y[rng.random((n, periods)) < 0.05] = np.nan
        base, control = ("varying", "universal")[at % 2], ("never", "not_yet")[at // 2 % 2]
        done = effects.group_time_effects(y, cohort, control=control, base=base)
        for cell in done.cells:
            g, t = cell.group, cell.period
            before = g - 1 if t >= g or base == "universal" else t - 1
            change = y[:, t - 1] - y[:, before - 1]
            others = cohort == 0
            if control == "not_yet":
                others |= (cohort > max(t, before)) & (cohort != g)
            hand = np.nanmean(change[cohort == g]) - np.nanmean(change[others])
            assert cell.estimate == pytest.approx(hand)


def test_decomposition_adds_up_to_the_two_way_coefficient() -> None:
    rng = np.random.default_rng(22)
    for _ in range(INPUTS):
        n, periods = int(rng.integers(4, 20)), int(rng.integers(3, 8))
        cohort = rng.integers(0, periods + 1, n)
        cohort[:2] = [2, 0]
        y = rng.normal(size=(n, periods))
        d = ((np.arange(1, periods + 1) >= cohort[:, None]) & (cohort > 0)[:, None]).astype(float)
        clear = [
            v - v.mean(axis=1, keepdims=True) - v.mean(axis=0, keepdims=True) + v.mean()
            for v in (y, d)
        ]
        beta = (clear[0] * clear[1]).sum() / (clear[1] ** 2).sum()
        parts = effects.decompose(y, cohort)
        assert parts.estimate == pytest.approx(beta)
        assert sum(c.weight for c in parts.components) == pytest.approx(1)
        assert min(c.weight for c in parts.components) > 0


def test_interrupted_series_like_generalised_linear_models() -> None:
    rng = np.random.default_rng(23)
    for at in range(INPUTS):
        length = int(rng.integers(16, 40))
        start, total = length // 2, rng.integers(40, 400, length).astype(float)
        after = (np.arange(length) >= start).astype(float)
        hits = rng.binomial(total.astype(int), np.clip(0.7 + 0.1 * after, 0, 1)).astype(float)
        pairs = at % 3
        x = np.column_stack([np.ones(length), after, np.arange(1, length + 1),
                             harmonics(np.arange(1, length + 1), pairs, 12)])
        if at % 2:
            fit = sm.GLM(np.column_stack([hits, total - hits]), x, sm.families.Binomial()).fit()
            mine = effects.interrupted_series(hits, total, start, season_pairs=pairs)
        else:
            fit = sm.GLM(hits, x, sm.families.Poisson(), offset=np.log(total)).fit()
            mine = effects.interrupted_series(
                hits, total, start, season_pairs=pairs, family="quasi-poisson"
            )
        assert mine.step == pytest.approx(fit.params[1], abs=1e-6)
        # Its scale="X2" forgets the number of trials, so the dispersion is taken from residuals.
        dispersion = fit.pearson_chi2 / fit.df_resid
        assert mine.dispersion == pytest.approx(dispersion, rel=1e-5)
        assert mine.standard_error == pytest.approx(fit.bse[1] * dispersion**0.5, rel=1e-5)
        lagged = sm.GLM(hits, x, sm.families.Poisson(), offset=np.log(total)).fit(
            cov_type="HAC", cov_kwds={"maxlags": 2}
        )
        robust = effects.interrupted_series(
            hits, total, start, season_pairs=pairs, family="quasi-poisson", lags=2
        )
        small = np.sqrt(length / (length - x.shape[1]))
        assert robust.standard_error == pytest.approx(lagged.bse[1] * small, rel=1e-4)


def test_baseline_adjustment_like_least_squares() -> None:
    rng = np.random.default_rng(24)
    for _ in range(INPUTS):
        n = int(rng.integers(6, 30))
        x, noise = rng.normal(0.85, 0.06, n), rng.uniform(0, 0.003, n)
        mark = np.arange(n) < n // 2
        y = rng.normal(0.85, 0.05, n)
        tau2 = max(x.var(ddof=1) - noise.mean(), 0)
        shrunk = x.mean() + tau2 / (tau2 + noise) * (x - x.mean())
        theirs = sm.OLS(y, np.column_stack([np.ones(n), mark, shrunk])).fit(cov_type="HC1")
        mine = effects.baseline_adjusted(y, mark, x, noise)
        assert mine.coefficients[1] == pytest.approx(theirs.params[1], abs=1e-9)
        assert mine.standard_errors[1] == pytest.approx(theirs.bse[1], rel=1e-6)

"""Coverage, bounds, representativeness: against brute force and statsmodels, and their edges."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from survey_analysis import (
    Coverage,
    InvalidCountsError,
    MissingIdentifierError,
    NotConvergedError,
    fit_logistic,
    indicator_columns,
    ranking_survival,
    representativeness,
    worst_case_bounds,
)


def test_coverage_and_response_are_two_figures() -> None:
    found = Coverage(rated=30, eligible=100, invited=60)
    assert (found.coverage, found.response) == (0.3, 0.5)


def test_nothing_eligible_or_invited_is_no_zero() -> None:
    assert Coverage(0, 0).coverage is None
    assert Coverage(0, 10).coverage == 0
    assert (Coverage(5, 10).response, Coverage(0, 10, 0).response) == (None, None)


@pytest.mark.parametrize("counts", [(11, 10), (-1, 10), (5, 10, 4), (5, 10, 11)])
def test_more_rated_than_eligible_or_invited_is_refused(counts: tuple[int, ...]) -> None:
    with pytest.raises(InvalidCountsError):
        Coverage(*counts)


@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))),
       st.integers(0, 40))
def test_the_bounds_are_what_the_silent_could_make_of_it(pair, silent: int) -> None:
    rated, good = pair
    found = worst_case_bounds(good / rated, rated / (rated + silent))
    possible = [(good + k) / (rated + silent) for k in range(silent + 1)]
    assert (found.low, found.high) == pytest.approx((min(possible), max(possible)))
    assert found.low <= found.estimate + 1e-12
    assert found.high >= found.estimate - 1e-12


def test_bounds_of_nobody_and_of_everybody() -> None:
    assert (worst_case_bounds(None, 0).low, worst_case_bounds(None, 0).high) == (0, 1)
    whole = worst_case_bounds(0.8, 1)
    assert (whole.low, whole.high) == pytest.approx((0.8, 0.8))


@pytest.mark.parametrize(("p", "c"), [(1.1, 0.5), (-0.1, 0.5), (0.5, 1.1), (0.5, -1), (None, 0.2)])
def test_impossible_bounds_are_refused(p: float | None, c: float) -> None:
    with pytest.raises(InvalidCountsError):
        worst_case_bounds(p, c)


def test_the_response_model_agrees_with_statsmodels() -> None:
    random = np.random.default_rng(21)
    for _ in range(220):
        rows, k = int(random.integers(8, 60)), int(random.integers(1, 4))
        x = np.column_stack([np.ones(rows), random.normal(size=(rows, k))])
        trials = random.integers(5, 200, rows)
        p = 1 / (1 + np.exp(-x @ random.normal(0, 0.7, k + 1)))
        rated = random.binomial(trials, p)
        model = sm.GLM(
            np.column_stack([rated, trials - rated]), x, family=sm.families.Binomial()
        ).fit(tol=1e-12)
        assert fit_logistic(x, rated, trials) == pytest.approx(model.params, abs=1e-6)
        found = representativeness(x, rated, trials)
        each = np.repeat(model.fittedvalues, trials)
        assert found.indicator == pytest.approx(1 - 2 * each.std(ddof=1), abs=1e-6)
        assert found.mean_propensity == pytest.approx(rated.sum() / trials.sum(), abs=1e-7)


def test_a_saturated_model_repeats_the_cells_own_coverage() -> None:
    found = representativeness(indicator_columns([["a", "b", "c"]]), [20, 30, 6], [100, 50, 60])
    assert found.propensities == pytest.approx((0.2, 0.6, 0.1))
    each = np.repeat([0.2, 0.6, 0.1], [100, 50, 60])
    assert found.indicator == pytest.approx(1 - 2 * each.std(ddof=1))
    assert found.max_bias == pytest.approx((1 - found.indicator) * 0.5 / (2 * each.mean()))


def test_equal_response_is_fully_representative() -> None:
    found = representativeness(indicator_columns([["a", "b"]]), [20, 40], [100, 200])
    assert found.indicator == pytest.approx(1)
    assert found.max_bias == pytest.approx(0, abs=1e-9)
    everybody = representativeness(indicator_columns([["a", "b"]]), [100, 200], [100, 200])
    assert (everybody.indicator, everybody.mean_propensity) == (1, 1)


def test_response_that_a_column_separates_is_named() -> None:
    with pytest.raises(NotConvergedError, match="separates"):
        fit_logistic(indicator_columns([["a", "b"]]), [0, 30], [100, 50])


def test_impossible_responses_are_refused() -> None:
    with pytest.raises(InvalidCountsError, match="nobody rated"):
        representativeness([[1.0]], [0], [10])
    with pytest.raises(InvalidCountsError):
        fit_logistic([[1.0]], [11], [10])
    with pytest.raises(InvalidCountsError):
        fit_logistic([[1.0]], [0], [0])
    with pytest.raises(InvalidCountsError, match="depend"):
        fit_logistic([[1, 2], [1, 2], [1, 2]], [1, 2, 3], [9, 9, 9])
    with pytest.raises(InvalidCountsError, match="one row"):
        fit_logistic([[1.0]], [1, 2], [9, 9])
    with pytest.raises(MissingIdentifierError, match="row 1 has no category of factor 2"):
        indicator_columns([["a", "b"], ["x", None]])


names = st.lists(
    st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=0, max_size=7
).map(lambda rows: dict(enumerate(rows)))


@given(names, st.floats(0, 0.5))
def test_a_ranking_survives_when_no_pair_turns(rows, gap: float) -> None:
    shares = {k: round(v[0], 3) for k, v in rows.items()}
    coverages = {k: round(v[1], 3) for k, v in rows.items()}
    found = ranking_survival(shares, coverages, gap)
    assumed = {
        k: coverages[k] * p + (1 - coverages[k]) * max(0, p - gap) for k, p in shares.items()
    }
    turned = {
        (a, b) for a, b in itertools.permutations(shares, 2)
        if shares[a] > shares[b] and assumed[a] < assumed[b]
    }
    assert set(found.turned) == turned
    assert found.survives == (not turned)
    assert all(0 <= v <= shares[k] + 1e-12 for k, v in found.assumed.items())


@given(names)
def test_agreement_is_kendall_s(rows) -> None:
    assume(len(rows) >= 2)
    shares = {k: v[0] for k, v in rows.items()}
    assume(len(set(shares.values())) == len(shares))
    found = ranking_survival(shares, {k: v[1] for k, v in rows.items()}, 0.1)
    after = [found.assumed[k] for k in shares]
    assume(len(set(after)) == len(after))
    expected = stats.kendalltau(list(shares.values()), after).statistic
    assert found.agreement == pytest.approx(expected)


def test_full_coverage_keeps_every_ranking() -> None:
    assert ranking_survival({"a": 0.5, "b": 0.9}, {"a": 1, "b": 1}, 0.5).survives
    assert ranking_survival({}, {}).survives


def test_impossible_rankings_are_refused() -> None:
    with pytest.raises(InvalidCountsError, match="different names"):
        ranking_survival({"a": 0.5}, {"b": 0.5})
    with pytest.raises(InvalidCountsError):
        ranking_survival({"a": 1.5}, {"a": 0.5})

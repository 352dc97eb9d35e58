"""Laws that every interval keeps, and what each refuses."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from survey_analysis import (
    InvalidCountsError,
    agresti_coull,
    clopper_pearson,
    dirichlet_mean,
    dirichlet_moments,
    dissatisfied_share,
    jeffreys,
    korn_graubard,
    mean_level,
    net_satisfaction,
    net_share,
    newcombe,
    normal_quantile,
    wilson,
    wilson_corrected,
)

SINGLE = [wilson, wilson_corrected, agresti_coull, jeffreys, clopper_pearson]
trials = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.lists(st.integers(0, 60), min_size=5, max_size=5)


@pytest.mark.parametrize("method", SINGLE)
@given(trials, st.floats(0.5, 4))
def test_limits_lie_in_the_range_around_the_estimate(method, pair, z: float) -> None:
    found = method(*pair, z)
    assert 0 <= found.low <= found.estimate <= found.high <= 1
    assert found.low < found.high


@pytest.mark.parametrize("method", SINGLE)
@given(trials)
def test_satisfied_and_dissatisfied_mirror_each_other(method, pair) -> None:
    x, n = pair
    one, other = method(x, n), method(n - x, n)
    assert one.low == pytest.approx(1 - other.high, abs=1e-9)


@pytest.mark.parametrize("method", SINGLE)
@given(trials, st.integers(2, 20))
def test_more_ratings_of_the_same_share_narrow_it(method, pair, times: int) -> None:
    few, many = method(*pair), method(pair[0] * times, pair[1] * times)
    assert many.low >= few.low - 1e-12
    assert many.high <= few.high + 1e-12


@given(trials)
def test_the_careful_are_wider(pair) -> None:
    score = wilson(*pair)
    for method in (wilson_corrected, agresti_coull):
        wide = method(*pair)
        assert wide.low <= score.low + 1e-9
        assert wide.high >= score.high - 1e-9


@given(trials, trials)
def test_a_difference_turns_its_sign_with_the_order(first, second) -> None:
    one, other = newcombe(*first, *second), newcombe(*second, *first)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-12)
    assert -1 <= one.low <= one.estimate <= one.high <= 1


@given(levels)
def test_the_mean_stays_on_the_scale(counts: list[int]) -> None:
    assume(any(counts))
    found = dirichlet_mean(counts, draws=200)
    assert 1 <= found.low <= found.estimate <= found.high <= 5
    assert found.low < found.high


@given(levels)
def test_the_mean_turns_with_the_scale(counts: list[int]) -> None:
    assume(any(counts))
    given_values = dirichlet_mean(counts, draws=200, values=[-1, -2, -3, -4, -5])
    plain = dirichlet_mean(counts, draws=200)
    assert given_values.low == pytest.approx(-plain.high)
    assert given_values.high == pytest.approx(-plain.low)


@given(levels)
def test_net_lies_between_minus_one_and_one(counts: list[int]) -> None:
    assume(any(counts))
    found = net_satisfaction(counts[3] + counts[4], counts[0] + counts[1], sum(counts))
    assert -1 <= found.low <= found.estimate <= found.high <= 1
    turned = net_satisfaction(counts[0] + counts[1], counts[3] + counts[4], sum(counts))
    assert turned.low == pytest.approx(-found.high)


def test_all_alike_still_have_a_width() -> None:
    for n in (1, 10, 300, 5000):
        found = dirichlet_mean([0, 0, 0, 0, n])
        assert (found.estimate, found.high) == (5.0, 5.0)
        assert found.low < 5
        assert wilson(n, n).low < 1
        assert net_satisfaction(n, 0, n).low < 1


def test_an_effective_size_widens_the_mean_and_never_narrows_it() -> None:
    counts = [1, 2, 3, 14, 30]
    plain = dirichlet_mean(counts, draws=20_000)
    fewer = dirichlet_mean(counts, draws=20_000, n_eff=10)
    more = dirichlet_mean(counts, draws=20_000, n_eff=500)
    assert fewer.high - fewer.low > 1.5 * (plain.high - plain.low)
    assert more == plain
    assert fewer.estimate == pytest.approx(plain.estimate)


def test_no_ratings_are_a_stated_result() -> None:
    none = [0] * 5
    assert (mean_level(none), net_share(none), dissatisfied_share(none)) == (None, None, None)
    assert dirichlet_moments(none)[0] == pytest.approx(3)


@pytest.mark.parametrize("method", SINGLE)
@pytest.mark.parametrize(
    ("x", "n"), [(1, 0), (-1, 5), (6, 5), (0, -1), (math.nan, 5), (1, math.nan), (1, math.inf)]
)
def test_impossible_counts_are_refused(method, x: float, n: float) -> None:
    with pytest.raises(InvalidCountsError, match="no proportion"):
        method(x, n)


@pytest.mark.parametrize(
    "counts", [[], [3], [0, 0], [-1, 2], [math.nan, 1], [[1, 2], [3, 4]], [math.inf, 1]]
)
def test_impossible_levels_are_refused(counts: list[float]) -> None:
    with pytest.raises(InvalidCountsError):
        dirichlet_mean(counts)


@pytest.mark.parametrize("counts", [[3], [-1, 2], [math.nan, 1]])
def test_impossible_levels_have_no_moments(counts: list[float]) -> None:
    with pytest.raises(InvalidCountsError):
        dirichlet_moments(counts)


def test_values_must_fit_the_levels() -> None:
    with pytest.raises(InvalidCountsError, match="3 values for 2 levels"):
        dirichlet_mean([1, 2], values=[0, 1, 2])
    for size in (0, -1, math.nan):
        with pytest.raises(InvalidCountsError, match="effective size"):
            dirichlet_mean([1, 2], n_eff=size)


@pytest.mark.parametrize(
    ("good", "bad", "n"),
    [(1, 1, 0), (-1, 1, 5), (1, -1, 5), (3, 3, 5), (math.nan, 1, 5), (1, 1, math.inf)],
)
def test_impossible_parts_are_refused(good: float, bad: float, n: float) -> None:
    with pytest.raises(InvalidCountsError):
        net_satisfaction(good, bad, n)


@pytest.mark.parametrize(
    ("p", "n", "size", "df"),
    [(-0.1, 9, 9, 3), (1.1, 9, 9, 3), (0.5, 1, 1, 3), (0.5, 9, 0, 3), (0.5, 9, 9, 0)],
)
def test_impossible_designs_are_refused(p: float, n: float, size: float, df: float) -> None:
    with pytest.raises(InvalidCountsError):
        korn_graubard(p, n, size, df)


def test_korn_graubard_never_trusts_more_than_the_ratings() -> None:
    assert korn_graubard(0.8, 50, 400, 20) == korn_graubard(0.8, 50, 50, 20)


@pytest.mark.parametrize("level", [0, 1, -0.5, 1.5])
def test_levels_outside_zero_and_one_are_refused(level: float) -> None:
    with pytest.raises(InvalidCountsError):
        normal_quantile(level)


@pytest.mark.parametrize("bad", [(0.5, 1, 0.5, 0.5), (0.5, 1, 5, 5), (1.5, 50, 20, 5), (1.2, 1, -1, 5), (0.5, 50, 0, 5)])
def test_one_impossible_figure_is_enough_to_refuse(bad: tuple[float, float, float, float]) -> None:
    with pytest.raises(InvalidCountsError):
        korn_graubard(*bad)


@pytest.mark.parametrize("edge", [(0.0, 2, 0.5, 1), (1.0, 2, 1, 1), (0.25, 1.5, 1, 1), (0.75, 60, 40, 11)])
def test_figures_at_the_edge_are_taken_and_their_share_is_kept(edge: tuple[float, float, float, float]) -> None:
    found = korn_graubard(*edge)
    assert found.estimate == edge[0]
    assert 0 <= found.low <= found.estimate <= found.high <= 1


def test_no_ratings_are_no_proportion() -> None:
    with pytest.raises(InvalidCountsError):
        wilson(0, 0)

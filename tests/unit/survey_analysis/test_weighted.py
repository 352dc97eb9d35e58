"""Weighted and clustered figures: sizes never above n, equal weights change nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_analysis import (
    DEFAULTS,
    Interval,
    InvalidCountsError,
    InvalidWeightsError,
    TooFewClustersError,
    clustered_size,
    dirichlet_mean,
    finite_population,
    jackknife,
    kish_effective_size,
    korn_graubard,
    net_satisfaction,
    size_from_variance,
    weighted_difference,
    weighted_levels,
    weighted_mean,
    weighted_net,
    weighted_share,
    wilson,
)

weights = st.lists(st.floats(0.01, 50), min_size=1, max_size=60)


@given(weights, st.floats(0.001, 1e6))
def test_kish_lies_between_one_and_n(w: list[float], scale: float) -> None:
    found = kish_effective_size(w)
    assert 1 - 1e-9 <= found <= len(w) + 1e-9
    assert found == pytest.approx(sum(w) ** 2 / sum(v * v for v in w))
    assert kish_effective_size([v * scale for v in w]) == pytest.approx(found)


def test_equal_weights_give_wilson_itself() -> None:
    found = weighted_share([1] * 44 + [0] * 6, [3.0] * 50)
    plain = wilson(44, 50)
    assert (found.low, found.high) == pytest.approx((plain.low, plain.high))
    assert (found.n, found.n_eff, found.method) == (50, pytest.approx(50), "kish")


def test_clusters_that_repeat_themselves_count_once() -> None:
    y = [1, 0, 1, 1, 0, 1, 1, 1, 1, 1]
    alone = weighted_share(y, clusters=list(range(10)))
    repeated = weighted_share(np.repeat(y, 7), clusters=np.repeat(range(10), 7).tolist())
    assert repeated.n_eff == pytest.approx(alone.n_eff)
    assert repeated.n_eff == pytest.approx(9)
    assert (repeated.n, repeated.df, repeated.method) == (70, 9, "replicates")


def test_the_size_is_what_the_replicates_say_and_at_most_n() -> None:
    random = np.random.default_rng(41)
    for _ in range(200):
        n = int(random.integers(20, 150))
        y, w = random.integers(0, 2, n), random.uniform(0.5, 3, n)
        cluster = (np.arange(n) // 4).tolist()
        found = weighted_share(y, w, cluster)
        p = float(w @ y / w.sum())
        variance = jackknife(lambda v, y=y: float(v @ y / v.sum()), w, cluster).variance
        assert found.n_eff == pytest.approx(min(n, p * (1 - p) / variance))
        limits = wilson(p * found.n_eff, found.n_eff)
        assert (found.estimate, found.low) == pytest.approx((p, limits.low))


def test_all_alike_in_clusters_are_not_worth_their_number() -> None:
    found = weighted_share([1] * 60, clusters=np.repeat(range(6), 10).tolist())
    assert found.method == "assumed_icc"
    assert found.n_eff == pytest.approx(60 / (1 + 9 * DEFAULTS.icc_assumed))
    assert 0 < found.low < found.high == 1


def test_korn_and_graubard_on_request() -> None:
    y, cluster = [1, 1, 1, 0] * 15, np.repeat(range(12), 5).tolist()
    found = weighted_share(y, clusters=cluster, exact=True)
    plain = korn_graubard(0.75, 60, found.n_eff, 11)
    assert (found.low, found.high) == (plain.low, plain.high)
    with pytest.raises(TooFewClustersError, match="needs clusters"):
        weighted_share(y, exact=True)


def test_the_finite_population_is_labelled() -> None:
    y = [1] * 40 + [0] * 10
    plain, month = weighted_share(y), weighted_share(y, population=100)
    assert month.method == "kish+finite_population"
    assert month.high - month.estimate == pytest.approx(
        np.sqrt(0.5) * (plain.high - plain.estimate)
    )
    assert finite_population(Interval(0.5, 0.2, 0.9), 10, 10) == Interval(0.5, 0.5, 0.5)
    for n, population in ((0, 10), (11, 10)):
        with pytest.raises(InvalidCountsError):
            finite_population(Interval(0.5, 0.2, 0.9), n, population)


def test_one_rating_and_none() -> None:
    assert weighted_share([1]).n_eff == 1
    with pytest.raises(InvalidCountsError):
        weighted_share([])
    with pytest.raises(InvalidCountsError):
        weighted_share([1, 2])
    with pytest.raises(InvalidWeightsError):
        weighted_share([1, 0], [1, 2, 3])


def test_differences_use_effective_sizes() -> None:
    first = weighted_share([1, 1, 0, 1] * 20, [1.0] * 40 + [4.0] * 40)
    second = weighted_share([1, 0] * 40)
    found = weighted_difference(first, second)
    assert found.estimate == pytest.approx(first.estimate - 0.5)
    wide = found.high - found.low
    same = weighted_difference(weighted_share([1, 1, 0, 1] * 20), second)
    assert wide > same.high - same.low


@given(st.lists(st.tuples(st.integers(1, 5), st.floats(0.1, 5)), min_size=1, max_size=40))
def test_weighted_levels_keep_shares_and_sum_to_the_size(rows) -> None:
    levels, w = [r[0] for r in rows], [r[1] for r in rows]
    found = weighted_levels(levels, w, 17.0)
    assert sum(found) == pytest.approx(17)
    for level in range(1, 6):
        share = sum(v for k, v in rows if k == level) / sum(w)
        assert found[level - 1] == pytest.approx(17 * share)


def test_mean_and_net_with_equal_weights_are_the_plain_ones() -> None:
    levels = [1] * 2 + [3] * 4 + [4] * 10 + [5] * 20
    counts = [2, 0, 4, 10, 20]
    assert weighted_mean(levels, [2.0] * 36).low == pytest.approx(dirichlet_mean(counts).low)
    plain = net_satisfaction(30, 2, 36)
    assert weighted_net(levels, [2.0] * 36).high == pytest.approx(plain.high)
    assert weighted_net(levels, [2.0] * 36, size=9).high > plain.high
    narrow = weighted_mean(levels, [2.0] * 36, size=360)
    assert narrow.high - narrow.low < 0.5 * (dirichlet_mean(counts).high - 4)


def test_impossible_sizes_are_refused() -> None:
    with pytest.raises(InvalidCountsError):
        weighted_levels([], [], 3)
    with pytest.raises(InvalidCountsError):
        weighted_levels([6], [1], 3)
    with pytest.raises(InvalidCountsError):
        weighted_levels([5], [1], 0)
    for arguments in ((0, 2, 0.1), (5, 0.5, 0.1), (5, 2, -0.1), (5, 2, 1.1)):
        with pytest.raises(InvalidCountsError):
            clustered_size(*arguments)
    for arguments in ((0, 0.1, 5), (1, 0.1, 5), (0.5, -1, 5), (0.5, 0.1, 0), (0.5, float("nan"), 5)):
        with pytest.raises(InvalidCountsError):
            size_from_variance(*arguments)
    assert size_from_variance(0.5, 0, 5) == 5

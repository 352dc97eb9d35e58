"""Laws of fair comparison: never NaN, monotone, invariant, honest at the edges."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from survey_analysis import (
    DEFAULTS,
    Cells,
    InvalidCountsError,
    MissingIdentifierError,
    NotEstimableError,
    OfficerCounts,
    adjusted_means,
    benjamini_hochberg,
    beta_binomial,
    beta_binomial_grid,
    check_connectivity,
    compare,
    fit_beta_binomial,
    funnel_approximate,
    funnel_exact,
    funnel_overdispersed,
    funnel_poisson,
    hierarchical_logit,
    indirect_standardisation,
    normal_normal,
    officer_table,
    overdispersion,
    rank_draws,
    rank_normal,
    rank_shares,
    ratings_for,
    shrout_fleiss,
    still_needed,
    unit_reliability,
)
from survey_analysis.comparison import TIERS
from survey_analysis.ranks import drawn, rank_counts
from survey_analysis.shrinkage import INDISTINGUISHABLE

counts = st.lists(
    st.integers(0, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    min_size=2, max_size=25,
)


@st.composite
def tables(draw: st.DrawFn) -> Cells:
    officers, strata = draw(st.integers(1, 14)), draw(st.integers(1, 5))
    rows = draw(st.integers(0, 50))
    rng = np.random.default_rng(draw(st.integers(0, 10**6)))
    n = rng.integers(0, draw(st.sampled_from([3, 60, 400])) + 1, rows)
    share = draw(st.sampled_from([0.0, 0.5, 0.9, 1.0]))
    families = draw(st.integers(1, 3))
    return Cells(
        rng.integers(0, officers, rows), rng.integers(0, strata, rows), n, rng.binomial(n, share),
        rng.integers(0, 3, strata), rng.integers(0, families, officers),
    )


@given(tables())
@settings(max_examples=60, deadline=None)
def test_nothing_in_the_table_is_ever_missing(cells: Cells) -> None:
    found = officer_table(cells, with_ranks=True, draws=200)
    parts = [found, found.standardised, found.ties, found.rank]
    for part in parts:
        for field in dataclasses.fields(part):
            value = getattr(part, field.name)
            if isinstance(value, np.ndarray):
                assert np.isfinite(value).all(), field.name
    ok = found.estimable
    assert ((found.low <= found.adjusted + 1e-12) & (found.adjusted <= found.high + 1e-12)).all()
    assert ((found.reliability >= 0) & (found.reliability < 1)).all()
    size = np.abs(found.difference)
    assert (np.abs(found.shrunken) <= size + 1e-12).all()
    assert (found.shrunken * found.difference >= -1e-12).all()
    assert (found.limits998[:, 0] <= found.limits95[:, 0] + 1e-12).all()
    assert (found.limits95[:, 1] <= found.limits998[:, 1] + 1e-12).all()
    assert (found.still_needed[~ok] == -1).all()


@given(tables(), st.integers(2, 4))
@settings(max_examples=30, deadline=None)
def test_the_table_does_not_depend_on_how_cells_are_cut_or_ordered(cells: Cells, parts: int) -> None:
    rng = np.random.default_rng(0)
    n, x = np.asarray(cells.n), np.asarray(cells.satisfied)
    first_n = rng.integers(0, n + 1)
    first_x = np.clip(x - (n - first_n), 0, None)
    first_x = np.minimum(np.maximum(first_x, rng.integers(0, x + 1)), np.minimum(first_n, x))
    order = rng.permutation(2 * len(n))
    cut = Cells(
        np.concatenate([cells.officer, cells.officer])[order],
        np.concatenate([cells.stratum, cells.stratum])[order],
        np.concatenate([first_n, n - first_n])[order],
        np.concatenate([first_x, x - first_x])[order], cells.procedure_of, cells.family_of,
    )
    whole, again = officer_table(cells), officer_table(cut)
    for name in ("adjusted", "low", "shrunken", "reliability", "p_value"):
        assert getattr(whole, name) == pytest.approx(getattr(again, name), abs=1e-9)
    assert whole.tier.tolist() == again.tier.tolist()


@given(st.floats(0.02, 0.98), st.integers(1, 400))
def test_limits_contain_their_target_and_close_in_on_it(target: float, n: int) -> None:
    near = funnel_approximate(target, [n, n + 1, 4 * n])
    assert (near.low <= target).all()
    assert (near.high >= target).all()
    assert (np.diff(near.low) >= -1e-12).all()
    assert (np.diff(near.high) <= 1e-12).all()
    exact = funnel_exact(target, [n, 4 * n])
    assert (exact.low <= target).all()
    assert (exact.high >= target).all()
    assert exact.low[1] >= exact.low[0] - 1 / n
    over = funnel_overdispersed([n, n + 1, 4 * n], "arcsine", target, tau2=0.01)
    assert (np.diff(over.low) >= -1e-12).all()
    assert (np.diff(over.high) <= 1e-12).all()
    poisson = funnel_poisson([n, n + 1.0, 4.0 * n])
    assert (np.diff(poisson.low) >= -1e-12).all()
    assert (np.diff(poisson.high) <= 1e-12).all()


@given(st.floats(0.05, 0.95), st.floats(2, 3000), st.floats(0, 0.1), st.floats(0, 0.1))
def test_limits_widen_with_over_dispersion(p: float, n: float, one: float, two: float) -> None:
    less, more = sorted((one, two))
    small = funnel_overdispersed([n], "arcsine", p, tau2=less)
    large = funnel_overdispersed([n], "arcsine", p, tau2=more)
    assert large.low[0] <= small.low[0] + 1e-12
    assert large.high[0] >= small.high[0] - 1e-12
    scaled = funnel_overdispersed([n], "arcsine", p, phi=0.5)
    assert scaled.low[0] == funnel_overdispersed([n], "arcsine", p).low[0]


@given(counts)
@settings(max_examples=25, deadline=None)
def test_shrunken_shares_lie_between_the_raw_and_the_common_one(rows: list[tuple[int, int]]) -> None:
    x, n = (np.array(v, dtype=float) for v in zip(*rows, strict=True))
    if (n > 0).sum() < 2:
        with pytest.raises(NotEstimableError):
            beta_binomial(x, n)
        return
    prior = fit_beta_binomial(x, n)
    found = beta_binomial(x, n, prior)
    raw = np.where(n > 0, x / np.maximum(n, 1), found.mean)
    assert np.isfinite([found.estimate, found.low, found.high, found.sd]).all()
    low, high = np.minimum(raw, found.mean), np.maximum(raw, found.mean)
    assert ((low - 1e-9 <= found.estimate) & (found.estimate <= high + 1e-9)).all()
    assert ((found.low <= found.estimate) & (found.estimate <= found.high)).all()
    if prior.indistinguishable:
        assert found.statement == INDISTINGUISHABLE
        assert len(set(found.estimate.tolist())) == 1


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20), st.floats(0, 2))
def test_shrunken_effects_lie_between_the_raw_and_none(d: list[float], tau2: float) -> None:
    found = normal_normal(d, np.full(len(d), 0.3), tau2)
    assert (np.abs(found.estimate) <= np.abs(d) + 1e-12).all()
    assert (found.estimate * np.array(d) >= 0).all()
    assert (found.statement == INDISTINGUISHABLE) == (tau2 == 0)


@given(st.lists(st.floats(0, 1), max_size=30))
def test_adjusted_p_values_keep_their_order(p: list[float]) -> None:
    found = benjamini_hochberg(p)
    assert (found >= np.array(p) - 1e-15).all()
    assert (found <= 1).all()
    order = np.argsort(p, kind="stable")
    assert (np.diff(found[order]) >= -1e-15).all()


@given(st.lists(st.floats(-3, 3), min_size=1, max_size=12), st.floats(0.01, 2))
@settings(max_examples=30, deadline=None)
def test_ranks_stay_inside_and_move_with_nothing_but_order(mean: list[float], sd: float) -> None:
    k = len(mean)
    found = rank_normal(mean, np.full(k, sd))
    moved = rank_normal(np.array(mean) * 2 + 5, np.full(k, 2 * sd))
    for ranks in (found.low, found.median, found.high):
        assert ((ranks >= 1) & (ranks <= k)).all()
    assert (found.low <= found.median).all()
    assert (found.median <= found.high).all()
    assert found.low.tolist() == moved.low.tolist()
    assert found.bottom_fifth.sum() == pytest.approx(max(1, k // 5), abs=2e-3)


def test_packed_ranks_are_those_of_sorting() -> None:
    rng = np.random.default_rng(4)
    for k in (1, 2, 7, 50, 64, 65):
        noise = rng.standard_normal((500, k), dtype=np.float32)
        mean, sd = rng.normal(0, 1, k), rng.uniform(0.1, 1, k)
        found = drawn(mean, sd, 0.1, noise)
        values = noise * sd.astype(np.float32) + mean.astype(np.float32)
        counts_ = rank_counts(values)
        low = (np.cumsum(counts_, axis=1) >= 0.025 * 500).argmax(axis=1) + 1
        assert np.abs(found.low - low).max() <= 1
        assert (found.low == low).mean() > 0.95


def test_equal_officers_support_no_ranking() -> None:
    found = rank_normal(np.zeros(20), np.ones(20))
    assert not found.supported
    assert found.statement == "no_ranking_supported"
    clear = rank_normal(np.arange(20.0), np.full(20, 0.01))
    assert clear.supported
    assert clear.median.tolist() == list(range(1, 21))


def test_a_seed_gives_the_same_ranks() -> None:
    rng = np.random.default_rng(1)
    k = 200
    cells = Cells(np.arange(k), np.zeros(k, int), np.full(k, 50), rng.binomial(50, 0.8, k),
                  np.zeros(1, int), np.repeat(np.arange(4), 50))
    one, two = (officer_table(cells, with_ranks=True, seed=3).rank for _ in range(2))
    other = officer_table(cells, with_ranks=True, seed=4).rank
    assert one is not None
    assert two is not None
    assert other is not None
    assert one.bottom_fifth.tolist() == two.bottom_fifth.tolist()
    assert one.bottom_fifth.tolist() != other.bottom_fifth.tolist()


def rows(*shares: float, n: int = 400) -> list[OfficerCounts]:
    return [OfficerCounts(i, "p", "p", n, round(n * s)) for i, s in enumerate(shares)]


def test_tiers() -> None:
    assert compare([]) == {}
    assert compare(rows(0.9, n=0)) == {}
    alone = compare(rows(0.9))[0]
    assert (alone.tier, alone.reason) == ("not_comparable", "own_procedures")
    two = compare(rows(0.9, 0.5))
    assert {one.tier for one in two.values()} == {"too_few"}
    assert {one.reason for one in two.values()} == {"few_officers"}
    assert {one.still_needed for one in two.values()} == {None}
    known = compare(rows(0.9, 0.5), history_tau2=0.002)
    assert all(one.reliability is not None and one.reliability > 0.5 for one in known.values())
    equal = compare(rows(*[0.9] * 12))
    assert {one.tier for one in equal.values()} == {"too_few"}
    assert {one.still_needed for one in equal.values()} == {None}
    perfect = compare(rows(*[1.0] * 12))
    assert all(one.adjusted == 1.0 and one.difference == 0.0 for one in perfect.values())
    mixed = compare(rows(0.6, *[0.88, 0.9, 0.92] * 5, 0.99, n=2000))
    assert mixed[0].tier == "clearly_below"
    assert {one.tier for one in mixed.values()} <= set(TIERS)
    few = compare([*rows(*[0.8, 0.95] * 6), OfficerCounts("new", "p", "p", 9, 9)])
    assert (few["new"].tier, few["new"].reason, few["new"].adjusted) == (
        "too_few", "few_ratings", None
    )


def test_a_hard_procedure_is_not_the_officer_s_fault() -> None:
    """Simpson: the one with only the hard procedure does it as well as anybody."""
    given_ = []
    for i in range(12):
        easy, hard = (100, 900) if i == 0 else (900, 100)
        given_ += [
            OfficerCounts(i, "easy", "easy", easy, round(0.95 * easy)),
            OfficerCounts(i, "hard", "hard", hard, round(0.6 * hard)),
        ]
    found = compare(given_)
    assert abs(found[0].difference or 1) < 0.01
    assert found[0].tier not in {"clearly_below", "clearly_above"}


def test_missing_ids_and_impossible_counts_are_refused_by_name() -> None:
    with pytest.raises(MissingIdentifierError, match="no officer"):
        compare([OfficerCounts(None, "p", "p", 5, 5)])
    with pytest.raises(MissingIdentifierError, match="row 1"):
        indirect_standardisation([0, -1], [0, 0], [5, 5], [1, 1])
    with pytest.raises(InvalidCountsError, match="row 0"):
        indirect_standardisation([0, 1], [0, 0], [5, 5], [6, 1])
    with pytest.raises(InvalidCountsError):
        indirect_standardisation([0.5, 1], [0, 0], [5, 5], [1, 1])
    with pytest.raises(InvalidCountsError, match="missing"):
        adjusted_means([0, 0, 1, 1], [1.0, math.nan, 2, 3], [[0], [1], [0], [1]])
    with pytest.raises(NotEstimableError, match="within officers"):
        adjusted_means([0, 0, 1, 1, 1], [1.0, 2, 2, 3, 4], [[0], [0], [1], [1], [1]])
    with pytest.raises(InvalidCountsError):
        funnel_approximate(1.2, [10])
    with pytest.raises(NotEstimableError):
        overdispersion([], [])
    with pytest.raises(NotEstimableError):
        rank_draws(np.zeros((0, 3)))
    with pytest.raises(NotEstimableError):
        rank_shares([], [])
    with pytest.raises(NotEstimableError):
        hierarchical_logit([1], [2])
    with pytest.raises(NotEstimableError):
        beta_binomial_grid([1, 0], [2, 0])
    with pytest.raises(NotEstimableError):
        shrout_fleiss([[5, 5], [5, 5]])


def test_edges_have_stated_results() -> None:
    nothing = indirect_standardisation([], [], [], [], officers=2)
    assert nothing.n.tolist() == [0, 0]
    assert nothing.difference.tolist() == [0, 0]
    assert funnel_approximate(0.9, [0]).low.tolist() == [0.0]
    assert funnel_exact(0.9, [0]).high.tolist() == [1.0]
    assert unit_reliability(0.0, [1.0]).tolist() == [0.0]
    assert still_needed([10], [0.0], 0.7) == (None,)
    assert ratings_for(0.7, 0.0) is None
    few = overdispersion([5.0] * 9, [1.0] * 9)
    assert (few.tau2, few.statement) == (0.0, "too_few_units_for_over_dispersion")
    assert beta_binomial([0, 0], [5, 9]).statement == INDISTINGUISHABLE
    ties = check_connectivity([0, 1], [[0, 0]], [0, 0])
    assert ties.comparable.tolist() == [False, False]


def test_a_coarser_grouping_can_tie_an_officer_and_is_stated() -> None:
    found = check_connectivity([0, 1, 2], [[0, 0, 1], [0, 0, 0]], [5, 5, 5])
    assert found.comparable.tolist() == [True, True, True]
    assert found.grouping.tolist() == [0, 0, 1]


def test_reliability_grows_with_ratings_as_promised() -> None:
    """The number still needed brings the reliability that was asked, to within one rating."""
    share = 0.8 + 0.1 * ndtri((np.arange(20) + 0.5) / 20)
    found = compare(rows(*share.tolist(), n=30))
    one = found[0]
    assert one.reliability is not None
    assert one.still_needed
    total = 30 + one.still_needed
    odds = one.reliability / (1 - one.reliability) / 30
    assert total * odds / (1 + total * odds) == pytest.approx(DEFAULTS.reliability_compare, abs=0.01)

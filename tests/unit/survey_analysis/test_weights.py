"""Weights and their variance: published numbers, ipfn, brute force, and laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ipfn import ipfn

from survey_analysis import (
    DEFAULTS,
    EmptyMarginError,
    InvalidCountsError,
    InvalidWeightsError,
    MissingIdentifierError,
    NotConvergedError,
    TooFewClustersError,
    jackknife,
    post_stratify,
    rake,
    rake_and_trim,
    raked_mean,
    report_weights,
    trim,
)
from tests.unit.survey_analysis.reference_cases import case, data

A, B = range(1, 5), range(1, 4)
KALTON = [(a, b) for b in B for a in A]
SAMPLE = dict(zip(KALTON, (20, 50, 100, 30, 40, 140, 50, 100, 40, 310, 50, 70), strict=True))
POPULATION = dict(zip(KALTON, (80, 60, 170, 55, 40, 150, 60, 165, 55, 340, 200, 125), strict=True))


def table(seed: list[list[float]]) -> tuple[np.ndarray, dict[str, list[int]]]:
    rows, columns = np.indices(np.shape(seed))
    factors = {"row": rows.ravel().tolist(), "column": columns.ravel().tolist()}
    return np.array(seed, dtype=float).ravel(), factors


def test_raking_of_wikipedia_s_table() -> None:
    """Wikipedia, "Iterative proportional fitting", 4×4 example after three rounds."""
    known = case("rake_ipf_wikipedia")
    weights, factors = table(known.inputs["seed"])
    margins = {
        "row": dict(enumerate(known.inputs["row_targets"])),
        "column": dict(enumerate(known.inputs["col_targets"])),
    }
    found = rake(weights, factors, margins, rounds=3, must_converge=False)
    assert found.weights.reshape(4, 4) == pytest.approx(
        np.array(known.expected), abs=known.tolerance
    )
    converged = rake(weights, factors, margins)
    assert converged.miss < 1e-9
    assert converged.weights[0] == pytest.approx(64.56, abs=0.006)


@pytest.mark.parametrize("total", [False, True])
def test_raked_jackknife_of_the_survey_package(total: bool) -> None:
    """R's survey, tests/rakecheck.Rout.save (Academic Performance Index, dclus1)."""
    known = case("weights_survey_rake_apiclus1")
    rows, margins = known.rows(), known.inputs["margins"]
    column, factors = "enroll" if total else "api00", {k: [r[k] for r in rows] for k in margins}
    found = raked_mean(
        [float(r[column]) for r in rows], [float(r["pw"]) for r in rows], factors, margins,
        [r["dnum"] for r in rows], total=total, sampled=15 / 757,
    )
    if total:
        assert found.estimate == pytest.approx(known.expected["total_enroll"], abs=0.5)
        assert found.se == pytest.approx(known.expected["se_total"], abs=0.5)
    else:
        assert found.estimate == pytest.approx(known.expected["mean_api00"], abs=known.tolerance)
        assert found.se == pytest.approx(known.expected["se_mean"], abs=known.tolerance)
    assert found.df == 14


@pytest.mark.parametrize(
    ("figure", "estimate", "se"),
    [("api00", 644.169399, 26.3294), ("E", 0.786885, 0.0514), ("H", 0.076503, 0.0278),
     ("M", 0.136612, 0.0332)],
)
def test_unraked_jackknife_of_the_survey_package(figure: str, estimate: float, se: float) -> None:
    """T. Lumley, "Summary statistics" of R's survey: svymean(~api00+stype, rclus1)."""
    rows = data("data_apiclus1.csv")
    y = np.array([
        float(r["api00"]) if figure == "api00" else float(r["stype"] == figure) for r in rows
    ])
    found = jackknife(
        lambda w: float(w @ y / w.sum()), [float(r["pw"]) for r in rows],
        [r["dnum"] for r in rows], sampled=15 / 757,
    )
    assert found.estimate == pytest.approx(estimate, abs=6e-7)
    assert found.se == pytest.approx(se, abs=6e-5)


def kalton_weights(weights: np.ndarray) -> np.ndarray:
    return weights[np.cumsum([0, *list(SAMPLE.values())[:-1]])]


def test_kalton_and_flores_cervantes() -> None:
    """Kalton & Flores-Cervantes 2003, J Off Stat 19:81, as in R's survey tests/kalton.Rout.save."""
    cells = [cell for cell, n in SAMPLE.items() for _ in range(n)]
    factors = {"a": [a for a, _ in cells], "b": [b for _, b in cells]}
    margins = {
        "a": {a: sum(n for (x, _), n in POPULATION.items() if x == a) for a in A},
        "b": {b: sum(n for (_, x), n in POPULATION.items() if x == b) for b in B},
    }
    raked = kalton_weights(rake([1] * len(cells), factors, margins).weights)
    assert raked == pytest.approx(
        [1.81, 1.08, 2.20, 1.83, 1.45, 0.87, 1.76, 1.47, 2.02, 1.21, 2.45, 2.04], abs=0.0051
    )
    bigger = {cell: 4 * n for cell, n in POPULATION.items()}
    cut = post_stratify(cells, bigger)
    assert cut.collapsed == {}
    assert kalton_weights(cut.weights) / 4 == pytest.approx(
        [4.00, 1.20, 1.70, 1.83, 1.00, 1.07, 1.20, 1.65, 1.38, 1.10, 4.00, 1.79], abs=0.0051
    )


def test_raking_agrees_with_ipfn() -> None:
    random = np.random.default_rng(31)
    for _ in range(220):
        shape = tuple(int(s) for s in random.integers(2, 5, int(random.integers(2, 4))))
        seed = random.uniform(0.5, 20, shape)
        truth = random.uniform(0.5, 20, shape)
        targets = [
            truth.sum(axis=tuple(a for a in range(len(shape)) if a != axis))
            for axis in range(len(shape))
        ]
        other = ipfn.ipfn(
            seed.copy(), targets, [[a] for a in range(len(shape))], convergence_rate=1e-12,
            max_iteration=2000,
        ).iteration()
        factors = {str(a): index.ravel().tolist() for a, index in enumerate(np.indices(shape))}
        margins = {str(a): dict(enumerate(t.tolist())) for a, t in enumerate(targets)}
        found = rake(seed.ravel(), factors, margins, rounds=2000)
        assert found.weights.reshape(shape) == pytest.approx(other, rel=1e-6)


respondents = st.lists(
    st.tuples(st.floats(0.1, 10), st.integers(0, 2), st.integers(0, 1)), min_size=1, max_size=30
).map(lambda rows: rows + [(1.0, a, b) for a in range(3) for b in range(2)])


@given(respondents, st.floats(0.01, 1000), st.lists(st.floats(1, 50), min_size=5, max_size=5))
def test_raked_weights_sum_to_n_whatever_the_input_s_scale(rows, scale: float, sizes) -> None:
    w = np.array([r[0] for r in rows])
    factors = {"a": [r[1] for r in rows], "b": [r[2] for r in rows]}
    n = sum(sizes[:3])
    half = n * sizes[3] / (sizes[3] + sizes[4])
    margins = {"a": dict(enumerate(sizes[:3])), "b": {0: half, 1: n - half}}
    found = rake(w, factors, margins, rounds=5000)
    assert found.weights.sum() == pytest.approx(n)
    for name, margin in margins.items():
        for label, size in margin.items():
            got = sum(v for v, c in zip(found.weights, factors[name], strict=True) if c == label)
            assert got == pytest.approx(size)
    again = rake(w * scale, factors, margins, rounds=5000)
    assert again.weights == pytest.approx(found.weights, rel=1e-6)


def test_an_empty_margin_fails_loudly() -> None:
    margins = {"a": {"x": 10, "y": 5}}
    with pytest.raises(EmptyMarginError, match="nobody stands for a 'y'"):
        rake([1, 1], {"a": ["x", "x"]}, margins)
    with pytest.raises(EmptyMarginError, match="nobody stands for a 'y'"):
        rake([1, 0], {"a": ["x", "y"]}, margins)
    with pytest.raises(EmptyMarginError, match="a 'z' has respondents and no margin"):
        rake([1, 1, 1], {"a": ["x", "y", "z"]}, margins)
    with pytest.raises(EmptyMarginError):
        rake([1, 1], {"b": ["x", "y"]}, margins)
    with pytest.raises(MissingIdentifierError, match="row 1 has no a"):
        rake([1, 1], {"a": ["x", None]}, margins)


def test_margins_that_contradict_one_another_fail_loudly() -> None:
    with pytest.raises(InvalidWeightsError, match="different totals"):
        rake([1, 1], {"a": "xy", "b": "ij"}, {"a": {"x": 1, "y": 2}, "b": {"i": 1, "j": 1}})
    with pytest.raises(NotConvergedError):
        rake([1, 1, 1], {"a": "xxy", "b": "iji"},
             {"a": {"x": 10, "y": 50}, "b": {"i": 20, "j": 40}})
    with pytest.raises(InvalidWeightsError, match="negative"):
        rake([1, 1], {"a": "xy"}, {"a": {"x": -1, "y": 2}})


def test_a_category_of_one_cluster_cannot_be_left_out() -> None:
    with pytest.raises(EmptyMarginError, match="nobody stands for a 'y'"):
        raked_mean([1, 0, 1], [1] * 3, {"a": "xxy"}, {"a": {"x": 5, "y": 5}}, [1, 2, 3])


def brute_jackknife(y, w, cluster, stratum) -> float:
    total = 0.0
    for h in set(stratum):
        members = sorted({c for c, s in zip(cluster, stratum, strict=True) if s == h})
        found = []
        for j in members:
            top = bottom = 0.0
            for yi, wi, ci, si in zip(y, w, cluster, stratum, strict=True):
                if si == h and ci == j:
                    continue
                factor = len(members) / (len(members) - 1) if si == h else 1.0
                top += wi * factor * yi
                bottom += wi * factor
            found.append(top / bottom)
        mean = sum(found) / len(found)
        total += (len(members) - 1) / len(members) * sum((v - mean) ** 2 for v in found)
    return total


def test_the_stratified_jackknife_agrees_with_loops() -> None:
    random = np.random.default_rng(33)
    for _ in range(200):
        n = int(random.integers(12, 60))
        stratum = np.sort(random.integers(0, 3, n))
        cluster = np.concatenate([
            np.arange((stratum == h).sum()) % int(random.integers(2, 5)) for h in range(3)
        ])
        if any(len(set(cluster[stratum == h])) < 2 for h in set(stratum)):
            continue
        y, w = random.normal(size=n), random.uniform(0.5, 3, n)
        found = jackknife(
            lambda v, y=y: float(v @ y / v.sum()), w, cluster.tolist(), stratum.tolist()
        )
        assert found.variance == pytest.approx(
            brute_jackknife(y, w, cluster.tolist(), stratum.tolist())
        )
        assert found.df == sum(
            len(set(cluster[stratum == h])) - 1 for h in set(stratum.tolist())
        )


def test_single_respondents_have_the_textbook_variance() -> None:
    y = np.array([1.0, 4, 2, 8, 5])
    found = jackknife(lambda w: float(w @ y / w.sum()), np.ones(5), list(range(5)))
    assert found.variance == pytest.approx(y.var(ddof=1) / 5)


def test_too_few_clusters_are_named() -> None:
    with pytest.raises(TooFewClustersError):
        jackknife(lambda w: float(w.sum()), [1, 1], ["a", "a"])
    with pytest.raises(TooFewClustersError, match="stratum 2 of 2"):
        jackknife(lambda w: float(w.sum()), [1, 1, 1], ["a", "b", "c"], ["s", "s", "t"])
    with pytest.raises(MissingIdentifierError, match="row 1 has no cluster"):
        jackknife(lambda w: float(w.sum()), [1, 1], ["a", None])
    with pytest.raises(MissingIdentifierError, match="row 0 has no cluster"):
        jackknife(lambda w: float(w.sum()), [1, 1], [float("nan"), "b"])
    for sampled in (1.0, -0.1):
        with pytest.raises(InvalidCountsError):
            jackknife(lambda w: float(w.sum()), [1, 1], ["a", "b"], sampled=sampled)


frames = st.dictionaries(
    st.tuples(st.sampled_from("pq"), st.sampled_from(["late", "on time"]), st.sampled_from("xyz")),
    st.tuples(st.integers(0, 12), st.integers(0, 30)), min_size=1,
).filter(lambda cells: sum(n for n, _ in cells.values()) >= DEFAULTS.min_cell)


@given(frames, st.permutations([0, 1, 2]))
def test_post_stratified_weights_sum_to_n_in_every_cell_kept(cells, order) -> None:
    sample = [cell for cell, (n, _) in cells.items() for _ in range(n)]
    population = {cell: n + more for cell, (n, more) in cells.items()}
    found = post_stratify(sample, population, give_up=order)
    assert found.weights.sum() == pytest.approx(sum(population.values()))
    group = {cell: found.collapsed.get(cell, cell) for cell, n in population.items() if n}
    for label in set(group.values()):
        members = [cell for cell, g in group.items() if g == label]
        assert sum(cells[cell][0] for cell in members) >= DEFAULTS.min_cell
        got = [w for w, c in zip(found.weights, sample, strict=True) if c in members]
        assert sum(got) == pytest.approx(sum(population[c] for c in members))
        assert max(got) == pytest.approx(min(got))


def test_cells_are_given_up_in_the_declared_order() -> None:
    sizes = {("p", "late"): 2, ("p", "on time"): 20, ("q", "late"): 9, ("q", "on time"): 20}
    sample = [cell for cell, n in sizes.items() for _ in range(n)]
    population = dict.fromkeys(sizes, 50)
    found = post_stratify(sample, population, give_up=[1, 0])
    assert found.collapsed == {("p", "late"): ("p", "*"), ("p", "on time"): ("p", "*")}
    found = post_stratify(sample, population, give_up=[0, 1])
    assert found.collapsed == {("p", "late"): ("*", "late"), ("q", "late"): ("*", "late")}
    with pytest.raises(EmptyMarginError, match="give up more"):
        post_stratify(sample[:20], {("p", "late"): 9, ("p", "on time"): 50, ("q", "x"): 4},
                      give_up=[1])


def test_impossible_frames_are_refused() -> None:
    five = [("a",)] * 5
    with pytest.raises(EmptyMarginError, match="no respondents"):
        post_stratify([], {("a",): 5})
    with pytest.raises(EmptyMarginError, match="cell \\('b',\\)"):
        post_stratify([*five, ("b",)], {("a",): 50})
    with pytest.raises(InvalidWeightsError, match="which has 3"):
        post_stratify(five, {("a",): 3})
    with pytest.raises(InvalidWeightsError, match="negative"):
        post_stratify(five, {("a",): 30, ("b",): -1})
    with pytest.raises(EmptyMarginError, match="fewer than one cell"):
        post_stratify([("a",)] * 4, {("a",): 30})


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=40))
def test_trimming_keeps_the_sum_and_the_order(weights: list[float]) -> None:
    found = trim(weights)
    assert found.sum() == pytest.approx(sum(weights))
    order = np.argsort(weights)
    assert (np.diff(found[order]) >= -1e-9).all()
    cap = DEFAULTS.weight_cap * np.median(weights)
    assert found.max() <= cap * (1 + 1e-9) or len(set(found.round(9))) == 1
    if max(weights) <= cap:
        assert found == pytest.approx(weights)


def test_trimmed_weights_meet_the_margins_again() -> None:
    random = np.random.default_rng(35)
    n = 400
    start = np.exp(random.normal(0, 1.2, n))
    factors = {"a": random.integers(0, 3, n).tolist(), "b": random.integers(0, 2, n).tolist()}
    margins = {"a": {0: 500, 1: 300, 2: 200}, "b": {0: 450, 1: 550}}
    raw, found = rake(start, factors, margins), rake_and_trim(start, factors, margins)
    assert found.miss < 1e-9
    assert found.weights.max() < raw.weights.max()
    assert found.weights.max() < 1.5 * DEFAULTS.weight_cap * np.median(raw.weights)
    even = rake_and_trim(np.ones(n), factors, margins)
    assert even.weights == pytest.approx(rake(np.ones(n), factors, margins).weights)


def test_the_report_asks_for_the_unweighted_figure_beside() -> None:
    even, uneven = report_weights([2.0] * 10), report_weights([1.0] * 9 + [30.0])
    assert (even.deff, even.n_eff, even.cv, even.show_unweighted) == (1, 10, 0, False)
    assert uneven.show_unweighted
    assert uneven.n_eff == pytest.approx(39**2 / (9 + 900))
    assert not report_weights([1, 1, 1, 4.4]).show_unweighted


@pytest.mark.parametrize("weights", [[], [0, 0], [-1, 2], [float("nan"), 1], [[1], [2]]])
def test_impossible_weights_are_refused(weights) -> None:
    for asked in (report_weights, trim):
        with pytest.raises(InvalidWeightsError):
            asked(weights)

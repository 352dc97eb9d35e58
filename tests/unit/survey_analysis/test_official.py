"""Official points and bands, and the SIPAS-like index."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import survey_analysis
from survey_analysis import (
    FACTORS,
    AnalysisError,
    InvalidCountsError,
    MissingIdentifierError,
    TooFewClustersError,
    official_rule_sets,
    rule_set,
    rules_in_force,
    score_criterion,
    score_period,
    sipas_like,
    total_form,
)

UNIT, OFFICER = official_rule_sets()


@pytest.mark.parametrize(
    ("total", "label"),
    [(18, "Xuất sắc"), (15, "Xuất sắc"), (14.99, "Tốt"), (12, "Tốt"), (11.99, "Khá"), (9, "Khá"),
     (8.99, "Trung bình"), (6, "Trung bình"), (5.99, "Yếu"), (0, "Yếu")],
)
def test_a_total_that_equals_a_band_s_least_earns_it(total: float, label: str) -> None:
    """Bands of Circular 01/2018/TT-VPCP; exactly 15.0 is "Xuất sắc"."""
    assert UNIT.grade(total).label == label


@pytest.mark.parametrize(
    ("total", "code"),
    [(10, "fulfilled"), (5, "fulfilled"), (4.99, "mostly_fulfilled"), (3.5, "mostly_fulfilled"),
     (3.49, "not_fulfilled"), (0, "not_fulfilled")],
)
def test_officers_bands(total: float, code: str) -> None:
    assert OFFICER.grade(total).code == code
    assert OFFICER.most == 10


@pytest.mark.parametrize("total", [-0.1, 18.1, float("nan")])
def test_impossible_totals_are_refused(total: float) -> None:
    with pytest.raises(InvalidCountsError):
        UNIT.grade(total)


def test_rules_are_dated() -> None:
    assert rules_in_force(date(2025, 6, 30)) == official_rule_sets()
    assert rules_in_force(date(2018, 6, 21)) == official_rule_sets()
    assert rules_in_force(date(2025, 7, 1)) == ()
    assert rules_in_force(date(2018, 6, 20)) == ()


@pytest.fixture
def described() -> dict:
    path = Path(survey_analysis.__file__).with_name("official_rules.json")
    return json.loads(path.read_text("utf-8"))[0]


def test_a_deployment_brings_its_own_rules(described: dict) -> None:
    described |= {"code": "own", "valid_from": "2025-07-01", "valid_until": None}
    own = rule_set(described)
    assert rules_in_force(date(2030, 1, 1), [*official_rule_sets(), own]) == (own,)


@pytest.mark.parametrize(
    "change",
    [{"bands": []}, {"bands": [{"code": "a", "label": "a", "at_least": 3}]},
     {"bands": [{"code": "a", "label": "a", "at_least": 0}, {"code": "b", "label": "b", "at_least": 3}]},
     {"bands": [{"code": "a", "label": "a", "at_least": 19}, {"code": "b", "label": "b", "at_least": 0}]},
     {"criteria": []}, {"valid_from": "2018"}, {"valid_until": "2017-01-01"}, {"points": 0}],
)
def test_rules_that_cannot_be_are_refused(described: dict, change: dict) -> None:
    with pytest.raises(AnalysisError, match="unit_nine_indices_2018"):
        rule_set(described | change)
    with pytest.raises(AnalysisError, match="'source'"):
        rule_set({k: v for k, v in described.items() if k != "source"})


@given(st.lists(st.integers(0, 50), min_size=3, max_size=3))
def test_a_criterion_s_points_stay_between_zero_and_two(counts: list[int]) -> None:
    found = score_criterion(counts)
    if not sum(counts):
        assert (found.points, found.full, found.fraction) == (None, None, None)
        return
    assert found.points is not None
    assert found.points.estimate == pytest.approx((counts[1] + 2 * counts[2]) / sum(counts))
    assert 0 <= found.points.low <= found.points.estimate <= found.points.high <= 2
    assert found.full is not None
    assert found.full.estimate == pytest.approx(counts[2] / sum(counts))
    assert found.fraction == pytest.approx(found.points.estimate / 2)


@pytest.mark.parametrize("counts", [[1, 2], [1, 2, -1], [1, 2, 3, 4]])
def test_impossible_points_are_refused(counts: list[int]) -> None:
    with pytest.raises(InvalidCountsError):
        score_criterion(counts)


def test_complete_forms_are_summed() -> None:
    found = total_form(dict(zip(UNIT.criteria, (2, 2, 1, 2, 1, 2, 2, 1, 2), strict=True)), UNIT)
    assert (found.total, found.answered, found.prorated) == (15, 9, False)
    assert found.band is not None
    assert found.band.code == "excellent"


def test_forms_are_prorated_from_four_fifths_and_say_so() -> None:
    five = dict.fromkeys(OFFICER.criteria, 1)
    found = total_form(five | {"7": None}, OFFICER)
    assert (found.total, found.answered, found.prorated) == (5, 4, True)
    assert total_form(five | {"7": None, "1": None}, OFFICER).total is None
    assert total_form({}, OFFICER).band is None


def test_impossible_forms_are_refused() -> None:
    with pytest.raises(InvalidCountsError, match="criteria not in"):
        total_form({"5": 1}, OFFICER)
    with pytest.raises(InvalidCountsError, match="points outside"):
        total_form({"1": 3}, OFFICER)


def test_a_period_is_graded_by_its_rounded_total() -> None:
    """Totals have one decimal; 14.95 becomes 15.0, which is "Xuất sắc"."""
    counts = {c: [0, 0, 20] for c in UNIT.criteria[:7]} | {"8": [1, 19, 0], "9": [20, 0, 0]}
    found = score_period(counts, UNIT)
    assert found.total == 15.0
    assert found.band is not None
    assert found.band.label == "Xuất sắc"
    exact = score_period(counts, UNIT, decimals=None)
    assert exact.total == pytest.approx(14.95)
    assert exact.band is not None
    assert exact.band.label == "Tốt"


def test_a_period_without_a_criterion_has_no_total() -> None:
    found = score_period({"1": [0, 0, 9]}, OFFICER)
    assert (found.total, found.band, found.missing) == (None, None, ("2", "3", "4", "7"))
    with pytest.raises(InvalidCountsError):
        score_period({"9": [0, 0, 9]}, OFFICER)


def brute_overall(answers, w, cluster, shares) -> tuple[float, float]:
    def overall(weights) -> float:
        total = 0.0
        for factor, y in answers.items():
            seen = ~np.isnan(y)
            good = (y >= 4) & seen
            total += shares[factor] * weights[good].sum() / weights[seen].sum()
        return total / sum(shares.values())

    names = sorted(set(cluster))
    found = [overall(np.where(cluster == c, 0.0, w)) for c in names]
    n = len(names)
    return overall(w), (n - 1) / n * float(((np.array(found) - np.mean(found)) ** 2).sum())


def test_the_overall_index_has_the_variance_of_its_replicates() -> None:
    random = np.random.default_rng(51)
    for _ in range(200):
        n = int(random.integers(30, 80))
        tendency = random.normal(size=n)
        answers = {}
        for factor in ("staff", "result"):
            y = np.clip(np.round(4 + tendency + random.normal(size=n)), 1, 5)
            y[random.random(n) < 0.1] = np.nan
            answers[factor] = y
        w, cluster = random.uniform(0.5, 2, n), np.arange(n) // 3
        shares = {"staff": 0.7, "result": 0.3}
        found = sipas_like(answers, w, cluster.tolist(), factor_weights=shares)
        p, variance = brute_overall(answers, w, cluster, shares)
        assert found.overall is not None
        assert found.overall.index == pytest.approx(p)
        assert found.overall.n_eff == pytest.approx(min(n, p * (1 - p) / variance))
        assert found.overall.low < p < found.overall.high


def test_factors_share_respondents_so_variances_are_not_added() -> None:
    y = [5.0, 1, 5, 5, 2, 5, 5, 5, 1, 5] * 6
    twice = sipas_like({"staff": y, "result": y}, factor_weights={"staff": 1, "result": 1})
    once = sipas_like({"staff": y}, factor_weights={"staff": 1})
    assert twice.overall is not None
    assert once.overall is not None
    assert twice.overall.n_eff == pytest.approx(once.overall.n_eff)


def test_a_factor_of_several_criteria_is_the_mean_of_theirs() -> None:
    found = sipas_like({"staff": [[5, 1], [4, 1], [3, 5]]}, factor_weights={"staff": 1})
    assert found.factors["staff"].index == pytest.approx((2 / 3 + 1 / 3) / 2)


def test_binh_thuong_is_not_satisfied() -> None:
    found = sipas_like({"staff": [3, 3, 4, 5]}, factor_weights={"staff": 1})
    assert found.factors["staff"].index == 0.5


def test_a_missing_factor_leaves_no_overall() -> None:
    found = sipas_like({f: [4, 5, 3] for f in FACTORS[:4]})
    assert (found.overall, found.missing) == (None, ("complaints",))
    assert sipas_like({}).factors == {}
    nobody = sipas_like({"staff": [float("nan")] * 3}, factor_weights={"staff": 1})
    assert nobody.missing == ("staff",)


def test_all_satisfied_is_a_stated_result() -> None:
    found = sipas_like({"staff": [5] * 12}, clusters=[0, 1, 2] * 4, factor_weights={"staff": 1})
    assert found.overall is not None
    assert (found.overall.index, found.overall.high) == (1, 1)
    assert 0 < found.overall.low < 1
    assert found.overall.n_eff < 12


def test_impossible_answers_are_refused() -> None:
    with pytest.raises(InvalidCountsError, match="without a weight"):
        sipas_like({"mood": [5]})
    with pytest.raises(InvalidCountsError, match="levels outside"):
        sipas_like({"staff": [6]})
    with pytest.raises(InvalidCountsError, match="different numbers"):
        sipas_like({"staff": [5], "result": [5, 4]})
    with pytest.raises(InvalidCountsError, match="weights of factors"):
        sipas_like({"staff": [5]}, factor_weights={"staff": -1})
    with pytest.raises(TooFewClustersError):
        sipas_like({"staff": [5]}, factor_weights={"staff": 1})
    with pytest.raises(MissingIdentifierError):
        sipas_like({"staff": [5, 4]}, clusters=[1, None], factor_weights={"staff": 1})
    with pytest.raises(InvalidCountsError, match="one cluster"):
        sipas_like({"staff": [[5, 5], [4, float("nan")]]}, factor_weights={"staff": 1})

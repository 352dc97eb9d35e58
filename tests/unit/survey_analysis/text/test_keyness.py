"""Keyness: Dunning's published table, an independent G-test, Monroe's formula written out."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency

from survey_analysis import InvalidCountsError
from survey_analysis.text import keyness, log_likelihood, weighted_log_odds
from survey_analysis.text.keyness import terms_of

CASE = json.loads((Path(__file__).parents[3] / "data" / "reference_cases"
                   / "text_loglikelihood_dunning.json").read_text("utf-8"))


@pytest.mark.parametrize(("cells", "expected"), list(
    zip(CASE["inputs"]["k11_k12_k21_k22"], CASE["expected"], strict=True)))
def test_dunnings_bigrams(cells: list[int], expected: float) -> None:
    assert log_likelihood(*cells) == pytest.approx(expected, abs=CASE["tolerance_abs"])


def test_two_hundred_random_tables_agree_with_the_g_test_of_scipy() -> None:
    rng = np.random.default_rng(5)
    for table in rng.integers(1, 400, size=(200, 2, 2)):
        oracle = chi2_contingency(table, correction=False, lambda_="log-likelihood").statistic
        assert log_likelihood(*map(int, table.ravel())) == pytest.approx(oracle, rel=1e-9, abs=1e-9)


@given(st.integers(1, 500), st.integers(1, 500))
def test_equal_shares_have_no_keyness(a: int, b: int) -> None:
    assert log_likelihood(a, b, 3 * a, 3 * b) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize("cells", [(0, 0, 0, 0), (-1, 1, 1, 1), (math.nan, 1, 1, 1)])
def test_impossible_counts_are_named(cells: tuple[float, ...]) -> None:
    with pytest.raises(InvalidCountsError):
        log_likelihood(*cells)


def test_log_odds_are_monroes() -> None:
    y_i, n_i, y_j, n_j, alpha, total = 12, 300, 5, 400, 4.0, 500.0
    by_hand = math.log((y_i + alpha) / (n_i + total - y_i - alpha)) - math.log(
        (y_j + alpha) / (n_j + total - y_j - alpha))
    delta, z = weighted_log_odds(y_i, n_i, y_j, n_j, alpha, total)
    assert delta == pytest.approx(by_hand)
    assert z == pytest.approx(by_hand / math.sqrt(1 / (y_i + alpha) + 1 / (y_j + alpha)))
    assert weighted_log_odds(y_j, n_j, y_i, n_i, alpha, total)[0] == pytest.approx(-delta)
    with pytest.raises(InvalidCountsError):
        weighted_log_odds(5, 4, 1, 10, 1, 10)


def test_one_writer_counts_once_and_rare_terms_not_at_all() -> None:
    first = ["chờ lâu " * 50, *["chờ lâu"] * 4, "hiếm"]
    second = ["lịch sự"] * 6
    rows = {row.term: row for row in keyness(first, second)}
    assert rows["chờ lâu"].documents == 5
    assert "hiếm" not in rows
    assert rows["chờ"].z > 0 > rows["lịch sự"].z
    assert [r.z for r in keyness(first, second)] == sorted((r.z for r in rows.values()), reverse=True)


def test_a_group_without_comments_has_no_keyness() -> None:
    assert keyness([], ["chờ lâu"] * 9) == []
    assert keyness(["chờ"] * 9, []) == []
    assert keyness([], []) == []
    assert keyness(["a"] * 9, ["a"] * 9) == []


def test_terms_do_not_cross_clauses_and_spellings_are_one() -> None:
    assert terms_of("Hoà nhã. Tốt") == {"hòa", "nhã", "hòa nhã", "tốt"}

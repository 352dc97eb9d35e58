"""The intervals against numbers that others published."""

from __future__ import annotations

from importlib.resources import files

import numpy as np
import pytest

from survey_analysis import (
    clopper_pearson,
    least_squares,
    newcombe,
    normal_quantile,
    wilson,
    wilson_corrected,
)
from survey_analysis.results import Interval
from tests.unit.survey_analysis.reference_cases import case

Z95 = normal_quantile(0.95)


def limits(found: Interval) -> tuple[float, float]:
    return found.low, found.high


@pytest.mark.parametrize(
    ("method", "name"),
    [(wilson, "wilson"), (wilson_corrected, "wilson_cc"), (clopper_pearson, "clopper_pearson")],
)
def test_single_proportions_of_newcombe_1998(method, name: str) -> None:
    """Newcombe RG 1998, Stat Med 17:857-872, Table I."""
    known = case("ci_newcombe1998_single")
    for (x, n), expected in zip(known.inputs["x_n"], known.expected[name], strict=True):
        assert limits(method(x, n, Z95)) == pytest.approx(expected, abs=known.tolerance)


def test_differences_of_newcombe_1998() -> None:
    """Newcombe RG 1998, Stat Med 17:873-890, Table II, method 10."""
    known = case("ci_newcombe1998_difference")
    for counts, expected in zip(known.inputs["x1_n1_x2_n2"], known.expected, strict=True):
        assert limits(newcombe(*counts, Z95)) == pytest.approx(expected, abs=known.tolerance)


@pytest.mark.parametrize(("name", "level"), [("v95", 0.95), ("v998", 0.998)])
def test_wilson_of_phe(name: str, level: float) -> None:
    """PHEindicatormethods 2.1.0, testdata_Proportion.xlsx (95 % and 99.8 %)."""
    known = case("ci_phe_wilson_table")
    for (x, n), expected in zip(known.inputs["x_n"], known.expected[name], strict=True):
        found = wilson(x, n, normal_quantile(level))
        assert limits(found) == pytest.approx(expected, abs=known.tolerance)


@pytest.fixture(scope="module")
def petersen() -> np.ndarray:
    path = files("statsmodels.stats.tests").joinpath("test_data.txt")
    return np.array([row.split() for row in path.read_text("ascii").splitlines()], dtype=float)


@pytest.mark.parametrize("way", ["white", "firm", "year", "both"])
def test_cluster_robust_errors_of_petersen(petersen: np.ndarray, way: str) -> None:
    """Petersen's test data (Kellogg School), digits asserted in statsmodels' test_sandwich."""
    known = case("cluster_se_petersen")
    firm, year, x, y = petersen.T
    ways = {"white": (), "firm": (firm,), "year": (year,), "both": (firm, year)}[way]
    found = least_squares(
        y, np.column_stack([np.ones_like(x), x]), *(labels.tolist() for labels in ways)
    )
    assert found.se == pytest.approx(known.expected[way], abs=known.tolerance)

"""Published values and laws of the intervals."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey_analysis import (
    InvalidCountsError,
    OfficerCounts,
    compare,
    complement,
    dirichlet_mean,
    newcombe,
    summarise,
    wilson,
)


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611),
     (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_newcombes_table(x: int, n: int, low: float, high: float) -> None:
    found = wilson(x, n)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [((56, 70, 48, 80), 0.0524, 0.3339), ((10, 10, 0, 20), 0.6791, 1.0),
     ((9, 10, 3, 10), 0.1705, 0.8090)],
)
def test_newcombe_gives_the_published_differences(
    counts: tuple[int, int, int, int], low: float, high: float
) -> None:
    found = newcombe(*counts)
    assert found.low == pytest.approx(low, abs=6e-5)
    assert found.high == pytest.approx(high, abs=6e-5)


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_stays_inside_and_holds_the_estimate(pair: tuple[int, int]) -> None:
    found = wilson(*pair)
    assert 0 <= found.low <= found.estimate <= found.high <= 1


@given(st.lists(st.integers(0, 40), min_size=5, max_size=5).filter(any))
def test_dirichlet_interval_stays_on_the_scale(levels: list[int]) -> None:
    found = dirichlet_mean(levels, draws=200)
    assert 1 <= found.low <= found.high <= 5


def test_impossible_counts_are_refused() -> None:
    for x, n in ((1, 0), (-1, 5), (6, 5)):
        with pytest.raises(InvalidCountsError):
            wilson(x, n)
    with pytest.raises(InvalidCountsError):
        summarise([1, 2, 3])


def test_no_ratings_have_no_share() -> None:
    assert summarise([0] * 5).share is None


def test_a_lone_hidden_row_takes_the_smallest_with_it() -> None:
    assert complement([4, 30, 12], [False, True, True]) == [False, True, False]
    assert complement([4, 30, 3], [False, True, False]) == [False, True, False]
    assert complement([0, 30, 12], [False, True, True]) == [False, True, True]


def _rows(shares: dict[str, float], n: int = 400) -> list[OfficerCounts]:
    return [
        OfficerCounts(officer, procedure, procedure, n, round(n * share))
        for officer, share in shares.items()
        for procedure in ("p", "q")
    ]


def test_only_a_clear_difference_is_named() -> None:
    shares = {f"o{i}": 0.90 + (i % 3 - 1) * 0.02 for i in range(14)}
    shares["low"] = 0.70
    found = compare(_rows(shares))
    assert found["low"].tier == "clearly_below"
    assert {found[o].tier for o in shares if o != "low"} <= {"no_difference", "too_few"}


def test_an_officer_alone_on_his_procedures_is_not_comparable() -> None:
    rows = [*_rows({f"o{i}": 0.9 for i in range(12)}), OfficerCounts("alone", "z", "z", 500, 300)]
    assert compare(rows)["alone"].tier == "not_comparable"


def test_hard_procedures_are_not_blamed_on_the_officer() -> None:
    rows = []
    for i in range(12):
        easy, hard = (380, 20) if i else (20, 380)
        rows += [
            OfficerCounts(i, "easy", "easy", easy, round(easy * 0.95)),
            OfficerCounts(i, "hard", "hard", hard, round(hard * 0.75)),
        ]
    first = compare(rows)[0]
    assert first.adjusted is not None
    assert abs(first.adjusted - (sum(r.satisfied for r in rows) / sum(r.n for r in rows))) < 0.02


def test_nothing_to_compare() -> None:
    assert compare([]) == {}

"""The typical time of a rating from classes of time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.feedback.cells import DURATIONS_MS, duration_class
from kiosk_app.reporting.durations import EDGES_S, typical


def test_classes_are_those_that_are_counted() -> None:
    assert tuple(edge / 1000 for edge in DURATIONS_MS) == EDGES_S[1:]
    assert [duration_class(ms) for ms in (None, -1, 0, 2000, 2001, 10_000, 10_001)] == [
        None, None, 1, 1, 2, 4, 5]


@pytest.mark.parametrize(("classes", "n", "median", "over", "within"), [
    ((0, 9, 0, 0, 0), None, None, None, None),
    ((0, 10, 0, 0, 0), 10, 3.0, None, 1.0),
    ((5, 0, 5, 0, 0), 10, 2.0, None, 1.0),
    ((2, 2, 2, 2, 2), 10, 5.0, None, 0.8),
    ((0, 0, 0, 1, 19), 20, None, 10.0, 0.05),
])
def test_the_median_lies_where_half_of_the_ratings_are_in(
    classes: tuple[int, ...], n: int | None, median: float | None, over: float | None,
    within: float | None,
) -> None:
    found = typical(classes)
    assert (found.n, found.over_s, found.within_goal) == (n, over, within)
    assert found.median_s == (None if median is None else pytest.approx(median))


@given(st.lists(st.integers(0, 500), min_size=5, max_size=5))
def test_it_is_hidden_below_ten_and_lies_in_a_class_that_is_not_empty(classes: list[int]) -> None:
    found = typical(classes)
    assert (found.n is None) == (sum(classes) < 10)
    if found.median_s is not None:
        index = sum(found.median_s > edge for edge in EDGES_S[1:])
        assert classes[index] > 0 or found.median_s in EDGES_S

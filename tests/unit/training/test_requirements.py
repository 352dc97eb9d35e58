"""States of required courses at the edges of their days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.training.requirements import SOON, Exemption, ends_on, standing

TODAY = date(2019, 1, 15)


@pytest.mark.parametrize(("completed", "months", "ends"), [
    (date(2018, 1, 31), 1, date(2018, 2, 28)), (date(2016, 2, 29), 12, date(2017, 2, 28)),
    (date(2017, 12, 15), 24, date(2019, 12, 15)), (date(2018, 9, 18), None, None),
])
def test_validity_ends_on_the_same_day_or_the_month_s_last(completed, months, ends) -> None:
    assert ends_on(completed, months) == ends


@pytest.mark.parametrize(("left", "state"), [
    (-1, "missing"), (0, "expiring"), (SOON, "expiring"), (SOON + 1, "valid"),
])
def test_the_last_day_still_counts_and_ninety_days_before_it_warn(left: int, state: str) -> None:
    completed = date(2017, 6, 15)
    ends = ends_on(completed, 12)
    assert ends is not None
    today = ends - timedelta(days=left)
    assert standing(completed, 12, None, required=True, today=today).state == state


def test_exemptions_hold_to_their_last_day_and_yield_to_a_completion() -> None:
    free = Exemption("nghỉ thai sản", TODAY)
    assert standing(None, 12, free, required=True, today=TODAY).state == "exempt"
    assert standing(None, 12, free, required=True, today=TODAY + timedelta(1)).state == "missing"
    assert standing(TODAY, 12, free, required=True, today=TODAY).state == "valid"
    assert standing(None, None, None, required=False, today=TODAY).state == "none"


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(1, 120), st.integers(0, 4000))
def test_time_only_ever_worsens_a_completion(completed: date, months: int, later: int) -> None:
    order = ["valid", "expiring", "missing"]
    now = standing(completed, months, None, required=True, today=completed).state
    then = standing(completed, months, None, required=True,
                    today=completed + timedelta(days=later)).state
    assert order.index(now) <= order.index(then)

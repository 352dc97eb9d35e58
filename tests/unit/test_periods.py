"""Calendar periods and the months that a course shows."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kiosk_app.reporting.periods import COURSE, course, parse

MONTHS = [year * 100 + month for year in range(2015, 2025) for month in range(1, 13)]


def test_a_course_ends_with_its_period_or_shows_the_first_three_years() -> None:
    assert course(MONTHS, parse("2024"))[0] == 202201
    assert course(MONTHS, parse("2020-06"))[-1] == 202006
    assert course(MONTHS, parse("2015-Q2")) == MONTHS[:COURSE]
    assert course(MONTHS[:12], parse("2015-03")) == MONTHS[:12]
    assert course([], parse("2015")) == []


@given(st.sets(st.sampled_from(MONTHS)), st.sampled_from(MONTHS))
def test_a_course_is_unbroken_holds_the_period_and_never_grows(known: set[int], at: int) -> None:
    found = course(sorted(known), parse(f"{at // 100}-{at % 100:02d}"))
    assert len(found) == min(COURSE, len(known))
    assert found == [m for m in sorted(known) if found and found[0] <= m <= found[-1]]
    assert at not in known or at in found
